"""The English page: nothing that the book itself says there is Vietnamese."""

import re

import pytest
from playwright.sync_api import Page, expect

from authoring import notebook
from tests.authoring.book.browsing import NARROW, PROJECT, WIDE, axe, reading, served, visit
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_term_marks import TOML

MARKED = re.compile(r"[^\W\d_]*[À-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ][^\W\d_]*")
# What stands in Vietnamese on purpose is marked as such; code and what it gives is the author's.
SEEN = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = []
  const known = new Map([[null, true]])
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode
    const language = parentElement.closest("[lang]").lang
    if (language === "en" && !parentElement.closest("pre, code, script") && shown(parentElement))
      texts.push(data)
  }
  const attributes = []
  for (const element of document.querySelectorAll("*")) {
    if (element.closest("[lang]").lang !== "en" || !shown(element)) continue
    for (const name of ["aria-label", "title", "alt", "placeholder"])
      if (element.hasAttribute(name)) attributes.push(element.getAttribute(name))
  }
  return [texts.join(" "), attributes]
  function shown(e) {
    // What a fold or a panel holds is to be seen too.
    const isSeen = () => getComputedStyle(e).display !== "none" || e.matches("[popover], dialog")
    if (!known.has(e)) known.set(e, isSeen() && shown(e.parentElement))
    return known.get(e)
  }
}"""


def vietnamese(page: Page) -> set[str]:
    """The Vietnamese words that the page shows or says, of those that have a mark."""
    said, labels = page.evaluate(SEEN)
    assert len(labels) > 3
    assert len(said) > 300
    return {word for words in (said, *labels) for word in MARKED.findall(words)}


def test_no_page_of_the_book_says_anything_in_vietnamese(browser, real):
    url, names = real
    # Names of people, in the English of the authors.
    own = {
        word
        for path in (PROJECT / "notebooks").glob("*.ipynb")
        for _, cell in notebook.named_cells(notebook.read(path), "markdown")
        for word in MARKED.findall(notebook.split(cell.source).english)
    }
    assert "Bình" in own
    assert len(own) < 50
    with reading(browser, f"{url}/index.html?lang=en") as page:
        for name in set(names) - {"404", "offline"}:
            visit(page, f"{url}/{name}.html?lang=en")
            assert page.locator("html").get_attribute("lang") == "en"
            page.evaluate("document.querySelectorAll('details').forEach(e => (e.open = true))")
            assert vietnamese(page) - own == set(), name
            head = "[document.title, document.querySelector('meta[name=description]').content]"
            for words in page.evaluate(head):
                assert words
                assert not MARKED.search(words)


def test_vietnamese_words_are_noticed(browser, real):
    """The walk itself: each place in which a word may be left is looked at."""
    url, _ = real
    with reading(browser, f"{url}/use-gpu_vn.html?lang=en") as page:
        page.evaluate(
            """() => {
              document.querySelector(".copy").textContent = "chữ"
              document.querySelector(".home .en").textContent = "tên"
              document.querySelector(".outputs").ariaLabel = "nhãn"
              document.querySelector("#menu a .en").textContent = "mục"
              document.querySelector(".practice").lang = "en"
            }"""
        )
        assert {"chữ", "tên", "nhãn", "mục"} < vietnamese(page)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("english") / "course")
    course.notebooks.joinpath("glossary.toml").write_text(TOML)
    course.add(
        "a_vn.ipynb",
        text("# Tầng <1>\n\nTầng nào cũng học.", english="# Layers <1>\n\nEvery layer learns."),
        text("## Một mục\n\nLưu tham số.", english="## A section\n\nSave the parameters."),
    )
    course.append("# Phần hai\n\n")
    course.add("b_vn.ipynb", text("# Hai", english="# Two"))
    course.built()
    with served(course.root / "book/html") as url:
        yield url


def test_what_a_page_is_called_follows_the_choice(browser, address):
    description = "document.querySelector('meta[name=description]').content"
    with reading(browser, f"{address}/a_vn.html") as page:
        assert page.title() == "Tầng <1> · Tính toán Học sâu"
        assert page.evaluate(description) == "Tầng nào cũng học."
        for _ in range(2):
            page.get_by_text("Tiếng Anh").click()
            assert page.title() == "Layers <1> · Deep Learning Computation"
            assert page.evaluate(description) == "Every layer learns."
            assert page.evaluate("document.documentElement.lang") == "en"
            menu = page.get_by_role("navigation", name="Contents").locator("li .en")
            expect(menu).to_have_text(["Layers <1>", "Two", "Glossary"])
            heading = page.get_by_role("heading", name="A section")
            expect(heading.get_by_role("link")).to_have_accessible_name(
                "Link to the section “A section”"
            )
            page.get_by_text("Tiếng Việt").click()
            assert page.title() == "Tầng <1> · Tính toán Học sâu"
            assert page.evaluate(description) == "Tầng nào cũng học."
            assert page.evaluate("document.documentElement.lang") == "vi"
            expect(page.get_by_role("navigation", name="Mục lục")).to_be_visible()
            expect(page.get_by_role("link", name="Liên kết tới mục “Một mục”")).to_have_count(1)


def test_side_by_side_the_books_own_words_are_said_once(browser, address):
    with reading(browser, f"{address}/a_vn.html?lang=both") as page:
        assert page.evaluate("document.documentElement.lang") == "vi"
        for part in ("header", "#menu", ".turn", "footer", ".ways"):
            assert not re.search("Contents|Search|Next|Text|Download", page.inner_text(part))
        expect(page.get_by_text("Save the parameters.")).to_be_visible()
        page.goto(f"{address}/glossary.html?lang=both")
        assert page.locator("#layer dt").inner_text() == "tầng layer"


def test_the_glossary_names_terms_in_english_first(browser, address):
    with reading(browser, f"{address}/glossary.html?lang=en") as page:
        expect(page.get_by_role("heading", name="Glossary")).to_be_visible()
        entry = page.locator("#layer")
        assert entry.locator("dt").inner_text() == "layer tầng"
        assert entry.locator("dd > [lang=vi]").inner_text() == "Một phép biến đổi & tham số."
        assert entry.get_by_role("link").inner_text() == "First met in “Layers <1>”"


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing_in_english(browser, address, viewport):
    with reading(browser, f"{address}/a_vn.html?lang=en", viewport=viewport) as page:
        assert axe(page) == []
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill("lear")
        page.locator("dialog.search li").first.wait_for()
        assert axe(page, "dialog.search") == []


def test_the_search_finds_the_text_of_the_page_s_language(browser, address):
    with reading(browser, f"{address}/a_vn.html?lang=en") as page:
        page.keyboard.press("/")
        dialog = page.get_by_role("dialog", name="Search the book")
        box = dialog.get_by_role("searchbox", name="Words to look for")
        dialog.get_by_text("stands in quotation marks").wait_for()
        box.fill("save parameters")
        assert dialog.get_by_role("status").inner_text().startswith("1 section")
        link = dialog.get_by_role("link")
        assert link.locator("strong").inner_text() == "1.1 A section"
        box.fill("lưu")
        assert not dialog.get_by_role("listitem").count()
        dialog.get_by_role("button", name="Close").click()
        page.get_by_text("Tiếng Việt").click()
        page.keyboard.press("/")
        box = page.get_by_role("dialog", name="Tìm trong sách").get_by_role("searchbox")
        box.fill("lưu tham")
        assert page.locator(".search strong").inner_text() == "1.1 Một mục"


def test_found_words_are_marked_in_the_text_that_is_shown(browser, address):
    found = (
        "[...(CSS.highlights.get('found') ?? [])].map(r => r.startContainer.data"
        ".slice(r.startOffset, r.endOffset))"
    )
    with reading(browser, f"{address}/a_vn.html?lang=en&tim=layer+học+notebook") as page:
        page.get_by_role("button", name="Unmark the words found").wait_for()
        assert page.evaluate(found) == ["layer"]


def test_the_page_of_the_lost_speaks_both_languages(browser, address):
    with reading(browser, f"{address}/404.html") as page:
        page.get_by_role("link", name="first page").click()
        expect(page.get_by_role("heading", name="Layers <1>")).to_be_visible()
