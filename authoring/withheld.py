"""The course without its worked solutions, for a class: checks and hints stay.

`python -m authoring.withheld FOLDER` takes them out of a copy of the course.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from authoring import TEACHING, notebook

PACKAGE = Path(__file__).resolve().parents[1] / "d2lutil"
# A text's fold, as far as its name and what follows it.
_FOLD = re.compile(r"(<details>\s*<summary>(.*?)</summary>\s*)(.*?)(\s*</details>)", re.DOTALL)
INSTEAD = {"vi": "Giáo viên của bạn sẽ chữa bài này.", "en": "Your teacher will show it."}


def without_solutions(source: str) -> str:
    """Return a module's source with every `Solution(…)` empty, which says who will show it.

    Lines keep their numbers, so that messages of the checks stay as they are.
    """
    lines = source.encode().splitlines(keepends=True)
    # From the last: what stands before keeps its place.
    for call in sorted(_solutions(source), key=lambda call: call.lineno, reverse=True):
        first, last = call.lineno - 1, (call.end_lineno or call.lineno) - 1
        head, tail = lines[first][: call.col_offset], lines[last][call.end_col_offset :]
        lines[first : last + 1] = [head + b"Solution(" + b"\n" * (last - first) + b")" + tail]
    return b"".join(lines).decode()


def _solutions(source: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Solution"
    ]


def copy_package(target: Path) -> None:
    """Write the package, without solutions, as the folder `target`/d2lutil, which is not there yet.

    Raises FileExistsError where it is, OSError when it can't be written.
    """
    ignored = shutil.ignore_patterns("__pycache__")
    _strip(Path(shutil.copytree(PACKAGE, target / "d2lutil", ignore=ignored)))


def _strip(package: Path) -> None:
    for path in package.rglob("*.py"):
        # The bytes: line ends stay as they are.
        path.write_bytes(without_solutions(path.read_bytes().decode()).encode())


def hold_back(course: Path) -> None:
    """Take the solutions out of a copy of the course: its package, notebooks and teachers' page.

    Needs nothing but Python. Raises OSError when `course` is no such copy or can't be written.
    """
    (course / "notebooks" / TEACHING).unlink(missing_ok=True)
    _strip(course / "d2lutil")
    for path in (course / "notebooks").glob("*.ipynb"):
        nb = json.loads(path.read_text("utf-8"))
        for cell in nb["cells"]:
            cell["source"] = "".join(cell["source"])
        take_answers(nb["cells"])
        for cell in nb["cells"]:
            cell["source"] = cell["source"].splitlines(keepends=True)
        path.write_text(json.dumps(nb, ensure_ascii=False, indent=1) + "\n", "utf-8")


def take_answers(cells: list[Any]) -> None:
    """Replace what text cells answer in their folds, in both languages, by who will show it.

    Raises NotebookError like `notebook.split`.
    """
    for cell in cells:
        if cell["cell_type"] == "markdown" and "<details>" in cell["source"]:
            halves = notebook.split(cell["source"])
            names = [fold[1] for fold in _FOLD.findall(halves.vietnamese)]
            answers = [name.startswith(notebook.ANSWERS) for name in names]
            english = _taken(halves.english, answers, INSTEAD["en"])
            vietnamese = _taken(halves.vietnamese, answers, INSTEAD["vi"])
            cell["source"] = f"<!--\n{english}\n-->\n\n{vietnamese}"


def _taken(half: str, answers: list[bool], instead: str) -> str:
    # Both halves have the same folds, in the same order; only the Vietnamese names tell.
    told = iter(answers)
    return _FOLD.sub(lambda fold: f"{fold[1]}{instead}{fold[4]}" if next(told) else fold[0], half)


if __name__ == "__main__":
    hold_back(Path(sys.argv[1]))
