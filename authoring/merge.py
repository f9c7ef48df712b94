"""A reader's notebook and the course's new version, merged cell by cell.

Cells are the same when their ids are. What a reader has added, edited or moved stays; what they
have left alone follows the course, and a cell that they have deleted stays away. Of a cell that
both changed, the reader's stays and a note below it holds the course's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container
from typing import Any

from nbformat import NotebookNode, v4

_CHANGED = """\
> **Khóa học có bản mới của ô ngay trên đây.** Bạn đã sửa ô ấy nên nó được giữ nguyên. Bản mới là \
phần dưới đây; khi không cần nữa, bạn có thể xóa ô này.

"""
_REMOVED = """\
> **Khóa học đã bỏ ô ngay trên đây.** Bạn đã sửa ô ấy nên nó được giữ nguyên; khi không cần nữa, \
bạn có thể xóa cả hai ô."""


def merge(
    given: NotebookNode, mine: NotebookNode, course: NotebookNode
) -> tuple[NotebookNode, list[str]]:
    """Bring the reader's notebook `mine` from the version `given` to that of `course`.

    `given` is what the reader once got. Return the notebook, and the ids of the cells below which
    a note was put. Outputs stay with code that stays; code that the course changed comes without.
    Merging the result again, from `given` or from `course`, changes nothing.
    """
    old, own, new = (_by_id(nb) for nb in (given, mine, course))
    outdated = {
        note.id
        for id in own
        if _content(old.get(id)) != _content(new.get(id))
        for note in [_note(id, old.get(id))]
        if _content(own.get(note.id)) == _content(note)
    }
    cells = {id: cell for id, cell in new.items() if id not in old and id not in own}
    notes = {}
    for id, cell in own.items():
        before, after = old.get(id), new.get(id)
        if id in outdated:
            continue
        if after is not None and _content(cell) == _content(after):
            metadata = cell.metadata
            if before is None or metadata == before.metadata:
                metadata = after.metadata
            cells[id] = NotebookNode({**cell, "metadata": metadata})
        elif _content(cell) != _content(before):
            cells[id] = cell
            if _content(after) not in (None, _content(before)) or (before and not after):
                notes[id] = _note(id, after)
        elif after is not None:
            cells[id] = after
    order = _order([[id for id in ids if id in cells] for ids in (old, own, new)])
    notes = {id: note for id, note in notes.items() if note.id not in own}
    for id, note in notes.items():
        cells[note.id] = note
        order.insert(order.index(id) + 1, note.id)
    metadata = course.metadata if mine.metadata == given.metadata else mine.metadata
    merged = {**mine, "metadata": metadata, "cells": [cells[id] for id in order]}
    return NotebookNode(merged), list(notes)


def _by_id(nb: NotebookNode) -> dict[str, NotebookNode]:
    return {cell.id: cell for cell in nb.cells}


def _content(cell: NotebookNode | None) -> tuple[Any, ...] | None:
    return cell and (cell.cell_type, cell.source, cell.get("attachments"))


def _note(id: str, cell: NotebookNode | None) -> NotebookNode:
    # An id of what it says: a later version gets a note of its own, and a merge that is done again
    # finds the note that is there.
    digest = hashlib.sha256(json.dumps([id, _content(cell)]).encode()).hexdigest()[:12]
    if cell is None:
        text = _REMOVED
    elif cell.cell_type == "markdown":
        text = _CHANGED + cell.source
    else:
        fence = "```"
        while fence in cell.source:
            fence += "`"
        text = f"{_CHANGED}{fence}python\n{cell.source}\n{fence}"
    return v4.new_markdown_cell(text, id=f"moi-{digest}")


def _order(orders: list[list[str]]) -> list[str]:
    old, own, new = orders
    common = {*old} & {*own}
    if _among(common, own) == _among(common, old):
        return _woven(new, own)
    return _woven(own, new)


def _among(wanted: Container[str], ids: list[str]) -> list[str]:
    return [id for id in ids if id in wanted]


def _woven(main: list[str], other: list[str]) -> list[str]:
    """`main` with the ids that only `other` has, each after the one that it follows there."""
    result = list(main)
    for position, id in enumerate(other):
        if id not in main:
            result.insert(result.index(other[position - 1]) + 1 if position else 0, id)
    return result
