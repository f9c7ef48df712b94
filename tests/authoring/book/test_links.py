"""Addresses and cards in a real browser: copied, opened, looked at before one goes there."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import writing
from tests.authoring.book.browsing import NARROW, WIDE, axe, in_looks, reading, served
from tests.authoring.book.conftest import text
from tests.authoring.book.test_pictures import svg
from tests.authoring.book.test_results import DENIED

TOUCH = {"viewport": {"width": 360, "height": 800}, "has_touch": True, "is_mobile": True}
MOUSE = {"viewport": WIDE}
ALLOWED = {"permissions": ["clipboard-read", "clipboard-write"]}


@pytest.fixture(scope="module")
def site(lasting):
    (lasting.notebooks / "img").mkdir(parents=True)
    (lasting.notebooks / "img/a.svg").write_text(svg())
    links = (
        "[Hình 1.1](#fig), [phần sâu](#part), [ở trang hai](b_vn.ipynb#there), [web](https://a.vn)"
    )
    theirs = "[Figure 1.1](#fig), [deeper part](#part), [on page two](b_vn.ipynb#there), web"
    lasting.add(
        "a_vn.ipynb",
        text(f"# Một\n\nXem {links}.", id="title", english=f"# One\n\nSee {theirs}."),
        text("Đầu.\n\nGiữa.", id="two", english="First.\n\nSecond."),
        text("$$x + y$$", id="sum", english="$$x + y$$"),
        writing.code("print(1)", id="code"),
        text("chữ " * 900, id="long", english="word " * 900),
        text('<a id="fig"></a>\n\n![a](img/a.svg "Vẽ")', english='![a](img/a.svg "Drawn")'),
        text(
            '<a id="part"></a>\n\n## Phần sâu\n\nLời đầu của phần.',
            id="part",
            english="## Deeper part\n\nThe first words.",
        ),
        text(
            '<details>\n<summary>Gấp</summary>\n\n<a id="in"></a>\n\n### Trong\n\nSâu.\n</details>',
            id="fold",
            english="<details>\n<summary>Fold</summary>\n\n### Inside\n\nDeep.\n\n</details>",
        ),
        text("hết " * 900, id="end", english="end " * 900),
    )
    lasting.add(
        "b_vn.ipynb",
        text("# Hai\n\nMở.", english="# Two\n\nOpen."),
        text('<a id="there"></a>\n\n## Ở đó\n\nĐây rồi.', english="## There\n\nHere it is."),
    )
    lasting.built()
    return lasting.root / "book/html"


@pytest.fixture(scope="module")
def address(url):
    return f"{url}/a_vn.html"


def control(page: Page, place: str):
    return page.locator(f"[id='{place}'] .link-button")


def clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def shared(address: str, language: str, place: str) -> str:
    """What is copied of a place: in English its page in the site's folder `en`."""
    if language == "en":
        return f"{address.replace('/a_vn', '/en/a_vn')}#{place}"
    return f"{address}?lang={language}#{place}"


def bar(page: Page, place: str) -> bool:
    """Whether a place is marked as the one that was asked for."""
    return page.locator(f"[id='{place}']").evaluate("e => getComputedStyle(e).boxShadow != 'none'")


@pytest.mark.parametrize("device", [MOUSE, TOUCH], ids=["mouse", "touch"])
@pytest.mark.parametrize(
    ("language", "said"), [("vi", "Đã sao chép"), ("en", "Link copied"), ("both", "Đã sao chép")]
)
@pytest.mark.parametrize("place", ["_two.2", "_sum", "_code", "fig"])
def test_one_touch_copies_the_address_of_a_place(browser, address, device, language, said, place):
    with reading(browser, f"{address}?lang={language}", **device, **ALLOWED) as page:
        block = page.locator(".notebook > *").filter(
            has=page.locator(f"xpath=self::*[@id='{place}']")
        )
        block = block.or_(page.locator(f".pair:has(> [id='{place}'])"))
        button = block.locator(".link-button")
        if device is TOUCH:
            block.tap(position={"x": 30, "y": 5})
            button.tap()
        else:
            block.hover(position={"x": 30, "y": 5})
            button.click()
        expect(page.locator(".told", has_text=said)).to_be_visible()
        assert clipboard(page) == shared(address, language, place)
        assert page.url.endswith(f"#{place}")
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= device["viewport"]["width"]


def test_a_heading_copies_its_address_where_it_is_touched(browser, address):
    for device in (MOUSE, TOUCH):
        with reading(browser, f"{address}?lang=en", **device, **ALLOWED) as page:
            anchor = page.locator("#part .anchor")
            anchor.scroll_into_view_if_needed()
            if device is TOUCH:
                assert anchor.evaluate("e => getComputedStyle(e).opacity") == "1"
                box = anchor.bounding_box()
                assert min(box["width"], box["height"]) >= 24
                anchor.tap()
            else:
                anchor.click()
            expect(page.locator(".told", has_text="Link copied")).to_be_visible()
            assert clipboard(page) == shared(address, "en", "part")
            expect(page).to_have_url(f"{address}?lang=en#part")
            assert bar(page, "part")


def test_a_link_opens_in_the_language_in_which_it_was_copied(browser, address):
    with reading(browser, f"{address}?lang=en") as page:
        for language, shown in (("vi", "Giữa."), ("en", "Second.")):
            page.goto(f"{address}?lang={language}#_two.2")
            expect(page.get_by_text(shown)).to_be_in_viewport()
            assert bar(page, "_two.2")
            assert not bar(page, "_two")


# The first page has three addresses; the page of all pages has no English one.
@pytest.mark.parametrize("name", ["a_vn.html", "index.html", "", "b_vn.html", "print.html"])
def test_a_copied_link_leads_back_in_its_language(browser, address, name):
    start = address.replace("a_vn.html", name)
    place, ours, theirs = "_two.2", "Giữa.", "Second."
    if name == "b_vn.html":
        place, ours, theirs = "there", "Đây rồi.", "Here it is."
    elif name == "print.html":
        place = "a_vn.html:_two.2"
    with reading(browser, start, **ALLOWED) as page:
        for language, shown in (("vi", ours), ("en", theirs), ("both", ours)):
            page.goto(f"{start}?lang={language}&tim=x")
            if place == "there":
                page.locator("#there .anchor").press("Enter")
            else:
                control(page, place).press("Enter")
            page.locator(".told:not(:empty)").wait_for()
            copied = clipboard(page)
            english = language == "en" and name != "print.html"
            assert ("/en/" in copied, "tim=" in copied) == (english, False)
            page.goto("about:blank")
            page.goto(copied)
            led = address if english and name in ("index.html", "") else start
            page.wait_for_url(f"{led}{'' if language == 'vi' else f'?lang={language}'}#{place}")
            expect(page.get_by_text(shown, exact=True)).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_was_asked_for_is_marked_in_both_themes(browser, address, scheme):
    for device in (MOUSE, TOUCH):
        with reading(browser, f"{address}#_code", color_scheme=scheme, **device) as page:
            assert bar(page, "_code")
            page.evaluate("location.hash = 'fig'")
            assert bar(page, "_code") is False
            marked = page.locator(".pair:has(> #fig)")
            expect(marked).to_have_css("box-shadow", re.compile("rgb"))
            top = page.locator("#fig").bounding_box()["y"]
            assert top >= page.locator("header").bounding_box()["height"]
            assert axe(page) == []


def test_copying_works_over_plain_http(browser, site):
    with served(site) as url:
        address = url.replace("127.0.0.1", "0.0.0.0")
        with reading(browser, f"{address}/a_vn.html") as page:
            assert page.evaluate("[isSecureContext, navigator.clipboard]") == [False, None]
            for copy, copied in (
                (control(page, "_two"), f"{address}/a_vn.html?lang=vi#_two"),
                (page.get_by_role("button", name=re.compile("^(Đã s|S)ao chép$")), "print(1)"),
            ):
                copy.focus()
                page.keyboard.press("Enter")
                page.get_by_text(re.compile("^Đã (sao )?chép")).first.wait_for()
                expect(copy).to_be_focused()
                page.keyboard.press("/")
                page.get_by_role("searchbox").fill("")
                page.keyboard.press("ControlOrMeta+v")
                expect(page.get_by_role("searchbox")).to_have_value(copied)
                page.keyboard.press("Escape")


def test_a_paragraph_is_one_stop_of_the_keyboard(browser, address):
    with reading(browser, address, **ALLOWED) as page:
        source = page.locator("#_two > .source-button")
        source.focus()
        page.keyboard.press("ArrowLeft")
        expect(control(page, "_two")).to_be_focused()
        expect(control(page, "_two")).to_have_css("opacity", "1")
        page.keyboard.press("Enter")
        expect(page.locator(".told", has_text="Đã sao chép")).to_be_visible()
        assert clipboard(page) == f"{address}?lang=vi#_two"
        page.keyboard.press("ArrowLeft")
        expect(source).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator("[id='_two.2'] > .source-button")).to_be_focused()
        page.keyboard.press("Tab")
        expect(control(page, "_sum")).to_be_focused()  # nothing stands beside it
        page.locator("#language label", has_text="Tiếng Anh").click()
        expect(control(page, "_two")).to_have_attribute("aria-label", "Copy a link to this place")
        control(page, "_two").focus()
        page.keyboard.press("Tab")
        expect(control(page, "_two.2")).to_be_focused()


def test_a_place_inside_a_fold_is_opened(browser, address):
    with reading(browser, f"{address}#in") as page:
        expect(page.get_by_text("Sâu.")).to_be_in_viewport()
        page.goto(f"{address}?again")
        expect(page.get_by_text("Sâu.")).to_be_hidden()
        page.evaluate("location.hash = 'in'")
        expect(page.get_by_text("Sâu.")).to_be_in_viewport()


def test_a_paragraph_that_is_no_more_leads_to_its_cell(browser, address):
    with reading(browser, f"{address}#_end.7") as page:
        expect(page.locator("#_end")).to_be_in_viewport()
        page.evaluate("location.hash = 'no-such-place'")
        page.evaluate("location.hash = '_title.9'")


def card(page: Page):
    return page.get_by_role("tooltip").and_(page.locator(":not(:empty)"))


@pytest.mark.parametrize("device", [MOUSE, {"viewport": NARROW}], ids=["wide", "narrow"])
@pytest.mark.parametrize(
    ("language", "name", "said", "unsaid"),
    [
        ("vi", "phần sâu", "Lời đầu của phần.", "The first words."),
        ("en", "deeper part", "The first words.", "Lời đầu của phần."),
        ("both", "phần sâu", "Lời đầu của phần.", "The first words."),
    ],
)
def test_a_card_shows_where_a_link_leads(browser, address, device, language, name, said, unsaid):
    with reading(browser, f"{address}?lang={language}", **device) as page:
        link = page.get_by_role("link", name=name, exact=True).first
        expect(card(page)).to_be_hidden()
        link.hover()
        expect(card(page).get_by_text(said)).to_be_visible()
        expect(card(page).get_by_text(unsaid)).to_be_hidden()
        box, word = card(page).bounding_box(), link.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= device["viewport"]["width"]
        assert box["y"] >= word["y"] + word["height"] or box["y"] + box["height"] <= word["y"]
        # It stays while the pointer is on it, and goes with Escape.
        page.mouse.move(box["x"] + 20, box["y"] + 20, steps=5)
        page.wait_for_timeout(600)
        expect(card(page)).to_be_visible()
        page.keyboard.press("Escape")
        expect(card(page)).to_be_hidden()
        link.hover()
        expect(card(page)).to_be_visible()
        page.mouse.move(5, 700, steps=3)
        expect(card(page)).to_be_hidden()


def test_a_card_is_reached_and_described_by_keyboard(browser, address):
    with reading(browser, address) as page:
        page.get_by_role("link", name="Hình 1.1").focus()
        page.keyboard.press("Tab")
        link = page.get_by_role("link", name="phần sâu", exact=True).first
        expect(link).to_be_focused()
        expect(link).to_have_accessible_description(re.compile(r"Phần sâu\s+Lời đầu của phần\.$"))
        page.keyboard.press("Escape")
        expect(card(page)).to_be_hidden()
        expect(link).to_be_focused()
        page.keyboard.press("Tab")
        expect(card(page).get_by_text("Đây rồi.")).to_be_visible()
        page.keyboard.press("Tab")  # to a link that leads out of the book
        expect(card(page)).to_be_hidden()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/b_vn.html#there")


def test_a_first_touch_shows_the_card_and_a_second_one_leads_there(browser, address):
    with reading(browser, address, **TOUCH) as page:
        for name, said in (("phần sâu", "Lời đầu của phần."), ("ở trang hai", "Đây rồi.")):
            link = page.get_by_role("link", name=name, exact=True).first
            link.tap()
            expect(card(page).get_by_text(said)).to_be_visible()
            assert page.url == address
            box = card(page).bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= TOUCH["viewport"]["width"]
        page.get_by_role("heading", level=1).tap()
        expect(card(page)).to_be_hidden()
        link.tap()
        expect(card(page)).to_be_visible()
        link.tap()
        page.wait_for_url("**/b_vn.html#there")


@pytest.mark.parametrize("file", ["preview-card.js", "previews.js"])
def test_a_touch_follows_a_link_whose_card_cannot_come(browser, address, file):
    def touch_and_see() -> None:
        with reading(browser, address, **TOUCH) as page:
            page.route(f"**/{file}", lambda route: route.abort())
            page.get_by_role("link", name="ở trang hai").tap()
            page.wait_for_url("**/b_vn.html#there")

    # All that went wrong is the file itself.
    with pytest.raises(AssertionError, match=file):
        touch_and_see()


def test_a_picture_stands_on_the_card_from_a_folder_and_without_storage_too(browser, site):
    with reading(browser, (site / "a_vn.html").as_uri()) as page:
        page.add_init_script(DENIED)
        page.reload()
        page.get_by_role("link", name="Hình 1.1").hover()
        picture = card(page).locator("img").locator("visible=true")
        expect(picture).to_be_visible()
        assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") > 0
        control(page, "_two").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".told", has_text="Đã sao chép")).to_be_visible()
        assert page.url.endswith("a_vn.html#_two")


def test_from_a_folder_a_link_leads_to_the_page_itself(browser, site):
    start = (site / "a_vn.html").as_uri()
    with reading(browser, f"{start}?lang=en", **ALLOWED) as page:
        control(page, "_two").press("Enter")
        expect(page.locator(".told", has_text="Link copied")).to_be_visible()
        assert clipboard(page) == f"{start}?lang=en#_two"


@pytest.mark.parametrize("name", ["index", "print"])
def test_the_first_page_and_the_page_of_all_pages_have_cards_too(browser, address, name):
    with reading(browser, address.replace("a_vn", name)) as page:
        for link, said in (("phần sâu", "Lời đầu của phần."), ("ở trang hai", "Đây rồi.")):
            page.get_by_role("link", name=link, exact=True).locator("visible=true").last.hover()
            expect(card(page).get_by_text(said)).to_be_visible()
            page.keyboard.press("Escape")


@in_looks
def test_axe_finds_nothing_in_controls_and_cards(browser, real, viewport, scheme):
    url, _ = real
    address = f"{url}/parameters_vn.html"
    with reading(browser, address, viewport=viewport, color_scheme=scheme) as page:
        links = page.locator(".notebook p a[href*='#sec_']").locator("visible=true")
        for link in links.all()[:4]:
            link.focus()
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Tab")
            expect(card(page)).to_be_visible()
            assert axe(page, ".preview") == []
        assert axe(page) == []


def test_without_scripts_links_lead_to_paragraphs(browser, address):
    with reading(browser, f"{address}#_end", java_script_enabled=False) as page:
        expect(page.locator("#_end")).to_be_in_viewport()
        assert bar(page, "_end")
        expect(page.locator(".link-button")).to_have_count(0)
        page.get_by_role("link", name="ở trang hai").click()
        page.wait_for_url("**/b_vn.html#there")


def test_a_printed_page_has_neither_controls_nor_marks(browser, address):
    with reading(browser, f"{address}#_code") as page:
        page.emulate_media(media="print")
        assert not bar(page, "_code")
        assert page.locator(".link-button").locator("visible=true").count() == 0


def test_a_click_while_the_card_is_on_its_way_counts_once(browser, site):
    # The script of the card alone comes in two pieces, half a second apart.
    with served(site, pause=b"PAUSE") as url, reading(browser, f"{url}/a_vn.html") as page:
        button = page.locator("#_two > .source-button")
        page.get_by_role("link", name="phần sâu", exact=True).first.hover()
        page.locator("#_two").hover()
        button.click()
        page.locator(".preview").wait_for(state="attached")
        page.evaluate("new Promise((done) => setTimeout(done, 100))")
        expect(button).to_have_attribute("aria-expanded", "true")
