import unicodedata
from xml.etree import ElementTree

import pytest

from authoring.book import edition, maths


def test_a_formula_is_html_and_mathml_without_its_source():
    html = maths.render(r"\mathbf{H} = \max(\mathbf{X}\mathbf{W}, 0)", True).html
    assert 'class="katex-display"' in html
    assert "<math" in html
    assert "\\" not in html


def test_every_vietnamese_letter_stands_whole_in_text():
    letters = maths.letters()
    assert len(letters) == len(set(letters)) == 134
    for letter in letters:
        assert unicodedata.is_normalized("NFC", letter)
        html = maths.render(rf"\text{{{letter}}}", False).html
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
    formula = maths.render(tex, True)
    assert "<math" in formula.html
    ElementTree.fromstring(edition.EpubEdition().fill("a.html", formula.html))


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


def test_what_is_read_aloud_and_what_is_drawn():
    formula = maths.render(r"x_1 \le \sum_i y", True)
    assert formula.text.replace("\u2061", "") == "x1≤∑iy"
    assert {letter for _, letter in formula.letters} >= set("x1≤∑iy")
    spoken = edition.EpubEdition().fill("a.html", formula.html)
    assert "katex-html" not in spoken
    assert "katex-html" in edition.Edition().fill("a.html", formula.html)


@pytest.mark.parametrize(
    "tex",
    [
        *[r"a \coloneqq b", r"\overset{a}{b}", r"\dddot{x}", r"x \tag{1}"],
        r"\begin{align*}a\end{align*}",
    ],
)
def test_mathml_is_what_its_schema_allows(tex):
    html = edition.EpubEdition().fill("a.html", maths.render(tex, True).html)
    for element in ElementTree.fromstring(html).iter():
        kind = element.tag.rpartition("}")[2]
        assert not (kind in ("mi", "mn", "mo", "mtext") and len(element)), kind
        assert "" not in element.attrib.values()
        assert not (kind in ("mtable", "mtd") and "width" in element.attrib)
