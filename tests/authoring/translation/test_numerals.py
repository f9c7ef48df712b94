import pytest

from authoring.translation.markup import parse
from authoring.translation.numerals import check_writing, compare


def rewritten(vietnamese: str, english: str = "One.") -> list[str]:
    found = check_writing(parse(english), parse(vietnamese), {"Python", "MXNet"}.__contains__)
    return [finding.reason.split("“")[2].split("”")[0] for finding in found]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("bằng 0.5", "0,5"),
        ("bằng 12345", "12.345"),
        ("bằng 1,234,567", "1.234.567"),
        ("bằng 1,234.5", "1.234,5"),
        ("bằng 60 000", "60.000"),
        ("nặng 3.11", "3,11"),
        ("bằng 9" + "0" * 6000, "9" + ".000" * 2000),
    ],
)
def test_the_vietnamese_way_of_writing_is_told(text, right):
    assert rewritten(text) == [right]


@pytest.mark.parametrize(
    "text",
    [
        "bằng 0,5 hay 1.234,5 hay 60.000 hay 1024",
        "Python 3.11, MXNet 1.9.1, bản 2.0, Mục 2.1, mục 3.2",
        "Python 3.8 đến 3.11 hay 3.12",
        "`numpy` 1.23 (MXNet 1.9)",
        "phần 1.2.3.4 và a1.5b",
        "từ 1.9.1 trở đi",
    ],
)
def test_numbers_that_are_right(text):
    assert rewritten(text) == []


def test_copied_from_english_it_cannot_be_vietnamese():
    assert rewritten("bằng 3.142", "It is 3.142.") == ["3,142"]
    assert rewritten("bằng 3,142", "It is 3.142.") == []
    assert rewritten("có 60,000", "There are 60,000.") == ["60.000"]
    assert rewritten("có 60,000", "It is 60.") == []
    assert rewritten("có 60", "There are 60.") == []


def differences(english: str, vietnamese: str) -> list[str]:
    source, target = parse(english).blocks[0].prose, parse(vietnamese).blocks[0].prose
    return [finding.reason for finding in compare(source, target)]


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("It is 0.75 of 60,000 or 1,234.5", "Nó là 0,75 của 60.000 hay 1.234,5"),
        ("In MXNet 1.9.1 and Python 3.11", "Trong MXNet 1.9.1 và Python 3.11"),
        ("Take 3 of them", "Lấy ba cái"),
        ("Take three of 4", "Lấy 3 của 4"),
        ("Both are 2 and 2", "Cả hai bằng 2"),
        ("It is $3$ or `4`", "Nó là $5$ hay `6`"),
    ],
)
def test_the_same_numbers_in_both_languages(english, vietnamese):
    assert differences(english, vietnamese) == []


@pytest.mark.parametrize(
    ("english", "vietnamese", "says"),
    [
        ("It is 0.75", "Nó là 0,57", "“0,57” thay vì “0.75”"),
        ("In 2007", "Năm 2017", "“2017” thay vì “2007”"),
        ("Of 60,000", "Trong 6.000", "“6.000” thay vì “60,000”"),
        ("From 1 to 2", "Từ 1 đến 3", "“3” thay vì “2”"),
    ],
)
def test_another_number_is_told(english, vietnamese, says):
    (reason,) = differences(english, vietnamese)
    assert says in reason
