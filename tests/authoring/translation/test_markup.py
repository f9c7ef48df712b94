import pytest
from markdown_it.token import Token

from authoring.translation.markup import ADDRESS, CODE, IMAGE, MATHS, _Inline, parse


def kinds(text: str) -> list[str]:
    return [block.kind for block in parse(text).blocks]


def test_every_kind_of_block_is_seen_in_order():
    text = """\
## Tiêu đề

Đoạn

1. một
2. hai

> trích

| a | b |
|---|---|
| c | d |

```python
x
```

$$
y
$$

<details>
<summary>Mở</summary>

trong

</details>

---
"""
    table = ["bảng", *["hàng bảng", "ô bảng", "ô bảng"] * 2]
    folded = ["thẻ <details>", "thẻ <summary>", "chữ trong thẻ HTML", "thẻ </summary>"]
    assert kinds(text) == [
        "tiêu đề cấp 2",
        "đoạn văn",
        "danh sách đánh số từ 1",
        *["mục danh sách", "đoạn văn"] * 2,
        *["khối trích", "đoạn văn"],
        *table,
        "khối mã python",
        "công thức riêng dòng",
        *folded,
        "đoạn văn",
        "thẻ </details>",
        "đường kẻ ngang",
    ]


def test_what_is_no_prose_leaves_a_stand_in():
    text = (
        "Gọi `f(x)` với $a_1$, ![hình](img/a.svg), <kbd>Ctrl</kbd>, <https://a.vn>, https://b.vn/c."
    )
    block = parse(text).blocks[0]
    assert block.prose.text == (f"Gọi {CODE} với {MATHS}, {IMAGE}, {CODE}, {ADDRESS}, {ADDRESS}.")
    assert block.code == ["f(x)"]
    assert block.maths == ["a_1"]
    assert block.images == ["img/a.svg"]
    assert block.links == ["https://a.vn", "https://b.vn/c"]
    assert [caption.text for caption in block.captions] == ["hình"]


@pytest.mark.parametrize(
    ("text", "prose", "links"),
    [
        ("Xem http://localhost:8888.", f"Xem {ADDRESS}.", ["http://localhost:8888"]),
        ("(https://a.vn/b_c_d?e=f:g)", f"({ADDRESS})", ["https://a.vn/b_c_d?e=f:g"]),
        ("https://a.vn, https://b.vn", f"{ADDRESS}, {ADDRESS}", ["https://a.vn", "https://b.vn"]),
        ("[https://a.vn!](b.vn)", f"{ADDRESS}!", ["b.vn", "https://a.vn"]),
        ("**https://a.vn** mới", f"{ADDRESS} mới", ["https://a.vn"]),
        ("Viết cho a@b.vn, đọc train.py", "Viết cho a@b.vn, đọc train.py", []),
    ],
)
def test_bare_addresses_are_no_prose(text, prose, links):
    block = parse(text).blocks[0]
    assert block.prose.text == prose
    assert block.links == links


def test_an_address_in_an_alternative_text_is_no_prose():
    (caption,) = parse("![Theo https://a.vn/b](c.svg)").blocks[0].captions
    assert caption.text == f"Theo {ADDRESS}"


def test_struck_out_text_is_prose():
    assert parse("Một ~~hai *ba*~~ bốn").blocks[0].prose.text == "Một hai ba bốn"


def test_a_break_of_the_line_parts_words():
    assert parse("Một<br>hai<br/>ba").blocks[0].prose.text == "Một hai ba"


def test_a_box_of_a_task_is_no_prose_but_counts():
    blocks = parse("- [ ] một\n- [x] hai\n- [y] ba").blocks
    paragraphs = [block for block in blocks if block.kind == "đoạn văn"]
    assert [block.prose.text.strip() for block in paragraphs] == ["một", "hai", "[y] ba"]
    assert [block.tags for block in paragraphs] == [["[ ]"], ["[x]"], []]


def test_escaped_characters_and_entities_are_prose():
    prose = parse(r"1\. \*một\* \$5 \(hai\) &amp; <kbd>\*</kbd> ba").blocks[0].prose
    assert prose.text == f"1. *một* $5 (hai) & {CODE} ba"
    assert len(prose.text) == len(prose.lines) == len(prose.foreign)


def test_no_kind_of_token_is_passed_over():
    """Else its text would vanish from every check."""
    block, token = parse("Một").blocks[0], Token("footnote_ref", "", 0)
    with pytest.raises(AttributeError):
        _Inline(block, [token])


def test_captions_and_titles_are_prose_too():
    block = parse('![Sơ đồ `net` *mới*](a.svg "Tựa") và [liên kết](b.vn "Lời")').blocks[0]
    assert [caption.text for caption in block.captions] == [f"Sơ đồ {CODE} mới", "Tựa", "Lời"]
    assert block.code == []


def test_lines_are_those_of_the_cell():
    document = parse("một\nhai $a\nb$ ba\nbốn\n\n| x |\n|---|\n| y |", first_line=10)
    prose = document.blocks[0].prose
    assert [prose.lines[prose.text.index(word)] for word in ("một", "hai", "ba", "bốn")] == [
        10,
        11,
        12,
        13,
    ]
    assert document.blocks[-1].line == 17


def test_html_text_knows_its_line():
    document = parse("<details>\n<summary>\nMở\nra</summary>\n</details>", first_line=5)
    text = next(block for block in document.blocks if block.prose.text)
    assert text.prose.text == "Mở\nra"
    assert text.prose.lines[0] == 7
    assert text.prose.lines[-1] == 8


def test_anchors_are_no_blocks():
    document = parse('<a id="x"></a>\n\n# Một\n\n<a id="y"></a> hai\n\n<div><a id="z"></a></div>')
    assert document.anchors == [1, 5, 7]
    assert [block.kind for block in document.blocks] == [
        "tiêu đề cấp 1",
        "đoạn văn",
        "thẻ <div>",
        "thẻ </div>",
    ]


def test_a_link_in_html_is_no_anchor():
    block = parse('<a href="b.html">hai</a>').blocks[0]
    assert block.tags == ['<a href="b.html">', "</a>"]


def test_italics_and_quotations_without_vietnamese_letters_are_foreign():
    prose = parse("*tầng* (*hidden layer*) báo “not found” và “tìm thấy”").blocks[0].prose
    foreign = "".join(
        c for c, is_foreign in zip(prose.text, prose.foreign, strict=True) if is_foreign
    )
    assert foreign == "hidden layernot found"
