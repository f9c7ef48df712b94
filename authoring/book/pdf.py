"""The book, or a page of it, as one PDF, printed by Chromium.

Chromium cannot say on which sheet a heading will come to lie. So it prints twice: from the first
print the numbers are read for the contents of the second, and for what is printed at the end.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from authoring.book import MADE, back_matter, pages, printing, site
from authoring.book.edition import PaperEdition
from authoring.book.mdbook import Book
from authoring.book.page import Page
from authoring.notebook_error import NotebookError


class _Part(NamedTuple):
    """An entry of the contents: a part of the book (level 0), a page, or a section of one.

    `text` is what bookmarks and messages say of it, `html` what the printed contents show.
    """

    level: int
    anchor: str
    text: str
    html: str


def make(book: Book, notebooks: Iterable[str], *, solutions: bool = True) -> None:
    """Print the book into `book.destination`.

    Raises NotebookError like `pages.make`, and when there is no Chromium or it cannot print.
    """
    made = pages.printed(book, notebooks, solutions=solutions)
    data = pack(made, book.called(solutions=solutions), solutions=solutions)
    site.write(book.destination / MADE["pdf"], data)


def pack(made: Sequence[Page], book: Book, *, solutions: bool = True) -> bytes:
    """Return the PDF of pages, in their order; a link to another page is plain text there."""
    addresses = {page.address for page in made}
    numbers: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        printing.lay_out(folder, made)
        for _ in range(4):
            edition = PaperEdition(numbers, solutions=solutions, pages=addresses)
            shown = [*made, *back_matter.make(made, edition)]
            parts = [part for page in shown for part in _parts(page, edition)]
            printed = printing.printed(folder, book.title, _body(shown, book, parts, edition))
            found = printing.sheets(printed)
            for part in parts:
                if part.anchor not in found:
                    raise NotebookError(f"mục “{part.text}” không có trong bản in của Chromium")
            if found == numbers:
                break
            numbers = found
        else:
            raise NotebookError("số trang trong mục lục của bản in không đứng yên")
        about = {
            "/Title": book.title,
            "/Author": ", ".join(book.authors),
            "/Subject": book.description,
        }
        marks = [printing.Mark(part.level, part.text, numbers[part.anchor]) for part in parts]
        return printing.finished(printed, about, marks)


def _parts(page: Page, edition: PaperEdition) -> Iterable[_Part]:
    if page.part:
        yield _Part(0, edition.place(page.address), page.part, escape(page.part))
    for heading in page.headings:
        if heading.level < 3 or heading.minutes:
            anchor = edition.place(page.address, heading.anchor)
            html = edition.fill(page.address, heading.shown)
            yield _Part(heading.level, anchor, heading.text, html)


def _body(shown: Sequence[Page], book: Book, parts: Sequence[_Part], edition: PaperEdition) -> str:
    items = "".join(
        f'<li class="level-{part.level}"><a href="#{quote(part.anchor, safe="/:")}">'
        f'<span>{part.html}</span><span class="dots"></span>'
        f'<span class="page-number">{edition.numbers.get(part.anchor, 0)}</span></a></li>'
        for part in parts
    )
    articles = "\n".join(edition.article(page.address, page.html) for page in shown)
    return (
        f'<section class="cover"><p class="title">{escape(book.title)}</p>'
        f'<p class="rule"></p><p class="about">{escape(book.description)}</p>'
        f'<p class="by">{escape(", ".join(book.authors))}</p></section>'
        f'<section class="toc"><h1>Mục lục</h1><ol>{items}</ol></section>\n'
        f"{articles}"
    )
