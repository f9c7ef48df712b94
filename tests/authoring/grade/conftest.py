"""One room for all tests of a file, and submissions made from the course's own notebooks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from authoring.grade import course, sandbox
from d2lutil.exercises import all_exercises

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="không có bubblewrap: sudo apt install bubblewrap"
)
SOLUTIONS = {id: exercise.solution.code for id, exercise in all_exercises().items()}


@pytest.fixture(scope="module")
def room() -> Iterator[sandbox.Room]:
    with sandbox.kit() as kit:
        room = sandbox.Room(kit, alone=True)
        assert sandbox.problem(room) is None
        yield room


@pytest.fixture(scope="session")
def sections() -> dict[str, course.Section]:
    return course.sections()


Hand = Callable[..., Path]


@pytest.fixture
def hand_in(tmp_path: Path, sections: dict[str, course.Section]) -> Hand:
    """Write the notebook of a section with answers, by exercise, and other cells as given."""

    def write(
        name: str, section: str, answers: dict[str, str], **cells: dict[str, Any] | None
    ) -> Path:
        path = course.NOTEBOOKS / f"{section}_vn.ipynb"
        notebook = json.loads(path.read_text("utf-8"))
        for cell in notebook["cells"]:
            exercise = sections[section].exercises.get(cell["id"], "")
            if exercise in answers:
                cell["source"] = answers[exercise].splitlines(keepends=True)
            cell.update(cells.get(cell["id"].replace("-", "_")) or {})
        gone = {id.replace("_", "-") for id, change in cells.items() if change is None}
        notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in gone]
        target = tmp_path / "bai-nop" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(notebook), "utf-8")
        return target

    return write
