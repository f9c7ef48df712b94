"""Addresses of paragraphs, code cells, …: each its own, and the same after edits elsewhere."""

import re
from collections import Counter
from xml.etree import ElementTree

import pytest

from authoring.notebook_error import NotebookError
from tests import writing
from tests.authoring.book.conftest import page, text
from tests.authoring.book.test_pictures import svg

BLOCKS = text(
    "Một.\n\n- hai\n\n## Mục\n\nBốn.", id="mixed", english="One.\n\n- two\n\n## Part\n\nFour."
)


def ids(html: str) -> list[str]:
    return re.findall(r'<[^<>]* id="([^"]*)"', html)


def test_blocks_are_called_by_their_cell_and_their_place_in_it(course):
    html = page(course, BLOCKS, writing.code("1", id="sum"), text("Mới.", id="7-up"))
    assert ids(html) == ["tieu-de", "_mixed", "_mixed.2", "muc", "_mixed.4", "_sum", "_7-up"]


def test_an_address_outlasts_edits_elsewhere_and_new_wordings(course):
    before = ids(page(course, BLOCKS, writing.code("1", id="sum")))
    other = text("Trước.\n\nSau.", id="new")
    reworded = text(
        "Khác.\n\n- khác\n\n## Mục\n\nBốn, khác.",
        id="mixed",
        english="Uno.\n\n- dos\n\n## Part\n\nQuattro.",
    )
    after = ids(
        page(course, other, writing.code("0", id="zero"), reworded, writing.code("2", id="sum"))
    )
    assert [name for name in after if name in before] == before


def test_what_an_author_named_keeps_that_name_alone(course):
    (course.notebooks / "img").mkdir(parents=True)
    (course.notebooks / "img/a.svg").write_text(svg())
    named = [
        '<a id="fig_a"></a>\n\n![a](img/a.svg "A")',
        '<a id="tab_a"></a>\n\n| a | b |\n|---|---|\n| 1 | 2 |',
        '<a id="eq_a"></a>\n\n$$x$$',
        '<a id="par_a"></a>\n\nĐoạn.',
        '<a id="in_a"></a>Đoạn.',
    ]
    html = page(course, *(text(each, id=f"c{n}") for n, each in enumerate(named)))
    assert ids(html)[1:] == ["fig_a", "tab_a", "eq_a", "par_a", "in_a"]


def test_a_name_that_an_author_gave_to_something_else_is_refused(course):
    cells = text('<a id="_sum"></a>\n\nĐoạn.'), writing.code("1", id="sum")
    with pytest.raises(NotebookError, match=r"ô 3 \(id sum\): neo “_sum” đã có ở ô 2"):
        page(course, *cells)


def test_no_two_places_of_the_book_have_one_address(project):
    site = project.root / "book/html"
    for path in site.glob("*.html"):
        html = path.read_text("utf-8")
        names = Counter(ids(html))
        assert [name for name, count in names.items() if count > 1] == []
        if path.stem.endswith("_vn"):
            # XML lets no name begin with a digit.
            assert [name for name in names if not re.fullmatch(r"[A-Za-z_][\w.-]*", name)] == []
            article = html[html.index("<article") : html.index("</article>") + len("</article>")]
            for block in ElementTree.fromstring(article):
                named = any("id" in part.attrib for part in block.iter() if part.tag != "a")
                assert named or block.get("class") in ("head", "contents", "stale")
