"""What the book's search knows: the sections of its pages, as the text that a reader sees."""

from __future__ import annotations

import json
from collections.abc import Iterable

from authoring.book.page import Section


def script(found: Iterable[tuple[str, Section]]) -> str:
    """Return sections, each with its page's address, as a script.

    Pages opened from a folder may load one, but no data.
    """
    rows = [
        [address, part.anchor, part.level, part.title, " ".join("".join(part.text).split())]
        for address, part in found
    ]
    data = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return f"globalThis.bookSections={data}\n"
