import pytest
from hypothesis import given
from hypothesis import strategies as st

from authoring.book import terminal


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("\x1b[31mđỏ\x1b[39m thường", '<span class="red">đỏ</span> thường'),
        ("\x1b[1;34mx\x1b[0my", '<span class="blue bold">x</span>y'),
        ("\x1b[38;5;28;01mdef\x1b[39;00m f", '<span class="bold">def</span> f'),
        ("\x1b[38;5;250mx\x1b[0m", "x"),
        ("\x1b[38;2;250;20;10mx\x1b[0m", "x"),
        ("\x1b[30;43mx\x1b[39;49my", '<span class="black marked">x</span>y'),
        ("\x1b[48;5;1;31mx\x1b[mz", '<span class="red">x</span>z'),
        ("0%\r50%\r100%\nxong\r\n", "100%\nxong\n"),
        ("abc\rX", "Xbc"),
        ("\x1b[31mab\x1b[0m\rx", 'x<span class="red">b</span>'),
        ("ab\bc\b\b\b\bd", "dc"),
        ("một\nhai ba\r\x1b[Kbốn", "một\nbốn"),
        ("một\nhai ba\x1b[2K\rbốn", "một\nbốn"),
        ("a\x1b[2Ab\x1b]0;tên\x07c\x1b(B", "abc"),
        ("a\x1b]0;không hết\nb\x07c", "a0;không hết\nbc"),
        ("\n\na", "<br/>\na"),
        ("\x1b[38;5m\x1b[38m\x1b[;mx", "x"),
        ("a\x00b\x07c\x85d\ud800e\tf", "abcde\tf"),
    ],
)
def test_what_a_terminal_shows(text, html):
    assert terminal.to_html(text) == html


@given(st.text(alphabet=st.sampled_from("\x1b[;0123456789mK\r\n<&\x07a]đ\ud800")))
def test_any_text_is_safe_html_and_valid_utf_8(text):
    html = terminal.to_html(text)
    html.encode()
    assert "\x1b" not in html
    for tag in ("<span class=", "</span>", "<br/>"):
        html = html.replace(tag, "")
    assert "<" not in html
