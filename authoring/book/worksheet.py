"""A section's exercises on paper, with room to write: no hints, no solutions."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

from authoring.book import MADE, pages, printing, site
from authoring.book.edition import SOLUTION, PaperEdition
from authoring.book.mdbook import Book
from authoring.book.page import Exercise, Page
from authoring.notebook_error import NotebookError

_TAG = re.compile(r"<[^>]+>")
_FEWEST, _MOST = 8, 18  # ruled lines: some for every answer, and never a whole sheet
_LETTERS = 60  # of an answer in prose that one line holds


def make(book: Book, notebooks: Iterable[str], *, notebook: str) -> None:
    """Print the exercises of `notebook`, a path as the author types it, into `book.destination`.

    Raises NotebookError like `pages.make`, and when the book lacks the notebook, the notebook
    exercises, or the machine a Chromium that can print.
    """
    made = {page.source: page for page in pages.make(book, notebooks) if page.source}
    page = made.get(os.path.relpath(notebook, book.folder))
    if page is None:
        known = ", ".join(page.label for page in made.values())
        raise NotebookError(f"sách không có notebook này; sách có {known}", path=notebook)
    if not page.exercises:
        raise NotebookError(
            "không có bài tập nào để in: tiêu đề của một bài tập là “### Bài 1: …”", path=notebook
        )
    site.write(book.destination / MADE["worksheet"], pack(page, book))


def pack(page: Page, book: Book) -> bytes:
    """Return the PDF of the exercises of a page that has any; raises like `printing.printed`."""
    first = page.headings[0]
    title = f"Bài tập{f' Mục {first.number}' if first.number else ''}: {first.title}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        printing.lay_out(folder, [page])
        printed = printing.printed(folder, title, _body(page, book, title), "worksheet")
        about = {"/Title": title, "/Author": ", ".join(book.authors), "/Subject": book.title}
        return printing.finished(printed, about)


def _body(page: Page, book: Book, title: str) -> str:
    exercises = "\n".join(_exercise(page, exercise) for exercise in page.exercises)
    return (
        f'<article class="notebook"><p class="book">{escape(book.title)}</p>\n'
        f"<h1>{escape(title)}</h1>\n"
        '<p class="who"><span>Họ và tên:</span><span>Ngày:</span></p>\n'
        f"{exercises}</article>"
    )


def _exercise(page: Page, exercise: Exercise) -> str:
    # No link leads anywhere from here, and questions with choices come without their answers.
    paper = PaperEdition(solutions=False, pages=())
    title = paper.fill(page.address, page.headings[exercise.under].shown)
    asked = paper.fill(page.address, exercise.html)
    return (
        f'<section><div class="asked"><h2>{title}</h2>\n{asked}</div>\n'
        f'<div class="room">{"<div></div>" * _lines(page, exercise)}</div></section>'
    )


def _lines(page: Page, exercise: Exercise) -> int:
    """Return how many ruled lines an answer needs, if it is as long as the authors' own."""
    found = [
        aside.html
        for aside in page.asides
        if aside.kind == SOLUTION
        and aside.under == exercise.under
        and aside.html not in exercise.html  # there a letter is marked
    ]
    text = _TAG.sub("", PaperEdition().fill(page.address, "".join(found)))
    needed = sum(1 + len(line) // _LETTERS for line in text.splitlines())
    return min(max(needed, _FEWEST), _MOST)
