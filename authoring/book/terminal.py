"""Text that a program wrote for a terminal, as HTML: colours, bold, overwritten lines."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from authoring.book.edition import CONTROL

_COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
_PART = re.compile(
    r"(?P<text>[^\x1b\n\r\b]+)|[\n\r\b]|\x1b\[(?:(?P<style>[0-9;]*)m|(?P<erased>[02]?)K)"
    r"|\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[ -/]*[0-~])?"
)
_MOVING = re.compile(r"[\x1b\r\b]")
# Colours by number, of which there are millions: the page's themes have eight.
_BY_NUMBER = re.compile(r"[34]8;(?:5;\d*|2;\d*;\d*;\d*)")


class _Style(NamedTuple):
    colour: str = ""
    bold: str = ""
    marked: str = ""


def to_html(text: str) -> str:
    """Return `text` as HTML for inside `<pre>`.

    Styles become spans of the classes `red`, …, `bold`, `marked` (a coloured ground): the page's
    themes choose colours that can be read.
    """
    pieces = []
    for style, group in groupby(_seen(text), key=itemgetter(0)):
        visible = escape("".join(letter for _, letter in group), quote=False)
        names = " ".join(filter(None, style))
        pieces.append(f'<span class="{names}">{visible}</span>' if names else visible)
    # Right after <pre>, a browser passes over a line feed.
    return re.sub(r"^\n", "<br/>", "".join(pieces))


def plain(text: str) -> str:
    """Return what a reader sees of `text`."""
    return "".join(letter for _, letter in _seen(text))


def _seen(text: str) -> list[tuple[_Style, str]]:
    if not _MOVING.search(text):
        return [(_Style(), CONTROL.sub("", text))]  # whole, as most come
    # As in a terminal, what is written over is seen no more: of a progress bar only its last state.
    letters: list[tuple[_Style, str]] = []
    style, start, column = _Style(), 0, 0
    for part in _PART.finditer(text):
        if part["text"]:
            new = [(style, letter) for letter in CONTROL.sub("", part["text"])]
            letters[column : column + len(new)] = new
            column += len(new)
        elif part["style"] is not None:
            style = _changed(style, part["style"])
        elif part["erased"] is not None:
            column = start if part["erased"] == "2" else column
            del letters[column:]
        elif part[0] == "\n":
            letters.append((style, "\n"))
            start = column = len(letters)
        elif part[0] in "\r\b":
            column = start if part[0] == "\r" else max(start, column - 1)
    return letters


def _changed(style: _Style, codes: str) -> _Style:
    for code in (int(code or 0) for code in _BY_NUMBER.sub("1000", codes).split(";")):
        if code == 0:
            style = _Style()
        elif code in (1, 22):
            style = style._replace(bold="bold" if code == 1 else "")
        elif code == 39:
            style = style._replace(colour="")
        elif 30 <= code <= 37 or 90 <= code <= 97:
            style = style._replace(colour=_COLOURS[code % 10])
        elif code in (7, 27, 49) or 40 <= code <= 47 or 100 <= code <= 107:
            style = style._replace(marked="" if code in (27, 49) else "marked")
    return style
