"""What a cell was when it was last accepted, from the git history of its notebook."""

from __future__ import annotations

import difflib
import shutil
import subprocess
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from nbformat import NotebookNode

from authoring.notebook import (
    Halves,
    fingerprint,
    loads,
    named_cells,
    split,
    translated_from,
)
from authoring.notebook_error import NotebookError


def stamped_before(
    versions: Iterable[str],
    notebook: NotebookNode,
    cells: Iterable[NotebookNode],
    unlike: Collection[str] = (),
) -> dict[str, NotebookNode]:
    """Return by id what each of the `cells` was in the first of `versions` that has its stamp.

    The stamps `unlike` do not count. A cell whose id never was is taken for the closest of those
    whose ids the notebook has lost: it was renamed.
    """
    committed: dict[str, NotebookNode] = {}
    for text in versions:
        for cell in _cells(text):
            if translated_from(cell) not in (None, *unlike):
                committed.setdefault(cell.id, cell)
    present = {cell.id for cell in notebook.cells}
    lost = {_words(cell): cell for cell in committed.values() if cell.id not in present}
    found = {}
    for cell in cells:
        if cell.id in committed:
            found[cell.id] = committed[cell.id]
        else:
            for words in difflib.get_close_matches(_words(cell), lost, n=1):
                found[cell.id] = lost[tuple(words)]
    return found


def _words(cell: NotebookNode) -> tuple[str, ...]:
    return tuple(cell.source.split())


def last_accepted(path: Path, cell_id: str, stamp: str) -> Halves | None:
    """Return the newest committed halves whose English has the fingerprint `stamp`.

    A cell of the same id is preferred within a version. A stamp that was never committed stands
    for the newest accepted version of that id. None where the history does not tell, see
    `why_unknown`.
    """
    newest = None
    for text in texts(path):
        for cell in sorted(_cells(text), key=lambda cell: cell.id != cell_id):
            if halves := accepted(cell, stamp):
                return halves
            if cell.id == cell_id:
                newest = newest or accepted(cell, translated_from(cell) or "")
    return newest


def accepted(cell: NotebookNode, stamp: str) -> Halves | None:
    """Return the halves of a cell whose English has the fingerprint `stamp`, else None."""
    try:
        halves = split(cell.source)
    except NotebookError:
        return None
    return halves if fingerprint(halves.english) == stamp else None


def why_unknown(path: Path) -> str:
    """Say in Vietnamese why git does not tell what a cell was."""
    if shutil.which("git") is None:
        return "máy này không có git, hãy cài git rồi thử lại"
    git = _git(path, "rev-parse", "--is-shallow-repository")
    if git.returncode:
        return f"git không đọc được lịch sử ở đây ({git.stderr.decode(errors='replace').strip()})"
    if git.stdout.strip() == b"true":
        return "kho git này thiếu phần cũ của lịch sử, hãy chạy git fetch --unshallow rồi thử lại"
    return "lịch sử git không có phiên bản nào của tệp với bản tiếng Anh đã dịch"


def texts(path: Path, limit: int = -1) -> Iterator[str]:
    """Yield the committed versions, newest first, through renames; a `limit` of -1 is none."""
    if shutil.which("git") is None:
        return
    log = _git(
        *(path, "log", "--follow", f"--max-count={limit}", "--format="),
        *("--raw", "--no-abbrev", "-z", "--", path.name),
    )
    for entry in log.stdout.decode("utf-8", "replace").split("\0"):
        if entry.startswith(":"):  # what follows it are names
            blob, status = entry.split()[3:5]
            if status != "D":
                yield _git(path, "cat-file", "blob", blob).stdout.decode("utf-8", "replace")


def _cells(text: str) -> list[NotebookNode]:
    try:
        return [cell for _, cell in named_cells(loads(text), "markdown")]
    except NotebookError:  # a version that was never right
        return []


def _git(path: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", str(path.resolve().parent), *arguments]
    return subprocess.run(command, capture_output=True, check=False)
