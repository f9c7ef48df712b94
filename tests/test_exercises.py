import math
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import types
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

import numpy
import pytest
from mxnet import autograd, np, npx
from mxnet import random as mx_random
from mxnet.gluon import Block, Trainer, nn

from authoring import execute, notebook
from d2lutil import exercises
from d2lutil.exercises import check, guard, hint, parameters, probe, solution, use_gpu
from tests.writing import code, write

ROOT = Path(__file__).resolve().parents[1]
EXERCISES = exercises.all_exercises()
SECTIONS = {
    section: import_module(f"tests.exercises.{section.replace('-', '_')}")
    for section in exercises.SECTIONS
}
RIGHT = [
    pytest.param(id, answer, id=f"{id}-{getattr(answer, '__name__', answer)}")
    for section in SECTIONS.values()
    for id, answers in section.RIGHT.items()
    for answer in answers
]
WRONG = [
    pytest.param(id, answer, words, id=f"{id}-{getattr(answer, '__name__', answer)}")
    for section in SECTIONS.values()
    for id, answers in section.WRONG.items()
    for answer, words in answers
]
# Exercises whose answer is a value that the reader writes down, nothing to call.
VALUES = {id for section in SECTIONS.values() for id in getattr(section, "VALUES", ())}
# Exercises whose answer has to plant the seed of MXNet's generator.
SEEDING = {id for section in SECTIONS.values() for id in getattr(section, "SEEDING", ())}
every_exercise = pytest.mark.parametrize("id", EXERCISES)
every_callable = pytest.mark.parametrize("id", [id for id in EXERCISES if id not in VALUES])


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path, monkeypatch):
    """What an answer leaves behind when it is killed goes with the test's own folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def answer_of(code):
    """Run the code of an answer cell and return its `answer`."""
    names = {}
    exec(compile(code, "answer-cell", "exec"), names)
    return names["answer"]


def spoil(answer, change):
    """Return `answer` with a flaw: `change` is applied to what its forward passes give."""

    def spoiled_class(kind):
        def forward(self, *arguments):
            return change(kind.forward(self, *arguments))

        return type(f"Spoiled{kind.__name__}", (kind,), {"forward": forward})

    if isinstance(answer, type):
        return spoiled_class(answer)

    def spoiled_answer(*arguments):
        result = answer(*arguments)
        if not isinstance(result, Block):
            return change(result)
        result.__class__ = spoiled_class(type(result))
        return result

    return spoiled_answer


# Answers


@every_exercise
def test_the_solution_passes(id):
    result = check(id, answer_of(solution(id).code))
    assert result.passed, result
    assert repr(result) == f"✓ Đúng! {EXERCISES[id].praise}"


@pytest.mark.parametrize(("id", "answer"), RIGHT)
def test_every_right_answer_passes(id, answer):
    result = check(id, answer)
    assert result.passed, result


@every_exercise
def test_a_blank_is_told_as_not_done_in_plain_text_only(id):
    result = check(id, ...)
    assert (repr(result), result._repr_markdown_(), result.passed) == ("Chưa làm", None, None)


@pytest.mark.parametrize(("id", "answer", "words"), WRONG)
def test_a_known_misconception_gets_its_sentence(id, answer, words):
    result = check(id, answer)
    assert result.passed is False
    assert words in result.message
    assert repr(result) == result._repr_markdown_() == f"✗ {result.message}"


@every_exercise
def test_misconceptions_are_at_least_two_and_told_apart(id):
    section = SECTIONS[id.split("/")[0]]
    assert len({check(id, answer).message for answer, _ in section.WRONG[id]}) >= 2
    assert set(section.RIGHT) == set(section.WRONG) == {x for x in EXERCISES if section_of(x, id)}


def section_of(one, other):
    return one.split("/")[0] == other.split("/")[0]


# What can go wrong in any answer


def fails(output):
    raise KeyError("không có khóa này")


def prints(output):
    print("hidden", "ready")
    return output


def loops(output):
    # The time is up right here, however slow the machine is.
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.01)
    while True:
        pass


FLAWS = {
    "raises": (fails, "báo lỗi `KeyError: 'không có khóa này'` ở dòng"),
    "gives text": (lambda y: "một chuỗi", "cho một giá trị kiểu `str`"),
    "gives a NumPy array": (lambda y: y.asnumpy(), "cho một giá trị kiểu `numpy.ndarray`"),
    "gives nothing": (lambda y: None, "trả về `None`"),
    "loses a column": (lambda y: y[..., 1:], "cho kết quả có hình dạng"),
    "gives NaN": (lambda y: y * math.nan, "chứa `nan` hoặc `inf`"),
    "gives infinity": (lambda y: y + math.inf, "chứa `nan` hoặc `inf`"),
    "prints": (prints, "Kết quả đúng, nhưng mã của bạn còn in ra (`hidden ready"),
    "prints, gives nothing": (print, "chứ không trả về kết quả"),
    "gives other values": (lambda y: y + 1, "sai giá trị"),
}


# Those that can spoil any value, not only an array.
ANY_VALUE = {"raises", "gives text", "gives nothing", "prints", "prints, gives nothing"}
PLAIN = {id for section in SECTIONS.values() for id in getattr(section, "PLAIN", ())}


@pytest.mark.parametrize(
    ("id", "flaw"),
    [
        (id, flaw)
        for id in EXERCISES
        for flaw in FLAWS
        if id not in VALUES and (id not in PLAIN or flaw in ANY_VALUE)
    ],
)
def test_a_flaw_is_told(id, flaw):
    change, words = FLAWS[flaw]
    result = check(id, spoil(answer_of(solution(id).code), change))
    assert result.passed is False
    assert words in result.message


@every_callable
def test_an_endless_loop_is_stopped_and_located(id):
    result = check(id, spoil(answer_of(solution(id).code), loops))
    assert result.passed is False
    assert "chưa chạy xong sau 10 giây" in result.message
    assert re.search(r"ở dòng \d+: `(while True:|pass)`", result.message)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (None, "một giá trị kiểu `NoneType`"),
        (7, "một giá trị kiểu `int`"),
        ("answer", "một giá trị kiểu `str`"),
        ([nn.Dense], "một giá trị kiểu `list`"),
        (nn.Dense(3), "một thực thể của `Dense`"),
        (nn.Dense, "chính lớp `Dense` của MXNet"),
        (Trainer, "chính lớp `Trainer` của MXNet"),
    ],
)
@every_callable
def test_an_answer_of_the_wrong_kind_is_told(id, answer, what):
    result = check(id, answer)
    assert result.passed is False
    sentence = rf"`answer` đang là {what}, còn bài này cần một (hàm|lớp) để gọi `answer\(.+\)`\."
    assert re.fullmatch(sentence, result.message)


@every_callable
def test_an_answer_with_other_arguments_is_told(id):
    result = check(id, lambda: None)
    assert "báo lỗi `TypeError" in result.message
    assert "<lambda>() takes 0 positional arguments but" in result.message


def test_an_answer_that_nothing_can_stop_is_told_so():
    clause = (
        " (Lần này câu trả lời chạy không giới hạn thời gian: chỉ luồng chính mới có giới hạn.)"
    )
    id = "model-construction/5"
    for answer in (answer_of(solution(id).code), lambda sizes: None):
        with ThreadPoolExecutor() as threads:
            elsewhere = threads.submit(check, id, answer).result()
        here = check(id, answer)
        assert (elsewhere.passed, elsewhere.message) == (here.passed, here.message + clause)


@pytest.mark.parametrize(
    "error", [SystemExit(1), GeneratorExit(), RecursionError(), KeyError(), ValueError("`a`\nb")]
)
def test_any_error_is_told_in_one_line(error):
    def answer(*arguments):
        raise error

    message = check("model-construction/5", answer).message
    assert type(error).__name__ in message
    assert "\n" not in message


# Values of a kind


@pytest.mark.parametrize("value", [3, 3.0, numpy.int64(3), numpy.array(3), np.array([3.0])])
def test_a_whole_number_may_come_in_any_form(value):
    assert probe.whole(value, "answer()") == 3
    assert type(probe.whole(value, "answer()")) is int


@pytest.mark.parametrize(
    ("take", "value", "kind"),
    [
        (probe.whole, 3.5, "float"),
        (probe.whole, math.nan, "float"),
        (probe.whole, math.inf, "float"),
        (probe.whole, True, "bool"),
        (probe.whole, "3", "str"),
        (probe.whole, np.array([3, 3]), "mxnet.numpy.ndarray"),
        (probe.number, "3", "str"),
        (probe.number, True, "bool"),
        (probe.number, np.array(3.0), "mxnet.numpy.ndarray"),
        (probe.sequence, "ab", "str"),
        (probe.sequence, {1: 2}, "dict"),
    ],
)
def test_a_value_of_another_kind_is_told(take, value, kind):
    with pytest.raises(guard.Wrong) as error:
        take(value, "answer()")
    assert str(error.value).startswith(f"`answer()` cho một giá trị kiểu `{kind}`; bài này cần ")


@pytest.mark.parametrize("take", [probe.array, probe.number, probe.whole, probe.sequence])
def test_no_value_is_told_apart(take):
    with pytest.raises(guard.NoValue, match="thiếu `return`"):
        take(None, "answer()")


def test_numbers_and_sequences_are_taken():
    assert probe.number(numpy.float32(0.5), "answer()") == 0.5
    assert probe.sequence((1, 2), "answer()") == [1, 2]
    with pytest.raises(guard.Wrong, match="không phải một con số hữu hạn"):
        probe.number(math.inf, "answer()")


@pytest.mark.parametrize(
    ("got", "right", "mistaken", "sentence"),
    [
        (2, 2, 3, None),
        (0.50001, 0.5, 0.6, None),
        ([1, "a"], [1, "a"], [], None),
        (numpy.ones(2) + 1e-5, numpy.ones(2), numpy.zeros(2), None),
        (10**9 + 1, 10**9, 3, "cho `1000000001`, cần `1000000000`"),
        (0.4, 0.5, 0.6, "cho `0.4`, cần `0.5`"),
        ([1], [2], [3], r"cho `\[1\]`, cần `\[2\]`"),
        (3, 2, 3, "^Nhầm"),
        (0.60001, 0.5, 0.6, "^Nhầm"),
        ([3], [2], [3], "^Nhầm"),
        (numpy.ones(2), numpy.zeros(2), numpy.ones(2), "^Nhầm"),
        (numpy.zeros(2), numpy.ones(2), numpy.ones(3), "đúng hình dạng nhưng sai giá trị"),
        (numpy.zeros(3), numpy.ones(2), numpy.ones(3), r"hình dạng `\(3,\)`, cần `\(2,\)`"),
    ],
)
def test_values_are_compared(got, right, mistaken, sentence):
    with pytest.raises(guard.Wrong, match=sentence) if sentence else nullcontext():
        probe.compare("answer()", got, right, [(mistaken, "Nhầm.")])


# What a check leaves behind


@every_exercise
def test_a_check_disturbs_neither_random_numbers_nor_names_nor_modes(id):
    def draws():
        return float(np.random.uniform()), float(numpy.random.uniform()), random.random()

    def seed():
        mx_random.seed(7)
        numpy.random.seed(7)
        random.seed(7)

    answer = answer_of(solution(id).code)
    npx.set_np()
    seed()
    expected = draws()
    before = int(re.search(r"\d+", nn.Dense(1).name)[0])
    seed()
    with autograd.record():
        assert check(id, answer).passed
        assert autograd.is_recording()
        assert autograd.is_training()
    if id not in SEEDING:
        assert draws() == expected
    assert nn.Dense(1).name == f"dense{before + 1}"


@pytest.mark.parametrize(("id", "answer"), RIGHT)
def test_checks_work_without_np_mode_and_leave_it_off(id, answer):
    npx.reset_np()
    try:
        assert check(id, answer).passed
        assert not npx.is_np_array()
        assert not npx.is_np_shape()
    finally:
        npx.set_np()


@every_exercise
def test_a_check_says_the_same_again(id):
    section = SECTIONS[id.split("/")[0]]
    for answer, _ in section.WRONG[id]:
        if getattr(answer, "__name__", "") != "the_same_network_again":
            assert check(id, answer) == check(id, answer)


def test_a_stopwatch_is_judged_alike_where_all_takes_longer(monkeypatch):
    slow = types.SimpleNamespace(monotonic=time.monotonic, sleep=lambda s: time.sleep(10 * s))
    monkeypatch.setattr(use_gpu, "time", slow)
    section = SECTIONS["use-gpu"]
    assert check("use-gpu/2", section.by_timer).passed
    for answer in (section.watch_stopped_too_early, section.watch_before_waiting):
        assert not check("use-gpu/2", answer).passed


# Hints, solutions and names


@every_exercise
def test_hints_come_one_by_one_and_end(id, monkeypatch):
    monkeypatch.setattr(exercises, "_hints_given", {})
    texts = EXERCISES[id].hints
    assert len(texts) >= 2
    for number, text in enumerate(texts, 1):
        hints = hint(id)
        assert (
            repr(hints).splitlines()[-1]
            == f"Bài {id.split('/')[1]}, gợi ý {number}/{len(texts)}. {text}"
        )
        assert len(repr(hints).splitlines()) == number
        assert hints._repr_markdown_().split("\n\n") == repr(hints).splitlines()
    for _ in range(2):
        assert "Không còn gợi ý" in repr(hint(id)).splitlines()[-1]
        assert f'd2lutil.solution("{id}")' in repr(hint(id))
        assert len(repr(hint(id)).splitlines()) == len(texts) + 1


@every_exercise
def test_a_solution_shows_code_and_reason(id):
    shown = solution(id)
    assert shown.code.endswith("\n")
    assert repr(shown) == f"{shown.code}\n{shown.reason}"
    assert shown._repr_markdown_() == f"```python\n{shown.code}```\n\n{shown.reason}"


def test_the_code_of_every_solution_is_in_the_style_of_the_course(tmp_path):
    for id in EXERCISES:
        (tmp_path / f"{id.replace('/', '-')}.py").write_text(solution(id).code, "utf-8")
    ruff = Path(sys.executable).with_name("ruff")
    for arguments in (["format", "--diff"], ["check", "--ignore", "D", "--no-cache"]):
        command = [ruff, *arguments, "--config", ROOT / "pyproject.toml", tmp_path]
        run = subprocess.run(command, capture_output=True, text=True)
        assert run.returncode == 0, run.stdout + run.stderr


uses = pytest.mark.parametrize("use", [lambda id: check(id, ...), hint, solution])


@uses
@pytest.mark.parametrize("id", exercises.OPEN)
def test_an_open_exercise_is_told_as_such(use, id):
    with pytest.raises(ValueError, match=f"^'{id}' là bài mở: "):
        use(id)


@uses
@pytest.mark.parametrize("id", ["model-construction/99", "model-construction", "", 3, []])
def test_an_unknown_exercise_is_an_error_that_names_the_known_ones(use, id):
    with pytest.raises(ValueError, match="model-construction/1, model-construction/2") as error:
        use(id)
    assert repr(id) in str(error.value)


def test_ids_are_numbered_within_their_sections():
    counts = Counter(id.split("/")[0] for id in EXERCISES)
    assert list(counts) == list(exercises.SECTIONS)
    assert list(EXERCISES) == [f"{s}/{n}" for s in counts for n in range(1, counts[s] + 1)]
    assert all(count >= 3 for count in counts.values())


def test_every_module_of_exercises_is_a_known_section():
    modules = {
        path.stem
        for path in (ROOT / "d2lutil" / "exercises").glob("*.py")
        if "\nEXERCISES = " in path.read_text("utf-8")
    }
    assert modules == {section.replace("-", "_") for section in exercises.SECTIONS}


def test_hints_and_solutions_can_be_read_without_mxnet():
    program = (
        "import sys; sys.modules['mxnet'] = sys.modules['numpy'] = None\n"
        "from d2lutil.exercises import all_exercises, check, hint, solution\n"
        "for id in all_exercises(): print(hint(id), solution(id), check(id, ...))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.count("Chưa làm") == len(EXERCISES)


def test_texts_are_whole_sentences():
    # Their Vietnamese is checked like that of the notebooks, by authoring.translation.
    for exercise in EXERCISES.values():
        for text in (exercise.praise, exercise.solution.reason, *exercise.hints):
            assert text == text.strip()
            assert text.endswith(".")
            assert text.count("`") % 2 == 0


def test_the_example_of_the_guide_works(monkeypatch):
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    guide = guide[guide.index("\n## Bài tập\n") :]
    checking, trying = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)[:2]
    given, tried = dict(vars(parameters)), {}
    exec(checking, given)
    exec(trying, tried)
    exercise = given["MATRICES"]
    id = exercise.id
    monkeypatch.setitem(EXERCISES, id, exercise)
    monkeypatch.setattr(exercises, "OPEN", ())
    assert tried["PLAIN"] == {id}
    for answer in (answer_of(exercise.solution.code), *tried["RIGHT"][id]):
        assert check(id, answer).message == exercise.praise
    for answer, words in tried["WRONG"][id]:
        assert words in check(id, answer).message


# The notebooks


def checked_in(path):
    """Return {cell id: exercise id} of the cells of a notebook that check an answer."""
    found = {}
    for cell in notebook.read(path).cells:
        if cell.cell_type == "code":
            for id in re.findall(r'\bcheck\("([^"]+)"', cell.source):
                assert cell.source == f'import d2lutil\n\nd2lutil.check("{id}")'
                found[cell.id] = id
    return found


def test_the_notebooks_check_exactly_the_exercises_there_are():
    found = [
        id
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        for id in checked_in(path).values()
    ]
    assert sorted(found) == sorted(EXERCISES)


def test_the_open_exercises_of_the_notebooks_are_known():
    found = [
        f"{section}/{number}"
        for section in exercises.SECTIONS
        for cell in notebook.read(ROOT / "notebooks" / f"{section}_vn.ipynb").cells
        for number in re.findall(r"^### Bài (\d+): .*\(bài mở\)$", cell.source, re.MULTILINE)
    ]
    assert found == list(exercises.OPEN)


def names_of_exercises(section):
    """Return {exercise id: the name in its module, as ids of cells have it}."""
    module = import_module(f"d2lutil.exercises.{section.replace('-', '_')}")
    return {
        value.id: name.lower().replace("_", "-")
        for name, value in vars(module).items()
        if isinstance(value, exercises.Exercise)
    }


@pytest.mark.parametrize("section", exercises.SECTIONS)
def test_a_section_leaves_its_answers_blank_and_says_so(section):
    path = ROOT / "notebooks" / f"{section}_vn.ipynb"
    ids, names = checked_in(path), names_of_exercises(section)
    cells = {cell.id: cell for cell in notebook.read(path).cells}
    assert list(ids.values()) == [id for id in EXERCISES if section_of(id, section)]
    for cell, id in ids.items():
        assert cell == f"ex-{names[id]}-check"
        assert cells[f"ex-{names[id]}-answer"].source.splitlines()[-1] == "answer = ..."
        assert [output.data for output in cells[cell].outputs] == [{"text/plain": "Chưa làm"}]
        title = f"### Bài {id.split('/')[1]}: "
        assert title in cells[f"ex-{names[id]}-text"].source


def test_in_a_real_kernel(tmp_path):
    start = (
        "import signal\n"
        "from d2lutil.exercises import check, hint, solution\n"
        "handler = signal.getsignal(signal.SIGALRM)"
    )
    # The time is up right there, however slow the machine is.
    loop = (
        "def answer(sizes):\n"
        "    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.01)\n"
        "    while True:\n"
        "        print(sizes)\n\n"
        'check("model-construction/5", answer)'
    )
    cells = {
        "start": start,
        "blank": 'check("model-construction/5", ...)',
        "raises": (
            "def answer(sizes):\n    first = sizes[0]\n    return first.units\n\n"
            'check("model-construction/5", answer)'
        ),
        "loops": loop,
        "after": 'print("sống"); signal.getsignal(signal.SIGALRM) == handler',
        "right": (
            'exec(solution("model-construction/5").code)\ncheck("model-construction/5", answer)'
        ),
        "hint": 'hint("model-construction/5")',
    }
    path = write(tmp_path / "a.ipynb", *(code(text, id=id) for id, text in cells.items()))
    execute.execute(path)
    shown = {cell.id: cell.outputs for cell in notebook.read(path).cells}
    assert [output.data for output in shown["blank"]] == [{"text/plain": "Chưa làm"}]
    (raises,) = shown["raises"]
    assert (
        raises.data["text/plain"]
        == raises.data["text/markdown"]
        == (
            "✗ Khi gọi `answer([5])`, mã của bạn báo lỗi `AttributeError: 'int' object has no "
            "attribute 'units'` ở dòng 3: `return first.units`."
        )
    )
    (stopped,) = shown["loops"]
    assert "`answer([5])` chưa chạy xong sau 10 giây" in stopped.data["text/plain"]
    assert [output.get("text") or output.data["text/plain"] for output in shown["after"]] == [
        "sống\n",
        "True",
    ]
    assert shown["right"][0].data["text/plain"].startswith("✓ Đúng! ")
    assert shown["hint"][0].data["text/markdown"].startswith("Bài 5, gợi ý 1/")
