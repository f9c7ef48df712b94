"""What a code cell gave, as HTML: streams, errors, pictures, tables, text."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

import nh3

from authoring.book import markdown, maths, pictures, terminal
from authoring.book.page import Cell, img

if TYPE_CHECKING:
    from nbformat import NotebookNode

LONG_TRACEBACK = 50  # lines
_DATA_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,")


def render(cell: NotebookNode, at: Cell) -> str:
    """Return the HTML of a code cell's outputs, "" when it has none.

    Raises NotebookError for an output without any form that the book can show, and for a broken
    picture.
    """
    pieces = []
    # Jupyter may store one stream in several pieces.
    for name, group in groupby(cell.outputs, key=lambda output: output.get("name")):
        if name:
            text = "".join(output.text for output in group)
            pieces.append(_stream(name, text))
        else:
            pieces += [_one(output, at) for output in group]
    shown = "\n".join(filter(None, pieces))
    return f'<div class="outputs" role="group" aria-label="Kết quả">{shown}</div>' if shown else ""


def _stream(name: str, text: str) -> str:
    html = terminal.to_html(text.rstrip("\n"))
    return f'<pre class="out {name}">{html}</pre>' if html else ""


def _one(output: NotebookNode, at: Cell) -> str:
    if output.output_type == "error":
        return _error(output)
    data = output.data
    if kind := pictures.of_data(data):
        try:
            picture = pictures.decoded(kind, data[kind])
        except ValueError as error:
            raise at.error(f"đầu ra {kind}: {error}") from error
        alt = picture.title or "Hình do đoạn mã ngay trên vẽ ra"
        return f"<figure>{img(at.picture(picture), alt, picture.size)}</figure>"
    for kind, show in (
        ("text/html", _html),
        ("text/markdown", markdown.render),
        ("text/latex", _latex),
        ("text/plain", _plain),
    ):
        content = data.get(kind)
        if isinstance(content, str) and (html := show(content, at)):
            return html if html.startswith("<pre") else f'<div class="out rich">{html}</div>'
    if "text/plain" in data:
        return ""
    raise at.error(
        f"đầu ra chỉ có kiểu {', '.join(data) or 'rỗng'}: sách không hiện được, "
        "hãy cho ô thêm dạng text/plain"
    )


def _plain(content: str, at: Cell) -> str:
    html = terminal.to_html(content)
    return f'<pre class="out">{html}</pre>' if html else ""


def _latex(content: str, at: Cell) -> str:
    tex = content.strip()
    bare = tex.strip("$").strip()
    if not tex.startswith("$") or "$" in bare:
        return ""
    try:
        return f'<div class="formula">{maths.render(bare, True)}</div>'
    except ValueError as error:
        raise at.error(f"đầu ra text/latex: công thức “{bare}” sai: {error}") from error


def _html(content: str, at: Cell) -> str:
    clean = nh3.clean(
        content,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "data"},
        attribute_filter=_attribute,
    ).strip()
    # The empty corner of a table heads nothing.
    clean = clean.replace("<th></th>", "<td></td>")
    return f'<div class="scroll">{clean}</div>' if clean else ""


# nh3's own list without what could load a file or imitate the page.
_ATTRIBUTES = {tag: names - {"cite", "background"} for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if _DATA_PICTURE.match(value) else None
    if name == "href":
        return None if value.startswith("data:") else value
    return value


def _error(output: NotebookNode) -> str:
    frames = list(output.traceback) or [f"{output.ename}: {output.evalue}"]
    # Of a long way through libraries only its ends help; the rest is there to be opened.
    long = sum(frame.count("\n") + 1 for frame in frames) > LONG_TRACEBACK
    pieces = []
    for hidden, group in groupby(frames[:-1], key=lambda frame: long and _in_library(frame)):
        part = list(group)
        text = "\n".join(part)
        html = f"<pre>{terminal.to_html(text)}</pre>"
        if hidden:
            title = f"{len(part)} bước bên trong thư viện"
            html = f"<details><summary>{title}</summary>{html}</details>"
        pieces.append(html)
    last = terminal.to_html(frames[-1])
    return f'<div class="out error">{"".join(pieces)}<pre class="reason">{last}</pre></div>'


def _in_library(frame: str) -> bool:
    return re.sub(r"\x1b\[[0-9;]*m", "", frame).lstrip().startswith("File ")
