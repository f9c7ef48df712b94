"""The glossary of the course as data: terms, names, and how to find them in a text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

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
    wordings: re.Pattern[str] = field(init=False)  # every translation of a term
    forbidden: Mapping[str, Term] = field(init=False)  # the term that each wording misleads about
    _names: frozenset[str] = field(init=False)
    _phrases: re.Pattern[str] = field(init=False)
    _kept: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._by_form = {form: term for term in self.terms for form in forms(term)}
        translations = (text.lower() for term in self.terms for text in term.translations)
        self.wordings = any_of(tuple(translations))
        self.forbidden = {text.lower(): term for term in self.terms for text in term.forbidden}
        wordings = [*self._by_form, *(fold(phrase) for phrase in self.english_exceptions)]
        self._english = any_of(tuple(wordings), plural=True)
        self._names = _words(name for name in self.names if " " not in name)
        phrases = [r"\s+".join(name.split()) for name in self.names if " " in name]
        self._phrases = re.compile(rf"\b(?:{'|'.join(phrases)})\b" if phrases else r"(?!)")
        self._kept = _words(text for term in self.terms for text in term.translations)

    def is_name(self, word: str) -> bool:
        """Whether a word is a name or an acronym, written alike in every language."""
        capitals = word.isascii() and word not in {word.lower(), word.capitalize()}
        return capitals or (len(word) == 1 and word.isupper()) or word.casefold() in self._names

    def is_kept(self, word: str) -> bool:
        """Whether a word may stand in both languages: a name, or part of a term's translation."""
        return self.is_name(word) or word.casefold() in self._kept

    def without_phrases(self, text: str) -> str:
        """Return a text with blanks for its names of several words: no word of them is a name."""
        return self._phrases.sub(lambda match: " " * len(match[0]), text)

    def terms_in(self, text: str) -> Iterator[Term]:
        """Yield the terms of an English text, the longest wording first."""
        for match in self._english.finditer(text.lower()):
            if term := self.lookup(match.group()):
                yield term

    def lookup(self, wording: str) -> Term | None:
        """Return the term that an English wording names, in singular or plural, or None."""
        for form in _singulars(fold(wording)):
            if form in self._by_form:
                return self._by_form[form]
        return None


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for text in texts for word in _WORD.findall(text))


@functools.cache
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
def any_of(phrases: tuple[str, ...], *, plural: bool = False) -> re.Pattern[str]:
    """Match any of the phrases in a lower-case text: whole words, the longest first, any spacing.

    A pattern that ignored case itself would take ten times as long.
    """
    # By the first letter: so few are tried at each word.
    patterns: dict[str, list[str]] = {}
    for phrase in sorted(phrases, key=len, reverse=True):
        words = [re.escape(word) for word in phrase.split()]
        if plural and words[-1][-1] == "y":
            words[-1] = f"{words[-1][:-1]}(?:y|ie)"
        between = r"[\s-]+" if plural else r"\s+"
        patterns.setdefault(phrase[0], []).append(between.join(words))
    groups = [f"(?:{'|'.join(group)})" for group in patterns.values()]
    end = "(?:s|es)?" if plural else ""
    # With no phrase: a pattern that never matches.
    return re.compile(rf"\b(?:{'|'.join(groups)}){end}\b".lower() if groups else r"(?!)")
