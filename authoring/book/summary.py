"""What the book has: the chapters that SUMMARY.md lists, and the glossary.

The list is read as mdBook reads it, with its numbers, but errors are told by line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from authoring.notebook import NotebookError

FILE = "SUMMARY.md"  # below the notebooks
GLOSSARY_FILE = "glossary.toml"  # there too
GLOSSARY_TITLE = "Bảng thuật ngữ"
GLOSSARY = "glossary.html"  # in the site
_CHAPTER = re.compile(r"([ \t]*)([-*+] +)?\[([^\]]*)\]\(([^()]*)\)\s*")
_OTHER = re.compile(r"\s*|# .*|-{3,}\s*|\*{3,}\s*|_{3,}\s*")


class Chapter(NamedTuple):
    """A notebook of the book: its path below the folder, its number, "" where it has none."""

    source: str
    number: str


def chapters(folder: Path) -> list[Chapter]:
    """Return the chapters of a folder of notebooks, in order.

    Raises NotebookError for a line that is neither a chapter nor a title, and for a chapter that
    is no notebook or has no file.
    """
    path = folder / FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise NotebookError(f"không đọc được danh sách chương ({error})", path=path) from error
    found: list[Chapter] = []
    depths: list[tuple[int, int]] = []  # indent and number of the items that the line is inside
    for line, text in enumerate(lines, 1):
        match = _CHAPTER.fullmatch(text)
        if not match:
            if not _OTHER.fullmatch(text):
                reason = f"“{text.strip()}” không phải một chương: - [tên](tệp.ipynb)"
                raise NotebookError(reason, path=path, line=line)
            continue
        indent, item, name, source = match.groups()
        if not source.endswith(".ipynb"):
            raise NotebookError(
                f"chương “{name}” phải dẫn tới một tệp .ipynb, không phải {source or 'chỗ trống'}",
                path=path,
                line=line,
            )
        if not (folder / source).is_file():
            raise NotebookError(f"không có tệp {source}", path=path, line=line)
        if item:
            width, count = len(indent.expandtabs(4)), 1
            while depths and depths[-1][0] >= width:
                count = depths.pop()[1] + 1
            depths.append((width, count))
        number = ".".join(str(count) for _, count in depths) if item else ""
        found.append(Chapter(source, number))
    return found


def address(source: str) -> str:
    """Return the place in the site of the page made from the notebook `source`."""
    return posixpath.splitext(source)[0] + ".html"


def addresses(folder: Path, listed: Iterable[Chapter]) -> list[str]:
    """Return the places in the site of all pages, in order: the chapters', then the glossary's."""
    found = [address(chapter.source) for chapter in listed]
    return found + ([GLOSSARY] if (folder / GLOSSARY_FILE).exists() else [])


def renamed(folder: Path, suffix: str) -> str:
    """Return the text of the list, the glossary at its end, with another suffix for every page."""
    text = (folder / FILE).read_text(encoding="utf-8")
    text = re.sub(r"\.ipynb\)[ \t]*$", f"{suffix})", text, flags=re.MULTILINE)
    if (folder / GLOSSARY_FILE).exists():
        text += f"\n[{GLOSSARY_TITLE}]({posixpath.splitext(GLOSSARY)[0]}{suffix})\n"
    return text
