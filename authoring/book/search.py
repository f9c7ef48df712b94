"""What the book's search knows: the sections of its pages, as the text that a reader sees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import groupby

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
    pieces: list[str | list[str]] = []
    for shared, group in groupby(filter(any, part.text), key=lambda pair: pair[0] == pair[1]):
        ours, theirs = (re.sub(r"\s+", " ", "".join(half)) for half in zip(*group, strict=True))
        pieces.append(ours if shared else [ours, theirs])
    return pieces
