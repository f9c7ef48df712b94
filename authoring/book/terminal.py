"""Text that a program wrote for a terminal, as HTML: colours, bold, overwritten lines."""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

# Control characters and code points that HTML forbids.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
_OTHER = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])?")


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
    return FORBIDDEN.sub("", "".join(pieces))


def _overwritten(text: str) -> str:
    # A carriage return starts the line again: of a progress bar only its last state was seen.
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)


def _changed(style: _Style, codes: str) -> _Style:
    numbers = [int(code or 0) for code in codes.split(";")]
    while numbers:
        code = numbers.pop(0)
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
        elif code in (38, 48):
            if numbers[:1] == [5]:
                rgb, numbers = _palette(numbers[1:2]), numbers[2:]
            else:
                rgb, numbers = numbers[1:4], numbers[4:]
            if code == 38:
                style = style._replace(colour=_nearest(rgb))
            else:
                style = style._replace(marked="marked")
    return style


def _palette(index: list[int]) -> list[int]:
    # The 256 colours of xterm: 16 named, a cube of 6 x 6 x 6, greys.
    number = index[0] if index else 255
    if number < 16:
        return [number >> bit & 1 for bit in range(3)]
    if number < 232:
        return [(number - 16) // weight % 6 for weight in (36, 6, 1)]
    return []


def _nearest(rgb: list[int]) -> str:
    # By hue: a channel is lit when it is nearer to the strongest one than to none; greys are plain.
    if len(rgb) < 3 or 3 * (max(rgb) - min(rgb)) <= max(rgb):
        return ""
    return _COLOURS[sum(1 << bit for bit in range(3) if rgb[bit] * 2 > max(rgb))]
