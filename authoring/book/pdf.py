"""The book as one PDF, printed by Chromium.

Chromium cannot say on which page a heading will come to lie. So it prints twice: from the first
print the page numbers are read for the contents of the second.
"""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from pypdf import PdfReader, PdfWriter
from pypdf.generic import IndirectObject

from authoring.book import browser, pages, site
from authoring.book.edition import WholeEdition
from authoring.book.mdbook import MADE, Book
from authoring.book.page import Page
from authoring.notebook import NotebookError

_PAPER = Path(__file__).parent / "paper"
_EDITION = WholeEdition(screen=False)
_NODE = re.compile(rb"\(node\d{8}\)")


class _Part(NamedTuple):
    """An entry of the contents: a part of the book (level 0), a page, or a section of one.

    `text` is what bookmarks and messages say of it, `html` what the printed contents show.
    """

    level: int
    anchor: str
    text: str
    html: str


def make(book: Book) -> None:
    """Print the book into `book.destination`.

    Raises NotebookError like `pages.make`, and when there is no Chromium or it cannot print.
    """
    made = list(pages.make(book))
    parts = [part for page in made for part in _parts(page)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_files(folder, made)
        html = folder / "book.html"
        numbers: dict[str, int] = {}
        for _ in range(4):
            html.write_text(_document(made, book, parts, numbers), encoding="utf-8")
            printed = PdfReader(_printed(html))
            found = _numbers(printed, parts)
            if found == numbers:
                break
            numbers = found
        else:
            raise NotebookError("số trang trong mục lục của bản in không đứng yên")
        data = io.BytesIO()
        _finished(printed, book, parts, numbers).write(data)
        site.write(book.destination / MADE["pdf"], renumbered(data.getvalue()))


def renumbered(data: bytes) -> bytes:
    """Return a PDF with its nodes numbered from 1, where Chromium begins anywhere."""
    nodes = sorted(set(_NODE.findall(data)))
    numbers = {node: b"(node%08d)" % number for number, node in enumerate(nodes, 1)}
    return _NODE.sub(lambda node: numbers[node[0]], data)


def _parts(page: Page) -> Iterable[_Part]:
    if page.part:
        yield _Part(0, _EDITION.place(page.address), page.part, escape(page.part))
    for heading in page.headings:
        if heading.level < 3 or heading.minutes:
            anchor = _EDITION.place(page.address, heading.anchor)
            html = _EDITION.fill(page.address, heading.shown)
            yield _Part(heading.level, anchor, heading.text, html)


def _write_files(folder: Path, made: Sequence[Page]) -> None:
    formulas = set[str]().union(*(page.letters for page in made))
    files = site.assets("".join(page.html for page in made), formulas)
    files |= {f"assets/{path.name}": path.read_bytes() for path in _PAPER.glob("pdf.*")}
    # On the screen too it must look as on paper, or pdf.js would measure something else.
    style = files["assets/book.css"]
    files["assets/book.css"] = style.replace(b"@media print", b"@media all")
    for page in made:
        files |= page.files
    for name, data in files.items():
        site.write(folder / name, data)


def _document(
    made: Sequence[Page], book: Book, parts: Sequence[_Part], numbers: Mapping[str, int]
) -> str:
    items = "".join(
        f'<li class="level-{part.level}"><a href="#{quote(part.anchor, safe="/:")}">'
        f'<span>{part.html}</span><span class="dots"></span>'
        f'<span class="page-number">{numbers.get(part.anchor, 0)}</span></a></li>'
        for part in parts
    )
    articles = "\n".join(_EDITION.article(page.address, page.html) for page in made)
    # On paper nothing can be unfolded.
    articles = articles.replace("<details>", '<details open="">')
    return (
        '<!DOCTYPE html>\n<html lang="vi">\n<head><meta charset="utf-8">'
        f"<title>{escape(book.title)}</title>\n"
        '<link rel="stylesheet" href="assets/book.css">'
        '<link rel="stylesheet" href="assets/pdf.css">'
        '<script src="assets/pdf.js" defer></script></head>\n<body class="whole"><main>\n'
        f'<section class="cover"><p class="title">{escape(book.title)}</p>'
        f'<p class="rule"></p><p class="about">{escape(book.description)}</p>'
        f'<p class="by">{escape(", ".join(book.authors))}</p></section>'
        f'<section class="toc"><h1>Mục lục</h1><ol>{items}</ol></section>\n'
        f"{articles}\n</main></body></html>\n"
    )


def _printed(page: Path) -> Path:
    program = browser.find()
    if program is None:
        raise NotebookError(f"cần Chromium hay Chrome để in sách: {browser.INSTALL}")
    pdf = page.with_suffix(".pdf")
    options = ["--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri()]
    command = browser.command(program, page.parent / "profile", *options)
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode or not pdf.exists():
        raise NotebookError(f"Chromium không in được sách:\n{done.stderr.strip()}", path=page)
    return pdf


def _numbers(printed: PdfReader, parts: Sequence[_Part]) -> dict[str, int]:
    # Chromium names them as addresses do.
    places = {
        unquote(name.removeprefix("/")): place for name, place in printed.named_destinations.items()
    }
    numbers = {}
    for part in parts:
        place = places.get(part.anchor)
        number = None if place is None else printed.get_destination_page_number(place)
        if number is None:
            raise NotebookError(f"mục “{part.text}” không có trong bản in của Chromium")
        numbers[part.anchor] = number + 1
    return numbers


def _finished(
    printed: PdfReader, book: Book, parts: Sequence[_Part], numbers: Mapping[str, int]
) -> PdfWriter:
    # Without the dates that Chromium writes: the same book gives the same bytes.
    writer = PdfWriter(clone_from=printed)
    writer.metadata = {
        "/Title": book.title,
        "/Author": ", ".join(book.authors),
        "/Subject": book.description,
    }
    above: dict[int, IndirectObject] = {}
    for part in parts:
        above[part.level] = writer.add_outline_item(
            title=part.text, page_number=numbers[part.anchor] - 1, parent=above.get(part.level - 1)
        )
    return writer
