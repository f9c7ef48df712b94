"""Pages made by two processes, and remembered from build to build.

A page depends on its notebook, and on what all pages share: the glossary, the pictures, the
course's code, the installed packages. Its file is named by the hash of all these, so nothing is
ever out of date; what the last build did not use is removed. Like compiled modules in
`__pycache__`, the files are only for the program that wrote them.
"""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from authoring.book import PROJECT, WEB, maths, pictures, rendering
from authoring.book.glossary import Marker
from authoring.book.page import Page
from authoring.book.summary import GLOSSARY_FILE, Chapter
from authoring.glossary.terms import Glossary
from authoring.notebook import NotebookError

_DIGEST = hashlib.sha256().digest_size


class _Job(NamedTuple):
    """A page to be made: of which chapter, with what, and the file that remembers it."""

    chapter: Chapter
    folder: Path
    marker: Marker | None
    jupyter: str
    kept: Path

    def claimed(self) -> bool:
        """Return whether the page is this process's to make; another one may have taken it."""
        try:
            self.kept.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def made(self) -> Page:
        """Make the page and remember it; NotebookError like `rendering.page_of`."""
        source, number = self.chapter
        label = f"{self.folder.name}/{source}"
        try:
            text = (self.folder / source).read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotebookError(
                f"không phải UTF-8: byte {error.object[error.start]:#04x} ở vị trí {error.start}",
                path=label,
            ) from error
        page = rendering.page_of(
            text, source, label, self.folder, self.marker, self.jupyter, number
        )
        data = pickle.dumps(page)
        self.kept.write_bytes(self._digest(data) + data)
        return page

    def remembered(self) -> Page | None:
        """Return the page if its file is there and whole."""
        try:
            kept = self.kept.read_bytes()
        except FileNotFoundError:
            return None
        digest, data = kept[:_DIGEST], kept[_DIGEST:]
        if digest != self._digest(data):
            return None
        page: Page = pickle.loads(data)
        return page

    def _digest(self, data: bytes) -> bytes:
        return hashlib.sha256(self.kept.name.encode() + data).digest()


class Pages:
    """The pages of the book, in order; `terms` are its glossary's, None where it has none.

    The folder `store` keeps them, for another time and for the next build. To iterate raises
    NotebookError like `rendering.page_of`, for the first chapter that has no page.
    """

    def __init__(
        self,
        listed: Sequence[Chapter],
        folder: Path,
        terms: Glossary | None,
        jupyter: str,
        store: Path,
    ) -> None:
        self.listed, self.folder, self.terms = listed, folder, terms
        self._store = store
        marker = Marker(terms) if terms else None
        ground = _ground(folder, jupyter)
        self._jobs = []
        for chapter in listed:
            data = (folder / chapter.source).read_bytes()
            name = hashlib.sha256(repr((ground, chapter)).encode() + data).hexdigest()
            self._jobs.append(_Job(chapter, folder, marker, jupyter, store / name))

    def make(self) -> None:
        """Make what is missing, so that it need only be remembered; faults are told later."""
        self._store.mkdir(parents=True, exist_ok=True)
        _make(job for job in self._jobs if not job.kept.exists())

    def __iter__(self) -> Iterator[Page]:
        self.make()
        for job in self._jobs:
            yield job.remembered() or job.made()
        used = {job.kept for job in self._jobs}
        for path in self._store.iterdir():
            if path not in used:
                path.unlink(missing_ok=True)  # another build may have been quicker


def _make(missing: Iterable[_Job]) -> None:
    """Make pages, about half of them in a second process."""
    jobs = sorted(missing, key=lambda job: -(job.folder / job.chapter.source).stat().st_size)
    if len(jobs) < 3:
        return
    # What is loaded now stays until the end. Without a look by the collector, which writes to what
    # it looks at, both processes go on sharing it.
    gc.freeze()
    child = os.fork()
    if child == 0:
        # Whatever goes wrong here, the first process tries these pages again.
        try:
            _make_all(jobs)
        finally:
            os._exit(0)
    try:
        _make_all(jobs)
    finally:
        os.waitpid(child, 0)


def _make_all(jobs: Iterable[_Job]) -> None:
    # A fault is met again, and told, when the pages are asked for in their order.
    with suppress(NotebookError):
        for job in jobs:
            if job.claimed():
                job.made()


def _ground(folder: Path, jupyter: str) -> str:
    """Return the hash of what all pages depend on."""
    packages = sorted(
        name
        for place in sys.path
        if os.path.isdir(place)
        for name in os.listdir(place)
        if name.endswith(".dist-info")
    )
    digest = hashlib.sha256(repr((sys.version, packages, jupyter)).encode())
    shown = (path for path in folder.rglob("*") if path.suffix in pictures.SUFFIXES.values())
    code = (PROJECT / "d2lutil").rglob("*.py")
    for path in [*sorted(code), WEB / maths.KATEX, folder / GLOSSARY_FILE, *sorted(shown)]:
        try:
            data = path.read_bytes()
        except OSError as error:
            data = repr(error).encode()  # what needs the file will say so
        digest.update(f"{path} {len(data)}\n".encode() + data)
    return digest.hexdigest()
