"""Build the site of the course in this folder: `python -m authoring.book`."""

from __future__ import annotations

from pathlib import Path

from authoring.book import command


def make(root: Path) -> Path:
    """Build the book of folder `root` and return its first page; raises like `build.build`."""
    # Here, so that a library that is missing gives a clear message.
    from authoring.book.build import build

    return build(root) / "index.html"


if __name__ == "__main__":
    raise SystemExit(command(make, "\n  Trang web cũ (nếu có) vẫn còn nguyên."))
