"""A page printed from the browser: nothing is cut, what is folded comes as the reader chose."""

import io

import pytest
from nbformat import v4
from pypdf import PdfReader

from tests import writing
from tests.authoring.book.browsing import NARROW, WIDE, reading, served
from tests.authoring.book.conftest import Course, text

WORD = "dài" * 60
SUM = "+".join(f"x_{{{n}}}" for n in range(9))
ROW = "<tr>" + "<td>một_ô_rất_dài_không_ngắt</td>" * 9 + "<td>ô_cuối</td></tr>"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("paper") / "course")
    table = {"text/html": f"<table>{ROW}</table>", "text/plain": "x"}
    line = f"{'rộng ' * 60}{WORD}hết_dòng"
    columns = " | ".join(f"`name_of_column_{n}`" for n in range(12))
    tall = "\n".join(f"hàng {n}" for n in range(90))
    course.add(
        "a_vn.ipynb",
        text("# Trang in"),
        writing.code(f"# {line}_mã", outputs=[v4.new_output("stream", name="stdout", text=line)]),
        writing.code("x", outputs=[v4.new_output("display_data", data=table)]),
        writing.code("y", outputs=[v4.new_output("stream", name="stdout", text=tall)]),
        text(f"| {columns} |\n{'|---' * 12}|\n| {columns} |", id="table"),
        text(f"$$\\boxed{{{SUM}+{SUM}+{SUM}=q}}$$", id="formula"),
        text(
            f"<details>\n<summary>Lời giải</summary>\n\nBình thường: đáp án ở đây\n\n"
            f"| {columns.replace('name', 'fold')} |\n{'|---' * 12}|\n\n</details>",
            id="fold",
        ),
        text("Bạn đoán gì?", id="asks"),
        writing.code("z", outputs=[v4.new_output("stream", name="stdout", text="kết_quả_ra")]),
    )
    course.built()
    with served(course.root / "book/html") as url:
        yield f"{url}/a_vn.html"


def printed(page) -> PdfReader:
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


def words(paper: PdfReader) -> str:
    """What stands on paper, without spaces: pypdf sees one wherever the font changes."""
    return "".join("".join(page.extract_text().split()) for page in paper.pages)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("choice", [{}, {"text": "largest", "width": "wide", "theme": "dark"}])
def test_everything_stands_on_the_paper(browser, address, viewport, choice):
    with reading(browser, address, viewport=viewport) as page:
        for name, value in choice.items():
            page.evaluate("([name, value]) => memory.set(name, value)", [name, value])
        page.reload()
        paper = printed(page)
    edges, sizes = {}, {}
    for sheet in paper.pages:
        assert [round(side / 72 * 25.4) for side in sheet.mediabox[2:]] == [210, 297]

        def visit(said, matrix, inner, _, size, width=float(sheet.mediabox.width)):
            if said.strip():
                edges[said.strip()] = (inner[4] * matrix[0] + matrix[4]) / width
                sizes[said.strip()] = size * inner[0] * matrix[0]

        sheet.extract_text(visitor_text=visit)
    # Where runs of text start, the last column's among them: within margins of 2 cm.
    assert min(edges.values()) > 0.09
    assert max(edges.values()) < 0.9, max(edges, key=edges.get)
    shown = words(paper)
    for end in ("hết_dòng_mã", "ô_cuối", "hàng89", "đápánởđây", "fold_of_column_11", "kết_quả_ra"):
        assert end in shown, end
    assert shown.count("name_of_column_11") == 2
    assert shown.count("hết_dòng") == 2
    # What fits is as large as ever.
    assert {round(size, 1) for said, size in sizes.items() if "Bình" in said} == {10.5}
    for button in ("Mụclục", "Hiểnthị", "Saochép", "Tảinotebook", "Trongtrangnày", "Xemkếtquả"):
        assert button not in shown


def test_what_is_folded_is_left_out_where_the_reader_wants_it(browser, address):
    with reading(browser, address) as page:
        page.get_by_role("button", name="Hiển thị").click()
        page.locator("#display label", has_text="Bỏ qua").click()
        shown = words(printed(page))
        assert "Lờigiải" not in shown
        assert "đápán" not in shown
        # Results are no folded parts, and what the reader opened is wanted.
        assert "kết_quả_ra" in shown
        page.keyboard.press("Escape")
        page.get_by_text("Lời giải").click()
        assert "đápánởđây" in words(printed(page))
        page.get_by_text("Lời giải").click()
        page.evaluate("document.querySelector('details.result').open = false")
        assert "kết_quả_ra" in words(printed(page))


def test_of_the_exercises_help_no_empty_box_is_left(browser, real):
    url, _ = real
    with reading(browser, f"{url}/parameters_vn.html") as page:
        page.evaluate("document.documentElement.dataset.folds = 'hidden'")
        page.emulate_media(media="print")
        boxes = page.locator(".practice")
        assert boxes.count() >= 5
        assert not any(box.is_visible() for box in boxes.all())
        page.emulate_media(media="screen")
        boxes.first.get_by_text("Gợi ý 1").click()
        page.emulate_media(media="print")
        assert [box.is_visible() for box in boxes.all()].count(True) == 1
        assert boxes.first.inner_text().count("Gợi ý") == 1


@pytest.mark.parametrize("theme", ["", "dark"])
def test_paper_is_white(browser, address, theme):
    with reading(browser, address, color_scheme="dark") as page:
        page.evaluate("(theme) => memory.set('theme', theme)", theme)
        page.reload()
        page.emulate_media(media="print", color_scheme="dark")
        style = "(e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
        assert page.locator("body").evaluate(style) == ["rgb(255, 255, 255)", "rgb(28, 32, 36)"]


def test_without_scripts_what_is_folded_is_opened(browser, address):
    with reading(browser, address, java_script_enabled=False) as page:
        assert "đápánởđây" in words(printed(page))
