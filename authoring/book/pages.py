"""All pages of the book, in order: made, checked together; the glossary, then the teachers'."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from authoring import TEACHING
from authoring.book import addresses, glossary_page, notebook_page, references
from authoring.book.mdbook import Book
from authoring.book.page import Page
from authoring.book.term_marks import Marker
from authoring.glossary import GLOSSARY_FILE, toml_file
from authoring.notebook_error import NotebookError


def make(
    book: Book, notebooks: Iterable[str], apply: Callable[..., Iterable[Page]] = map
) -> Iterator[Page]:
    """Yield the pages of a book; `apply` works like map, but may do several at a time.

    `notebooks` has the JSON of each in their order, as `read_ahead` gives it.
    Raises NotebookError for a page that cannot be made, for two files in one place, and at the end
    where pages do not agree: nothing that was yielded may be published then.
    """
    _marker.cache_clear()
    marker = _marker(book.folder)  # at once, so that processes that start later have it already
    sources, numbers, parts = zip(*book.chapters, strict=True)
    made, last = list[Page](), list[Page]()
    taken = dict.fromkeys(addresses.RESERVED, (b"", "cuốn sách"))
    shown = apply(partial(_page, book.folder), notebooks, sources, numbers)
    for page, part in zip(shown, parts, strict=True):
        page.part = part
        for name, data in page.files.items():
            file = hashlib.sha256(data).digest(), page.label
            other, owner = taken.setdefault(name.lower(), file)
            if other != file[0]:
                reason = f"tệp {name} trong sách đã là một tệp khác của {owner}: hãy đổi tên tệp"
                raise NotebookError(reason, path=page.label)
        made.append(page)
        if page.is_for_teachers:
            last.append(page)
        else:
            yield page
    references.check(made)
    if marker:
        yield glossary_page.make(made, marker.glossary)
    yield from last


def printed(book: Book, notebooks: Iterable[str], *, solutions: bool) -> list[Page]:
    """Return the pages as `make` does; without `solutions` it is without those for teachers."""
    return [page for page in make(book, notebooks) if solutions or not page.is_for_teachers]


def _page(folder: Path, text: str, source: str, number: str) -> Page:
    # No entry of the glossary leads from a term to the answers.
    marker = None if source == TEACHING else _marker(folder)
    return notebook_page.make(json.loads(text), folder, source, number, marker)


@functools.cache
def _marker(folder: Path) -> Marker | None:
    path = folder / GLOSSARY_FILE
    if not path.exists():
        return None
    try:
        return Marker(toml_file.load(path))
    except toml_file.GlossaryError as error:
        label = f"{folder.name}/{path.name}"
        raise NotebookError("\n".join(str(f.at(label)) for f in error.findings)) from error
