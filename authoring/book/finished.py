"""The finished site, read back: what the PDF and the EPUB are made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

_MENU = re.compile(r'<nav id="menu".*?</nav>', re.DOTALL)
_ITEM = re.compile(r'<li><a href="([^"#]+)"')
_ARTICLE = re.compile(r'<article class="notebook">.*</article>', re.DOTALL)
_HEADING = re.compile(r'<h([12]) id="([^"]+)">(.*?)</h\1>', re.DOTALL)
_NOT_TITLE = re.compile(r'<span class="en".*?</span>|<a class="anchor".*?</a>|<[^>]+>', re.DOTALL)


class Heading(NamedTuple):
    """A title (level 1) or section (level 2) of the book: its anchor, its plain Vietnamese text."""

    level: int
    anchor: str
    text: str


def pages(site: Path) -> Iterator[tuple[str, str]]:
    """Yield address and article of each chapter, in the order of the menu."""
    menu = _MENU.search((site / "index.html").read_text(encoding="utf-8"))
    for address in _ITEM.findall(menu[0] if menu else ""):
        article = _ARTICLE.search((site / address).read_text(encoding="utf-8"))
        if article:
            yield address, article[0]


def headings(html: str) -> list[Heading]:
    """Return the titles and sections of a page, or of several on end."""
    return [
        Heading(int(level), unescape(anchor), " ".join(unescape(_NOT_TITLE.sub("", title)).split()))
        for level, anchor, title in _HEADING.findall(html)
    ]
