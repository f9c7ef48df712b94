"""The site: puts the pages into mdBook's frames, and gives the site all they need, nothing else.

mdBook's own backend writes the frames, then copies whatever lies among the notebooks, parameter
files and checkpoints too, and its own styles and scripts, which the theme does not use.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from html import escape
from multiprocessing import get_context
from pathlib import Path

from authoring.book import (
    elsewhere,
    fonts,
    installed,
    mistakes,
    offline,
    pages,
    previews,
    published,
    search,
    shared_links,
)
from authoring.book.edition import Edition, WholeEdition
from authoring.book.frames import frame
from authoring.book.mdbook import Book
from authoring.book.page import Page
from authoring.notebook_error import NotebookError

ASSETS = Path(__file__).parent / "assets"
# What styles and scripts say to those who write them costs a page more than all its addresses.
_ASCII = bytes(range(128))  # every font has it
_COMMENT = re.compile(rb"/\*.*?\*/\s*", re.DOTALL)
_INDENT = re.compile(rb"^\s*(?://.*\n\s*)*", re.MULTILINE)  # in scripts, with the remarks there
# What the theme leaves open, since mdBook does not know it.
_HEAD, _MISTAKES = "<!--head-->", "<!--mistakes-->"
_ENGLISH_TITLE = re.compile(rb"<!--title ([^<>]*)-->")


def make(
    book: Book,
    notebooks: Iterable[str],
    *,
    files: Mapping[str, bytes] | None = None,
    offers: Mapping[str, str] | None = None,
) -> None:
    """Finish the site that mdBook's html backend has just written beside `book.destination`.

    Its pages are made of `notebooks` by `pages.make`. It gets these `files` as well, by place in
    the site; `offers` are those of `Edition`.
    Raises NotebookError like `pages.make`, and when a frame or something that the site needs is
    missing: the site must not be published then.
    """
    site = book.destination.parent / "html"
    wanted = {".nojekyll", "index.html", "print.html"}
    letters, formulas = set[str](), set[tuple[str, str]]()
    sections: list[search.Row] = []
    made: list[Page] = []
    offers = dict(offers or {})
    alone, whole = Edition(offers=offers), WholeEdition(offers=offers)
    public = published.read(Path())
    changes = published.changes(book.folder) if public.repository else {}
    others: dict[str, bytes] = {}
    together = site / "print.html"
    rest = _read(together).replace(_HEAD, shared_links.head(book, public.site))
    rest = rest.replace(_MISTAKES, "")
    with (
        together.open("w", encoding="utf-8") as all_pages,
        # Side by side, or a cold build would take more than a second.
        ProcessPoolExecutor(mp_context=get_context("fork")) as pool,
    ):
        for number, page in enumerate(pages.make(book, notebooks, pool.map)):
            opened = elsewhere.links(public, book.folder.name, page) if page.source else ""
            offers[page.address] = opened + offers.get(page.address, "")
            pictures = shared_links.pictures(book, page) if public.site else {}
            others |= pictures
            shared = (book, public.site, page, bool(pictures))
            head = shared_links.head(*shared)
            english = shared_links.english_page(*shared)
            others[shared_links.english_address(page)] = english.encode()
            if number == 0:
                others["en/index.html"] = english.encode()
            # The first page is also the site's.
            for name in {page.address, "index.html"} if number == 0 else {page.address}:
                before, after = _around(page, _read(site / name))
                before = before.replace(_HEAD, head)
                after = after.replace(_MISTAKES, mistakes.line(public, changes, page))
                write(site / name, before + alone.article(page.address, page.html) + after)
            before, rest = _around(page, rest)
            all_pages.write(before + whole.article(page.address, page.html))
            for name, data in page.files.items():
                write(site / name, data)
            wanted |= {page.address, *page.files}
            letters.update(page.html.encode().translate(None, _ASCII).decode())
            formulas |= page.letters
            if not page.is_for_teachers:  # nor does the search find what learners shall not read
                sections += search.rows(page)
            made.append(page)
            # Of a large book all that is written would fill the memory.
            page.files, page.sections, page.exercises, page.asides = {}, [], [], []
        all_pages.write(rest)
    titles = {page.address: page.english for page in made}
    said = {name.encode(): escape(title).encode() for name, title in titles.items()}
    said[b""] = escape(book.english_title or book.title).encode()
    for name in (*titles, "index.html", "print.html"):
        html = (site / name).read_bytes()
        write(site / name, _ENGLISH_TITLE.sub(lambda hole: said[hole[1]], html))
    others |= assets(letters, formulas) | dict(files or {})
    others["assets/sections.js"] = search.script(sections).encode()
    others["assets/previews.js"] = previews.script(made).encode()
    # A server shows this page at any address, so it brings its own style.
    lost = (ASSETS / "404.html").read_text(encoding="utf-8")
    others["404.html"] = lost.replace("{{site-url}}", book.site_url).encode()
    others |= {path.name: path.read_bytes() for path in (ASSETS / "site-root").iterdir()}
    for name, data in others.items():
        write(site / name, data)
    _tidy(site, wanted | set(others))
    offline.complete(site)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _around(page: Page, text: str) -> tuple[str, str]:
    """Return what stands before and after the frame of a page."""
    before, found, after = text.partition(frame(page.address))
    if not found:
        raise NotebookError("mdBook không đưa trang này qua authoring.book", path=page.address)
    return before, after


def write(path: Path, data: bytes | str) -> None:
    """Write a file, and make its folder where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def _tidy(site: Path, wanted: set[str]) -> None:
    """Leave only the `wanted` files in a site; NotebookError where one of them is missing."""
    for folder, _, names in os.walk(site, topdown=False):
        for name in names:
            file = Path(folder, name)
            if file.relative_to(site).as_posix() not in wanted:
                file.unlink()
        if not os.listdir(folder):
            os.rmdir(folder)
    for name in sorted(wanted):
        if not (site / name).is_file():
            raise NotebookError("trang web thiếu tệp này", path=name)


def assets(letters: Iterable[str], formulas: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """Return styles, scripts, fonts and their licences, by place in the site.

    The fonts have the `letters` of its pages and of its `formulas`.
    """
    files = {
        f"assets/{path.name}": path.read_bytes()
        for path in ASSETS.iterdir()
        if path.suffix in (".svg", ".png")
    }
    scripts = {path.name: path.read_bytes() for path in ASSETS.glob("*.js")}
    scripts["minisearch.js"] = installed("minisearch/dist/umd/index.js")
    for name, script in scripts.items():
        files[f"assets/{name}"] = _INDENT.sub(b"", _COMMENT.sub(b"", script))
    text, maths = fonts.of_text(letters), fonts.of_maths(formulas)
    own = b"".join(path.read_bytes() for path in sorted(ASSETS.glob("*.css")))
    # One file for all styles: nothing is drawn before each of them has come.
    files["assets/book.css"] = b"\n".join(
        [text.pop("fonts.css"), maths.pop("katex.css"), _COMMENT.sub(b"", own)]
    )
    files |= {f"assets/{name}": data for name, data in (text | maths).items()}
    for package in ("katex", "@fontsource/source-serif-4", "@fontsource/ibm-plex-mono"):
        files[f"assets/licences/{package.split('/')[-1]}.txt"] = installed(f"{package}/LICENSE")
    files["assets/licences/minisearch.txt"] = installed("minisearch/LICENSE.txt")
    return files
