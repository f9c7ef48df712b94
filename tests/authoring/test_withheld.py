"""The course for a class: nothing of a solution is in it, all else is."""

import ast
import copy
import os
import re
import shutil
import subprocess
import sys

import pytest

from authoring import TEACHING, notebook, withheld
from d2lutil.exercises import all_exercises
from tests.course import FOLDER, sections

ASK = """
import d2lutil
from d2lutil.exercises import all_exercises
for id in all_exercises():
    print(id, repr(d2lutil.solution(id)), len(d2lutil.hint(id).exercise.hints))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    withheld.copy_package(folder)
    return folder


def test_every_solution_answers_that_the_teacher_will_show_it(package):
    # From there: the environment's own start imports d2lutil before it looks at this folder.
    environment = os.environ | {"PYTHONPATH": str(package)}
    ran = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True
    )
    told = "Giáo viên của bạn sẽ chữa bài này."
    hints = [(id, len(exercise.hints)) for id, exercise in all_exercises().items()]
    assert ran.stdout.splitlines() == [f"{id} {told} {number}" for id, number in hints], ran.stderr


def test_no_word_of_a_solution_is_in_the_package(package):
    texts = [path.read_text("utf-8") for path in package.rglob("*.py")]
    whole = "".join(
        node.value
        for text in texts
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    for exercise in all_exercises().values():
        assert exercise.solution.reason not in whole
        assert exercise.solution.code not in whole


def test_all_but_the_solutions_keeps_its_place():
    path = withheld.PACKAGE / "exercises" / "parameters.py"
    source = path.read_text("utf-8")
    names = [
        {(node.name, node.lineno) for node in ast.walk(ast.parse(text)) if hasattr(node, "name")}
        for text in (source, withheld.without_solutions(source))
    ]
    assert names[0] == names[1]
    assert "Solution(code" not in withheld.without_solutions(source)


def test_a_module_without_solutions_stays_as_it_is():
    source = (withheld.PACKAGE / "files.py").read_text("utf-8")
    assert withheld.without_solutions(source) == source


def folds(cell):
    """The folds of a text cell in Vietnamese and English: what each is called, what is in it."""
    fold = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
    halves = notebook.split(cell.source)
    return fold.findall(halves.vietnamese), fold.findall(halves.english)


# Any other fold is an answer, or is added here by whoever has seen that it is none.
NO_ANSWER = {"Các tên đặt cạnh nhau", "Mọi tiêu đề của khóa học", "Nguồn số liệu"}
NO_ANSWER |= {"So với PyTorch 2.15.0"}


@pytest.mark.parametrize("name", sections())
def test_every_fold_of_a_notebook_is_taken_or_known_to_be_no_answer(name):
    before = notebook.read(FOLDER / name)
    after = copy.deepcopy(before)
    withheld.take_answers(after.cells)
    taken = 0
    for was, now in zip(before.cells, after.cells, strict=True):
        if was.cell_type != "markdown" or "<details>" not in was.source:
            assert now == was
            continue
        assert len(folds(was)[0]) == len(folds(was)[1]) == was.source.count("<details>") / 2
        for old, new, told in zip(folds(was), folds(now), withheld.INSTEAD.values(), strict=True):
            assert [called for called, _ in new] == [called for called, _ in old]
            for (vietnamese, _), had, has in zip(folds(was)[0], old, new, strict=True):
                if vietnamese in NO_ANSWER:
                    assert has == had
                else:
                    assert has[1].strip() == told, vietnamese
                    taken += 1
        outside = r"(?<=</summary>).*?(?=</details>)"
        for half in ("vietnamese", "english"):
            kept = (
                re.sub(outside, "", getattr(notebook.split(c.source), half), flags=re.S)
                for c in (was, now)
            )
            assert len(set(kept)) == 1
    assert taken >= 2


def test_a_copy_of_the_course_is_held_back_as_a_whole(tmp_path):
    for part in ("notebooks", "d2lutil"):
        shutil.copytree(FOLDER.parent / part, tmp_path / part)
    subprocess.run([sys.executable, "-m", "authoring.withheld", tmp_path], check=True)
    assert not (tmp_path / "notebooks" / TEACHING).exists()
    for path in (withheld.PACKAGE / "exercises").glob("*.py"):
        held = (tmp_path / "d2lutil" / "exercises" / path.name).read_text("utf-8")
        assert held == withheld.without_solutions(path.read_text("utf-8"))
    for name in sections():
        expected = notebook.read(FOLDER / name)
        withheld.take_answers(expected.cells)
        # As Jupyter writes it: opening it changes nothing.
        assert (tmp_path / "notebooks" / name).read_text("utf-8") == notebook.dumps(expected)
