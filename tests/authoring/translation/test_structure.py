import re

import pytest

from authoring.glossary.terms import Glossary
from authoring.translation.markup import parse
from authoring.translation.structure import compare


def findings(english: str, vietnamese: str, kept: set[str] = frozenset({"Gluon"})):
    glossary = Glossary((), names=tuple(kept))
    return list(compare(parse(english), parse(vietnamese, 20), glossary))


def only(english: str, vietnamese: str):
    (finding,) = findings(english, vietnamese)
    return finding


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("# One\n\nTwo\n\n- three\n- four", "# Một\n\nHai\n\n- ba\n- bốn"),
        ("Wrapped\nlines", "Những dòng\nbị\nngắt"),
        ("First `a`, then $b$", "Trước $b$, sau `a`"),
        ("[One](a.md#x) ![two](b.svg)", "![hai](b.svg) [Một](a.md#x)"),
        ("# One", '<a id="sec_one"></a>\n\n# Một'),
        (r"$\text{loss} = 1$", r"$\text{mất mát} = 1$"),
        ("```text\none\n```", "```text\nmột\n```"),
        ("| Gluon | `x` |\n|---|---|\n| one | 1 |", "| Gluon | `x` |\n|---|---|\n| một | 1 |"),
        ("<details>\n<summary>One</summary>\n\ntwo\n\n</details>",
         "<details>\n<summary>Một</summary>\n\nhai\n\n</details>"),
        ("press <kbd>A</kbd>", "bấm <kbd>A</kbd>"),
        ("- [ ] one\n- [x] two", "- [ ] một\n- [x] hai"),
        ("~~one~~ https://a.vn", "~~một~~ https://a.vn"),
        ("$x$", "$x$"),
    ],
)  # fmt: skip
def test_equal_builds_pass(english, vietnamese):
    assert findings(english, vietnamese) == []


@pytest.mark.parametrize(
    ("english", "vietnamese", "line", "reason"),
    [
        ("# One", "## Một", 20, "tiếng Anh là tiêu đề cấp 1 “One”.*là tiêu đề cấp 2 “Một”"),
        ("One\n\nTwo", "Một", 20, "thiếu bản dịch của đoạn văn “Two”.*dòng 3.*đoạn văn 2/1"),
        ("One", "Một\n\nHai", 22, "thừa đoạn văn “Hai”"),
        ("One\n\nTwo", "# Một\n\nHai", 20, "tiếng Anh là đoạn văn “One”"),
        ("- a one\n- b two", "- một", 20, "thiếu bản dịch của mục danh sách.*mục danh sách 2/1"),
        ("1. one", "- một", 20, "danh sách đánh số từ 1.*danh sách"),
        ("1. one", "2. một", 20, "đánh số từ 1 .*đánh số từ 2"),
        ("- one\n\n  two", "- một\n\nhai", 22, "mức lồng"),
        ("> one", "một", 20, "khối trích"),
        ("|a|b|\n|-|-|\n|one|c|", "|a|\n|-|\n|một|", 22, "ô bảng “b”.*hàng bảng"),
        ("```python\nx\n```", "```text\nx\n```", 20, "khối mã python .*khối mã text"),
        ("<details>\n<summary>A one</summary>\n</details>", "<details>\nmột\n</details>", 21,
         "thẻ <summary>"),
    ],
)  # fmt: skip
def test_another_build_names_the_first_difference(english, vietnamese, line, reason):
    finding = only(english, vietnamese)
    assert finding.rule == "structure"
    assert finding.line == line
    assert re.search(reason, finding.reason)


@pytest.mark.parametrize(
    ("english", "vietnamese", "rule", "reason"),
    [
        ("one `a` `a`", "một `a`", "code", "thiếu “a”"),
        ("one", "một `a`", "code", "thừa “a”"),
        ("one `a`", "một `b`", "code", "thiếu “a”, thừa “b”"),
        ("one `a` `a`", "một `b`", "code", r"thiếu “a” \(2 lần\), thừa “b”"),
        ("```python\nx = 1\n```", "```python\nx = 2\n```", "code", "mã phải giống hệt"),
        ("one $a$", "một $b$", "maths", "thiếu “a”, thừa “b”"),
        ("$$\na\n$$", "$$\nb\n$$", "maths", "công thức"),
        ("[one](a.md)", "[một](b.md)", "link", "đích liên kết.*thiếu “a.md”, thừa “b.md”"),
        ("see https://a.vn", "xem https://b.vn", "link", "https://a.vn"),
        ("[https://a.vn](x.md)", "[https://b.vn](x.md)", "link", "https://a.vn"),
        ("- [ ] one", "- [x] một", "html", r"ô đánh dấu.*thiếu “\[ \]”, thừa “\[x\]”"),
        ("- [ ] one", "- một", "html", r"thiếu “\[ \]”"),
        ("~~A whole sentence.~~", "~~A whole sentence.~~", "untranslated", "chưa dịch"),
        ("It \\$7.", "Nó \\$8.", "figures", "“8” thay vì “7”"),
        ("![one](a.svg)", "![một](b.svg)", "image", "hình.*a.svg"),
        ("![one](a.svg)", "![](a.svg)", "image", "số chú thích"),
        ("one <kbd>A</kbd>", "một A", "html", "<kbd>"),
        ('<img src="a" class="b">', '<img src="a" class="c">', "html", "class=b"),
        ("A whole sentence.", "A whole sentence.", "untranslated", "“A whole sentence.”"),
        ("![A figure](a.svg)", "![a  figure](a.svg)", "untranslated", "chưa dịch"),
        ("Gluon and more", "Gluon and more", "untranslated", "chưa dịch"),
        ("It is 7.", "Nó là 8.", "figures", "“8” thay vì “7”"),
        ('<a id="x"></a>\n\n# One', "# Một", "anchor", "chỉ đặt ở nửa tiếng Việt"),
    ],
)
def test_other_contents_are_named(english, vietnamese, rule, reason):
    finding = only(english, vietnamese)
    assert finding.rule == rule
    assert re.search(reason, finding.reason)


def test_lines_of_contents_are_those_of_the_vietnamese_block():
    assert only("one\n\ntwo `a`", "một\n\nhai").line == 22


def test_an_empty_translation_of_markup_only_is_no_crash():
    assert findings("[a]: http://x", "[a]: http://x") == []


def test_a_paragraph_written_twice_is_called_that():
    finding = only("One.\n\nTwo.", "Một.\n\nMột.\n\nHai.")
    assert finding.reason == "đoạn văn “Một.” viết hai lần"
    assert finding.line == 22
    assert "viết hai lần" not in only("One.\n\nOne.\n\nTwo.", "Một.\n\nMột.").reason


@pytest.mark.parametrize(
    ("english", "vietnamese", "asks"),
    [
        ("`a` is slow, because it waits.", "`a` chậm, vì `a` đợi.", True),
        ("$x$ or $x$", "$x$", True),
        ("[a](https://en.a.org/b)", "[a](https://vi.a.org/b)", True),
        ("`a` is slow.", "`b` chậm.", False),
        ("[a](b.ipynb)", "[a](c.ipynb)", False),
    ],
)
def test_what_is_said_once_more_or_elsewhere_on_the_web_is_asked(english, vietnamese, asks):
    assert bool(only(english, vietnamese).question) == asks
