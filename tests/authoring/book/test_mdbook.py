"""Chapters as SUMMARY.md lists them: numbers, names of any kind, and what would be lost."""

import re
from urllib.parse import quote

import pytest

from tests import writing
from tests.authoring.book.conftest import text

LISTS = [
    "- [A](a.ipynb)\n- [B](b.ipynb)\n- [C](c.ipynb)\n",
    "# Mục lục\n\n[A](a.ipynb)\n\n- [B](b.ipynb)\n\n---\n\n[C](c.ipynb)\n",
    "- [A](a.ipynb)\n  - [B](b.ipynb)\n    - [C](c.ipynb)\n",
]


@pytest.mark.parametrize("listed", LISTS)
def test_pages_have_the_numbers_of_the_menu(course, listed):
    for name in "abc":
        writing.write(course.notebooks / f"{name}.ipynb", text(f"# {name}"))
    (course.notebooks / "SUMMARY.md").write_text(listed)
    menu = course.built()["index.html"].decode().split("</nav>")[0]
    told = re.findall(r'<li><a href="(\w+)\.html"[^>]*>(?:<span>([\d.]+)\.</span> )?', menu)
    assert [name for name, _ in told] == ["a", "b", "c"]
    for name, number in told:
        html = course.site()[f"{name}.html"].decode()
        shown = re.findall(r'<h1 id="\w+"><span class="number">([\d.]+)</span>', html)
        assert shown == [number] * bool(number)


def test_parts_of_the_book_stand_in_the_menu(course):
    course.add("a.ipynb")
    course.append("\n# Phần hai & ba\n\n")
    course.add("b.ipynb")
    menu = course.built()["index.html"].decode().split("</nav>")[0]
    part = menu.index('<li class="part" lang="vi">Phần hai &amp; ba</li>')
    assert menu.index("a.html") < part < menu.index("b.html")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("tầng và khối.ipynb", "tang-va-khoi"),
        ("Đo 50% & hơn.ipynb", "Do-50-hon"),
        ("a#b?c.ipynb", "a-b-c"),
        ("機械.ipynb", r"\w{8}"),
    ],
)
def test_chapters_may_be_called_anything(course, name, address):
    course.add("a.ipynb", text(f"# A\n\n[sang]({quote(name)}#sec_b)"))
    writing.write(course.notebooks / name, text('<a id="sec_b"></a>\n\n# B\n\n[về](a.ipynb)'))
    course.append(f"- [B](<{name}>)\n")
    site = course.built()
    (page,) = [n for n in site if re.fullmatch(f"{address}\\.html", n)]
    assert page.replace(".html", ".ipynb") in site
    assert f'<a href="{page}#sec_b">sang</a>'.encode() in site["a.html"]
    assert f'<a href="{page}"'.encode() in site["a.html"]
    assert f'download="{name.replace("&", "&amp;")}"'.encode() in site[page]
    assert f'<h1 id="{page}:sec_b">'.encode() in site["print.html"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("404.ipynb", "sẽ mất: trang 404.html đã dành cho một trang có sẵn của sách"),
        ("print.ipynb", "trang print.html đã dành cho một trang có sẵn của sách"),
        ("index.ipynb", "trang index.html đã dành cho một trang có sẵn của sách"),
        ("nav.ipynb", "trang nav.html đã dành cho một trang có sẵn của sách"),
        ("glossary.ipynb", "trang glossary.html đã dành cho một trang có sẵn của sách"),
        ("A.ipynb", "trang A.html đã dành cho a.ipynb"),
        ("á.ipynb", "trang a.html đã dành cho a.ipynb"),
        ("../x.ipynb", "nằm ngoài thư mục notebooks"),
    ],
)
def test_a_chapter_that_would_be_lost_is_refused(course, name, reason):
    course.add("a.ipynb")
    course.add(name)
    said = course.refusal()
    assert f"✗ SUMMARY.md: {name}" in said
    assert reason in said


def test_the_first_chapter_may_be_the_sites_first_page(course):
    course.add("index.ipynb", text("# Mở"))
    course.add("b.ipynb")
    assert b"M\xe1\xbb\x9f" in course.built()["index.html"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("- [X](x.md)", "x.md"),
        ("- [X]()", "SUMMARY.md: “X” phải dẫn tới một tệp .ipynb, không phải chỗ trống"),
        ("- X", "SUMMARY.md"),
    ],
)
def test_any_other_line_is_refused(course, line, reason):
    course.add("a.ipynb")
    course.append(f"\n{line}\n")
    assert reason in course.refusal()


def test_a_book_without_chapters_is_refused(course):
    (course.notebooks / "SUMMARY.md").write_text("# Mục lục\n")
    assert "SUMMARY.md: không kê notebook nào" in course.refusal()


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ("{a}\n## Phần nhỏ\n\n{b}", "dòng “## Phần nhỏ”"),
        ("{a}\n# [B](b.ipynb)\n", "dòng “# [B](b.ipynb)”"),
        ("{a}\nLời dẫn.\n", "dòng “Lời dẫn.”"),
        ("[A](a.ipynb) và [B](b.ipynb)\n", "dòng “[A](a.ipynb) và [B](b.ipynb)”"),
        ("# Mục lục\n\n{a}\n# Phần rỗng\n", "có 1 phần, nhưng chỉ 0 phần"),
        ("# Mục lục\n\n# Rỗng\n# Phần\n\n{a}", "có 2 phần, nhưng chỉ 1 phần"),
        ("# Phần một\n\n{a}\n# Phần hai\n\n{b}", "có 2 phần, nhưng chỉ 1 phần"),
        ("# Mục lục\n\n{a}\n# Hai\x03\n{b}", "ký tự điều khiển U+0003"),
    ],
)
def test_what_mdbook_or_the_book_would_drop_of_the_list_is_refused(course, listed, reason):
    for name in "ab":
        writing.write(course.notebooks / f"{name}.ipynb", text(f"# {name}"))
    lines = {name: f"- [{name}]({name}.ipynb)\n" for name in "ab"}
    (course.notebooks / "SUMMARY.md").write_text(listed.format(**lines), encoding="utf-8")
    said = course.refusal()
    assert said.startswith("✗ SUMMARY.md: ")
    assert reason in said


def test_control_characters_in_the_books_title_are_refused(course):
    course.add("a.ipynb")
    config = course.root / "book.toml"
    config.write_text(config.read_text("utf-8").replace('title = "', r'title = "\u0003'), "utf-8")
    assert course.refusal() == "✗ book.toml: có ký tự điều khiển U+0003\n"


def test_a_chapter_that_mdbook_passes_over_is_missed(course):
    writing.write(course.notebooks / "b.ipynb", text("# b"))
    course.add("a.ipynb")
    course.append("\n# Phần\n\n[B](b.ipynb)\n")
    assert "có 2 liên kết tới notebook, nhưng mdBook chỉ nhận 1: mỗi" in course.refusal()
