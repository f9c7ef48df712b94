"""A cell's two halves as HTML, paragraph beside paragraph, so that a page can show either or both.

Where the halves have the same structure, as the course asks, each block stands beside its source:

    <div class="pair">Vietnamese block <div class="en" lang="en">English block</div></div>

Headings stay one heading with both wordings inside; formulas and code that are the same in both
languages stand there once. Where the structure differs, the English half follows the cell whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from markdown_it.token import Token

from authoring.book import edition, markdown
from authoring.book.page import Cell
from authoring.book.term_marks import Marker
from authoring.notebook import Halves

_ANCHOR = re.compile(r'<a id="[^"]*"></a>')


class Block(NamedTuple):
    """The HTML of a heading, paragraph, list, … of a cell, and what it is."""

    html: str
    is_heading: bool = False
    is_facts: bool = False  # says how long the page takes and on which device


def render(halves: Halves, at: Cell, marker: Marker | None = None) -> list[Block]:
    """Return a cell's blocks, in order; `marker` marks the first use of terms.

    Raises NotebookError like `markdown.render`, for either half.
    """
    source = replace(at, first_line=halves.english_line, english=True)
    ours = _blocks(markdown.parse(unicodedata.normalize("NFC", halves.vietnamese)))
    theirs = _blocks(markdown.parse(halves.english))
    alike = [block[-1].type for block in ours] == [block[-1].type for block in theirs]
    pieces = []
    for number, block in enumerate(ours):
        english = theirs[number] if alike else []
        is_facts = _is_facts(block)
        if marker and not is_facts:
            marker.mark(block, english or list(chain.from_iterable(theirs)), at)
        if english and _is_heading(block):
            title = markdown.title(english[1], source)
            pieces.append(Block(markdown.show(block, at, translation=title), is_heading=True))
            continue
        html = markdown.show(block, at)
        translation = markdown.show(english, source)
        if translation not in ("", html):
            html = f'<div class="pair">{html}{_english(translation)}</div>\n'
        pieces.append(Block(html, _is_heading(block), is_facts))
    if not alike:
        rest = markdown.show(list(chain.from_iterable(theirs)), source)
        pieces.append(Block(_english(rest)))
    return pieces


def _is_facts(block: Sequence[Token]) -> bool:
    return block[0].type == "paragraph_open" and block[1].content.startswith("**Thời gian")


def _english(html: str) -> str:
    return edition.on_screen(f'<div class="en" lang="en">{html}</div>\n')


def _blocks(tokens: Sequence[Token]) -> list[list[Token]]:
    """Cut a document at its top level; what is folded is one block with its fold."""
    blocks: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        blocks[-1].append(token)
        depth += token.nesting
        if token.type == "html_block":
            depth += token.content.count("<details") - token.content.count("</details")
        if depth <= 0 and not _is_anchor(blocks[-1]):
            blocks.append([])
    return [block for block in blocks if block]


def _is_anchor(block: Sequence[Token]) -> bool:
    # It belongs to what follows, and the English half has none.
    return len(block) == 3 and bool(_ANCHOR.fullmatch(block[1].content))


def _is_heading(block: Sequence[Token]) -> bool:
    return block[0].type == "heading_open"
