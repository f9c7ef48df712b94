"""The places in the site: plain ASCII, so that every link, menu and archive can carry them."""

from __future__ import annotations

import hashlib
import posixpath
import re
import unicodedata

GLOSSARY, GLOSSARY_TITLE, GLOSSARY_ENGLISH = "glossary.html", "Bảng thuật ngữ", "Glossary"
PICTURES = "pictures"  # the folder of those that stand in the notebooks themselves
# Of these the site or the EPUB has its own.
RESERVED = {"404.html", "index.html", "nav.html", "offline.html", "print.html", GLOSSARY}
RESERVED |= {"cover.svg", "assets/favicon.svg", "assets/icon-192.png"}
RESERVED |= {"assets/icon-512.png", "assets/icon-full.png"}
_PLAIN = re.compile(r"[\w.-]+", re.ASCII)


def of_page(source: str) -> str:
    """Return the place of the page made from the notebook `source`."""
    return of_file(posixpath.splitext(source)[0]) + ".html"


def of_file(path: str) -> str:
    """Return the place of a file below the notebooks."""
    return "/".join(_plain(name) for name in path.split("/"))


def _plain(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    stem, suffix = posixpath.splitext(_unmarked(name))
    if not _PLAIN.fullmatch(suffix):
        stem, suffix = stem + suffix, ""
    plain = "-".join(_PLAIN.findall(stem)) or hashlib.sha256(stem.encode()).hexdigest()[:8]
    return plain + suffix


def slug(title: str) -> str:
    """Return words as a part of an address: small ASCII letters, digits and hyphens."""
    words = "".join(
        letter if letter.isascii() and letter.isalnum() else " "
        for letter in _unmarked(title.lower())
    )
    return "-".join(words.split())


def _unmarked(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
