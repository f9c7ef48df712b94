"""The keys ← and →, and the panel of languages: small things of the bar and the keyboard."""

import pytest
from playwright.sync_api import expect

from tests.authoring.book.browsing import NARROW, reading, served
from tests.authoring.book.conftest import Course, text


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("turn") / "course")
    for name in "abc":
        wide = f"```python\n{'x + ' * 200}\n```"
        course.add(
            f"{name}_vn.ipynb", text(f"# {name}\n\nChữ ở [trang đầu](a_vn.ipynb).\n\n{wide}")
        )
    course.built()
    with served(course.root / "book/html") as url:
        yield url


def test_arrows_turn_pages(browser, address):
    with reading(browser, f"{address}/a_vn.html") as page:
        for key, name in [("Right", "b"), ("Right", "c"), ("Left", "b"), ("Left", "a")]:
            page.keyboard.press(f"Arrow{key}")
            page.wait_for_url(f"**/{name}_vn.html")
        # Before the first page there is none.
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**/b_vn.html")


# What needs the arrows itself, and how a reader comes to it.
NEEDED = {
    "a field": "searchBox.dialog.showModal(), searchBox.input.focus()",
    "a dialog": "searchBox.dialog.showModal(), searchBox.dialog.querySelector('button').focus()",
    "a panel": "document.querySelector('#language').showPopover()",
    "a button whose panel is on its way": "document.querySelector('.display-button').focus()",
    "a choice": "document.querySelector('#language input').focus()",
    "a box that scrolls": "document.querySelector('pre[tabindex]').focus()",
    "a selection": "getSelection().selectAllChildren(document.querySelector('h1'))",
}


@pytest.mark.parametrize("needed", NEEDED)
def test_arrows_stay_with_what_needs_them(browser, address, needed):
    with reading(browser, f"{address}/b_vn.html?lang=both") as page:
        expect(page.locator("pre[tabindex]")).to_have_count(1)
        page.evaluate(NEEDED[needed])
        page.evaluate("addEventListener('pagehide', () => localStorage.setItem('left', 1))")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        # A page that were left would be gone by the next answer.
        page.evaluate("new Promise((done) => setTimeout(done, 200))")
        assert page.evaluate("localStorage.getItem('left')") is None
        assert "/b_vn.html" in page.url


def test_arrows_turn_no_page_under_a_card(browser, address):
    with reading(browser, f"{address}/b_vn.html") as page:
        page.locator(".notebook").get_by_role("link", name="trang đầu").hover()
        expect(page.locator(".preview:not(:empty)")).to_be_visible()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Escape")
        expect(page.locator(".preview")).to_be_hidden()
        assert "/b_vn.html" in page.url
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**/c_vn.html")


@pytest.mark.parametrize("modifier", ["Alt", "Control", "Meta", "Shift"])
def test_arrows_with_another_key_are_the_browsers(browser, address, modifier):
    with reading(browser, f"{address}/b_vn.html") as page:
        pressed = page.evaluate(
            """(name) => {
              let turned = 0
              for (const link of document.querySelectorAll(".turn a"))
                link.addEventListener("click", (event) => (turned++, event.preventDefault()))
              const press = (options) => document.body.dispatchEvent(
                new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, ...options }))
              press({ [name]: true })
              const before = turned
              press({})
              return [before, turned]
            }""",
            {"Control": "ctrlKey"}.get(modifier, f"{modifier.lower()}Key"),
        )
        assert pressed == [0, 1]


def test_the_panel_of_languages_closes_after_a_choice(browser, address):
    with reading(browser, f"{address}/a_vn.html", viewport=NARROW) as page:
        panel, button = page.locator("#language"), page.locator(".language-button")
        button.click()
        panel.get_by_text("Tiếng Anh").click()
        expect(panel).to_be_hidden()
        expect(page.get_by_role("radio", name="English", include_hidden=True)).to_be_checked()
        assert page.evaluate("document.activeElement.className") == "language-button"
        # With the keyboard one may walk through the choices before taking one.
        for key in ("Enter", "Space"):
            button.press("Enter")
            page.keyboard.press("Tab")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("ArrowDown")
            expect(panel).to_be_visible()
            page.keyboard.press(key)
            expect(panel).to_be_hidden()
            assert page.evaluate("document.activeElement.className") == "language-button"


def test_the_panel_closes_by_touch(browser, address):
    touch = {"viewport": NARROW, "has_touch": True, "is_mobile": True}
    with reading(browser, f"{address}/a_vn.html", **touch) as page:
        page.locator(".language-button").tap()
        page.locator("#language").get_by_text("Song song").tap()
        expect(page.locator("#language")).to_be_hidden()
        assert page.evaluate("document.documentElement.dataset.language") == "both"
