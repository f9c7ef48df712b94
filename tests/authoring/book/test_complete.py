import io
import re
import zipfile

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from authoring.book import MADE
from tests import writing
from tests.authoring.book.browsing import (
    axe,
    in_looks,
    needs_chromium,
    needs_java,
    reading,
    served,
)
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_epub import check

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("complete") / "course")
    (course.notebooks / "glossary.toml").write_text(
        '[[term]]\nterm = "layer"\nvi = "tầng"\ndefinition = "…"\n'
    )
    course.add("a_vn.ipynb", text("# Một\n\nMột tầng.\n\n## Phần", english="# One\n\nA layer."))
    course.append("\n# Phần hai\n\n")
    (course.notebooks / "c").mkdir()
    course.add(
        "c/b_vn.ipynb",
        text("# Hai\n\n[về](../a_vn.ipynb#phan) và [đây](#bai-1-x)"),
        text("### Bài 1: x\n\nHãy làm.", id="exercise"),
        writing.code('import d2lutil\n\nd2lutil.check("index/2")', id="check"),
    )
    done = course.build("complete")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "✓ book/html/index.html\n"
    return course


def offered(html: bytes) -> list[tuple[str, str]]:
    ways = re.search(r'(?s)<p class="ways">(.*?)</p>', html.decode())[1]
    links = re.findall(r'<a href="([^"]+\.(?:pdf|epub))">(.*?)</a>', ways)
    return [(href, re.sub(r'<span class="en".*|<[^>]+>', "", words)) for href, words in links]


def test_pages_offer_their_own_files_and_the_first_page_those_of_the_book(course):
    site = course.site()
    own = [("tep/a_vn.pdf", "PDF"), ("tep/a_vn.epub", "EPUB")]
    first = offered(site["index.html"])
    assert first[:2] == own
    sizes = [f"{len(site[MADE[kind]]) / 1e6:.1f}".replace(".", ",") for kind in ("pdf", "epub")]
    assert first[2:] == [
        (MADE["pdf"], f"PDF cả khóa học ({sizes[0]}\u00a0MB)"),
        (MADE["epub"], f"EPUB cả khóa học ({sizes[1]}\u00a0MB)"),
    ]
    below = [("../tep/c/b_vn.pdf", "PDF"), ("../tep/c/b_vn.epub", "EPUB")]
    assert offered(site["c/b_vn.html"]) == below
    assert {"tep/a_vn.pdf", "tep/a_vn.epub", "tep/c/b_vn.pdf", "tep/c/b_vn.epub"} < set(site)


def test_a_plain_site_offers_none(course):
    before = course.site()
    plain = course.built()
    assert not any(name.endswith((".pdf", ".epub")) for name in plain)
    assert offered(plain["index.html"]) == []
    # And once more all of it, the same bytes.
    assert course.built("complete") == before


def test_the_pdf_of_a_section_stands_alone(course):
    book = PdfReader(io.BytesIO(course.site()["tep/c/b_vn.pdf"]))
    shown = ["".join(page.extract_text().split()) for page in book.pages]
    assert shown[0].startswith("2Hai")
    assert "TínhtoánHọcsâu" in shown[0]
    assert book.metadata.title == "2 Hai"
    assert [mark.title for mark in book.outline] == ["2 Hai", "Gợi ý", "Lời giải"]
    assert "về" in "".join(shown)
    for page in book.pages:
        for link in page.get("/Annots", []):
            target = link.get_object()
            assert "/A" not in target, "leads out of the file"
            assert str(target["/Dest"]) in book.named_destinations
    for number, page in enumerate(shown[1:], 2):
        assert page.startswith(str(number))


def test_the_epub_of_a_section_stands_alone(course):
    with zipfile.ZipFile(io.BytesIO(course.site()["tep/c/b_vn.epub"])) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert [name for name in parts if name.endswith(".xhtml")] == [
        "book/c/b_vn.xhtml",
        "book/nav.xhtml",
    ]
    page = parts["book/c/b_vn.xhtml"]
    assert "<a>về</a>" in page
    assert '<a href="b_vn.xhtml#bai-1-x">đây</a>' in page
    assert "<dc:title>2 Hai</dc:title>" in parts["book/package.opf"]


@needs_java
def test_epubcheck_finds_nothing(course):
    check(course.root / "book/html/tep/c/b_vn.epub")


def test_a_print_that_fails_leaves_the_old_site(course, tmp_path):
    before = course.site()
    done = course.build("complete", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "cần Chromium hay Chrome" in done.stderr
    assert "Bản cũ vẫn còn nguyên: book/html" in done.stderr
    assert course.site() == before


@in_looks
def test_the_files_can_be_reached(browser, course, viewport, scheme):
    with served(course.root / "book/html") as url:
        options = {"viewport": viewport, "color_scheme": scheme}
        with reading(browser, f"{url}/index.html", **options) as page:
            assert axe(page) == []
            names = ["PDF", "EPUB", r"PDF cả khóa học \(.*\)", r"EPUB cả khóa học \(.*\)"]
            for name in names:
                link = page.get_by_role("link", name=re.compile(f"^{name}$"))
                expect(link).to_be_visible()
                assert page.request.get(link.evaluate("a => a.href")).ok
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("language", "said"), [("en", "of the whole course"), ("both", "cả khóa học")]
)
def test_what_is_offered_is_said_once_in_the_language_of_the_page(browser, course, language, said):
    with (
        served(course.root / "book/html") as url,
        reading(browser, f"{url}/index.html?lang={language}") as page,
    ):
        links = page.locator(".ways a[href$='sau.pdf'], .ways a[href$='sau.epub']")
        expect(links).to_have_count(2)
        for words in links.all_inner_texts():
            assert re.fullmatch(rf"(PDF|EPUB) {said} \(\d+[.,]\d\u00a0MB\)", words)
