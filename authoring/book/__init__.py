"""The static book: mdBook turns the notebooks listed in notebooks/SUMMARY.md into a site.

`python -m authoring.book` runs mdBook, which calls `hook.py` for all that it cannot do itself: an
empty frame for every page first, then the pages. PDF and EPUB are made by hooks of the same kind.
The modules and the ways through them are drawn in authoring/README.md.
"""

from pathlib import Path

from authoring.notebook_error import NotebookError

PROJECT = Path(__file__).resolve().parents[2]
# What each backend makes, by its name, below mdBook's destination.
MADE = {
    "site": "html",
    "complete": "html",
    "pdf": "tinh-toan-hoc-sau.pdf",
    "epub": "tinh-toan-hoc-sau.epub",
    "worksheet": "bai-tap.pdf",
    "papers": "papers",
}
WEB = PROJECT / "setup" / "web" / "node_modules"  # fonts and KaTeX, put there by `npm ci`


def installed(name: str) -> bytes:
    """Return a file of the packages from npm; NotebookError when they are not installed."""
    try:
        return (WEB / name).read_bytes()
    except OSError as error:
        raise NotebookError(
            "chưa cài phông chữ và KaTeX: hãy chạy make book, hoặc npm ci --prefix setup/web",
            path=WEB / name,
        ) from error
