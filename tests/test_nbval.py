"""The project's nbval settings catch what they should: shown on notebooks with planted faults."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from authoring import execute, notebook
from tests.writing import code, write

ROOT = Path(__file__).parents[1]


def start_nbval(*paths, options=()):
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml"),
            *["-n0", "-q", "-rA", "-p", "no:cacheprovider", "--color=no"],
            *options,
            *map(str, paths),
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
    )


SUM = ("1 + 1",)
SECONDS = ("print('0.1234 sec')",)
ERROR = ("1 / 0", "raises-exception")
DEVICE = ("import os\nos.environ['D2L_DEVICE']",)
# Name, a cell, and a change to its source or its stored output.
FAULTS = [
    ("stored result", SUM, '"2"', '"3"'),
    ("new result", SUM, "1 + 1", "1 + 2"),
    ("no result", SUM, "1 + 1", "pass"),
    ("text around a measured time", SECONDS, "sec", "second"),
    ("error no longer raised", ERROR, "1 / 0", "1 / 1"),
    ("another error", ERROR, "1 / 0", "int('x')"),
    ("another message", ERROR, '"division by zero"', '"another reason"'),
    ("another device", DEVICE, "'cpu'", "'gpu'"),
]
HARMLESS = [
    ("unchanged", SUM, "", ""),
    ("unchanged error", ERROR, "", ""),
    ("another measured time", SECONDS, "0.1234", "0.5678"),
]


def test_changed_outputs_fail_and_only_those(tmp_path):
    planted = FAULTS + HARMLESS
    path = write(tmp_path / "a.ipynb", *(code(*cell) for _, cell, _, _ in planted))
    execute.execute(path)
    nb = notebook.read(path)
    for cell, (name, _, old, new) in zip(nb.cells, planted, strict=True):
        text = notebook.dumps(nbformat_with(nb, cell))
        assert old in text, name
        changed = notebook.loads(text.replace(old, new, 1)).cells[0]
        cell.source, cell.outputs = changed.source, changed.outputs
    notebook.write(path, nb)
    output, _ = start_nbval(path).communicate()
    failed = {int(number) for number in re.findall(r"^FAILED .*Cell (\d+)", output, re.M)}
    passed = {int(number) for number in re.findall(r"^PASSED .*Cell (\d+)", output, re.M)}
    names = [name for name, _, _, _ in planted]
    assert [names[number] for number in sorted(failed)] == [name for name, *_ in FAULTS], output
    assert [names[number] for number in sorted(passed)] == [name for name, *_ in HARMLESS], output


def nbformat_with(nb, cell):
    """The notebook with this one cell only."""
    one = notebook.loads(notebook.dumps(nb))
    one.cells = [cell]
    return one


def test_dead_or_hung_kernel_is_reported(tmp_path):
    runs = {
        name: start_nbval(
            write(tmp_path / f"{name}.ipynb", code(source, execution_count=1), code("1")),
            options=["--nbval-cell-timeout=2"],
        )
        for name, source in [("dead", "import os\nos._exit(1)"), ("hung", "while True: pass")]
    }
    for run in runs.values():
        output, _ = run.communicate()
        assert run.returncode == 1, output
        assert "Timeout of 2 seconds" in output


def test_project_is_strict():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["addopts"]
    assert "--nbval" in options
    assert "--nbval-lax" not in options
    # nbval itself waits for half an hour.
    (limit,) = [o for o in options if o.startswith("--nbval-cell-timeout=")]
    assert int(limit.partition("=")[2]) <= 600
