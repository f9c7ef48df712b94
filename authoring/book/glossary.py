"""The glossary in the book: a page of its own, and a definition at the first use of each term."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from markdown_it.token import Token

from authoring.book.mdbook import MARK
from authoring.book.page import Cell, Page, slug
from authoring.book.summary import GLOSSARY, GLOSSARY_FILE, GLOSSARY_TITLE
from authoring.glossary import toml_file
from authoring.glossary.terms import Glossary, Term, forms
from authoring.notebook import NotebookError

_WORD = re.compile(r"\w+")
_PART = re.compile(r"\w+|[^\w\s-]")  # a word or a sign between words
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # in the order of dictionaries


def load(folder: Path) -> Glossary | None:
    """Return the glossary of a folder of notebooks, None where it has none.

    Raises NotebookError when it cannot be used.
    """
    path = folder / GLOSSARY_FILE
    if not path.exists():
        return None
    try:
        return toml_file.load(path)
    except toml_file.GlossaryError as error:
        label = f"{folder.name}/{GLOSSARY_FILE}"
        raise NotebookError("\n".join(str(f.at(label)) for f in error.findings)) from error


class Marker:
    """Marks the first use of each term on a page.

    A Vietnamese wording counts as a use of the term where the English source has the term too:
    the same syllables may mean something else elsewhere.
    """

    def __init__(self, glossary: Glossary) -> None:
        self._phrases: dict[str, list[tuple[list[str], Term]]] = {}
        self._english: dict[Term, list[str]] = {}
        for term in glossary.terms:
            self._english[term] = [f" {form} " for form in _numbers(forms(term))]
            for wording in term.translations:
                words = _WORD.findall(wording.casefold())
                self._phrases.setdefault(words[0], []).append((words, term))
        for phrases in self._phrases.values():
            phrases.sort(key=lambda phrase: -len(phrase[0]))

    def mark(self, block: Iterable[Token], source: Iterable[Token], at: Cell) -> None:
        """Mark terms in a block that are new to the page, given its English source.

        Headings, links and pictures stay as they are: a link in a link is none.
        """
        words = (_PART.findall(token.content.lower()) for token in source if token.type == "inline")
        english = f" {' . '.join(map(' '.join, words))} "
        heading = False
        for token in block:
            heading = token.type == "heading_open" or (heading and token.type != "heading_close")
            if token.type == "inline" and token.children and not heading:
                token.children = list(self._marked(token.children, english, at))

    def _marked(self, tokens: Sequence[Token], english: str, at: Cell) -> Iterator[Token]:
        links = 0
        for token in tokens:
            links += token.nesting if token.type in ("link_open", "link_close") else 0
            if token.type == "text" and not links:
                yield from self._split(token, english, at)
            else:
                yield token

    def _split(self, token: Token, english: str, at: Cell) -> Iterator[Token]:
        text, done = token.content, 0
        if not self._may_start(text, at):
            yield token
            return
        words = list(_WORD.finditer(text))
        folded = [word.group().casefold() for word in words]
        i = 0
        while i < len(words):
            if folded[i] not in self._phrases:
                i += 1
                continue
            length, terms = self._at(folded, i)
            start, end = words[i].start(), words[i + max(length, 1) - 1].end()
            i += max(length, 1)
            for term in terms:
                if term.term in at.page.terms:
                    continue
                if not any(form in english for form in self._english[term]):
                    continue
                # Between the words of a term there is nothing but space.
                if len(_PART.findall(text[start:end])) != length:
                    continue
                if start > done:
                    yield Token("text", "", 0, content=text[done:start])
                yield self._link(term, text[start:end], at)
                done = end
                break
        if done == 0:
            yield token
        elif done < len(text):
            yield Token("text", "", 0, content=text[done:])

    def _may_start(self, text: str, at: Cell) -> bool:
        """Return whether a wording of a term that is new to the page may start in a text."""
        return any(
            term.term not in at.page.terms
            for word in _WORD.findall(text.casefold())
            for _, term in self._phrases.get(word, ())
        )

    def _at(self, words: list[str], i: int) -> tuple[int, list[Term]]:
        """Return the length of the longest wording that starts at word `i`, and its terms."""
        longest, terms = 0, []
        for phrase, term in self._phrases.get(words[i], ()):
            if len(phrase) < longest:
                break
            if words[i : i + len(phrase)] == phrase:
                longest = len(phrase)
                terms.append(term)
        return longest, terms

    def _link(self, term: Term, words: str, at: Cell) -> Token:
        anchor = at.slug(f"{slug(term.term)} 1")
        at.page.terms[term.term] = anchor
        html = (
            f'<a class="term" id="{anchor}" href="{at.up(GLOSSARY)}#{slug(term.term)}">'
            f"{escape(words)}{_card(term)}</a>"
        )
        return Token("term", "", 0, content=words, meta={"html": html})


def _numbers(wordings: Iterable[str]) -> Iterator[str]:
    """Yield English wordings and their plurals."""
    for wording in wordings:
        yield from (wording, f"{wording}s", f"{wording}es")
        if wording.endswith("y"):
            yield f"{wording[:-1]}ies"


def _card(term: Term) -> str:
    return (
        f'<span class="card"><b>{escape(term.vi)}</b>{_english(term)} '
        f"<span>{escape(term.definition)}</span></span>"
    )


def _english(term: Term) -> str:
    # A word that Vietnamese took over, like "batch", need not be said twice.
    return "" if term.term == term.vi else f' <i lang="en">{escape(term.term)}</i>'


def page(pages: Iterable[Page], glossary: Glossary) -> str:
    """Return the HTML of the glossary's page; every entry leads to the term's first use."""
    first: dict[str, tuple[Page, str]] = {}
    for page in pages:
        for term, anchor in page.terms.items():
            first.setdefault(term, (page, anchor))
    terms = sorted(glossary.terms, key=lambda entry: _sorting(entry.vi))
    groups = [
        (letter, list(group)) for letter, group in groupby(terms, key=lambda t: _letter(t.vi))
    ]
    letters = "".join(f'<li><a href="#chu-{_id(x)}">{x.upper()}</a></li>' for x, _ in groups)
    body = "\n".join(
        f'<h2 id="chu-{_id(letter)}">{letter.upper()}</h2>\n<dl class="glossary">'
        + "".join(_entry(entry, first.get(entry.term)) for entry in group)
        + "</dl>"
        for letter, group in groups
    )
    return (
        f'{MARK}\n<h1 id="bang-thuat-ngu">{GLOSSARY_TITLE}</h1>\n'
        f"<p>{len(terms)} thuật ngữ của khóa học, xếp theo tiếng Việt, mỗi từ kèm tên tiếng Anh. "
        "Trong bài, từ nào gạch chân bằng chấm thì có lời giải nghĩa ngay tại chỗ.</p>\n"
        f'<nav class="letters" aria-label="Chữ cái đầu"><ul>{letters}</ul></nav>\n'
        f"{body}\n</article>\n"
    )


def _entry(term: Term, first: tuple[Page, str] | None) -> str:
    seen = ""
    if first:
        page, anchor = first
        title = escape(page.titles[0])
        seen = f' <a class="seen" href="{page.address}#{anchor}">Gặp ở “{title}”</a>'
    return (
        f'<div id="{slug(term.term)}"><dt>{escape(term.vi)}{_english(term)}'
        f"</dt><dd>{escape(term.definition)}{seen}</dd></div>\n"
    )


def _letter(word: str) -> str:
    return "".join(_ALPHABET[n] for n in _sorting(word)[0][:1])


def _id(letter: str) -> str:
    # Each letter of the alphabet its own, unlike in `slug`: ă is not a.
    return f"{_ALPHABET.index(letter) + 1}"


def _sorting(words: str) -> tuple[list[int], list[int]]:
    """Return what puts words in the order of a Vietnamese dictionary: letters first, then tones."""
    letters, tones = [], []
    for letter in unicodedata.normalize("NFC", words.lower()):
        parts = unicodedata.normalize("NFD", letter)
        tone = next((part for part in parts if part in _TONES), "")
        plain = unicodedata.normalize("NFC", parts.replace(tone, "") if tone else parts)
        if plain in _ALPHABET:
            letters.append(_ALPHABET.index(plain))
            tones.append(_TONES.index(tone) + 1 if tone else 0)
        else:
            letters.append(-1)
    return letters, tones
