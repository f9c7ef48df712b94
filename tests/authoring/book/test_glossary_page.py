import re

from authoring.book import glossary_page
from authoring.book.edition import Edition, EpubEdition
from authoring.book.page import Heading, Page
from authoring.glossary import toml_file
from authoring.glossary.terms import Glossary, Term
from tests.authoring.book.browsing import PROJECT

TERMS = toml_file.load(PROJECT / "notebooks/glossary.toml")


def test_words_come_in_the_order_of_a_vietnamese_dictionary():
    terms = ["đạo hàm", "dữ liệu", "tẳng", "tầng ẩn", "tầng", "ảnh", "bậc", "tám"]
    in_order = ["ảnh", "bậc", "dữ liệu", "đạo hàm", "tám", "tẳng", "tầng", "tầng ẩn"]
    assert sorted(terms, key=glossary_page._sorting) == in_order


def test_the_page_of_the_course_has_every_term():
    page = glossary_page.make([], TERMS)
    html = Edition().article(page.address, page.html)
    assert html.count("<dt>") == len(TERMS.terms)
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for link in re.findall(r'href="#([^"]+)"', html):
        assert link in ids


def test_terms_whose_letters_are_alike_or_foreign_have_places_of_their_own():
    terms = tuple(Term(term, term, "…") for term in ("C", "C++", "漢", "字", "yes", "3D"))
    page = glossary_page.make([], Glossary(terms))
    html = Edition().fill(page.address, page.html)
    names = ["漢", "字", "3d", "c", "c++", "yes"]
    assert re.findall(r'<div id="([^"]*)">', html) == names
    assert [section.anchor for section in page.sections[1:]] == names
    letters = re.findall(r'<h2 id="([^"]*)" lang="vi">(.)', html)
    assert letters == [("chu-0", "#"), ("chu-5", "C"), ("chu-32", "Y")]


def test_the_search_finds_each_term_as_a_section():
    page = glossary_page.make([], TERMS)
    title, *entries = page.sections
    assert (title.level, title.title) == (1, "Bảng thuật ngữ")
    for half in (0, -1):
        said = {"".join(piece[half] for piece in section.text) for section in entries}
        assert said == {term.definition.replace("`", "") for term in TERMS.terms}


def test_the_search_tells_the_two_names_of_a_term_apart():
    terms = (Term("gradient descent", "hạ gradient", "…"), Term("tensor", "tensor", "…"))
    _, descent, tensor = glossary_page.make([], Glossary(terms)).sections
    assert (descent.title, descent.english) == (
        "hạ gradient (gradient descent)",
        "gradient descent (hạ gradient)",
    )
    assert (tensor.title, tensor.english) == ("tensor", "tensor")


def test_each_language_has_a_paragraph_of_its_own_that_an_epub_goes_without():
    page = glossary_page.make([], TERMS)
    ours, theirs = '<p class="vi">', '<p class="en" lang="en">'
    for shown, has in ((Edition(), 1), (EpubEdition(), 0)):
        html = shown.fill(page.address, page.html)
        assert (html.count(ours), html.count(theirs)) == (1, has)


def test_code_in_a_definition_is_code_on_the_page_and_on_cards():
    term = Term("device", "thiết bị", "Như `cpu()` & `gpu(0)`.")
    first = Page("a.ipynb", "a.html", terms={term.term: "x-1"})
    first.start(Heading(1, "a", "", "A", "A"))
    page = glossary_page.make([first], Glossary((term,)))
    shown = "Như <code>cpu()</code> &amp; <code>gpu(0)</code>."
    assert f'<dd><span lang="vi">{shown}</span>' in page.html
    assert page.previews["device"].title.endswith(f'<p lang="vi">{shown}</p>')


def test_an_entry_leads_to_the_first_use():
    term = TERMS.terms[0].term
    first, second = (Page(f"{name}.ipynb", f"{name}.html", terms={term: "x-1"}) for name in "ab")
    first.start(Heading(1, "a", "", "Trang <A>", "Trang"))
    html = Edition().article("glossary.html", glossary_page.make([first, second], TERMS).html)
    seen = '<a class="seen" href="a.html#x-1"><span class="vi">Gặp ở “Trang &lt;A&gt;”</span>'
    assert seen in html
    assert "b.html" not in html
