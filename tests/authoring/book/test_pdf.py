import re

import pytest
from nbformat import v4
from pypdf import PdfReader

from authoring.book import MADE
from d2lutil import exercises
from tests import writing
from tests.authoring.book.browsing import needs_chromium
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_pictures import svg

NAME = MADE["pdf"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("pdf") / "course")
    long = [text(f"## Phần {number}\n\n{'chữ ' * 900}") for number in range(1, 4)]
    fold = text("<details>\n<summary>Mở ra</summary>\n\nĐáp án ở đây\n\n</details>")
    course.add("a_vn.ipynb", text("# Chương một\n\n`mã` $\\mathbb{R}$"), *long, fold)
    course.add("b_vn.ipynb", text("# Chương hai\n\n[về](a_vn.ipynb#phan-3)"))
    return course


def made(course: Course) -> bytes:
    done = course.build("pdf")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"✓ book/{NAME}\n"
    return (course.root / "book" / NAME).read_bytes()


@needs_chromium
def test_a_pdf_with_cover_contents_numbers_and_outline(course):
    data = made(course)
    book = PdfReader(course.root / "book" / NAME)
    # Without spaces: pypdf sees one wherever the font changes.
    pages = ["".join(page.extract_text().split()) for page in book.pages]
    for page in book.pages:
        assert [round(side / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    assert pages[0].startswith("TínhtoánHọcsâu")
    assert not re.search(r"\d", pages[0])
    assert "Mụclục" in pages[1]
    for number, page in enumerate(pages[1:], 2):
        assert page.startswith(str(number)) or page.endswith(str(number)), page
        assert len(page) > len(str(number)), f"page {number} is empty"
    # The contents tell the page on which each heading really stands.
    contents = book.pages[1].extract_text().replace(" ", "")
    for title in ("Chươngmột", "Phần1", "Phần3", "Chươnghai"):
        told = re.search(rf"{title}(\d+)$", contents, re.MULTILINE)
        assert title in pages[int(told[1]) - 1]
    assert "Đápánởđây" in "".join(pages)
    fonts = {
        font.get_object()["/BaseFont"].partition("+")[2]
        for page in book.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {"SourceSerif4-Regular", "IBMPlexMono-Regular", "KaTeX_AMS-Regular"} < fonts
    titles = [
        mark.title
        for group in book.outline
        for mark in (group if isinstance(group, list) else [group])
    ]
    assert titles == ["1 Chương một", "1.1 Phần 1", "1.2 Phần 2", "1.3 Phần 3", "2 Chương hai"]
    assert book.metadata.title == "Tính toán Học sâu"
    assert book.root_object["/Lang"] == "vi"
    assert book.root_object["/MarkInfo"]["/Marked"]
    assert made(course) == data


def test_without_a_browser_the_way_out_is_told(course, tmp_path):
    done = course.build("pdf", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "cần Chromium hay Chrome" in done.stderr


@needs_chromium
def test_what_is_larger_than_the_paper_shrinks_and_nothing_is_cut(tmp_path):
    course = Course(tmp_path / "course")
    ends = '<text y="30">ĐẦU</text><text y="2990">CUỐI</text>'
    (course.notebooks / "cao.svg").write_text(svg(ends, 'width="600" height="3000"'))
    row = "| " + " | ".join(f"`name_of_column_{n}`" for n in range(12)) + " |"
    rule = "|---" * 12 + "|"
    sum_ = " + ".join(f"x_{{{n}}} y_{{{n}}} z_{{{n}}}" for n in range(30))
    wide = {
        "text/html": "<table><tr>" + "<td>một_ô_rất_dài_không_ngắt</td>" * 9 + "</tr></table>",
        "text/plain": "x",
    }
    word = "dài" * 60
    course.add(
        "a_vn.ipynb",
        text(f"# Rộng {word}"),
        text(f"{row}\n{rule}\n{row}\n\n$$\n{sum_} = q\n$$", id="wide"),
        text(f"## Mục ${sum_}$\n\nBình thường.\n\n- Với ${sum_}$", id="inline"),
        text(rf"Chữ $\text{{{word}}}$ hết." + "\n\n![cao](cao.svg)", id="words"),
        writing.code("x", outputs=[v4.new_output("display_data", data=wide)]),
    )
    made(course)
    book = PdfReader(course.root / "book" / NAME)
    edges, sizes = [], {}
    for page in book.pages:
        width = float(page.mediabox.width)

        def visit(text, matrix, inner, _, size, width=width):
            if text.strip():
                edges.append((inner[4] * matrix[0] + matrix[4]) / width)
                sizes[text.strip()] = size * inner[0] * matrix[0]

        page.extract_text(visitor_text=visit)
    assert min(edges) >= 0
    # Where runs of text start: the last column's, and the end of the formula.
    assert max(edges) < 0.9
    fonts = [font.get_object() for font in book.pages[1]["/Resources"]["/Font"].values()]
    assert any("KaTeX" in font["/BaseFont"] for font in fonts)  # in the contents too
    # What fits is as large as ever.
    assert round(sizes["Bình th"], 1) == 10.5
    assert sizes["Ch"] < sizes["Bình th"]
    pages = ["".join(page.extract_text().split()) for page in book.pages]
    shown = "".join(pages)
    assert "name_of_column_11" in shown
    assert shown.count("một_ô_rất_dài_không_ngắt") == 9
    assert [("ĐẦU" in page, "CUỐI" in page) for page in pages].count((True, True)) == 1


@needs_chromium
def test_a_book_in_parts_without_author_and_description(tmp_path):
    course = Course(tmp_path / "course")
    course.add("a_vn.ipynb", text("# Mở"))
    course.append("\n# Phần hai\n\n")
    deeper = '## Đi sâu\n\n<a id="deep"></a>\n\n### Sâu\n\n*Khoảng 5 phút.* Có.'
    course.add("b_vn.ipynb", text(f'# Kết\n\n<a id="mục-50%"></a>\n\n## Mục\n\n{deeper}'))
    config = course.root / "book.toml"
    whole = config.read_text()
    config.write_text(re.sub(r"(?m)^(description|authors) = .*\n", "", whole))
    made(course)
    book = PdfReader(course.root / "book" / NAME)
    first, part, inside = book.outline
    assert (first.title, part.title) == ("1 Mở", "Phần hai")
    page, (first, second, below) = inside
    assert [page.title, first.title, second.title] == ["2 Kết", "2.1 Mục", "2.2 Đi sâu"]
    assert [mark.title for mark in below] == ["Sâu"]


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """A course with an exercise that is checked, and an open one with the authors' answer."""
    course = Course(tmp_path_factory.mktemp("practice") / "course")
    answer = "<details>\n<summary>Câu trả lời của chúng tôi</summary>\n\nChốt lại\n\n</details>"
    course.add(
        "a_vn.ipynb",
        text("# Một"),
        text("### Bài 2: mở\n\nNghĩ đi." + f"\n\n{answer}\n\nSau đó.", id="open"),
        text("### Bài 1: đóng\n\nViết đi.", id="closed"),
        writing.code("answer = ...", id="answer"),
        writing.code('import d2lutil\n\nd2lutil.check("index/2")', id="check"),
    )
    course.add("b_vn.ipynb", text("# Hai\n\n### Bài 1: nữa\n\nLàm đi.\n\n" + answer))
    return course


def leads(book: PdfReader) -> dict[int, list[int]]:
    """To which sheets the links of each sheet lead."""
    found: dict[int, list[int]] = {}
    for number, page in enumerate(book.pages, 1):
        for link in page.get("/Annots", []):
            place = book.named_destinations[str(link.get_object()["/Dest"])]
            found.setdefault(number, []).append(book.get_destination_page_number(place) + 1)
    return found


@needs_chromium
def test_hints_and_solutions_stand_at_the_end_and_not_under_the_exercise(practice):
    data = made(practice)
    book = PdfReader(practice.root / "book" / NAME)
    pages = ["".join(page.extract_text().split()) for page in book.pages]
    marks = {mark.title: book.get_destination_page_number(mark) for mark in tops(book)}
    hints, solutions = marks["Gợi ý"], marks["Lời giải"]
    assert 0 < marks["1 Một"] < marks["2 Hai"] < hints < solutions
    exercise = exercises.all_exercises()["index/2"]
    first = "".join(pages[:hints])
    assert "Gợiý1" not in first
    assert "W1,b1" not in first
    assert "Chốtlại" not in first
    assert "Sauđó." in first
    assert all(f"Gợiý{n}" in pages[hints] for n in range(1, len(exercise.hints) + 1))
    assert "W1,b1" not in pages[hints]
    assert "W1,b1" in pages[solutions]
    assert pages[solutions].count("Chốtlại") == 2
    # In the order of the page, each under its exercise.
    assert pages[solutions].index("Chốtlại") < pages[solutions].index("W1,b1")
    # Both ways, in words and as links.
    asked = marks["1 Một"]
    assert f"Gợiý:trang{hints + 1}" in pages[asked]
    assert pages[asked].count(f"Lờigiải:trang{solutions + 1}") == 2
    assert f"Bài1:đóng(trang{asked + 1})" in pages[hints]
    assert sorted(set(leads(book)[asked + 1])) == [hints + 1, solutions + 1]
    assert leads(book)[solutions + 1] == [asked + 1, asked + 1, marks["2 Hai"] + 1]
    assert made(practice) == data


def tops(book: PdfReader) -> list:
    return [mark for mark in book.outline if not isinstance(mark, list)]


@needs_chromium
def test_a_teacher_prints_the_book_without_its_solutions(practice):
    done = practice.build("pdf", "solutions=no")
    assert (done.returncode, done.stderr) == (0, "")
    name = "tinh-toan-hoc-sau-khong-loi-giai.pdf"
    assert done.stdout == f"✓ book/{name}\n"
    book = PdfReader(practice.root / "book" / name)
    assert book.metadata.title == "Tính toán Học sâu (không kèm lời giải)"
    assert [mark.title for mark in tops(book)] == ["1 Một", "2 Hai", "Gợi ý"]
    shown = "".join("".join(page.extract_text().split()) for page in book.pages)
    assert "Gợiý1" in shown
    for gone in ("Lờigiải", "W1,b1", "Chốtlại", "Câutrảlời"):
        assert gone not in shown
