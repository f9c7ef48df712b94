"""Quick questions with choices, the same ones in a notebook and on its page of the book.

A section's questions are in the TOML file that is named like its notebook, in both languages, each
choice with the reason why it is right or not. Texts are one paragraph of Markdown.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from d2lutil.exercises import SECTIONS

__all__ = ["quick_questions"]

LETTERS = "abcd"


class Wording(NamedTuple):
    """What is said in both languages."""

    vi: str
    en: str


@dataclass(frozen=True)
class Choice:
    """A choice, and why it is right or not; the reason follows “Đúng.” or “Chưa đúng.”."""

    text: Wording
    reason: Wording
    is_right: bool


@dataclass(frozen=True)
class Question:
    """A question and its choices, which go by the `LETTERS`."""

    text: Wording
    choices: tuple[Choice, ...]

    @property
    def lettered(self) -> dict[str, Choice]:
        """The choices by their letters."""
        return dict(zip(LETTERS, self.choices, strict=False))


@dataclass(frozen=True)
class Quiz:
    """The questions of a section as a notebook shows them, or its verdict on `answers`."""

    name: str
    questions: tuple[Question, ...]
    answers: str = ""

    def __repr__(self) -> str:
        # Beside the Markdown a notebook stores this too, so it is short.
        asked = [f"{len(self.questions)} câu hỏi nhanh của {self.name}"]
        return "\n".join(self._verdicts() if self.answers else asked)

    def _repr_markdown_(self) -> str:
        return "\n\n".join(self._verdicts() if self.answers else self._asked())

    def _asked(self) -> list[str]:
        lines = []
        for number, question in enumerate(self.questions, 1):
            lines.append(f"**{number}.** {question.text.vi}")
            choices = question.lettered.items()
            lines.append("\n".join(f"- {letter}. {choice.text.vi}" for letter, choice in choices))
            letter, right = next(pair for pair in choices if pair[1].is_right)
            lines.append(
                f"<details><summary>Lời giải</summary>\n\n"
                f"**{letter}.** {right.reason.vi}\n\n</details>"
            )
        example = (LETTERS[:3] * len(self.questions))[: len(self.questions)]
        call = f'`d2lutil.quick_questions("{self.name}", "{example}")`'
        return [
            *lines,
            f"Muốn máy chấm, kèm lý do: {call}.",
        ]

    def _verdicts(self) -> list[str]:
        chosen = [q.lettered[a] for q, a in zip(self.questions, self.answers, strict=True)]
        lines = []
        for number, (letter, choice) in enumerate(zip(self.answers, chosen, strict=True), 1):
            word = "✓ Đúng" if choice.is_right else "✗ Chưa đúng"
            lines.append(f"**{number}{letter}.** {word}. {choice.reason.vi}")
        right = sum(choice.is_right for choice in chosen)
        return [*lines, f"Đúng {right}/{len(chosen)} câu."]


def quick_questions(name: str, answers: str | None = None) -> Quiz:
    """Return the quick questions of the notebook `name`, or the verdict on `answers`.

    A notebook is named without `_vn.ipynb`. `answers` has one letter a question; spaces, commas
    and capitals don't matter. Raises ValueError for another name and for other answers.
    """
    if name not in SECTIONS:
        raise ValueError(
            f"không có câu hỏi nào cho {name!r}: tên là một trong {', '.join(SECTIONS)}"
        )
    questions = all_questions(name)
    if answers is None:
        return Quiz(name, questions)
    letters = "".join(str(answers).replace(",", " ").split()).lower()
    if len(letters) != len(questions):
        raise ValueError(
            f"có {len(questions)} câu hỏi nên cần đúng {len(questions)} chữ cái, mỗi câu một chữ; "
            f"{answers!r} có {len(letters)}"
        )
    for number, (question, letter) in enumerate(zip(questions, letters, strict=True), 1):
        if letter not in question.lettered:
            known = ", ".join(question.lettered)
            raise ValueError(f"câu {number} không có lựa chọn {letter!r}, chỉ có {known}")
    return Quiz(name, questions, letters)


@cache
def all_questions(name: str) -> tuple[Question, ...]:
    """Return the questions of the notebook `name`, in order."""
    text = Path(__file__).with_name(f"{name}.toml").read_text("utf-8")
    return tuple(
        Question(
            _wording(question),
            tuple(
                Choice(_wording(choice), _wording(choice["because"]), choice.get("right", False))
                for choice in question["choice"]
            ),
        )
        for question in tomllib.loads(text)["question"]
    )


def _wording(of: dict[str, Any]) -> Wording:
    return Wording(of["vi"], of["en"])
