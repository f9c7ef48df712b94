"""Where the course is published, and when its notebooks were last changed."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import NamedTuple


class Published(NamedTuple):
    """Public addresses, without a slash at their end; "" for one that there is not yet."""

    repository: str = ""
    site: str = ""


def read(root: Path) -> Published:
    """Return what `[tool.d2lutil]` in the pyproject.toml of the folder `root` says."""
    path = root / "pyproject.toml"
    if not path.exists():
        return Published()
    told = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("d2lutil", {})
    return Published(*(told.get(name, "").rstrip("/") for name in Published._fields))


def changes(folder: Path) -> dict[str, str]:
    """Return the date of the last commit, as 2026-11-30, for each file below `folder`, by path.

    Empty without git, and where only a part of the history is there: its dates would be wrong.
    """
    if _git(folder, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    dates: dict[str, str] = {}
    date = ""
    log = ("-c", "core.quotePath=false", "log", "--format=/%cs", "--name-only", "--relative")
    for line in filter(None, _git(folder, *log).splitlines()):
        if line.startswith("/"):  # as no path does
            date = line[1:]
        else:
            dates.setdefault(line, date)
    return dates


def _git(folder: Path, *command: str) -> str:
    try:
        done = subprocess.run(
            ["git", *command], cwd=folder, capture_output=True, encoding="utf-8", errors="replace"
        )
    except FileNotFoundError:
        return ""
    return done.stdout
