import unicodedata

import pytest

from authoring.book import maths


def test_a_formula_is_html_and_mathml_without_its_source():
    html = maths.render(r"\mathbf{H} = \max(\mathbf{X}\mathbf{W}, 0)", True)
    assert 'class="katex-display"' in html
    assert "<math" in html
    assert "\\" not in html


def test_every_vietnamese_letter_stands_whole_in_text():
    letters = maths.letters()
    assert len(letters) == len(set(letters)) == 134
    for letter in letters:
        assert unicodedata.is_normalized("NFC", letter)
        html = maths.render(rf"\text{{{letter}}}", False)
        assert f"<mtext>{letter}</mtext>" in html
        assert "katex-accent" not in html


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{\text{số đúng}}{\text{tổng số}}",
        r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
        r"\begin{aligned} y &= x \\ &= z \end{aligned}",
        r"\underbrace{x + y}_{\text{ẩn}} \quad \bm{w} \quad \sqrt[3]{x} \quad \hat{\sigma}",
        r"\partial y / \partial w_i \in \mathbb{R}^{n \times d}",
    ],
)
def test_formulas_of_such_a_course_are_known(tex):
    assert "<math" in maths.render(tex, True)


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"\khong", "khong"),
        ("x_{", "end of input"),
        ("đ", "unicodeTextInMathMode"),
        (r"\href{https://a.example}{x}", "không cho dùng"),
        (r"\includegraphics{a.png}", "không cho dùng"),
    ],
)
def test_wrong_or_unsafe_tex_is_an_error(tex, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        maths.render(tex, False)
    assert "\n" not in str(caught.value)
