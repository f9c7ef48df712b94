"""Whether a cell keeps to the glossary."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator

from authoring.finding import Finding
from authoring.glossary.terms import Glossary, Term, any_of
from authoring.translation.markup import QUOTATION, Document, Prose


def check(glossary: Glossary, english: Document, vietnamese: Document) -> Iterator[Finding]:
    """Check one cell: terms translated, no forbidden wording, terms in brackets known."""
    text = "\n".join(prose.text for prose in vietnamese.proses())
    # An English quotation, of an error message say, keeps its English terms.
    quotations = [quoted for quoted in QUOTATION.findall(text) if quoted.isascii()]
    done = {term for quoted in quotations for term in glossary.terms_in(quoted)}
    for number, block in enumerate(english.blocks):
        for term in _used(glossary, Document([block])):
            if term not in done and not any_of(term.translations).search(text.lower()):
                wanted = " hoặc ".join(f"“{wording}”" for wording in term.translations)
                reason = f"thuật ngữ “{term.term}” phải dịch là {wanted}{_because(term)}"
                yield Finding("term", reason, _line(vietnamese, number))
            done.add(term)
    yield from _forbidden(glossary, english, vietnamese)
    for prose in vietnamese.proses():
        yield from _unknown(glossary, prose)


def _used(glossary: Glossary, english: Document) -> Counter[Term]:
    """Count the terms in an English half, code and maths aside."""
    return Counter(term for prose in english.proses() for term in glossary.terms_in(prose.text))


def _forbidden(glossary: Glossary, english: Document, vietnamese: Document) -> Iterator[Finding]:
    forbidden = [(term, wording) for term in glossary.terms for wording in term.forbidden]
    for number, block in enumerate(vietnamese.blocks):
        # Blocks correspond unless the structure check has told the fault already.
        source = Document(english.blocks[number : number + 1] or english.blocks)
        for prose in (block.prose, *block.captions):
            for term, wording in forbidden:
                matches = _unexcused(glossary, prose.text, wording)
                if matches:
                    matches = matches[_called_for(glossary, source, term, wording) :]
                for match in matches:
                    reason = f"không dùng “{wording}” cho “{term.term}”: viết “{term.vi}”"
                    line = prose.lines[match.start()]
                    yield Finding("forbidden", reason + _because(term), line)


def _unexcused(glossary: Glossary, text: str, wording: str) -> list[re.Match[str]]:
    exceptions = any_of(glossary.vietnamese_exceptions)
    excused = [match.span() for match in exceptions.finditer(text.lower())]
    return [
        match
        for match in any_of((wording,)).finditer(text.lower())
        if not any(start <= match.start() < end for start, end in excused)
    ]


def _called_for(glossary: Glossary, english: Document, term: Term, wording: str) -> int:
    """How often the wording may occur though `term` forbids it.

    It is right where the English has another term that is translated so: any number of times
    if `term` is not there, else as often as the other term.
    """
    used = _used(glossary, english)
    times = sum(
        count
        for other, count in used.items()
        if any(any_of((wording,)).search(text.lower()) for text in other.translations)
    )
    return sys.maxsize if times and term not in used else times


def _unknown(glossary: Glossary, prose: Prose) -> Iterator[Finding]:
    """English terms in italics in brackets are terms of art: the glossary must have them."""
    for match in re.finditer(r"\(([^()]+)\)", prose.text):
        start, end = match.span(1)
        inner = match.group(1)
        letters = [at for at in range(start, end) if prose.text[at].isalpha()]
        if not letters or not all(prose.foreign[at] for at in letters):
            continue
        for part in re.split(r"\s*[,;/]\s*", inner):
            if glossary.lookup(part) is None:
                reason = (
                    f"“{part}” được giới thiệu như một thuật ngữ nhưng chưa có trong "
                    "glossary.toml: hãy thêm mục cho nó"
                )
                yield Finding("unknown-term", reason, prose.lines[start])


def _line(document: Document, number: int) -> int | None:
    """Return the line of the block at this position, or of the last one."""
    return document.blocks[min(number, len(document.blocks) - 1)].line if document.blocks else None


def _because(term: Term) -> str:
    return f" ({term.note})" if term.note else ""
