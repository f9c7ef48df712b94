"""Run notebooks in place and store what their cells print: `python -m authoring.execute NB …`.

Every notebook runs in a fresh kernel, in its own folder, as on a machine without a GPU. What
changes from run to run without meaning (times of execution, versions, paths of this machine,
addresses) is removed; the file is replaced only when every cell did what it should.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from authoring import notebook
from authoring.notebook import NotebookError

CELL_TIMEOUT = 60  # seconds
KEPT_CELL_METADATA = {"d2l", "tags"}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def execute(path: str | os.PathLike[str]) -> None:
    """Run the notebook at `path` and write it back with its outputs, atomically.

    Raises NotebookError, and leaves the file as it was, when the notebook cannot be read, a cell
    raises without the tag `raises-exception`, a cell with that tag does not raise, a cell takes
    more than `CELL_TIMEOUT` seconds, or the kernel dies.
    """
    nb = notebook.read(path)
    names = [name for name, _ in notebook.named_cells(nb)]
    started: list[str] = []
    client = NotebookClient(
        nb,
        kernel_name="python3",
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
        timeout=CELL_TIMEOUT,
        record_timing=False,
        coalesce_streams=True,
        on_cell_start=lambda cell, cell_index: started.append(names[cell_index]),
        resources={"metadata": {"path": str(Path(path).resolve().parent)}},
    )
    try:
        client.execute(env={**os.environ, "D2L_DEVICE": "cpu"})
    except CellExecutionError as error:
        reason = f"lỗi ngoài dự kiến {error.ename}: {scrub(error.evalue)}"
        raise NotebookError(reason, path=path, cell=started[-1]) from error
    except CellTimeoutError as error:
        reason = f"chạy quá {CELL_TIMEOUT} giây"
        raise NotebookError(reason, path=path, cell=started[-1]) from error
    except DeadKernelError as error:
        raise NotebookError("kernel đã chết", path=path, cell=started[-1]) from error
    for name, cell in notebook.named_cells(nb, "code"):
        raised = any(output.output_type == "error" for output in cell.outputs)
        if "raises-exception" in cell.metadata.get("tags", []) and not raised:
            raise NotebookError(
                "ô có nhãn raises-exception nhưng không báo lỗi nào", path=path, cell=name
            )
    strip(nb)
    notebook.write(path, nb)


def strip(nb: NotebookNode) -> None:
    """Remove from a notebook, in place, what differs between two equal runs of it."""
    nb.metadata = METADATA
    for cell in nb.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in KEPT_CELL_METADATA}
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = scrub(output.text)
            elif output.output_type == "error":
                output.evalue = scrub(output.evalue)
                output.traceback = [scrub(line) for line in output.traceback]
            else:
                for kind, content in output.data.items():
                    if kind.startswith("text/") and isinstance(content, str):
                        output.data[kind] = scrub(content)


def scrub(text: str) -> str:
    """Replace paths of this machine and addresses in memory by fixed words."""
    packages = sysconfig.get_path("purelib")
    home = str(Path.home())
    root = str(Path(__file__).resolve().parents[1])
    for folder, name in (
        (packages, "site-packages"),
        (packages.replace(home, "~", 1), "site-packages"),
        (sysconfig.get_path("stdlib"), "python3.11"),
        (root, "."),
    ):
        text = text.replace(folder, name)
    text = re.sub(r"(?<![\w.])/tmp/[\w./-]+", "/tmp/…", text)
    return re.sub(r"\b0x[0-9a-f]{6,16}\b", "0x…", text)


def main(arguments: Sequence[str]) -> int:
    """Run every notebook named; return 0 when all succeeded, else 1."""
    if not arguments:
        print("cách dùng: make run NB=notebooks/index_vn.ipynb", file=sys.stderr)
        return 1
    status = 0
    for path in arguments:
        try:
            execute(path)
        except NotebookError as error:
            print(f"✗ {error}", file=sys.stderr)
            status = 1
        else:
            print(f"✓ {path}")
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
