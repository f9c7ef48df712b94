"""A page remembers that it was read, and the menu tells how far one is."""

import pytest
from playwright.sync_api import Page, expect

from tests.authoring.book.browsing import WIDE, axe, reading, served
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_results import DENIED


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("read") / "course")
    for name in ("a", "b"):
        parts = (text(f"## {n}\n\n" + "chữ " * 1500, id=f"part-{n}") for n in range(6))
        course.add(f"{name}_vn.ipynb", text(f"# {name}", id="title"), *parts)
    course.built()
    with served(course.root / "book/html") as url:
        yield url


# After it, the script has looked at where scrolling came to rest.
REST = """new Promise(done => requestAnimationFrame(
    () => requestAnimationFrame(() => setTimeout(done, 200))))"""


def read(page: Page) -> None:
    """Read a page from one end to the other, with a rest at each part."""
    for part in [*page.locator("article h2").all(), page.locator("footer")]:
        part.scroll_into_view_if_needed()
        page.evaluate(REST)


def marks(page: Page) -> list[str]:
    marked = page.locator("#menu li").filter(has=page.get_by_role("img", name="đã đọc", exact=True))
    return [mark.split()[1] for mark in marked.all_inner_texts()]


def test_a_page_that_was_read_is_marked_and_can_be_forgotten(browser, address):
    with reading(browser, f"{address}/a_vn.html") as page:
        expect(page.get_by_text("Đã đọc")).to_be_hidden()
        read(page)
        expect(page.get_by_text("Đã đọc 1/2")).to_be_visible()
        assert len(marks(page)) == 1
        assert axe(page) == []
        page.get_by_role("link", name="Trang sau").click()
        page.wait_for_url("**/b_vn.html")
        assert marks(page) == ["a_vn"]
        read(page)
        expect(page.get_by_text("Đã đọc 2/2")).to_be_visible()
        page.reload()
        assert marks(page) == ["a_vn", "b_vn"]
        page.get_by_role("button", name="Xóa dấu").click()
        expect(page.get_by_text("Đã đọc")).to_be_hidden()
        assert marks(page) == []
        page.reload()
        assert marks(page) == []


def test_a_jump_to_the_end_is_no_reading(browser, address):
    with reading(browser, f"{address}/a_vn.html") as page:
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(page.locator("footer")).to_be_in_viewport()
        page.evaluate(REST)
        expect(page.get_by_text("Đã đọc")).to_be_hidden()


def test_nor_is_the_page_of_all_pages(browser, address):
    with reading(browser, f"{address}/print.html") as page:
        read(page)
        expect(page.get_by_text("Đã đọc")).to_be_hidden()


def test_the_site_s_first_address_is_its_first_page(browser, address):
    with reading(browser, f"{address}/index.html") as page:
        read(page)
        assert len(marks(page)) == 1
        page.goto(f"{address}/b_vn.html")
        assert marks(page) == ["a_vn"]


def test_it_is_told_in_the_language_of_the_page(browser, address):
    with reading(browser, f"{address}/a_vn.html?lang=en", viewport=WIDE) as page:
        read(page)
        expect(page.get_by_text("Read: 1/2")).to_be_visible()
        expect(page.get_by_role("button", name="Clear")).to_be_visible()
        expect(page.get_by_role("img", name="read", exact=True)).to_be_visible()
        page.get_by_role("radio", name="Tiếng Việt").check(force=True)
        expect(page.get_by_text("Đã đọc 1/2")).to_be_visible()


def test_without_storage_nothing_is_marked(browser, address):
    with reading(browser, f"{address}/a_vn.html") as page:
        page.add_init_script(DENIED)
        page.reload()
        read(page)
        expect(page.get_by_text("Đã đọc")).to_be_hidden()
