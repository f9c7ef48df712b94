"""What is printed by Chromium: its files, the document, the PDF."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from pypdf import PdfReader, PdfWriter
from pypdf.generic import IndirectObject

from authoring.book import browser, site
from authoring.book.page import Page
from authoring.notebook_error import NotebookError

_PAPER = Path(__file__).parent / "paper"
_NODE = re.compile(rb"\(node\d{8}\)")


class Mark(NamedTuple):
    """A bookmark: its level, its words, the sheet that it leads to, from 1."""

    level: int
    text: str
    sheet: int


def lay_out(folder: Path, made: Sequence[Page]) -> None:
    """Write what a document of these pages needs into its folder: styles, fonts, pictures."""
    formulas = set[tuple[str, str]]().union(*(page.letters for page in made))
    files = site.assets("".join(page.html for page in made), formulas)
    files |= {
        f"assets/{path.name}": path.read_bytes() for path in _PAPER.iterdir() if path.stem != "epub"
    }
    # On the screen too it must look as on paper, or pdf.js would measure something else.
    style = files["assets/book.css"]
    files["assets/book.css"] = style.replace(b"@media print", b"@media all")
    for page in made:
        files |= page.files
    for name, data in files.items():
        site.write(folder / name, data)


def printed(folder: Path, title: str, body: str, *styles: str) -> PdfReader:
    """Print a document of this body, all unfolded; `styles` come after those of every document.

    Raises NotebookError when there is no Chromium or it cannot print.
    """
    program = browser.find()
    if program is None:
        raise NotebookError(f"cần Chromium hay Chrome để in sách: {browser.INSTALL}")
    page = folder / "book.html"
    links = "".join(
        f'<link rel="stylesheet" href="assets/{name}.css">' for name in ("book", "pdf", *styles)
    )
    page.write_text(
        f'<!DOCTYPE html>\n<html lang="vi">\n<head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>\n{links}"
        '<script src="assets/pdf.js" defer></script></head>\n<body class="whole"><main>\n'
        + body.replace("<details>", '<details open="">')
        + "\n</main></body></html>\n",
        encoding="utf-8",
    )
    pdf = page.with_suffix(".pdf")
    options = ["--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri()]
    command = browser.command(program, folder / "profile", *options)
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode or not pdf.exists():
        raise NotebookError(f"Chromium không in được sách:\n{done.stderr.strip()}", path=page)
    return PdfReader(pdf)


def sheets(printed: PdfReader) -> dict[str, int]:
    """Return on which sheet, from 1, each anchor lies that something links to."""
    # Chromium names them as addresses do.
    numbers = {
        unquote(name.removeprefix("/")): printed.get_destination_page_number(place)
        for name, place in printed.named_destinations.items()
    }
    return {name: number + 1 for name, number in numbers.items() if number is not None}


def finished(printed: PdfReader, about: Mapping[str, str], marks: Iterable[Mark] = ()) -> bytes:
    """Return the PDF with what it tells `about` itself, and bookmarks.

    Without the dates that Chromium writes: the same document gives the same bytes.
    """
    writer = PdfWriter(clone_from=printed)
    writer.metadata = dict(about)
    above: dict[int, IndirectObject] = {}
    for mark in marks:
        above[mark.level] = writer.add_outline_item(
            title=mark.text, page_number=mark.sheet - 1, parent=above.get(mark.level - 1)
        )
    data = io.BytesIO()
    writer.write(data)
    return renumbered(data.getvalue())


def renumbered(data: bytes) -> bytes:
    """Return a PDF with its nodes numbered from 1, where Chromium begins anywhere."""
    nodes = sorted(set(_NODE.findall(data)))
    numbers = {node: b"(node%08d)" % number for number, node in enumerate(nodes, 1)}
    return _NODE.sub(lambda node: numbers[node[0]], data)
