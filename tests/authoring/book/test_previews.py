"""What stands on the card beside a link: of every link of the book, and nothing else."""

import json
import re
from html import escape
from urllib.parse import unquote

import pytest

from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_pictures import svg


def previews(site: dict[str, bytes]) -> dict[str, str]:
    start, _, data = site["assets/previews.js"].decode().partition("=")
    assert start == "globalThis.bookPreviews"
    return json.loads(data)


def words(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("previews") / "course")
    (course.notebooks / "img").mkdir(parents=True)
    (course.notebooks / "img/a.svg").write_text(svg())
    targets = [
        text(
            "# Một\n\n**Thời gian:** năm phút.\n\nMở bài.",
            id="title",
            english="# One\n\n**Time:** five minutes.\n\nOpening.",
        ),
        text('<a id="fig"></a>\n\n![a](../img/a.svg "Vẽ")'),
        text('<a id="eq"></a>\n\n$$\\mathbf{y} = x$$', english="$$\\mathbf{y} = x$$"),
        text('<a id="part"></a>\n\n## Phần [tự](#eq)\n\nLời đầu.\n\nLời sau.'),
        text('<a id="empty"></a>\n\n## Trống\n\n### Con\n\nLời con.'),
        text('<a id="par"></a>\n\nĐoạn **này** `x < 1`.', english="This one."),
        text('Giữa <a id="mid"></a>đoạn.', english="Amid."),
        text('<a id="unlinked"></a>\n\nKhông ai nhắc.'),
        text(
            '<details>\n<summary>Gấp</summary>\n\n<a id="in"></a>\n\n### Trong\n\nSâu.\n</details>'
        ),
        text("<details>\n<summary>Lời giải</summary>\n\nKín.\n</details>", id="kept"),
    ]
    (course.notebooks / "deep").mkdir()
    course.add("deep/a_vn.ipynb", *targets)
    names = ["fig", "eq", "part", "empty", "par", "mid", "in", "_title.3", "_kept"]
    links = " ".join(f"[x](deep/a_vn.ipynb#{name})" for name in names)
    course.add("b_vn.ipynb", text(f"# Hai\n\n{links} [y](deep/a_vn.ipynb)", english="# Two\n\nNo."))
    site = course.built()
    assert site == course.built()
    return previews(site)


def test_only_what_is_linked_to_has_a_preview(found):
    names = ["fig", "eq", "part", "empty", "par", "mid", "in", "_title.3", "_kept"]
    assert {*found} == {"deep/a_vn.html", *(f"deep/a_vn.html#{name}" for name in names)}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("", "1 Một One Mở bài. Opening."),
        ("#part", "1.1 Phần tự Lời đầu."),
        ("#empty", "1.2 Trống"),
        ("#par", "Đoạn này x &lt; 1 . This one."),
        ("#mid", "Giữa đoạn. Amid."),
        ("#in", "Trong"),
        ("#_title.3", "Mở bài. Opening."),
        ("#_kept", ""),  # nobody has asked for the answer yet
    ],
)
def test_it_says_what_stands_there(found, place, said):
    assert words(found[f"deep/a_vn.html{place}"]) == said


def test_a_picture_is_found_from_the_root_of_the_site(found):
    assert ' src="img/a.svg"' in found["deep/a_vn.html#fig"]
    assert words(found["deep/a_vn.html#fig"]).startswith("Hình 1.1 . Vẽ")


def test_a_drawn_formula_is_read_once(found):
    html = found["deep/a_vn.html#eq"]
    assert "<math" in html
    assert "aria-hidden" not in html
    assert "katex-mathml" not in html  # nobody sees that
    assert "(1.1)" in html


def test_a_card_has_neither_names_nor_links_headings_or_folds(found):
    for html in found.values():
        assert not re.search(r"<(?:a|h\d|details|summary|button)\b| (?:id|href)=", html), html


def test_every_link_in_the_text_of_the_book_has_a_preview_and_a_place(project):
    site = project.site()
    found = previews(site)
    linked = set()
    # But that of the page for teachers: few read it, and all would keep its previews.
    readers = (name for name in site if name.endswith("_vn.html") and "/" not in name)
    for name in (name for name in readers if name != "teaching_vn.html"):
        html = re.sub(
            r'<details class="contents">.*?</details>', "", site[name].decode(), flags=re.DOTALL
        )
        article = html[html.index("<article") : html.index("</article>")]
        for href in re.findall(r'<a (?:class="term" id="[^"]*" )?href="([^":]*)"', article):
            page, _, fragment = unquote(href).partition("#")
            if not page.endswith(".ipynb"):
                linked.add((page or name) + (f"#{fragment}" if fragment else ""))
    assert linked == {*found}
    for place in found:
        page, _, fragment = place.partition("#")
        assert f' id="{escape(fragment)}"' in site[page].decode()
