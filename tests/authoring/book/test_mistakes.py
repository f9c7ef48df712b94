"""The foot of a page of a course whose repository is published."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.authoring.book.conftest import Course, text

REPOSITORY = "https://example.com/owner/name"


def git(course: Course, *command: str, date: str = "2026-01-02") -> None:
    when = f"{date}T12:00:00+00:00"
    names = {
        f"GIT_{who}_{what}": "a@b.c"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    done = course.run("git", *command, **names, **dates)
    assert done.returncode == 0, done.stderr


def footer(course: Course, name: str) -> str:
    html = course.built()[f"{name}.html"].decode()
    return html.partition("<footer>")[2].partition("</footer>")[0]


@pytest.fixture
def told(course):
    """A course with two notebooks of different days, one with a name that git would quote."""
    (course.root / "pyproject.toml").write_text(f'[tool.d2lutil]\nrepository = "{REPOSITORY}/"\n')
    git(course, "init", "-q")
    for name, date in (("a_vn", "2026-01-02"), ("tầng", "2026-03-04")):
        course.add(f"{name}.ipynb", text(f"# Trang & {name}", english=f"# Page {name}"))
        git(course, "add", "notebooks", date=date)
        git(course, "commit", "-qm", name, date=date)
    return course


def test_a_page_tells_its_date_and_where_to_report(told):
    for name, file, days in [
        ("a_vn", "a_vn", ("02/01/2026", "2026-01-02")),
        ("tang", "tầng", ("04/03/2026", "2026-03-04")),
    ]:
        html = footer(told, name)
        assert f'<time datetime="{days[1]}">{days[0]}</time>' in html
        assert f'<span class="en" lang="en">Last changed {days[1]}.</span>' in html
        link = urlsplit(unescape(re.search(r'href="([^"]+)"', html)[1]))
        assert link._replace(query="").geturl() == f"{REPOSITORY}/issues/new"
        assert parse_qs(link.query) == {"title": [f"Trang & {file}: "]}


def test_what_is_not_committed_has_no_other_date(told):
    before = told.built()
    path = told.notebooks / "a_vn.ipynb"
    path.touch()
    assert told.built() == before


def test_without_git_there_is_no_date(course):
    (course.root / "pyproject.toml").write_text(f'[tool.d2lutil]\nrepository = "{REPOSITORY}"\n')
    course.add("a_vn.ipynb")
    html = footer(course, "a_vn")
    assert "Báo lỗi trên trang này" in html
    assert "<time" not in html


def test_without_a_repository_there_is_nothing(course):
    course.add("a_vn.ipynb")
    html = footer(course, "a_vn")
    assert "CC BY-SA 4.0" in html
    assert not {"<a", "<time", "<!--"} & set(re.findall(r"<a|<time|<!--", html))
