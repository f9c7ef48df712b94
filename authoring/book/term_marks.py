"""The first use of each term on a page becomes a link to its entry in the glossary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from markdown_it.token import Token

from authoring.book import addresses, edition
from authoring.book.page import Cell
from authoring.glossary.terms import Glossary, Term, fold


class Marker:
    """Marks the first use of each term on a page.

    A Vietnamese wording counts as a use of the term where the English source has the term too:
    the same syllables may mean something else elsewhere.
    """

    def __init__(self, glossary: Glossary) -> None:
        self.glossary = glossary
        self._terms: dict[str, list[Term]] = {}  # by Vietnamese wording
        for term in glossary.terms:
            for wording in term.translations:
                self._terms.setdefault(wording.lower(), []).append(term)

    def mark(self, block: Iterable[Token], source: Iterable[Token], at: Cell) -> None:
        """Mark terms in a block that are new to the page, given its English source.

        Headings, links and pictures stay as they are: a link in a link is none.
        """
        # Code counts: `Trainer` is the trainer.
        english = "\n".join(token.content for token in source if token.type == "inline")
        new = {t for t in self.glossary.terms_in(english) if t.term not in at.page.terms}
        if not new:
            return
        heading = False
        for token in block:
            heading = token.type == "heading_open" or (heading and token.type != "heading_close")
            if token.type == "inline" and token.children and not heading:
                token.children = list(self._marked(token.children, new, at))

    def _marked(self, tokens: Sequence[Token], new: set[Term], at: Cell) -> Iterator[Token]:
        links = 0
        for token in tokens:
            links += token.nesting if token.type in ("link_open", "link_close") else 0
            if token.type == "text" and not links:
                yield from self._split(token.content, new, at)
            else:
                yield token

    def _split(self, text: str, new: set[Term], at: Cell) -> Iterator[Token]:
        done = 0
        for match in self.glossary.wordings.finditer(text.lower()):
            for term in self._terms[" ".join(match[0].split())]:
                if term in new and term.term not in at.page.terms:
                    yield _text(text[done : match.start()])
                    yield _link(term, text[match.start() : match.end()], at)
                    done = match.end()
                    break
        yield _text(text[done:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _link(term: Term, words: str, at: Cell) -> Token:
    anchor = at.slug(f"{addresses.slug(term.term)} 1")
    at.page.terms[term.term] = anchor
    href = edition.link(addresses.GLOSSARY, in_glossary(term))
    html = f'<a class="term" id="{edition.anchor(anchor)}" href="{href}">{escape(words)}</a>'
    return Token("term", "", 0, content=words, meta={"html": html})


def in_glossary(term: Term) -> str:
    """Return the anchor of a term's entry, unlike every other: no two terms are folded alike."""
    return fold(term.term).replace(" ", "-")


def english(term: Term) -> str:
    """Return a term's English name as HTML, "" for one that Vietnamese took over, like "batch"."""
    return "" if term.term == term.vi else f' <i lang="en">{escape(term.term)}</i>'
