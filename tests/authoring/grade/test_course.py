from authoring.grade.course import Cell, Section, exercise_of
from d2lutil.exercises import all_exercises
from tests.authoring.grade.conftest import SOLUTIONS

LESSON = Section(
    "x",
    (
        Cell("setup", "from mxnet import np"),
        Cell("net", "net = make()"),
        Cell("helper", "def shaped(x):\n    return base + x"),
        Cell("base", "base = 3"),
        Cell("init", "net.initialize()"),
        Cell("train", "for i in range(10**9):\n    other = i"),
        Cell("ex-a-answer", "answer = ..."),
        Cell("later", "base = 4"),
        Cell("ex-b-answer", "answer = ..."),
    ),
    {"ex-a-answer": "x/1", "ex-b-answer": "x/2"},
)


def needed(**answers):
    return [cell.id for cell in LESSON.needed({f"ex-{id}-answer": s for id, s in answers.items()})]


def test_an_answer_stands_on_what_it_names_and_on_what_that_stands_on():
    assert needed(a="answer = lambda x: np.ones(x)") == ["setup"]
    assert needed(a="answer = lambda x: shaped(x)") == ["setup", "helper", "base"]
    assert needed(a="answer = net") == ["setup", "net", "init"]
    assert needed(a="def answer(net):\n    return net") == ["setup"]
    assert needed(b="answer = base") == ["setup", "helper", "base", "later"]


def test_a_cell_that_is_no_plain_python_keeps_all_that_it_names():
    assert needed(a="%timeit shaped(net)") == ["setup", "net", "helper", "base", "init"]


def test_every_exercise_has_its_answer_cell(sections):
    asked = [id for section in sections.values() for id in section.exercises.values()]
    assert asked == list(all_exercises())
    for section in sections.values():
        assert all(section.given(id).rstrip().endswith("answer = ...") for id in section.exercises)


def test_solutions_need_no_training_of_the_lesson(sections):
    for section in sections.values():
        sources = {id: SOLUTIONS[exercise] for id, exercise in section.exercises.items()}
        assert len(section.needed(sources)) < 10, section.name


def test_only_a_check_names_an_exercise():
    assert exercise_of('import d2lutil\n\nd2lutil.check("index/1")') == "index/1"
    assert exercise_of("d2lutil.check(id)") is None
