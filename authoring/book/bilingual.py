"""A cell's two halves as HTML, paragraph beside paragraph, so that a page can show either or both.

Where the halves have the same structure, as the course asks, each block stands beside its source:

    <div class="pair">Vietnamese block <div class="en" lang="en">English block</div></div>

Headings stay one heading with both wordings inside; formulas and code that are the same in both
languages stand there once. Where the structure differs, the English half follows the cell whole.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from markdown_it.token import Token

from authoring.book import edition, markdown
from authoring.book.block_anchors import addressed
from authoring.book.page import Cell
from authoring.book.term_marks import Marker
from authoring.notebook import Halves

# How the paragraph starts that says how long a page takes and on which device.
_FACTS = ("**Thời gian", "**Time")


class Block(NamedTuple):
    """The HTML of a heading, paragraph, list, … of a cell, and what it is."""

    html: str
    heading: int | None = None  # its number among the page's, where it is one
    is_facts: bool = False  # says how long the page takes and on which device
    is_question: bool = False  # asks the reader something, in Vietnamese

    @property
    def is_heading(self) -> bool:
        """Whether it is a heading."""
        return self.heading is not None


def render(halves: Halves, at: Cell, marker: Marker | None = None) -> list[Block]:
    """Return a cell's blocks, in order; `marker` marks the first use of terms.

    Raises NotebookError like `markdown.render`, for either half.
    """
    source = replace(at, first_line=halves.english_line, english=True)
    ours = _blocks(markdown.parse(unicodedata.normalize("NFC", halves.vietnamese)))
    source_tokens = markdown.parse(halves.english)
    theirs = _blocks(source_tokens)
    alike = [block[-1].type for block in ours] == [block[-1].type for block in theirs]
    pieces = []
    for number, block in enumerate(ours):
        english = theirs[number] if alike else []
        is_heading = block[0].type == "heading_open"
        is_facts = _is_facts(block)
        if marker and not is_facts and not _folds(block):
            marker.mark(block, english or source_tokens, at)
        if english and is_heading:
            title = markdown.title(english[1], source)
            words = markdown.words(english[1], source)
            html = markdown.show(block, at, translation=title, english=words)
            pieces.append(Block(html, heading=len(at.page.headings) - 1))
            continue
        html = markdown.show(block, at)
        translation = markdown.show(english, source)
        # A numbered formula's number and address are in the first half only.
        if translation not in ("", html) and not _is_same_formula(block, english):
            html = f'<div class="pair">{html}{_english(translation)}</div>\n'
        html = html if is_heading else addressed(html, at, number + 1)
        heading = len(at.page.headings) - 1 if is_heading else None
        pieces.append(Block(html, heading, is_facts, not is_heading and _asks(block)))
    if not alike:
        html = _english(markdown.show(source_tokens, source))
        pieces.append(Block(html, is_question=pieces[-1].is_question if pieces else False))
    if not at.page.about[0]:
        at.page.about = _beginning(ours, at), _beginning(theirs, source)
    return pieces


def _is_same_formula(block: Sequence[Token], english: Sequence[Token]) -> bool:
    return block[-1].type == "math_block" and block[-1].content == english[-1].content


def _is_facts(block: Sequence[Token]) -> bool:
    return block[0].type == "paragraph_open" and block[1].content.startswith(_FACTS)


def _beginning(blocks: Sequence[Sequence[Token]], at: Cell) -> str:
    paragraphs = (
        markdown.words(block[1], at)
        for block in blocks
        if block[0].type == "paragraph_open" and not _is_facts(block)
    )
    return next(filter(None, paragraphs), "")


def _asks(block: Sequence[Token]) -> bool:
    words = (child for token in block for child in token.children or [] if child.type == "text")
    return any("?" in child.content for child in words)


def _folds(block: Sequence[Token]) -> bool:
    # Who does not unfold it has not met the term; and answers may be left out.
    return any(token.type == "html_block" and "<details" in token.content for token in block)


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
        # An anchor belongs to what follows, and the English half has none.
        if depth <= 0 and not markdown.anchor_of(blocks[-1]):
            blocks.append([])
    return [block for block in blocks if block]
