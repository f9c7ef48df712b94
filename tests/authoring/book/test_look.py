"""The site as a reader meets it: real kernel, real mdBook, real browser."""

import re
import sys
from collections.abc import Iterable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests import writing
from tests.authoring.book.browsing import LOOKS, NARROW, WIDE, axe, reading, served, visit
from tests.authoring.book.conftest import Course, text

ENGLISH = "Only the source of a translation says this sentence."
EVERY_KIND = [
    text("# Mọi kiểu đầu ra\n\nMở đầu.", english=f"# Title\n\n{ENGLISH}"),
    text(
        "## Công thức\n\nCho $\\frac{\\text{số đúng}}{\\text{tổng số}}$ và\n"
        "\n$$\\mathbf{y} = \\sqrt{x}$$"
    ),
    writing.code("import sys\nprint('ra')\nprint('\\x1b[31mđỏ\\x1b[0m', file=sys.stderr)"),
    writing.code("1 / 0", "raises-exception"),
    writing.code("'rộng' * 100"),
    writing.code(
        "from IPython.display import HTML, SVG, Image, Latex, Markdown, display\n"
        "display(HTML('<table><tr><td>bảng</td></tr></table>'))\n"
        "display(Markdown('**đậm** $x$'), Latex('$y$'))\n"
        'svg = \'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">\'\n'
        'SVG(svg + \'<path d="M0 0 90 40" stroke="#000"/></svg>\')'
    ),
    writing.code(
        "import base64\n"
        "Image(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8"
        "BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='))"
    ),
    text("<details>\n<summary>Lời giải</summary>\n\nĐáp án **ở đây**: $z^2$\n\n</details>"),
    text("| a | b |\n|---|---|\n| " + "dài " * 200 + " | 2 |"),
    text("> **Cảnh báo.** Coi chừng.\n\n[sang trang sau](b_vn.ipynb#sec_b)"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("site") / "course")
    course.add("a_vn.ipynb", *EVERY_KIND)
    done = course.run(sys.executable, "-m", "authoring.execute", "notebooks/a_vn.ipynb")
    assert done.returncode == 0, done.stderr
    long = [text(f"## Phần {number}\n\n{'chữ ' * 400}") for number in range(3)]
    end = text('## Đích\n\n<a id="sec_b"></a>\n\n### Đây')
    name = "`net.collect_params().reset`"
    tables = [
        text(f"{f'| {name} ' * n}|\n{'|---' * n}|\n{f'| một hai ba bốn năm {name} ' * n}|")
        for n in (3, 4)
    ]
    sum_ = "x + y + " * 4 + "z = 12"
    wide = text(f"$${sum_}$$\n\nChữ ${sum_} + {sum_}$.")
    course.add("b_vn.ipynb", text("# Trang hai"), *long, *tables, wide, end)
    course.built()
    return course


@pytest.fixture(scope="module")
def address(course):
    with served(course.root / "book/html") as url:
        yield url


def check(page: Page, looks: Iterable[tuple[str, ViewportSize]]) -> None:
    """What holds for every page, in every look: a colour scheme and a size."""
    assert page.locator("html").get_attribute("lang") == "vi"
    for scheme, size in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        # The page's script measures its boxes anew in the next frame.
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert axe(page) == []
    assert ENGLISH not in page.inner_text("body")
    for label in page.evaluate(
        "[...document.querySelectorAll('[aria-label], [title], button')]"
        ".map(e => e.ariaLabel || e.title || e.textContent)"
    ):
        assert re.search(r"[À-ỹ]", label), label
    for picture in page.locator("img").all():
        assert picture.get_attribute("alt")
        assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") > 0
    # What is seen, code, outputs and English terms aside: hidden, since to remove them takes long.
    page.add_style_tag(content="pre, code, em, i, [lang=en] { display: none !important }")
    seen = page.title() + page.inner_text("body")
    assert not re.search(r"<!--|-->|\$|\\[a-z]|\{\{|\"cells\"|\*\*", seen)
    assert not re.search(
        r"\b(?:contents|chapter|print|search|theme|next|previous|copy|skip|the|not|found)\b",
        seen,
        re.IGNORECASE,
    )


@pytest.mark.parametrize("name", ["index", "a_vn", "b_vn", "print", "404"])
def test_a_page_is_sound_under_a_strict_policy(browser, address, name):
    with reading(browser, f"{address}/{name}.html") as page:
        check(page, LOOKS)


# Two looks show both schemes and both sizes.
@pytest.mark.parametrize("looks", [LOOKS[::3], pytest.param(LOOKS[1:3], marks=pytest.mark.long)])
def test_the_pages_of_the_project_are_sound(browser, real, looks):
    url, names = real
    assert {"index", "index_vn", "model-construction_vn", "print", "404"} <= set(names)
    with reading(browser, f"{url}/index.html") as page:
        for name in set(names) - {"index", "404", "offline", "print"}:
            visit(page, f"{url}/{name}.html")
            check(page, looks)


# All these pages on one: what it adds to them shows in one look nearly as well as in two.
@pytest.mark.parametrize("look", [pytest.param(LOOKS[0], marks=pytest.mark.long), LOOKS[-1]])
def test_the_page_of_all_pages_is_sound(browser, real, look):
    with reading(browser, f"{real[0]}/print.html") as page:
        check(page, [look])


def test_the_site_works_from_a_folder(browser, course):
    with reading(browser, (course.root / "book/html/index.html").as_uri()) as page:
        fonts = page.evaluate(
            "[...document.fonts].filter(x => x.status == 'loaded').map(x => x.family)"
        )
        assert "Source Serif 4" in str(fonts)
        assert "KaTeX_Math" in str(fonts)
        page.get_by_role("link", name="sang trang sau").click()
        page.wait_for_url("**/b_vn.html#sec_b")
        page.get_by_role("link", name="Cả khóa học trên một trang").click()
        page.wait_for_url("**/print.html")
        expect(page.get_by_role("heading", level=1)).to_have_count(2)


def test_wide_code_and_tables_scroll_in_their_own_box(browser, address):
    with reading(browser, f"{address}/a_vn.html", viewport=NARROW) as page:
        boxes = page.locator("[tabindex='0']")
        assert boxes.count() >= 2
        for box in boxes.all():
            assert box.evaluate("e => getComputedStyle(e).overflowX") == "auto"


def test_a_phone_has_room_for_every_column(browser, address):
    boxes = """[...document.querySelectorAll('.scroll, .formula')]
        .map(e => [e.scrollWidth - e.clientWidth, e.scrollLeft])"""
    rows = """[...document.querySelectorAll('tbody tr')].map(row =>
        [...row.cells].map(cell => Math.round(cell.getBoundingClientRect().top)))"""
    with reading(browser, f"{address}/b_vn.html") as page:
        assert all(len(set(tops)) == 1 for tops in page.evaluate(rows))
        page.set_viewport_size(NARROW)
        assert page.evaluate(boxes) == [[0, 0]] * 3
        three, four = page.evaluate(rows)
        assert three[0] == three[1] < three[2]
        assert four[0] < four[1] == four[2] == four[3]


def test_every_kind_of_output_is_there(browser, address):
    with reading(browser, f"{address}/a_vn.html") as page:
        assert page.locator(".stdout").inner_text() == "ra"
        assert page.locator(".stderr .red").inner_text() == "đỏ"
        assert page.locator(".error .reason").inner_text() == "ZeroDivisionError: division by zero"
        assert "1 / 0" in page.locator(".error").inner_text()
        assert page.locator(".rich td").inner_text() == "bảng"
        assert page.locator(".rich strong").inner_text() == "đậm"
        pictures = page.locator(".outputs img")
        assert pictures.count() == 2
        for picture in pictures.all():
            assert picture.evaluate("e => e.naturalWidth") > 0
        expect(page.locator("math")).to_have_count(5)
        expect(page.locator(".note.warning")).to_have_count(1)


def test_dark_pages_are_dark(browser, address):
    with reading(browser, f"{address}/a_vn.html", color_scheme="dark") as page:
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 25, 29)"


def test_a_link_lands_on_its_anchor_in_sight(browser, address):
    with reading(browser, f"{address}/a_vn.html") as page:
        page.get_by_role("link", name="sang trang sau").click()
        page.wait_for_url("**/b_vn.html#sec_b")
        top = page.locator("#sec_b").evaluate("e => e.getBoundingClientRect().top")
        bar = page.locator("header").evaluate("e => e.getBoundingClientRect().bottom")
        assert bar <= top < WIDE["height"]


def test_the_menu_opens_by_keyboard_on_a_phone(browser, address):
    with reading(browser, f"{address}/a_vn.html", viewport=NARROW) as page:
        menu = page.get_by_role("navigation", name="Mục lục")
        expect(menu).to_be_hidden()
        button = page.get_by_role("button", name="Mục lục")
        for key in ("Enter", "Space"):
            button.press(key)
            expect(menu).to_be_visible()
            page.keyboard.press("Escape")
            expect(menu).to_be_hidden()
        button.click()
        menu.get_by_role("link", name="b_vn").click()
        page.wait_for_url("**/b_vn.html")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_without_scripts_everything_can_be_read(browser, address, viewport):
    url = f"{address}/a_vn.html"
    with reading(browser, url, viewport=viewport, java_script_enabled=False) as page:
        expect(page.locator(".katex-html").first).to_be_visible()
        expect(page.locator(".outputs img").first).to_be_visible()
        page.get_by_text("Lời giải").click()
        expect(page.get_by_text("Đáp án")).to_be_visible()
        if viewport is NARROW:
            page.get_by_role("button", name="Mục lục").click()
        expect(page.get_by_role("link", name="b_vn").first).to_be_visible()


def test_code_can_be_copied(browser, address):
    with reading(
        browser, f"{address}/a_vn.html", permissions=["clipboard-read", "clipboard-write"]
    ) as page:
        box = page.locator(".code").first
        box.hover()
        box.get_by_role("button", name="Sao chép", exact=True).click()
        page.get_by_text("Đã sao chép").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("import sys\nprint('ra')\n")


def test_the_lost_reader_is_led_back(browser, address):
    with reading(browser, f"{address}/404.html") as page:
        page.get_by_role("link", name="trang đầu").click()
        expect(page.get_by_role("heading", level=1, name="Mọi kiểu đầu ra")).to_be_visible()
