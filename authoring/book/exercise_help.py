"""Exercises as the book shows them: hints one by one, then the solution, each folded."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from authoring.book import markdown
from authoring.book.page import Cell
from d2lutil import exercises

_CHECK = re.compile(r"""\s*import d2lutil\s+d2lutil\.check\(["']([^"']+)["']\)\s*""")


def render(cell: NotebookNode, at: Cell) -> str | None:
    """Return the folded help of an exercise in place of its check, None for any other cell.

    A blank answer has nothing to show either: "". Raises NotebookError when there is no such
    exercise.
    """
    if cell.source.strip() == "answer = ..." and not cell.outputs:
        return ""
    match = _CHECK.fullmatch(cell.source)
    if not match:
        return None
    exercise = exercises.all_exercises().get(match[1])
    if exercise is None:
        raise at.error(f"không có bài tập “{match[1]}”")
    folds = [_fold(f"Gợi ý {number}", hint, at) for number, hint in enumerate(exercise.hints, 1)]
    solution = f"```python\n{exercise.solution.code}```\n\n{exercise.solution.reason}"
    folds.append(_fold("Lời giải", solution, at))
    return f'<div class="practice">{"".join(folds)}</div>'


def _fold(title: str, text: str, at: Cell) -> str:
    at.say(f" {title} ")
    return f"<details><summary>{title}</summary>\n{markdown.render(text, at)}</details>\n"
