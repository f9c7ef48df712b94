"""Text that a program wrote for a terminal, as HTML: colours, bold, overwritten lines."""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from authoring.book.edition import CONTROL

_COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
_OTHER = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])?")
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
    pieces: list[str] = []
    style = _Style()
    # Text and the codes between, in turn.
    for position, part in enumerate(_STYLE.split(_overwritten(text))):
        if position % 2:
            style = _changed(style, part)
        elif visible := escape(_OTHER.sub("", part), quote=False):
            names = " ".join(filter(None, style))
            pieces.append(f'<span class="{names}">{visible}</span>' if names else visible)
    return CONTROL.sub("", "".join(pieces))


def plain(text: str) -> str:
    """Return what a reader sees of `text`."""
    return CONTROL.sub("", _OTHER.sub("", _overwritten(text)))


def _overwritten(text: str) -> str:
    # A carriage return starts the line again: of a progress bar only its last state was seen.
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)


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
