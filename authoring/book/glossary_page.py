"""The page of the glossary: every term in the order of a Vietnamese dictionary."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape
from itertools import groupby

from authoring.book import addresses, edition, markdown
from authoring.book.addresses import GLOSSARY_ENGLISH, GLOSSARY_TITLE
from authoring.book.page import Cell, Heading, Page, Preview, Section
from authoring.book.term_marks import english, in_glossary
from authoring.glossary.terms import Glossary, Term

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]  # in the order of dictionaries
_PLACES = {
    unicodedata.normalize("NFC", letter + tone): (number, place)
    for number, letter in enumerate(_ALPHABET)
    for place, tone in enumerate(_TONES)
}


def make(pages: Iterable[Page], glossary: Glossary) -> Page:
    """Return the page; every entry leads to the first use of its term in `pages`."""
    first: dict[str, tuple[Page, str]] = {}
    for page in pages:
        for term, anchor in page.terms.items():
            first.setdefault(term, (page, anchor))
    terms = sorted(glossary.terms, key=lambda entry: _sorting(entry.vi))
    groups = [
        (letter, list(group)) for letter, group in groupby(terms, key=lambda t: _letter(t.vi))
    ]
    made = Page("", addresses.GLOSSARY)
    title = edition.both(GLOSSARY_TITLE, GLOSSARY_ENGLISH)
    made.start(Heading(1, "bang-thuat-ngu", "", GLOSSARY_TITLE, title, english=GLOSSARY_ENGLISH))
    made.about = (
        f"{len(terms)} thuật ngữ của khóa học, xếp theo tiếng Việt, kèm tên tiếng Anh khi khác.",
        f"The {len(terms)} terms of the course, in the order of their Vietnamese names.",
    )
    cell, definitions = Cell(made, GLOSSARY_TITLE), {}
    for entry in terms:
        made.sections.append(Section(in_glossary(entry), 2, *_names(entry)))
        definitions[entry] = _definition(entry, cell)
    made.previews = {
        in_glossary(entry): _preview(entry, definitions[entry])
        for entry in terms
        if entry.term in first
    }
    letters = "".join(
        f'<li><a href="{edition.link(made.address, _anchor(letter))}">{letter.upper()}</a></li>'
        for letter, _ in groups
    )
    body = "\n".join(
        f'<h2 id="{edition.anchor(_anchor(letter))}" lang="vi">{letter.upper()}</h2>\n'
        '<dl class="glossary">'
        + "".join(_entry(entry, definitions[entry], first.get(entry.term)) for entry in group)
        + "</dl>"
        for letter, group in groups
    )
    ours = (
        f"{made.about[0]} Trong bài, từ nào gạch chân bằng chấm thì có lời giải nghĩa ngay tại chỗ."
    )
    theirs = f"{made.about[1]} Their definitions are in Vietnamese."
    about = f'<p class="vi">{ours}</p>' + edition.on_screen(
        f'\n<p class="en" lang="en">{theirs}</p>'
    )
    made.html = (
        f'<h1 id="{edition.anchor("bang-thuat-ngu")}">{title}</h1>\n{about}\n'
        '<nav class="letters" aria-label="Chữ cái đầu" data-en="First letters">'
        f'<ul lang="vi">{letters}</ul></nav>\n{body}'
    )
    return made


def _definition(term: Term, cell: Cell) -> str:
    return markdown.show(markdown.parse_inline(term.definition), cell)


def _preview(term: Term, definition: str) -> Preview:
    name = f"{escape(term.vi)}{english(term)}"
    return Preview(f'<p lang="vi">{name}</p><p lang="vi">{definition}</p>')


def _names(term: Term) -> tuple[str, str]:
    """Return what the search calls a term: the name first that the page's language has."""
    if term.vi == term.term:
        return term.vi, term.vi
    return f"{term.vi} ({term.term})", f"{term.term} ({term.vi})"


def _entry(term: Term, definition: str, first: tuple[Page, str] | None) -> str:
    seen = ""
    if first:
        page, anchor = first
        href = edition.link(page.address, anchor)
        words = edition.both(
            f"Gặp ở “{escape(page.title)}”", f"First met in “{escape(page.english)}”"
        )
        seen = f' <a class="seen" href="{href}">{words}</a>'
    name = f"{escape(term.vi)}{english(term)}"
    if term.vi != term.term:
        name = edition.both(name, f'{escape(term.term)} <i lang="vi">{escape(term.vi)}</i>')
    return (
        f'<div id="{edition.anchor(in_glossary(term))}"><dt>{name}</dt>'
        f'<dd><span lang="vi">{definition}</span>{seen}</dd></div>\n'
    )


def _letter(word: str) -> str:
    first = _sorting(word)[0][0]
    return _ALPHABET[first] if first >= 0 else "#"


def _anchor(letter: str) -> str:
    # Each letter of the alphabet its own, unlike in `slug`: ă is not a.
    return f"chu-{_ALPHABET.find(letter) + 1}"


def _sorting(words: str) -> tuple[list[int], list[int]]:
    """Return what puts words in the order of a Vietnamese dictionary: letters first, then tones."""
    letters = unicodedata.normalize("NFC", words.lower())
    places = [_PLACES.get(letter, (-1, 0)) for letter in letters]
    return [letter for letter, _ in places], [tone for _, tone in places]
