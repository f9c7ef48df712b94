"""Quick questions: whole without scripts, answerable in the page with them, and on paper."""

import pytest
from playwright.sync_api import Page, expect

from authoring.book import back_matter, worksheet
from authoring.book.edition import EpubEdition, PaperEdition
from authoring.notebook import NotebookError
from d2lutil.questions import LETTERS, all_questions
from tests import writing
from tests.authoring.book.browsing import axe, in_looks, reading, visit
from tests.authoring.book.conftest import page, text
from tests.course import sections

NAME = "deferred-init"
ASKS = writing.code(f'import d2lutil\n\nd2lutil.quick_questions("{NAME}")', id="questions")
RIGHT = [
    next(number for number, choice in enumerate(question.choices) if choice.is_right)
    for question in all_questions(NAME)
]
MARKS = ("right", "wrong")
WRONG = [(number + 1) % 3 for number in RIGHT]


def test_the_cell_becomes_the_questions_with_all_choices_and_reasons(course):
    html = page(course, ASKS)
    assert "d2lutil.quick_questions" not in html
    assert html.count("<fieldset>") == html.count("<summary>") == 5
    choices = sum(len(question.choices) for question in all_questions(NAME))
    assert html.count("<li>") == 5 + 2 * choices
    assert html.count("<b>") == 5


def test_paper_and_an_epub_have_them_in_vietnamese(course):
    page(course, ASKS)
    made = course.pages()["a_vn.ipynb"]
    for edition in (PaperEdition(), EpubEdition()):
        html = edition.article(made.address, made.html)
        assert html.count("<fieldset>") == 5
        assert 'lang="en"' not in html


def test_paper_has_the_answers_of_a_section_in_one_entry_at_its_end(course):
    page(course, text("## Năm câu hỏi nhanh"), ASKS)
    made = course.pages()["a_vn.ipynb"]
    paper = PaperEdition({f"aside:{made.address}:{number}": 70 + number for number in range(5)})
    asked = paper.article(made.address, made.html)
    assert "<b>" not in asked
    assert [f"Lời giải: trang\u00a0{70 + number}" in asked for number in range(5)] == [True] * 5
    (end,) = back_matter.make([made], paper)
    assert end.html.count('<section class="back">') == end.html.count("Năm câu hỏi nhanh") == 1
    assert end.html.count('<p class="name">Lời giải câu') == end.html.count("<b>") == 5


def test_a_teacher_can_leave_the_answers_out(course):
    page(course, ASKS)
    made = course.pages()["a_vn.ipynb"]
    for edition in (PaperEdition(solutions=False), EpubEdition(solutions=False)):
        html = edition.article(made.address, made.html)
        assert html.count("<fieldset>") == 5
        assert "Lời giải" not in html
        assert "<b>" not in html


def test_the_self_test_is_asked_on_a_worksheet(course):
    check = writing.code('import d2lutil\n\nd2lutil.check("index/1")', id="check")
    page(course, text("### Bài 1: đoán\n\nHãy đoán.\n\n1. Câu", "ex-guesses-text"), check)
    made = course.pages()["a_vn.ipynb"]
    (exercise,) = made.exercises
    assert exercise.html.count("<fieldset>") == 6
    sheet = worksheet._exercise(made, exercise)
    assert sheet.count("<fieldset>") == 6
    assert "Lời giải" not in sheet
    assert "<b>" not in sheet
    assert sheet.count("<div></div>") == worksheet._FEWEST


def test_they_can_be_searched_in_either_language(course):
    page(course, ASKS)
    (section,) = course.pages()["a_vn.ipynb"].sections
    vietnamese, english = map("".join, zip(*section.text, strict=True))
    assert "chưa có dữ liệu" in vietnamese
    assert "no data has come" not in vietnamese
    assert "no data has come" in english
    assert "chưa có dữ liệu" not in english


def test_the_self_test_asks_its_questions_once(course):
    english = "### Exercise 1\n\nGuess.\n\n1. What a notebook asks"
    exercise = text("### Bài 1\n\nHãy đoán.\n\n1. Câu của notebook", "ex-guesses-text", english)
    html = page(course, exercise)
    assert "Câu của notebook" not in html
    assert html.count("<fieldset>") == 6


def test_an_unknown_notebook_is_named(course):
    with pytest.raises(NotebookError, match="không có câu hỏi nào cho “khong”"):
        page(course, writing.code('import d2lutil\n\nd2lutil.quick_questions("khong")'))


@pytest.fixture(scope="module")
def site(lasting):
    far = text("## Xa\n\n" + "chữ " * 6000, id="far")
    others = writing.code('import d2lutil\n\nd2lutil.quick_questions("use-gpu")', id="questions")
    lasting.add("a_vn.ipynb", text("# Một", id="title"), far, others)
    lasting.add("b_vn.ipynb", text("# Hai", id="title"), ASKS)
    lasting.built()
    return lasting.root / "book/html"


@pytest.fixture(scope="module")
def address(url):
    return f"{url}/b_vn.html"


def radios(page: Page, question: int):
    return page.locator(".quiz").first.locator("fieldset").nth(question).get_by_role("radio")


def score(page: Page):
    return page.locator(".quiz-end .score").first


def verdict(page: Page, question: int):
    return (
        page.locator(".quiz")
        .first.locator("fieldset")
        .nth(question)
        .locator(".verdict[aria-live=polite]")
    )


@in_looks
def test_each_choice_gets_its_reason_and_may_be_changed(browser, address, viewport, scheme):
    first, *_ = all_questions(NAME)
    with reading(browser, address, viewport=viewport, color_scheme=scheme) as page:
        expect(radios(page, 0).first).to_be_visible()
        expect(score(page)).to_have_text("")
        assert axe(page) == []
        radios(page, 0).nth(WRONG[0]).check()
        expect(verdict(page, 0)).to_contain_text("Chưa đúng.")
        expect(verdict(page, 0)).to_contain_text(first.choices[WRONG[0]].reason.vi.split("`")[0])
        expect(page.get_by_text("Đúng 0/1 câu đã trả lời.")).to_be_visible()
        radios(page, 0).nth(RIGHT[0]).check()
        expect(verdict(page, 0)).to_contain_text("Đúng.")
        expect(verdict(page, 0)).not_to_contain_text("Chưa")
        expect(page.get_by_text("Đúng 1/1 câu đã trả lời.")).to_be_visible()
        radios(page, 1).nth(WRONG[1]).check()
        page.get_by_text("Lời giải").first.click()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_every_right_choice_of_the_source_is_right_in_the_page(browser, address):
    with reading(browser, address) as page:
        for question, number in enumerate(RIGHT):
            radios(page, question).nth(number).check()
        expect(page.get_by_text("Đúng 5/5 câu.")).to_be_visible()
        for question, number in enumerate(WRONG):
            radios(page, question).nth(number).check()
        expect(page.get_by_text("Đúng 0/5 câu.")).to_be_visible()


def test_a_question_is_named_and_answered_by_keyboard_alone(browser, address):
    with reading(browser, address) as page:
        group = page.get_by_role("group", name="Mạng gồm nn.Dense(4, in_units=6)")
        group.get_by_role("radio").first.focus()
        for _ in range(RIGHT[0]):
            page.keyboard.press("ArrowDown")
        # On the way nothing was chosen, so nothing was told.
        expect(verdict(page, 0)).to_have_text("")
        page.keyboard.press("Space")
        expect(verdict(page, 0)).to_contain_text("Đúng.")
        page.keyboard.press("ArrowDown")
        expect(radios(page, 0).first).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(radios(page, 0).last).to_be_focused()
        expect(radios(page, 0).nth(RIGHT[0])).to_be_checked()
        page.keyboard.press("Tab")
        expect(page.locator("summary").first).to_be_focused()


def test_answers_are_remembered_and_forgotten(browser, address):
    with reading(browser, address) as page:
        expect(page.get_by_role("button", name="Làm lại")).to_be_hidden()
        radios(page, 1).nth(RIGHT[1]).check()
        radios(page, 4).nth(WRONG[4]).check()
        page.goto(address.replace("b_vn", "print"))
        page.locator(".quiz").last.scroll_into_view_if_needed()
        expect(page.get_by_text("Đúng 1/2 câu đã trả lời.")).to_be_visible()
        page.goto(address)
        expect(page.get_by_text("Đúng 1/2 câu đã trả lời.")).to_be_visible()
        expect(verdict(page, 1)).to_contain_text("Đúng.")
        expect(verdict(page, 4)).to_contain_text("Chưa đúng.")
        expect(verdict(page, 0)).to_have_text("")
        page.get_by_role("button", name="Làm lại").click()
        expect(radios(page, 0).first).to_be_focused()
        expect(score(page)).to_have_text("")
        assert page.locator(".quiz :checked").count() == 0
        page.reload()
        expect(radios(page, 0).first).to_be_visible()
        expect(score(page)).to_have_text("")
        assert page.locator(".quiz :checked").count() == 0


def test_it_speaks_the_language_of_the_page(browser, address):
    with reading(browser, f"{address}?lang=en") as page:
        radios(page, 0).nth(WRONG[0]).check()
        expect(verdict(page, 0)).to_contain_text("Not quite.")
        expect(page.get_by_role("button", name="Start again", exact=True)).to_be_visible()
        expect(page.get_by_text("0 of 1 right so far.")).to_be_visible()
        assert "chưa" not in page.locator(".quiz").inner_text().lower()
        page.get_by_role("radio", name="Tiếng Việt").check(force=True)
        expect(page.get_by_text("Chưa đúng.")).to_be_visible()
        assert "network" not in page.locator(".quiz").inner_text().lower()


def test_without_scripts_the_answers_are_folded(browser, address):
    with reading(browser, address, java_script_enabled=False) as page:
        assert (
            page.get_by_role("group").get_by_role("radio").count()
            == page.locator("#language input").count()
        )
        reason = page.get_by_text("Nó là tham số duy nhất còn chỗ trống").first
        expect(reason).to_be_hidden()
        page.get_by_text("Lời giải").first.click()
        expect(reason).to_be_visible()


def test_the_script_comes_only_near_the_questions(browser, address):
    with reading(browser, address.replace("b_vn", "a_vn")) as page:
        page.wait_for_load_state("networkidle")
        asked = "performance.getEntriesByName(new URL('assets/quiz.js', location.href)).length"
        assert page.evaluate(asked) == 0
        page.locator(".quiz").scroll_into_view_if_needed()
        expect(radios(page, 0).first).to_be_visible()
        assert page.evaluate(asked) == 1


def test_a_letter_chooses_too_and_all_marks_stand_at_one_place(browser, address):
    with reading(browser, address) as page:
        letter = "e => e.querySelector('span').offsetLeft - e.offsetLeft - 14"
        for question, number in ((0, RIGHT[0]), (1, WRONG[1])):
            label = page.locator(".quiz fieldset").nth(question).locator("label").nth(number)
            label.click(position={"x": label.evaluate(letter), "y": 16})
            expect(radios(page, question).nth(number)).to_be_checked()
        place = "e => getComputedStyle(e, '::after').right + e.getBoundingClientRect().left"
        right, wrong = (page.locator(f".quiz .{name} > label").evaluate(place) for name in MARKS)
        assert right == wrong


def test_side_by_side_the_two_languages_are_told_apart(browser, address):
    with reading(browser, f"{address}?lang=both") as page:
        before = "e => getComputedStyle(e, '::before').content"
        assert page.locator(".quiz summary .en").first.evaluate(before) == '"· "'
        radios(page, 0).nth(WRONG[0]).check()
        expect(verdict(page, 0).locator("b")).to_have_text("Chưa đúng.", use_inner_text=True)
        rem = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
        assert page.locator(".quiz > li").first.bounding_box()["width"] <= 46 * rem


def test_nothing_leaves_a_narrow_screen_with_letters_twice_as_large(browser, real):
    url, _ = real
    viewport = {"width": 360, "height": 800}
    with reading(browser, f"{url}/index.html", viewport=viewport) as page:
        for name in (name.removesuffix(".ipynb") for name in sections()):
            visit(page, f"{url}/{name}.html")
            page.evaluate("document.documentElement.style.setProperty('--text', 2)")
            page.locator(".quiz").scroll_into_view_if_needed()
            expect(radios(page, 0).first).to_be_visible()
            # A formula's MathML is only read aloud, its own box is a pixel.
            rightmost = page.locator(".quiz :not(.katex-mathml *)").evaluate_all(
                "all => Math.max(...all.map((e) => e.getBoundingClientRect().right))"
            )
            assert rightmost <= 360, name


def test_letters_of_choices_are_those_of_the_notebook(browser, address):
    with reading(browser, address) as page:
        kinds = page.locator(".quiz fieldset > ol").evaluate_all("lists => lists.map(l => l.type)")
        assert kinds == ["a"] * 5
        assert max(len(question.choices) for question in all_questions(NAME)) <= len(LETTERS)
