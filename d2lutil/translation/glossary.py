"""The glossary of the course, and whether a cell keeps to it."""

from __future__ import annotations

import functools
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from d2lutil.translation.finding import Finding
from d2lutil.translation.markup import QUOTATION, Document, Prose

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Term:
    """One entry: an English term and the one way this course says it in Vietnamese."""

    term: str
    vi: str
    definition: str
    note: str = ""
    forms: tuple[str, ...] = ()  # other English forms than the plural
    variants: tuple[str, ...] = ()  # Vietnamese allowed too
    forbidden: tuple[str, ...] = ()  # Vietnamese that would mislead

    @property
    def translations(self) -> tuple[str, ...]:
        """Every Vietnamese wording that counts as a translation of the term."""
        return self.vi, *self.variants


@dataclass
class Glossary:
    """Terms, names that stay as they are, and wordings that only look like a term."""

    terms: tuple[Term, ...]
    names: tuple[str, ...] = ()
    english_exceptions: tuple[str, ...] = ()  # phrases in which a word is not the term
    vietnamese_exceptions: tuple[str, ...] = ()  # phrases in which a forbidden word is right
    _english: re.Pattern[str] = field(init=False)
    _by_form: Mapping[str, Term] = field(init=False)
    _names: frozenset[str] = field(init=False)
    _kept: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._by_form = {form: term for term in self.terms for form in forms(term)}
        phrases = [*self._by_form, *(fold(phrase) for phrase in self.english_exceptions)]
        self._english = _any_of(tuple(phrases), plural=True)
        self._names = _words(self.names)
        self._kept = _words(text for term in self.terms for text in term.translations)

    def is_name(self, word: str) -> bool:
        """Whether a word is a name or an acronym, written alike in every language."""
        capitals = word.isascii() and word not in {word.lower(), word.capitalize()}
        return capitals or (len(word) == 1 and word.isupper()) or word.casefold() in self._names

    def is_kept(self, word: str) -> bool:
        """Whether a word may stand in both languages: a name, or part of a term's translation."""
        return self.is_name(word) or word.casefold() in self._kept

    def used(self, english: Document) -> Counter[Term]:
        """Count the terms in an English half, the longest wording first, code and maths aside."""
        return Counter(
            term for prose in english.proses() for term in self._terms_in(prose.text) if term
        )

    def _terms_in(self, text: str) -> Iterator[Term | None]:
        for match in self._english.finditer(text):
            yield self._lookup(match.group())

    def _lookup(self, wording: str) -> Term | None:
        for form in _singulars(fold(wording)):
            if form in self._by_form:
                return self._by_form[form]
        return None

    def check(self, english: Document, vietnamese: Document) -> Iterator[Finding]:
        """Check one cell: terms translated, no forbidden wording, terms in brackets known."""
        text = "\n".join(prose.text for prose in vietnamese.proses())
        # An English quotation, of an error message say, keeps its English terms.
        quotations = [quoted for quoted in QUOTATION.findall(text) if quoted.isascii()]
        done = {term for quoted in quotations for term in self._terms_in(quoted)}
        for number, block in enumerate(english.blocks):
            for term in self.used(Document([block])):
                if term not in done and not _any_of(term.translations).search(text):
                    wanted = " hoặc ".join(f"“{wording}”" for wording in term.translations)
                    reason = f"thuật ngữ “{term.term}” phải dịch là {wanted}{_because(term)}"
                    yield Finding("term", reason, _line(vietnamese, number))
                done.add(term)
        yield from self._forbidden(english, vietnamese)
        for prose in vietnamese.proses():
            yield from self._unknown(prose)

    def _forbidden(self, english: Document, vietnamese: Document) -> Iterator[Finding]:
        forbidden = [(term, wording) for term in self.terms for wording in term.forbidden]
        for number, block in enumerate(vietnamese.blocks):
            # Blocks correspond unless the structure check has told the fault already.
            source = Document(english.blocks[number : number + 1] or english.blocks)
            for prose in (block.prose, *block.captions):
                for term, wording in forbidden:
                    matches = self._unexcused(prose.text, wording)
                    if matches:
                        matches = matches[self._called_for(source, term, wording) :]
                    for match in matches:
                        reason = f"không dùng “{wording}” cho “{term.term}”: viết “{term.vi}”"
                        line = prose.lines[match.start()]
                        yield Finding("forbidden", reason + _because(term), line)

    def _unexcused(self, text: str, wording: str) -> list[re.Match[str]]:
        exceptions = _any_of(self.vietnamese_exceptions)
        excused = [match.span() for match in exceptions.finditer(text)]
        return [
            match
            for match in _any_of((wording,)).finditer(text)
            if not any(start <= match.start() < end for start, end in excused)
        ]

    def _called_for(self, english: Document, term: Term, wording: str) -> int:
        """How often the wording may occur though `term` forbids it.

        It is right where the English has another term that is translated so: any number of times
        if `term` is not there, else as often as the other term.
        """
        used = self.used(english)
        times = sum(
            count
            for other, count in used.items()
            if any(_any_of((wording,)).search(text) for text in other.translations)
        )
        return sys.maxsize if times and term not in used else times

    def _unknown(self, prose: Prose) -> Iterator[Finding]:
        """English terms in italics in brackets are terms of art: the glossary must have them."""
        for match in re.finditer(r"\(([^()]+)\)", prose.text):
            start, end = match.span(1)
            inner = match.group(1)
            letters = [at for at in range(start, end) if prose.text[at].isalpha()]
            if not letters or not all(prose.foreign[at] for at in letters):
                continue
            for part in re.split(r"\s*[,;/]\s*", inner):
                if not self._english.fullmatch(part) or self._lookup(part) is None:
                    reason = (
                        f"“{part}” được giới thiệu như một thuật ngữ nhưng chưa có trong "
                        "glossary.toml: hãy thêm mục cho nó"
                    )
                    yield Finding("unknown-term", reason, prose.lines[start])


def _line(document: Document, number: int) -> int | None:
    """Return the line of the block at this position, or of the last one."""
    return document.blocks[min(number, len(document.blocks) - 1)].line if document.blocks else None


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for text in texts for word in _WORD.findall(text))


def _because(term: Term) -> str:
    return f" ({term.note})" if term.note else ""


def fold(text: str) -> str:
    """Make wordings comparable: case, hyphens and line ends do not count."""
    return " ".join(re.split(r"[\s-]+", text.casefold().strip()))


def forms(term: Term) -> list[str]:
    """Return the folded English wordings of a term, plurals aside."""
    return [fold(form) for form in (term.term, *term.forms)]


def _singulars(folded: str) -> list[str]:
    candidates = [folded]
    if folded.endswith("ies"):
        candidates.append(folded[:-3] + "y")
    if folded.endswith("es"):
        candidates.append(folded[:-2])
    if folded.endswith("s"):
        candidates.append(folded[:-1])
    return candidates


@functools.cache
def _any_of(phrases: tuple[str, ...], *, plural: bool = False) -> re.Pattern[str]:
    """Match any of the phrases as whole words, the longest first, any case and spacing."""
    patterns = []
    for phrase in sorted(phrases, key=len, reverse=True):
        words = [re.escape(word) for word in phrase.split()]
        if plural:
            last = words[-1]
            words[-1] = f"(?:{last}(?:s|es)?" + (f"|{last[:-1]}ies)" if last[-1] == "y" else ")")
            patterns.append(r"[\s-]+".join(words))
        else:
            patterns.append(r"\s+".join(words))
    # With no phrase: a pattern that never matches.
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b" if patterns else r"(?!)", re.IGNORECASE)
