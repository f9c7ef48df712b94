"""The project's nbval settings catch what they should: shown on notebooks with planted faults."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from nbval.plugin import get_sanitize_patterns

from authoring import execute, notebook, reproduce
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
NONE = ("pass",)
SECONDS = ("print('0.1234 sec')",)
ERROR = ("1 / 0", "raises-exception")
DEVICE = ("import os\nos.environ['D2L_DEVICE']",)
STREAMS = ("import sys\nfor file in sys.stdout, sys.stderr: print('a', file=file)",)
TWICE = ("display(1); display(2)",)
PROGRESS = (r"print('1%\r2%')",)
PICTURE = ("display({'image/svg+xml': '<svg/>', 'image/png': 'AAAA'}, raw=True)",)
LIBRARY = ("import json\njson.__file__",)
# Name, a cell, and a change to its stored output, or to its source where that is the first place.
FAULTS = [
    ("stored result", SUM, '"2"', '"3"'),
    ("new result", SUM, "1 + 1", "1 + 2"),
    ("no result", SUM, "1 + 1", "pass"),
    ("result where none was", NONE, "pass", "1 + 1"),
    ("one result more", TWICE, "display(1);", "display(1); display(1);"),
    ("other order of results", TWICE, "display(1); display(2)", "display(2); display(1)"),
    ("other stream", STREAMS, '"stderr"', '"stdout"'),
    ("other end of a line", PROGRESS, '"2%', '"3%'),
    ("space at the end", STREAMS, r"a\n", r"a \n"),
    ("another drawing", PICTURE, "<svg/>", "<svg></svg>"),
    ("text around a measured time", SECONDS, "sec", "second"),
    ("unexpected error", SUM, "1 + 1", "1 / 0"),
    ("error no longer raised", ERROR, "1 / 0", "1 / 1"),
    ("another error", ERROR, "1 / 0", "int('x')"),
    ("another message", ERROR, '"division by zero"', '"another reason"'),
    ("another device", DEVICE, "'cpu'", "'gpu'"),
    ("another library", LIBRARY, "python3/json", "python3/toml"),
]
HARMLESS = [
    ("unchanged", SUM, "", ""),
    ("unchanged error", ERROR, "", ""),
    ("another traceback", ERROR, "Traceback", "Elsewhere"),
    ("another measured time", SECONDS, "0.1234", "0.5678"),
    ("other order of streams", STREAMS, "sys.stdout, sys.stderr", "sys.stderr, sys.stdout"),
    ("other start of an overwritten line", PROGRESS, r"1%\r", r"0%\r"),
    ("other pixels", PICTURE, "AAAA", "BBBB"),
    ("output that is not compared", ("1 + 1", "nbval-ignore-output"), '"2"', '"3"'),
    ("library of another Python", LIBRARY, "'python3/json", "'/usr/lib/python3.99/json"),
]


def plant(path):
    """Write a notebook with a cell for each of the faults, and for each of what is none."""
    planted = FAULTS + HARMLESS
    write(path, *(code(*cell) for _, cell, _, _ in planted))
    execute.execute(path)
    nb = notebook.read(path)
    for cell, (name, _, old, new) in zip(nb.cells, planted, strict=True):
        text = notebook.dumps(nbformat_with(nb, cell))
        assert old in text, name
        changed = notebook.loads(text.replace(old, new, 1)).cells[0]
        cell.source, cell.outputs = changed.source, changed.outputs
    notebook.write(path, nb)
    return nb


def nbformat_with(nb, cell):
    """The notebook with this one cell only."""
    one = notebook.loads(notebook.dumps(nb))
    one.cells = [cell]
    return one


def test_changed_outputs_fail_and_only_those(tmp_path):
    path = tmp_path / "a.ipynb"
    plant(path)
    output, _ = start_nbval(path).communicate()
    failed = {int(number) for number in re.findall(r"^FAILED .*Cell (\d+)", output, re.M)}
    passed = {int(number) for number in re.findall(r"^PASSED .*Cell (\d+)", output, re.M)}
    names = [name for name, _, _, _ in FAULTS + HARMLESS]
    assert [names[number] for number in sorted(failed)] == [name for name, *_ in FAULTS], output
    assert [names[number] for number in sorted(passed)] == [name for name, *_ in HARMLESS], output


DISPLAY = "from IPython.display import HTML, SVG, display\nimport sys\n"
# Cells whose outputs come in pieces, from elsewhere, or with what changes from run to run.
HARD = [
    code("40 + 2"),
    code("_ * 2"),
    code(DISPLAY + "print('a'); print('b', file=sys.stderr); display(1); print('c')\n2"),
    code("print('ab', end=''); display(1); print('\\rc')"),
    code("print('50%', end='\\r'); print('!', file=sys.stderr); print('100%')"),
    code("first = display(1, display_id='một')\nsecond = display(2, display_id='hai')"),
    code("!echo chào; echo lỗi >&2"),
    code("%%bash\necho chào; echo lỗi >&2;"),
    code("import subprocess\nprint(subprocess.run(['echo', 'a'], capture_output=True).stdout)"),
    code("import threading\nt = threading.Thread(target=print, args=(1,))\nt.start()\nt.join()"),
    code("object()"),
    code("print([object()]); display(HTML(f'<b>{object()}</b>'))"),
    code("SVG(f'<svg xmlns=\"http://www.w3.org/2000/svg\"><desc>A at {id(1):#x}</desc></svg>')"),
    code("raise KeyError(object())", "raises-exception"),
    code("import tempfile\nfolder = tempfile.TemporaryDirectory()\nprint(folder.name)\nfolder"),
    code("open(folder.name + '/x')", "raises-exception"),
    code("import json, nbformat\nprint(json, nbformat)\nnbformat.__file__, json.__file__"),
    code("import warnings\nwarnings.warn('coi chừng')"),
    code("import logging\nlogging.warning('coi chừng')"),
    code("json.loads('{')", "raises-exception"),
    code("1 +", "raises-exception"),
    code(""),
    code("print(*range(3_000), sep='\\n')\nfor n in range(300): display(n)"),
]


def test_what_make_run_stores_passes(tmp_path):
    path = write(tmp_path / "a.ipynb", *HARD)
    execute.execute(path)
    output, _ = start_nbval(path).communicate()
    passed = re.findall(r"^PASSED .*Cell (\d+)", output, re.M)
    assert [int(number) for number in passed] == list(range(len(HARD))), output


def test_what_make_run_replaces_is_replaced_in_a_test_too():
    settings = ROOT / "tests/nbval_sanitize.cfg"
    patterns = dict(get_sanitize_patterns(settings.read_text(encoding="utf-8")))
    assert patterns == {reproduce.SECONDS: "N sec", **execute.VARYING}


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
