"""The verdict in the sandbox is that of `d2lutil.check`, for answers of every kind."""

from importlib import import_module
from pathlib import Path

import pytest

from d2lutil.exercises import SECTIONS
from tests.authoring.grade.conftest import SOLUTIONS, needs_bubblewrap

pytestmark = needs_bubblewrap
CELLS = {
    "right": SOLUTIONS["parameters/1"],
    "wrong": "answer = lambda net: 3",
    "blank": "# soon\nanswer = ...",
    "lost": "result = 3",
    "helper": "answer = my_helper",
    "called": "def answer(net):\n    return my_helper(net)",
    "lesson": "answer = lambda net: [nn, autograd, gluon, vision]",
    "check": "import d2lutil\nanswer = ...\nd2lutil.check('parameters/1')",
    "syntax": "def answer(net):\nreturn 3",
    "magic": "%%capture\nanswer = ...",
    "leaves": "import builtins\nbuiltins.left = 3\nopen('left', 'w').close()\nanswer = ...",
    "finds": (
        "import builtins, os\nraise SystemError(hasattr(builtins, 'left'), os.path.exists('left'))"
    ),
    "half": "answer = '\\ud800'",
    "surrogate": "answer = '\ud800'",
    "null": "answer = '\0'",
}
SAID = {
    "right": (True, "Mọi giá trị đều có mặt"),
    "wrong": (False, "`answer(net)` cho một giá trị kiểu `int`; bài này cần một mảng `mxnet.np`."),
    "blank": (None, "Chưa làm"),
    "lost": (False, "Ô trả lời không tạo ra `answer`. Máy chỉ chạy ô trả lời này"),
    "helper": (False, "dòng 1: `answer = my_helper`. Máy chỉ chạy ô trả lời này"),
    "called": (False, "điều gì nằm ở ô bạn tự thêm thì cần chép vào đây"),
    "lesson": (False, "trả về một danh sách Python"),
    "check": (None, "Chưa làm"),
    "syntax": (False, "Ô trả lời báo lỗi `IndentationError"),
    "magic": (None, "Chưa làm"),
    "leaves": (None, "Chưa làm"),
    "finds": (False, "`SystemError: (False, False)`"),
    "half": (False, "`answer` đang là một giá trị kiểu `str`"),
    "surrogate": (False, ""),
    "null": (False, ""),
}


def test_answers_of_every_kind_get_their_verdict(room, sections):
    answers = [("ex-flat-answer", "parameters/1", source) for source in CELLS.values()]
    outcome = room.judge(sections["parameters"], answers)
    assert outcome.troubles == []
    for name, verdict in zip(CELLS, outcome.verdicts, strict=True):
        passed, words = SAID[name]
        assert (verdict.passed, name) == (passed, name), verdict
        assert words in verdict.message, (name, verdict)
        assert not verdict.eye or name in ("surrogate", "null"), (name, verdict)


def judged(room, section, kind):
    """Judge every answer of one kind that the tests of the exercises know, in its own cell."""
    module = import_module(f"tests.exercises.{section.name.replace('-', '_')}")
    source = Path(module.__file__).read_text("utf-8")
    asked = [
        (id, exercise, number, given)
        for id, exercise in section.exercises.items()
        for number, given in enumerate(getattr(module, kind)[exercise])
    ]
    cells = [
        (id, exercise, f"{source}\n\nanswer = {kind}[{exercise!r}][{number}]")
        for id, exercise, number, _ in asked
    ]
    if kind == "WRONG":
        cells = [(id, exercise, f"{source}[0]") for id, exercise, source in cells]
    outcome = room.judge(section, cells)
    assert outcome.troubles == []
    return [(given, verdict) for (*_, given), verdict in zip(asked, outcome.verdicts, strict=True)]


@pytest.mark.long
@pytest.mark.parametrize("name", SECTIONS)
def test_every_right_answer_is_right_here_too(name, room, sections):
    for given, verdict in judged(room, sections[name], "RIGHT"):
        assert (verdict.passed, verdict.eye) == (True, False), (given, verdict)


@pytest.mark.long
@pytest.mark.parametrize("name", SECTIONS)
def test_every_wrong_answer_gets_its_sentence(name, room, sections):
    for (given, words), verdict in judged(room, sections[name], "WRONG"):
        assert verdict.passed is False, (given, verdict)
        assert words in verdict.message, (given, verdict)


@pytest.mark.long
@pytest.mark.parametrize("name", SECTIONS)
def test_solutions_pass_after_their_lesson(name, room, sections):
    section = sections[name]
    answers = [(id, exercise, SOLUTIONS[exercise]) for id, exercise in section.exercises.items()]
    outcome = room.judge(section, answers)
    assert [(v.passed, v.eye) for v in outcome.verdicts] == [(True, False)] * len(answers)
