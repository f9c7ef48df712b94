"""The site with files to take along: the book and each of its sections as PDF and as EPUB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from authoring.book import MADE, edition, epub, pages, pdf, site
from authoring.book.mdbook import Book
from authoring.book.page import Page

_FOLDER = "tep"  # of those of a section


def make(book: Book, notebooks: Iterable[str]) -> None:
    """Finish the site like `site.make`, which offers these files on its pages.

    Raises NotebookError like `site.make` and `pdf.make`.
    """
    texts = list(notebooks)
    made = list(pages.make(book, texts))
    files = dict(zip((MADE["pdf"], MADE["epub"]), _packed(made, book), strict=True))
    whole = "".join(_whole(name, len(data)) for name, data in files.items())
    offers = {}
    for page in made:
        if not page.source:  # the glossary helps with the others, and is in none of their files
            continue
        stem = f"{_FOLDER}/{page.address.removesuffix('.html')}"
        names = f"{stem}.pdf", f"{stem}.epub"
        files |= zip(names, _packed([replace(page, part="")], book.of_section(page)), strict=True)
        links = (
            f'<a href="{edition.file(name)}">{kind}</a>'
            for name, kind in zip(names, ("PDF", "EPUB"), strict=True)
        )
        offers[page.address] = "".join(links) + whole
        whole = ""  # only the first page offers them
    site.make(book, texts, files=files, offers=offers)


def _packed(made: Sequence[Page], book: Book) -> tuple[bytes, bytes]:
    return pdf.pack(made, book), epub.pack(made, book, epub.changed(made))


def _whole(name: str, size: int) -> str:
    kind = name.rsplit(".", 1)[-1].upper()
    megabytes = f"{size / 1e6:.1f}"
    return (
        f'<a href="{edition.file(name)}">'
        f'<span class="vi">{kind} cả khóa học ({megabytes.replace(".", ",")}\u00a0MB)</span>'
        f'<span class="en" lang="en">{kind} of the whole course ({megabytes}\u00a0MB)</span></a>'
    )
