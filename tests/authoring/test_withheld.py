"""The package for a class: nothing of a solution is in it, all else is."""

import ast
import os
import subprocess
import sys

import pytest

from authoring import withheld
from d2lutil.exercises import all_exercises

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
