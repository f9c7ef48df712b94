import pytest

from authoring.book.edition import (
    OFFER,
    SOLUTION,
    Edition,
    EpubEdition,
    PaperEdition,
    WholeEdition,
    anchor,
    aside,
    drawn,
    file,
    link,
    on_screen,
)

SITE, WHOLE, EPUB = Edition(), WholeEdition(), EpubEdition()
PAPER = PaperEdition()


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


def test_what_is_set_aside_stays_on_the_page_or_is_told_on_paper_where_it_stands():
    html = f"a{aside(SOLUTION, 3, f'<i>{on_screen(chr(98))}c</i>')}d"
    assert SITE.fill("a.html", html) == WHOLE.fill("a.html", html) == "a<i>bc</i>d"
    assert EPUB.fill("a.html", html) == "a<i>c</i>d"
    told = PaperEdition({"aside:a.html:3": 12}).fill("a.html", html)
    assert '<a href="#aside:a.html:3">Lời giải: trang\u00a012</a>' in told
    assert "<i>" not in told
    for edition in (PaperEdition(solutions=False), EpubEdition(solutions=False)):
        assert edition.fill("a.html", html) == "ad"


def test_a_link_out_of_what_is_packed_is_plain_text():
    html = f'<a href="{link("a.html", "x")}">A</a> <a class="t" href="{link("b.html")}">B</a>'
    whole, epub = WholeEdition(pages={"a.html"}), EpubEdition(pages={"a.html"})
    assert whole.fill("a.html", html) == '<a href="#a.html:x">A</a> <a class="t">B</a>'
    assert epub.fill("a.html", html) == '<a href="a.xhtml#x">A</a> <a class="t">B</a>'


def test_a_page_offers_the_files_that_there_are():
    offering = Edition(offers={"c/d.html": file("tep/d.pdf")})
    assert offering.fill("c/d.html", f"a{OFFER}b") == "a../tep/d.pdfb"
    assert offering.fill("a.html", f"a{OFFER}b") == SITE.fill("a.html", f"a{OFFER}b") == "ab"


def test_what_only_a_screen_or_only_a_drawing_needs_is_left_out():
    html = f"a{on_screen('b' + drawn('c') + on_screen('d') + 'e')}{drawn('f')}g"
    assert SITE.fill("a.html", html) == WHOLE.fill("a.html", html) == "abcdefg"
    assert PAPER.fill("a.html", html) == "afg"
    assert EPUB.fill("a.html", html) == "ag"
