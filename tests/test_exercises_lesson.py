"""What a reader's kernel makes of answer and check cells, one after the other."""

import subprocess
import sys
from functools import partial

import pytest
from jupyter_client.manager import start_new_kernel

from d2lutil import exercises
from d2lutil.exercises import guard

START = 'import d2lutil\nd2lutil.start_lesson(errors="Plain")'
RIGHT = exercises.solution("model-construction/1").code
NO_ANSWER = exercises._NO_ANSWER
BROKEN = [
    "answer = (",
    "answer = nothing",
    "answer = 1 / 0",
    "answer = len\nraise KeyboardInterrupt",
]


def check_cell(number):
    return f'import d2lutil\n\nd2lutil.check("model-construction/{number}")'


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run cells in a new kernel and return what each one shows in plain text.

    A cell is its source, or a pair of its id, as JupyterLab tells it, and its source.
    """
    monkeypatch.setenv("D2L_PROGRESS", str(tmp_path / "progress.json"))
    manager, client = start_new_kernel(startup_timeout=300, cwd=str(tmp_path))
    message = client.session.msg

    def show(*cells):
        shown = []
        for cell in cells:
            texts = []
            id, cell = cell if isinstance(cell, tuple) else (None, cell)
            client.session.msg = partial(message, metadata={"cellId": id} if id else {})
            client.execute_interactive(
                cell, timeout=300, output_hook=lambda message, texts=texts: texts.append(message)
            )
            shown.append("".join(map(text_of, texts)))
        return shown

    yield show
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def text_of(message):
    content = message["content"]
    if message["msg_type"] == "error":
        return content["ename"]
    return content.get("text", content.get("data", {}).get("text/plain", ""))


def test_a_lesson_starts_without_a_word_in_the_mode_it_names(run):
    mode = "get_ipython().InteractiveTB.mode"
    shown = run(START, mode, 'd2lutil.start_lesson(errors="Minimal")', mode)
    assert shown == ["", "'Plain'", "", "'Minimal'"]


def test_the_second_day_begins_with_help(run):
    # The answer cell of a class raises an error when `nn` is unknown, that of a function doesn't.
    shown = run(
        check_cell(1),
        "class answer(nn.Block): ...",
        check_cell(1),
        "def answer(*arguments):\n    return nn.Dense(1)",
        check_cell(1),
    )
    assert shown[:4] == [NO_ANSWER, "NameError", NO_ANSWER, ""]
    assert "`NameError: name 'nn' is not defined`" in shown[4]
    for help in (NO_ANSWER, shown[4]):
        assert help.endswith(f"thì trước hết {guard.RUN_ABOVE}.")


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("start", [START, "import d2lutil"], ids=["lesson started", "not started"])
def test_a_failed_answer_cell_leaves_nothing_to_judge(run, start, broken):
    shown = run(start, RIGHT, broken, check_cell(1), check_cell(1), RIGHT, check_cell(1))
    assert shown[3:6] == [NO_ANSWER, NO_ANSWER, ""]
    assert shown[-1].startswith("✓ Đúng!")


def test_another_cell_that_fails_leaves_the_answer(run):
    shown = run(START, RIGHT, "1 / 0", check_cell(1))
    assert shown[2:] == ["ZeroDivisionError", shown[3]]
    assert shown[3].startswith("✓ Đúng!")


def test_an_answer_is_never_judged_as_that_of_the_next_exercise(run):
    shown = run(
        START,
        RIGHT,
        check_cell(1),
        check_cell(2),
        check_cell(1).replace("model-construction", "index"),
        "answer = ",
        check_cell(2),
        "answer = ...",
        check_cell(2),
    )
    assert shown[2].startswith("✓ Đúng!")
    assert shown[3].startswith("`answer` này đã được chấm cho bài 1: ")
    there = "bài 1 trong `model-construction_vn.ipynb`"
    assert shown[4].startswith(f"`answer` này đã được chấm cho {there}: ")
    assert shown[5:] == ["SyntaxError", NO_ANSWER, "", "Chưa làm"]


CELLS = {
    "answer 1": ("ex-mlp-answer", RIGHT),
    "answer 2": ("ex-parallel-answer", exercises.solution("model-construction/2").code),
    "check 1": ("ex-mlp-check", check_cell(1)),
    "check 2": ("ex-parallel-check", check_cell(2)),
}


def test_an_answer_that_was_never_checked_is_not_judged_as_that_of_the_next_exercise(run):
    order = ["answer 1", "check 2", "check 1", "check 2", "answer 2", "check 2", "check 1"]
    shown = dict(enumerate(run(START, *(CELLS[cell] for cell in order))))
    other = "`answer` này đến từ ô trả lời của một bài khác: hãy chạy ô trả lời của bài này trước"
    judged = "`answer` này đã được chấm cho bài "
    for number, words in {2: other, 3: "✓ Đúng!", 4: f"{judged}1", 6: "✓", 7: f"{judged}2"}.items():
        assert shown[number].startswith(words)


@pytest.mark.parametrize("place", ["ex-mlp-answer", "a cell of the reader's own", None])
def test_a_right_answer_is_right_wherever_it_stands(run, place):
    answer = CELLS["answer 2"][1]
    shown = run(START, CELLS["answer 1"], (place, answer) if place else answer, CELLS["check 2"])
    assert shown[3].startswith("✓ Đúng!")


@pytest.mark.parametrize("place", ["ex-parallel-answer", "a cell of the reader's own", None])
def test_a_wrong_answer_is_told_what_is_wrong_with_it(run, place):
    """Where the answer is the exercise's own, and where nobody can know."""
    answer = "answer = lambda: 3"
    shown = run(START, CELLS["answer 1"], (place, answer) if place else answer, CELLS["check 2"])
    assert shown[3].startswith("✗ Khi gọi `answer(")


def test_a_check_may_be_run_again(run):
    shown = run(RIGHT, check_cell(1), check_cell(1))
    assert shown[1] == shown[2]


def test_hint_and_solution_know_the_last_check(run):
    shown = run(
        "import d2lutil",
        "d2lutil.hint()",
        "answer = ...",
        check_cell(1),
        check_cell(2),
        "d2lutil.hint()",
        "d2lutil.solution()",
    )
    assert shown[1] == "ValueError"
    assert shown[5].startswith("Bài 2, gợi ý 1/")
    assert shown[6].startswith(exercises.solution("model-construction/2").code)


def test_no_check_yet_is_told(monkeypatch):
    monkeypatch.setattr(exercises, "_last", None)
    for use in (exercises.hint, exercises.solution):
        with pytest.raises(ValueError, match=f"chưa chấm bài nào.*`d2lutil.{use.__name__}\\("):
            use()


def test_without_ipython_the_answer_is_the_variable_of_the_program(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(f"{START}\n{RIGHT}\nprint(d2lutil.check('model-construction/1'))\n", "utf-8")
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("✓ Đúng!")
    assert done.stderr == ""
