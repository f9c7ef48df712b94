import textwrap
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from authoring.glossary import toml_file
from authoring.translation import course, exercises
from d2lutil.exercises import parameters

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
GLOSSARY = toml_file.load(NOTEBOOKS / "glossary.toml")


def reported(text):
    return [finding.rule for finding in exercises.check_text(text, GLOSSARY)]


def test_a_clean_text_has_no_finding():
    assert reported("Hãy gọi `net.initialize()`, rồi đọc 0,5 từ mảng.") == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (unicodedata.normalize("NFD", "Tầng ẩn."), "nfc"),
        ("Tầng\u200b ẩn.", "invisible"),
        ("Tầng ẩn , rồi tầng ra.", "space-before"),
        ('Hãy đọc "mảng" này.', "quotes"),
        ("Con số là 0.5 hay hơn.", "number"),
        ("Tầng này là affine.", "syllable"),
        ("Mỗi tầng có một độ chệch.", "forbidden"),
        ("Một thứ (*frobnication*) mới.", "unknown-term"),
    ],
)
def test_a_text_is_checked_like_that_of_a_notebook(text, rule):
    assert rule in reported(text)


def test_sentences_are_the_vietnamese_strings_of_the_code():
    code = '''
        """A docstring with “Chưa làm” in it."""
        word = "answer"
        raise Wrong(
            f"`{shown}` cho {number:.4g}, "
            "sai giá trị."
        )
        known = {3: "Một câu", "khóa": 4}
    '''
    assert sorted(exercises.sentences(textwrap.dedent(code))) == [
        (5, "`1` cho 1, sai giá trị."),
        (8, "Một câu"),
        (8, "khóa"),
    ]


FIRST, *OTHERS = parameters.EXERCISES
FAULTY = "Tầng này sai , rồi."


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        (replace(FIRST, praise=FAULTY), "lời khen"),
        (replace(FIRST, hints=(FIRST.hints[0], FAULTY)), "gợi ý 2"),
        (replace(FIRST, solution=replace(FIRST.solution, reason=FAULTY)), "lời giải"),
    ],
)
def test_a_text_is_checked_with_its_notebook_and_named_by_its_exercise(monkeypatch, changed, place):
    monkeypatch.setattr(parameters, "EXERCISES", (changed, *OTHERS))
    (fault,) = course.check([NOTEBOOKS / "parameters_vn.ipynb"], NOTEBOOKS / "glossary.toml")
    assert f"parameters.py, bài parameters/1, {place}: thừa khoảng trắng trước" in str(fault)


def test_sentences_of_checks_are_named_by_their_line(tmp_path, monkeypatch):
    copy = tmp_path / "parameters.py"
    text = Path(parameters.__file__).read_text("utf-8")
    sentence = "Chiều đi chưa có ReLU."
    line = text[: text.index(sentence)].count("\n") + 1
    copy.write_text(text.replace(sentence, "Chiều đi chưa có Affine."), "utf-8")
    monkeypatch.setattr(parameters, "__file__", str(copy))
    (fault,) = exercises.check(["parameters"], GLOSSARY)
    assert (fault.rule, fault.path, fault.line) == ("syllable", copy, line)


def test_a_section_without_exercises_is_passed_over():
    assert list(exercises.check(["index", "a"], GLOSSARY)) == []
