import pytest

from authoring.glossary.terms import Glossary, Term
from authoring.translation.markup import parse
from authoring.translation.phrasing import check

GLOSSARY = Glossary(
    (Term("deferred initialization", "khởi tạo trễ", "Một."),), names=("Dive into Deep Learning",)
)


def found(text: str) -> list[str]:
    return [
        finding.question for prose in parse(text).proses() for finding in check(prose, GLOSSARY)
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mỗi ô tô đậm là một tầng.", "ô tô đậm"),
        ("Một ô tô\ntrống.", "ô tô trống"),
        ("Nếu sai số đầu vào thì hỏng.", "sai số đầu"),
        ("Nó là một số nguyên.", "một số nguyên"),
        ("Tầng thường không gọi ai.", "Tầng thường không"),
        ("Mọi tầng thôi học.", "thôi học"),
        ("Bạn có bị giết thì cũng đi tiếp.", "Bạn có bị giết"),
        ("Chúng ta chạy nó.", "Chúng ta"),
        ("Các bạn hãy chạy nó.", "Các bạn"),
        ("Chạy nó. Mình lấy tổng.", ". Mình lấy"),
        ("Cái trước lớn hơn cái sau.", "Cái trước lớn hơn cái sau"),
        ("Nó đọc cái sau rồi sửa cái trước.", "cái sau rồi sửa cái trước"),
        ("Nó không phá được thế hòa.", "phá được thế hòa"),
        ("Nó *runs all alone* ở đó.", "runs all alone"),
    ],
)
def test_what_a_reader_stumbles_over_is_asked(text, said):
    assert found(text) == [said]


@pytest.mark.parametrize(
    "text",
    [
        "Ô được tô đậm là một tầng; ô bỏ trống thì không.",
        "Sai số của đầu vào là 0,5, và sai số lớn nhất là 2.",
        "Một số tầng chạy; thường thì nhanh.",
        "Tiến trình của bạn bị giết, nó nhớ phần của mình.",
        "Đó là *khởi tạo trễ* (*deferred initialization*).",
        "Sách *Dive into Deep Learning*, bài *Deep Residual Learning for Image Recognition*.",
        "Thông báo viết “has not been initialized”, kiểu *lazy*.",
    ],
)
def test_what_reads_well_is_not(text):
    assert found(text) == []


def test_only_what_the_source_says_is_quoted_in_english():
    (prose, *_) = parse("Thông báo viết “has not been initialized”.").proses()
    assert list(check(prose, GLOSSARY, 'It says "has not been initialized".')) == []
    assert [finding.rule for finding in check(prose, GLOSSARY, "It is not ready.")] == ["english"]


def test_one_number_before_a_term_is_asked_unless_the_source_says_some():
    (prose,) = parse("Đó là một số khởi tạo trễ.").proses()
    (finding,) = check(prose, GLOSSARY, "It is a deferred initialization.")
    assert finding.question == "một số khởi tạo trễ"
    assert list(check(prose, GLOSSARY, "It is some deferred initialization.")) == []
