"""Quick questions as the book shows them: choices, and below them the answer, folded.

quiz.js makes the choices answerable. Without it the answers are still there to unfold, and on paper
they stand with all others at the end.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape

from authoring.book import edition, markdown
from authoring.book.page import Cell
from authoring.notebook import Halves
from d2lutil import questions
from d2lutil.exercises import SECTIONS
from d2lutil.questions import Choice, Question, Wording

# The text that lists the questions of the index: in a notebook they are answered in the next cell.
SELF_TEST = "ex-guesses-text"
_RIGHT = Wording("Đúng.", "Right.")


def render(name: str, at: Cell) -> str:
    """Return the questions of the notebook `name`; raises NotebookError where it has none."""
    if name not in SECTIONS:
        raise at.error(f"không có câu hỏi nào cho “{name}”")
    found = enumerate(questions.all_questions(name), 1)
    asked = (_question(number, question, at) for number, question in found)
    return f'<ol class="quiz" data-quiz="{escape(name)}">\n{"".join(asked)}</ol>'


def before_list(halves: Halves) -> Halves:
    """Return what stands before the list of questions in both halves of a text."""
    vietnamese, english = (
        half.partition("\n\n1. ")[0] for half in (halves.vietnamese, halves.english)
    )
    return halves._replace(vietnamese=vietnamese, english=english)


def _question(number: int, question: Question, at: Cell) -> str:
    choices = "".join(f"<li>{_both(choice.text, at)}</li>" for choice in question.choices)
    reasons = "".join(f"<li>{_reason(choice, at)}</li>" for choice in question.choices)
    name = _both(Wording(f"Lời giải câu {number}", f"Answer to question {number}"), at)
    fold = f'<details><summary>{name}</summary><ol type="a">{reasons}</ol></details>'
    return (
        f"<li><fieldset><legend>{_both(question.text, at)}</legend>"
        f'<ol type="a">{choices}</ol>'
        f"{at.page.set_aside(edition.SOLUTION, fold)}</fieldset></li>\n"
    )


def _reason(choice: Choice, at: Cell) -> str:
    right = f"<b>{_both(_RIGHT, at)}</b> " if choice.is_right else ""
    return right + _both(choice.reason, at)


def _both(wording: Wording, at: Cell) -> str:
    # Like the halves of a text: each is found in its own language.
    vietnamese = _inline(wording.vi, replace(at, numbered=True))
    english = _inline(wording.en, replace(at, english=True))
    return vietnamese if vietnamese == english else edition.both(vietnamese, english)


def _inline(text: str, at: Cell) -> str:
    at.say(" ")
    return markdown.show(markdown.parse_inline(text), at)
