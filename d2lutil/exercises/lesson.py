"""What the exercises need of the notebook's kernel; outside IPython there is nothing to do."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from typing import Any

_ANSWER = re.compile(r"\banswer\b")


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
    """Let a cell that names `answer` and raises an error lose its `answer`, the last cell too."""
    shell = _shell()
    if shell:
        shell.events.register("post_run_cell", _forget)
        if shell.last_execution_result:
            _forget(shell.last_execution_result)


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython and ipython.get_ipython()


def _forget(result: Any) -> None:
    if not result.success and _ANSWER.search(result.info.raw_cell):
        _shell().user_ns.pop("answer", None)
