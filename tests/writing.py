"""Notebooks written for tests: cells given as text, as a writer would type them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode, v4

from authoring import notebook
from authoring.execute import METADATA


def code(source: str, *tags: str, id: str = "code", **fields: Any) -> NotebookNode:
    cell = v4.new_code_cell(source, id=id, **fields)
    cell.metadata = {"tags": list(tags)} if tags else {}
    return cell


def markdown(source: str, id: str = "text") -> NotebookNode:
    return v4.new_markdown_cell(source, id=id)


def write(path: Path, *cells: NotebookNode) -> Path:
    """Write the cells as a notebook of the course at `path`; ids are made unique by position."""
    seen: set[str] = set()
    for number, cell in enumerate(cells, 1):
        if cell.id in seen:
            cell.id = f"{cell.id}-{number}"
        seen.add(cell.id)
    notebook.write(path, v4.new_notebook(cells=list(cells), metadata=METADATA))
    return path
