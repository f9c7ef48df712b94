"""Links between what the course's text says about MXNet and the tests that prove it.

A claim is a test of this folder. `claim` names the cell that makes it and quotes the cell's
English; the cell names the claim in its metadata, at `d2l.claims`. `problems` tells where the two
ends of a link do not meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from nbformat import NotebookNode

from authoring import notebook

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Statement:
    """Words of a cell's English half that make a claim; `claim` is a test's name, less `test_`."""

    claim: str
    section: str
    cell: str
    words: str


STATEMENTS: list[Statement] = []


def claim(section: str, cell: str, words: str) -> Callable[[Test], Test]:
    """Link a test to the cell of `notebooks/<section>_vn.ipynb` whose words it proves."""

    def link(test: Test) -> Test:
        STATEMENTS.append(Statement(test.__name__.removeprefix("test_"), section, cell, words))
        return test

    return link


def problems(statements: list[Statement], notebooks: Mapping[str, NotebookNode]) -> list[str]:
    """Tell which claims have no cell that makes them, and which cells name no claim of theirs."""
    found = []
    made = {(section, cell.id): cell for section, nb in notebooks.items() for cell in nb.cells}
    for statement in statements:
        place = f"{statement.section}_vn.ipynb, {statement.cell}"
        cell = made.get((statement.section, statement.cell))
        if cell is None or cell.cell_type != "markdown":
            found.append(f"{place}: no such text cell, but {statement.claim} quotes it")
            continue
        if statement.claim not in claims_of(cell):
            found.append(f'{place}: add "{statement.claim}" to the claims in its metadata')
        english = " ".join(notebook.split(cell.source).english.split())
        if statement.words not in english:
            found.append(f"{place}: does {statement.claim} still hold? Gone: “{statement.words}”")
    known = {(statement.section, statement.cell, statement.claim) for statement in statements}
    for (section, cell_id), cell in made.items():
        found += [
            f"{section}_vn.ipynb, {cell_id}: no test with @claim here is named test_{name}"
            for name in claims_of(cell)
            if (section, cell_id, name) not in known
        ]
    return found


def claims_of(cell: NotebookNode) -> list[str]:
    """Return the names of the claims that a cell says it makes."""
    names: list[str] = cell.metadata.get("d2l", {}).get("claims", [])
    return names
