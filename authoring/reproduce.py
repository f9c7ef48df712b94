"""Run notebooks and tell what differs from their stored outputs: `python -m authoring.reproduce`.

Every notebook named, or of the course, runs in a fresh kernel of this environment, as `make run`
does it, and is compared as nbval does it in `make test`; nbval need not be there. Nothing is
written.
"""

from __future__ import annotations

import asyncio
import copy
import difflib
import json
import os
import platform
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from nbformat import NotebookNode

from authoring import TEACHING, execute, notebook
from authoring.notebook_error import NotebookError

SUMMARY = Path(__file__).resolve().parents[1] / "notebooks" / "SUMMARY.md"
AT_ONCE = min(2, os.cpu_count() or 1)
CELLS_TOLD, LINES_TOLD, WIDTH = 3, 12, 100  # of a notebook, of a cell, of a line
# As in a test: tests/nbval_sanitize.cfg, and what nbval leaves out without nbdime.
SECONDS = r"\d+\.\d{4} sec"
NOT_COMPARED = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}


async def reproduce(path: str | os.PathLike[str]) -> list[NotebookError]:
    """Run the notebook at `path` and return what is not as it is stored, one error a cell.

    The first cell that fails is the last that runs, and the first to be told. A file that cannot
    be read is an error too.
    """
    try:
        stored = notebook.read(path)
    except NotebookError as error:
        return [error]
    ran = copy.deepcopy(stored)
    failures = []
    try:
        await execute.run(ran, path)
    except NotebookError as error:
        failures.append(error)
    failed = {error.cell for error in failures}
    pairs = zip(notebook.named_cells(stored), notebook.named_cells(ran), strict=True)
    differences = [
        NotebookError(reason, path=path, cell=name)
        for (name, old), (_, new) in pairs
        if new.get("execution_count") and name not in failed and (reason := _difference(old, new))
    ]
    return failures + differences


def _difference(stored: NotebookNode, ran: NotebookNode) -> str:
    if stored.execution_count is None:
        return "chưa có đầu ra nào được lưu: hãy chạy make run với notebook này"
    if "nbval-ignore-output" in stored.metadata.get("tags", []):
        return ""
    was, came = _compared(stored.outputs), _compared(ran.outputs)
    lines: list[str] = []
    for kind in {**was, **came}:
        if was[kind] != came[kind]:
            # The first two lines are names of files.
            diff = list(difflib.unified_diff(_lines(was[kind]), _lines(came[kind]), n=1))[2:]
            lines += [f"[{kind}]", *(line for line in diff if not line.startswith("@@"))]
    if not lines:
        return ""
    if len(lines) > LINES_TOLD:
        lines[LINES_TOLD:] = [f"… và {len(lines) - LINES_TOLD} dòng nữa"]
    return "\n    ".join(["đầu ra khác với bản đã lưu (-: đã lưu, +: vừa chạy)", *lines])


def _compared(outputs: Iterable[NotebookNode]) -> defaultdict[str, list[str]]:
    """Return what nbval compares: by kind, in order, a stream as the one text that it leaves."""
    found = defaultdict[str, list[str]](list)
    for output in outputs:
        if output.output_type == "stream":
            found[output.name] = ["".join([*found[output.name], output.text])]
        elif output.output_type == "error":
            found["error"].append(f"{output.ename}: {output.evalue}")
        else:
            for kind, value in output.data.items():
                text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
                if kind not in NOT_COMPARED:
                    found[kind].append(text)
    for name in found.keys() & {"stdout", "stderr"}:
        found[name] = [re.sub(r"(?m)^.*\r(?=[^\n])", "", text) for text in found[name]]
    for kind, texts in found.items():
        found[kind] = [re.sub(SECONDS, "N sec", execute.scrub(text)) for text in texts]
    return found


def _lines(texts: Sequence[str]) -> list[str]:
    """Cut texts into lines for a terminal, none too long, so that a difference shows in one."""
    return [
        "".join(c if c.isprintable() else repr(c)[1:-1] for c in line[start : start + WIDTH])
        for line in "\n⋯\n".join(texts).split("\n")
        if texts
        for start in range(0, len(line) or 1, WIDTH)
    ]


def listed(summary: Path) -> list[str]:
    """Return the paths, from the current folder, of the notebooks that a SUMMARY.md lists.

    Without the one for teachers, which has nothing to run. Raises NotebookError when the file
    cannot be read.
    """
    names = re.findall(r"\]\(([^)]+\.ipynb)\)", notebook.read_text(summary))
    return [os.path.relpath(summary.with_name(name)) for name in names if name != TEACHING]


async def _check(paths: Sequence[str]) -> int:
    room = asyncio.Semaphore(AT_ONCE)

    async def judge(path: str) -> tuple[list[NotebookError], float]:
        async with room:
            start = time.perf_counter()
            return await reproduce(path), time.perf_counter() - start

    start, good = time.perf_counter(), 0
    async with asyncio.TaskGroup() as group:
        for path, task in [(path, group.create_task(judge(path))) for path in paths]:
            faults, seconds = await task
            good += not faults
            lines = [f"✗ {fault}" for fault in faults] or [f"✓ {path} ({_vietnamese(seconds)})"]
            if len(lines) > CELLS_TOLD:
                lines[CELLS_TOLD:] = [f"✗ {path}: và {len(lines) - CELLS_TOLD} ô nữa"]
            print(*lines, sep="\n", flush=True)
    mark = "✓" if good == len(paths) else "✗"
    here = f"Python {platform.python_version()}, {_vietnamese(time.perf_counter() - start)}"
    print(f"{mark} {good}/{len(paths)} notebook cho đúng đầu ra đã lưu ({here})")
    return int(good < len(paths))


def _vietnamese(seconds: float) -> str:
    return f"{seconds:.1f} giây".replace(".", ",")


def main(arguments: Sequence[str]) -> int:
    """Judge the notebooks named, or all of the course; return 0 where all are as stored, else 1.

    After Ctrl-C it returns 130.
    """
    try:
        return asyncio.run(_check(arguments or listed(SUMMARY)))
    except NotebookError as error:
        print(f"✗ {error}")
        return 1
    except KeyboardInterrupt:
        print("✗ dừng vì Ctrl-C")
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
