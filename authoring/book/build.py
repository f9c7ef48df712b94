"""Builds the site of the course: mdBook makes the frames, while the pages are made here.

Plain `mdbook build` makes the same site with the hooks of book.toml (see `hook`), but hands every
notebook from program to program, a few bytes at a time.

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
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from authoring.book import summary
from authoring.book.mdbook import build_folder, frame, site_url, source_folder
from authoring.notebook import NotebookError

_MENU = re.compile(r'^(<li><a href="[^"]*)\.md"', re.MULTILINE)


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
    context = {"root": str(root), "config": {"book": {}, "output": {}, **config}}
    listed = summary.chapters(source_folder(context))
    folder = build_folder(context)
    folder.mkdir(exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        _write_frames(source_folder(context), listed, fresh / "src")
        with _mdbook(context, fresh / "src", fresh / "html") as process:
            # While it works, all that makes pages is loaded.
            from authoring.book import chapters, publish

            pages = chapters.pages(context, listed)
            pages.make()
            made = _made(process, context, fresh / "html")
        _mend_menus(made.rglob("*.html"))
        publish.finish(made, pages, site_url(context))
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


def _write_frames(notebooks: Path, listed: Iterable[summary.Chapter], target: Path) -> None:
    """Write into folder `target` what mdBook makes the frames from: a list and a file a page."""
    for page in summary.addresses(notebooks, listed):
        # mdBook would copy a file of any other kind to the site, over the page.
        path = (target / page).with_suffix(".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(frame(page), encoding="utf-8")
    (target / summary.FILE).write_text(summary.renamed(notebooks, ".md"), encoding="utf-8")


def _mend_menus(frames: Iterable[Path]) -> None:
    # They lead to what mdBook was given.
    for path in frames:
        text = path.read_text(encoding="utf-8")
        path.write_text(_MENU.sub(r'\1.html"', text), encoding="utf-8")


def _tables(context: dict[str, Any], kind: str, ours: str) -> dict[str, Any]:
    # Of book.toml what is not done here.
    found = context["config"].get(kind, {})
    return {name: table for name, table in found.items() if name != ours}


def _mdbook(context: dict[str, Any], source: Path, destination: Path) -> subprocess.Popen[str]:
    """Start mdBook, which makes the frames."""
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
