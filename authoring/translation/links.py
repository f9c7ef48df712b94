"""Do links between and within notebooks lead to an anchor, and to the section that they name?

The book says the same when it is made, and of figures, tables and formulas too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from nbformat import NotebookNode

from authoring.finding import Finding
from authoring.notebook import named_cells, read

# An anchor, the heading of a section, or both.
_PLACE = re.compile(r"<a\s+id=\"([^\"]+)\"></a>(?:\s+## )?|^## ", re.MULTILINE)
_CODE = re.compile(r"(`+)[^`]+\1")
_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s#:]+\.ipynb)?(?:#([^()\s]+))?\)")
_SECTION = re.compile(r"(?:Mục|Section) (\d+(?:\.\d+)?)\b")
_LISTED = re.compile(r"^\s*- \[.*\]\((.+\.ipynb)\)", re.MULTILINE)


def check(notebooks: Mapping[Path, NotebookNode]) -> Iterator[Finding]:
    """Yield links to what is not there, or not what they say, and anchors given twice.

    Sections have the numbers that SUMMARY.md beside the notebooks gives them.
    """
    anchors = {path: _anchors(path, notebook) for path, notebook in notebooks.items()}
    for path, notebook in notebooks.items():
        given = set[str]()
        for name, cell in named_cells(notebook, "markdown"):
            text = _CODE.sub(lambda code: "\n" * code[0].count("\n"), cell.source)
            found = [*_repeated(text, given)]
            for link in _LINK.finditer(text):
                said, file, anchor = link[1], unquote(link[2] or ""), unquote(link[3] or "")
                target = path.with_name(file) if file else path
                if target not in anchors and target.exists():
                    anchors[target] = _anchors(target, read(target))
                if target not in anchors:
                    reason = f"không có tệp {target.name}"
                elif anchor and anchor not in anchors[target]:
                    reason = f"{target.name} không có neo “{anchor}”"
                elif (section := _SECTION.match(said)) and not _is_in(
                    section[1], anchors[target].get(anchor, "")
                ):
                    reason = f"ở đó không phải Mục {section[1]}"
                else:
                    continue
                line = text.count("\n", 0, link.start()) + 1
                found.append(Finding("link", f"liên kết “{link[0]}”: {reason}", line))
            yield from (finding.at(path, name) for finding in found)


def _repeated(text: str, given: set[str]) -> Iterator[Finding]:
    for anchor in filter(None, _PLACE.findall(text)):
        if anchor in given:
            yield Finding("anchor", f"neo “{anchor}” đã có ở trên")
        given.add(anchor)


def _anchors(path: Path, notebook: NotebookNode) -> dict[str, str]:
    """Return the anchors of a notebook, and "" for itself, with the number of their section."""
    summary = path.with_name("SUMMARY.md")
    listed = _LISTED.findall(summary.read_text("utf-8")) if summary.exists() else []
    chapter = str(listed.index(path.name) + 1) if path.name in listed else ""
    anchors, number, count = {"": chapter}, chapter, 0
    for _, cell in named_cells(notebook, "markdown"):
        for place in _PLACE.finditer(cell.source.rpartition("-->")[2]):
            if chapter and place[0].endswith("## "):
                count += 1
                number = f"{chapter}.{count}"
            if place[1]:
                anchors[place[1]] = number
    return anchors


def _is_in(said: str, number: str) -> bool:
    return not number or number == said or number.startswith(f"{said}.")
