"""The preprocessor: every chapter becomes a frame for its page, if all pages can be made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from authoring.book import glossary, numbering, remembered
from authoring.book.mdbook import build_folder, chapters, frame, listed, source_folder
from authoring.book.page import Page
from authoring.book.summary import GLOSSARY, GLOSSARY_TITLE, Chapter, address
from authoring.notebook import NotebookError


def framed(context: dict[str, Any], book: dict[str, Any]) -> dict[str, Any]:
    """Return mdBook's `book` with a frame in place of every notebook's JSON, and the glossary's.

    `context` and `book` are the two halves of what mdBook gives a preprocessor. Raises
    NotebookError like `pages` and `check`, and for a chapter that is no notebook.
    """
    found = pages(context, listed(book))
    check(found)
    for chapter in chapters(book):
        chapter["path"] = address(chapter["path"])
        chapter["content"] = frame(chapter["path"])
    if found.terms:
        book["items"].append(_chapter(GLOSSARY_TITLE, GLOSSARY))
    return book


def _chapter(name: str, address: str) -> dict[str, Any]:
    # A page that no notebook stands behind.
    chapter: dict[str, Any] = {
        "name": name,
        "content": frame(address),
        "number": None,
        "sub_items": [],
        "path": address,
        "source_path": None,
        "parent_names": [],
    }
    return {"Chapter": chapter}


def pages(context: dict[str, Any], listed: Sequence[Chapter]) -> remembered.Pages:
    """Return the pages of chapters; NotebookError where the glossary or book.toml is wrong."""
    folder = source_folder(context)
    store = build_folder(context) / ".pages"
    return remembered.Pages(listed, folder, glossary.load(folder), _jupyter(context), store)


def check(pages: Iterable[Page]) -> None:
    """Raise NotebookError unless all pages can be made and agree.

    They do where every link leads to a page and an anchor that the book has, and every number that
    the text quotes is right (see `numbering.check`).
    """
    found: dict[str, Page] = {}
    for page in pages:
        page.forget()
        found[page.source] = page
    numbering.check(found)


def _jupyter(context: dict[str, Any]) -> str:
    """Return the address that opens a notebook in Jupyter when its path follows; "" if none is set.

    Raises NotebookError when it is no address of the web.
    """
    address = context["config"].get("preprocessor", {}).get("chapters", {}).get("jupyter", "")
    if not isinstance(address, str) or not re.match(r"https?://|$", address):
        raise NotebookError(
            f"preprocessor.chapters.jupyter phải là một địa chỉ https://, không phải {address!r}",
            path="book.toml",
        )
    return address
