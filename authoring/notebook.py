"""The one reader and writer of the course's notebooks.

A Markdown cell of the course starts with its English source in one HTML comment; the Vietnamese
translation follows. `read` checks the file, `split` takes such a cell apart, `write` puts a
notebook back. What is wrong is told in Vietnamese, with file, cell and line.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import sys
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from authoring.notebook_error import NotebookError
from d2lutil import files

if TYPE_CHECKING:
    from nbformat import NotebookNode

# How the authors call a fold that has an answer in it.
ANSWERS = ("Lời giải", "Câu trả lời", "Cần để ý")

_OPEN, _CLOSE = "<!--", "-->"
# Neither nbformat.read nor JupyterLab lifts a notebook of format 4.4.
_CONVERT = "import sys, nbformat as n; p = sys.argv[1]; n.write(n.v4.upgrade(n.read(p, 4)), p)"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Halves(NamedTuple):
    """The two halves of a Markdown cell, stripped, and the cell's line (from 1) each starts on."""

    english: str
    vietnamese: str
    english_line: int
    vietnamese_line: int


def read(path: str | os.PathLike[str]) -> NotebookNode:
    """Read and validate a notebook of format 4.5 (the first in which cells have ids).

    Raises NotebookError when the file is missing, is not UTF-8, not JSON, not a valid notebook,
    or has cells without an id or that share one.
    """
    return loads(read_text(path), path=path)


def read_text(path: str | os.PathLike[str]) -> str:
    """Read a text file; line ends stay as they are.

    Raises NotebookError when the file cannot be read, is a pipe or a device, is not UTF-8, or
    starts with a byte order mark.
    """
    file = Path(path)
    try:
        if file.exists() and not file.is_file() and not file.is_dir():
            raise NotebookError("là một ống hay thiết bị, không phải tệp", path=path)
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise NotebookError(f"không đọc được tệp ({error.strerror})", path=path) from error
    except UnicodeDecodeError as error:
        raise NotebookError(
            f"không phải UTF-8: byte {error.object[error.start]:#04x} ở vị trí {error.start}",
            path=path,
        ) from error
    if text.startswith("\ufeff"):
        reason = "mở đầu bằng dấu BOM (byte ef bb bf): hãy lưu lại bằng UTF-8 không có BOM"
        raise NotebookError(reason, path=path)
    return text


def loads(text: str, *, path: str | os.PathLike[str] | None = None) -> NotebookNode:
    """Parse and validate a notebook from its JSON text; `path` only names it in errors.

    Raises NotebookError like `read`.
    """
    try:
        raw = json.loads(text)
        text.encode()
        if _SURROGATE.search(text):
            json.dumps(raw, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        # JSON can escape half of a surrogate pair, UTF-8 has no bytes for it.
        reason = f"có nửa ký tự Unicode {error.object[error.start]!a}, không ghi lại được"
        raise NotebookError(reason, path=path) from error
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise NotebookError(f"không phải JSON hợp lệ: {error}", path=path, line=line) from error
    _refuse_other_formats(raw, path)
    _refuse_wrong_ids(raw["cells"], path)
    return _validated(raw, path)


def _refuse_other_formats(raw: Any, path: str | os.PathLike[str] | None) -> None:
    if not isinstance(raw, dict) or not isinstance(raw.get("nbformat"), int):
        raise NotebookError("không phải một notebook Jupyter (thiếu nbformat)", path=path)
    version = (raw["nbformat"], raw.get("nbformat_minor"))
    if version != (4, 5):
        file = "TỆP" if path is None else shlex.quote(os.fspath(path))
        raise NotebookError(
            f"định dạng notebook {version[0]!r:.20}.{version[1]!r:.20}; khóa học dùng 4.5: "
            f"hãy đổi bằng lệnh {shlex.quote(sys.executable)} -c '{_CONVERT}' {file}",
            path=path,
        )
    if not isinstance(raw.get("cells"), list):
        raise NotebookError("không phải một notebook Jupyter (thiếu danh sách ô)", path=path)


def _refuse_wrong_ids(cells: list[Any], path: str | os.PathLike[str] | None) -> None:
    # nbformat would silently give such a cell a new id.
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or not isinstance(cell.get("id"), str):
            reason = 'thiếu id: hãy đặt một id ngắn, dễ hiểu, như "id": "scratch-train"'
            raise NotebookError(reason, path=path, cell=f"ô {number}")
        if cell["id"] in seen:
            raise NotebookError(
                f"trùng id với ô {seen[cell['id']]}", path=path, cell=cell_name(number, cell)
            )
        seen[cell["id"]] = number


def _validated(raw: Any, path: str | os.PathLike[str] | None) -> NotebookNode:
    # Imported late: it takes 0.2 s, for which only those who read a notebook shall wait.
    import nbformat

    try:
        nbformat.validate(raw)
        return nbformat.v4.to_notebook(raw)
    except nbformat.ValidationError as error:
        place = list(error.relative_path)
        index = place[1] if place[:1] == ["cells"] else None
        cell = None if index is None else cell_name(index + 1, raw["cells"][index])
        reason = textwrap.shorten(error.message, 300, placeholder=" …")
        raise NotebookError(f"notebook không hợp lệ: {reason}", path=path, cell=cell) from error
    except (AssertionError, RecursionError, TypeError) as error:
        # What nbformat itself stumbles over: "cell_type": null, "nbformat_minor": 5.0, …
        reason = "notebook không hợp lệ: lồng quá sâu, hay có giá trị sai kiểu"
        raise NotebookError(reason, path=path) from error


def dumps(notebook: NotebookNode) -> str:
    """Return the notebook's JSON text as Jupyter itself writes it, with a final line feed."""
    import nbformat

    text: str = nbformat.v4.writes(notebook)
    return text.rstrip("\n") + "\n"


def write(path: str | os.PathLike[str], notebook: NotebookNode) -> None:
    """Write the notebook atomically (see `files.replace`); an unchanged one is left alone.

    Raises NotebookError when the file cannot be written; it is then as it was.
    """
    data = dumps(notebook).encode("utf-8")
    target = Path(path)
    try:
        if not target.exists() or target.read_bytes() != data:
            files.replace(target, data)
    except OSError as error:
        reason = f"không ghi được, tệp cũ còn nguyên ({error.strerror})"
        raise NotebookError(reason, path=path) from error


def cell_name(number: int, cell: Any) -> str:
    """Name a cell for a reader: its number from 1 among all cells, and its id."""
    # The schema lets an id end with a line break; one of over 64 characters breaks the schema.
    return f"ô {number} (id {cell['id'].strip()[:64]})"


def named_cells(notebook: Mapping[str, Any], kind: str | None = None) -> Iterator[tuple[str, Any]]:
    """Yield (name, cell) of every cell, or of every cell of one `kind` ('markdown', 'code')."""
    for number, cell in enumerate(notebook["cells"], 1):
        if kind is None or cell["cell_type"] == kind:
            yield cell_name(number, cell), cell


def split(
    source: str, *, path: str | os.PathLike[str] | None = None, cell: str | None = None
) -> Halves:
    """Take a Markdown cell's source apart into its English and Vietnamese halves.

    `path` and `cell` only name the place in errors. Raises NotebookError when the cell does not
    start with a comment, when the comment does not end or holds another one, when there is a
    second comment, or when a half is empty.
    """

    def error(reason: str, offset: int) -> NotebookError:
        return NotebookError(reason, path=path, cell=cell, line=_line(source, offset))

    start = len(source) - len(source.lstrip())
    if not source.startswith(_OPEN, start):
        raise error("ô văn bản phải bắt đầu bằng bản tiếng Anh trong chú thích <!-- … -->", start)
    body = start + len(_OPEN)
    end = source.find(_CLOSE, body)
    if end < 0:
        raise error("chú thích tiếng Anh không có dấu đóng -->", start)
    inner = source.find(_OPEN, body, end)
    if inner >= 0:
        raise error("chú thích lồng trong chú thích tiếng Anh", inner)
    rest = end + len(_CLOSE)
    for mark in (_OPEN, _CLOSE):
        second = source.find(mark, rest)
        if second >= 0:
            raise error(f"dấu {mark} thừa sau bản tiếng Anh: mỗi ô chỉ có một chú thích", second)
    english, vietnamese = source[body:end], source[rest:]
    if not english.strip():
        raise error("bản tiếng Anh trống", start)
    if not vietnamese.strip():
        raise error("thiếu bản tiếng Việt sau chú thích", len(source))
    return Halves(
        english.strip(),
        vietnamese.strip(),
        _line(source, end - len(english.lstrip())),
        _line(source, len(source) - len(vietnamese.lstrip())),
    )


def fingerprint(english: str) -> str:
    """Return the hash of an English half that its translation is stamped with.

    Line breaks and spacing do not count, so re-wrapping a paragraph leaves the hash alone.
    """
    text = " ".join(unicodedata.normalize("NFC", english).split())
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def translated_from(cell: Any) -> str | None:
    """Return the `fingerprint` of the English that the cell's Vietnamese was made from, if known.

    It is kept in the cell's metadata, at `d2l.english`. A translation is stale when it differs
    from the fingerprint of the English half.
    """
    stamp = cell["metadata"].get("d2l")
    value = stamp.get("english") if isinstance(stamp, dict) else None
    return value if isinstance(value, str) else None


def _line(source: str, offset: int) -> int:
    return source.count("\n", 0, offset) + 1
