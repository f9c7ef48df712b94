"""What the book's search knows: the sections of its pages, as the text that a reader sees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import NamedTuple

from authoring.book.mdbook import MARK

# Formulas in their drawn form (the spoken one is kept), contents, definitions of terms, English.
_HIDDEN = re.compile(r'<(\w+)(?: class="(?:katex-html|formula|contents|card|en)"| lang="en")[^>]*>')
_HEADING = re.compile(r'<h([123]) id="([^"]+)">(.*?)</h\1>', re.DOTALL)
_ENTRY = re.compile(
    r'<div id="([^"]+)">\s*<dt>(.*?)</dt>\s*<dd>(.*?)(?:<a class="seen"[^<]*</a>)?</dd>', re.DOTALL
)
# Where one of these starts or ends, a word ends too.
_BREAK = re.compile(r"</?(?:p|li|ul|ol|div|pre|t[dhr]|table|caption|br|h\d|summary|fig\w+)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


class Section(NamedTuple):
    """A stretch of a page under one heading: where it is, what it says."""

    page: str
    anchor: str
    level: int
    title: str
    text: str


def sections(page: str, html: str) -> Iterator[Section]:
    """Yield the sections of a page of the site, given its address and its HTML."""
    body = html[html.index(MARK) : html.rindex("</article>")]
    # Text before the first heading, then level, anchor, title and text of each section in turn.
    parts = _HEADING.split(_without_hidden(body))
    for level, anchor, title, text in zip(*(parts[n::4] for n in range(1, 5)), strict=True):
        yield Section(page, unescape(anchor), int(level), _text(title), _text(text))


def entries(page: str, html: str) -> Iterator[Section]:
    """Yield the glossary's page and its entries, which are its sections, like `sections`."""
    yield next(sections(page, html))._replace(text="")
    for anchor, term, definition in _ENTRY.findall(html):
        yield Section(page, unescape(anchor), 2, _text(term), _text(definition))


def script(found: Iterable[Section]) -> str:
    """Return the sections as a script: pages opened from a folder may load one, but no data."""
    data = json.dumps(list(found), ensure_ascii=False, separators=(",", ":"))
    return f"globalThis.bookSections={data}\n"


def _without_hidden(html: str) -> str:
    kept: list[str] = []
    position = 0
    while opening := _HIDDEN.search(html, position):
        kept.append(html[position : opening.start()])
        depth, position = 1, opening.end()
        tags = re.compile(rf"<(/?){opening[1]}\b")
        while depth and (tag := tags.search(html, position)):
            depth += -1 if tag[1] else 1
            position = tag.end()
        position = html.find(">", position - 1) + 1
    kept.append(html[position:])
    return "".join(kept)


def _text(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", _BREAK.sub(" ", html))).split())
