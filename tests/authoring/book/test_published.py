import subprocess

from authoring.book import published
from authoring.book.published import Published
from tests.authoring.book.conftest import Course
from tests.authoring.book.test_mistakes import git


def test_addresses_have_no_slash_at_their_end(tmp_path):
    assert published.read(tmp_path) == Published()
    (tmp_path / "pyproject.toml").write_text("[project]")
    assert published.read(tmp_path) == Published()
    told = '[tool.d2lutil]\nrepository = "https://a.example/b/"\nsite = "https://c.example"'
    (tmp_path / "pyproject.toml").write_text(told)
    assert published.read(tmp_path) == Published("https://a.example/b", "https://c.example")


def test_each_file_has_the_date_of_its_last_commit(course: Course, tmp_path):
    git(course, "init", "-q")
    for name, date in (("a", "2026-01-02"), ("tầng", "2026-03-04"), ("b", "2026-02-03")):
        (course.notebooks / f"{name}.ipynb").write_text(name)
        git(course, "add", "notebooks", date=date)
        git(course, "commit", "-qm", name, date=date)
    (course.notebooks / "a.ipynb").write_text("again")
    git(course, "commit", "-qam", "again", date="2026-05-06")
    found = published.changes(course.notebooks)
    dates = {"a.ipynb": "2026-05-06", "tầng.ipynb": "2026-03-04", "b.ipynb": "2026-02-03"}
    assert found == dates


def test_a_history_of_which_a_part_is_missing_has_no_dates(course: Course, tmp_path):
    git(course, "init", "-q")
    course.add("a.ipynb")
    git(course, "add", "notebooks")
    for _ in range(2):
        git(course, "commit", "-qm", "a", "--allow-empty")
    shallow = tmp_path / "shallow"
    clone = ["git", "clone", "-q", "--depth", "1", course.root.as_uri(), str(shallow)]
    subprocess.run(clone, check=True)
    assert set(published.changes(course.notebooks)) == {"a.ipynb", "SUMMARY.md"}
    assert published.changes(shallow / "notebooks") == {}
    assert published.changes(tmp_path) == {}
