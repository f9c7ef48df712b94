"""What the book's search knows: the sections of its pages, as the text that a reader sees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from authoring.book.page import Page, Section

Row = list[Any]


def rows(page: Page) -> list[Row]:
    """Return the sections of a page as `script` takes them.

    A text comes in pieces: one that both languages share is a string, others are pairs of what the
    Vietnamese and the English page show.
    """
    return [
        [page.address, part.anchor, part.level, part.title, part.english, _pieces(part)]
        for part in page.sections
    ]


def script(rows: Sequence[Row]) -> str:
    """Return the sections of all pages as a script: pages opened from a folder may load no data."""
    data = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return f"globalThis.bookSections={data}\n"


def _pieces(part: Section) -> list[str | list[str]]:
    seen = ([_flat(half) for half in piece] for piece in part.text)
    return [piece if len(piece) > 1 else piece[0] for piece in seen]


def _flat(text: str) -> str:
    # One space for many, at the ends too; a pattern takes longer.
    return " ".join(f".{text}.".split())[1:-1]
