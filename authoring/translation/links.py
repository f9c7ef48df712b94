"""Do links lead to an anchor, and to the section that they name? Is what a text quotes there?

The book says the same when it is made; a test holds both to the same numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from nbformat import NotebookNode

from authoring.finding import Finding
from authoring.notebook import named_cells, read, split
from authoring.notebook_error import NotebookError
from authoring.translation import markup

# An anchor, a heading, or both.
_PLACE = re.compile(
    r'<a\s+id="([^"]+)"></a>(?:\s+(?P<level>##?) (?P<title>.+))?|^## .+', re.MULTILINE
)
_CODE = re.compile(r"(`+)[^`]+\1")
_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s#:]+\.ipynb)?(?:#([^()\s]+))?\)")
_SECTION = re.compile(r"(?:Mục|Section) (\d+(?:\.\d+)?)\b")
_TITLED = re.compile(r"(?:Mục )?\d+(?:\.\d+)?\. (.+)", re.DOTALL)
_QUOTED = re.compile(
    r"\b(Mục|Hình|Bảng|Section|Figure|Table) (\d+(?:\.\d+)*)(?!\w)"
    r"|\b([Cc]ông thức|[Ff]ormula) \((\d+(?:\.\d+)*)\)"
)
_KINDS = {"section": "Mục", "figure": "Hình", "table": "Bảng", "formula": "Công thức"}
_LISTED = re.compile(r"^\s*- \[.*\]\((.+\.ipynb)\)", re.MULTILINE)


class Place(NamedTuple):
    """Where an anchor stands: the number of the section, and the heading right below, or ""."""

    number: str
    heading: str


def check(notebooks: Mapping[Path, NotebookNode]) -> Iterator[Finding]:
    """Yield links to what is not there, or not what they say, and anchors given twice.

    Sections have the numbers that SUMMARY.md beside the notebooks gives them.
    """
    anchors = {path: _anchors(path, notebook) for path, notebook in notebooks.items()}
    known = _known(notebooks)
    for path, notebook in notebooks.items():
        given = set[str]()
        for name, cell in named_cells(notebook, "markdown"):
            text = _without_code(cell.source)
            found = [*_repeated(text, given)]
            for link in _LINK.finditer(text):
                said, file, anchor = link[1], unquote(link[2] or ""), unquote(link[3] or "")
                target = path.with_name(file) if file else path
                if target not in anchors and target.exists():
                    anchors[target] = _anchors(target, read(target))
                if target not in anchors:
                    reason = f"không có tệp {target.name}"
                elif anchor not in anchors[target]:
                    reason = f"{target.name} không có neo “{anchor}”"
                elif (section := _SECTION.match(said)) and not _is_in(
                    section[1], anchors[target][anchor].number
                ):
                    reason = f"ở đó không phải Mục {section[1]}"
                elif (
                    (titled := _TITLED.match(said))
                    and link.start() > text.rfind("-->")
                    and (heading := anchors[target][anchor].heading) not in ("", titled[1])
                ):
                    reason = f"tiêu đề ở đó là “{heading}”"
                else:
                    continue
                line = text.count("\n", 0, link.start()) + 1
                found.append(Finding("link", f"liên kết “{link[0]}”: {reason}", line))
            if known:
                found += _unknown(cell, known)
            yield from (finding.at(path, name) for finding in found)


def _known(notebooks: Mapping[Path, NotebookNode]) -> set[str]:
    """Return all numbers of the course that these notebooks belong to; without SUMMARY.md none."""
    others = {path.with_name(name) for path in notebooks for name in listed(path)}
    known = set[str]()
    for path in {*notebooks, *others} if others else ():
        if path in notebooks or path.exists():
            known |= numbered(path, notebooks.get(path) or read(path))
    return known


def numbered(path: Path, notebook: NotebookNode) -> set[str]:
    """Return what of a notebook has a number, as "Mục 2.1", "Hình 2.1", "Công thức 2.1"."""
    chapter = _chapter(path)
    found, counts = {f"Mục {chapter}"} if chapter else set[str](), Counter[str]()
    for _, cell in named_cells(notebook, "markdown"):
        with suppress(NotebookError):  # told already
            halves = split(cell.source)
            for block in markup.parse(halves.vietnamese, halves.vietnamese_line).blocks:
                if kind := _kind(block):
                    counts[kind] += 1
                    number = f"{chapter}.{counts[kind]}" if chapter else str(counts[kind])
                    if chapter or kind != "Mục":
                        found.add(f"{kind} {number}")
    return found


def _kind(block: markup.Block) -> str:
    if block.kind == "đoạn văn":
        return "Hình" if block.prose.text == markup.IMAGE else ""
    kinds = {"tiêu đề cấp 2": "Mục", "bảng": "Bảng", "công thức riêng dòng": "Công thức"}
    return kinds.get(block.kind, "")


def _unknown(cell: NotebookNode, known: set[str]) -> Iterator[Finding]:
    with suppress(NotebookError):
        halves = split(cell.source)
        for block in markup.parse(halves.vietnamese, halves.vietnamese_line).blocks:
            for prose in (block.prose, *block.captions):
                for quoted in _QUOTED.finditer(prose.text):
                    kind, number = filter(None, quoted.groups())
                    kind = _KINDS.get(kind.lower(), kind.capitalize())
                    if f"{kind} {number}" not in known:
                        reason = f"“{quoted[0]}”: khóa học không có số này"
                        yield Finding("reference", reason, prose.lines[quoted.start()])


def _without_code(text: str) -> str:
    return _CODE.sub(lambda code: "\n" * code[0].count("\n"), text)


def _repeated(text: str, given: set[str]) -> Iterator[Finding]:
    for anchor in filter(None, (place[1] for place in _PLACE.finditer(text))):
        if anchor in given:
            yield Finding("anchor", f"neo “{anchor}” đã có ở trên")
        given.add(anchor)


def _anchors(path: Path, notebook: NotebookNode) -> dict[str, Place]:
    """Return the places of a notebook's anchors, and of "", the notebook itself."""
    chapter = _chapter(path)
    anchors, number, count = {"": Place(chapter, "")}, chapter, 0
    for _, cell in named_cells(notebook, "markdown"):
        for place in _PLACE.finditer(_without_code(cell.source).rpartition("-->")[2]):
            if chapter and (place["level"] == "##" or not place[1]):
                count += 1
                number = f"{chapter}.{count}"
            if place[1]:
                anchors[place[1]] = Place(number, (place["title"] or "").strip())
    return anchors


def _chapter(path: Path) -> str:
    names = listed(path)
    return str(names.index(path.name) + 1) if path.name in names else ""


def listed(path: Path) -> list[str]:
    """Return the numbered notebooks of the book that a notebook belongs to."""
    summary = path.with_name("SUMMARY.md")
    return _LISTED.findall(summary.read_text("utf-8")) if summary.exists() else []


def _is_in(said: str, number: str) -> bool:
    return not number or number == said or number.startswith(f"{said}.")
