"""The notebooks of a book, read by a process of its own while the modules that show them load.

nbformat, and the validator that it makes of its schema, take as long to be ready as all of those.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection

from authoring import notebook
from authoring.book.mdbook import Book


def texts(book: Book) -> Iterator[str]:
    """Yield each notebook of a book, in order, as JSON in which every text is one string.

    Raises NotebookError like `notebook.read`.
    """
    for chapter in book.chapters:
        yield json.dumps(notebook.read(book.folder / chapter.source))


def begin(book: Book) -> Iterator[str]:
    """Return what `texts` does, but begin at once, beside this process."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    context.Process(target=_send, args=(book, there), daemon=True).start()
    there.close()
    return _received(len(book.chapters), here)


def _send(book: Book, pipe: Connection) -> None:
    with suppress(BrokenPipeError):  # nobody waits any more
        try:
            for text in texts(book):
                pipe.send(text)
        except (Exception, KeyboardInterrupt) as error:
            pipe.send(error)


def _received(number: int, pipe: Connection) -> Iterator[str]:
    for _ in range(number):
        found = pipe.recv()
        if isinstance(found, BaseException):
            raise found
        yield found
