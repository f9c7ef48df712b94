"""Where a cell raises on purpose, the text below it reads out what was really raised.

nbval compares the stored error with the one that is raised now; here the stored error is compared
with the text.
"""

import re

import pytest

from authoring import notebook
from tests.course import FOLDER


def errors_and_readings(cells):
    """Yield (cell id, "name: message", code spans of the next Markdown cell) of raising cells."""
    for number, cell in enumerate(cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                text = next(c.source for c in cells[number + 1 :] if c.cell_type == "markdown")
                spans = re.findall(r"`([^`]+)`", notebook.split(text).vietnamese)
                yield cell.id, f"{output.ename}: {output.evalue}", spans


ERRORS = [
    pytest.param(error, spans, id=f"{path.stem}-{cell}")
    for path in sorted(FOLDER.glob("*.ipynb"))
    for cell, error, spans in errors_and_readings(notebook.read(path).cells)
]


@pytest.mark.parametrize(("error", "spans"), ERRORS)
def test_text_below_quotes_the_error(error, spans):
    # A quotation is at least a word; `x` alone would be found in most messages.
    quoted = [span for span in spans if len(span) > 4 and span in error]
    assert quoted, f"{error}\nquotes: {spans}"


def test_there_are_errors_that_teach():
    assert len(ERRORS) >= 6
