"""The book as one PDF, printed by Chromium: `python -m authoring.book.pdf`.

Chromium cannot say on which page a heading will come to lie. So it prints twice: from the first
print the page numbers are read for the contents of the second.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Mapping
from html import escape
from pathlib import Path

from pypdf import PdfReader, PdfWriter

from authoring.book import command
from authoring.book.build import build
from authoring.book.finished import Heading, headings
from authoring.notebook import NotebookError
from d2lutil import files

NAME = "tinh-toan-hoc-sau.pdf"
STYLE = Path(__file__).parent / "paper" / "pdf.css"
_BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]


def make(root: Path) -> Path:
    """Build the site of the book in `root`, print it, and return the path of the PDF.

    Raises NotebookError where the site cannot be built or no Chromium is found.
    """
    site = build(root)
    about = tomllib.loads((root / "book.toml").read_text(encoding="utf-8"))["book"]
    html = (site / "print.html").read_text(encoding="utf-8")
    parts = [part for part in headings(html) if len(part.text) > 1]  # not the letters A, B, …
    target = site.parent / NAME
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "site")
        shutil.copytree(site, copy)
        shutil.copy(STYLE, copy / "assets")
        pages: dict[str, int] = {}
        while True:
            (copy / "print.html").write_text(_page(html, about, parts, pages), encoding="utf-8")
            printed = PdfReader(_printed(copy / "print.html", Path(folder)))
            found = _pages(printed, parts)
            if found == pages:
                break
            pages = found
        files.replace(target, _finished(printed, about))
    return target


def _page(
    html: str, about: Mapping[str, str], parts: list[Heading], pages: Mapping[str, int]
) -> str:
    items = "".join(
        f'<li class="level-{part.level}"><a href="#{escape(part.anchor)}">'
        f'<span>{escape(part.text)}</span><span class="dots"></span>'
        f'<span class="page-number">{pages.get(part.anchor, 0)}</span></a></li>'
        for part in parts
    )
    front = (
        f'<section class="cover"><p class="title">{escape(about["title"])}</p>'
        f'<p class="rule"></p><p class="about">{escape(about["description"])}</p>'
        f'<p class="by">{escape(", ".join(about["authors"]))}</p></section>'
        f'<section class="toc"><h1>Mục lục</h1><ol>{items}</ol></section>'
    )
    html = html.replace(
        "</head>", f'<link rel="stylesheet" href="assets/{STYLE.name}">\n</head>', 1
    )
    # On paper nothing can be unfolded.
    html = html.replace("<details>", "<details open>")
    return html.replace('<main id="content" tabindex="-1">', f'<main id="content">{front}', 1)


def _printed(page: Path, folder: Path) -> Path:
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        raise NotebookError(
            "cần Chromium hay Chrome để in sách: sudo apt install chromium (Debian, Ubuntu, WSL)"
        )
    pdf = folder / "book.pdf"
    command = [
        *[browser, "--headless", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"],
        *["--no-first-run", "--disable-background-networking", "--disable-component-update"],
        *["--generate-pdf-document-outline", "--no-pdf-header-footer", f"--print-to-pdf={pdf}"],
        page.as_uri(),
    ]
    if os.geteuid() == 0:
        command.insert(1, "--no-sandbox")  # Chromium refuses to run as root otherwise.
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode or not pdf.exists():
        raise NotebookError(f"Chromium không in được sách:\n{done.stderr.strip()}", path=page)
    return pdf


def _pages(printed: PdfReader, parts: list[Heading]) -> dict[str, int]:
    places = printed.named_destinations
    pages = {}
    for part in parts:
        place = places.get(part.anchor) or places.get(f"/{part.anchor}")
        number = None if place is None else printed.get_destination_page_number(place)
        if number is None:
            raise NotebookError(f"mục “{part.text}” không có trong bản in của Chromium")
        pages[part.anchor] = number + 1
    return pages


def _finished(printed: PdfReader, about: Mapping[str, str]) -> bytes:
    # Without the dates that Chromium writes: the same book gives the same bytes.
    writer = PdfWriter(clone_from=printed)
    writer.metadata = {
        "/Title": about["title"],
        "/Author": ", ".join(about["authors"]),
        "/Subject": about["description"],
    }
    with tempfile.TemporaryFile() as file:
        writer.write(file)
        file.seek(0)
        return file.read()


if __name__ == "__main__":
    raise SystemExit(command(make))
