"""Where the course is published, and when its notebooks were last changed."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import NamedTuple

from authoring.notebook_error import NotebookError

_PLACE = r"https?://[\w.-]+(?::\d+)?(?:/[\w.~-]+)*"
# A repository as its page is called, not its clone or a folder in it; a hub without its own pages.
_FORMS = {
    "repository": r"https://(?:github\.com(?:/[\w.-]+){2}|(?!github\.com/)[\w.-]+(?:/[\w.-]+)+)"
    r"(?<!\.git)",
    "site": _PLACE,
    "hub": rf"{_PLACE}(?<!/hub)",
}
_EXAMPLES = {
    "repository": "https://example.com/owner/course",
    "site": "https://example.com/course",
    "hub": "https://hub.example.com",
}


class Published(NamedTuple):
    """Public addresses, without a slash at their end; "" for one that there is not yet."""

    repository: str = ""
    site: str = ""
    hub: str = ""


def read(root: Path) -> Published:
    """Return what `[tool.d2lutil]` in the pyproject.toml of the folder `root` says.

    Raises NotebookError for an address that no link could be made from.
    """
    path = root / "pyproject.toml"
    if not path.exists():
        return Published()
    told = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("d2lutil", {})
    return Published(*(_address(name, told.get(name, "")) for name in Published._fields))


def _address(name: str, told: object) -> str:
    address = str(told).rstrip("/")
    if told == "" or re.fullmatch(_FORMS[name], address, re.ASCII):
        return address
    raise NotebookError(
        f'{name} = "{told}" không phải địa chỉ dùng được: hãy viết như "{_EXAMPLES[name]}", '
        "hoặc để trống",
        path="pyproject.toml",
    )


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
