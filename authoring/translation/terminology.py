"""Whether a cell keeps to the glossary."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator

from authoring.finding import Finding
from authoring.glossary.terms import Glossary, Term, any_of
from authoring.translation.markup import Document, Prose


def check(glossary: Glossary, english: Document, vietnamese: Document) -> Iterator[Finding]:
    """Check one cell: terms translated, no forbidden wording, terms in brackets known."""
    text = "\n".join(prose.text for prose in vietnamese.proses())
    # An English quotation, of an error message or a title, keeps its English terms.
    quotations = [run for prose in vietnamese.proses() for run, _ in prose.foreign_runs()]
    done = {term for quoted in quotations if " " in quoted for term in glossary.terms_in(quoted)}
    for number, block in enumerate(english.blocks):
        for term in _used(glossary, Document([block])):
            if term not in done and not any_of(term.translations).search(text.lower()):
                wanted = " hoặc ".join(f"“{wording}”" for wording in term.translations)
                reason = f"thuật ngữ “{term.term}” phải dịch là {wanted}{_because(term)}"
                yield Finding("term", reason, _line(vietnamese, number), question=term.term)
            done.add(term)
    yield from _forbidden(glossary, english, vietnamese)
    for prose in vietnamese.proses():
        yield from _unknown(glossary, prose)


def _used(glossary: Glossary, english: Document) -> Counter[Term]:
    """Count the terms in an English half, code and maths aside."""
    return Counter(term for prose in english.proses() for term in glossary.terms_in(prose.text))


def _forbidden(glossary: Glossary, english: Document, vietnamese: Document) -> Iterator[Finding]:
    pattern = any_of(tuple(glossary.forbidden))
    exceptions = any_of(glossary.vietnamese_exceptions)
    for number, block in enumerate(vietnamese.blocks):
        # Without an English half, everything may be meant.
        source = _used(glossary, Document(english.blocks[number : number + 1]))
        for prose in (block.prose, *block.captions):
            text = prose.text.lower()
            excused = [match.span() for match in exceptions.finditer(text)]
            times = Counter[str]()
            for match in pattern.finditer(text):
                wording = " ".join(match[0].split())
                times[wording] += 1
                term, said = glossary.forbidden[wording], prose.text[match.start() : match.end()]
                if any(start <= match.start() < end for start, end in excused) or (
                    english.blocks
                    and times[wording] <= _called_for(glossary, source, term, wording)
                ):
                    continue
                reason = f"không dùng “{said}” cho “{term.term}”: viết “{term.vi}”{_because(term)}"
                yield Finding("forbidden", reason, prose.lines[match.start()], question=said)


def _called_for(glossary: Glossary, used: Counter[Term], term: Term, wording: str) -> int:
    """How often the wording may occur though `term` forbids it.

    It is right where the English has another term that is translated so: any number of times
    if `term` is not there, else as often as the other term. A wording that translates no term at
    all is wrong only where `term` is there.
    """
    others = [
        other
        for other in glossary.terms
        if any(any_of((wording,)).search(text.lower()) for text in other.translations)
    ]
    times = sum(used[other] for other in others)
    return sys.maxsize if (times or not others) and term not in used else times


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
