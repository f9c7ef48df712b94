from pathlib import Path

import pytest

from authoring.glossary import toml_file
from authoring.translation import course, questions
from d2lutil.questions import Choice, Question, Wording

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
GLOSSARY = toml_file.load(NOTEBOOKS / "glossary.toml")


def reported(vi, en):
    return [finding.rule for finding in questions.check_wording(Wording(vi, en), GLOSSARY)]


def test_a_clean_pair_has_no_finding():
    assert reported("Tầng ẩn có `8` nơ-ron.", "The hidden layer has `8` neurons.") == []


@pytest.mark.parametrize(
    ("vi", "en", "rule"),
    [
        ("Tầng ẩn , rồi tầng ra.", "The hidden layer, then the output layer.", "space-before"),
        ('Hãy đọc "mảng" này.', "Read this “array”.", "quotes"),
        ("Lớp ẩn.", "The hidden layer.", "term"),
        ("Gọi `a`.", "Call `b`.", "code"),
        ("Gọi nó.", "Call\u200b it.", "invisible"),
    ],
)
def test_a_pair_is_checked_like_the_halves_of_a_cell(vi, en, rule):
    assert rule in reported(vi, en)


FAULTY, FINE = Wording("Sai , rồi.", "Wrong, then."), Wording("Đúng.", "Right.")


@pytest.mark.parametrize(
    ("question", "place"),
    [
        (Question(FAULTY, ()), "câu 1"),
        (Question(FINE, (Choice(FAULTY, FINE, True),)), "câu 1, lựa chọn a"),
        (Question(FINE, (Choice(FINE, FAULTY, True),)), "câu 1, lý do a"),
    ],
)
def test_a_fault_is_named_by_its_file_and_question(monkeypatch, question, place):
    monkeypatch.setattr("d2lutil.questions.all_questions", lambda name: (question,))
    (fault,) = course.check([NOTEBOOKS / "parameters_vn.ipynb"], NOTEBOOKS / "glossary.toml")
    assert f"parameters.toml, {place}, dòng 1: thừa khoảng trắng trước" in str(fault)
