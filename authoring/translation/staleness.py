"""Is a cell's Vietnamese made from the English that stands there now?

Each Markdown cell's metadata holds the fingerprint of the English it was translated from. When
the English changes the cell is stale, until a translator accepts it: after changing the
Vietnamese, or by stating that it still holds. What the cell was before comes from git.
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from authoring.finding import Finding
from authoring.notebook import Halves, fingerprint, named_cells, translated_from
from authoring.translation import history

CURRENT, STALE, MISSING = "current", "stale", "missing"


class Refused(ValueError):
    """A cell that cannot be accepted as it is; `str()` says why, in Vietnamese."""


def state(cell: Any, halves: Halves) -> str:
    """Return CURRENT, STALE, or MISSING where the cell carries no fingerprint yet."""
    stamp = translated_from(cell)
    if stamp is None:
        return MISSING
    return CURRENT if stamp == fingerprint(halves.english) else STALE


def check(path: Path, cell: Any, halves: Halves) -> Finding | None:
    """Return a finding that shows how the English changed when the cell is stale."""
    if state(cell, halves) != STALE:
        return None
    stamp = translated_from(cell) or ""
    before = history.last_accepted(path, cell.id, stamp)
    reason = (
        "bản tiếng Anh đã đổi sau khi dịch: sửa bản tiếng Việt rồi chạy "
        f"python -m authoring.translation accept {path} {cell.id}\n"
        f"{_change(before, halves)}"
    )
    return Finding("stale", reason, halves.english_line)


def restore_lost_stamps(path: Path, notebook: NotebookNode) -> list[str]:
    """Give cells that lost their stamp the one they were last committed with; return their ids.

    Else deleting a stamp, or a tool that drops metadata, would turn a stale cell into a new one.
    """
    cells = [cell for _, cell in named_cells(notebook, "markdown")]
    lost = [cell for cell in cells if translated_from(cell) is None]
    stamps = history.last_stamps(path) if lost else {}
    restored = [cell for cell in lost if cell.id in stamps]
    for cell in restored:
        _stamp(cell, stamps[cell.id])
    return [cell.id for cell in restored]


def accept(path: Path, cell: Any, halves: Halves, *, still_holds: bool = False) -> None:
    """Stamp the cell with the fingerprint of its present English.

    A stale cell is accepted when its Vietnamese differs from the one that was last accepted, or
    when the translator states that it `still_holds`. Raises Refused otherwise.
    """
    if state(cell, halves) == STALE and not still_holds:
        before = history.last_accepted(path, cell.id, translated_from(cell) or "")
        if before is None or before.vietnamese.split() == halves.vietnamese.split():
            known = "chưa thay đổi" if before else "không biết đã thay đổi hay chưa"
            raise Refused(
                f"bản tiếng Anh đã đổi mà bản tiếng Việt {known}:\n{_change(before, halves)}\n"
                "Nếu bản tiếng Việt vẫn đúng nguyên như cũ, hãy nói rõ cho riêng ô này: "
                f"python -m authoring.translation accept {path} {cell.id} --still-holds"
            )
    _stamp(cell, fingerprint(halves.english))


def _stamp(cell: Any, stamp: str) -> None:
    metadata = cell.metadata.setdefault("d2l", {})
    if not isinstance(metadata, dict):
        raise Refused(
            f"siêu dữ liệu “d2l” của ô {cell.id} phải là một đối tượng: hãy xóa nó rồi thử lại"
        )
    metadata["english"] = stamp


def _change(before: Halves | None, halves: Halves) -> str:
    if before is None:
        return "  (không tìm thấy bản tiếng Anh cũ trong lịch sử git nên không chỉ ra được chỗ đổi)"
    lines = difflib.unified_diff(
        before.english.splitlines(), halves.english.splitlines(), n=0, lineterm=""
    )
    return "\n".join(f"  {line}" for line in lines if not line.startswith(("---", "+++", "@@")))
