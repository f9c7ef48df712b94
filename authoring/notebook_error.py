"""What is wrong with a notebook, or with another file of the course, in words for a reader."""

from __future__ import annotations

import os


class NotebookError(ValueError):
    """A notebook that cannot be used, and why; `str()` is one Vietnamese line for a reader."""

    def __init__(
        self,
        reason: str,
        *,
        path: str | os.PathLike[str] | None = None,
        cell: str | None = None,
        line: int | None = None,
    ) -> None:
        self.reason, self.path, self.cell, self.line = reason, path, cell, line
        places = [path, cell, None if line is None else f"dòng {line}"]
        where = ", ".join(str(place) for place in places if place is not None)
        super().__init__(f"{where}: {reason}" if where else reason)
