"""mdBook: how it is run, and what it hands to its hooks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from authoring import notebook
from authoring.book import addresses
from authoring.notebook import NotebookError

_LISTED = re.compile(r"\]\(\s*<?([^)>]+\.ipynb)>?\s*\)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# What each backend makes, by its name, below its destination.
MADE = {"site": "html", "pdf": "tinh-toan-hoc-sau.pdf", "epub": "tinh-toan-hoc-sau.epub"}


class Chapter(NamedTuple):
    """A notebook of the book: its path below the folder, its number, the part it begins, or ""."""

    source: str
    number: str
    part: str


class Book(NamedTuple):
    """What mdBook tells of the book: where it is, what it is called, its chapters in order."""

    folder: Path  # of the notebooks
    destination: Path
    title: str
    description: str
    authors: list[str]
    site_url: str
    chapters: list[Chapter]


def read(context: Mapping[str, Any], contents: Mapping[str, Any]) -> Book:
    """Return the book that mdBook tells a hook about; the current folder must be the book's.

    Raises NotebookError for a chapter that is no notebook, or would be lost in the site.
    """
    about = context["config"]["book"]
    folder = Path(about.get("src") or "src")
    found = list(_chapters(contents["items"]))
    if not found:
        raise _refused("không kê chương nào: mỗi chương một dòng “- [tên](tệp.ipynb)”")
    _refuse_lost(found, folder)
    return Book(
        folder,
        Path(context.get("destination", "")),
        about.get("title") or "Sách",
        about.get("description") or "",
        about.get("authors") or [],
        context["config"]["output"].get("html", {}).get("site-url") or "/",
        found,
    )


def _chapters(items: list[Any], part: str = "") -> Iterator[Chapter]:
    for item in items:
        if "PartTitle" in item:
            part = item["PartTitle"]
        elif "Chapter" in item:
            chapter = item["Chapter"]
            path = chapter["path"] or ""
            if not path.endswith(".ipynb"):
                raise _refused(
                    f"chương “{chapter['name']}” phải dẫn tới một tệp .ipynb, "
                    f"không phải {path or 'chỗ trống'}"
                )
            yield Chapter(path, ".".join(map(str, chapter["number"] or ())), part)
            part = ""
            yield from _chapters(chapter["sub_items"])


def _refuse_lost(chapters: list[Chapter], folder: Path) -> None:
    taken = dict.fromkeys(addresses.RESERVED, "trang của chính sách")
    summary = _COMMENT.sub("", (folder / "SUMMARY.md").read_text(encoding="utf-8"))
    listed = len(_LISTED.findall(summary))
    if listed != len(chapters):
        # mdBook passes over a link that it does not take for a chapter.
        raise _refused(
            f"có {listed} liên kết tới notebook, nhưng mdBook chỉ nhận {len(chapters)} chương: "
            "mỗi chương một dòng “- [tên](tệp.ipynb)”"
        )
    for number, chapter in enumerate(chapters):
        address = addresses.of_page(chapter.source)
        if ".." in Path(chapter.source).parts:
            raise _refused(f"chương {chapter.source} nằm ngoài thư mục {folder.name}")
        # The first page is the site's own first page anyway.
        if address.lower() in taken and not (number == 0 and address == "index.html"):
            raise _refused(
                f"chương {chapter.source} sẽ mất: trang {address} đã dành cho "
                f"{taken[address.lower()]}; hãy đổi tên tệp"
            )
        taken[address.lower()] = f"chương {chapter.source}"


def _refused(reason: str) -> NotebookError:
    return NotebookError(reason, path="SUMMARY.md")


def build(root: Path, folder: Path, destination: Path, output: str | None = None) -> None:
    """Let mdBook build the book of `root` into `destination`.

    `folder` has the notebooks; the hook `output` is called in place of those of book.toml if it is
    given. Raises NotebookError with what the hooks, or else mdBook, have said.
    """
    # mdBook, and the Python of the hooks, come from this environment.
    bin_folder = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([bin_folder, os.environ.get("PATH", os.defpath)]),
    }
    if output:
        hook = {"command": f"authoring/book/hook.py {output}"}
        environment["MDBOOK_OUTPUT"] = json.dumps({output: hook})
    command = ["mdbook", "build", str(root), "--dest-dir", str(destination.resolve())]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", errors="replace"
        )
    except FileNotFoundError as error:
        raise NotebookError("không có lệnh mdbook: hãy chạy make book, nó tự cài mdBook") from error
    if done.returncode == 0:
        return
    said = [line for line in done.stderr.splitlines() if not re.match(r"\s*(INFO|WARN)\b", line)]
    ours = [line.removeprefix("✗ ") for line in said if line.startswith("✗ ")]
    if not ours and (unread := re.search(r"failed to read chapter `(.+)`", done.stderr)):
        notebook.read(folder / unread[1])  # it says why
    raise NotebookError("\n".join(ours) or "mdBook dừng lại:\n" + "\n".join(said))
