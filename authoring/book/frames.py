"""The preprocessor: mdBook makes the menu and the head around every page, but not the page.

mdBook would write HTML anew in its own way. So all it is given of a page is an empty heading, a
frame, which the second hook finds again in what mdBook has made (see `site`).
"""

from __future__ import annotations

from typing import Any

from authoring import TEACHING
from authoring.book import addresses
from authoring.book.mdbook import Book
from authoring.glossary import GLOSSARY_FILE


def frame(address: str) -> str:
    """Return what stands for the page at `address`, here and in what mdBook makes of it."""
    # Where there is no heading, mdBook adds one to the page of all pages.
    return f'<h1 id="{address}"></h1>'


def framed(book: Book, contents: dict[str, Any]) -> dict[str, Any]:
    """Return mdBook's `contents` with a frame for every notebook's JSON, and for the glossary."""
    _fill(contents["items"])
    if (book.folder / GLOSSARY_FILE).exists():
        # A page that no notebook stands behind.
        glossary = {
            "name": addresses.GLOSSARY_TITLE,
            "content": frame(addresses.GLOSSARY),
            "path": addresses.GLOSSARY,
            "sub_items": [],
            "parent_names": [],
        }
        # The last section turns to it, not to the page with the answers.
        items = contents["items"]
        items.insert(len(items) - _is_for_teachers(items[-1]), {"Chapter": glossary})
    return contents


def _is_for_teachers(item: dict[str, Any]) -> bool:
    return bool(item.get("Chapter", {}).get("path") == addresses.of_page(TEACHING))


def _fill(items: list[Any]) -> None:
    for item in items:
        if "Chapter" in item:
            chapter = item["Chapter"]
            chapter["path"] = addresses.of_page(chapter["path"])
            chapter["content"] = frame(chapter["path"])
            _fill(chapter["sub_items"])
