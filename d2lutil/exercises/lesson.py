"""What the exercises need of the notebook's kernel; outside IPython there is nothing to do."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from typing import Any

_ANSWER = re.compile(r"\banswer\b")

# The id of the cell that runs, the last `answer`, and the id of the cell that made it.
_cells: dict[str, Any] = {"running": None, "answer": None, "home": None}


def start_lesson(*, errors: str) -> None:
    """Show errors in IPython's mode `errors` ("Plain", "Minimal", …) and watch the answer cells.

    From here on a cell that raises an error takes its `answer` with it, so that no check judges
    what an earlier run of the cell left.
    """
    watch_cells()
    if shell := _shell():
        # The magic tells its mode in English, and that would be every section's first output.
        with contextlib.redirect_stdout(io.StringIO()):
            shell.run_line_magic("xmode", errors)


def watch_cells() -> None:
    """Note which cell makes `answer`.

    A cell that names `answer` and raises an error loses its `answer`, the last cell too.
    """
    shell = _shell()
    if shell:
        shell.events.register("pre_run_cell", _on_start)
        shell.events.register("post_run_cell", _on_end)
        if shell.last_execution_result:
            _on_end(shell.last_execution_result)


def is_of_another_exercise(answer: Any) -> bool:
    """Tell whether the cells' ids say that `answer` is from the answer cell of another exercise.

    They don't where the notebook has ids of its own, or the frontend tells none.
    """
    home = re.fullmatch("ex-(.+)-answer", _cells["home"] or "")
    here = re.fullmatch("ex-(.+)-check", _cells["running"] or "")
    return bool(answer is _cells["answer"] and home and here and home[1] != here[1])


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython and ipython.get_ipython()


def _on_start(info: Any) -> None:
    _cells["running"] = _id(info)


def _on_end(result: Any) -> None:
    names = _shell().user_ns
    if not result.success and _ANSWER.search(result.info.raw_cell):
        names.pop("answer", None)
    if names.get("answer") is not _cells["answer"]:
        _cells.update(answer=names.get("answer"), home=_id(result.info))


def _id(info: Any) -> str | None:
    return getattr(info, "cell_id", None)  # older IPythons don't know it
