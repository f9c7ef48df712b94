"""Where a page is shown: on its own, on the page of all pages, in the EPUB.

The HTML of a page is made once, with holes: each stands between two control characters, which the
text of a page never holds, and an edition fills it with what is right there. Anchors, links and
pictures are such holes; what only a screen or only a drawing needs can be left out, and what is set
aside can stand elsewhere.
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Collection, Mapping
from html import escape
from urllib.parse import quote

_HOLE = re.compile("\x01([ahf])([^\x02\x07]*)(?:\x07([^\x02]*))?\x02")
_SCREEN, _DRAWING = re.compile("\x03([^\x03\x04]*)\x04"), re.compile("\x05([^\x06]*)\x06")
_ASIDE = re.compile("\x0e(\\w+)\x07([^\x07]*)\x07([^\x0f]*)\x0f")
_LINKED = re.compile(' href="\x01h([^\x07]*)\x07[^\x02]*\x02"')
_ANCHOR = re.compile(' id="\x01a([^\x02]*)\x02"')
# What a card has neither use nor room for: links and folds are no more than what they say.
_ACTIVE = re.compile('</?(?:a|details)\\b[^>]*>| class="katex-mathml"')
_TITLE = re.compile("(</?)(?:summary|h\\d)\\b[^>]*>")
MATHML = "http://www.w3.org/1998/Math/MathML"
OFFER = "\x10"  # where a page offers the files that were made of it
HINT, SOLUTION = "hint", "solution"  # the kinds of what is set aside
ASIDES = {HINT: "Gợi ý", SOLUTION: "Lời giải"}
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


def anchor(name: str) -> str:
    """Return the value of an `id`."""
    return f"\x01a{name}\x02"


def anchors(html: str) -> list[str]:
    """Return the names of the anchors in HTML with holes."""
    return _ANCHOR.findall(html)


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


def aside(kind: str, number: int, html: str) -> str:
    """Return folded HTML of a kind of `ASIDES`, which is the page's aside of this number."""
    return f"\x0e{kind}\x07{number}\x07{html}\x0f"


@functools.cache
def _relative(target: str, folder: str) -> str:
    return posixpath.relpath(target, folder or ".")


@functools.lru_cache(maxsize=1)  # the site shows each page twice
def _shown(html: str, screen: bool, drawing: bool) -> str:
    found = 1
    while found:  # one in another
        html, found = _SCREEN.subn(r"\1" if screen else "", html)
    return _DRAWING.sub(r"\1" if drawing else "", html)


class Edition:
    """The pages of the site, each on its own.

    `offers` has, by page, the HTML that offers files. Without `solutions` these are left out; a
    link leads nowhere that is not among the `pages`, if they are given.
    """

    screen = drawing = True

    def __init__(
        self,
        *,
        offers: Mapping[str, str] | None = None,
        solutions: bool = True,
        pages: Collection[str] | None = None,
    ) -> None:
        self.offers = {} if offers is None else offers
        self.solutions, self.pages = solutions, pages

    def article(self, address: str, html: str) -> str:
        """Return the page at `address` as it stands in this edition."""
        return f'<article class="notebook">\n{self.fill(address, html)}\n</article>'

    def fill(self, address: str, html: str) -> str:
        """Return the HTML of the page at `address` with its holes filled."""
        html = html.replace(OFFER, self.offers.get(address, ""))
        html = _shown(html, self.screen, self.drawing)
        html = _ASIDE.sub(
            lambda hole: (
                self._aside(address, hole[1], int(hole[2]), hole[3])
                if self.solutions or hole[1] != SOLUTION
                else ""
            ),
            html,
        )
        if self.pages is not None:
            pages = self.pages
            html = _LINKED.sub(lambda link: link[0] if link[1] in pages else "", html)
        fillings = {"a": self._anchor, "h": self._link, "f": self._file}
        return _HOLE.sub(
            lambda hole: escape(fillings[hole[1]](address, hole[2], hole[3] or "")), html
        )

    def _aside(self, page: str, kind: str, number: int, html: str) -> str:
        return html

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


class CardEdition(Edition):
    """A card beside a link, on any page: nothing on it has a name, leads anywhere or is folded.

    A formula is its MathML, which is drawn and read aloud; what is set aside stays there.
    """

    drawing = False

    def fill(self, address: str, html: str) -> str:
        """Return the HTML of a piece of the page at `address` with its holes filled."""
        html = super().fill(address, _ANCHOR.sub("", html))
        return _TITLE.sub(r"\1p>", _ACTIVE.sub("", html))

    def _aside(self, page: str, kind: str, number: int, html: str) -> str:
        return ""

    def _file(self, page: str, target: str, _: str) -> str:
        return target


class PaperEdition(WholeEdition):
    """The PDF: nothing can be unfolded on paper, so what is set aside stands at its end.

    `numbers` has the number of the sheet on which each anchor lies.
    """

    screen = False

    def __init__(
        self,
        numbers: Mapping[str, int] | None = None,
        *,
        solutions: bool = True,
        pages: Collection[str] | None = None,
    ) -> None:
        super().__init__(solutions=solutions, pages=pages)
        self.numbers = numbers or {}

    def aside(self, page: str, number: int) -> str:
        """Return the anchor that what is set aside has at the end."""
        # Unlike those of any page: no address has a colon.
        return f"aside:{page}:{number}"

    def sheet(self, anchor: str) -> str:
        """Return on which sheet an anchor lies, in words."""
        return f"trang\u00a0{self.numbers.get(anchor, 0)}"

    def _aside(self, page: str, kind: str, number: int, html: str) -> str:
        anchor = self.aside(page, number)
        said = f"{ASIDES[kind]}: {self.sheet(anchor)}"
        return f'<p class="aside"><a href="#{quote(anchor, safe="/:")}">{said}</a></p>\n'


class EpubEdition(Edition):
    """The EPUB: its pages are XHTML, and its readers draw formulas from MathML."""

    screen = drawing = False

    def fill(self, address: str, html: str) -> str:
        """Return the HTML of the page at `address`, for XML, with its holes filled."""
        return super().fill(address, html).replace("<math", f'<math xmlns="{MATHML}"')

    @staticmethod
    def address(page: str) -> str:
        """Return the place in the EPUB of the page that the site has at `page`."""
        return page.removesuffix(".html") + ".xhtml"

    def _link(self, page: str, target: str, fragment: str) -> str:
        path = self._file(page, self.address(target), "")
        return f"{path}#{quote(fragment)}" if fragment else path
