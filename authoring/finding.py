"""What a check finds wrong: one place, one reason, in one Vietnamese line."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from authoring.notebook_error import NotebookError


@dataclass(frozen=True)
class Finding:
    """One fault: the `rule` it breaks, the `reason` for a reader, and the place.

    `line` counts from 1 within the cell, or within the file where there is no cell. A `question`
    is a finding that may be right as it is: what it is about, in words that change with the text.
    """

    rule: str
    reason: str
    line: int | None = None
    cell: str | None = None
    path: str | os.PathLike[str] | None = None
    question: str = ""

    @classmethod
    def of(cls, rule: str, error: NotebookError) -> Finding:
        """Turn what the reader of notebooks refused into a finding."""
        return cls(rule, error.reason, error.line, error.cell, error.path)

    @property
    def key(self) -> str:
        """What an answer to the question is kept under."""
        return f"{self.rule}: {self.question}"

    def at(self, path: str | os.PathLike[str], cell: str | None = None) -> Finding:
        """Return the same finding with its file and cell named."""
        return replace(self, path=path, cell=cell)

    def __str__(self) -> str:
        return str(NotebookError(self.reason, path=self.path, cell=self.cell, line=self.line))
