"""The course as SUMMARY.md lists it, so that tests take in a notebook as soon as it is there."""

from __future__ import annotations

import re
from pathlib import Path

from authoring import TEACHING

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"


def listed(folder: Path = FOLDER) -> dict[str, str]:
    """Return the names of the notebooks in order, the index first, and their titles."""
    summary = (folder / "SUMMARY.md").read_text(encoding="utf-8")
    return {name: title for title, name in re.findall(r"\[([^\]]+)\]\(([^)]+)\)", summary)}


def sections(folder: Path = FOLDER) -> list[str]:
    """Return the names of the notebooks for learners: the index, then the sections."""
    return [name for name in listed(folder) if name != TEACHING]
