"""Links that open a section where it runs, on the pages of a course whose repository is public."""

import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from authoring.book import published
from authoring.notebook_error import NotebookError
from tests.authoring.book.browsing import NARROW, WIDE, axe, reading, served
from tests.authoring.book.conftest import Course, text

GITHUB = "https://github.com/lop-12a/tinh-toan"


def public(course: Course, repository: str, hub: str = "") -> None:
    told = f'[tool.d2lutil]\nrepository = "{repository}"\nhub = "{hub}"\n'
    (course.root / "pyproject.toml").write_text(told, encoding="utf-8")


def ways(course: Course, name: str = "tang") -> dict[str, str]:
    """Where each link beside the one to download leads, by its Vietnamese words."""
    html = course.built()[f"{name}.html"].decode()
    row = html.partition('<p class="ways">')[2].partition("</p>")[0]
    found = re.findall(r'<a href="([^"]+)"[^>]*><span class="vi">([^<]+)', row)
    return {words: unescape(address) for address, words in found}


@pytest.fixture
def told(course):
    course.add("tầng.ipynb", text("# Tầng", english="# Layers"))
    return course


def test_a_section_opens_on_a_hub_binder_and_colab(told):
    public(told, f"{GITHUB}/", "http://10.0.0.5:8000/lop/")
    found = ways(told)
    assert list(found)[1:] == ["Mở trên máy chủ của lớp", "Mở trên Binder", "Mở trên Colab"]
    hub, binder, colab = (urlsplit(address) for address in list(found.values())[1:])
    assert hub._replace(query="").geturl() == (
        "http://10.0.0.5:8000/lop/hub/user-redirect/git-pull"
    )
    opened = "lab/tree/tinh-toan/notebooks/tầng.ipynb"
    assert parse_qs(hub.query) == {"repo": [GITHUB], "urlpath": [opened]}
    assert binder.path == "/v2/gh/lop-12a/tinh-toan/HEAD"
    assert parse_qs(binder.query) == {"urlpath": ["lab/tree/notebooks/tầng.ipynb"]}
    path = "/github/lop-12a/tinh-toan/blob/HEAD/notebooks/tầng.ipynb"
    assert (colab.netloc, unquote(colab.path)) == ("colab.research.google.com", path)
    # The repository's notebook does not say what to install.
    html = told.site()["tang.html"].decode()
    command = f"%pip install -q --no-deps mxnet==1.9.1 git+{GITHUB}"
    assert f"<code>{command}</code>" in html
    assert '<span class="en" lang="en">Open on Colab</span>' in html


@pytest.mark.parametrize(
    ("repository", "provider"),
    [
        ("https://gitlab.com/truong/lop/tinh-toan", "gl/truong%2Flop%2Ftinh-toan"),
        ("https://git.example.vn/a/b", "git/https%3A%2F%2Fgit.example.vn%2Fa%2Fb"),
    ],
)
def test_colab_takes_from_one_host_only_and_binder_from_any(told, repository, provider):
    public(told, repository)
    found = ways(told)
    assert list(found)[1:] == ["Mở trên Binder"]
    assert f"/v2/{provider}/HEAD?" in found["Mở trên Binder"]
    assert "%pip" not in told.site()["tang.html"].decode()


def test_without_a_repository_there_is_no_link(told):
    public(told, "", "https://hub.example.vn")
    assert list(ways(told)) == ["Tải notebook"]
    before = told.site()
    (told.root / "pyproject.toml").unlink()
    assert told.built() == before


@pytest.mark.parametrize(
    "wrong",
    [
        'repository = "github.com/a/b"',
        'repository = "http://example.com/a/b"',
        'repository = "git@example.com:a/b"',
        'repository = "https://example.com"',
        'repository = "https://example.com/a/b.git"',
        'repository = "https://example.com/a b"',
        'repository = "https://example.com/a?x=1"',
        'repository = "https://github.com/a/b/tree/main"',
        "repository = 7",
        'site = "example.com"',
        'site = "javascript:alert(1)"',
        'hub = "https://hub.example.vn/hub"',
        'hub = "hub.example.vn"',
    ],
)
def test_an_address_that_no_link_can_be_made_from_is_refused(wrong, tmp_path):
    (tmp_path / "pyproject.toml").write_text(f"[tool.d2lutil]\n{wrong}\n")
    name = wrong.partition(" ")[0]
    with pytest.raises(NotebookError, match=f"^pyproject.toml: {name} = .*: hãy viết như"):
        published.read(tmp_path)


def test_a_malformed_address_stops_the_build(told):
    told.built()
    public(told, "github.com/a/b")
    (line, kept) = told.refusal().splitlines()
    assert line.startswith('✗ pyproject.toml: repository = "github.com/a/b" không phải')
    assert "Bản cũ vẫn còn nguyên" in kept


def test_pages_with_links_fit_and_are_accessible(told, browser):
    public(told, "https://github.com/mot-truong-co-ten-dai/tinh-toan-hoc-sau", "https://hub.vn")
    told.built()
    with served(told.root / "book/html") as url:
        for viewport in (WIDE, NARROW):
            with reading(browser, f"{url}/tang.html", viewport=viewport) as page:
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= viewport["width"]
                assert axe(page) == []
