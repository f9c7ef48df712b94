"""What mdBook hands to the preprocessor and to the backend, and the frames that it makes.

mdBook makes the menu and the head around every page, but not the page: it hands text from program
to program a few bytes at a time, and would write HTML anew in its own way. What it is given is an
empty heading with the page's address, which the backend finds again (see `publish`).
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from authoring.book.summary import Chapter
from authoring.notebook import NotebookError

MARK = '<article class="notebook">'  # how every page starts


def frame(address: str) -> str:
    """Return what stands for the page at `address`, here and in what mdBook makes of it."""
    # Where there is no heading, mdBook adds one to the page of all pages.
    return f'<h1 id="{escape(address)}"></h1>'


def source_folder(context: dict[str, Any]) -> Path:
    """Return the folder of the book's sources, from the context that mdBook gives."""
    return Path(context["root"], context["config"]["book"].get("src", "src"))


def build_folder(context: dict[str, Any]) -> Path:
    """Return the folder that holds what mdBook builds."""
    return Path(context["root"], context["config"].get("build", {}).get("build-dir", "book"))


def site_url(context: dict[str, Any]) -> str:
    """Return where a server shows the site."""
    url: str = context["config"]["output"].get("html", {}).get("site-url", "/")
    return url


def chapters(book: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every chapter of mdBook's `book`, in order, at any depth.

    Raises NotebookError for one that has no file or is no notebook.
    """
    items = list(reversed(book["items"]))
    while items:
        item = items.pop()
        if not isinstance(item, dict) or "Chapter" not in item:
            continue
        chapter = item["Chapter"]
        if not (chapter["path"] or "").endswith(".ipynb"):
            raise NotebookError(
                f"chương “{chapter['name']}” phải dẫn tới một tệp .ipynb, "
                f"không phải {chapter['path'] or 'chỗ trống'}",
                path="SUMMARY.md",
            )
        yield chapter
        items += reversed(chapter["sub_items"])


def listed(book: dict[str, Any]) -> list[Chapter]:
    """Return the chapters of mdBook's `book` as SUMMARY.md lists them; raises like `chapters`."""
    return [
        Chapter(chapter["path"], ".".join(map(str, chapter.get("number") or ())))
        for chapter in chapters(book)
    ]
