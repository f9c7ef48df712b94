"""Exercises that check themselves: `check`, `hint` and `solution`, one module a section.

A section's module is named like its notebook and holds `EXERCISES`, in order; `SECTIONS` names
it. Right and wrong answers for its tests are in `tests/exercises/`, in a module of the same name.
Nothing here imports MXNet before an answer is checked, so that hints and solutions can be read
without it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from d2lutil.exercises import guard
from d2lutil.exercises.exercise import Exercise, Hints, Result, Solution

__all__ = ["Exercise", "Hints", "Result", "Solution", "all_exercises", "check", "hint", "solution"]

SECTIONS = (
    "model-construction",
    "parameters",
    "deferred-init",
    "custom-layer",
    "read-write",
    "use-gpu",
)

# Exercises that stand in the notebooks for the reader to think about, with the authors' answer.
OPEN = (
    "model-construction/6",
    "parameters/6",
    "deferred-init/6",
    "custom-layer/6",
    "custom-layer/7",
    "read-write/6",
    "read-write/7",
    "use-gpu/6",
)
_NO_LIMIT = "(Lần này câu trả lời chạy không giới hạn thời gian: chỉ luồng chính mới có giới hạn.)"

_hints_given: dict[str, int] = {}


@cache
def all_exercises() -> dict[str, Exercise]:
    """Return every exercise of the course by its id, in the order of the course."""
    modules = [import_module(f"{__name__}.{section.replace('-', '_')}") for section in SECTIONS]
    return {exercise.id: exercise for module in modules for exercise in module.EXERCISES}


def check(id: str, answer: Any) -> Result:
    """Try the reader's `answer` to exercise `id` and tell in Vietnamese what was found.

    The answer is called with inputs of the check's own, always the same ones, on the CPU, in
    MXNet's NumPy mode and for a few seconds at most (see `guard.trouble`); where nothing can stop
    it after that time, the result says so. The check draws no random numbers: only what the
    answer itself draws moves MXNet's generator.

    An untouched answer (`...`) gives "Chưa làm". Raises ValueError when there is no exercise
    `id`, or an open one, which nothing can check; whatever is wrong with the answer is told in
    the result.
    """
    exercise = _find(id)
    if answer is ...:
        return Result(None, "Chưa làm")
    sentence = guard.trouble(lambda: exercise.check(answer))
    passed, message = (True, exercise.praise) if sentence is None else (False, sentence)
    return Result(passed, message if guard.can_stop() else f"{message} {_NO_LIMIT}")


def hint(id: str) -> Hints:
    """Return the hints for exercise `id`, one more at each call until the process ends.

    Raises ValueError like `check`.
    """
    exercise = _find(id)
    given = min(_hints_given.get(id, 0) + 1, len(exercise.hints) + 1)
    _hints_given[id] = given
    return Hints(exercise, given)


def solution(id: str) -> Solution:
    """Return a worked solution of exercise `id`, its code and its reason.

    Raises ValueError like `check`.
    """
    return _find(id).solution


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
