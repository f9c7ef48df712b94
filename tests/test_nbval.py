"""The project's nbval settings catch what they should: shown on notebooks with planted faults."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from d2lutil import execute, notebook
from tests.writing import code, write

ROOT = Path(__file__).parents[1]


def nbval(path, *options):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "-n0", "-q"]
        + ["-p", "no:cacheprovider", "--color=no", *options, str(path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
    )


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    path = write(
        tmp_path_factory.mktemp("nb") / "a.ipynb",
        code("1 + 1", id="sum"),
        code("print('0.1234 sec')", id="time"),
        code("1 / 0", "raises-exception", id="error"),
        code("import os\nos.environ['D2L_DEVICE']", id="device"),
    )
    execute.execute(path)
    return path


def planted(executed, tmp_path, id, old, new):
    """A copy of the notebook in which `old` stands as `new` in one cell's source or outputs."""
    nb = notebook.read(executed)
    copy = tmp_path / "planted.ipynb"
    text = notebook.dumps(nb)
    cell = next(cell for cell in nb.cells if cell.id == id)
    nb.cells = [cell]
    part = notebook.dumps(nb)
    assert old in part
    start = text.index(f'"id": "{id}"')
    before, after = text[:start], text[start:]
    copy.write_text(before + after.replace(old, new, 1))
    notebook.read(copy)
    return copy


def test_unchanged_notebook_passes(executed):
    result = nbval(executed)
    assert result.returncode == 0, result.stdout
    assert "4 passed" in result.stdout


@pytest.mark.parametrize(
    ("id", "old", "new", "message"),
    [
        ("sum", '"2"', '"3"', "Cell outputs differ"),
        ("sum", "1 + 1", "1 + 2", "Cell outputs differ"),
        ("time", "sec", "second", "Cell outputs differ"),
        ("error", "1 / 0", "1 / 1", "Cell outputs differ"),
        ("error", "1 / 0", "int('x')", "Cell outputs differ"),
        ("error", "division by zero", "another reason", "Cell outputs differ"),
        ("device", "cpu", "gpu", "Cell outputs differ"),
    ],
)
def test_changed_output_fails(executed, tmp_path, id, old, new, message):
    result = nbval(planted(executed, tmp_path, id, old, new))
    assert result.returncode == 1, result.stdout
    assert message in result.stdout
    assert "1 failed" in result.stdout


def test_measured_seconds_may_differ(executed, tmp_path):
    copy = planted(executed, tmp_path, "time", "print('0.1234 sec')", "print('0.5678 sec')")
    assert nbval(copy).returncode == 0


@pytest.mark.parametrize(
    "source",
    ["import os\nos._exit(1)", "while True: pass", "import time\ntime.sleep(600)"],
    ids=["dead", "looping", "sleeping"],
)
def test_dead_or_hung_kernel_is_reported_soon(tmp_path, source):
    path = write(tmp_path / "a.ipynb", code(source, execution_count=1), code("1", id="next"))
    started = time.monotonic()
    result = nbval(path, "--nbval-cell-timeout=2")
    overhead = time.monotonic() - started - 2
    assert result.returncode == 1, result.stdout
    assert "Timeout of 2 seconds" in result.stdout
    # The project's time-out for a cell and this overhead together stay below a minute.
    assert overhead + configured_timeout() < 60


def configured_timeout():
    import tomllib

    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["addopts"]
    (value,) = [o for o in options if o.startswith("--nbval-cell-timeout=")]
    return int(value.partition("=")[2])
