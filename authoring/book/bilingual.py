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
from itertools import chain

from markdown_it.token import Token

from authoring.book import markdown
from authoring.book.glossary import Marker
from authoring.book.page import Cell
from authoring.notebook import Halves

_ANCHOR = re.compile(r'<a id="[^"]*"></a>')


def render(halves: Halves, at: Cell, marker: Marker | None = None) -> list[str]:
    """Return the HTML of a cell's blocks, in order; `marker` marks the first use of terms.

    Raises NotebookError like `markdown.render`, for either half.
    """
    source = Cell(at.page, at.name, halves.english_line, at.attachments, at.numbered)
    ours = _blocks(markdown.parse(unicodedata.normalize("NFC", halves.vietnamese)))
    theirs = _blocks(markdown.parse(halves.english))
    alike = [block[-1].type for block in ours] == [block[-1].type for block in theirs]
    pieces = []
    for number, block in enumerate(ours):
        english = theirs[number] if alike else []
        if marker and not _is_facts(block):
            marker.mark(block, english or list(chain.from_iterable(theirs)), at)
        if english and _is_heading(block):
            title = markdown.show(english[1:2], source, english=True)
            pieces.append(markdown.show(block, at, translation=title))
            continue
        html = markdown.show(block, at)
        translation = markdown.show(english, source, english=True)
        if translation not in ("", html):
            html = f'<div class="pair">{html}{_english(translation)}</div>\n'
        pieces.append(html)
    if not alike:
        pieces.append(
            _english(markdown.show(list(chain.from_iterable(theirs)), source, english=True))
        )
    return pieces


def _is_facts(block: Sequence[Token]) -> bool:
    # The paragraph in which a page says how long it takes: no text to learn a word from.
    return block[0].type == "paragraph_open" and block[1].content.startswith("**Thời gian")


def _english(html: str) -> str:
    return f'<div class="en" lang="en">{html}</div>\n'


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
