import pytest

from authoring.book.edition import (
    Edition,
    EpubEdition,
    WholeEdition,
    anchor,
    drawn,
    file,
    link,
    on_screen,
)

SITE, WHOLE, EPUB = Edition(), WholeEdition(), EpubEdition()
PAPER = WholeEdition(screen=False)


def test_every_anchor_is_called_by_its_page_where_all_pages_are_one():
    html = f'<h2 id="{anchor("x")}">X</h2>'
    assert SITE.fill("a.html", html) == '<h2 id="x">X</h2>'
    assert WHOLE.fill("a.html", html) == '<h2 id="a.html:x">X</h2>'
    assert WHOLE.article("a.html", "").startswith('<article class="notebook" id="a.html">')
    assert EPUB.fill("a.html", html) == '<h2 id="x">X</h2>'


@pytest.mark.parametrize(
    ("page", "target", "fragment", "site", "whole", "epub"),
    [
        ("a.html", "a.html", "x", "#x", "#a.html:x", "a.xhtml#x"),
        ("a.html", "b.html", "", "b.html", "#b.html", "b.xhtml"),
        ("a.html", "c/d.html", "x", "c/d.html#x", "#c/d.html:x", "c/d.xhtml#x"),
        (
            "c/d.html",
            "a.html",
            "mục",
            "../a.html#m%E1%BB%A5c",
            "#a.html:m%E1%BB%A5c",
            "../a.xhtml#m%E1%BB%A5c",
        ),
        ("c/d.html", "c/e.html", "", "e.html", "#c/e.html", "e.xhtml"),
    ],
)
def test_links_lead_from_place_to_place(page, target, fragment, site, whole, epub):
    hole = link(target, fragment)
    assert [e.fill(page, hole) for e in (SITE, WHOLE, EPUB)] == [site, whole, epub]


def test_files_are_found_from_where_the_page_is():
    assert SITE.fill("c/d.html", file("img/a.svg")) == "../img/a.svg"
    assert WHOLE.fill("c/d.html", file("img/a.svg")) == "img/a.svg"
    assert EPUB.fill("c/d.html", file("img/a.svg")) == "../img/a.svg"


def test_what_is_filled_in_is_escaped():
    assert SITE.fill("a.html", f'<i id="{anchor("a<b&c")}">') == '<i id="a&lt;b&amp;c">'


def test_what_only_a_screen_or_only_a_drawing_needs_is_left_out():
    html = f"a{on_screen('b' + drawn('c') + on_screen('d') + 'e')}{drawn('f')}g"
    assert SITE.fill("a.html", html) == WHOLE.fill("a.html", html) == "abcdefg"
    assert PAPER.fill("a.html", html) == "afg"
    assert EPUB.fill("a.html", html) == "ag"
