"""The reader's own copy of the notebooks: `python -m authoring.workspace` makes and refreshes it.

Readers try things out in a folder of their own, where notebooks start without outputs; the
course's files stay as they are. A hidden folder inside keeps every file as the reader was given
it, so that a later version of the course is merged with what they have made of it.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_core.paths import jupyter_runtime_dir

from authoring import TEACHING, notebook
from authoring.notebook_error import NotebookError
from d2lutil import files

if TYPE_CHECKING:
    from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
GIVEN = ".goc"
COPIED_SUFFIXES = {".ipynb", ".svg", ".png"}


@dataclass
class Refreshed:
    """What a refresh did, as paths relative to the folder of notebooks."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)  # updated, with notes below cells both changed
    kept: dict[str, str] = field(default_factory=dict)  # not updated, and why


def refresh(source: Path, target: Path) -> Refreshed:
    """Bring the copy `target` of the folder `source` up to date without losing the reader's work.

    New files are added and a file that the reader has deleted comes back. Notebooks are merged
    (see `merge.merge`), except one that cannot be read: it stays and is reported in `kept`. So is
    a picture that both changed. Killed at any moment, it does the rest when it is called again.

    Raises FileNotFoundError when `source` is not a folder, NotebookError for a notebook there that
    is broken, OSError when `target` can't be written.
    """
    if not source.is_dir():
        raise FileNotFoundError(errno.ENOENT, "không có thư mục notebook gốc", str(source))
    target.mkdir(parents=True, exist_ok=True)
    result = Refreshed()
    for name in _names(source):
        mine, given = target / name, target / GIVEN / name
        new = _for_readers(source / name)
        for path in (mine, given):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Reading a named pipe would never end.
            if path.exists() and not path.is_file():
                raise OSError(errno.EISDIR, "không phải một tệp", str(path))
        if not mine.exists():
            files.replace(given, new)
            files.replace(mine, _as_opened(new) if mine.suffix == ".ipynb" else new)
            result.added.append(name)
            continue
        old, current = given.read_bytes() if given.exists() else None, mine.read_bytes()
        if current in (old, new):
            merged = new
        elif mine.suffix != ".ipynb":
            merged = current
            if old != new:
                result.kept[name] = "được giữ nguyên, vì bạn đã sửa nó và khóa học cũng có bản mới"
                continue
        else:
            try:
                merged = _merged(name, given, mine, new, result)
            except NotebookError as error:
                result.kept[name] = f"được giữ nguyên: {error.reason}"
                continue
        if merged != current:
            files.replace(mine, merged)
            result.updated.append(name)
        # Last: killed before, the next refresh merges once more, which changes nothing.
        if old != new:
            files.replace(given, new)
    return result


def _names(source: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix in COPIED_SUFFIXES and not name.startswith(".") and name != TEACHING:
                yield path.relative_to(source).as_posix()


def _for_readers(path: Path) -> bytes:
    if path.suffix != ".ipynb":
        return path.read_bytes()
    return notebook.dumps(blank(path)).encode()


def blank(path: Path) -> NotebookNode:
    """Return a notebook without outputs: first predict, then run. Raises like `notebook.read`."""
    nb = notebook.read(path)
    for _, cell in notebook.named_cells(nb, "code"):
        cell.outputs, cell.execution_count = [], None
    return nb


def _as_opened(data: bytes) -> bytes:
    """Return a notebook with what JupyterLab adds on opening one, and calls unsaved changes."""
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelspec import get_kernel_dict

    nb = notebook.loads(data.decode())
    nb.metadata.kernelspec.display_name = get_kernel_dict()["display_name"]
    nb.metadata.language_info = IPythonKernel.language_info
    return notebook.dumps(nb).encode()


def _merged(name: str, given: Path, mine: Path, new: bytes, result: Refreshed) -> bytes:
    """Return the reader's notebook with the course's news; NotebookError when it is broken."""
    # Imported late: it takes a second where JupyterLab is installed, and Ctrl-C has an answer then.
    from authoring.merge import merge

    before, course = notebook.read(mine), notebook.loads(new.decode())
    try:
        origin = notebook.read(given)
    except NotebookError:
        # Without it, whatever differs may be the reader's.
        known = {cell.id for cell in before.cells}
        origin = notebook.loads(new.decode())
        origin.cells = [cell for cell in origin.cells if cell.id in known]
        result.kept[name] = (
            "ô nào khác với khóa học được giữ nguyên, vì không biết bạn đã sửa ô nào"
        )
    after, conflicts = merge(origin, before, course)
    if after == before:
        return mine.read_bytes()
    if conflicts:
        result.noted.append(name)
    _keep_trust(before, after)
    return notebook.dumps(after).encode()


def _keep_trust(before: NotebookNode, after: NotebookNode) -> None:
    """Sign the reader's merged notebook if they trusted it, or JupyterLab hides its SVG outputs."""
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    with closing(notary.store):
        if notary.check_signature(before):
            notary.sign(after)


def folder() -> Path:
    """Return where this reader's copy is, as an absolute path.

    It is `D2L_LAB` where that is set, else `lab/` in the project, else, for a reader who may not
    write there, `d2l-lab/` in their home.
    """
    lab = ROOT / "lab"
    if os.environ.get("D2L_LAB"):
        return Path(os.path.expanduser(os.environ["D2L_LAB"])).absolute()
    if os.access(lab if lab.is_dir() else ROOT, os.W_OK):
        return lab
    return Path(os.path.expanduser("~/d2l-lab")).absolute()


def _try_to_write(runtime: Path) -> None:
    """Raise OSError where JupyterLab could not write, for which it has only a traceback."""
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    probe = runtime / f"d2l-{os.getpid()}"
    files.replace(probe, bytes(10_000))
    probe.unlink()


_FULL = "Đĩa đã đầy: hãy xóa bớt tệp rồi chạy lại."
_DENIED = "Hãy tự cấp quyền ghi ở đó, hoặc đặt biến D2L_LAB là một thư mục khác."
_NO_HOME = "Hãy tự cấp quyền ghi ở đó, hoặc đặt biến HOME là một thư mục ghi được."
_WAYS_OUT = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: "Nơi ấy chỉ đọc được: hãy đặt biến D2L_LAB là một thư mục ghi được.",
    errno.EEXIST: "Chỗ ấy cần một thư mục mà đang có thứ khác: hãy đổi tên nó rồi chạy lại.",
    errno.ENOTDIR: "Trên đường dẫn ấy có thứ không phải thư mục: hãy sửa biến D2L_LAB.",
    errno.EISDIR: "Chỗ ấy cần một tệp: hãy đổi tên thứ đang ở đó rồi chạy lại.",
    errno.ELOOP: "Liên kết ấy dẫn vòng về chính nó: hãy xóa nó rồi chạy lại.",
}


def main() -> int:
    """Refresh the reader's copy and print its folder; tell the reader on stderr what happened.

    Return 1 after one line that says why, where the copy cannot be refreshed, 130 after Ctrl-C.
    """
    # `make lab` had it ignored until now.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    source, target = ROOT / "notebooks", folder()
    shown = target.relative_to(ROOT) if target.is_relative_to(ROOT) else target
    try:
        if Path(os.path.realpath(target)).is_relative_to(source):
            return _fail(f"D2L_LAB={shown} là chỗ của các notebook gốc: hãy chọn thư mục khác.")
        result = refresh(source, target)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _tell("\nĐã dừng; không tệp nào bị dở dang. Hãy chạy lại lệnh này để làm tiếp.")
        return 130
    except NotebookError as error:
        return _fail(str(error))
    except OSError as error:
        reason = f"chưa chuẩn bị được {shown}: {error.filename or target}: {error.strerror}"
        return _fail(f"{reason}. {_WAYS_OUT.get(error.errno or 0, '')}".rstrip())
    # The shell that called hears it still.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    runtime = Path(jupyter_runtime_dir())
    try:
        _try_to_write(runtime)
    except OSError as error:
        way_out = _FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else _NO_HOME
        return _fail(f"JupyterLab không ghi được vào {runtime}: {error.strerror}. {way_out}")
    if target != ROOT / "lab" and not os.environ.get("D2L_LAB"):
        _tell(f"Bạn không ghi được vào {ROOT / 'lab'}, nên bản của bạn nằm ở {target}.")
    if result.added:
        _tell(f"Đã sao chép {len(result.added)} tệp vào {shown}, bản của riêng bạn.")
    if result.updated:
        _tell("Đã cập nhật theo khóa học: " + ", ".join(result.updated))
    for name in result.noted:
        _tell(
            f"Trong {shown / name}, khóa học đã đổi vài ô mà bạn cũng đã sửa: ô của bạn giữ "
            "nguyên, ngay dưới có ghi chú."
        )
    for name, reason in result.kept.items():
        _tell(
            f"{shown / name}: {reason}. "
            "Muốn lấy bản mới, hãy đổi tên tệp của bạn rồi chạy lại lệnh này."
        )
    print(target)
    return 0


def _tell(message: str) -> None:
    print(message, file=sys.stderr)


def _fail(reason: str) -> int:
    _tell(f"✗ {reason}")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
