"""The rules of the course that hold for every notebook and that nbval does not check."""

import re

import pytest

from authoring import notebook
from authoring.execute import METADATA, scrub
from tests.course import FOLDER, listed

NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
TAGS = {"nbval-ignore-output", "raises-exception"}


def named(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.stem)


def code_cells(path):
    return list(notebook.named_cells(notebook.read(path), "code"))


def test_summary_lists_every_notebook_once():
    assert next(iter(listed())) == "index_vn.ipynb"
    assert sorted(listed()) == [path.name for path in NOTEBOOKS]


@named(NOTEBOOKS)
def test_is_stored_as_make_run_writes_it(path):
    nb = notebook.read(path)
    assert path.read_text(encoding="utf-8") == notebook.dumps(nb)
    assert nb.metadata == METADATA
    for name, cell in notebook.named_cells(nb):
        assert set(cell.metadata) <= {"d2l", "tags"}, name
        assert set(cell.metadata.get("tags", [])) <= TAGS, name
        assert not re.fullmatch(r"[0-9a-f-]{8,}", cell.id), f"{name}: give the cell a telling id"


@named(NOTEBOOKS)
def test_every_cell_was_run_in_order(path):
    counts = [cell.execution_count for _, cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


@named(NOTEBOOKS)
def test_cells_raise_only_what_they_announce(path):
    # nbval compares name and message of a stored error: one that is no longer raised fails there.
    for name, cell in code_cells(path):
        tags = cell.metadata.get("tags", [])
        raised = [output for output in cell.outputs if output.output_type == "error"]
        assert len(raised) == ("raises-exception" in tags), name
        assert not (raised and "nbval-ignore-output" in tags), name


@named(NOTEBOOKS)
def test_outputs_hold_no_noise_and_nothing_of_this_machine(path):
    for name, cell in code_cells(path):
        for output in cell.outputs:
            assert output.get("name") != "stderr", f"{name}: {output}"
            text = str(output)
            assert scrub(text) == text, name
            assert not re.search(r"(?<![\w.])/(home|Users|root|tmp)/", text), name


@named(NOTEBOOKS)
def test_is_light(path):
    assert path.stat().st_size < 150_000
