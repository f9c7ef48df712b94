"""Results that wait until the reader has thought about the question before them."""

import pytest
from nbformat import v4
from playwright.sync_api import Page, expect

from authoring.book.edition import EpubEdition, PaperEdition
from tests import writing
from tests.authoring.book.browsing import axe, in_looks, reading
from tests.authoring.book.conftest import page, text


def printed(words: str):
    """A code cell that printed these words."""
    return writing.code("f()", outputs=[v4.new_output("stream", name="stdout", text=words)])


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("Bằng mấy?", True),
        ("Bằng mấy? Hãy đoán.", True),
        ("Ta xem:\n\n- Bằng *mấy?*\n- Hay không", True),
        ("Bằng mấy?\n\nTa chạy ô sau.", False),
        ("Gọi `help?` rồi xem $a = ?$", False),
        ("## Bằng mấy?", False),
        ("Ta chạy.", False),
    ],
)
def test_a_result_follows_a_question_of_the_last_paragraph(course, words, asked):
    cell = text(words, english="Another structure.\n\nThan this.")
    assert (page(course, cell, printed("ra")).count('class="result"') == 1) is asked
    assert (page(course, text(words), printed("ra")).count('class="result"') == 1) is asked


def test_a_question_holds_until_the_next_text(course):
    asks = text("Bằng mấy?", id="asks")
    says = text("Bằng 1.", id="says")
    silent = writing.code("x = 1", id="silent")
    html = page(course, asks, silent, printed("a"), printed("b"), says, printed("c"))
    assert html.count('class="result"') == 2
    assert html.count("results-switch") == 1
    assert "results-switch" not in page(course, says, printed("c"))


def test_on_paper_and_in_an_epub_nothing_waits(course):
    page(course, text("Bằng mấy?"), printed("ra"))
    made = course.pages()["a_vn.ipynb"]
    for edition in (PaperEdition(), EpubEdition()):
        html = edition.article(made.address, made.html)
        assert ">ra<" in html
        assert not {"details", "results-switch"} & {*html.replace("<", " ").split()}


@pytest.fixture(scope="module")
def site(lasting):
    sections = v4.new_output("display_data", data={"text/markdown": "### Trong kết quả\n\nchuối"})
    lasting.add(
        "a_vn.ipynb",
        text("# Một", id="title"),
        text("Bằng mấy?", english="How many?", id="asks"),
        printed("cam"),
        text("Xem thêm.", english="See more.", id="says"),
        printed("quýt"),
        text("## Đích\n\n" + "chữ " * 900 + "\n\nCòn gì?", id="far"),
        writing.code("g()", outputs=[sections]),
        text("Hết.", english="The end.", id="end"),
    )
    lasting.add("b_vn.ipynb", text("# Hai", id="title"), text("Mấy?", id="asks"), printed("mận"))
    lasting.built()
    return lasting.root / "book/html"


@pytest.fixture(scope="module")
def address(url):
    return f"{url}/a_vn.html"


def switch(page: Page):
    return page.get_by_role("checkbox", name="Ẩn kết quả để tự đoán trước").first


def shown(page: Page) -> list[str]:
    return [word for word in ("cam", "quýt", "chuối") if page.get_by_text(word).is_visible()]


ALL = ["cam", "quýt", "chuối"]


@in_looks
def test_a_result_waits_until_it_is_asked_for(browser, address, viewport, scheme):
    with reading(browser, address, viewport=viewport, color_scheme=scheme) as page:
        assert shown(page) == ALL
        expect(page.get_by_text("Xem kết quả").first).to_be_hidden()
        switch(page).press("Space")
        assert shown(page) == ["quýt"]
        assert axe(page) == []
        first = page.locator("summary", has_text="Xem kết quả").first
        for expected in (["cam", "quýt"], ["quýt"], ["cam", "quýt"]):
            first.press("Enter")
            assert shown(page) == expected
            expect(first).to_be_focused()
        assert axe(page) == []
        switch(page).click()
        assert shown(page) == ALL
        switch(page).click()
        assert shown(page) == ["quýt"]
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_the_choice_goes_with_the_reader(browser, address):
    with reading(browser, address) as page:
        switch(page).check()
        page.get_by_role("link", name="Trang sau b_vn").click()
        page.wait_for_url("**/b_vn.html")
        expect(page.get_by_text("mận")).to_be_hidden()
        page.get_by_role("link", name="Cả khóa học trên một trang").click()
        page.wait_for_url("**/print.html")
        assert shown(page) == ["quýt"]
        page.get_by_role("checkbox", name="Ẩn kết quả").last.uncheck()
        assert shown(page) == ALL
        expect(switch(page)).not_to_be_checked()
        page.goto(address)
        assert shown(page) == ALL


def test_the_switch_speaks_the_language_of_the_page(browser, address):
    with reading(browser, f"{address}?lang=en") as page:
        page.get_by_role("checkbox", name="Hide results to predict first", exact=True).check()
        page.locator("summary", has_text="Show the result").first.click()
        assert shown(page) == ["cam", "quýt"]


DENIED = """Object.defineProperty(window, 'localStorage',
    { get() { throw new DOMException('denied', 'SecurityError') } })"""


def test_without_storage_the_choice_holds_for_the_page(browser, address):
    with reading(browser, address) as page:
        page.add_init_script(DENIED)
        page.reload()
        switch(page).check()
        assert shown(page) == ["quýt"]
        page.reload()
        assert shown(page) == ALL


def test_without_scripts_all_results_are_shown(browser, address):
    with reading(browser, address, java_script_enabled=False) as page:
        assert shown(page) == ALL
        expect(page.get_by_text("Xem kết quả").first).to_be_hidden()
        expect(page.locator(".results-switch")).to_be_hidden()


def test_a_printed_page_has_all_results(browser, address):
    with reading(browser, address) as page:
        switch(page).check()
        page.emulate_media(media="print")
        assert shown(page) == ALL
        expect(page.get_by_text("Xem kết quả").first).to_be_hidden()


def test_a_link_into_a_result_and_a_word_found_in_it_open_it(browser, address):
    with reading(browser, address) as page:
        switch(page).check()
        page.evaluate("location.hash = 'trong-ket-qua'")
        expect(page.get_by_text("chuối")).to_be_in_viewport()
        page.goto(f"{address}?again#trong-ket-qua")
        expect(page.get_by_text("chuối")).to_be_in_viewport()
        assert shown(page) == ["quýt", "chuối"]
        page.goto(address)
        assert shown(page) == ["quýt"]
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill("cam")
        page.locator("dialog.search li a").first.click()
        page.wait_for_url("**tim=*")
        expect(page.locator("pre", has_text="cam")).to_be_visible()
        assert shown(page) == ["cam", "quýt"]


# Asked first of all, when the page has come and nothing is folded yet.
WATCH = """document.addEventListener("readystatechange", () => {
    const results = [...document.querySelectorAll(".result > .outputs")]
    window.seen ??= results.map((result) => result.checkVisibility())
  })"""


def test_no_result_is_seen_before_it_is_folded(browser, address):
    with reading(browser, address) as page:
        switch(page).check()
        page.add_init_script(WATCH)
        page.reload()
        assert page.evaluate("seen") == [False, False]
        switch(page).uncheck()
        page.reload()
        assert page.evaluate("seen") == [True, True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bar_fits_a_small_phone(browser, address, scheme):
    small = {"width": 360, "height": 740}
    with reading(browser, address, viewport=small, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
