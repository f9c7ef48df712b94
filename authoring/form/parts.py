"""A notebook as a reader meets it: its parts in order, and the minutes that each takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from authoring import notebook as nb
from authoring.notebook_error import NotebookError
from authoring.translation import markup

SYLLABLES_A_MINUTE = 150
MINUTES_A_CODE_CELL = 0.75
MINUTES_AN_EXERCISE = 3.0
MINUTES_OF_QUESTIONS = 5.0
MAIN, DEEPER, END = "Đường chính", "Đi sâu", "Cuối trang"
QUESTIONS = "Năm câu hỏi nhanh"  # the part after the main path, which belongs to the end

_ANCHOR = re.compile(r'^<a id="([^"]+)"></a>$')
_EXERCISE = re.compile(r"Bài \d+: ")
_HEADING = "tiêu đề cấp "  # as `markup` calls it
_BARE = re.compile(r"[\s()\[\],]*((True|False)[\s()\[\],]*)+")


@dataclass
class Part:
    """The opening, what a `## ` heading leads, an exercise, or a part of Going deeper.

    `cell` names the cell in which it begins; `lead` is the line below its heading.
    """

    title: str
    anchor: str
    region: str
    cell: str
    id: str
    lead: str = ""
    is_exercise: bool = False
    syllables: int = 0
    code: list[tuple[str, NotebookNode]] = field(default_factory=list)
    questions: int = 0

    @property
    def minutes(self) -> float:
        """How long it takes to read and run."""
        if self.is_exercise:
            return MINUTES_AN_EXERCISE
        if self.title == QUESTIONS:
            return MINUTES_OF_QUESTIONS
        return self.syllables / SYLLABLES_A_MINUTE + MINUTES_A_CODE_CELL * len(self.code)

    @property
    def outputs(self) -> int:
        """How many of its code cells show something."""
        return sum(bool(cell.outputs) for _, cell in self.code)

    @property
    def bare(self) -> list[str]:
        """The names of its code cells that show only True and False."""
        return [name for name, cell in self.code if _is_bare(cell)]


@dataclass
class Section:
    """A notebook of the course and its parts."""

    path: Path
    notebook: NotebookNode
    parts: list[Part]

    def of(self, *regions: str, exercises: bool = False) -> list[Part]:
        """Return the parts of some regions: the exercises, or all others."""
        return [
            part for part in self.parts if part.region in regions and part.is_exercise == exercises
        ]

    def minutes(self, *regions: str) -> float:
        """How long these regions take, exercises included."""
        return sum(part.minutes for part in self.parts if part.region in regions)


def rounded(minutes: float) -> int:
    """Round to the nearest 5, as minutes are stated; at least 5."""
    return max(5, 5 * int(minutes / 5 + 0.5))


def read(path: Path) -> Section:
    """Read a notebook and take it apart.

    Raises NotebookError when it cannot be read, a text cell cannot be split, or the first cell is
    not text.
    """
    notebook = nb.read(path)
    if not notebook.cells or notebook.cells[0].cell_type != "markdown":
        raise NotebookError("phải mở đầu bằng một ô văn bản có tiêu đề và thời gian", path=path)
    current = enclosing = Part("Mở đầu", "", MAIN, nb.cell_name(1, notebook.cells[0]), "")
    parts = [current]
    asked = False
    for name, cell in nb.named_cells(notebook):
        if current.is_exercise and not cell.id.startswith("ex-"):
            current = enclosing
        if cell.cell_type == "code":
            current.code.append((name, cell))
            current.questions += asked
            asked = False
            continue
        half = nb.split(cell.source, path=path, cell=name).vietnamese
        lines = half.splitlines()
        for block in markup.parse(half).blocks:
            if part := _begun(block, lines, current.region):
                part.cell, part.id = name, cell.id
                parts.append(part)
                current = part
                enclosing = enclosing if part.is_exercise else part
            current.syllables += len(block.prose.text.split())
            if block.prose.text:
                asked = "?" in block.prose.text
    return Section(path, notebook, parts)


def _begun(block: markup.Block, lines: list[str], region: str) -> Part | None:
    """Return the part that a heading begins, or None where the block begins none."""
    if block.kind not in {f"{_HEADING}2", f"{_HEADING}3"}:
        return None
    title = lines[block.line - 1].lstrip("# ")
    above = next((line for line in reversed(lines[: block.line - 1]) if line), "")
    anchor = _ANCHOR.match(above)
    lead = next((line for line in lines[block.line :] if line), "")
    part = Part(title, anchor[1] if anchor else "", region, "", "", lead)
    if block.kind == f"{_HEADING}3":
        part.is_exercise = bool(_EXERCISE.match(title))
        return part if part.is_exercise or region == DEEPER else None
    if title == DEEPER:
        part.region = DEEPER
    elif region == DEEPER or title == QUESTIONS:
        part.region = END
    return part


def _is_bare(cell: NotebookNode) -> bool:
    texts = [
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for output in cell.outputs
    ]
    return bool(texts) and all(_BARE.fullmatch(text) for text in texts)
