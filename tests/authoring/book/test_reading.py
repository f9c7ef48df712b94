"""Reading in two languages, and definitions of terms, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.authoring.book.browsing import NARROW, WIDE, reading, served
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_pictures import svg
from tests.authoring.book.test_term_marks import TOML


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("reading") / "course")
    (course.notebooks / "glossary.toml").write_text(TOML)
    (course.notebooks / "img").mkdir()
    (course.notebooks / "img/a.svg").write_text(svg())
    stale = text("Cũ rồi.", english="Changed.")
    stale.metadata = {"d2l": {"english": "0" * 12}}
    cells = [
        text("# Tựa đề\n\n**Thời gian**: ngắn.", english="# Title\n\n**Time**: short."),
        text("Tầng nào cũng học.\n\nThứ hai.", english="Every layer learns.\n\nSecond."),
        text('![b](img/a.svg "Vẽ")', english='![a](img/a.svg "Drawn")'),
        stale,
        text("## Đích\n\n" + "chữ " * 900, english="## Goal\n\n" + "word " * 900),
        text('<a id="end"></a>\n\nHết.', english="The end."),
    ]
    course.add("a_vn.ipynb", *cells)
    end = "(a_vn.ipynb#end)"
    course.add("b_vn.ipynb", text(f"# Hai\n\n[hết]{end}", english=f"# Two\n\n[end]{end}"))
    course.built()
    return course


@pytest.fixture(scope="module")
def address(course):
    with served(course.root / "book/html") as url:
        yield f"{url}/a_vn.html"


def shown(page: Page) -> tuple[bool, bool]:
    """Whether the Vietnamese and the English text are to be seen."""
    return page.get_by_text("Thứ hai.").is_visible(), page.get_by_text("Second.").is_visible()


def choose(page: Page, language: str) -> None:
    if not page.locator("#language").is_visible():
        page.locator(".language-button").click()
    page.locator("#language label", has_text=language).click()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_page_is_read_in_either_language_or_both(browser, address, viewport, scripts):
    with reading(browser, address, viewport=viewport, java_script_enabled=scripts) as page:
        assert shown(page) == (True, False)
        choose(page, "Song song")
        assert shown(page) == (True, True)
        choose(page, "Tiếng Anh")
        assert shown(page) == (False, True)
        expect(page.get_by_role("heading", name="Goal")).to_be_visible()
        choose(page, "Tiếng Việt")
        assert shown(page) == (True, False)


def test_side_by_side_means_beside(browser, address):
    with reading(browser, f"{address}?lang=both") as page:
        ours, theirs = (page.get_by_text(x).bounding_box() for x in ("Thứ hai.", "Second."))
        assert ours["y"] == theirs["y"]
        assert ours["x"] + ours["width"] < theirs["x"]
        expect(page.locator("figure img:visible")).to_have_count(1)
        expect(page.locator("figcaption:visible")).to_have_count(2)
        page.set_viewport_size(NARROW)
        ours, theirs = (page.get_by_text(x).bounding_box() for x in ("Thứ hai.", "Second."))
        assert ours["x"] == theirs["x"]
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_the_language_is_remembered_and_stands_in_the_address(browser, address):
    with reading(browser, address) as page:
        choose(page, "Tiếng Anh")
        assert page.url == f"{address}?lang=en"
        page.get_by_role("link", name="Next page Two").click()
        page.wait_for_url("**/b_vn.html?lang=en")
        expect(page.get_by_role("radio", name="English")).to_be_checked()
        choose(page, "Tiếng Việt")
        assert page.url.endswith("/b_vn.html")


def test_an_address_that_was_shared_counts_more_than_what_is_remembered(browser, address):
    with reading(browser, f"{address}?lang=en") as page:
        assert shown(page) == (False, True)
        page.goto(f"{address}?lang=vi")
        assert shown(page) == (True, False)
        page.goto(f"{address}?lang=klingon")
        assert shown(page) == (True, False)


def test_the_switch_works_with_the_keyboard(browser, address):
    with reading(browser, address) as page:
        page.get_by_role("radio", name="Tiếng Việt").focus()
        page.keyboard.press("ArrowRight")
        assert shown(page) == (False, True)
        page.set_viewport_size(NARROW)
        page.locator(".language-button").press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        assert shown(page) == (True, True)
        page.keyboard.press("Escape")
        expect(page.locator("#language")).to_be_hidden()


@pytest.mark.parametrize(("language", "seen"), [("vi", (True, False)), ("en", (False, True))])
def test_print_follows_the_switch(browser, address, language, seen):
    with reading(browser, f"{address}?lang={language}") as page:
        page.emulate_media(media="print")
        assert shown(page) == seen
        expect(page.locator("#language")).to_be_hidden()


def test_a_printed_page_has_nothing_to_click(browser, real):
    url, _ = real
    visible = """names => [...document.querySelectorAll(names)]
        .filter(e => e.checkVisibility()).map(e => e.outerHTML)"""
    with reading(browser, f"{url}/parameters_vn.html") as page:
        tools = "header, footer, #menu, .turn, .contents, .copy, .anchor, .skip"
        assert len(page.evaluate(visible, tools)) > 8
        page.emulate_media(media="print")
        assert page.evaluate(visible, tools) == []
        page.goto(f"{url}/print.html")
        page.emulate_media(media="screen")
        assert page.evaluate(visible, ".contents") == []


def test_one_paragraph_on_demand(browser, address):
    with reading(browser, address) as page:
        button = page.locator(".pair", has_text="Thứ hai.").get_by_role("button", name="EN")
        for state in (True, False):
            button.press("Enter")
            assert shown(page) == (True, state)
            assert button.get_attribute("aria-expanded") == str(state).lower()
            expect(page.get_by_text("Every layer learns.")).to_be_hidden()
        page.locator(".pair", has_text="Thứ hai.").hover()
        button.click()
        assert shown(page) == (True, True)


def test_one_paragraph_on_demand_by_touch(browser, address):
    with reading(browser, address, viewport=NARROW, has_touch=True, is_mobile=True) as page:
        pair = page.locator(".pair", has_text="Thứ hai.")
        pair.locator("p").first.tap()
        pair.get_by_role("button", name="EN").tap()
        assert shown(page) == (True, True)


def test_code_is_copied_by_touch(browser, real):
    url, _ = real
    touch = {"viewport": NARROW, "has_touch": True, "is_mobile": True}
    allowed = {"permissions": ["clipboard-read", "clipboard-write"]}
    with reading(browser, f"{url}/parameters_vn.html", **touch, **allowed) as page:
        button = page.get_by_role("button", name="Sao chép", exact=True).first
        assert button.evaluate("e => getComputedStyle(e).opacity") == "1"
        box, code = button.bounding_box(), page.locator(".code code").first
        assert box["y"] + box["height"] <= code.bounding_box()["y"] + 1  # covers none of it
        button.tap()
        page.get_by_role("button", name="Đã sao chép").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == code.inner_text()


def test_the_contents_beside_the_text_tell_what_is_being_read(browser, real):
    url, _ = real
    with reading(browser, f"{url}/parameters_vn.html") as page:
        links = page.locator(".contents a")
        expect(page.locator(".contents [aria-current]")).to_have_count(0)
        for n in (2, 5, 1):
            links.nth(n).click()
            expect(links.nth(n)).to_have_attribute("aria-current", "true")
            expect(page.locator(".contents [aria-current]")).to_have_count(1)


@pytest.mark.parametrize(
    ("language", "told", "minutes"),
    [
        ("vi", "đường chính khoảng {}\u00a0phút", r"\((\d+)\sphút\)$"),
        ("en", "main path about {}\u00a0minutes", r"\((\d+)\sminutes\)$"),
        ("both", "đường chính khoảng {}\u00a0phút", r"\((\d+)\sphút\)$"),
    ],
    ids=["vi", "en", "both"],
)
def test_contents_tell_what_goes_deeper_and_all_minutes(browser, real, language, told, minutes):
    url, _ = real
    address = f"{url}/model-construction_vn.html?lang={language}"
    with reading(browser, address) as page:
        contents = page.locator(".contents nav")
        whole = re.search(r"\((\d+)\s(phút|minutes)\)", contents.locator(".path").inner_text())
        assert told.format(whole[1]) in page.locator(".head").inner_text()
        group = contents.get_by_role("listitem").filter(has=page.locator("[href$=_deeper]"))
        parts = group.get_by_role("list").get_by_role("link")
        assert parts.count() > 3
        indent = group.get_by_role("link").first.bounding_box()["x"]
        for part in parts.all():
            assert part.bounding_box()["x"] > indent
            # As its own first words say.
            lead = page.locator(f"{part.get_attribute('href')} + .pair").inner_text()
            stated = re.match(r"(?:Khoảng|About) (\d+)\s(?:phút|minutes)\.", lead)
            assert re.search(minutes, part.inner_text())[1] == stated[1]
        page.set_viewport_size({"width": 360, "height": 800})
        page.locator(".contents").evaluate("e => (e.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_languages_work_from_a_folder(browser, course):
    with reading(browser, (course.root / "book/html/a_vn.html").as_uri()) as page:
        choose(page, "Tiếng Anh")
        assert page.url.endswith("a_vn.html?lang=en")
        page.get_by_role("link", name="Next page Two").click()
        expect(page.get_by_role("heading", name="Two")).to_be_visible()


def test_a_stale_translation_has_its_mark(browser, address):
    with reading(browser, address) as page:
        expect(page.locator(".stale")).to_have_count(1)
        expect(page.locator(".stale + .pair", has_text="Cũ rồi.")).to_be_visible()


def test_a_link_into_the_half_that_is_hidden_still_lands(browser, address):
    with reading(browser, address.replace("a_vn", "b_vn") + "?lang=en") as page:
        page.get_by_role("link", name="end").click()
        page.wait_for_url("**/a_vn.html?lang=en#end")
        expect(page.get_by_text("The end.")).to_be_in_viewport()


def test_the_head_of_a_page_tells_time_and_ways(browser, address):
    with reading(browser, address) as page:
        head = page.locator(".head")
        assert "Thời gian: ngắn." in head.inner_text()
        with page.expect_download() as download:
            head.get_by_role("link", name="Tải notebook").click()
        assert download.value.suggested_filename == "a_vn.ipynb"


def test_a_definition_shows_on_hover_and_focus_and_goes_with_escape(browser, address):
    with reading(browser, address) as page:
        card = page.locator(".preview")
        page.locator(".term").hover()
        expect(card).to_be_visible()
        assert card.inner_text().startswith("tầng layer")
        assert "Một phép biến đổi & tham số." in card.inner_text()
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        page.mouse.move(0, 0)
        page.locator(".pair:has(.term) > .source-button").focus()
        page.keyboard.press("Shift+Tab")
        expect(card).to_be_visible()


def test_a_card_fades_only_where_it_is_cut(browser, address):
    with reading(browser, address) as page:
        for height, fades in ((900, False), (120, True), (900, False)):
            page.set_viewport_size({"width": 1280, "height": height})
            page.locator(".term").evaluate("e => (e.blur(), e.focus())")
            card = page.locator(".preview:not(:empty)")
            expect(card).to_contain_text("Một phép biến đổi")
            last = "e => getComputedStyle(e, '::after').content"
            assert card.evaluate(last) == ('""' if fades else "none")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_definition_does_not_hide_its_word(browser, address, viewport):
    with reading(browser, address, viewport=viewport) as page:
        for position in ("start", "end"):
            page.locator(".term").evaluate(
                f"e => (e.blur(), e.scrollIntoView({{block: '{position}'}}))"
            )
            page.locator(".term").focus()
            expect(page.locator(".preview")).to_be_visible()
            card = page.locator(".preview").bounding_box()
            word = page.locator(".term").bounding_box()
            assert card["x"] >= 0
            assert card["x"] + card["width"] <= viewport["width"]
            assert (
                card["y"] >= word["y"] + word["height"] or card["y"] + card["height"] <= word["y"]
            )
            assert card["y"] >= 0
            assert card["y"] + card["height"] <= viewport["height"]


def test_a_first_touch_shows_the_definition_and_a_second_leads_to_the_glossary(browser, address):
    with reading(browser, address, viewport=NARROW, has_touch=True, is_mobile=True) as page:
        page.locator(".term").tap()
        expect(page.locator(".preview")).to_be_visible()
        assert page.url == address
        page.locator(".term").tap(position={"x": 3, "y": 3})
        page.wait_for_url("**/glossary.html#layer")


def test_without_scripts_a_term_is_a_link_to_its_definition_and_back(browser, address):
    with reading(browser, address, java_script_enabled=False) as page:
        page.locator(".term").press("Enter")
        page.wait_for_url("**/glossary.html#layer")
        entry = page.locator("#layer")
        assert "Một phép biến đổi & tham số." in entry.inner_text()
        entry.get_by_role("link").click()
        page.wait_for_url("**/a_vn.html#*")
        expect(page.locator(".term")).to_be_in_viewport()


def test_pages_without_a_glossary_have_no_page_for_it(tmp_path):
    bare = Course(tmp_path / "bare")
    bare.add("a_vn.ipynb", text("# Một"))
    assert bare.build().returncode == 0
    assert "glossary.html" not in bare.site()
