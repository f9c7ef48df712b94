import re

import pytest

from authoring.book import term_marks
from authoring.glossary.terms import Term
from authoring.notebook_error import NotebookError
from tests.authoring.book.conftest import page, text

TOML = """
[[term]]
term = "layer"
vi = "tầng"
definition = "Một phép biến đổi & tham số."

[[term]]
term = "hidden layer"
vi = "tầng ẩn"
definition = "Tầng ở giữa."
"""


def test_a_word_that_is_the_same_in_both_languages_is_said_once():
    kept = Term(term="batch", vi="batch", definition="Một nhóm mẫu.")
    assert term_marks.english(kept) == ""


def marked(course, english, vietnamese):
    (course.notebooks / "glossary.toml").write_text(TOML)
    return page(course, text(vietnamese, english=english))


def words(html):
    return re.findall(r'<a class="term"[^>]*>([^<]+)<', html)


def test_the_first_use_leads_to_the_glossary(course):
    html = marked(course, "Two layers, a layer.", "Hai tầng, một tầng.")
    assert words(html) == ["tầng"]
    assert '<a class="term" id="layer-1" href="glossary.html#layer">tầng</a>' in html


def test_the_longest_wording_counts(course):
    html = marked(course, "A hidden layer is a layer.", "Tầng ẩn là một tầng.")
    assert words(html) == ["Tầng ẩn", "tầng"]


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("The third floor.", "Nhà ba tầng."),
        ("`layer` layer", "`tầng`"),
        ("[layer](#tieu-de)", "[tầng](#tieu-de)"),
        ("## Layer", "## Tầng"),
        ("hidden layer", "tầng, ẩn"),
    ],
)
def test_what_is_no_use_of_a_term_stays(course, english, vietnamese):
    assert words(marked(course, english, vietnamese)) == []


def test_a_broken_glossary_stops_the_build(course):
    (course.notebooks / "glossary.toml").write_text("[[term]]\nterm = 'x'\n")
    with pytest.raises(NotebookError, match=r"notebooks/glossary\.toml.*thiếu “vi”"):
        page(course)
