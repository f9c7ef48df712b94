"""What the book's search knows: the sections of its pages, as the text that a reader sees."""

from __future__ import annotations

import json
from collections.abc import Iterable

from authoring.book.page import Section


def script(found: Iterable[tuple[str, Section]]) -> str:
    """Return sections, each with its page's address, as a script.

    Pages opened from a folder may load one, but no data. A text comes in pieces: one that both
    languages share is a string, others are pairs of what the Vietnamese and the English page show.
    """
    rows = [
        [address, part.anchor, part.level, part.title, part.english, _pieces(part)]
        for address, part in found
    ]
    data = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return f"globalThis.bookSections={data}\n"


def _pieces(part: Section) -> list[str | list[str]]:
    seen = ([_flat(half) for half in piece] for piece in part.text)
    return [piece if len(piece) > 1 else piece[0] for piece in seen]


def _flat(text: str) -> str:
    # One space for many, at the ends too; a pattern takes longer.
    return " ".join(f".{text}.".split())[1:-1]
