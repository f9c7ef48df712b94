"""The notebooks of a book, read by a process of their own."""

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from authoring import notebook
from authoring.book import read_ahead
from authoring.book.mdbook import Book, Chapter
from authoring.notebook_error import NotebookError
from tests import course, writing
from tests.authoring.book.conftest import PROJECT, text


@pytest.fixture(autouse=True)
def waited_for():
    """No process is left for the tests that come later."""
    yield
    for process in multiprocessing.active_children():
        process.join()


def book(folder, *names):
    return Book(folder, Path(), "Sách", "", [], "/", [Chapter(name, "", "") for name in names])


def test_every_notebook_comes_in_order_as_nbformat_reads_it():
    found = [json.loads(data) for data in read_ahead.begin(book(course.FOLDER, *course.listed()))]
    assert found == [notebook.read(course.FOLDER / name) for name in course.listed()]


def test_a_notebook_that_cannot_be_read_is_told_in_its_place(tmp_path):
    writing.write(tmp_path / "a.ipynb", text("# A"))
    (tmp_path / "b.ipynb").write_text("{")
    coming = read_ahead.begin(book(tmp_path, "a.ipynb", "b.ipynb", "c.ipynb"))
    assert json.loads(next(coming)) == notebook.read(tmp_path / "a.ipynb")
    with pytest.raises(NotebookError) as told:
        next(coming)
    with pytest.raises(NotebookError) as same:
        notebook.read(tmp_path / "b.ipynb")
    assert (str(told.value), told.value.path) == (str(same.value), same.value.path)


def test_nobody_else_waits_for_nbformat():
    code = "import sys; from authoring.book import read_ahead, site; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "authoring.book.site" in loaded
    assert "nbformat" not in loaded
