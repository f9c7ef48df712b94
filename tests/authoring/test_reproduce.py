import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from authoring import execute, notebook, reproduce
from tests import course
from tests.test_nbval import FAULTS, HARD, HARMLESS, nbformat_with, plant
from tests.writing import code, write

PROJECT = Path(__file__).parents[2]
CHANGED = "đầu ra khác với bản đã lưu (-: đã lưu, +: vừa chạy)"


def stored(path, *cells):
    """A notebook as `make run` leaves it."""
    execute.execute(write(path, *cells))
    return path


def altered(path, old, new):
    """The same notebook after a change that no run made."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def told(capsys, *paths):
    """The exit code and the lines, without the seconds."""
    code = reproduce.main([*map(str, paths)])
    out, err = capsys.readouterr()
    assert err == ""
    return code, re.sub(r"\b\d+,\d giây", "0,0 giây", out).splitlines()


def verdict(good, of):
    mark = "✓" if good == of else "✗"
    version = ".".join(map(str, sys.version_info[:3]))
    return f"{mark} {good}/{of} notebook cho đúng đầu ra đã lưu (Python {version}, 0,0 giây)"


def test_it_judges_as_nbval_does(tmp_path, capsys):
    nb = plant(tmp_path / "all.ipynb")
    paths = []
    for number, cell in enumerate(nb.cells):
        paths.append(tmp_path / f"{number}.ipynb")
        notebook.write(paths[-1], nbformat_with(nb, cell))
    code, lines = told(capsys, *paths)
    names = dict(zip(map(str, paths), (name for name, *_ in FAULTS + HARMLESS), strict=True))
    marked = re.findall(r"^([✓✗]) (.*\.ipynb)", "\n".join(lines), re.M)
    assert [names[path] for mark, path in marked if mark == "✗"] == [name for name, *_ in FAULTS]
    assert [names[path] for mark, path in marked if mark == "✓"] == [name for name, *_ in HARMLESS]
    assert code == 1
    assert lines[-1] == verdict(len(HARMLESS), len(paths))


def test_what_make_run_stores_is_right_and_nothing_is_written(tmp_path, capsys):
    path = stored(tmp_path / "a.ipynb", *HARD)
    before = path.read_bytes(), path.stat()
    assert told(capsys, path) == (0, [f"✓ {path} (0,0 giây)", verdict(1, 1)])
    assert path.read_bytes() == before[0]
    assert path.stat().st_mtime_ns == before[1].st_mtime_ns
    assert os.listdir(tmp_path) == ["a.ipynb"]


LONG = 50 * "a"
DIFFERENCES = [
    ("True, 1", "(True,", "(np.True_,", ["[text/plain]", "-(np.True_, 1)", "+(True, 1)"]),
    ("print('một\\nhai\\nba')", "hai", "2", ["[stdout]", " một", "-2", "+hai", " ba"]),
    ("print('a')", '"a\\n"', '"a"', ["[stdout]", " a", "+"]),
    ("display(1, 2)", '"1"', '"1\\n2"', ["[text/plain]", " 1", "-2", " ⋯"]),
    ("print('\\x1b[1m')", "[1m", "[2m", ["[stdout]", "-\\x1b[2m", "+\\x1b[1m", " "]),
    (
        "print('a' * 150)",
        "aa",
        "ba",
        ["[stdout]", f"-b{LONG[1:]}{LONG}", f"+{LONG}{LONG}", f" {LONG}"],
    ),
    (
        "display({'application/json': {'b': 1, 'a': [2]}}, raw=True)",
        '"b": 1',
        '"b": 3',
        ["[application/json]", '-{"a": [2], "b": 3}', '+{"a": [2], "b": 1}'],
    ),
]


@pytest.mark.parametrize(("source", "new", "old", "lines"), DIFFERENCES)
def test_a_difference_is_shown(tmp_path, capsys, source, new, old, lines):
    path = altered(stored(tmp_path / "a.ipynb", code(source, id="one")), new, old)
    first = f"✗ {path}, ô 1 (id one): {CHANGED}"
    assert told(capsys, path) == (1, [first, *(f"    {line}" for line in lines), verdict(0, 1)])


def test_another_error_is_shown(tmp_path, capsys):
    path = stored(tmp_path / "a.ipynb", code("[][object()]", "raises-exception"))
    altered(path, "list indices must be", "list index must be")
    _, lines = told(capsys, path)
    assert lines[1:4] == [
        "    [error]",
        "    -TypeError: list index must be integers or slices, not object",
        "    +TypeError: list indices must be integers or slices, not object",
    ]


def test_a_long_difference_is_cut(tmp_path, capsys):
    path = stored(tmp_path / "a.ipynb", code("print(*range(1000), sep='\\n')"))
    nb = notebook.read(path)
    nb.cells[0].outputs[0].text = "khác"
    notebook.write(path, nb)
    _, lines = told(capsys, path)
    assert lines[1:4] == ["    [stdout]", "    -khác", "    +0"]
    assert lines[13:] == ["    … và 991 dòng nữa", verdict(0, 1)]


def test_of_many_faults_the_failure_and_the_first_are_told(tmp_path, capsys):
    cells = [code("1", id=f"c{n}") for n in range(4)]
    path = stored(tmp_path / "a.ipynb", *cells, code("'end'", id="end"), code("'never'"))
    nb = notebook.read(path)
    for cell in nb.cells[:4]:
        cell.source = "2"
    nb.cells[4].source = "1 / 0"
    notebook.write(path, nb)
    _, lines = told(capsys, path)
    assert [line for line in lines if line[0] != " "] == [
        f"✗ {path}, ô 5 (id end): lỗi ngoài dự kiến ZeroDivisionError: division by zero",
        f"✗ {path}, ô 1 (id c0): {CHANGED}",
        f"✗ {path}, ô 2 (id c1): {CHANGED}",
        f"✗ {path}: và 2 ô nữa",
        verdict(0, 1),
    ]
    assert "    dòng 1: 1 / 0" in lines


def test_all_are_tried_and_told_in_their_order(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(reproduce, "AT_ONCE", 2)
    os.mkfifo(tmp_path / "pipe")
    cells = {
        "slow": code("open('pipe').close()", execution_count=1),  # waits for the last one
        "none": None,
        "dead": code("import os; os._exit(1)", id="d", execution_count=1),
        "new": code("pass", id="n"),
        "last": code("open('pipe', 'w').close()", execution_count=1),
    }
    slow, none, dead, new, last = paths = [tmp_path / f"{name}.ipynb" for name in cells]
    for path, cell in zip(paths, cells.values(), strict=True):
        if cell is not None:
            write(path, cell, code(""))
    assert told(capsys, *paths) == (
        1,
        [
            f"✓ {slow} (0,0 giây)",
            f"✗ {none}: không đọc được tệp (No such file or directory)",
            f"✗ {dead}, ô 1 (id d): kernel đã chết",
            f"✗ {new}, ô 1 (id n): chưa có đầu ra nào được lưu: hãy chạy make run với notebook này",
            f"✓ {last} (0,0 giây)",
            verdict(2, 5),
        ],
    )


def test_a_cell_that_hangs_is_stopped(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(execute, "CELL_TIMEOUT", 2)
    path = write(tmp_path / "a.ipynb", code("while True: 0", id="h", execution_count=1))
    assert told(capsys, path)[1] == [f"✗ {path}, ô 1 (id h): chạy quá 2 giây", verdict(0, 1)]


def test_without_names_it_takes_the_course(monkeypatch):
    monkeypatch.chdir(PROJECT)
    names = [f"notebooks/{name}" for name in course.sections()]
    assert reproduce.listed(reproduce.SUMMARY) == names


def test_a_course_without_its_list_is_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(reproduce, "SUMMARY", tmp_path / "SUMMARY.md")
    reason = "không đọc được tệp (No such file or directory)"
    assert told(capsys) == (1, [f"✗ {tmp_path}/SUMMARY.md: {reason}"])


def start(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        **options,
    )


def test_ctrl_c_leaves_no_kernel(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    source = (
        "import os\nwith open('pipe', 'w') as pipe: print(os.getpid(), file=pipe)\nwhile True: 0"
    )
    path = write(tmp_path / "a.ipynb", code(source))
    run = start("-m", "authoring.reproduce", path, path, start_new_session=True)
    pipe = os.open(tmp_path / "pipe", os.O_RDWR)
    ready, _, _ = select.select([pipe, run.stdout], [], [])
    assert pipe in ready, run.communicate()
    kernel = int(os.read(pipe, 20).split()[0])
    os.killpg(run.pid, signal.SIGINT)
    assert run.communicate() == ("✗ dừng vì Ctrl-C\n", "")
    os.close(pipe)
    assert run.returncode == 130
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)


def test_the_tools_of_a_test_need_not_be_there():
    absent = "import sys\nsys.modules.update(pytest=None, nbval=None)\nimport authoring.reproduce"
    assert start("-c", absent).communicate() == ("", "")
