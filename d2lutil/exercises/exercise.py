"""What an exercise is made of, and what a reader gets to see of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

BLANK = "Chưa làm"


@dataclass(frozen=True)
class Solution:
    """A worked solution: the code of an answer cell (it ends by naming `answer`) and its reason.

    Both are text, so that they can be read where MXNet is not installed. In a package that was
    made for a class there is no code.
    """

    code: str = ""
    reason: str = "Giáo viên của bạn sẽ chữa bài này."

    def __repr__(self) -> str:
        return f"{self.code}\n{self.reason}".lstrip()

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.code}```\n\n{self.reason}" if self.code else self.reason


@dataclass(frozen=True)
class Exercise:
    """One checkable exercise.

    `id` is its section and number, as in "model-construction/3". `check` takes the reader's
    answer and returns for a right one, or raises `guard.Wrong` with a sentence; it runs under
    `guard.trouble`. `praise` says what a right answer has shown. Texts are Vietnamese Markdown.
    """

    id: str
    check: Callable[[Any], None]
    praise: str
    hints: tuple[str, ...]
    solution: Solution


@dataclass(frozen=True)
class Result:
    """The verdict on an answer: `passed` is None where there is nothing to judge."""

    passed: bool | None
    message: str

    def __repr__(self) -> str:
        mark = {None: "", True: "✓ Đúng! ", False: "✗ "}[self.passed]
        return mark + self.message

    def _repr_markdown_(self) -> str | None:
        # Without Markdown a cell shows the plain text: a blank notebook has that output only.
        return None if self.message == BLANK else repr(self)


@dataclass(frozen=True)
class Hints:
    """The first `given` hints for an exercise; one more than there are tells that it was all."""

    exercise: Exercise
    given: int

    def _lines(self) -> list[str]:
        hints = self.exercise.hints
        exercise = self.exercise.id.split("/")[1]
        lines = [
            f"Bài {exercise}, gợi ý {number}/{len(hints)}. {text}"
            for number, text in enumerate(hints[: self.given], 1)
        ]
        if self.given > len(hints):
            lines.append(
                "Không còn gợi ý nào nữa. "
                f'Bạn có thể xem lời giải: `d2lutil.solution("{self.exercise.id}")`.'
            )
        return lines

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_markdown_(self) -> str:
        return "\n\n".join(self._lines())
