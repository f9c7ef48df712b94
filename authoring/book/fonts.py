"""The fonts of the site, and the style that names them.

Nearly every page gets by on the letters of the course: they come in small files of their own.
The whole fonts lie behind them, and a browser loads those only for a letter that is in no small
file: each style names the letters of the one or of the other ("unicode-range"). What both offered,
a browser would fetch twice while the small file is on its way.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import groupby, pairwise, product

from authoring.book import WEB, maths
from authoring.notebook import NotebookError
from d2lutil import files

_ASCII = "".join(map(chr, range(0x20, 0x7F)))
# The invisible ones stand in formulas, whose own fonts lack them.
_INVISIBLE = "\u2005\u200a\u200b\u2061"
_LATIN = (
    _ASCII
    + _INVISIBLE
    + "\xa0°±²³µ·×«»–—‘’“”…−"
    + "".join(c for c in maths.letters() if c < "\u0100")
)
_VIETNAMESE = "".join(c for c in maths.letters() if c >= "\u0100")
_MAIN, _BOLD, _ITALIC = "Main-Regular", "Main-Bold", "Math-Italic"
_SIZES = [f"Size{size}-Regular" for size in "1234"]
_FONT = re.compile(r"url\(fonts/([^)]+\.woff2)\)")
# KaTeX offers older formats too; every browser that shows this book takes the first.
_OLD_FONTS = re.compile(r',url\(fonts/[^)]+\.(?:woff|ttf)\) format\("[^"]+"\)')
# A name, number, operator or text in MathML, its attributes and what it says.
_TOKEN = re.compile(r"<(mi|mn|mo|mtext)\b([^>]*)>([^<]+)<")
_FAMILIES = {"source-serif-4": "Source Serif 4", "ibm-plex-mono": "IBM Plex Mono"}
_FACES = [
    ("source-serif-4", "400", "normal"),
    ("source-serif-4", "400", "italic"),
    ("source-serif-4", "600", "normal"),
    ("ibm-plex-mono", "400", "normal"),
]
# The letters of the files that Fontsource offers, without control characters.
_WHOLE = {
    "latin": "0021-00FF 0131 0152-0153 02BB-02BC 02C6 02DA 02DC 2000-206F 20AC 2122 2191 2193 "
    "2212 2215 FEFF FFFD",
    "vietnamese": "0102-0103 0110-0111 0128-0129 0168-0169 01A0-01A1 01AF-01B0 0300-0301 0303-0304 "
    "0308-0309 0323 0329 1EA0-1EF9 20AB",
}
_KERNED = ["kern", "liga"]
_PLAIN = ["liga"]  # short runs need no kerning, which is a quarter of a file


def of_text() -> dict[str, bytes]:
    """Return fonts of text and code, and the style `fonts.css`, by name in the site's assets.

    Raises NotebookError when they are not installed.
    """
    found: dict[str, bytes] = {}
    style = []
    for package, weight, slant in _FACES:
        for small in (False, True):
            for script, core in (("latin", _LATIN), ("vietnamese", _VIETNAMESE)):
                name = f"{package}-{script}-{weight}-{slant}"
                data = read(f"@fontsource/{package}/files/{name}.woff2")
                if small:
                    data = _subset(data, core, _PLAIN if slant == "italic" else _KERNED)
                file = f"fonts/{name}{'-core' if small else ''}.woff2"
                found[file] = data
                letters = core if small else set(_letters(_WHOLE[script])) - set(core)
                style.append(_face(_FAMILIES[package], weight, slant, file, _range(letters)))
    found["fonts.css"] = "".join(style).encode()
    return found


def of_maths(letters: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """Return KaTeX's fonts and its style, `katex.css`, which names them; else like `of_text`.

    The small ones have only `letters`, those of the site's formulas (see `letters_of_maths`).
    """
    found: dict[str, bytes] = {}
    style = _OLD_FONTS.sub("", read("katex/dist/katex.min.css").decode())
    for name in _FONT.findall(style):
        found[f"fonts/{name}"] = read(f"katex/dist/fonts/{name}")
    for face, pairs in groupby(sorted(letters), key=lambda pair: pair[0]):
        core = "".join(letter for _, letter in pairs)
        name = f"KaTeX_{face}"
        whole, small = f"fonts/{name}.woff2", f"fonts/{name}-core.woff2"
        found[small] = _subset(found[whole], core, _PLAIN)
        named = f'src:url({whole}) format("woff2")'
        style = style.replace(named, f"{named};unicode-range:{_others(core)}")
        weight = "700" if face.endswith("Bold") else "400"
        slant = "italic" if face.endswith("Italic") else "normal"
        style += _face(name.split("-")[0], weight, slant, small, _range(core))
    found["katex.css"] = style.encode()
    return found


def letters_of_maths(html: str) -> set[tuple[str, str]]:
    """Return the fonts of KaTeX that the formulas of a page need, each with a letter or sign."""
    letters: set[tuple[str, str]] = set()
    for kind, attributes, text in _TOKEN.findall(html):
        said = unescape(text)
        faces = [_MAIN]
        if 'mathvariant="bold"' in attributes:
            faces = [_BOLD]
        elif kind == "mi" and len(said) == 1 and not attributes:
            faces = [_ITALIC]
        elif kind == "mo":
            faces += _SIZES
        letters.update(product(faces, said))
    if letters:
        letters.add((_MAIN, "\u200b"))  # holds lines open
    # By the font that has the space a browser measures lines (CSS Fonts 4, "first available font"):
    # it would sometimes fetch the whole one for that.
    return letters | {(face, " ") for face, _ in letters}


def read(name: str) -> bytes:
    """Return a file of the packages from npm; NotebookError when they are not installed."""
    try:
        return (WEB / name).read_bytes()
    except OSError as error:
        raise NotebookError(
            "chưa cài phông chữ và KaTeX: hãy chạy make book, hoặc npm ci --prefix setup/web",
            path=WEB / name,
        ) from error


def _face(family: str, weight: str, slant: str, file: str, letters: str) -> str:
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {slant}; '
        f'font-display: swap; src: url({file}) format("woff2"); unicode-range: {letters} }}\n'
    )


def _letters(ranges: str) -> Iterator[str]:
    for piece in ranges.split():
        first, _, last = piece.partition("-")
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


def _range(letters: Iterable[str]) -> str:
    runs = []
    codes = enumerate(sorted(set(map(ord, letters))))
    for _, group in groupby(codes, key=lambda pair: pair[1] - pair[0]):
        run = [code for _, code in group]
        runs.append((run[0], run[-1]))
    return _listed(runs)


def _others(letters: Iterable[str]) -> str:
    codes = [-1, *sorted(map(ord, letters)), sys.maxunicode + 1]
    return _listed((a + 1, b - 1) for a, b in pairwise(codes) if b - a > 1)


def _listed(runs: Iterable[tuple[int, int]]) -> str:
    return ", ".join(f"U+{a:X}" + (f"-{b:X}" if b > a else "") for a, b in runs)


def _subset(font: bytes, letters: str, features: list[str]) -> bytes:
    """Return the font with these letters only, without hints: once made it is kept."""
    digest = hashlib.sha256(font + repr((letters, features)).encode()).hexdigest()[:16]
    kept = WEB / ".core" / f"{digest}.woff2"
    if kept.is_file():
        return kept.read_bytes()
    # A quarter of a second, so only where it is needed.
    from fontTools import subset

    options = subset.Options(flavor="woff2", hinting=False, layout_features=features)
    whole = subset.load_font(io.BytesIO(font), options)
    maker = subset.Subsetter(options)
    maker.populate(text=letters)
    maker.subset(whole)
    small = io.BytesIO()
    subset.save_font(whole, small, options)
    kept.parent.mkdir(exist_ok=True)
    files.replace(kept, small.getvalue())
    return small.getvalue()
