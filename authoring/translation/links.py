"""Do links between and within notebooks lead to an anchor?

The book says the same when it is made, and whether the numbers quoted are right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from nbformat import NotebookNode

from authoring.finding import Finding
from authoring.notebook import named_cells, read

_ANCHOR = re.compile(r"<a\s+id=\"([^\"]+)\"")
_CODE = re.compile(r"(`+)[^`]+\1")
_LINK = re.compile(r"\]\(([^()\s#:]+\.ipynb)?(?:#([^()\s]+))?\)")


def check(notebooks: Mapping[Path, NotebookNode]) -> Iterator[Finding]:
    """Yield links to a notebook or an anchor that is not there, and anchors given twice."""
    anchors = {path: _anchors(notebook) for path, notebook in notebooks.items()}
    for path, notebook in notebooks.items():
        for name, cell in named_cells(notebook, "markdown"):
            for anchor in _ANCHOR.findall(cell.source):
                if anchors[path][anchor] > 1:
                    yield Finding("anchor", f"neo “{anchor}” có ở hai chỗ").at(path, name)
            text = _CODE.sub(lambda code: "\n" * code[0].count("\n"), cell.source)
            for link in _LINK.finditer(text):
                target = path.with_name(unquote(link[1])) if link[1] else path
                anchor = unquote(link[2] or "")
                if target not in anchors and target.exists():
                    anchors[target] = _anchors(read(target))
                if target not in anchors:
                    reason = f"không có tệp {target.name}"
                elif anchor and anchor not in anchors[target]:
                    reason = f"{target.name} không có neo “{anchor}”"
                else:
                    continue
                line = text.count("\n", 0, link.start()) + 1
                yield Finding("link", f"liên kết “{link[0][2:-1]}”: {reason}", line).at(path, name)


def _anchors(notebook: NotebookNode) -> Counter[str]:
    cells = named_cells(notebook, "markdown")
    return Counter(anchor for _, cell in cells for anchor in _ANCHOR.findall(cell.source))
