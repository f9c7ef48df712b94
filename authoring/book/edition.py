"""Where a page is shown: on its own, on the page of all pages, in the EPUB.

The HTML of a page is made once, with holes: each stands between two control characters, which the
text of a page never holds, and an edition fills it with what is right there. Anchors, links and
pictures are such holes; what only a screen or only a drawing needs can be left out.
"""

from __future__ import annotations

import functools
import posixpath
import re
from html import escape
from urllib.parse import quote

_HOLE = re.compile("\x01([ahf])([^\x02\x07]*)(?:\x07([^\x02]*))?\x02")
_SCREEN, _DRAWING = re.compile("\x03([^\x03\x04]*)\x04"), re.compile("\x05([^\x06]*)\x06")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


def anchor(name: str) -> str:
    """Return the value of an `id`."""
    return f"\x01a{name}\x02"


def link(address: str, fragment: str = "") -> str:
    """Return the `href` that leads to a page of the site, or to an anchor on it."""
    return f"\x01h{address}\x07{fragment}\x02"


def file(address: str) -> str:
    """Return the address of a file of the site, for `src` or `href`."""
    return f"\x01f{address}\x02"


def on_screen(html: str) -> str:
    """Return HTML that neither paper nor an EPUB needs."""
    return f"\x03{html}\x04"


def both(vietnamese: str, english: str) -> str:
    """Return words of the book's own in both languages, of which a page shows one."""
    theirs = on_screen(f' <span class="en" lang="en">{english}</span>')
    return f'<span class="vi">{vietnamese}</span>{theirs}'


def drawn(html: str) -> str:
    """Return HTML that only draws what the MathML beside it says."""
    return f"\x05{html}\x06"


@functools.cache
def _relative(target: str, folder: str) -> str:
    return posixpath.relpath(target, folder or ".")


class Edition:
    """The pages of the site, each on its own."""

    screen = drawing = True

    def article(self, address: str, html: str) -> str:
        """Return the page at `address` as it stands in this edition."""
        return f'<article class="notebook">\n{self.fill(address, html)}\n</article>'

    def fill(self, address: str, html: str) -> str:
        """Return the HTML of the page at `address` with its holes filled."""
        found = 1
        while found:  # one in another
            html, found = _SCREEN.subn(r"\1" if self.screen else "", html)
        html = _DRAWING.sub(r"\1" if self.drawing else "", html)
        fillings = {"a": self._anchor, "h": self._link, "f": self._file}
        return _HOLE.sub(
            lambda hole: escape(fillings[hole[1]](address, hole[2], hole[3] or "")), html
        )

    def _anchor(self, page: str, name: str, _: str) -> str:
        return name

    def _link(self, page: str, target: str, fragment: str) -> str:
        path = "" if target == page and fragment else self._file(page, target, "")
        return f"{path}#{quote(fragment)}" if fragment else path

    def _file(self, page: str, target: str, _: str) -> str:
        return _relative(target, posixpath.dirname(page))


class WholeEdition(Edition):
    """The page of all pages: there every anchor is called by its page and its own name.

    So no two are alike, and a link between pages leads from one place of this page to another.
    """

    def __init__(self, *, screen: bool = True) -> None:
        self.screen = screen

    def article(self, address: str, html: str) -> str:
        """Return the page, which has an anchor of its own here."""
        html = self.fill(address, html)
        return f'<article class="notebook" id="{self.place(address)}">\n{html}\n</article>'

    def place(self, page: str, name: str = "") -> str:
        """Return how the anchor `name` of a page, or the page itself, is called here."""
        return f"{page}:{name}" if name else page

    def _anchor(self, page: str, name: str, _: str) -> str:
        return self.place(page, name)

    def _link(self, page: str, target: str, fragment: str) -> str:
        return "#" + quote(self.place(target, fragment), safe="/:")

    def _file(self, page: str, target: str, _: str) -> str:
        return target


class EpubEdition(Edition):
    """The EPUB: its pages are XHTML, and its readers draw formulas from MathML."""

    screen = drawing = False

    def address(self, page: str) -> str:
        """Return the place in the EPUB of the page that the site has at `page`."""
        return page.removesuffix(".html") + ".xhtml"

    def _link(self, page: str, target: str, fragment: str) -> str:
        path = self._file(page, self.address(target), "")
        return f"{path}#{quote(fragment)}" if fragment else path
