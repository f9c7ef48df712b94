"""Damaged notebooks and odd outputs: a page or one clear error, never anything else."""

from __future__ import annotations

import contextlib
import copy
import json
import random
import re
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authoring.book import pages, read_ahead
from authoring.book.edition import Edition
from authoring.book.mdbook import Book, Chapter
from authoring.notebook_error import NotebookError
from tests.authoring.book.browsing import PROJECT

SOURCES = sorted((PROJECT / "notebooks").glob("*_vn.ipynb"))
# Where a page may speak of such things.
_TEXT = re.compile(r"<pre.*?</pre>|<code>.*?</code>|(?:alt|aria-label)=\"[^\"]*\"", re.DOTALL)
ODD: list[Any] = [
    *[None, True, -1, 10**30, 0.5, "", [], {}, [[]], {"x": {}}, ["a", 1], "\x1b[31m\x00\x9b1m"],
    *["<script>alert(1)</script>", "<!--", "-->", "<!--\nx\n-->", "</article>", "$x", "$$\\frac{"],
    *["<svg", "iVBORw0KGgo=", "%%", "\\begin{align}", "| a |\n|---|", "<details>", "\ud800", "٣"],
    *["](javascript:alert(1))", "![](x)", "# Một\n\n# Hai", "a" * 5000, "<b>" * 200, "> " * 200],
    *["markdown", "code", "raw", "execute_result", "image/svg+xml", "application/x", "text/html"],
]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a piece of JSON."""
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    found = [(value, key) for key, _ in pairs]
    for _, inner in pairs:
        if isinstance(inner, dict | list):
            found += places(inner)
    return found


def damaged(source: str, seed: int) -> str:
    """The notebook with one to three things wrong, in its structure or in its text."""
    chance = random.Random(seed)
    if chance.random() < 0.2:
        at = chance.randrange(len(source))
        return source[:at] + str(chance.choice(ODD)) + source[at + chance.randrange(40) :]
    notebook = json.loads(source)
    for _ in range(chance.randint(1, 3)):
        where = places(notebook)
        if not where:
            break
        container, key = chance.choice(where)
        kind = chance.random()
        if kind < 0.25:
            del container[key]
        elif kind < 0.5:
            container[key] = copy.deepcopy(chance.choice(ODD))
        elif kind < 0.75 and isinstance(container[key], str):
            text = container[key]
            at = chance.randint(0, len(text))
            odd = str(chance.choice(ODD))
            container[key] = text[:at] + odd + text[at + chance.randrange(9) :]
        else:
            other, name = chance.choice(where)
            container[key] = copy.deepcopy(other.get(name) if isinstance(other, dict) else other)
    return json.dumps(notebook)


def is_a_page_or_a_clear_error(text: str, name: str) -> None:
    error, html = "", ""
    with tempfile.TemporaryDirectory() as root, contextlib.chdir(root):
        folder = Path("notebooks")
        folder.mkdir()
        (folder / "img").symlink_to(PROJECT / "notebooks/img")
        (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
        linked = [path for path in SOURCES if path.name != name and path.name in text]
        for path in linked:
            (folder / path.name).symlink_to(path)
        chapters = [Chapter(n, "", "") for n in (name, *(path.name for path in linked))]
        try:
            book = Book(folder, Path(), "Sách", "", [], "/", chapters)
            page, *_ = pages.make(book, read_ahead.texts(book))
            html = Edition().article(page.address, page.html)
        except NotebookError as caught:
            error = str(caught)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", error)
    assert len(error) < 700
    if error:
        return
    assert html.count("<article") == html.count("</article>") == 1
    seen = _TEXT.sub("", html)
    assert not re.search(r"<script|<iframe|javascript:|<!--|\son\w+=", seen)
    assert '"cell_type"' not in html
    ElementTree.fromstring(html)


def small(path: Path) -> str:
    """A notebook of the course without most of its cells, for speed; links in it stay sound."""
    notebook = json.loads(path.read_text("utf-8"))
    kept = [cell for cell in notebook["cells"] if "](" not in "".join(cell["source"])]
    notebook["cells"] = [notebook["cells"][0], *kept[:8]]
    return json.dumps(notebook)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(SOURCES), st.integers(0, 10**9))
def test_a_damaged_notebook_gives_a_page_or_a_clear_error(path, seed):
    is_a_page_or_a_clear_error(damaged(small(path), seed), path.name)


@pytest.mark.long
@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(SOURCES), st.integers(0, 10**9))
def test_damaged_notebooks_by_the_hundred(path, seed):
    is_a_page_or_a_clear_error(damaged(small(path), seed), path.name)


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SOURCES), st.integers(0, 10**9))
def test_damaged_notebooks_in_their_full_length(path, seed):
    is_a_page_or_a_clear_error(damaged(path.read_text("utf-8"), seed), path.name)
