"""The fonts of the site, and the style that names them: just the letters that its pages need."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable
from itertools import groupby

from authoring.book import WEB, installed, maths
from d2lutil import files

_ASCII = "".join(map(chr, range(0x20, 0x7F)))
# What scripts and styles of the site say, whatever its pages say.
_OWN = _ASCII + "\xa0·×–—‘’“”…↑↓"
# Fontsource keeps these letters in files of their own.
_VIETNAMESE = "".join(letter for letter in maths.letters() if letter >= "\u0100")
_FONT = re.compile(r"url\(fonts/([^)]+\.woff2)\)")
# KaTeX offers older formats too; every browser that shows this book takes the first.
_OLD_FONTS = re.compile(r',url\(fonts/[^)]+\.(?:woff|ttf)\) format\("[^"]+"\)')
# In KaTeX's style: a rule for classes, and what it may ask of fonts. All else is of KaTeX_Main.
_RULE = re.compile(r"(\.katex [^{}]*)\{([^{}]*)\}")
_CLASS = re.compile(r"\.([\w-]+)")
_ASKED = re.compile(r"KaTeX_\w+|(?<=font-weight:)700|(?<=font-style:)italic")
_MAIN = {"Bold": "700", "BoldItalic": "700", "Italic": "italic"}
_FAMILIES = {"source-serif-4": "Source Serif 4", "ibm-plex-mono": "IBM Plex Mono"}
_FACES = [
    ("source-serif-4", "400", "normal"),
    ("source-serif-4", "400", "italic"),
    ("source-serif-4", "600", "normal"),
    ("ibm-plex-mono", "400", "normal"),
]
_KERNED = ["kern", "liga"]
_PLAIN = ["liga"]  # short runs need no kerning, which is a quarter of a file


def of_text(letters: Iterable[str]) -> dict[str, bytes]:
    """Return fonts of text and code, and the style `fonts.css`, by name in the site's assets.

    Besides `letters` they have every Vietnamese letter. Raises NotebookError when they are not
    installed.
    """
    scripts = {
        "latin": sorted({*letters, *_OWN, *maths.letters()} - {*_VIETNAMESE}),
        "vietnamese": sorted(_VIETNAMESE),
    }
    found: dict[str, bytes] = {}
    style = ""
    for package, weight, slant in _FACES:
        for script, part in scripts.items():
            name = f"{package}-{script}-{weight}-{slant}.woff2"
            whole = installed(f"@fontsource/{package}/files/{name}")
            features = _PLAIN if slant == "italic" else _KERNED
            found[f"fonts/{name}"] = _subset(whole, "".join(part), features)
            style += (
                f'@font-face {{ font-family: "{_FAMILIES[package]}"; font-weight: {weight}; '
                f"font-style: {slant}; font-display: swap; "
                f'src: url(fonts/{name}) format("woff2"); unicode-range: {_range(part)} }}\n'
            )
    found["fonts.css"] = style.encode()
    return found


def of_maths(letters: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """Return KaTeX's fonts and its style, `katex.css`, which names them; else like `of_text`.

    `letters` are those of `maths.Formula`; each font has only those for which the style asks it.
    """
    style = _OLD_FONTS.sub("", installed("katex/dist/katex.min.css").decode())
    classes: dict[str, set[str]] = {}  # by the family, weight or slant that they ask for
    for selector, wanted in _RULE.findall(style):
        for asked in _ASKED.findall(wanted):
            classes.setdefault(asked, set()).update(_CLASS.findall(selector))
    every = {*letters}
    found = {}
    for name in _FONT.findall(style):
        family, variant = name.removesuffix(".woff2").split("-")
        asked = _MAIN.get(variant, "") if family == "KaTeX_Main" else family
        part = {letter for kind, letter in every if not asked or kind in classes[asked]}
        # By the font that has the space a browser measures lines (CSS Fonts 4, "first available
        # font"); the other one holds lines open.
        part |= {" ", "\u200b"}
        whole = installed(f"katex/dist/fonts/{name}")
        found[f"fonts/{name}"] = _subset(whole, "".join(sorted(part)), _PLAIN)
    found["katex.css"] = style.encode()
    return found


def _range(letters: Iterable[str]) -> str:
    runs = []
    for _, group in groupby(enumerate(map(ord, letters)), key=lambda pair: pair[1] - pair[0]):
        run = [code for _, code in group]
        runs.append(f"U+{run[0]:X}" + (f"-{run[-1]:X}" if len(run) > 1 else ""))
    return ", ".join(runs)


def _subset(font: bytes, letters: str, features: list[str]) -> bytes:
    """Return the font with these letters only, without hints: once made it is kept."""
    digest = hashlib.sha256(font + repr((letters, features)).encode()).hexdigest()[:16]
    kept = WEB / ".subsets" / f"{digest}.woff2"
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
