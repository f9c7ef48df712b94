"""The second backend: gives the site what its pages need, and takes away everything else.

mdBook's own backend writes the pages, then copies whatever lies among the notebooks, parameter
files and checkpoints too, and its own styles and scripts, which the theme does not use.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from d2lutil.book import fonts, glossary, pictures, search
from d2lutil.book.mdbook import MARK, chapters, source_folder
from d2lutil.book.page import address
from d2lutil.notebook import NotebookError

ASSETS = Path(__file__).parent / "assets"
_PICTURE = re.compile(r'<img src="([^"]+)"')
_FONT = re.compile(r"url\(fonts/([^)]+\.woff2)\)")
# KaTeX offers older formats too; every browser that shows this book takes the first.
_OLD_FONTS = re.compile(r',url\(fonts/[^)]+\.(?:woff|ttf)\) format\("[^"]+"\)')


def publish(context: dict[str, Any]) -> None:
    """Finish the site that mdBook's html backend has just written.

    `context` is what mdBook gives a backend. Raises NotebookError when a page was not rendered or
    something that the site needs is missing; the site is removed then, so that nothing
    half-finished can be published.
    """
    site = Path(context["destination"]).parent / "html"

    def read(address: str) -> str:
        page = site / address
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        if MARK not in text:
            raise NotebookError("mdBook không đưa trang này qua d2lutil.book", path=address)
        return text

    try:
        sources = [chapter["path"] for chapter in chapters(context["book"])]
        tidy(site, add(site, context, sources, read))
    except BaseException:
        shutil.rmtree(site, ignore_errors=True)
        raise


def add(
    target: Path, context: dict[str, Any], sources: Iterable[str], read: Callable[[str], str]
) -> set[str]:
    """Write into folder `target` what a site needs beside its pages; return all names of the site.

    `sources` are the book's notebooks, `read` returns the HTML of the page at an address. Raises
    NotebookError like `publish`.
    """
    notebooks = source_folder(context)
    pages = {source: address(source) for source in sources}
    copied = set(pages)
    sections: list[search.Section] = []
    letters: set[str] = set()
    for source, page in pages.items():
        text = read(page)
        letters |= fonts.letters_of_maths(text)
        sections += search.sections(page, text)
        for picture in _PICTURE.findall(text):
            copied.add(unquote(urlsplit(urljoin(page, unescape(picture))).path))
        for picture in pictures.of_notebook(json.loads((notebooks / source).read_bytes())):
            _write(target / picture.address, picture.data)
    wanted = {".nojekyll", "index.html", "print.html", "assets/sections.js"}
    wanted |= copied | set(pages.values())
    if (notebooks / glossary.FILE).exists():
        wanted.add(glossary.ADDRESS)
        sections += search.entries(glossary.ADDRESS, read(glossary.ADDRESS))
    for name in copied:
        if (notebooks / name).is_file():
            _write(target / name, (notebooks / name).read_bytes())
    _write(target / "assets/sections.js", search.script(sections).encode())
    site_url = context["config"]["output"]["html"].get("site-url", "/")
    return wanted | _assets(target, site_url, letters)


def tidy(site: Path, wanted: set[str]) -> None:
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


def _assets(site: Path, site_url: str, letters: set[str]) -> set[str]:
    """Write styles, scripts, fonts and their licences; return their names in the site."""
    files = {
        f"assets/{path.name}": path.read_bytes()
        for path in ASSETS.iterdir()
        if path.suffix in (".js", ".svg")
    }
    # A server shows this page at any address, so it brings its own style.
    lost = (ASSETS / "404.html").read_text(encoding="utf-8")
    files["404.html"] = lost.replace("{{site-url}}", site_url).encode()
    files["assets/minisearch.js"] = fonts.read("minisearch/dist/umd/index.js")
    katex = fonts.read("katex/dist/katex.min.css").decode()
    for font in _FONT.findall(katex):
        files[f"assets/fonts/{font}"] = fonts.read(f"katex/dist/fonts/{font}")
    small = fonts.of_maths(letters)
    text = fonts.of_text()
    # One file for all styles: nothing is drawn before each of them has come.
    files["assets/book.css"] = b"\n".join(
        [
            text.pop("fonts.css"),
            _OLD_FONTS.sub("", katex).encode(),
            small.pop("katex.css"),
            *(path.read_bytes() for path in sorted(ASSETS.glob("*.css"))),
        ]
    )
    files |= {f"assets/{name}": data for name, data in (small | text).items()}
    for package in ("katex", "@fontsource/source-serif-4", "@fontsource/ibm-plex-mono"):
        files[f"assets/licences/{package.split('/')[-1]}.txt"] = fonts.read(f"{package}/LICENSE")
    files["assets/licences/minisearch.txt"] = fonts.read("minisearch/LICENSE.txt")
    for name, data in files.items():
        _write(site / name, data)
    return set(files)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
