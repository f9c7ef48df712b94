"""What an answer does to be judged right without being it earns nothing, and is told."""

import pytest

from authoring.grade import integrity
from tests.authoring.grade.attacks import _SHAPED, FORGERIES
from tests.authoring.grade.conftest import SOLUTIONS, needs_bubblewrap

SOME = [
    "a comparison replaced by the cell",
    "a comparison replaced by the call",
    "the same without its name",
    "the caller's frame",
    "a thread started by the call",
    "an array that compares itself",
    "a report of its own",
]
# These change nothing, or their own answer only: it is judged like any wrong one.
IDLE = {
    "the probe, by its name",
    "the code of a function",
    "a finalizer",
    "a replacement that takes itself back",
    "another end",
    "an exit handler",
}


def judged(room, sections, names):
    cells = [("ex-flat-answer", "parameters/1", _SHAPED + FORGERIES[name]) for name in names]
    right = ("ex-flat-answer", "parameters/1", SOLUTIONS["parameters/1"])
    outcome = room.judge(sections["parameters"], [*cells, right])
    assert outcome.troubles == []
    *verdicts, after = outcome.verdicts
    assert after.passed
    assert not after.eye
    return dict(zip(names, verdicts, strict=True))


def check(verdicts):
    for name, verdict in verdicts.items():
        assert verdict.passed is False, name
        assert verdict.eye is (name not in IDLE), (name, verdict)


@needs_bubblewrap
def test_some_forgeries_earn_nothing(room, sections):
    verdicts = judged(room, sections, SOME)
    check(verdicts)
    assert "thay `numpy.allclose`" in verdicts[SOME[0]].message
    assert "không được dùng sys._getframe" in verdicts["the caller's frame"].message


@pytest.mark.long
@needs_bubblewrap
def test_no_forgery_earns_anything(room, sections):
    check(judged(room, sections, list(FORGERIES)))


def test_names_that_no_exercise_needs_are_seen_wherever_they_stand():
    for source in (
        "import ctypes",
        "from ctypes import cast",
        "from numpy.lib.stride_tricks import as_strided",
        "f.__globals__",
        "getattr(f, '__globals__')",
        "class A:\n    def __array_function__(self): ...",
    ):
        assert integrity.suspicious(source), source
    assert not integrity.suspicious('"""ctypes and gc."""\n# ctypes\nprint(answer)')
    assert not integrity.suspicious("%magic")
