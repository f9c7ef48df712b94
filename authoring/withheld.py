"""The course's package without its worked solutions, for a class: checks and hints stay."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "d2lutil"


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
    for path in Path(shutil.copytree(PACKAGE, target / "d2lutil", ignore=ignored)).rglob("*.py"):
        # The bytes: line ends stay as they are.
        path.write_bytes(without_solutions(path.read_bytes().decode()).encode())
