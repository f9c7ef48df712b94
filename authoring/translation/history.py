"""What a cell was when it was last accepted, from the git history of its notebook."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from authoring.notebook import (
    Halves,
    NotebookError,
    fingerprint,
    loads,
    named_cells,
    split,
    translated_from,
)


def last_stamps(path: Path) -> dict[str, str]:
    """Return the stamp that each cell, by its id, carried when it was last committed with one."""
    stamps: dict[str, str] = {}
    for notebook in _versions(path):
        for _, cell in named_cells(notebook, "markdown"):
            stamp = translated_from(cell)
            if stamp is not None:
                stamps.setdefault(cell.id, stamp)
    return stamps


def last_accepted(path: Path, cell_id: str, stamp: str) -> Halves | None:
    """Return the newest committed halves whose English has the fingerprint `stamp`.

    A cell of the same id is preferred within a version. None where the history does not tell: no
    git, no repository, a shallow clone, a cell stamped and edited before its first commit.
    """
    for notebook in _versions(path):
        found = None
        for _, cell in named_cells(notebook, "markdown"):
            try:
                halves = split(cell.source)
            except NotebookError:
                continue
            if fingerprint(halves.english) == stamp:
                if cell.id == cell_id:
                    return halves
                found = found or halves
        if found:
            return found
    return None


def _versions(path: Path) -> Iterator[NotebookNode]:
    """Yield the committed versions that can be read, newest first, through renames."""
    log = _git(path, "log", "--follow", "--format=", "--raw", "--no-abbrev", "-z", "--", path.name)
    for entry in log.decode("utf-8", "replace").split("\0"):
        if entry.startswith(":"):  # what follows it are names
            blob, status = entry.split()[3:5]
            if status != "D":
                text = _git(path, "cat-file", "blob", blob).decode("utf-8", "replace")
                try:
                    notebook = loads(text)
                except NotebookError:
                    continue
                yield notebook


def _git(path: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(path.resolve().parent), *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return b""
