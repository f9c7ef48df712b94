"""Letters twice as large, and windows as small as a phone's: nothing leaves the screen."""

import contextlib

import pytest
from playwright.sync_api import Page, expect

from tests.authoring.book.browsing import reading, visit

PHONE = {"width": 360, "height": 740}
SIZES = [
    {"width": 320, "height": 256},  # 1280 × 1024 at a zoom of 400 %
    PHONE,
    {"width": 390, "height": 800},
    {"width": 740, "height": 360},
    {"width": 768, "height": 1024},
    {"width": 1366, "height": 768},
]


@pytest.fixture(scope="module")
def browser(launch):
    """A browser whose reader set letters of 32 px in place of 16 px."""
    with contextlib.closing(launch("--blink-settings=defaultFontSize=32")) as browser:
        yield browser


# How wide the page is; what is seen beyond the window's right edge, and in no box that scrolls; the
# controls of the bar; how much of the window the bar covers.
SEEN = """() => {
  const clips = (e) => getComputedStyle(e).overflowX !== "visible"
  const scrolls = (e) => e && (clips(e) || scrolls(e.parentElement))
  const beyond = [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e.parentElement))
    .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .map((e) => e.outerHTML.slice(0, 100))
  const boxes = [...document.querySelectorAll("header > :is(a, button, fieldset)")]
    .map((e) => e.getBoundingClientRect()).filter((box) => box.width > 1)
    .map((box) => [box.left, box.top, box.right, box.bottom])
  const bar = document.querySelector("header"), stays = getComputedStyle(bar).position === "sticky"
  const covered = stays ? bar.getBoundingClientRect().height : 0
  return [document.documentElement.scrollWidth, beyond, boxes, covered]
}"""


def check(page: Page) -> None:
    """Everything is in the window; the controls of the bar are apart, the bar leaves room."""
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    wide, beyond, boxes, covered = page.evaluate(SEEN)
    assert wide <= width
    assert beyond == []
    assert covered <= height / 3
    assert len(boxes) >= 3
    for n, (left, top, right, bottom) in enumerate(boxes):
        assert left >= 0
        assert right <= width
        for other in boxes[:n]:
            apart = left >= other[2] or right <= other[0] or top >= other[3] or bottom <= other[1]
            assert apart, boxes


def test_every_page_stays_in_the_window(browser, real):
    url, names = real
    # offline.html is no page of the book: it brings a style of its own.
    languages = ["vi", "en", "both"]
    with reading(browser, f"{url}/index.html") as page:
        for name in set(names) - {"index", "404", "print", "offline"}:
            visit(page, f"{url}/{name}.html")
            assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "36px"
            page.evaluate("document.querySelectorAll('details').forEach(e => (e.open = true))")
            for size in SIZES:
                page.set_viewport_size(size)
                for language in languages:
                    choice = f"document.querySelector('#language [value={language}]')"
                    page.evaluate(f"{choice}.click()")
                    assert page.evaluate("document.documentElement.dataset.language") == language
                    check(page)
                # Each choice lays out the page anew: the next size begins with the last one.
                languages.reverse()


def test_the_largest_letters_of_the_panel_come_on_top(browser, real):
    url, _ = real
    with reading(browser, f"{url}/model-construction_vn.html", viewport=PHONE) as page:
        page.evaluate("memory.set('text', 'largest')")
        page.reload()
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "51px"
        check(page)


def inside(page: Page, selector: str) -> None:
    """What opened lies in the window; nothing in it needs scrolling sideways."""
    opened = page.locator(selector)
    expect(opened).to_be_visible()
    box, window = opened.bounding_box(), page.viewport_size
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    assert box["y"] + box["height"] <= window["height"]
    assert opened.evaluate("e => e.scrollWidth - e.clientWidth") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]


def test_what_opens_fits_a_phone(browser, real):
    url, _ = real
    with reading(browser, f"{url}/model-construction_vn.html", viewport=PHONE) as page:
        for name, opened in (
            ("Mục lục", "#menu"),
            ("Ngôn ngữ", "#language"),
            ("Hiển thị", "#display"),
        ):
            page.get_by_role("button", name=name).click()
            inside(page, opened)
            page.keyboard.press("Escape")
        page.get_by_role("button", name="Tìm").click()
        page.get_by_role("searchbox").fill("khởi tạo trễ")
        page.locator("dialog.search li").first.wait_for()
        inside(page, "dialog.search")
        # Room for the words that are being typed.
        assert page.get_by_role("searchbox").bounding_box()["width"] > PHONE["width"] / 2
        page.keyboard.press("Escape")
        term = page.locator(".term").first
        term.evaluate("e => e.scrollIntoView({ block: 'center' })")
        term.focus()
        expect(page.locator(".preview")).to_be_visible()
        check(page)
