"""The quick questions keep their form, and what asks and judges them says clearly what is wrong."""

import ast
import re
from collections import Counter

import pytest

import d2lutil
from authoring import notebook
from d2lutil.exercises import SECTIONS, check
from d2lutil.questions import LETTERS, all_questions
from tests.course import FOLDER

SELF_TEST, *ORDINARY = SECTIONS
NAME, ANSWERS = "parameters", "dbacc"


def right(question):
    (letter,) = (letter for letter, choice in question.lettered.items() if choice.is_right)
    return letter


@pytest.mark.parametrize("name", SECTIONS)
def test_every_question_has_one_right_choice_and_everything_in_both_languages(name):
    questions = all_questions(name)
    assert len(questions) == (6 if name == SELF_TEST else 5)
    for question in questions:
        assert right(question)
        assert (2 if name == SELF_TEST else 3) <= len(question.choices) <= len(LETTERS)
        for choice in question.choices:
            assert all((*question.text, *choice.text, *choice.reason))
            assert choice.reason.vi.endswith(".")
            assert choice.reason.en.endswith(".")
            assert "\n" not in "".join((*question.text, *choice.text, *choice.reason))
        assert len({choice.text.vi for choice in question.choices}) == len(question.choices)


def test_neither_letter_nor_length_gives_an_answer_away():
    questions = [question for name in ORDINARY for question in all_questions(name)]
    letters = Counter(right(question) for question in questions)
    assert {*letters} == {*LETTERS}
    assert max(letters.values()) <= 2 * min(letters.values())
    longest = sum(
        right(question) == max(question.lettered, key=lambda a: len(question.lettered[a].text.vi))
        for question in questions
    )
    assert longest <= len(questions) / 2


def test_the_self_test_asks_what_the_first_exercise_asks_and_takes_its_answers():
    cell = next(c for c in notebook.read(FOLDER / "index_vn.ipynb").cells if "guesses-t" in c.id)
    halves = notebook.split(cell.source)
    questions = all_questions(SELF_TEST)
    for half, language in ((halves.vietnamese, "vi"), (halves.english, "en")):
        asked = re.findall(r"^\d\. (.+)", half, re.MULTILINE)
        assert asked == [getattr(question.text, language) for question in questions]
    answers = [
        ast.literal_eval(question.lettered[right(question)].text.vi.strip("`"))
        for question in questions
    ]
    assert check("index/1", answers).passed


def test_questions_show_all_choices_and_fold_their_answers():
    quiz = d2lutil.quick_questions(NAME)
    shown = quiz._repr_markdown_()
    for question in all_questions(NAME):
        assert question.text.vi in shown
        assert question.text.vi not in repr(quiz)
        for choice in question.choices:
            open_, _, folded = shown.partition(question.text.vi)[2].partition("<details>")
            assert choice.text.vi in open_
            is_told = choice.reason.vi in folded.partition("</details>")[0]
            assert is_told == choice.is_right


def test_the_call_that_is_shown_as_an_example_works_and_is_not_all_right():
    shown = d2lutil.quick_questions(NAME)._repr_markdown_()
    example = re.search(r'quick_questions\("parameters", "(\w+)"\)', shown)
    assert "Đúng 5/5" not in repr(d2lutil.quick_questions(NAME, example[1]))


@pytest.mark.parametrize("answers", [ANSWERS, "d b a c c", "D, B, A, C, C"])
def test_right_answers_are_told_in_any_spelling(answers):
    verdict = repr(d2lutil.quick_questions(NAME, answers))
    assert verdict.count("✓ Đúng.") == 5
    assert verdict.endswith("Đúng 5/5 câu.")


def test_a_wrong_answer_gets_its_own_reason_and_not_the_right_one():
    verdict = d2lutil.quick_questions(NAME, "abacc")._repr_markdown_()
    first = all_questions(NAME)[0]
    assert f"**1a.** ✗ Chưa đúng. {first.choices[0].reason.vi}" in verdict
    assert first.lettered["d"].reason.vi not in verdict
    assert verdict.endswith("Đúng 4/5 câu.")


@pytest.mark.parametrize(
    ("name", "answers", "told"),
    [
        ("parameters_vn", None, "không có câu hỏi nào cho 'parameters_vn': tên là một trong index"),
        (NAME, "dba", "cần đúng 5 chữ cái, mỗi câu một chữ; 'dba' có 3"),
        (NAME, "", "'' có 0"),
        (NAME, ["d", "b"], "cần đúng 5 chữ cái"),
        (NAME, "dbacx", "câu 5 không có lựa chọn 'x', chỉ có a, b, c, d"),
        (NAME, "ddacc", "câu 2 không có lựa chọn 'd', chỉ có a, b, c"),
    ],
)
def test_what_cannot_be_judged_is_told(name, answers, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        d2lutil.quick_questions(name, answers)
