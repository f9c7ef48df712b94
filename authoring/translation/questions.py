"""The quick questions in both languages are checked like the two halves of a cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from authoring.finding import Finding
from authoring.glossary.terms import Glossary
from authoring.notebook import Halves
from authoring.translation import lint, markup, phrasing, structure, terminology
from d2lutil import questions
from d2lutil.exercises import SECTIONS
from d2lutil.questions import Wording

FOLDER = Path(questions.__file__).parent


def check(sections: Iterable[str], glossary: Glossary) -> Iterator[Finding]:
    """Yield what is wrong with the questions of sections, "use-gpu" for example."""
    folder = FOLDER.relative_to(Path.cwd()) if FOLDER.is_relative_to(Path.cwd()) else FOLDER
    for section in sections:
        if section in SECTIONS:
            for place, wording in _wordings(section):
                for finding in check_wording(wording, glossary):
                    yield finding.at(folder / f"{section}.toml", place)


def _wordings(section: str) -> Iterator[tuple[str, Wording]]:
    for number, question in enumerate(questions.all_questions(section), 1):
        yield f"câu {number}", question.text
        for letter, choice in question.lettered.items():
            yield f"câu {number}, lựa chọn {letter}", choice.text
            yield f"câu {number}, lý do {letter}", choice.reason


def check_wording(wording: Wording, glossary: Glossary) -> Iterator[Finding]:
    """Yield what is wrong with a text and its translation."""
    english, vietnamese = markup.parse(wording.en), markup.parse(wording.vi)
    halves = Halves(wording.en, wording.vi, 1, 1)
    yield from structure.compare(english, vietnamese, glossary)
    for text in wording:
        yield from lint.lint_source(text)
    yield from lint.lint_prose(halves, english, vietnamese, glossary)
    yield from terminology.check(glossary, english, vietnamese)
    for prose in vietnamese.proses():
        yield from phrasing.check(prose, glossary, wording.en)
