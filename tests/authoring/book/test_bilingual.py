import pytest

from authoring import notebook
from authoring.book.notebook_page import STALE
from authoring.notebook_error import NotebookError
from tests.authoring.book.conftest import page, text


def cell(english, vietnamese):
    return text(vietnamese, english=english)


def test_each_paragraph_stands_beside_its_source(course):
    html = page(course, cell("One.\n\n- two", "Một.\n\n- hai"))
    assert '<div class="pair" id="_text"><p>Một.</p>\n<div class="en" lang="en"><p>One.</p>' in html
    assert html.count('class="pair"') == 2
    assert "<!--" not in html


def test_a_term_is_first_met_where_all_see_it(course):
    term = '[[term]]\nterm = "layer"\nvi = "tầng"\ndefinition = "…"\n'
    (course.notebooks / "glossary.toml").write_text(term)
    fold = "<details>\n<summary>{0}</summary>\n\n{1}\n\n</details>\n\n{1}"
    html = page(course, cell(fold.format("Answer", "Layer."), fold.format("Lời giải", "Tầng.")))
    assert html.count('class="term"') == 1
    assert 'class="term"' in html.split("</details>")[-1]


def test_a_heading_is_one_heading_in_both_languages(course):
    html = page(course, cell("## The `net`", '<a id="sec_x"></a>\n\n## Mạng `net`'))
    assert '<h2 id="sec_x"><span class="vi">Mạng <code>net</code></span>' in html
    assert '<span class="en" lang="en">The <code>net</code></span> <a class="anchor"' in html
    assert (
        'aria-label="Liên kết tới mục “Mạng net”" data-en="Link to the section “The net”"' in html
    )
    assert html.count("<h2") == 1


def test_a_heading_keeps_its_breaks_and_indices_in_both_languages(course):
    html = page(course, cell("## One<br>H<sub>2</sub>O", "## Một<br>H<sub>2</sub>O"))
    assert '<span class="vi">Một<br/>H<sub>2</sub>O</span>' in html
    assert '<span class="en" lang="en">One<br/>H<sub>2</sub>O</span>' in html
    assert ">Một<br/>H<sub>2</sub>O</span>" in html.split("<nav")[1].split("</nav>")[0]
    with pytest.raises(NotebookError, match="<sub> không có </sub>"):
        page(course, cell("## H<sub>2O", "## H<sub>2</sub>O"))


def test_what_is_alike_stands_there_once(course):
    html = page(
        course, cell("$$x^2$$\n\n```python\nx = 1\n```", "$$x^2$$\n\n```python\nx = 1\n```")
    )
    assert 'class="en"' not in html.split('<p class="ways">')[1].split("<pre>")[1]
    assert html.count("<pre>") == 1


def test_a_numbered_formula_stands_there_once(course):
    formula = "$$a = 1.$$"
    html = page(course, cell(f"{formula}\n\nOne.", f'<a id="eq_a"></a>\n\n{formula}\n\nMột.'))
    assert html.count("katex-display") == 1
    assert html.count("(1)") == 1


def test_what_is_folded_is_one_block(course):
    fold = "<details>\n<summary>{}</summary>\n\n{}\n\n{}\n\n</details>"
    html = page(course, cell(fold.format("A", "B", "C"), fold.format("X", "Y", "Z")))
    assert html.count('class="pair"') == 1
    assert html.count("<details>") == 2


def test_halves_of_another_structure_are_still_shown_whole(course):
    html = page(course, cell("One.\n\nTwo.", "Chỉ một."))
    assert "<p>Chỉ một.</p>" in html
    assert '<div class="en" lang="en"><p>One.</p>\n<p>Two.</p>' in html


def test_an_error_in_the_source_is_named_with_its_line(course):
    with pytest.raises(NotebookError, match="khong") as caught:
        page(course, cell("One.\n\n$\\khong$", "Một.\n\n$x$"))
    assert caught.value.line == 4


@pytest.mark.parametrize(("english", "stale"), [("One.", False), ("Once.", True)])
def test_a_stale_translation_is_marked(course, english, stale):
    stamped = cell(english, "Một.")
    stamped.metadata = {"d2l": {"english": notebook.fingerprint("One.")}}
    assert (STALE in page(course, stamped)) == stale


@pytest.mark.parametrize("heading", ["", "## Mục\n\n"])
def test_it_is_marked_before_its_text_and_below_its_heading(course, heading):
    stamped = text(f"{heading}Một.")
    stamped.metadata = {"d2l": {"english": "another"}}
    html = page(course, stamped)
    assert html.index("</h2>" if heading else "</h1>") < html.index(STALE) < html.index("Một.")


def test_a_cell_without_a_stamp_is_not_called_stale(course):
    assert STALE not in page(course, text("Một."))
