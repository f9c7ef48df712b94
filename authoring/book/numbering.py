"""Numbers of sections, figures, tables and formulas, and how a text quotes them.

In Jupyter nothing is numbered, so authors write numbers by hand: "[Hình 2.1](#fig_box)". The book
numbers everything and compares (see `references`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

SECTION, FIGURE, TABLE, FORMULA = "Mục", "Hình", "Bảng", "Công thức"
ENGLISH = {SECTION: "Section", FIGURE: "Figure", TABLE: "Table", FORMULA: "Formula"}
_KINDS = {name: kind for kind in ENGLISH for name in (kind, ENGLISH[kind])}
_NUMBER = r"\d+(?:\.\d+)*"
# "Hình 2.1" and "công thức (2.1)", but neither "hình 32 nhân 32" nor "công thức 2".
_QUOTED = re.compile(
    rf"\b(Mục|Hình|Bảng|Section|Figure|Table) ({_NUMBER})(?!\w)"
    rf"|\b([Cc]ông thức|[Ff]ormula) \(({_NUMBER})\)"
)


class Label(NamedTuple):
    """What a numbered thing is called: its kind, in Vietnamese, and its number."""

    kind: str
    number: str

    def __str__(self) -> str:
        return f"{self.kind} ({self.number})" if self.kind == FORMULA else " ".join(self)


@dataclass
class Numbering:
    """The numbers of one page; `chapter` is its own, "" where it has none."""

    chapter: str = ""
    labels: dict[str, Label] = field(default_factory=dict)  # by anchor
    all: set[Label] = field(default_factory=set)
    _counts: dict[str, int] = field(default_factory=dict)
    _before: dict[str, int] = field(default_factory=dict)
    _section: Label | None = None

    def counts(self, english: bool) -> dict[str, int]:
        """Return the counts for a block that starts; a source has its translation's numbers."""
        if english:
            return self._before.copy()
        self._before = self._counts.copy()
        return self._counts

    def heading(self, level: int, anchor: str, counts: dict[str, int]) -> str:
        """Return the number of a heading, "" where it has none; its anchor is called by it."""
        number = ""
        if self.chapter and level == 1:
            number = self.chapter
        elif self.chapter and level == 2:
            number = self._next(SECTION, counts)
        if number:
            self._section = Label(SECTION, number)
            self.all.add(self._section)
        self.place(anchor)
        return number

    def place(self, anchor: str) -> None:
        """Remember that an anchor lies in the section that was started last."""
        if self._section:
            self.labels[anchor] = self._section

    def thing(self, kind: str, anchor: str, counts: dict[str, int]) -> Label:
        """Return the label of the next figure, table or formula; `anchor` may be ""."""
        label = Label(kind, self._next(kind, counts))
        self.all.add(label)
        if anchor:
            self.labels[anchor] = label
        return label

    def _next(self, kind: str, counts: dict[str, int]) -> str:
        counts[kind] = counts.get(kind, 0) + 1
        return f"{self.chapter}.{counts[kind]}" if self.chapter else str(counts[kind])


def quoted(text: str) -> Iterator[Label]:
    """Yield the labels that a text quotes, in either language."""
    for match in _QUOTED.finditer(text):
        kind, number = filter(None, match.groups())
        yield Label(_KINDS[kind.capitalize()], number)
