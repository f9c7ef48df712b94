import re

import pytest
from nbformat import v4

from authoring.book.numbering import Label, quoted
from authoring.notebook_error import NotebookError
from tests import writing
from tests.authoring.book.conftest import page, text
from tests.authoring.book.test_pictures import svg

TABLE = "| a |\n|---|\n| b |"
PICTURE = "![hình](img/a.svg)"


def numbered(course, *chapters):
    """The pages of chapters 1, 2, … made of these cells."""
    names = [f"{letter}_vn.ipynb" for letter in "abc"[: len(chapters)]]
    for name, cells in zip(names, chapters, strict=True):
        writing.write(course.notebooks / name, *cells)
    return [course.html(name, numbered=True) for name in names]


@pytest.fixture
def pages(course):
    """Write the second of two chapters and return the HTML of both."""
    (course.notebooks / "img").mkdir()
    (course.notebooks / "img/a.svg").write_text(svg())

    def build(*cells: str) -> list[str]:
        first = text('<a id="sec_a"></a>\n\n# Đầu\n\n## Mở\n\n$$x$$')
        second = [text("# Sau", id="title"), *(text(cell, id="t") for cell in cells)]
        return numbered(course, [first], second)

    return build


def numbers(html: str) -> list[str]:
    main = html[html.index("</details>") if "</details>" in html else 0 :]
    return re.findall(r'<span class="number">([^<]+)</span>', main)


def test_sections_figures_tables_and_formulas_are_numbered(pages):
    cell = f"## Một\n\n### Nhỏ\n\n{PICTURE}\n\n{TABLE}\n\n## Hai\n\n$$y$$\n\n{PICTURE}\n\n$$z$$"
    first, second = pages(cell)
    assert '<h1 id="sec_a"><span class="number">1</span> ' in first
    assert '<span class="number">(1.1)</span>' in first
    assert '<h1 id="sau"><span class="number">2</span> ' in second
    assert '<li><a href="#mot"><span class="number">2.1</span> ' in second
    vietnamese = [n for n in numbers(second) if not re.match(r"Fig|Tab", n)]
    assert vietnamese == ["2.1", "Hình 2.1", "Bảng 2.1", "2.2", "(2.1)", "Hình 2.2", "(2.2)"]
    assert '<h3 id="nho">Nhỏ' in second


def test_a_page_without_a_number_has_numbered_figures_but_no_numbered_sections(course):
    course.notebooks.joinpath("img").mkdir()
    course.notebooks.joinpath("img/a.svg").write_text(svg())
    first = text(f"## Mục\n\n{PICTURE}\n\n[Hình 1](#fig_b)")
    with pytest.raises(NotebookError, match="ở đó là Hình 2"):
        page(course, first, text(f'<a id="fig_b"></a>\n\n{PICTURE}', id="b"))
    html = page(course, text(f"## Mục\n\n{PICTURE}\n\n$$x$$"))
    assert numbers(html) == ["Hình 1", "(1)"]


def test_both_languages_say_the_same_number(course, pages):
    english = "## One\n\n![figure](img/a.svg)\n\n| x |\n|---|\n| y |"
    cell = text(f"## Một\n\n{PICTURE}\n\n{TABLE}", english=english)
    (html,) = numbered(course, [text("# A"), cell])
    assert numbers(html)[1:] == ["Hình 1.1", "Figure 1.1", "Bảng 1.1", "Table 1.1"]


def test_right_references_stay_as_they_are(pages):
    _, html = pages(
        f'<a id="fig_b"></a>\n\n{PICTURE}\n\n<a id="tab_b"></a>\n\n{TABLE}\n\n'
        '<a id="eq_b"></a>\n\n$$y$$\n\n## Một\n\n<a id="in_b"></a>\n\nChỗ này.',
        "[Hình 2.1](#fig_b), [Bảng 2.1](#tab_b), [công thức (2.1)](#eq_b), [Mục 2.1](#mot), "
        "[Mục 2](b_vn.ipynb), [Mục 2](#mot), [Mục 2.1](#in_b), [Mục 1](a_vn.ipynb#sec_a), "
        "[Mục 1.1 ở đó](a_vn.ipynb#mo), [hình](#fig_b), [Mục 9.9 của họ](https://a.example/), "
        "và Mục 1.1, Hình 2.1, công thức (1.1), Bảng 2.1, `Mục 9.9`, Python 3.11.",
    )
    assert '<figure id="fig_b">' in html
    assert '<div class="scroll" id="tab_b">' in html
    assert '<div class="formula" id="eq_b">' in html


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("[Hình 2.2](#fig_b)", "“Hình 2.2” dẫn tới #fig_b, nhưng ở đó là Hình 2.1"),
        ("[Bảng 2.1](#fig_b)", "ở đó là Hình 2.1"),
        ("[công thức (2.2)](#eq_b)", "ở đó là Công thức (2.1)"),
        ("[Mục 2.2](#mot)", "ở đó là Mục 2.1"),
        ("[Mục 1](#mot)", "ở đó là Mục 2.1"),
        ("[Mục 2](a_vn.ipynb#sec_a)", "ở đó là Mục 1"),
        ("[Mục 2.11](#mot)", "ở đó là Mục 2.1"),
        ("[Mục 1](b_vn.ipynb)", "ở đó là Mục 2"),
        ("[Hình 2.1](#khong-co)", "không có neo “khong-co”"),
        ("[đây](#mot), [Hình 2.2](#fig_b)", "“Hình 2.2” dẫn tới #fig_b"),
        ("xem Hình 2.2", "“Hình 2.2”: sách không có số này"),
        ("xem Mục 1.2", "“Mục 1.2”: sách không có số này"),
        ("ở Mục 3", "“Mục 3”: sách không có số này"),
        ("Section 5 of [a paper](https://a.example)", "số của một tài liệu khác thì viết vào"),
        ("theo công thức (1.2)", "“Công thức (1.2)”: sách không có số này"),
    ],
)
def test_a_wrong_number_stops_the_build(pages, reference, reason):
    with pytest.raises(NotebookError) as caught:
        pages(
            f'<a id="fig_b"></a>\n\n{PICTURE}\n\n<a id="eq_b"></a>\n\n$$y$$\n\n## Một',
            f"Trước.\n\n{reference}",
        )
    message = str(caught.value)
    assert reason in message
    assert "notebooks/b_vn.ipynb, ô 3 (id t-3), dòng 7" in message


def test_a_label_is_taken_only_once(pages):
    with pytest.raises(NotebookError, match="neo “x” đã có"):
        pages(f'<a id="x"></a>\n\n{PICTURE}\n\n<a id="x"></a>\n\n$$y$$')


def test_outputs_are_not_numbered(course):
    data = {"text/markdown": TABLE, "text/plain": "x"}
    output = writing.code("x", outputs=[v4.new_output("display_data", data=data)])
    html = page(course, output)
    assert "<table>" in html
    assert numbers(html) == []


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ("Mục 2 và Mục 3.1", [("Mục", "2"), ("Mục", "3.1")]),
        ("Section 2, Figure 1.2.", [("Mục", "2"), ("Hình", "1.2")]),
        ("công thức (4.3), Formula (4.4)", [("Công thức", "4.3"), ("Công thức", "4.4")]),
        ("hình 32 nhân 32, hai mục 1, công thức 2, Bảng a, Bảng 3x, khối 4", []),
    ],
)
def test_what_counts_as_a_reference(written, labels):
    assert list(quoted(written)) == [Label(*label) for label in labels]
