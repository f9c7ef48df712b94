"""Exercises as the book shows them: hints one by one, then the solution, each folded."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from authoring.book import edition, markdown
from authoring.book.page import Cell
from d2lutil import exercises

_CALL = re.compile(r"""\s*import d2lutil\s+d2lutil\.(\w+)\(["']([^"']+)["']\)\s*""")


def render(cell: NotebookNode, at: Cell) -> str | None:
    """Return the folded help of an exercise in place of its check, None for any other cell.

    A blank answer has nothing to show, nor has the reader's own progress: "". Raises NotebookError
    when there is no such exercise.
    """
    if cell.source.strip() == "answer = ..." and not cell.outputs:
        return ""
    function, name = match.groups() if (match := _CALL.fullmatch(cell.source)) else ("", "")
    if function == "show_progress":
        return ""
    if function != "check":
        return None
    exercise = exercises.all_exercises().get(name)
    if exercise is None:
        raise at.error(f"không có bài tập “{name}”")
    folds = [
        _fold(f"Gợi ý {number}", f"Hint {number}", hint, at)
        for number, hint in enumerate(exercise.hints, 1)
    ]
    solution = f"```python\n{exercise.solution.code}```\n\n{exercise.solution.reason}"
    folds.append(_fold("Lời giải", "Solution", solution, at))
    # It has no English wording yet.
    return f'<div class="practice" lang="vi">{"".join(folds)}</div>'


def _fold(title: str, english: str, text: str, at: Cell) -> str:
    at.say(f" {title} ")
    shown = edition.both(title, f"{english} (in Vietnamese)")
    return f"<details><summary>{shown}</summary>\n{markdown.render(text, at)}</details>\n"
