"""Builds the site of the course: pages made here, put into the theme by mdBook, then published.

Plain `mdbook build` makes the same site with the hooks of book.toml (see `hook`), but hands every
notebook from program to program, a few bytes at a time. Here mdBook is given finished pages.

mdBook empties its destination before it writes. So it writes beside the site, and the new site
takes the old one's place only when it is complete.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from d2lutil.book import chapters, glossary, numbering, publish, remembered, summary
from d2lutil.book.mdbook import source_folder
from d2lutil.book.page import Page
from d2lutil.notebook import NotebookError

_MENU = re.compile(rb'^(<li><a href="[^"]*)\.md"')


def build(root: Path) -> Path:
    """Build the book of folder `root` and return the folder of its site.

    Raises NotebookError, and leaves the last site as it was, when anything is wrong.
    """
    try:
        config = tomllib.loads((root / "book.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotebookError(
            f"không đọc được ({error}): hãy chạy trong thư mục gốc của dự án", path="book.toml"
        ) from error
    context = {"root": str(root), "config": {"book": {}, "output": {"html": {}}, **config}}
    listed = summary.chapters(source_folder(context))
    folder = Path(root, config.get("build", {}).get("build-dir", "book"))
    folder.mkdir(exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        _write_pages(context, listed, folder / ".pages", fresh / "src")
        with _mdbook(context, fresh / "src", fresh / "html") as process:
            # mdBook is busy for a while.
            wanted = publish.add(
                fresh / "more",
                context,
                [chapter.source for chapter in listed],
                lambda address: _page(fresh / "src", address).read_text(encoding="utf-8"),
            )
            made = _made(process, context, fresh / "html")
        for path in made.rglob("*.html"):
            _mend_menu(path)
        _move_files(fresh / "more", made)
        publish.tidy(made, wanted)
        site, old = folder / "html", fresh / "old"
        if site.exists():
            site.rename(old)
        try:
            made.rename(site)
        except BaseException:
            if old.exists():
                old.rename(site)
            raise
    finally:
        shutil.rmtree(fresh)
    return site


def _write_pages(
    context: dict[str, Any], listed: list[summary.Chapter], store: Path, target: Path
) -> None:
    """Write into folder `target` what mdBook makes the site from: a list and a file a page."""
    folder = source_folder(context)
    terms = glossary.load(folder)
    marker = glossary.Marker(terms) if terms else None
    pages: dict[str, Page] = {}
    for page in remembered.pages(listed, folder, marker, chapters.jupyter(context), store):
        _write(_page(target, page.address), page.html)
        page.html = ""  # all pages together would fill the memory
        pages[page.source] = page
    numbering.check(pages)
    text = summary.renamed(folder, ".md")
    if terms:
        _write(_page(target, glossary.ADDRESS), chapters.glossary_page(pages.values(), terms))
        text += f"\n[{glossary.TITLE}]({Path(glossary.ADDRESS).with_suffix('.md')})\n"
    (target / summary.FILE).write_text(text, encoding="utf-8")


def _page(folder: Path, address: str) -> Path:
    # mdBook would copy any other file to the site, over the page.
    return (folder / address).with_suffix(".md")


def _write(path: Path, html: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8")


def _tables(context: dict[str, Any], kind: str, ours: str) -> dict[str, Any]:
    # Of book.toml what is not done here.
    found = context["config"].get(kind, {})
    return {name: table for name, table in found.items() if name != ours}


def _mdbook(context: dict[str, Any], source: Path, destination: Path) -> subprocess.Popen[str]:
    """Start mdBook, which makes the site of finished pages."""
    # mdBook, and the Python of other hooks, come from this environment.
    bin_folder = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([bin_folder, os.environ.get("PATH", os.defpath)]),
        "MDBOOK_BOOK__SRC": str(source.resolve()),
        "MDBOOK_PREPROCESSOR": json.dumps(_tables(context, "preprocessor", "chapters")),
        "MDBOOK_OUTPUT": json.dumps(_tables(context, "output", "publish")),
    }
    try:
        return subprocess.Popen(
            ["mdbook", "build", context["root"], "--dest-dir", str(destination.resolve())],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError as error:
        raise NotebookError("không có lệnh mdbook: hãy chạy make book, nó tự cài mdBook") from error


def _made(process: subprocess.Popen[str], context: dict[str, Any], destination: Path) -> Path:
    """Wait for mdBook; return the folder of its site, or raise NotebookError with what it said."""
    _, errors = process.communicate()
    alone = len(_tables(context, "output", "publish")) == 1
    site = destination if alone else destination / "html"
    if process.returncode or not (site / "index.html").is_file():
        said = errors.splitlines()
        reasons = [line for line in said if not re.match(r"\s*INFO\b", line)]
        raise NotebookError("mdBook dừng lại:\n" + "\n".join(reasons or said))
    return site


def _move_files(source: Path, target: Path) -> None:
    for folder, _, names in os.walk(source):
        place = target / Path(folder).relative_to(source)
        place.mkdir(parents=True, exist_ok=True)
        for name in names:
            os.replace(Path(folder, name), place / name)


def _mend_menu(path: Path) -> None:
    # The menu leads to what mdBook was given. The page of all pages may be too big for the memory.
    mended = path.with_suffix(".mended")
    with path.open("rb") as page, mended.open("wb") as target:
        for line in page:
            target.write(_MENU.sub(rb'\1.html"', line))
            if line.startswith(b"</nav>"):
                break
        shutil.copyfileobj(page, target)
    mended.rename(path)
