"""What the course asks for, section by section, and which of its cells an answer stands on."""

from __future__ import annotations

import re
import symtable
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from authoring import notebook
from d2lutil.exercises import SECTIONS

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SETUP = "setup"  # the first code cell of every section


@dataclass(frozen=True)
class Cell:
    """A code cell of a lesson; `may_raise` says that its error is what it shows."""

    id: str
    source: str
    may_raise: bool = False


@dataclass(frozen=True)
class Section:
    """A section: its code cells in order, and the exercise of every answer cell by the cell's id.

    Cells that belong to an exercise are among `cells`, so that an answer keeps its place.
    """

    name: str
    cells: tuple[Cell, ...]
    exercises: dict[str, str]

    def given(self, id: str) -> str:
        """Return what the course itself has in the answer cell `id`."""
        return next(cell.source for cell in self.cells if cell.id == id)

    def before(self, answers: Iterable[str]) -> list[Cell]:
        """Return the lesson's cells before the last of the answer cells with these ids."""
        asked = set(answers)
        last = max(i for i, cell in enumerate(self.cells) if cell.id in asked)
        return [cell for cell in self.cells[:last] if not cell.id.startswith("ex-")]

    def needed(self, answers: dict[str, str]) -> list[Cell]:
        """Return the lesson's cells that the answers, by the ids of their cells, stand on.

        A cell is needed when it makes a name that is used, or works on such a value: the others
        may train for half a minute and change nothing for an answer.
        """
        lesson = self.before(answers)
        names = {cell.id: _names(cell.source) for cell in lesson}
        values = set().union(*(found.values for found in names.values()))
        wanted = set().union(*(_names(source).used for source in answers.values())) - {"answer"}
        kept: set[str] = set()
        while True:
            found = {
                id
                for id, own in names.items()
                if id == SETUP or own.made & wanted or own.used & wanted & values
            }
            if found == kept:
                return [cell for cell in lesson if cell.id in kept]
            kept = found
            wanted |= set().union(*(names[id].used | names[id].made for id in kept))


@dataclass(frozen=True)
class _Names:
    made: set[str]  # at the top of a cell
    values: set[str]  # those of them that are no function, class or module
    used: set[str]  # without what the cell itself defines or imports


def _names(source: str) -> _Names:
    try:
        table = symtable.symtable(source, "cell", "exec")
    except SyntaxError:  # a magic of IPython's, or a slip
        return _Names(set(), set(), set(re.findall(r"\w+", source)))
    top = {symbol.get_name(): symbol for symbol in table.get_symbols()}
    made = {name for name, symbol in top.items() if symbol.is_assigned() or symbol.is_imported()}
    own = {name for name in made if top[name].is_imported() or top[name].is_namespace()}
    return _Names(made, made - own, set(_used(table)) - own)


def _used(table: symtable.SymbolTable) -> Iterable[str]:
    for symbol in table.get_symbols():
        if symbol.is_global() or table.get_type() == "module":
            yield symbol.get_name()
    for child in table.get_children():
        yield from _used(child)


def sections() -> dict[str, Section]:
    """Return the sections of the course by name, in its order.

    Raises NotebookError when a notebook of the course can't be read.
    """
    found = {}
    for name in SECTIONS:
        nb = notebook.read(NOTEBOOKS / f"{name}_vn.ipynb")
        cells = [cell for cell in nb.cells if cell.cell_type == "code"]
        exercises = {
            cell.id.replace("-check", "-answer"): checked
            for cell in cells
            if cell.id.startswith("ex-") and (checked := exercise_of(cell.source))
        }
        found[name] = Section(
            name,
            tuple(
                Cell(cell.id, cell.source, "raises-exception" in cell.metadata.get("tags", []))
                for cell in cells
            ),
            exercises,
        )
    return found


def exercise_of(check: str) -> str | None:
    """Return the id of the exercise that the source of a cell checks, None where it checks none."""
    match = re.search(r'\bd2lutil\.check\("([^"]+)"\)', check)
    return match and match[1]
