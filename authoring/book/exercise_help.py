"""Exercises as the book shows them: hints one by one, then the solution, each folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from authoring.book import edition, markdown, quiz
from authoring.book.bilingual import Block
from authoring.book.page import Cell, Exercise, Page
from authoring.notebook import ANSWERS
from d2lutil import exercises

_CALL = re.compile(r"""\s*import d2lutil\s+d2lutil\.(\w+)\(["']([^"']+)["']\)\s*""")
_TITLE = re.compile(r"Bài \d+: ")
_ANSWER = re.compile(
    r'(?:<div class="(?:pair|block)"[^>]*>)?<details>\s*<summary>(?:' + "|".join(ANSWERS) + ")"
)
_HELP = '<div class="practice"'


def render(cell: Mapping[str, Any], at: Cell) -> str | None:
    """Return the folded help of an exercise in place of its check, None for any other cell.

    Quick questions stand in place of the cell that asks them.

    A blank answer has nothing to show, nor has the reader's own progress: "". Raises NotebookError
    when there is no such exercise.
    """
    if cell["source"].strip() == "answer = ..." and not cell["outputs"]:
        return ""
    function, name = match.groups() if (match := _CALL.fullmatch(cell["source"])) else ("", "")
    if function == "show_progress":
        return ""
    if function == "quick_questions":
        return quiz.render(name, at)
    if function != "check":
        return None
    exercise = exercises.all_exercises().get(name)
    if exercise is None:
        raise at.error(f"không có bài tập “{name}”")
    folds = [
        _fold(f"Gợi ý {number}", f"Hint {number}", hint, at)
        for number, hint in enumerate(exercise.hints, 1)
    ]
    hints = at.page.set_aside(edition.HINT, "".join(folds))
    text = f"```python\n{exercise.solution.code}```\n\n{exercise.solution.reason}"
    solution = at.page.set_aside(edition.SOLUTION, _fold("Lời giải", "Solution", text, at))
    # It has no English wording yet.
    return f'{_HELP} lang="vi">{hints}{solution}</div>'


def _fold(title: str, english: str, text: str, at: Cell) -> str:
    at.say(f" {title} ")
    shown = edition.both(title, f"{english} (in Vietnamese)")
    return f"<details><summary>{shown}</summary>\n{markdown.render(text, at)}</details>\n"


def gathered(blocks: Iterable[Block], page: Page) -> list[Block]:
    """Return the blocks of a page, the authors' folded answers set aside.

    The page learns what each of its exercises asks: all between its heading and its help.
    """
    found: list[Block] = []
    under, asks = 0, False
    for block in blocks:
        if block.heading is not None:
            under = block.heading
            asks = bool(_TITLE.match(page.headings[under].title))
            if asks:
                page.exercises.append(Exercise(under, ""))
        elif _ANSWER.match(block.html):
            block = block._replace(html=page.set_aside(edition.SOLUTION, block.html, under))
            asks = False
        asks = asks and _HELP not in block.html
        if asks and block.heading is None:
            last = page.exercises[-1]
            page.exercises[-1] = last._replace(html=f"{last.html}{block.html}\n")
        found.append(block)
    return found
