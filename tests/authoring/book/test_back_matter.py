import re

import pytest

from authoring.book import back_matter
from authoring.book.edition import PaperEdition
from tests import writing
from tests.authoring.book.conftest import text

CHECK = 'import d2lutil\n\nd2lutil.check("index/2")'
ANSWER = "<details>\n<summary>Câu trả lời</summary>\n\n**Chốt** $x$\n\n</details>"


@pytest.fixture
def pages(course):
    course.add("a_vn.ipynb", text("# Một\n\n## Phần\n\n### Bài 2: mở\n\nNghĩ đi.\n\n" + ANSWER))
    course.add("b_vn.ipynb", text("# Hai\n\n### Bài 1: xét"), writing.code(CHECK, id="check"))
    course.add("c_vn.ipynb", text("# Ba"))
    return [page for name, page in course.pages(numbered=True).items() if name]


def test_hints_come_first_then_solutions_by_page(pages):
    hints, solutions = back_matter.make(pages, PaperEdition())
    assert [heading.text for heading in hints.headings] == ["Gợi ý"]
    titles = [heading.text for heading in solutions.headings]
    assert titles == ["Lời giải", "1 Một", "2 Hai"]
    assert "<details" not in hints.html + solutions.html
    assert '<p class="name">Gợi ý 1</p>' in hints.html
    # What a fold is called is said where that says something.
    assert '<p class="name">Câu trả lời</p>' in solutions.html
    assert '<p class="name">Lời giải</p>' not in solutions.html


def test_answers_below_one_heading_are_one_entry_and_told_apart(course):
    check = writing.code(CHECK, id="check")
    course.add("a_vn.ipynb", text("# Một\n\n### Bài 1: xét", id="title"), check, text(ANSWER))
    _, solutions = back_matter.make(list(course.pages().values()), PaperEdition())
    names = re.findall("<h3>|<p class=.name.>([^<]*)<", solutions.html)
    assert names == ["", "Lời giải", "Câu trả lời"]
    anchors = re.findall('<div id="([^"]*)"', solutions.html)
    assert anchors == ["aside:a_vn.html:1", "aside:a_vn.html:2"]


def test_without_solutions_there_are_only_hints(pages):
    (hints,) = back_matter.make(pages, PaperEdition(solutions=False))
    assert hints.address == "hint"


def test_pages_without_exercises_have_no_end(pages):
    assert list(back_matter.make(pages[2:], PaperEdition())) == []


def test_exercise_and_solution_lead_to_each_other(pages):
    paper = PaperEdition({"aside:a_vn.html:0": 9, "a_vn.html:bai-2-mo": 4})
    solutions = list(back_matter.make(pages, paper))[1]
    end = paper.article(solutions.address, solutions.html)
    assert '<div id="aside:a_vn.html:0"><h3><a href="#a_vn.html:bai-2-mo">' in end
    assert "(trang\u00a04)" in end
    page = paper.article(pages[0].address, pages[0].html)
    link = '<a href="#aside:a_vn.html:0">Lời giải: trang\u00a09</a>'
    assert f'<p class="aside">{link}</p>' in page
