"""No test vanishes without a word: run by a real pytest, with the project's conftest.py."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_output

from tests import writing

ROOT = Path(__file__).parents[1]
TESTS = """
import pytest

@pytest.mark.skipif(True, reason="không có Java")
@pytest.mark.parametrize("number", range(3))
def test_marked(number): ...

@pytest.fixture
def browser():
    pytest.skip("không có Chromium")

def test_by_its_fixture(browser): ...

def test_inside():
    pytest.skip("không có Java")

@pytest.mark.parametrize("python", [])
def test_of_nothing(python): ...

def test_that_runs(): ...
"""
MODULE = "import pytest\npytest.importorskip('khong_co_that')\n"


def run(folder, *options, text=TESTS, **environment):
    shutil.copy(ROOT / "conftest.py", folder)
    (folder / "test_a.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, folder]
    inherited = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("PYTEST")}
    return subprocess.run(
        command, cwd=folder, env={**inherited, **environment}, capture_output=True, text=True
    )


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_skipped_tests_are_told_at_the_end(tmp_path, workers):
    done = run(tmp_path, workers)
    assert done.returncode == 0
    told = done.stdout.partition("6 phép thử bị bỏ qua")[2].splitlines()
    assert told[1] == "   4  không có Java"
    assert "   1  không có Chromium" in told
    assert "   1  got empty parameter set for (python)" in told


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_under_ci_each_of_them_fails(tmp_path, workers):
    done = run(tmp_path, workers, CI="true")
    assert done.returncode == 1
    assert "Bị bỏ qua, điều không được phép khi có biến CI: không có Chromium" in done.stdout
    assert " 1 failed, 1 passed, 5 errors" in done.stdout
    assert "skipped" not in done.stdout


def test_a_whole_module_is_no_exception(tmp_path):
    assert "   1  could not import 'khong_co_that'" in run(tmp_path, text=MODULE).stdout
    done = run(tmp_path, text=MODULE, CI="true")
    assert done.returncode == 2
    assert "không được phép khi có biến CI: could not import 'khong_co_that'" in done.stdout


def test_where_nothing_is_skipped_nothing_is_said(tmp_path):
    done = run(tmp_path, text="def test_that_runs(): ...")
    assert done.returncode == 0
    assert "bỏ qua" not in done.stdout


def test_a_notebook_begins_with_nothing_solved(tmp_path):
    solved = "import os, pathlib; pathlib.Path(os.environ['D2L_PROGRESS'])"
    asked = writing.code(f"{solved}.exists()")
    asked.execution_count = 1
    asked.outputs = [new_output("execute_result", {"text/plain": "False"}, execution_count=1)]
    writing.write(tmp_path / "z_vn.ipynb", asked)
    done = run(tmp_path, "--nbval", text=f"def test_one():\n    {solved}.touch()\n")
    assert " 2 passed" in done.stdout, done.stdout
