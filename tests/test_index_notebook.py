"""The index keeps its promises: the folded answers are right, and a cell may be run again."""

import ast
import re

from mxnet import npx

from authoring import notebook
from authoring.translation.index_page import INDEX
from d2lutil.exercises import check
from tests.course import FOLDER

CELLS = {cell.id: cell for cell in notebook.read(FOLDER / INDEX).cells}


def vietnamese(cell_id):
    return notebook.split(CELLS[cell_id].source).vietnamese


def test_the_folded_answers_are_what_the_check_accepts():
    folded = vietnamese("six-answers").partition("</summary>")[2]
    answers = re.findall(r"^\d\..*?`([^`]+)`", folded, re.MULTILINE)
    assert check("index/1", [ast.literal_eval(answer) for answer in answers]).passed


def test_the_example_of_the_first_exercise_is_of_the_right_form():
    example = re.search(r"`answer = (\[.+?\.\.\.\])`", vietnamese("ex-guesses-text"))[1]
    told = check("index/1", ast.literal_eval(example)).message
    assert told.startswith("Đúng 0 trong 6 câu")


def test_a_cell_that_is_run_again_says_the_same():
    names = {}
    npx.set_np()
    for cell in CELLS.values():
        if cell.cell_type == "code" and not cell.id.startswith(("ex-", "setup", "progress")):
            *lines, last = ast.parse(cell.source).body
            shown = []
            for _ in range(2):
                exec(CELLS["setup"].source, names)
                exec(ast.unparse(lines), names)
                if isinstance(last, ast.Expr):
                    shown.append(repr(eval(ast.unparse(last), names)))
                else:
                    exec(ast.unparse(last), names)
            # Only the draw of the 10,000 neurons goes on from where the generator stands.
            assert len({*shown}) <= 1, cell.id
