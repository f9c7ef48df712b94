"""Search as a reader uses it: typed into the page, in a real browser."""

import contextlib
import json
import re
import unicodedata

import pytest
from nbformat import v4
from playwright.sync_api import expect

from authoring.book import search
from tests import writing
from tests.authoring.book.browsing import NARROW, WIDE, reading, served
from tests.authoring.book.conftest import text


@pytest.fixture(scope="module")
def site(lasting):
    lasting.add(
        "a_vn.ipynb",
        text("# Tầng"),
        text("## Khởi tạo trễ\n\nTa *khởi* **tạo** muộn, sau khi thấy dữ liệu $x_1$."),
        text("## Trễ rồi mới khởi tạo\n\nChuẩn hóa. Ẩn dụ: một tầng cây."),
        writing.code("net = nn.HybridBlock()\nnet.collect_params()"),
        text("## Tăng tốc\n\nTảng đá, tang lễ. Đầu vào và khởi hành, tạo dáng."),
    )
    lasting.add(
        "b_vn.ipynb",
        text("# Khối"),
        text("### Lớp ẩn\n\nMột tầng ẩn, rồi một tầng ẩn nữa. Đâu là vào?"),
        text(f"## Dài\n\n{'chữ ' * 300}kim cương ở cuối{' chữ' * 300}"),
        text("## Vòng\n\nTa gọi `step_all` rồi xem."),
        text("### Bài vòng\n\nHãy gọi `step_all`."),
        text(
            "## Gấp\n\nNgoài.\n\n<details>\n<summary>Lời giải</summary>\n\nBên trong\n\n</details>"
        ),
    )
    lasting.built()
    return lasting.root / "book/html"


@pytest.fixture(scope="module")
def address(site):
    with served(site) as url:
        yield url


@pytest.fixture(scope="module")
def ask(browser, address):
    """Ask and return the titles found, without their numbers, in their order."""
    with reading(browser, f"{address}/a_vn.html") as page:
        page.keyboard.press("/")
        page.get_by_text("Gõ có dấu").wait_for()

        def titles(question: str) -> list[str]:
            page.get_by_role("searchbox").fill(question)
            return [
                re.sub(r"^[\d.]+ ", "", t) for t in page.locator(".search strong").all_inner_texts()
            ]

        titles.page = page
        yield titles


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("tầng ẩn ", ["Lớp ẩn", "Trễ rồi mới khởi tạo"]),
        ("ẩn tầng ", ["Lớp ẩn", "Trễ rồi mới khởi tạo"]),
        ("đầu vào ", ["Tăng tốc"]),
        ("tăng ", ["Tăng tốc"]),
        ("hóa ", ["Trễ rồi mới khởi tạo"]),
        ("hoá ", ["Trễ rồi mới khởi tạo"]),
        ("TẦNG", ["Tầng", "Lớp ẩn", "Trễ rồi mới khởi tạo"]),
    ],
)
def test_with_marks_they_count(ask, question, titles):
    assert sorted(ask(question)) == sorted(titles)
    assert sorted(ask(unicodedata.normalize("NFD", question))) == sorted(titles)


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("tang an ", {"Lớp ẩn", "Trễ rồi mới khởi tạo"}),
        ("dau vao ", {"Lớp ẩn", "Tăng tốc"}),
        ("tang ", {"Tầng", "Lớp ẩn", "Trễ rồi mới khởi tạo", "Tăng tốc"}),
        ("DAU ", {"Lớp ẩn", "Tăng tốc"}),
    ],
)
def test_without_marks_any_will_do(ask, question, titles):
    assert set(ask(question)) == titles


def test_words_in_one_run_come_first(ask):
    assert ask("khởi tạo trễ") == ["Khởi tạo trễ", "Trễ rồi mới khởi tạo"]
    assert ask("dau vao")[0] == "Tăng tốc"
    assert ask("khởi tạo ")[-1] == "Tăng tốc"


@pytest.mark.parametrize("quote", ['"{}"', "“{}”", '"{}'])
def test_a_phrase_is_taken_as_it_stands(ask, quote):
    assert ask(quote.format("khởi tạo trễ")) == ["Khởi tạo trễ"]
    assert set(ask(quote.format("khoi tao"))) == {"Khởi tạo trễ", "Trễ rồi mới khởi tạo"}
    assert ask(quote.format("tạo khởi")) == []


def test_a_phrase_and_a_word(ask):
    assert ask('"khởi tạo" dữ ') == ["Khởi tạo trễ"]
    assert ask('cây "khoi tao" ') == ["Trễ rồi mới khởi tạo"]


@pytest.mark.parametrize(
    "question",
    [
        *("collect_params", "collect_par", "net.collect_params()", "COLLECT_PARAMS", "params"),
        *("HybridBlock", "hybridb", "nn.HybridBlock", "hybrid block"),
    ],
)
def test_identifiers_are_found_whole_and_by_their_words(ask, question):
    assert ask(question) == ["Trễ rồi mới khởi tạo"]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("kohi tao tre", "Khởi tạo trễ"),
        ("khoii tao tre ", "Khởi tạo trễ"),
        ("khửi tạo trễ ", "Khởi tạo trễ"),
        ("khời tạo trễ ", "Khởi tạo trễ"),
        ("colect_params ", "Trễ rồi mới khởi tạo"),
        ("collect_parmas", "Trễ rồi mới khởi tạo"),
        ("HybirdBlock", "Trễ rồi mới khởi tạo"),
    ],
)
def test_slips_of_the_fingers_are_forgiven_and_told(ask, question, title):
    assert ask(question)[0] == title
    assert "gần giống: " in ask.page.get_by_role("status").inner_text()


@pytest.mark.parametrize("question", ["xyzzyxyzzy", "q", '""', "?!", "<b>", "\u0301", "(", "\\"])
def test_nothing_found_is_said_and_nothing_breaks(ask, question):
    assert ask(question) == []
    said = ask.page.get_by_role("status").inner_text()
    assert ("Không tìm thấy" in said) or ("Gõ có dấu" in said)


def test_what_is_near_a_word_without_a_match_can_be_asked_for(ask):
    status = ask.page.get_by_role("status")
    ask("khoii tao ")
    assert "Không có “khoii”, gần giống: khởi" in status.inner_text()
    status.get_by_role("button", name="khởi").click()
    expect(ask.page.get_by_role("searchbox")).to_have_value("khởi tao ")
    expect(ask.page.get_by_role("searchbox")).to_be_focused()
    assert "gần giống" not in status.inner_text()
    # Too far for a hit, yet near enough to be named.
    assert ask("chuẩnxx ") == []
    assert status.inner_text() == "Không tìm thấy mục nào. Không có “chuẩnxx”, gần giống: chuẩn"


def test_each_of_two_words_without_a_match_has_what_is_near_it(ask):
    ask("khoii colect_parms ")
    first, second = ask.page.get_by_role("status").inner_text().split("\n")
    assert first.strip().endswith("Không có “khoii”, gần giống: khởi khối")
    assert second == "Không có “colect_parms”, gần giống: collect_params"


def test_what_is_near_is_of_the_language_that_is_read(browser, real):
    url, _ = real
    with reading(browser, f"{url}/index.html") as page:

        def near(language: str) -> list[str]:
            page.evaluate(f"document.querySelector('#language [value={language}]').click()")
            page.locator(".search-button").click()
            page.get_by_role("searchbox").fill("khoii colect_parms ")
            status = page.get_by_role("status")
            expect(status).to_contain_text("collect_params")
            found = status.get_by_role("button").all_inner_texts()
            page.keyboard.press("Escape")
            return found

        before, after = near("vi"), near("en")
        page.reload()
        assert after == near("en") != before


def test_when_no_section_has_every_word_the_nearest_come(ask):
    assert "Khởi tạo trễ" in ask("khởi tạo xyzzyxyzzy ")
    assert "không mục nào có đủ mọi từ" in ask.page.get_by_role("status").inner_text()


def test_a_section_comes_before_the_short_ones_below_it(ask):
    assert ask("step_all") == ["Vòng", "Bài vòng"]


def test_a_word_still_being_typed_is_found(ask):
    assert "Khởi tạo trễ" in ask("khở")
    assert "Khởi tạo trễ" in ask("khoi ta")
    assert ask("khở ")
    assert "gần giống" in ask.page.get_by_role("status").inner_text()


def test_results_show_where_they_are_with_the_words_marked(ask):
    assert ask("kim cương") == ["Dài"]
    result = ask.page.locator(".search li")
    assert result.locator("small").inner_text() == "2 Khối"
    assert result.locator("span mark").all_inner_texts() == ["kim", "cương"]
    excerpt = result.locator("span").inner_text()
    assert excerpt.startswith("… ")
    assert excerpt.endswith(" …")
    assert len(excerpt) < 300


def marked(page):
    """The words that the page shows as found, and whether the first one is in sight."""
    return page.evaluate(
        "[...(CSS.highlights.get('found') ?? [])]"
        ".map(r => r.startContainer.data.slice(r.startOffset, r.endOffset))"
    )


@pytest.mark.parametrize("opened", ["served", "from a folder"])
def test_a_result_leads_to_its_section_where_the_words_are_marked(browser, address, site, opened):
    start = f"{address}/b_vn.html" if opened == "served" else (site / "b_vn.html").as_uri()
    with reading(browser, start) as page:
        page.keyboard.press("Control+k")
        page.keyboard.type("khoi tao tre")
        page.locator(".search li").first.wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url("**/a_vn.html?tim=khoi+tao+tre#khoi-tao-tre")
        words = marked(page)
        assert [word.lower() for word in words[:6]] == ["khởi", "tạo", "trễ", "khởi", "tạo", "trễ"]
        expect(page.locator("#khoi-tao-tre")).to_be_visible()
        page.get_by_role("button", name="Bỏ tô các từ tìm thấy").click()
        assert marked(page) == []
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox")).to_have_value("khoi tao tre")


def test_words_with_marks_are_marked_only_where_they_are_so_written(browser, address):
    with reading(browser, f"{address}/a_vn.html?tim=tầng") as page:
        assert {word.lower() for word in marked(page)} == {"tầng"}
    with reading(browser, f"{address}/a_vn.html?tim=tang") as page:
        assert {word.lower() for word in marked(page)} == {"tầng", "tăng", "tảng", "tang"}
    with reading(browser, f"{address}/a_vn.html?tim=hybridblock") as page:
        assert marked(page) == ["HybridBlock"]


def test_an_address_with_anything_in_it_does_no_harm(browser, address):
    for odd in [
        "",
        "%00",
        "<script>alert(1)<%2Fscript>",
        "%22%3E%3Cimg src=x onerror=alert(1)%3E",
        "(" * 99,
    ]:
        with reading(browser, f"{address}/a_vn.html?tim={odd}#khong-co") as page:
            expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_word_inside_a_fold_opens_it(browser, address):
    with reading(browser, f"{address}/a_vn.html") as page:
        page.keyboard.press("/")
        page.keyboard.type("bên trong")
        page.locator(".search li").first.wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url("**/b_vn.html?tim=*")
        expect(page.get_by_text("Bên trong", exact=True)).to_be_visible()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_keyboard_is_enough(browser, address, viewport):
    with reading(browser, f"{address}/a_vn.html", viewport=viewport) as page:
        page.get_by_role("button", name="Tìm").press("Enter")
        dialog = page.get_by_role("dialog", name="Tìm trong sách")
        page.keyboard.type("tang")
        dialog.locator("li").nth(1).wait_for()
        focused = "[...document.querySelectorAll('.search li a')].indexOf(document.activeElement)"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert page.evaluate(focused) == 1
        page.keyboard.press("ArrowUp")
        assert page.evaluate(focused) == 0
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.type") == "search"
        page.keyboard.type("/")
        expect(page.get_by_role("searchbox")).to_have_value("tang/")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        assert page.evaluate("document.activeElement.className") == "search-button"


def test_the_dialog_keeps_the_focus_and_has_names(browser, address):
    with reading(browser, f"{address}/a_vn.html") as page:
        page.get_by_role("button", name="Tìm").click()
        dialog = page.get_by_role("dialog", name="Tìm trong sách")
        dialog.get_by_role("searchbox", name="Từ cần tìm").fill("tang")
        dialog.get_by_role("link", name="Tầng").first.wait_for()
        assert re.match(r"\d+ mục", dialog.get_by_role("status").inner_text())
        reached = set()
        for _ in range(3 * dialog.locator("a, button, input").count()):
            page.keyboard.press("Tab")
            inside, name = page.evaluate(
                "[document.activeElement === document.body"
                " || !!document.activeElement.closest('dialog'), document.activeElement.tagName]"
            )
            assert inside
            reached.add(name)
        assert {"INPUT", "BUTTON", "A"} <= reached


@pytest.mark.parametrize("late", ["minisearch.js", "sections.js", "search.js"])
def test_what_is_typed_while_the_search_is_loading_is_looked_for(browser, address, late):
    with reading(browser, f"{address}/a_vn.html") as page:
        held = []
        page.route(f"**/{late}", lambda route: held.append(route))
        page.get_by_role("button", name="Tìm").click()
        page.get_by_role("searchbox").fill("tan")
        others = {"minisearch.js", "sections.js", "search.js"} - {late}
        loaded = "performance.getEntriesByType('resource').map(e => e.name.split('/').at(-1))"
        while not others <= {*page.evaluate(loaded)}:
            page.wait_for_timeout(50)
        page.get_by_role("searchbox").fill("tang")
        held[0].continue_()
        page.get_by_role("dialog").get_by_role("link", name="Tầng").first.wait_for()


def test_keys_are_told_only_where_there_are_some(browser, address):
    for touch in (False, True):
        phone = {"viewport": NARROW, "has_touch": True, "is_mobile": True} if touch else {}
        with reading(browser, f"{address}/a_vn.html", **phone) as page:
            page.get_by_role("button", name="Tìm").click()
            page.get_by_text("Gõ có dấu").wait_for()
            assert ("Phím ↓ ↑" in page.get_by_role("status").inner_text()) != touch


def test_without_scripts_there_is_no_dead_box(browser, address):
    with reading(browser, f"{address}/a_vn.html", java_script_enabled=False) as page:
        expect(page.get_by_role("button", name="Tìm")).to_be_hidden()
        expect(page.get_by_role("searchbox")).to_have_count(0)


def test_what_cannot_be_loaded_is_said_and_tried_again(browser, address):
    with contextlib.closing(browser.new_context()) as context:
        page = context.new_page()
        page.route("**/sections.js", lambda route: route.abort())
        page.goto(f"{address}/a_vn.html")
        page.keyboard.press("/")
        page.get_by_text("Không tải được phần tìm kiếm").wait_for()
        page.unroute("**/sections.js")
        page.get_by_role("button", name="Đóng").click()
        page.keyboard.press("/")
        page.get_by_text("Gõ có dấu").wait_for()


def vietnamese(pieces):
    return "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)


def test_the_books_own_words_are_counted_rightly(browser, real, project):
    """Against a count made another way, from the same sections."""
    data = (project.root / "book/html/assets/sections.js").read_text()
    sections = json.loads(data.partition("=")[2])
    url, _ = real
    with reading(browser, f"{url}/index.html") as page:
        page.keyboard.press("/")
        page.get_by_text("Gõ có dấu").wait_for()
        for question in ["tầng ẩn ", "đầu vào ", "khởi tạo ", "tham số ", "thiết bị "]:
            wanted = sum(
                all(
                    re.search(rf"(?<!\w){word}(?!\w)", f"{title} {vietnamese(body)}", re.IGNORECASE)
                    for word in question.split()
                )
                for _, _, _, title, _, body in sections
            )
            page.get_by_role("searchbox").fill(question)
            said = page.get_by_role("status").inner_text()
            assert wanted > 5
            assert re.match(r"\d+", said)[0] == str(wanted), question


def test_the_books_own_names_are_found_from_a_folder(browser, project):
    with reading(browser, (project.root / "book/html/index.html").as_uri()) as page:
        page.keyboard.press("/")
        page.get_by_text("Gõ có dấu").wait_for()
        results = page.locator(".search li")
        for question, name in [
            ("collect_params", "collect_params"),
            ("symbolblock", "SymbolBlock"),
            ("save_parameters", "save_parameters"),
            ("save_paramters", "save_parameters"),
            ("dau vao", "đầu"),
            ('"khởi tạo trễ"', "trễ"),
        ]:
            for form in ("NFC", "NFD"):
                page.get_by_role("searchbox").fill(unicodedata.normalize(form, question))
                marks = results.first.locator("mark").all_inner_texts()
                assert name.lower() in {mark.lower() for mark in marks}, question


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_books_own_questions_lead_where_they_are_answered(browser, real, language):
    url, _ = real
    with reading(browser, f"{url}/index.html?lang={language}") as page:
        page.keyboard.press("/")
        page.get_by_role("dialog").get_by_text("“").wait_for()
        for question, place in [
            ("save parameters", "read-write_vn.html#sec_files_parameters"),
            ("save_parameters", "read-write_vn.html#sec_files_parameters"),
            ("collect_params", "parameters_vn.html#sec_params_collect"),
            ("cài đặt" if language == "vi" else "install", "index_vn.html#sec_index_run"),
            ("gradient", "glossary.html#gradient"),
            ("bộ nhớ" if language == "vi" else "memory", "glossary.html#memory"),
            (
                "khởi tạo trễ" if language == "vi" else "deferred initialization",
                "deferred-init_vn.html#sec_deferred_init",
            ),
        ]:
            page.get_by_role("searchbox").fill(question)
            link = page.locator(".search li a").first.get_attribute("href")
            assert re.sub(r"\?.*#", "#", link).endswith(f"/{place}"), question


def test_the_words_of_the_books_tools_are_not_found(browser, real, project):
    url, _ = real
    data = (project.root / "book/html/assets/sections.js").read_text()
    assert not re.search("Tải notebook|Trong trang này|Sao chép", data)
    with reading(browser, f"{url}/use-gpu_vn.html?tim=tải+notebook+kết") as page:
        page.get_by_role("button", name="Bỏ tô").wait_for()
        inside = "[...CSS.highlights.get('found')].map(r => r.startContainer.parentElement)"
        tools = ".ways, .contents, button, summary"
        assert page.evaluate(f"{inside}.length") > 0
        assert page.evaluate(f"{inside}.filter(e => e.closest({tools!r})).length") == 0


def test_what_searches_is_loaded_when_it_is_asked_for(browser, address):
    asked = "performance.getEntriesByType('resource').map(e => e.name.split('/').at(-1))"
    with reading(browser, f"{address}/a_vn.html") as page:
        assert not {"search.js", "sections.js", "minisearch.js"} & set(page.evaluate(asked))
        page.keyboard.press("/")
        # What is typed before it has come is searched for as well.
        page.keyboard.type("tang")
        page.locator(".search li").first.wait_for()
        assert {"search.js", "sections.js", "minisearch.js"} <= set(page.evaluate(asked))


def test_sections_are_what_a_reader_sees(course):
    writing.write(
        course.notebooks / "a_vn.ipynb",
        text(
            "# Một\n\nXin **chào**.\n\n- hai\n- ba\n\n## Sau\n\nCho $x$.",
            english="# One\n\nHello.\n\n- two\n- three\n\n## After\n\nFor $x$.",
        ),
        writing.code(
            "a < b",
            outputs=[
                v4.new_output("stream", name="stdout", text="\x1b[31mđỏ\x1b[0m"),
                v4.new_output(
                    "display_data",
                    data={"text/html": "<table><tr><td>một</td><td>ô<br>đó</td></tr></table>"},
                ),
            ],
        ),
        text("| c | d |\n|---|---|\n| `e_f` | ~~g~~ |\n\n$$y$$\n\nh<br>i", id="table"),
    )
    page = course.pages(numbered=True)["a_vn.ipynb"]
    assert search.rows(page) == [
        ["a_vn.html", "mot", 1, "1 Một", "1 One", [[" Xin chào. hai ba ", "Hello. two three "]]],
        [
            *["a_vn.html", "sau", 2, "1.1 Sau", "1.1 After"],
            [
                [" Cho x. ", "For x. "],
                " a < b đỏ một ô đó ",
                [" Bảng 1.1 c d e_f g h i ", "Source in English. "],
            ],
        ],
    ]


def test_the_script_is_one_plain_assignment():
    rows = [["a.html", "a", 1, "Một", "One", ['x" </script>', ["hai", "two"]]]]
    script = search.script(rows)
    assert script.startswith("globalThis.bookSections=[[")
    assert json.loads(script.partition("=")[2]) == rows
