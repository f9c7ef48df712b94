"""Exercises that check themselves: `check`, `hint` and `solution`, one module a section.

A section's module is named like its notebook and holds `EXERCISES`, in order; `SECTIONS` names
it. Right and wrong answers for its tests are in `tests/exercises/`, in a module of the same name.
Nothing here imports MXNet before an answer is checked, so that hints and solutions can be read
without it.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import Any

from d2lutil.exercises import guard
from d2lutil.exercises.exercise import BLANK, Exercise, Hints, Result, Solution
from d2lutil.exercises.lesson import is_of_another_exercise, start_lesson, watch_cells

__all__ = [
    "Exercise",
    "Hints",
    "Result",
    "Solution",
    "all_exercises",
    "check",
    "hint",
    "solution",
    "start_lesson",
]

SECTIONS = (
    "index",
    "model-construction",
    "parameters",
    "deferred-init",
    "custom-layer",
    "read-write",
    "use-gpu",
)

# Exercises that stand in the notebooks for the reader to think about, with the authors' answer.
OPEN = (
    "read-write/6",
    "read-write/7",
    "use-gpu/7",
)
_NO_LIMIT = "(Lần này câu trả lời chạy không giới hạn thời gian: chỉ luồng chính mới có giới hạn.)"

_NO_ANSWER = (
    "Chưa có `answer` để chấm: ô trả lời chưa chạy, hoặc lần chạy gần nhất báo lỗi. Hãy chạy ô trả "
    "lời cho đến khi nó không báo lỗi, rồi chạy lại ô này. Nếu bạn vừa mở lại notebook hay khởi "
    f"động lại kernel thì trước hết {guard.RUN_ABOVE}."
)

_RUN_ANSWER = "hãy chạy ô trả lời của bài này trước, rồi chạy lại ô này."

_from_cell = object()
_judged: tuple[str, Any] = ("", _from_cell)  # the last answer taken from a cell, and for which id
_last: str | None = None  # the exercise of the last check
_hints_given: dict[str, int] = {}


@cache
def all_exercises() -> dict[str, Exercise]:
    """Return every exercise of the course by its id, in the order of the course."""
    modules = [import_module(f"{__name__}.{section.replace('-', '_')}") for section in SECTIONS]
    return {exercise.id: exercise for module in modules for exercise in module.EXERCISES}


def check(id: str, answer: Any = _from_cell) -> Result:
    """Try the reader's `answer` to exercise `id` and tell in Vietnamese what was found.

    Without an argument `answer` it is the caller's global variable of that name. Then the result
    says so when there is none, and when it is still the answer to the exercise checked before or
    a wrong one from the answer cell of another; a right one is remembered (see `d2lutil.progress`).

    The answer is called with inputs of the check's own, always the same ones, on the CPU, in
    MXNet's NumPy mode and for a few seconds at most (see `guard.trouble`); where nothing can stop
    it after that time, the result says so. The check draws no random numbers: only what the
    answer itself draws moves MXNet's generator.

    An untouched answer (`...`) gives "Chưa làm". Raises ValueError when there is no exercise
    `id`, or an open one, which nothing can check; whatever is wrong with the answer is told in
    the result.
    """
    global _judged, _last
    exercise = _find(id)
    _last = id
    in_cell = answer is _from_cell
    if in_cell:
        watch_cells()
        answer = sys._getframe(1).f_globals.get("answer", _from_cell)
        if answer is _from_cell:
            return Result(None, _NO_ANSWER)
        if answer is not ... and answer is _judged[1] and id != _judged[0]:
            section, number = _judged[0].split("/")
            where = "" if id.startswith(f"{section}/") else f" trong `{section}_vn.ipynb`"
            judged = f"`answer` này đã được chấm cho bài {number}{where}"
            return Result(None, f"{judged}: {_RUN_ANSWER}")
    if answer is ...:
        return Result(None, BLANK)
    sentence = guard.trouble(lambda: exercise.check(answer))
    if in_cell:
        # A right answer is right wherever it stands.
        if sentence is not None and is_of_another_exercise(answer):
            return Result(None, f"`answer` này đến từ ô trả lời của một bài khác: {_RUN_ANSWER}")
        _judged = id, answer
    passed, message = (True, exercise.praise) if sentence is None else (False, sentence)
    if not guard.can_stop():
        message = f"{message} {_NO_LIMIT}"
    if passed and in_cell:
        from d2lutil import progress

        message = f"{message} {progress.note(id)}"
    return Result(passed, message)


def hint(id: str | None = None) -> Hints:
    """Return the hints for exercise `id`, one more at each call until the process ends.

    Without `id` it is the exercise of the last check. Raises ValueError like `check`, and when
    there was no check yet.
    """
    exercise = _find(_last_checked("hint") if id is None else id)
    given = min(_hints_given.get(exercise.id, 0) + 1, len(exercise.hints) + 1)
    _hints_given[exercise.id] = given
    return Hints(exercise, given)


def solution(id: str | None = None) -> Solution:
    """Return a worked solution of exercise `id`, its code and its reason.

    Without `id` it is the exercise of the last check. Raises ValueError like `hint`.
    """
    return _find(_last_checked("solution") if id is None else id).solution


def _last_checked(function: str) -> str:
    if _last is None:
        raise ValueError(
            "kernel này chưa chấm bài nào: hãy chạy ô kiểm tra của một bài trước, hoặc ghi rõ bài, "
            f'như `d2lutil.{function}("model-construction/1")`'
        )
    return _last


def _find(id: str) -> Exercise:
    exercises = all_exercises()
    if id in OPEN:
        raise ValueError(
            f"{id!r} là bài mở: không có câu trả lời nào để chấm. Câu trả lời của chúng tôi nằm "
            "trong notebook, ngay dưới đề bài"
        )
    if not isinstance(id, str) or id not in exercises:
        raise ValueError(f"không có bài tập {id!r}; các bài tập: {', '.join(exercises)}")
    return exercises[id]
