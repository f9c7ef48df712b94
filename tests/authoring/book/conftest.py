import contextlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat import NotebookNode
from playwright.sync_api import sync_playwright

from authoring.book import pages, read_ahead
from authoring.book.edition import Edition
from authoring.book.mdbook import Book, Chapter
from authoring.book.page import Page
from tests import writing
from tests.authoring.book.browsing import ARGUMENTS, CHROMIUM, NO_CHROMIUM, PROJECT, served


def text(vietnamese: str, id: str = "text", english: str = "Source in English.") -> NotebookNode:
    """A Markdown cell of the course with these halves."""
    return writing.markdown(f"<!--\n{english}\n-->\n\n{vietnamese}", id=id)


@dataclass
class Course:
    """A small course in a folder of its own, with the project's own book.toml and code."""

    root: Path

    def __post_init__(self) -> None:
        self.notebooks = self.root / "notebooks"
        if not (self.root / "book.toml").exists():
            self.notebooks.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / "book.toml", self.root)
            for package in ("authoring", "d2lutil"):
                (self.root / package).symlink_to(PROJECT / package)

    def add(self, name: str, *cells: NotebookNode) -> Path:
        """Write a notebook and list it in SUMMARY.md; without cells it is only a title."""
        path = writing.write(self.notebooks / name, *(cells or [text(f"# {name}")]))
        self.append(f"- [{path.stem}]({name})\n")
        return path

    def append(self, lines: str) -> None:
        """Add lines to SUMMARY.md."""
        with open(self.notebooks / "SUMMARY.md", "a", encoding="utf-8") as summary:
            summary.write(lines)

    def pages(self, *, numbered: bool = False) -> dict[str, Page]:
        """The page of every notebook of the folder, all of them checked together."""
        with contextlib.chdir(self.root):
            found = sorted(self.notebooks.rglob("*.ipynb"))
            sources = [path.relative_to(self.notebooks).as_posix() for path in found]
            chapters = [Chapter(s, str(n) * numbered, part="") for n, s in enumerate(sources, 1)]
            book = Book(Path("notebooks"), self.root, "Sách", "", [], "/", chapters)
            return {page.source: page for page in pages.make(book, read_ahead.texts(book))}

    def html(self, name: str = "a_vn.ipynb", *, numbered: bool = False) -> str:
        """The page of one notebook, as the site shows it."""
        page = self.pages(numbered=numbered)[name]
        return Edition().article(page.address, page.html)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the course's folder, this Python's programs first."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(
            command,
            cwd=self.root,
            env={**os.environ, "PATH": path, **environment},
            capture_output=True,
            text=True,
            timeout=600,  # only what hangs meets it
        )

    def build(self, *kind: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """What `make book` does, or `make pdf`, `make epub` for one of these kinds."""
        return self.run(sys.executable, "-m", "authoring.book", *kind, **environment)

    def built(self, *kind: str) -> dict[str, bytes]:
        """The site after a build, of this kind, that complained of nothing."""
        done = self.build(*kind)
        assert (done.returncode, done.stderr) == (0, "")
        return self.site()

    def refusal(self) -> str:
        """What a build says that fails and leaves the site as it was."""
        before = self.site()
        done = self.build()
        assert (done.returncode, done.stdout) == (1, "")
        assert "Traceback" not in done.stderr
        assert self.site() == before
        return done.stderr

    def site(self) -> dict[str, bytes]:
        """Every file of the site, by its address."""
        html = self.root / "book" / "html"
        files = (path for path in html.rglob("*") if path.is_file())
        return {path.relative_to(html).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path / "course")


@pytest.fixture(scope="module")
def lasting(tmp_path_factory) -> Course:
    """A course for all tests of a file."""
    return Course(tmp_path_factory.mktemp("lasting") / "course")


@pytest.fixture(scope="module")
def url(site):
    """Where the `site` of a file's own course is served."""
    with served(site) as url:
        yield url


# One for all files that a worker runs, like the book below: each takes seconds to make.
@pytest.fixture(scope="package")
def launch():
    """Return a function that starts the browser with these arguments besides."""
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        yield lambda *arguments: playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, *arguments]
        )


@pytest.fixture(scope="package")
def browser(launch):
    with contextlib.closing(launch()) as browser:
        yield browser


@pytest.fixture(scope="package")
def project(tmp_path_factory):
    """The project's own book, built."""
    root = tmp_path_factory.mktemp("project")
    (root / "notebooks").symlink_to(PROJECT / "notebooks")
    course = Course(root)
    course.built()
    return course


@pytest.fixture(scope="package")
def real(project):
    """Where the project's own book is served, and the names of its pages."""
    site = project.root / "book/html"
    with served(site) as url:
        yield url, sorted(path.stem for path in site.glob("*.html"))


def page(course: Course, *cells: NotebookNode) -> str:
    """The page of a notebook with a title and these cells."""
    writing.write(course.notebooks / "a_vn.ipynb", text("# Tiêu đề", id="title"), *cells)
    return course.html()
