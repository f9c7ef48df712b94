"""What a link to a page shows where it is shared: title, text, language, as Open Graph.

What reads this runs no scripts. So an English reader shares a small page of its own, below `en/`,
which has the same in English and leads on to the page itself.
"""

from __future__ import annotations

import posixpath
import re
from html import escape
from typing import NamedTuple

from authoring.book import cards
from authoring.book.mdbook import Book
from authoring.book.page import Page

# As many whole sentences as every network shows.
_BEGINNING = re.compile(r".{40,200}[.?!](?= |$)")
_LOCALES = {"vi": "vi_VN", "en": "en_US"}


class _Wording(NamedTuple):
    book: str
    title: str
    about: str

    @property
    def whole(self) -> str:
        return self.title if self.title == self.book else f"{self.title} · {self.book}"


def head(book: Book, site: str, page: Page | None = None, pictured: bool = False) -> str:
    """Return title and description, of a page or the whole book, for inside `<head>`.

    `site` is the site's public address, "" where there is none; `pictured` tells whether the page
    has `pictures`. In `data-en` stands what languages.js shows in English.
    """
    ours, theirs = _wordings(book, page)
    return (
        f'<title data-en="{escape(theirs.whole)}">{escape(ours.whole, quote=False)}</title>\n'
        f'<meta name="description" content="{escape(ours.about)}" data-en="{escape(theirs.about)}">'
        + (_open_graph(site, page, ours, "vi", pictured) if page else "")
    )


def picture_addresses(page: Page) -> dict[str, str]:
    """Return the places in the site of a page's pictures, by language."""
    stem = page.address.removesuffix(".html")
    return {"vi": f"assets/cards/{stem}.png", "en": f"assets/cards/en/{stem}.png"}


def pictures(book: Book, page: Page) -> dict[str, bytes]:
    """Return the pictures of a page by their places, none where they cannot be drawn."""
    wordings = dict(zip(("vi", "en"), _wordings(book, page), strict=True))
    drawn = {
        address: cards.draw(wordings[language].book, wordings[language].title, language)
        for language, address in picture_addresses(page).items()
    }
    return {address: data for address, data in drawn.items() if data}


def english_address(page: Page) -> str:
    """Return the place in the site of what an English reader shares of a page."""
    return f"en/{page.address}"


def english_page(book: Book, site: str, page: Page, pictured: bool = False) -> str:
    """Return the small page that shows a page in English where it is shared, and leads to it.

    The arguments are those of `head`.
    """
    _, theirs = _wordings(book, page)
    root = posixpath.relpath(".", posixpath.dirname(english_address(page)))
    target = f"{root}/{page.address}?lang=en"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(theirs.whole, quote=False)}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta name="description" content="{escape(theirs.about)}">'
        f"{_open_graph(site, page, theirs, 'en', pictured)}\n"
        f'<link rel="icon" type="image/svg+xml" href="{root}/assets/favicon.svg">\n'
        f'<script src="{root}/assets/onward.js" defer></script>\n'
        f'<noscript><meta http-equiv="refresh" content="0; url={target}"></noscript>\n'
        f'</head>\n<body>\n<main><h1><a href="{target}">{escape(theirs.whole, quote=False)}</a>'
        "</h1></main>\n</body>\n</html>\n"
    )


def _wordings(book: Book, page: Page | None) -> tuple[_Wording, _Wording]:
    names = book.title, book.english_title or book.title
    abouts = book.description, book.english_description or book.description
    titles = (page.title, page.english) if page else names
    if page:
        abouts = page.about[0] or abouts[0], page.about[1] or abouts[1]
    ours, theirs = (
        _Wording(name, title, found[0] if (found := _BEGINNING.match(about)) else about)
        for name, title, about in zip(names, titles, abouts, strict=True)
    )
    return ours, theirs


def _open_graph(site: str, page: Page, said: _Wording, language: str, pictured: bool) -> str:
    addresses = {"vi": page.address, "en": english_address(page)}
    told = {
        "type": "article",
        "site_name": said.book,
        "title": said.title,
        "description": said.about,
        "locale": _LOCALES[language],
        "locale:alternate": next(_LOCALES[other] for other in _LOCALES if other != language),
    }
    links = ""
    if site:
        told["url"] = f"{site}/{addresses[language]}"
        # What a phone's menu shares: on the English page, its English address.
        english = escape(f"{site}/{english_address(page)}")
        theirs = f' data-en="{english}"' if language == "vi" else ""
        links = f'\n<link rel="canonical" href="{escape(told["url"])}"{theirs}>' + "".join(
            f'\n<link rel="alternate" hreflang="{other}" href="{escape(f"{site}/{address}")}">'
            for other, address in addresses.items()
        )
    if site and pictured:
        told["image"] = f"{site}/{picture_addresses(page)[language]}"
        told |= {"image:width": f"{cards.WIDTH}", "image:height": f"{cards.HEIGHT}"}
        told["image:alt"] = said.whole
        links += '\n<meta name="twitter:card" content="summary_large_image">'
    return (
        "".join(
            f'\n<meta property="og:{name}" content="{escape(value)}">'
            for name, value in told.items()
        )
        + links
    )
