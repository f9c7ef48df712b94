"""A notebook as a page of the book."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from authoring import notebook
from authoring.book import (
    addresses,
    bilingual,
    code,
    download,
    edition,
    exercise_help,
    outputs,
    previews,
    quiz,
)
from authoring.book.bilingual import Block
from authoring.book.block_anchors import addressed
from authoring.book.numbering import Numbering
from authoring.book.page import Cell, Heading, Page
from authoring.book.term_marks import Marker
from authoring.notebook import Halves
from authoring.notebook_error import NotebookError

STALE = "Bản tiếng Anh của phần này đã đổi sau khi dịch; bản dịch chưa theo kịp."
# The minutes that the first cell, the quick questions and each part of Going deeper state.
_MAIN = re.compile(r"đường chính khoảng (\d+) phút")
_TIMED = re.compile(r'^<a id="([^"]+)"></a>\n+###? .+\n+\*Khoảng (\d+) phút\.\*', re.MULTILINE)
# Without scripts the switch stays hidden, and nobody can close what is open (see results.js).
_SWITCH = (
    '<label class="results-switch" hidden=""><input type="checkbox"/>'
    '<span class="vi">Ẩn kết quả để tự đoán trước</span>'
    '<span class="en" lang="en">Hide results to predict first</span></label>'
)
_FOLD = (
    '<details class="result" open=""><summary><span class="vi">Xem kết quả</span>'
    '<span class="en" lang="en">Show the result</span></summary>'
)


def make(
    nb: Mapping[str, Any],
    folder: Path,
    source: str,
    number: str = "",
    marker: Marker | None = None,
) -> Page:
    """Return the page of the notebook `nb`, which is `source` below `folder` and chapter `number`.

    What the page shows and what it offers for download are both made of `nb`. `marker` marks terms.
    Where the last paragraph of a text cell, in Vietnamese, has a question mark outside code and
    formulas, what the code cells up to the next text give can be folded. Raises NotebookError when
    it is not a notebook of the course, or has a cell that the book cannot show whole.
    """
    label = str(folder / source)
    page = Page(source, addresses.of_page(source), label, folder, numbering=Numbering(number))
    page.files[addresses.of_file(source)] = download.made(nb)
    blocks: list[Block] = []
    said: list[str] = []
    opening = 0  # blocks of the first cell
    asked = False
    for name, cell in notebook.named_cells(nb):
        cell["source"] = edition.CONTROL.sub(" ", cell["source"])
        at = Cell(page, name, cell["id"])
        if cell["cell_type"] == "markdown":
            halves = notebook.split(cell["source"], path=label, cell=name)
            said.append(halves.vietnamese)
            blocks += _text_cell(cell, halves, at, marker)
            asked = blocks[-1].is_question
        elif cell["cell_type"] == "code":
            blocks.append(Block(addressed(_code_cell(cell, at, asked), at)))
        else:
            raise at.error(f"ô kiểu {cell['cell_type']} không có chỗ trong sách: đổi sang Markdown")
        opening = opening or len(blocks)
    if not blocks or not blocks[0].is_heading:
        raise NotebookError("trang phải mở đầu bằng đúng một tiêu đề lớn (# …)", path=label)
    title, *rest = blocks = exercise_help.gathered(blocks, page)
    facts = next((block for block in rest[: opening - 1] if block.is_facts), Block(""))
    text = "\n".join(block.html for block in rest if block is not facts)
    minutes = dict(_TIMED.findall("\n\n".join(said)))
    page.headings = [h._replace(minutes=int(minutes.get(h.anchor, 0))) for h in page.headings]
    main = _MAIN.search(said[0])
    contents = _contents(page, main[1] if main else "")
    page.html = f"{title.html}{_head(page, facts.html, _FOLD in text)}\n{contents}{text}"
    page.previews = previews.found(page, blocks)
    return page


def _text_cell(
    cell: Mapping[str, Any], halves: Halves, at: Cell, marker: Marker | None
) -> list[Block]:
    at.first_line, at.numbered = halves.vietnamese_line, True
    at.attachments = cell.get("attachments", {})
    asks = cell["id"] == quiz.SELF_TEST
    blocks = bilingual.render(quiz.before_list(halves) if asks else halves, at, marker)
    if asks:
        blocks.append(Block(addressed(quiz.render("index", at), at, len(blocks) + 1)))
    if notebook.translated_from(cell) not in (None, notebook.fingerprint(halves.english)):
        # Below the heading that the cell may start with.
        place = next((n for n, block in enumerate(blocks) if not block.is_heading), len(blocks))
        blocks.insert(place, Block(edition.on_screen(f'<p class="stale">{STALE}</p>')))
    return blocks


def _code_cell(cell: Mapping[str, Any], at: Cell, asked: bool) -> str:
    source, number = cell["source"], cell["execution_count"]
    if not source.strip() and not cell["outputs"]:
        return ""
    if (help_ := exercise_help.render(cell, at)) is not None:
        return help_
    at.say(f" {source} ")
    count = f' data-count="{number}"' if number else ""
    result = outputs.render(cell, at)
    if asked and result:
        result = f"{edition.on_screen(_FOLD)}{result}{edition.on_screen('</details>')}"
    return f'<div class="cell"{count}>{code.block(source, "python")}{result}</div>'


def _head(page: Page, facts: str, folds: bool) -> str:
    """Return what stands below a page's title: its time and device, and where to take it from.

    Where a result can be folded, the switch that does so stands there too.
    """
    file = edition.file(quote(addresses.of_file(page.source)))
    name = escape(page.source.rsplit("/", 1)[-1])
    words = edition.both("Tải notebook", "Download the notebook")
    way = f'<p class="ways"><a href="{file}" download="{name}">{words}</a>{edition.OFFER}'
    way += f"{_SWITCH if folds else ''}</p>"
    if not facts:
        return edition.on_screen(f'<div class="head">{way}</div>')
    return f'<div class="head">{facts}{edition.on_screen(way)}</div>'


def _contents(page: Page, minutes: str) -> str:
    """Return the list of the page's parts.

    Where some go deeper, they stand below their heading, and all before it below the name of the
    main path and its `minutes`.
    """
    items = [_item(page, heading, below) for heading, below in page.outline]
    if not items:
        return ""
    outline = enumerate(page.outline)
    before = next((n for n, (heading, below) in outline if below or heading.minutes), 0)
    if before and minutes:
        name = edition.both(
            f"Đường chính ({minutes}\u00a0phút)", f"Main path ({minutes}\u00a0minutes)"
        )
        items[:before] = [f'<li><span class="path">{name}</span>{_list(items[:before])}</li>']
    return edition.on_screen(
        f'<details class="contents"><summary>{edition.both("Trong trang này", "On this page")}'
        '</summary><nav aria-label="Trong trang này" data-en="On this page">'
        f"{_list(items)}</nav></details>\n"
    )


def _item(page: Page, heading: Heading, below: Iterable[Heading] = ()) -> str:
    said = heading.shown
    if heading.minutes:
        time = edition.both(f"({heading.minutes}\u00a0phút)", f"({heading.minutes}\u00a0minutes)")
        said += f' <span class="minutes">{time}</span>'
    inner = _list(_item(page, part) for part in below)
    return f'<li><a href="{edition.link(page.address, heading.anchor)}">{said}</a>{inner}</li>'


def _list(items: Iterable[str]) -> str:
    inner = "".join(items)
    return f"<ol>{inner}</ol>" if inner else ""
