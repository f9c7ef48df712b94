"""What a shared link shows: read as a network reads it, without scripts."""

import re
import struct
import sys
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.authoring.book.browsing import needs_chromium, reading, served
from tests.authoring.book.conftest import Course, text

SITE = "https://example.com/khoa-hoc"
LONG = "Câu đầu tiên nói rằng ta dùng 0,5 làm ngưỡng. Câu sau kể thêm chuyện “khác”. " + "Dài " * 60


def make(root: Path, site: str, **environment: str) -> Course:
    course = Course(root)
    (root / "pyproject.toml").write_text(f'[tool.d2lutil]\nrepository = ""\nsite = "{site}"\n')
    course.add(
        "a_vn.ipynb",
        text(
            f'<a id="top"></a>\n\n# Tầng & "khối"\n\n**Thời gian**: ngắn.\n\n{LONG}\n\nSau.',
            english="# Layers & blocks\n\n**Time**: short.\n\nOnly `this` <1>.\n\nAfter.",
        ),
        text('<a id="end"></a>\n\n## Hết\n\n' + "chữ " * 2000, english="## End\n\nword"),
    )
    (course.notebooks / "sub").mkdir()
    course.add("sub/b_vn.ipynb", text("# Hai", english="No heading."))
    done = course.build(**environment)
    assert (done.returncode, done.stderr) == (0, "")
    return course


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return make(tmp_path_factory.mktemp("shared") / "course", SITE + "/")


def told(course: Course, address: str) -> dict[str, str]:
    """What a page tells of itself in its head, each only once."""
    html = course.site()[address].decode().partition("</head>")[0]
    pairs = [("title", re.search(r"<title[^>]*>([^<]*)", html)[1])]
    pairs += re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', html)
    for rel, language, href in re.findall(
        r'<link rel="(canonical|alternate)"(?: hreflang="(\w+)")? href="([^"]*)"', html
    ):
        pairs.append((f"{rel} {language}".strip(), href))
    assert len(dict(pairs)) == len(pairs)
    return {name: unescape(value) for name, value in pairs}


def test_a_page_tells_of_itself_in_vietnamese(published):
    page = told(published, "a_vn.html")
    assert page["title"] == 'Tầng & "khối" · Tính toán Học sâu'
    assert page["og:title"] == 'Tầng & "khối"'
    assert page["og:site_name"] == "Tính toán Học sâu"
    # Whole sentences; neither the minutes nor a comma between digits ends one.
    about = "Câu đầu tiên nói rằng ta dùng 0,5 làm ngưỡng. Câu sau kể thêm chuyện “khác”."
    assert page["description"] == page["og:description"] == about
    assert (page["og:type"], page["og:locale"]) == ("article", "vi_VN")
    assert page["og:url"] == page["canonical"] == page["alternate vi"] == f"{SITE}/a_vn.html"
    assert page["alternate en"] == f"{SITE}/en/a_vn.html"


def test_its_english_address_tells_the_same_in_english(published):
    page = told(published, "en/a_vn.html")
    assert page["title"] == "Layers & blocks · Deep Learning Computation"
    assert page["og:title"] == "Layers & blocks"
    assert page["og:site_name"] == "Deep Learning Computation"
    assert page["og:description"] == "Only this <1>."
    assert (page["og:locale"], page["og:locale:alternate"]) == ("en_US", "vi_VN")
    assert page["og:url"] == page["canonical"] == page["alternate en"] == f"{SITE}/en/a_vn.html"


def test_a_page_without_words_of_its_own_tells_of_the_book(published):
    page = told(published, "en/sub/b_vn.html")
    assert page["og:title"] == "Hai"
    assert page["og:description"] == "No heading."
    ours = told(published, "sub/b_vn.html")
    assert ours["og:description"].startswith("Khóa học Jupyter")
    assert told(published, "print.html")["title"] == "Tính toán Học sâu"


def test_without_a_public_address_none_is_made_up(tmp_path):
    course = make(tmp_path / "course", "")
    for address in ("a_vn.html", "en/a_vn.html"):
        page = told(course, address)
        assert page["og:title"]
        assert not {"og:url", "canonical", "alternate vi"} & set(page)


@pytest.mark.parametrize("opened", ["served", "from a folder"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_english_address_leads_on(browser, published, opened, scripts):
    site = published.root / "book/html"
    with served(site) as url:
        start = url if opened == "served" else site.as_uri()
        with reading(browser, f"{start}/a_vn.html", java_script_enabled=scripts) as page:
            page.goto(f"{start}/en/sub/b_vn.html")
            page.wait_for_url(f"{start}/sub/b_vn.html?lang=en")
            expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_place_that_was_meant_is_kept(browser, published):
    with served(published.root / "book/html") as url, reading(browser, f"{url}/a_vn.html") as page:
        page.goto(f"{url}/en/a_vn.html#end")
        page.wait_for_url(f"{url}/a_vn.html?lang=en#end")
        expect(page.get_by_role("heading", name="End")).to_be_in_viewport()


@needs_chromium
def test_its_picture_has_its_title_in_its_language(published):
    site = published.site()
    drawn = []
    for address, picture in (("a_vn.html", "a_vn.png"), ("en/a_vn.html", "en/a_vn.png")):
        page = told(published, address)
        assert page["og:image"] == f"{SITE}/assets/cards/{picture}"
        assert page["twitter:card"] == "summary_large_image"
        drawn.append(site[f"assets/cards/{picture}"])
        sides = struct.unpack(">2I", drawn[-1][16:24])
        assert sides == (int(page["og:image:width"]), int(page["og:image:height"])) == (1200, 630)
    assert drawn[0] != drawn[1]


def test_where_none_can_be_drawn_none_is_promised(tmp_path):
    course = make(tmp_path / "course", SITE, PATH=str(Path(sys.executable).parent))
    page = told(course, "a_vn.html")
    assert page["og:url"]
    assert not {"og:image", "twitter:card"} & set(page)
    assert not [address for address in course.site() if address.startswith("assets/cards/")]


def test_a_browser_that_shares_a_page_shares_it_in_its_language(browser, published):
    canonical = "document.querySelector('link[rel=canonical]').href"
    with served(published.root / "book/html") as url, reading(browser, f"{url}/a_vn.html") as page:
        assert page.evaluate(canonical) == f"{SITE}/a_vn.html"
        page.get_by_text("Tiếng Anh").click()
        assert page.evaluate(canonical) == f"{SITE}/en/a_vn.html"
        page.get_by_text("Tiếng Việt").click()
        assert page.evaluate(canonical) == f"{SITE}/a_vn.html"


def test_a_folder_of_that_name_is_refused(course):
    (course.notebooks / "en").mkdir()
    course.add("a_vn.ipynb")
    course.add("en/a_vn.ipynb", text("# Một"))
    assert "thư mục en đã dành cho" in course.refusal()
