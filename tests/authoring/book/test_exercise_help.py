import pytest
from nbformat import v4

from authoring.notebook import NotebookError
from d2lutil import exercises
from tests import writing
from tests.authoring.book.conftest import page


@pytest.mark.parametrize("id", exercises.all_exercises())
def test_a_check_becomes_folded_hints_and_solution(course, id):
    html = page(
        course,
        writing.code("answer = ...", id="answer"),
        writing.code(f'import d2lutil\n\nd2lutil.check("{id}")', id="check"),
    )
    exercise = exercises.all_exercises()[id]
    assert html.count('<summary><span class="vi">Gợi ý') == len(exercise.hints)
    assert html.count('<summary><span class="vi">Lời giải</span>') == 1
    assert "answer = ..." not in html.split(">Lời giải<")[0]
    assert "d2lutil.check" not in html.split(">Lời giải<")[0]


def test_what_a_blank_answer_gave_is_shown(course):
    result = v4.new_output("stream", name="stderr", text="cảnh báo")
    assert "cảnh báo" in page(course, writing.code("answer = ...", outputs=[result]))


def test_a_page_has_no_progress_of_its_own(course):
    told = v4.new_output("stream", name="stdout", text="Đã giải 0/5 bài của mục.")
    show = writing.code('import d2lutil\n\nd2lutil.show_progress("parameters")', outputs=[told])
    other = writing.code('import d2lutil\n\nd2lutil.show_progress("parameters")\n1')
    html = page(course, show, other)
    assert "Đã giải" not in html
    assert html.count("show_progress") == 1


def test_an_unknown_exercise_is_named(course):
    with pytest.raises(NotebookError, match="không có bài tập “khong/1”"):
        page(course, writing.code('import d2lutil\n\nd2lutil.check("khong/1")'))
