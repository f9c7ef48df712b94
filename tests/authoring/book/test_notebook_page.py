import json
import re

import pytest
from nbformat import v4

from authoring.book.edition import PaperEdition
from authoring.notebook_error import NotebookError
from tests import writing
from tests.authoring.book.conftest import page, text
from tests.authoring.form import page as section


def test_a_page_is_one_article(course):
    html = page(course, text("một\n\nhai"), writing.code("x = 1\n\n\ny = 2"))
    assert html.startswith('<article class="notebook">\n<h1 id="tieu-de">')
    assert html.endswith("</article>")
    assert html.count("article") == 2


def test_contents_name_every_section_without_its_links(course):
    html = page(course, text("## Mục `a` [b](#tieu-de)"), text("### nhỏ"), text("## Hết"))
    contents = html[html.index("<details") : html.index("</details>")]
    assert '<li><a href="#muc-a-b">Mục <code>a</code> b</a></li>' in contents
    assert '<li><a href="#het">Hết</a></li>' in contents
    assert "nhỏ" not in contents


def test_contents_part_the_main_path_from_what_goes_deeper(course):
    # Exercises and questions that nobody has written
    plain = {f"ex-{name}-check": "" for name in "abcd"} | {"questions": ""}
    plain["end"] = section.CELLS["end"].replace("<details>", "<details>\n<summary>Bảng</summary>")
    before = "<li>Một One</li><li>Hai Two</li><li>Lỗi thường gặp Common errors</li>"
    before += "<li>Tóm tắt Summary</li>"
    asked = "Năm câu hỏi nhanh Five quick questions (5\u00a0phút) (5\u00a0minutes)"
    after = "<li>Nếu bạn dùng PyTorch If you use PyTorch</li><li>Thảo luận Discussion</li>"
    after += "<li>Những người thực hiện Contributors</li>"

    def contents(changes):
        html = course.html(section.make(course.notebooks, changes).name)
        return re.sub("</?(?:nav|a|span)[^>]*>", "", re.search("<nav.*?</nav>", html)[0])

    assert contents(plain) == (
        f"<ol><li>Đường chính (30\u00a0phút) Main path (30\u00a0minutes)<ol>{before}</ol></li>"
        f"<li>{asked}</li><li>Đi sâu<ol><li>Sâu (10\u00a0phút) (10\u00a0minutes)</li></ol></li>"
        f"{after}</ol>"
    )
    plain["questions-text"] = ""
    assert contents(plain | {"deep": ""}) == f"<ol>{before}<li>Đi sâu</li>{after}</ol>"


def test_a_page_without_sections_has_no_contents(course):
    assert "<details" not in page(course)
    # Nor does one whose only part is a deeper one.
    lone = '<a id="lone"></a>\n\n### Sâu\n\n*Khoảng 5 phút.* Có.'
    assert "<details" not in page(course, text(lone))


def test_code_is_coloured_and_numbered_as_in_jupyter(course):
    html = page(course, writing.code("import numpy", execution_count=3), writing.code("  "))
    assert (
        '<div class="cell" id="_code" data-count="3"><div class="code"><pre><code><span class="k">'
        in html
    )
    assert html.count('class="cell"') == 1


def test_the_notebook_can_be_downloaded(course):
    assert '<a href="a_vn.ipynb" download="a_vn.ipynb">' in page(course)


@pytest.mark.parametrize("facts", ["", "**Thời gian**: ngắn."])
def test_facts_stand_below_the_title_and_paper_has_no_box_without_them(course, facts):
    path = course.notebooks / "a_vn.ipynb"
    html = course.html(writing.write(path, text(f"# Tiêu đề\n\nMở đầu.\n\n{facts}")).name)
    title, head, rest = re.split(r'(?s)<div class="head">(.*?)</div>', html)
    assert title.endswith("</h1>\n")
    assert ("<strong>Thời gian</strong>: ngắn." in head) == bool(facts)
    assert "Mở đầu" in rest
    made = course.pages()["a_vn.ipynb"]
    on_paper = PaperEdition().article(made.address, made.html)
    assert ('class="head"' in on_paper) == bool(facts)


def test_a_malformed_notebook_is_named(course):
    (course.notebooks / "a_vn.ipynb").write_text("[]")
    with pytest.raises(NotebookError, match=r"^notebooks/a_vn\.ipynb: không phải một notebook"):
        course.html()


def test_a_cell_that_is_not_bilingual_is_named(course):
    with pytest.raises(NotebookError, match=r"notebooks/a_vn\.ipynb, ô 2 \(id mot\).*tiếng Anh"):
        page(course, writing.markdown("Chỉ có tiếng Việt.", id="mot"))


def test_a_raw_cell_is_refused(course):
    with pytest.raises(NotebookError, match="ô kiểu raw"):
        page(course, v4.new_raw_cell("x", id="raw"))


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (text("## Mục"), "tiêu đề “Mục”: trang phải mở đầu bằng đúng một tiêu đề lớn"),
        (text("chữ"), "phải mở đầu bằng đúng một tiêu đề lớn"),
        (writing.code("1", id="code"), "phải mở đầu bằng đúng một tiêu đề lớn"),
    ],
)
def test_a_title_comes_first(course, before, reason):
    writing.write(course.notebooks / "a_vn.ipynb", before, text("# Tiêu đề", id="title"))
    with pytest.raises(NotebookError, match=reason):
        course.html()


def test_characters_that_no_page_may_hold_are_left_out(course):
    path = course.notebooks / "a_vn.ipynb"
    page(course, text("a@b"))
    odd = json.dumps("\x07\x00\ufffe")[1:-1]
    path.write_text(path.read_text().replace("@", odd))
    course.html().encode()
    assert "\x07" not in course.html()


def test_vertical_tabs_part_words(course):
    assert "<p>a b c d</p>" in page(course, text("a\x0bb\x0cc\x85d"))


def test_only_the_first_cell_says_how_long_the_page_takes(course):
    first = text("# Tiêu đề\n\nMở.\n\n**Thời gian: 5 phút**", id="title")
    later = text("## Mục\n\nMột.\n\n**Thời gian chạy** tăng.")
    path = course.notebooks / "a_vn.ipynb"
    html = course.html(writing.write(path, first, later).name)
    assert html.index("Thời gian: 5") < html.index("Mở.")
    assert html.index("Một.") < html.index("Thời gian chạy")
    html = course.html(writing.write(path, text("# Tiêu đề", id="title"), later).name)
    assert html.index("Một.") < html.index("Thời gian chạy")
