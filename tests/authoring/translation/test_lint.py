import tomllib
from pathlib import Path

import pytest

from authoring.glossary.terms import Glossary, Term
from authoring.notebook import split
from authoring.translation import course
from authoring.translation.lint import lint_prose, lint_source

HERE = Path(__file__).parent
NEURON = Term("neuron", "nơ-ron", "Đơn vị nhỏ nhất.")
GLOSSARY = Glossary((NEURON,), names=("Gluon", "Theano", "Python"))
RULES = {
    "nfc",
    "invisible",
    "space-before",
    "space-after",
    "double-space",
    "code-space",
    "tone",
    "quotes",
    "bracket",
    "punctuation",
    "markup",
    "number",
    "syllable",
}


def lines(name: str) -> list[dict[str, str]]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))["line"]


FAULTY, CORRECT = lines("faulty_lines.toml"), lines("correct_lines.toml")


def findings(text: str, english: str = "English."):
    source = f"<!--\n{english}\n-->\n\n{text}"
    halves = split(source)
    found = list(lint_source(source))
    if not any(finding.rule == "nfc" for finding in found):
        found += lint_prose(halves, *course.parse(halves), GLOSSARY)
    return found


def test_the_corpus_has_every_rule_and_at_least_sixty_lines():
    assert len(FAULTY) >= 60
    assert {line["rule"] for line in FAULTY} == RULES


@pytest.mark.parametrize("line", FAULTY, ids=lambda line: ascii(line["text"]))
def test_a_planted_fault_is_found_and_named_and_nothing_else(line):
    found = findings(line["text"], line.get("english", "English."))
    assert {finding.rule for finding in found} == {line["rule"]}
    assert any(line["names"] in finding.reason for finding in found)


@pytest.mark.parametrize("line", CORRECT, ids=lambda line: ascii(line["text"]))
def test_correct_lines_raise_no_alarm(line):
    assert findings(line["text"], line.get("english", "English.")) == []


def test_the_line_is_that_of_the_fault():
    (finding,) = findings("Một dòng.\n\nHai dòng,\ndòng ba ,\ndòng bốn.")
    assert finding.line == 8


def test_characters_are_checked_in_both_halves_and_in_code():
    assert [finding.line for finding in lint_source("a\nb\u200b\nc\u00a0d")] == [2, 3]


def test_every_invisible_character_of_a_line_is_named():
    assert len(list(lint_source("a\u200b\u00a0\u200b"))) == 2


def test_a_message_is_one_line_wherever_its_fault_stands():
    (finding,) = findings("Một dòng,\nhai dòng ,\nba dòng.")
    assert "\n" not in finding.reason
    assert "dòng,[xuống dòng]hai dòng ,[xuống dòng]ba" in finding.reason


def test_a_quotation_in_a_quotation_is_one_fault():
    (finding,) = findings("Gọi “một “hai” ba”.")
    assert finding.reason == "ngoặc kép không khép đúng ở ““”"
