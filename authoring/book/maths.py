"""TeX to HTML and MathML at build time: KaTeX, run by QuickJS inside Python."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree

import quickjs

from authoring.book import edition, installed

_UNSUPPORTED = "#d21001"  # colour in which KaTeX writes out a command that it was told to refuse
# Vietnamese words stand in \text{}. KaTeX knows few of their letters and would build the others
# from pieces, or stop: declared as symbols they are written whole, in the font of the page.
_SCRIPT = """
for (const letter of LETTERS) katex.__defineSymbol("text", "main", "textord", letter, letter, true)
function render(tex, display) {
  const html = katex.renderToString(tex, {
    displayMode: display,
    throwOnError: true,
    trust: false,
    errorColor: "UNSUPPORTED",
    strict: (code) =>
      code == "unicodeTextInMathMode" || code == "unknownSymbol" ? "error" : "ignore",
  })
  return [html].join() // one piece: a string that is still a tree of pieces Python cannot take
}
"""
# The source of the formula would be found by a search in the page and read out as text.
_ANNOTATION = re.compile(r'<annotation encoding="application/x-tex">.*?</annotation>', re.DOTALL)
_SPOKEN = re.compile("(<math.*</math>)</span>", re.DOTALL)
_MATHML = f"{{{edition.MATHML}}}"
# HTML needs no namespace, and `semantics` only held the source.
_NEEDLESS = re.compile(rf' xmlns="{edition.MATHML}"|</?semantics>')
_TOKENS = {f"{_MATHML}{name}" for name in ("mi", "mn", "mo", "mtext")}
ElementTree.register_namespace("", edition.MATHML)


class Formula(NamedTuple):
    """A formula as HTML, what of it is read aloud as plain text, and the letters it is drawn of.

    Each letter comes with every class of KaTeX's that it has or stands in: they decide its font.
    """

    html: str
    text: str
    letters: frozenset[tuple[str, str]]


def letters() -> str:
    """Return every Vietnamese letter that ASCII lacks, in NFC, small and capital."""
    vowels = "aăâeêioôơuưy"
    marks = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
    small = [
        unicodedata.normalize("NFC", vowel + mark)
        for vowel, mark in itertools.product(vowels, marks)
    ]
    return "".join(letter + letter.upper() for letter in [*small, "đ"] if not letter.isascii())


@functools.cache
def render(tex: str, display: bool) -> Formula:
    """Return a formula, in a line of its own if `display`; its HTML has MathML and a drawing.

    Raises ValueError with KaTeX's reason when the TeX is wrong, asks for something that KaTeX does
    not know, or would load or link anything; NotebookError when KaTeX is not installed.
    """
    try:
        html = _katex()(tex, display)
    except quickjs.JSException as error:
        reason = str(error).split("\n    at ")[0]
        raise ValueError(reason.removeprefix("ParseError: KaTeX parse error: ")) from error
    if _UNSUPPORTED in html:
        raise ValueError("có lệnh mà sách không cho dùng (\\href, \\url, \\includegraphics, …)")
    before, math, drawing = _SPOKEN.split(_ANNOTATION.sub("", html))
    spoken = ElementTree.fromstring(math)
    for element in spoken.iter():
        # KaTeX writes some MathML that was never allowed, and that an EPUB may not have.
        if element.tag in _TOKENS and len(element):
            element.tag = f"{_MATHML}mrow"
            element.attrib.clear()
        for name, value in [*element.items()]:
            if not value or value.endswith("%"):
                del element.attrib[name]
    end = "</span>" * (2 if display else 1)  # of what both stand in
    drawing = drawing.removesuffix(end)
    math = _NEEDLESS.sub("", ElementTree.tostring(spoken, "unicode"))
    html = f"{before}{math}</span>{edition.drawn(drawing)}{end}"
    letters = frozenset(_drawn(ElementTree.fromstring(drawing)))
    return Formula(html, "".join(spoken.itertext()), letters)


def _drawn(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    letters = "".join(element.itertext())
    for name in element.get("class", "").split():
        yield from ((name, letter) for letter in letters)
    for part in element:
        yield from _drawn(part)


@functools.cache
def _katex() -> Callable[[str, bool], str]:
    context = quickjs.Context()
    context.eval(installed("katex/dist/katex.min.js").decode())
    context.eval(_SCRIPT.replace("LETTERS", repr(letters())).replace("UNSUPPORTED", _UNSUPPORTED))
    function: Callable[[str, bool], str] = context.get("render")
    return function
