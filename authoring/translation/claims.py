"""Sentences about every case: a person judges whether a test or a visible limit holds each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from authoring import notebook
from authoring.finding import Finding
from authoring.translation import markup, meaning

_SWEEPING = re.compile(
    r"\b(?:every|everything|everybody|never|all|always|any (?:machine|size|number|case|model)|"
    r"whatever|whoever|whenever|nothing|nobody|no \w+ (?:can|ever|will)|the only)\b",
    re.IGNORECASE,
)


def check(paths: Sequence[Path]) -> Iterator[Finding]:
    """Yield the sweeping sentences of the English halves.

    Raises NotebookError for a notebook or a cell that cannot be read.
    """
    for path in paths:
        for name, cell in notebook.named_cells(notebook.read(path), "markdown"):
            halves = notebook.split(cell.source, path=path, cell=name)
            for block in markup.parse(halves.english, halves.english_line).blocks:
                for sentence in meaning.sentences(" ".join(block.prose.text.split())):
                    if match := _SWEEPING.search(sentence):
                        said = f"“{match[0]}”: {markup.shown(sentence)}"
                        yield Finding("claim", said, block.line).at(path, name)
