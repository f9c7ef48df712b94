import pytest

from authoring.glossary.terms import Glossary, Term
from authoring.translation import terminology
from authoring.translation.markup import parse

LAYER = Term("layer", "tầng", "Một.", note="“lớp” dành cho *class*", forbidden=("lớp",))
HIDDEN = Term("hidden layer", "tầng ẩn", "Hai.")
CLASS = Term("class", "lớp", "Ba.")
INSTANCE = Term("instance", "thực thể", "Bốn.")
TRAIN = Term("training", "huấn luyện", "Năm.", forms=("train", "trained"))
TIED = Term("tied parameters", "tham số dùng chung", "Sáu.", variants=("dùng chung tham số",))
LIBRARY = Term("library", "thư viện", "Bảy.")
BATCH = Term("batch", "batch", "Tám.")
BOX = Term("box", "hộp", "Chín.")
GLOSSARY = Glossary(
    (LAYER, HIDDEN, CLASS, INSTANCE, TRAIN, TIED, LIBRARY, BATCH, BOX),
    english_exceptions=("for instance", "class of errors"),
    vietnamese_exceptions=("lớp học",),
)


def findings(english: str, vietnamese: str):
    return list(terminology.check(GLOSSARY, parse(english), parse(vietnamese, 10)))


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("A layer.", "Một tầng."),
        ("Two LAYERS.", "Hai Tầng."),
        ("The layer's end.", "Cuối tầng."),
        ("A hidden\nlayer.", "Một tầng\nẩn."),
        ("A hidden-layer size.", "Cỡ của tầng ẩn."),
        ("Two libraries, two batches, two boxes.", "Hai thư viện, hai batch, hai hộp."),
        ("We train; it is trained.", "Ta huấn luyện."),
        ("Tied parameters.", "Nó dùng chung tham số."),
        ("A `layer` and $layer$.", "Một thứ."),
        ("A relayer, a classy thing.", "Một thứ."),
        ("For instance, this.", "Chẳng hạn thế này."),
        ("A class of errors.", "Một họ lỗi."),
        ("A class.", "Một lớp."),
        ("A layer is a class.", "Tầng là một lớp."),
        ("In class.", "Trong lớp học của lớp."),
        ("One.", "Trong lớp học."),
        ("It says: in a layer.", "Nó báo “in a layer”."),
        ("A layer.\n\nThe same layer.", "Một tầng.\n\nVẫn nó."),
        ("A layer.", "Một *tầng* (*layer*)."),
        ("A layer.", "Một tầng (`forward`), (xem) (*tầng ẩn*), (2)."),
        ("![A layer](a.svg)", "![Một tầng](a.svg)"),
    ],
)
def test_right_translations_pass(english, vietnamese):
    assert findings(english, vietnamese) == []


@pytest.mark.parametrize(
    ("english", "vietnamese", "rule", "line", "reason"),
    [
        ("A layer.", "Một thứ.", "term", 10, "“layer” phải dịch là “tầng” (“lớp” dành"),
        ("A hidden layer.", "Một tầng.", "term", 10, "“hidden layer” phải dịch là “tầng ẩn”"),
        ("One.\n\nTwo layers.", "Một.\n\nHai thứ.", "term", 12, "“tầng”"),
        ("Two libraries.", "Hai thứ.", "term", 10, "“library” phải dịch là “thư viện”"),
        ("Two batches.", "Hai thứ.", "term", 10, "“batch” phải dịch là “batch”"),
        ("Two boxes.", "Hai thứ.", "term", 10, "“box” phải dịch là “hộp”"),
        ("Tied parameters.", "Một thứ.", "term", 10,
         "“tham số dùng chung” hoặc “dùng chung tham số”"),
        ("It was trained.", "Nó học.", "term", 10, "“training” phải dịch là “huấn luyện”"),
        ("A layer.", "Một `tầng`.", "term", 10, "“tầng”"),
        ("A layer.", "Một tầngg.", "term", 10, "“tầng”"),
        ("One.", "Một lớp.", "forbidden", 10, "không dùng “lớp” cho “layer”: viết “tầng”"),
        ("A layer.", "Một tầng, hay lớp.", "forbidden", 10, "“lớp”"),
        ("A layer of a class.", "Một tầng là lớp của một lớp.", "forbidden", 10, "“lớp”"),
        ("A class.\n\nOne.", "Một lớp.\n\nMột lớp.", "forbidden", 12, "“lớp”"),
        ("One.", "![Một lớp](a.svg)", "forbidden", 10, "“lớp”"),
        ("One.", "Một *khối* (*block*).", "unknown-term", 10, "“block” được giới thiệu"),
        ("A layer.", "Một tầng (*layer, block*).", "unknown-term", 10, "“block”"),
        ("One.", "Một thứ (*for instance*).", "unknown-term", 10, "“for instance”"),
    ],
)  # fmt: skip
def test_wrong_translations_are_named(english, vietnamese, rule, line, reason):
    (finding,) = findings(english, vietnamese)
    assert finding.rule == rule
    assert finding.line == line
    assert reason in finding.reason


def test_a_half_without_blocks_is_no_crash():
    assert [finding.rule for finding in findings("A layer.", "[a]: http://x")] == ["term"]
    assert findings("[a]: http://x", "Một.") == []


def test_an_empty_glossary_finds_nothing():
    assert list(terminology.check(Glossary(()), parse("A layer."), parse("Một lớp."))) == []
