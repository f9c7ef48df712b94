"""What mdBook hands to the preprocessor and to the backend, as both of them read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from d2lutil.notebook import NotebookError

# Marks a page that really was rendered: the preprocessor writes it, the backend looks for it.
MARK = '<article class="notebook">'


def source_folder(context: dict[str, Any]) -> Path:
    """Return the folder of the book's sources, from the context that mdBook gives."""
    return Path(context["root"], context["config"]["book"].get("src", "src"))


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
