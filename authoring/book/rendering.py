"""A notebook as the HTML of its page."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from authoring import notebook
from authoring.book import bilingual, code, fonts, glossary, outputs, practice, search
from authoring.book.mdbook import MARK
from authoring.book.numbering import Numbering
from authoring.book.page import Cell, Page
from authoring.book.terminal import FORBIDDEN
from authoring.notebook import NotebookError

_SECTION = re.compile(r'<h2 id="([^"]+)">(.*?) <a class="anchor"', re.DOTALL)
# The paragraph in which a page says how long it takes and on which device.
_FACTS = re.compile(r'(?:<div class="pair">)?<p><strong>Thời gian\b')
STALE = "Bản tiếng Anh của phần này đã đổi sau khi dịch; bản dịch chưa theo kịp."
_LINK = re.compile(r"</?a\b[^>]*>")


def page_of(
    text: str,
    source: str,
    label: str,
    folder: Path,
    marker: glossary.Marker | None = None,
    jupyter: str = "",
    number: str = "",
) -> Page:
    """Return the page of a notebook, given its JSON.

    `source` is its path below `folder`, `label` its name in messages, `marker` marks terms, and
    `jupyter` is the address before a notebook's path that opens it there, `number` the chapter's.
    Raises NotebookError when it is not a notebook of the course, or has a cell that the book
    cannot show.
    """
    nb = notebook.loads(text, path=label)
    page = Page(source, label, folder, numbering=Numbering(number))
    parts = []
    for name, cell in notebook.named_cells(nb):
        at = Cell(page, name)
        if cell.cell_type == "markdown":
            halves = notebook.split(cell.source, path=label, cell=name)
            at = Cell(page, name, halves.vietnamese_line, cell.get("attachments", {}), True)
            blocks = bilingual.render(halves, at, marker)
            if notebook.translated_from(cell) not in (None, notebook.fingerprint(halves.english)):
                _mark_stale(blocks)
            parts += blocks
        elif cell.cell_type == "code":
            parts.append(_code_cell(cell, at))
        else:
            raise at.error(f"ô kiểu {cell.cell_type} không có chỗ trong sách: đổi sang Markdown")
    if len(page.titles) != 1:
        raise NotebookError(
            f"trang phải có đúng một tiêu đề lớn (# …), ở đây có {len(page.titles)}", path=label
        )
    facts = next((part for part in parts if _FACTS.match(part)), None)
    if facts:
        parts.remove(facts)
    body = "\n".join(parts)
    head = f"{_head(source, facts or '', jupyter)}\n{_contents(body)}"
    body = body.replace("</h1>", f"</h1>\n{head}", 1)
    page.html = FORBIDDEN.sub("", f"{MARK}\n{body}\n</article>")
    page.letters = fonts.letters_of_maths(page.html)
    page.sections = list(search.sections(page.address, page.html))
    # What they hold is in the page now.
    for link in page.links:
        link.cell.attachments = {}
    for mention in page.numbering.mentions:
        mention.cell.attachments = {}
    return page


def _mark_stale(blocks: list[str]) -> None:
    # Below the heading that the cell may start with.
    place = next((n for n, block in enumerate(blocks) if not block.startswith("<h")), len(blocks))
    blocks.insert(place, f'<p class="stale">{STALE}</p>')


def _head(source: str, facts: str, jupyter: str) -> str:
    """Return what stands below a page's title: its time and device, and where to work with it."""
    file = escape(source.rsplit("/", 1)[-1])
    links = f'<a href="{file}" download>Tải notebook</a>'
    if jupyter:
        links += f' <a href="{escape(jupyter + quote(source))}">Mở trong Jupyter</a>'
    return f'<div class="head">{facts}<p class="ways">{links}</p></div>'


def _code_cell(cell: Any, at: Cell) -> str:
    if not cell.source.strip():
        return ""
    help_ = practice.render(cell.source, at)
    if help_ is not None:
        return help_
    count = f' data-count="{cell.execution_count}"' if cell.execution_count else ""
    return (
        f'<div class="cell"{count}>{code.block(cell.source, "python")}'
        f"{outputs.render(cell, at)}</div>"
    )


def _contents(body: str) -> str:
    links = "".join(
        f'<li><a href="#{anchor}">{_LINK.sub("", title)}</a></li>'
        for anchor, title in _SECTION.findall(body)
    )
    if not links:
        return ""
    return (
        '<details class="contents"><summary>Trong trang này</summary>'
        f'<nav aria-label="Trong trang này"><ol>{links}</ol></nav></details>'
    )
