"""What a class gets of each section on paper: its text without solutions, and its worksheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from authoring.book import MADE, pages, pdf, site, worksheet
from authoring.book.mdbook import Book


def make(book: Book, notebooks: Iterable[str]) -> None:
    """Print both for every page with exercises into `book.destination`, below `MADE["papers"]`.

    Raises NotebookError like `pdf.make`.
    """
    folder = book.destination / MADE["papers"]
    for page in list(pages.make(book, notebooks)):
        if not page.exercises:
            continue
        stem = page.address.removesuffix(".html")
        about = book.of_section(page).called(solutions=False)
        text = pdf.pack([replace(page, part="")], about, solutions=False)
        site.write(folder / f"{stem}-khong-loi-giai.pdf", text)
        site.write(folder / f"bai-tap-{stem}.pdf", worksheet.pack(page, book))
