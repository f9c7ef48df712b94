"""The reader's own copy of the notebooks: `python -m authoring.workspace` makes and refreshes it.

Readers try things out in the ignored folder `lab/`; the course's own files stay as they are. A
record inside the folder remembers what each file was when it was copied, so that a file which the
reader has not changed follows the course, and a changed one is never overwritten.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from authoring import notebook
from d2lutil import files

ROOT = Path(__file__).resolve().parents[1]
RECORD = ".goc.json"
COPIED_SUFFIXES = {".ipynb", ".svg", ".png"}


@dataclass
class Refreshed:
    """What a refresh did, as paths relative to the folder of notebooks."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # changed by the reader and by the course


def refresh(source: Path, target: Path) -> Refreshed:
    """Bring the copy `target` of the folder `source` up to date without losing the reader's work.

    New files are added and a file that the reader has deleted comes back. A file that the reader
    has not changed follows the course; of a notebook only the cells' text counts, since running
    it changes its outputs. A file that both changed stays as the reader left it and is reported
    in `kept`.

    Raises FileNotFoundError when `source` is not a folder, OSError when `target` can't be written.
    """
    if not source.is_dir():
        raise FileNotFoundError(errno.ENOENT, "không có thư mục notebook gốc", str(source))
    target.mkdir(parents=True, exist_ok=True)
    record = _read_record(target / RECORD)
    result = Refreshed()
    for name in _names(source):
        theirs, mine = source / name, target / name
        origin = _signature(theirs)
        if not mine.exists():
            result.added.append(name)
        elif record.get(name) == origin or _signature(mine) == origin:
            record[name] = origin
            continue
        elif record.get(name) != _signature(mine):
            result.kept.append(name)
            continue
        else:
            result.updated.append(name)
        mine.parent.mkdir(parents=True, exist_ok=True)
        files.replace(mine, theirs.read_bytes())
        record[name] = origin
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    files.replace(target / RECORD, text.encode())
    return result


def _names(source: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix in COPIED_SUFFIXES and not name.startswith("."):
                yield path.relative_to(source).as_posix()


def _read_record(path: Path) -> dict[str, str]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        # Without a record every file that differs counts as changed by the reader: nothing is lost.
        return {}
    return record if isinstance(record, dict) else {}


def _signature(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            cells = json.loads(data)["cells"]
            data = json.dumps([[c["cell_type"], "".join(c["source"])] for c in cells]).encode()
        except (ValueError, KeyError, TypeError, RecursionError):
            # A notebook that the reader broke differs from every notebook of the course.
            pass
    return hashlib.sha256(data).hexdigest()


def trust(paths: Iterable[Path]) -> None:
    """Sign these notebooks for JupyterLab, which shows SVG outputs of signed notebooks only.

    Signatures go where Jupyter keeps this user's own. Raises NotebookError for a broken file.
    """
    # Needed here alone, and slow to import where JupyterLab is installed.
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    with closing(notary.store):
        for path in paths:
            if path.suffix == ".ipynb":
                notary.sign(notebook.read(path))


_WAYS_OUT = {
    errno.ENOSPC: "Đĩa đã đầy: hãy xóa bớt tệp rồi chạy lại.",
    errno.EACCES: "Hãy cho phép ghi vào lab/: chmod -R u+rwX lab",
    errno.EROFS: "Thư mục chỉ đọc được: hãy chép khóa học sang nơi ghi được.",
    errno.EEXIST: "lab phải là một thư mục: hãy đổi tên thứ đang mang tên ấy rồi chạy lại.",
}


def main() -> int:
    """Refresh the copy in the project's folder and tell the reader what happened.

    Return 1 after one line that says why, where the copy cannot be refreshed.
    """
    target = ROOT / "lab"
    try:
        result = refresh(ROOT / "notebooks", target)
        trust(target / name for name in result.added + result.updated)
    except notebook.NotebookError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except OSError as error:
        reason = f"chưa chuẩn bị được lab/: {error.filename or target}: {error.strerror}"
        print(f"✗ {reason}. {_WAYS_OUT.get(error.errno or 0, '')}".rstrip(), file=sys.stderr)
        return 1
    if result.added:
        print(f"Đã chép {len(result.added)} tệp vào lab/, bản của riêng bạn.")
    if result.updated:
        print("Đã cập nhật theo khóa học: " + ", ".join(result.updated))
    for name in result.kept:
        print(
            f"Giữ nguyên lab/{name}: bạn đã sửa tệp này, khóa học cũng có bản mới. "
            "Muốn lấy bản mới, hãy đổi tên tệp của bạn rồi chạy lại lệnh này."
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
