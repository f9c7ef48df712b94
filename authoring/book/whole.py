"""The page of all pages: there every anchor is called by its page and its own name.

So no two are alike, and a link between pages leads from one place of this page to another.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container
from html import escape, unescape
from urllib.parse import quote, unquote, urlsplit

from authoring.book.mdbook import MARK

_TAG = re.compile(r"<(?:a|div|figure|h[1-6]|img|table)\b[^>]*>")  # those that name or lead
_ATTRIBUTE = re.compile(r' (id|href|src)="([^"]*)"')


def part(address: str, html: str, pages: Container[str]) -> str:
    """Return the page at `address` as a part of the page of all `pages` (their addresses)."""

    def attribute(match: re.Match[str]) -> str:
        name, value = match[1], unescape(match[2])
        new = _name(address, value) if name == "id" else _target(address, value, pages)
        return f' {name}="{escape(new)}"'

    html = _TAG.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), html)
    return html.replace(MARK, f'{MARK[:-1]} id="{escape(address)}">', 1)


def _name(address: str, anchor: str) -> str:
    return f"{address}:{anchor}" if anchor else address


def _target(address: str, target: str, pages: Container[str]) -> str:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return target
    place = address
    if parts.path:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(address), unquote(parts.path)))
    if place in pages:
        return "#" + quote(_name(place, unquote(parts.fragment)), safe="/:")
    return quote(place)
