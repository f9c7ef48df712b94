"""The preprocessor: every chapter's notebook becomes the HTML of its page."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from pathlib import Path
from typing import Any

from d2lutil import notebook
from d2lutil.book import code, markdown, outputs
from d2lutil.book.mdbook import MARK, chapters, source_folder
from d2lutil.book.page import Cell, Page
from d2lutil.book.terminal import FORBIDDEN
from d2lutil.notebook import NotebookError

_SECTION = re.compile(r'<h2 id="([^"]+)">(.*?) <a class="anchor"', re.DOTALL)
_LINK = re.compile(r"</?a\b[^>]*>")


def rendered(context: dict[str, Any], book: dict[str, Any]) -> dict[str, Any]:
    """Return mdBook's `book` with every chapter as HTML in place of its notebook's JSON.

    `context` and `book` are the two halves of what mdBook gives a preprocessor. Raises
    NotebookError for a chapter that is no notebook or a broken one (see `page_of`), and for a link
    to a page or an anchor that the book does not have.
    """
    folder = source_folder(context)
    pages: dict[str, Page] = {}
    for chapter in chapters(book):
        label = f"{folder.name}/{chapter['path']}"
        pages[chapter["path"]] = page_of(chapter["content"], chapter["path"], label, folder)
    for page in pages.values():
        for link in page.links:
            if link.source not in pages:
                raise link.cell.error(
                    f"liên kết “{link.href}”: sách không có trang {link.source} "
                    f"(các trang được kê trong {folder.name}/SUMMARY.md)",
                    link.line,
                )
            if link.fragment and link.fragment not in pages[link.source].anchors:
                raise link.cell.error(
                    f"liên kết “{link.href}”: {link.source} không có neo “{link.fragment}”",
                    link.line,
                )
    for chapter in chapters(book):
        page = pages[chapter["path"]]
        chapter["content"], chapter["path"] = page.html, page.address
    return book


def page_of(text: str, source: str, label: str, folder: Path) -> Page:
    """Return the page of a notebook, given its JSON.

    `source` is its path below `folder`, `label` its name in messages. Raises NotebookError when it
    is not a notebook of the course, or has a cell that the book cannot show.
    """
    nb = notebook.loads(text, path=label)
    page = Page(source, label, folder)
    parts = []
    for name, cell in notebook.named_cells(nb):
        at = Cell(page, name)
        if cell.cell_type == "markdown":
            halves = notebook.split(cell.source, path=label, cell=name)
            at = Cell(page, name, halves.vietnamese_line, cell.get("attachments", {}))
            parts.append(markdown.render(unicodedata.normalize("NFC", halves.vietnamese), at))
        elif cell.cell_type == "code":
            parts.append(_code_cell(cell, at))
        else:
            raise at.error(f"ô kiểu {cell.cell_type} không có chỗ trong sách: đổi sang Markdown")
    if len(page.titles) != 1:
        raise NotebookError(
            f"trang phải có đúng một tiêu đề lớn (# …), ở đây có {len(page.titles)}", path=label
        )
    body = "\n".join(parts)
    body = body.replace("</h1>", f"</h1>\n{_contents(body)}", 1)
    file = escape(source.rsplit("/", 1)[-1])
    download = f'<p class="download"><a href="{file}" download>Tải notebook của trang này</a></p>'
    page.html = _one_block(f"{MARK}\n{body}\n{download}\n</article>\n")
    return page


def _code_cell(cell: Any, at: Cell) -> str:
    if not cell.source.strip():
        return ""
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


def _one_block(html: str) -> str:
    # To mdBook a page is one HTML block of Markdown, which ends at a blank line: so there is none.
    parts = re.split(r"(<pre\b.*?</pre>)", FORBIDDEN.sub("", html), flags=re.DOTALL)
    parts[::2] = [re.sub(r"\s*\n\s*", "\n", part) for part in parts[::2]]
    parts[1::2] = [part.replace("\n", "&#10;") for part in parts[1::2]]
    return "".join(parts)
