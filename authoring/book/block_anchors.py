"""Addresses of what no author gave one: paragraphs, lists, code cells, ….

They are made of what outlasts edits elsewhere and new wordings: the id of the cell, and the place
of the block in it: `_wind`, `_wind.2`, …. No slug begins like that, and no id of a cell has a dot,
so no two are alike; and XML, which lets no name begin with a digit, takes them too.
"""

from __future__ import annotations

import re

from authoring.book import edition
from authoring.book.page import Cell

_BOX = re.compile(r'<div class="(?:pair|cell|practice)"')
# Terms stand in a paragraph and don't name it.
_NAMED = re.compile(r'(?:<p>)?<(?!a )[^>]* id="')


def addressed(html: str, at: Cell, number: int = 1) -> str:
    """Return the HTML of the block `number` (from 1) of a cell, in a box that has an `id`.

    What an author named keeps that name alone. Raises NotebookError when an author gave the name
    of this block to something else on the page.
    """
    if not html:
        return ""
    box = _BOX.match(html)
    start, rest = (box[0], html[box.end() :]) if box else ('<div class="block"', f">{html}</div>\n")
    if not _NAMED.match(rest[rest.index(">") + 1 :]):
        name = f"_{at.id}.{number}" if number > 1 else f"_{at.id}"
        start += f' id="{edition.anchor(at.anchor(name, None))}"'
    return start + rest
