import re

import pytest
from nbformat import v4

from authoring.book.edition import PaperEdition
from authoring.notebook_error import NotebookError
from d2lutil import exercises
from tests import writing
from tests.authoring.book.conftest import page, text


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


def test_a_page_knows_what_its_exercises_ask(course):
    fold = "<details>\n<summary>{}</summary>\n\nGấp\n\n</details>"
    asked = "### Bài 1: một\n\nHỏi.\n\n- A\n\n### Không phải bài\n\nKhác."
    opened = f"### Bài 3: ba\n\nBa.\n\n{fold.format('Cần để ý điều gì')}\n\nNữa."
    path = writing.write(
        course.notebooks / "a_vn.ipynb",
        text("# Tiêu đề", id="title"),
        text(asked, english="### Exercise 1\n\nAsk."),
        text("### Bài 2: hai\n\nHai.", id="two"),
        writing.code("hỏng", id="given"),
        writing.code('import d2lutil\n\nd2lutil.check("index/2")', id="check"),
        text(f"Sau.\n\n{opened}\n\n{fold.format('Nguồn')}", id="three"),
    )
    made = course.pages()[path.name]
    titles = [made.headings[exercise.under].title for exercise in made.exercises]
    assert titles == ["Bài 1: một", "Bài 2: hai", "Bài 3: ba"]
    shown = [PaperEdition().fill(made.address, exercise.html) for exercise in made.exercises]
    assert [re.sub(r"<[^>]+>|\s+", "", html) for html in shown] == ["Hỏi.A", "Hai.hỏng", "Ba."]
    asides = [(aside.kind, made.headings[aside.under].title) for aside in made.asides]
    assert asides == [("hint", "Bài 2: hai"), ("solution", "Bài 2: hai"), ("solution", "Bài 3: ba")]


def test_an_unknown_exercise_is_named(course):
    with pytest.raises(NotebookError, match="không có bài tập “khong/1”"):
        page(course, writing.code('import d2lutil\n\nd2lutil.check("khong/1")'))
