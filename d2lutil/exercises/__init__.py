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

_hints_given: dict[str, int] = {}


@cache
def all_exercises() -> dict[str, Exercise]:
    """Return every exercise of the course by its id, in the order of the course."""
    modules = [import_module(f"{__name__}.{section.replace('-', '_')}") for section in SECTIONS]
    return {exercise.id: exercise for module in modules for exercise in module.EXERCISES}


def check(id: str, answer: Any) -> Result:
    """Try the reader's `answer` to exercise `id` and tell in Vietnamese what was found.

    The answer is called with inputs of the check's own, always the same ones, on the CPU, in
    MXNet's NumPy mode and for a few seconds at most (see `guard.trouble`). The check draws no
    random numbers: only what the answer itself draws moves MXNet's generator.

    An untouched answer (`...`) gives "Chưa làm". Raises ValueError when there is no exercise
    `id`; whatever is wrong with the answer is told in the result.
    """
    exercise = _find(id)
    if answer is ...:
        return Result(None, "Chưa làm")
    sentence = guard.trouble(lambda: exercise.check(answer))
    return Result(True, exercise.praise) if sentence is None else Result(False, sentence)


def hint(id: str) -> Hints:
    """Return the hints for exercise `id`, one more at each call until the process ends.

    Raises ValueError when there is no exercise `id`.
    """
    exercise = _find(id)
    given = min(_hints_given.get(id, 0) + 1, len(exercise.hints) + 1)
    _hints_given[id] = given
    return Hints(exercise, given)


def solution(id: str) -> Solution:
    """Return a worked solution of exercise `id`, its code and its reason.

    Raises ValueError when there is no exercise `id`.
    """
    return _find(id).solution


def _find(id: str) -> Exercise:
    exercises = all_exercises()
    if not isinstance(id, str) or id not in exercises:
        raise ValueError(f"không có bài tập {id!r}; các bài tập: {', '.join(exercises)}")
    return exercises[id]
