import unicodedata

import pytest

from authoring.translation.syllable import fault

SYLLABLES = """
a ơi ý yêu yếm yên yết iu ỉa ích út ước ươn ưng oanh oách uyên ủy
ba cá chữ dễ đã ghi ghế gì gìn gia giá già giã giếng giết giêng giữa giục giỗ giặt giường
hóa hòa họa hủy hỏi huỳnh huých huơ khỏe khuếch khuya khuỷu khuyên khuâng kệ kỹ kĩ kìm kia kiếm
loẹt loay luật lý lũy mía mua muốn nghĩa nghiêng nghịch nghĩ ngoằn ngoéo nguồn nguyễn ngữ nhụy
oẳn pin pê phím quá quả quà quý quỹ quỳnh quỵt quốc quyết quyển quơ quân quăng quen quét quên quýt
rượu rồi soóc sỹ thuở thuế thúy thùy tùy tuần tuất tuýp tuyệt trường trễ toán toàn toát tỷ
uống vĩ vỹ xoắn xoong xoay xuất xướng ngoao khoeo hươu bướu đượm cướp
"""
# Keys pressed twice, letters lost or swapped, wrong onsets before front vowels, English.
IMPOSSIBLE = """
tíinh tầngg khốii hocj tinhs ngĩa nghà kác kổ cê cinh gê ghà ngi ngến iên iêu quu quo truờng
trưòng nguời ngừoi đựoc mưọn muợn kyế tyên byến hớc bơc yach jò function layer model which of
training w f z
"""


@pytest.mark.parametrize("word", SYLLABLES.split())
def test_real_syllables_pass_in_any_case(word):
    assert fault(word) is None
    assert fault(word.upper()) is None
    assert fault(word.capitalize()) is None


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("hoá", "hóa"),
        ("hoà", "hòa"),
        ("Thuý", "thúy"),
        ("tuỳ", "tùy"),
        ("khoẻ", "khỏe"),
        ("huỷ", "hủy"),
        ("qúy", "quý"),
        ("qủa", "quả"),
        ("gía", "giá"),
        ("hòan", "hoàn"),
        ("tóan", "toán"),
        ("thủơ", "thuở"),
        ("nguỹên", "nguyễn"),
        ("đừơng", "đường"),
        ("khúyu", "khuýu"),
    ],
)
def test_a_misplaced_tone_mark_names_the_right_spelling(word, right):
    assert fault(right) is None
    rule, reason = fault(word)
    assert rule == "tone"
    assert f"“{right}”" in reason


@pytest.mark.parametrize(
    "word",
    IMPOSSIBLE.split(),
)
def test_impossible_syllables_are_found(word):
    assert fault(word) is not None


@pytest.mark.parametrize("word", ["các", "cạc", "học", "tập", "tất", "ích", "tịch"])
def test_a_stop_at_the_end_takes_two_tones_only(word):
    decomposed = unicodedata.normalize("NFD", word)
    for tone in ("", "\u0300", "\u0303", "\u0309"):
        plain = "".join(mark for mark in decomposed if mark not in "\u0301\u0323")
        end = len(plain) - (2 if plain.endswith("ch") else 1)
        wrong = unicodedata.normalize("NFC", plain[:end] + tone + plain[end:])
        rule, reason = fault(wrong)
        assert rule == "syllable"
        assert "thanh sắc hoặc thanh nặng" in reason


def test_two_tone_marks_are_one_too_many():
    assert fault("hóạ") == ("syllable", "có hai dấu thanh")
