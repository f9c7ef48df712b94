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
        ("7 million of 2,500", "7.000.000 của 2.500"),
        ("7 million, three billion", "7 triệu, ba tỉ"),
        ("Twelve and twenty, a hundred", "Mười hai và hai mươi, một trăm"),
        ("A dozen of two hundred", "Mười hai trong hai trăm"),
        ("It takes 0.5 GB in 90 seconds", "Nó chiếm 500 MB trong 1,5 phút"),
        ("At 4 p.m., on 24 November 2026", "Lúc 16 giờ, ngày 24/11/2026"),
        ("320 GB each second", "320 GB mỗi giây"),
        ("About a microsecond", "Chừng một micro giây"),
        ("A second layer, in five years", "Tầng thứ hai, trong năm năm"),
        ("28 bytes, then four more", "28 byte, rồi bốn byte nữa"),
        ("Twenty-one or fifty nine", "Hai mươi mốt hay 59"),
        ("Two dozen, tens of thousands", "Hai mươi bốn, hàng chục nghìn"),
        ("1.5 million in 1.5 hours", "Một triệu rưỡi trong một tiếng rưỡi"),
        ("At 3 p.m. or 10:30 p.m.", "Lúc 3 giờ chiều hay 22 giờ 30"),
        ("1.5x as fast", "Nhanh gấp 1,5 lần"),
        ("A ratio of 2", "Một tỉ lệ là 2"),
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
        ("Two layers", "Ba tầng", "“Ba” thay vì “Two”"),
        ("Two seconds", "Ba giây, cả hai lần", "“Ba giây” thay vì “Two seconds”"),
        ("It takes six passes", "Nó tốn năm lượt", "“năm” thay vì “six”"),
        ("64 bits, then 32 bits", "32 bit, rồi 32 bit", "“32 bit” thay vì “64 bits”"),
        ("ſix parts", "Bảy phần", "“Bảy” thay vì “ſix”"),
        ("It takes 16 MB", "Nó chiếm 16 GB", "“16 GB” thay vì “16 MB”"),
        ("16 bytes", "16 bit", "“16 bit” thay vì “16 bytes”"),
        ("320 GB each second", "320 GB mỗi phút", "“mỗi phút” thay vì “each second”"),
        ("A million weights", "Một tỉ trọng số", "“Một tỉ” thay vì “A million”"),
        ("Tens of microseconds", "Vài chục mili giây", "“chục mili giây” thay vì"),
        ("From 3 to 8, then 8", "Từ 8 đến 3, rồi 8", "thứ tự các số khác bản tiếng Anh: 8, 3, 8"),
    ],
)
def test_another_number_is_told(english, vietnamese, says):
    (reason,) = differences(english, vietnamese)
    assert says in reason


def test_words_without_end_are_no_number():
    assert differences("million " * 50_000, "triệu " * 50_000 + "ba") == []
