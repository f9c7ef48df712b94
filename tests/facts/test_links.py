"""Every claim that a cell makes has its test, every test its cell, and a broken link is found."""

import copy
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from authoring import notebook
from d2lutil.exercises import SECTIONS
from tests.facts.claims import STATEMENTS, Statement, claims_of, problems

HERE = Path(__file__).parent
NOTEBOOKS = {
    path.name.removesuffix("_vn.ipynb"): notebook.read(path)
    for path in sorted((HERE.parents[1] / "notebooks").glob("*_vn.ipynb"))
}
MODULES = [
    import_module(f"{__package__}.{path.stem}")
    for path in sorted(HERE.glob("test_*.py"))
    # What the quick questions say stands in d2lutil/questions/, not in a cell.
    if path.stem not in ("test_links", "test_questions")
]
TESTS = [name for module in MODULES for name in vars(module) if name.startswith("test_")]


def cell_of(notebooks, statement):
    return next(c for c in notebooks[statement.section].cells if c.id == statement.cell)


def test_claims_and_cells_name_each_other():
    found = problems(STATEMENTS, NOTEBOOKS)
    assert not found, "\n".join(["", *found])


def test_every_test_here_proves_a_claim_of_its_own():
    assert sorted(TESTS) == sorted({f"test_{statement.claim}" for statement in STATEMENTS})


def test_a_cell_lists_its_claims_once_in_order():
    for nb in NOTEBOOKS.values():
        for cell in nb.cells:
            assert claims_of(cell) == sorted(set(claims_of(cell))), cell.id


def test_every_section_makes_claims():
    counts = Counter(statement.section for statement in STATEMENTS)
    assert all(counts[section] >= 10 for section in SECTIONS), counts


@pytest.fixture
def notebooks():
    return copy.deepcopy(NOTEBOOKS)


some_statements = pytest.mark.parametrize(
    "statement", STATEMENTS[:: len(STATEMENTS) // 5], ids=lambda statement: statement.claim
)


@some_statements
def test_a_removed_test_is_missed(notebooks, statement):
    others = [other for other in STATEMENTS if other.claim != statement.claim]
    expected = f"{statement.cell}: no test with @claim here is named test_{statement.claim}"
    assert any(expected in problem for problem in problems(others, notebooks))


@some_statements
def test_a_removed_cell_is_missed(notebooks, statement):
    notebooks[statement.section].cells.remove(cell_of(notebooks, statement))
    expected = f"{statement.cell}: no such text cell, but {statement.claim} quotes it"
    assert any(expected in problem for problem in problems(STATEMENTS, notebooks))


@some_statements
def test_a_claim_that_its_cell_does_not_name_is_found(notebooks, statement):
    cell_of(notebooks, statement).metadata["d2l"]["claims"].remove(statement.claim)
    expected = f'{statement.cell}: add "{statement.claim}" to the claims in its metadata'
    assert any(expected in problem for problem in problems(STATEMENTS, notebooks))


@some_statements
def test_a_claim_without_a_test_is_found(notebooks, statement):
    cell_of(notebooks, statement).metadata["d2l"]["claims"].append("the_moon_is_a_block")
    expected = f"{statement.cell}: no test with @claim here is named test_the_moon_is_a_block"
    assert any(expected in problem for problem in problems(STATEMENTS, notebooks))


@some_statements
def test_words_that_are_gone_are_missed(notebooks, statement):
    cell_of(notebooks, statement).source = "<!--\nOther words.\n-->\n\nLời khác."
    expected = f"does {statement.claim} still hold? Gone: “{statement.words}”"
    assert any(expected in problem for problem in problems(STATEMENTS, notebooks))


def test_a_code_cell_makes_no_claims(notebooks):
    code = next(cell for cell in notebooks["index"].cells if cell.cell_type == "code")
    found = problems([Statement("x", "index", code.id, "np")], notebooks)
    assert f"index_vn.ipynb, {code.id}: no such text cell, but x quotes it" in found
