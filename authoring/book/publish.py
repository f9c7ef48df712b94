"""The second backend: puts the pages into mdBook's frames, and gives the site all they need.

mdBook's own backend writes the frames, then copies whatever lies among the notebooks, parameter
files and checkpoints too, and its own styles and scripts, which the theme does not use.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from authoring.book import chapters, fonts, glossary, mdbook, search, summary, whole
from authoring.book.page import Page
from authoring.book.remembered import Pages
from authoring.notebook import NotebookError

ASSETS = Path(__file__).parent / "assets"


def publish(context: dict[str, Any]) -> None:
    """Finish the site that mdBook's html backend has just written.

    `context` is what mdBook gives a backend. Raises NotebookError like `finish`; the site is
    removed then, so that nothing half-finished can be published.
    """
    site = Path(context["destination"]).parent / "html"
    try:
        pages = chapters.pages(context, mdbook.listed(context["book"]))
        finish(site, pages, mdbook.site_url(context))
    except BaseException:
        shutil.rmtree(site, ignore_errors=True)
        raise


def finish(site: Path, pages: Pages, site_url: str) -> None:
    """Fill the frames in folder `site`, add what the pages need, remove everything else.

    `site_url` is where a server shows the site. Raises NotebookError when a frame or something that
    the site needs is missing, and like `pages`.
    """
    addresses = summary.addresses(pages.folder, pages.listed)
    wanted = {".nojekyll", "index.html", "print.html", "assets/sections.js", *addresses}
    letters: set[tuple[str, str]] = set()
    sections: list[search.Section] = []

    def finished() -> Iterator[tuple[str, str]]:
        seen: list[Page] = []
        for page in pages:
            yield page.address, page.html
            for name in [page.source, *page.files]:
                _write(site / name, (page.folder / name).read_bytes())
            for name, data in page.pictures.items():
                _write(site / name, data)
            wanted.update([page.source], page.files, page.pictures)
            letters.update(page.letters)
            sections.extend(page.sections)
            page.forget()
            seen.append(page)
        chapters.check(seen)
        if pages.terms:
            html = glossary.page(seen, pages.terms)
            yield summary.GLOSSARY, html
            sections.extend(search.entries(summary.GLOSSARY, html))

    _fill(site, addresses, finished())
    _write(site / "assets/sections.js", search.script(sections).encode())
    _tidy(site, wanted | _assets(site, site_url, letters))


def _fill(site: Path, addresses: Sequence[str], pages: Iterable[tuple[str, str]]) -> None:
    """Put pages, in the order of their addresses, into their frames and into the page of all."""
    together = site / "print.html"
    rest = _read(together)
    with together.open("w", encoding="utf-8") as all_pages:
        for address, html in pages:
            # The first page is also the site's.
            for name in {address, "index.html"} if address == addresses[0] else {address}:
                before, after = _around(address, _read(site / name))
                (site / name).write_text(before + html + after, encoding="utf-8")
            before, rest = _around(address, rest)
            all_pages.write(before + whole.part(address, html, addresses))
        all_pages.write(rest)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _around(address: str, text: str) -> tuple[str, str]:
    """Return what stands before and after the frame of the page at `address`."""
    before, found, after = text.partition(mdbook.frame(address))
    if not found:
        raise NotebookError("mdBook không đưa trang này qua authoring.book", path=address)
    return before, after


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


def _assets(site: Path, site_url: str, letters: set[tuple[str, str]]) -> set[str]:
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
    text, formulas = fonts.of_text(), fonts.of_maths(letters)
    # One file for all styles: nothing is drawn before each of them has come.
    files["assets/book.css"] = b"\n".join(
        [
            text.pop("fonts.css"),
            formulas.pop("katex.css"),
            *(path.read_bytes() for path in sorted(ASSETS.glob("*.css"))),
        ]
    )
    files |= {f"assets/{name}": data for name, data in (text | formulas).items()}
    for package in ("katex", "@fontsource/source-serif-4", "@fontsource/ibm-plex-mono"):
        files[f"assets/licences/{package.split('/')[-1]}.txt"] = fonts.read(f"{package}/LICENSE")
    files["assets/licences/minisearch.txt"] = fonts.read("minisearch/LICENSE.txt")
    for name, data in files.items():
        _write(site / name, data)
    return set(files)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
