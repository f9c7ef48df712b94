"""The Vietnamese of the exercises is checked like that of the notebooks, where readers meet it.

A hint, a praise, a solution's reason is named by its exercise; the sentence of a check, which
stands in the code, by its line.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from authoring.finding import Finding
from authoring.glossary.terms import Glossary
from authoring.notebook import Halves
from authoring.translation import lint, markup, phrasing, terminology
from d2lutil.exercises import SECTIONS, Exercise

_SHARED = ("", ".exercise", ".guard", ".probe")


def check(sections: Iterable[str], glossary: Glossary) -> Iterator[Finding]:
    """Yield what is wrong with the texts of the exercises of sections, "use-gpu" for example.

    A section without exercises is passed over. The sentences that all sections share are checked
    with any of them.
    """
    # No English half tells, say, a class from a layer: what translates any term is let through.
    right = {wording for term in glossary.terms for wording in term.translations}
    terms = (
        replace(term, forbidden=tuple(sorted({*term.forbidden} - right))) for term in glossary.terms
    )
    glossary = replace(glossary, terms=tuple(terms))
    names = [f".{name.replace('-', '_')}" for name in sections if name in SECTIONS]
    for name in (*names, *_SHARED) if names else ():
        module = import_module(f"d2lutil.exercises{name}")
        path = Path(str(module.__file__))
        if path.is_relative_to(Path.cwd()):
            path = path.relative_to(Path.cwd())
        exercises = getattr(module, "EXERCISES", ())
        named = {text: place for exercise in exercises for place, text in _texts(exercise)}
        for text, place in named.items():
            for finding in check_text(text, glossary):
                yield replace(finding, line=None, cell=place, path=path)
        for line, text in sentences(path.read_text("utf-8")):
            if text not in named:
                for finding in check_text(text, glossary):
                    yield replace(finding, line=line, path=path)


def _texts(exercise: Exercise) -> Iterator[tuple[str, str]]:
    yield f"bài {exercise.id}, lời khen", exercise.praise
    for number, hint in enumerate(exercise.hints, 1):
        yield f"bài {exercise.id}, gợi ý {number}", hint
    yield f"bài {exercise.id}, lời giải", exercise.solution.reason


def sentences(code: str) -> Iterator[tuple[int, str]]:
    """Yield the Vietnamese strings of Python code, those with letters of its own, and their lines.

    What an f-string fills in isn't known: a number stands for it.
    """
    parts = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Expr):
            parts.add(node.value)  # a docstring, which is English
        elif isinstance(node, ast.JoinedStr):
            parts.update(node.values)
        if isinstance(node, ast.JoinedStr | ast.Constant) and node not in parts:
            values = node.values if isinstance(node, ast.JoinedStr) else [node]
            text = "".join(
                str(value.value) if isinstance(value, ast.Constant) else "1" for value in values
            )
            if any(letter.isalpha() and not letter.isascii() for letter in text):
                yield node.lineno, text


def check_text(text: str, glossary: Glossary) -> Iterator[Finding]:
    """Yield what is wrong with a Vietnamese text that has no English half."""
    english, vietnamese = markup.parse(""), markup.parse(text)
    yield from lint.lint_source(text)
    yield from lint.lint_prose(Halves("", text, 1, 1), english, vietnamese, glossary)
    yield from terminology.check(glossary, english, vietnamese)
    for prose in vietnamese.proses():
        yield from phrasing.check(prose, glossary)
