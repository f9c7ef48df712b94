"""How the reader wants pages to look: chosen in one panel, kept, applied before a page is drawn."""

import contextlib

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.authoring.book.browsing import NARROW, WIDE, axe, in_looks, reading
from tests.authoring.book.conftest import text
from tests.authoring.book.test_large_text import SEEN, check
from tests.authoring.book.test_results import DENIED


@pytest.fixture(scope="module")
def site(lasting):
    parts = [
        text(f"## Phần {n}\n\n{'chữ ' * 300}", id=f"part-{n}", english=f"## Part {n}\n\nWords.")
        for n in range(9)
    ]
    lasting.add("a_vn.ipynb", text("# Một"), *parts)
    lasting.add("b_vn.ipynb", text("# Hai"))
    lasting.built()
    return lasting.root / "book/html"


@pytest.fixture(scope="module")
def address(url):
    return f"{url}/a_vn.html"


def choose(page: Page, *names: str) -> None:
    """Open the panel, choose what has these names, close it."""
    page.get_by_role("button", name="Hiển thị").click()
    for name in names:
        group, _, value = name.partition(": ")
        option = page.get_by_role("group", name=group).get_by_role("radio", name=value, exact=True)
        # What a reader clicks is the label; its round button is not drawn.
        option.locator("..").click()
        expect(option).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("#display")).to_be_hidden()


def seen(page: Page) -> list[str]:
    """Ground, size of letters, width of the text."""
    return page.evaluate(
        """() => {
          const width = document.querySelector("main").getBoundingClientRect().width
          const { fontSize } = getComputedStyle(document.documentElement)
          const letters = parseFloat(fontSize)
          return [getComputedStyle(document.body).backgroundColor, letters, width / letters]
        }"""
    )


USUAL = ["rgb(255, 255, 255)", 18, 38]


def test_the_panel_is_used_by_keyboard(browser, address):
    with reading(browser, address, viewport={"width": 1900, "height": 900}) as page:
        button = page.get_by_role("button", name="Hiển thị")
        for _ in range(2):
            button.press("Enter")
            expect(page.get_by_role("radio", name="Theo máy")).to_be_focused()
            page.keyboard.press("Escape")
            expect(button).to_be_focused()
            expect(page.locator("#display")).to_be_hidden()
        button.press("Space")
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("radio", name="Sáng")).to_be_focused()
        page.keyboard.press("ArrowRight")
        assert seen(page)[0] == "rgb(22, 25, 29)"
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        assert seen(page)[1] == pytest.approx(18 * 1.2)
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowLeft")
        assert seen(page)[2] == pytest.approx(30)


def test_every_choice_goes_with_the_reader_before_a_page_is_drawn(browser, address):
    with reading(browser, address, viewport={"width": 1900, "height": 900}) as page:
        assert seen(page) == USUAL
        choose(page, "Nền: Tối", "Cỡ chữ: Rất lớn", "Độ dài dòng: Rộng", "Khi in: Bỏ qua")
        chosen = ["rgb(22, 25, 29)", 27, 50]
        assert seen(page) == chosen
        # Before anything of a page is there to be drawn.
        page.add_init_script(
            """new MutationObserver((_, watch) => {
              if (!document.body) return
              watch.disconnect()
              window.first = { ...document.documentElement.dataset }
            }).observe(document, { childList: true, subtree: true })"""
        )
        page.get_by_role("link", name="Trang sau").click()
        page.wait_for_url("**/b_vn.html")
        assert seen(page) == chosen
        kept = {"theme": "dark", "text": "largest", "width": "wide", "folds": "hidden"}
        assert kept.items() <= page.evaluate("first").items()
        page.get_by_role("button", name="Hiển thị").click()
        for name in ("Tối", "Rất lớn", "Rộng", "Bỏ qua"):
            expect(page.get_by_role("radio", name=name, exact=True)).to_be_checked()
        page.keyboard.press("Escape")
        choose(page, "Nền: Theo máy", "Cỡ chữ: Vừa", "Độ dài dòng: Vừa")
        page.reload()
        assert seen(page) == USUAL
        page.emulate_media(color_scheme="dark")
        assert seen(page)[0] == chosen[0]


def press(page: Page, thing: Locator) -> None:
    """Click as a hand does: Playwright itself may scroll the page first."""
    box = thing.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_is_being_read_keeps_its_place(browser, address, viewport):
    with reading(browser, address, viewport=viewport) as page:
        read = page.get_by_role("heading", name="Phần 5")
        read.evaluate("e => scrollBy({ top: e.getBoundingClientRect().top - 90 })")
        place = read.bounding_box()["y"]
        press(page, page.get_by_role("button", name="Hiển thị"))
        expect(page.locator("#display")).to_be_visible()
        for size in ("Rất lớn", "Nhỏ"):
            press(page, page.locator("#display label", has_text=size))
            assert read.bounding_box()["y"] == pytest.approx(place, abs=1)


@in_looks
@pytest.mark.parametrize("language", ["vi", "en", "both"])
def test_the_panel_is_sound_in_every_look(browser, address, viewport, scheme, language):
    url = f"{address}?lang={language}"
    with reading(browser, url, viewport=viewport, color_scheme=scheme) as page:
        page.get_by_role("button", name="Display" if language == "en" else "Hiển thị").click()
        panel = page.locator("#display")
        size = "Cỡ chữ" if language != "en" else "Text size"
        expect(panel.get_by_role("group", name=size, exact=True)).to_be_visible()
        assert axe(page, "header") == []
        box = panel.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= viewport["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("language", ["vi", "en", "both"])
def test_on_a_phone_the_bar_is_one_row(browser, address, language):
    with reading(browser, f"{address}?lang={language}", viewport=NARROW) as page:
        for width in (320, 360, 390):
            page.set_viewport_size({"width": width, "height": 740})
            buttons = page.locator("header > button")
            tops = buttons.evaluate_all("all => all.map((e) => e.offsetTop)")
            assert len(set(tops)) == 1, (width, tops)


def test_without_storage_a_choice_holds_for_its_page(browser, address):
    with reading(browser, address) as page:
        page.add_init_script(DENIED)
        page.reload()
        choose(page, "Cỡ chữ: Nhỏ")
        assert seen(page)[1] == pytest.approx(18 * 0.9)
        page.reload()
        assert seen(page) == USUAL


def test_from_a_folder_the_panel_opens_too(browser, site):
    with reading(browser, (site / "a_vn.html").as_uri()) as page:
        choose(page, "Nền: Tối")
        assert seen(page)[0] == "rgb(22, 25, 29)"


def test_without_scripts_there_is_no_button_for_it(browser, address):
    with reading(browser, address, java_script_enabled=False) as page:
        expect(page.locator(".display-button")).to_be_hidden()


def test_a_panel_that_did_not_come_is_asked_for_again(browser, address):
    with contextlib.closing(browser.new_context()) as context:
        # Kept for reading without a network, the panel would come all the same.
        context.add_init_script("delete Navigator.prototype.serviceWorker")
        page = context.new_page()
        page.goto(address)
        context.set_offline(True)
        with page.expect_event("requestfailed"):
            page.get_by_role("button", name="Hiển thị").click()
        context.set_offline(False)
        choose(page, "Nền: Tối")
        assert seen(page)[0] == "rgb(22, 25, 29)"


def test_the_largest_letters_leave_the_bar_one_row(browser, real):
    url, _ = real
    with reading(browser, f"{url}/use-gpu_vn.html?lang=en") as page:
        page.evaluate("memory.set('text', 'largest')")
        page.reload()
        for width in (360, 576, 768, 900, 991, 992, 1366):
            page.set_viewport_size({"width": width, "height": 768})
            check(page)
            tops = {round(top / 20) for _, top, _, _ in page.evaluate(SEEN)[2]}
            assert len(tops) == 1, width
