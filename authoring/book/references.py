"""Whether what the text of a page refers to is in the book, under the number that it quotes."""

from __future__ import annotations

from collections.abc import Iterable

from authoring.book.numbering import SECTION, Label, quoted
from authoring.book.page import Link, Page


def check(pages: Iterable[Page]) -> None:
    """Raise NotebookError where a link or a text of `pages` leads nowhere.

    A link must lead to a page and an anchor that the book has, to what it names or into the
    section that it names; what is named outside a link must exist.
    """
    found = {page.source: page for page in pages}
    every = {label for page in found.values() for label in page.numbering.all}
    for page in found.values():
        for link in page.links:
            _check_link(link, found)
        for place, said in page.mentions:
            if said not in every:
                raise place.error(
                    f"“{said}”: sách không có số này; số của một tài liệu khác thì viết vào trong "
                    "chữ của liên kết tới đó"
                )


def _check_link(link: Link, pages: dict[str, Page]) -> None:
    target = pages.get(link.source)
    if target is None:
        raise link.place.error(
            f"liên kết “{link.href}”: sách không có trang {link.source} "
            "(các trang được kê trong SUMMARY.md)"
        )
    if link.fragment and link.fragment not in target.anchors:
        raise link.place.error(
            f"liên kết “{link.href}”: {link.source} không có neo “{link.fragment}”"
        )
    label = target.numbering.labels.get(link.fragment)
    if not link.fragment and target.numbering.chapter:
        label = Label(SECTION, target.numbering.chapter)
    for said in quoted(link.text):
        is_inside = said.kind == SECTION and f"{label}".startswith(f"{said}.")
        if label != said and not is_inside:
            there = f"ở đó là {label}" if label else "chỗ ấy không có số"
            raise link.place.error(f"liên kết “{link.text}” dẫn tới {link.href}, nhưng {there}")
