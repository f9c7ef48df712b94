"""What a code cell gave, as HTML: streams, errors, pictures, tables, text.

An output of which a static page would lose something is an error: never a page with a hole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from html.parser import HTMLParser
from itertools import groupby
from typing import Any

import nh3
from nbformat import NotebookNode

from authoring.book import edition, markdown, pictures, terminal
from authoring.book.page import Cell

LONG_TRACEBACK = 50  # lines
_DATA_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,")
# What runs, loads or asks for something: of it a page would show nothing, or something else.
_ALIVE = re.compile(
    r"<(script|iframe|video|audio|object|embed|canvas|form|input|button|select|textarea|svg|math)\b",
    re.IGNORECASE,
)
_TEX = re.compile(r"\$\$.+?\$\$|\$[^\s$](?:[^$\n]*[^\s$])?\$|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\begin\{(\w+\*?)\}.*\\end\{\1\}", re.DOTALL)
# What Python says of something that IPython would have displayed.
_DISPLAYED = re.compile(r"<IPython\.(?:core|lib)\.display\.[^>]+>")
_VOID = {"area", "br", "col", "hr", "img", "wbr"}


def render(cell: NotebookNode, at: Cell) -> str:
    """Return the HTML of a code cell's outputs, "" when it has none.

    Raises NotebookError for an output without any form that the book can show whole, and for a
    broken picture.
    """
    pieces = []
    # Jupyter may store one stream in several pieces.
    for name, group in groupby(cell.outputs, key=lambda output: output.get("name")):
        if name:
            pieces.append(_stream(name, "".join(output.text for output in group), at))
        else:
            pieces += [_one(output, at) for output in group]
    shown = "\n".join(filter(None, pieces))
    return f'<div class="outputs" role="group" aria-label="Kết quả">{shown}</div>' if shown else ""


def _stream(name: str, text: str, at: Cell) -> str:
    return _terminal(text.rstrip("\n"), f"out {escape(name)}", at)


def _terminal(text: str, kind: str, at: Cell) -> str:
    at.say(f" {terminal.plain(text)} ")
    html = terminal.to_html(text)
    return f'<pre class="{kind}">{html}</pre>' if html else ""


def _one(output: NotebookNode, at: Cell) -> str:
    if output.output_type == "error":
        return _error(output, at)
    data: Mapping[str, Any] = output.data
    if kind := pictures.of_data(data):
        return _picture(kind, data[kind], output.metadata.get(kind, {}), at)
    for kind, show in (("text/html", _html), ("text/markdown", _markdown), ("text/latex", _latex)):
        if isinstance(content := data.get(kind), str) and content.strip():
            return f'<div class="out rich">{show(edition.CONTROL.sub("", content), at)}</div>'
    content = data.get("text/plain")
    # Beside a richer form, the text is only a name for it.
    if not isinstance(content, str) or len(data) > 1:
        raise at.error(
            f"đầu ra kiểu {', '.join(data) or 'rỗng'}: sách không hiện được, "
            f"hãy cho ô in ra chữ, bảng hoặc hình ({', '.join(pictures.SUFFIXES)})"
        )
    if name := _DISPLAYED.search(content):
        raise at.error(f"đầu ra chỉ nhắc tên {name[0]}: hãy gọi display(…) cho thứ cần hiện")
    return _terminal(_unmoved(content), "out", at)


def _unmoved(text: str) -> str:
    # Only in a stream does a return or a backspace go back over what stands there.
    return re.sub(r"\r\n?", "\n", text).replace("\b", "")


def _picture(kind: str, content: str, metadata: Mapping[str, Any], at: Cell) -> str:
    try:
        picture = pictures.decoded(kind, content)
    except ValueError as error:
        raise at.error(f"đầu ra {kind}: {error}") from error
    alt = picture.title or "Hình do đoạn mã ngay trên vẽ ra"
    return f"<figure>{at.picture(picture, alt, _display_size(metadata, picture.size))}</figure>"


def _display_size(
    metadata: Mapping[str, Any], own: tuple[int, int] | None
) -> tuple[int, int] | None:
    """Return the size in which a program wants its picture shown, if it says so."""
    width, height = (
        side if isinstance(side := metadata.get(name), int) and side > 0 else None
        for name in ("width", "height")
    )
    if own and (width or height):
        width, height = (
            width or round(own[0] * (height or 0) / own[1]),
            height or round(own[1] * (width or 0) / own[0]),
        )
    return (width, height) if width and height else None


def _markdown(content: str, at: Cell) -> str:
    return markdown.render(content, at)


def _latex(content: str, at: Cell) -> str:
    """Return LaTeX as Jupyter shows it: formulas between dollar signs, or one environment."""
    tex = content.strip()
    if _ENVIRONMENT.fullmatch(tex):
        tex = f"$${tex}$$"
    elif (
        tex.startswith("$") and not tex.startswith("$$") and tex.count("$") == 2 and tex[-1] == "$"
    ):
        tex = f"${tex}$"
    return markdown.render(tex, at)


def _html(content: str, at: Cell) -> str:
    if alive := _ALIVE.search(content):
        raise at.error(
            f"đầu ra HTML chứa <{alive[1].lower()}>: trang tĩnh không hiện được, "
            "hãy cho ô in ra chữ, bảng hoặc hình"
        )
    clean = nh3.clean(
        content,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "data"},
        attribute_filter=_attribute,
    ).strip()
    writer = _Xhtml()
    # Cleaning decodes what was written as &#3;.
    writer.feed(edition.CONTROL.sub("", clean))
    writer.close()
    if writer.lost:
        raise at.error("đầu ra HTML có hình ở địa chỉ ngoài: sách chỉ giữ hình nằm trong notebook")
    if not writer.text.strip() and "<img" not in clean:
        raise at.error("đầu ra HTML không còn gì để hiện trên trang tĩnh")
    if tex := _TEX.search(writer.prose):
        raise at.error(
            f"đầu ra HTML chứa công thức “{tex[0]}”, trang tĩnh chỉ hiện được công thức trong "
            "text/markdown hoặc text/latex"
        )
    at.say(writer.text)
    return f'<div class="scroll">{"".join(writer.pieces)}</div>'


# nh3's own list without what could load a file or imitate the page.
_ATTRIBUTES = {tag: names - {"cite", "background"} for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if _DATA_PICTURE.match(value) else None
    if name == "href":
        return None if value.startswith("data:") else value
    return value


class _Xhtml(HTMLParser):
    """Writes the HTML of a program, already cleaned, as XML; also what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.text = self.prose = ""  # the latter without code, in which Jupyter sees no TeX
        self.lost = False  # a picture that is not in the notebook
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in ("code", "pre")
        self.lost |= tag == "img" and not dict(attrs).get("src")
        self.text += " "
        written = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        self.pieces.append(f"<{tag}{written}{'/' if tag in _VOID else ''}>")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("code", "pre")
        self.text += " "
        # The empty corner of a table heads nothing.
        if tag == "th" and self.pieces[-1] == "<th>":
            self.pieces[-1], tag = "<td>", "td"
        self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text += data
        self.prose += "" if self._code else data
        self.pieces.append(escape(data, quote=False))


def _error(output: NotebookNode, at: Cell) -> str:
    frames = [*map(_unmoved, output.traceback or [f"{output.ename}: {output.evalue}"])]
    # Of a long way through libraries only its ends help; the rest is there to be opened.
    long = sum(frame.count("\n") + 1 for frame in frames) > LONG_TRACEBACK
    pieces = [*_steps(frames[:-1], long, at), _terminal(frames[-1], "reason", at)]
    return f'<div class="out error">{"".join(pieces)}</div>'


def _steps(frames: list[str], long: bool, at: Cell) -> Iterator[str]:
    for hidden, group in groupby(frames, key=lambda frame: long and _in_library(frame)):
        part = list(group)
        text = "\n".join(part)
        html = f"<pre>{terminal.to_html(text)}</pre>"
        if hidden:
            title = f"{len(part)} bước bên trong thư viện"
            html = f"<details><summary>{title}</summary>{html}</details>"
        at.say(f" {terminal.plain(text)} ")
        yield html


def _in_library(frame: str) -> bool:
    return terminal.plain(frame).lstrip().startswith("File ")
