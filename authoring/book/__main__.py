"""Build the book of the course in this folder: `python -m authoring.book [pdf | epub]`.

mdBook empties its destination before it writes. So it writes beside what is there, and the new
book takes the old one's place only when it is complete.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from authoring.book import mdbook
from authoring.book.fault import told
from authoring.book.mdbook import MADE
from authoring.notebook import NotebookError

_FRESH = ".new-"


def build(root: Path, kind: str) -> Path:
    """Build the site, the PDF or the EPUB of the book in `root`; return its path.

    Raises NotebookError, and leaves the last one as it was, when anything is wrong.
    """
    try:
        config = tomllib.loads((root / "book.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotebookError(
            f"không đọc được ({error}): hãy chạy trong thư mục gốc của dự án", path="book.toml"
        ) from error
    folder = root / config.get("build", {}).get("build-dir", "book")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotebookError("một lệnh dựng sách khác đang chạy: hãy đợi nó xong") from error
        # What builds that were killed have left.
        for path in folder.glob(f"{_FRESH}*"):
            shutil.rmtree(path)
        fresh = Path(tempfile.mkdtemp(prefix=_FRESH, dir=folder))
        try:
            notebooks = root / config.get("book", {}).get("src", "src")
            mdbook.build(root, notebooks, fresh, lock, None if kind == "site" else kind)
            return _put(fresh / MADE[kind], folder / MADE[kind], fresh / "old")
        finally:
            # A hook that is being stopped may still write there; the next build removes it then.
            shutil.rmtree(fresh, ignore_errors=True)


def _put(made: Path, target: Path, old: Path) -> Path:
    if target.is_dir():
        target.rename(old)
    try:
        made.rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)
        raise
    return target


def main(arguments: Sequence[str]) -> int:
    """Build what is asked for, the site if nothing is; return 0, or 1 after a clear message."""
    kind = arguments[0] if arguments else "site"
    if kind not in MADE or len(arguments) > 1:
        print("cách dùng: python -m authoring.book [pdf | epub]", file=sys.stderr)
        return 1
    try:
        path = build(Path.cwd(), kind)
    except (Exception, KeyboardInterrupt) as error:
        old = Path("book", MADE[kind])
        kept = f"\n  Bản cũ vẫn còn nguyên: {old}" if old.exists() else ""
        print(f"✗ {told(error)}{kept}", file=sys.stderr)
        return 1
    shown = path / "index.html" if path.is_dir() else path
    print(f"✓ {os.path.relpath(shown)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
