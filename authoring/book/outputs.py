"""What a code cell gave, as HTML: streams, errors, pictures, tables, text.

An output of which a static page would lose something is an error: never a page with a hole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser
from itertools import groupby
from typing import Any

import nh3

from authoring.book import edition, markdown, pictures, terminal
from authoring.book.page import Cell

LONG_TRACEBACK = 50  # lines
_SIDE = re.compile(r"\d{1,5}(?:\.\d+)?")
_TAG = re.compile(r"<([a-zA-Z][^\s/>]*)")
# The style of data frames only places what they say; colours and the like would be missed.
_TELLING = re.compile(
    r"""(?:<style[^>]*>[^<]*|\sstyle\s*=\s*(?:"[^"]*|'[^']*))(?<![\w-])"""
    r"((?:background|color|font-style|font-weight|text-decoration)[\w-]*)\s*:",
    re.IGNORECASE,
)
# As Jupyter finds it: formulas of a line of their own, then those within one.
_TEX = re.compile(
    r"(?<!\\)(?:\$\$(.+?)\$\$|\\\[(.+?)\\\]|(\\begin\{(\w+\*?)\}.*?\\end\{\4\})"
    r"|\$([^$]+)\$|\\\((.+?)\\\))",
    re.DOTALL,
)
_LATEX = re.compile(rf"{_TEX.pattern}|[!-/:-@\[-`{{-~]", re.DOTALL)
# What Python says of something that IPython would have displayed.
_DISPLAYED = re.compile(r"<IPython\.(?:core|lib)\.display\.[^>]+>")
_VOID = {"area", "br", "col", "hr", "img", "wbr"}


def render(cell: Mapping[str, Any], at: Cell) -> str:
    """Return the HTML of a code cell's outputs, "" when it has none.

    Raises NotebookError for an output without any form that the book can show whole, and for a
    broken picture.
    """
    pieces = []
    # Jupyter may store one stream in several pieces.
    for name, group in groupby(cell["outputs"], key=lambda output: output.get("name")):
        if name:
            text = "".join(output["text"] for output in group)
            pieces.append(_terminal(text.rstrip("\n"), f"out {escape(name)}", at))
        else:
            pieces += [_one(output, at) for output in group]
    shown = "\n".join(filter(None, pieces))
    label = 'aria-label="Kết quả" data-en="Results"'
    return f'<div class="outputs" role="group" {label}>{shown}</div>' if shown else ""


def _terminal(text: str, kind: str, at: Cell) -> str:
    at.say(f" {terminal.plain(text)} ")
    html = terminal.to_html(text)
    return f'<pre class="{kind}">{html}</pre>' if html else ""


def _one(output: Mapping[str, Any], at: Cell) -> str:
    if output["output_type"] == "error":
        return _error(output, at)
    data: Mapping[str, Any] = output["data"]
    if kind := pictures.of_data(data):
        wanted = output["metadata"].get(kind)
        shown = _picture(kind, data[kind], wanted if isinstance(wanted, Mapping) else {}, at)
        return f"<figure>{shown}</figure>"
    rich = {"text/html": _html, "text/markdown": markdown.render, "text/latex": _latex}
    for kind, show in rich.items():
        if isinstance(content := data.get(kind), str) and content.strip():
            return f'<div class="out rich">{show(edition.CONTROL.sub("", content), at)}</div>'
    content = data.get("text/plain")
    # Beside a richer form, the text is only a name for it.
    if not isinstance(content, str) or len(data) > 1:
        raise at.error(
            f"đầu ra kiểu {', '.join(data) or 'rỗng'}: sách không hiện được (kiểu lạ, hoặc rỗng), "
            f"hãy cho ô in ra chữ, bảng hoặc hình ({', '.join(pictures.SUFFIXES)})"
        )
    if name := _DISPLAYED.search(content):
        raise at.error(f"đầu ra chỉ nhắc tên {name[0]}: hãy gọi display(…) cho thứ cần hiện")
    return _terminal(_unmoved(content), "out", at)


def _unmoved(text: str) -> str:
    # Only in a stream does a return or a backspace go back over what stands there.
    return re.sub(r"\r\n?", "\n", text).replace("\b", "")


def _picture(kind: str, content: str, wanted: Mapping[str, Any], at: Cell, alt: str = "") -> str:
    try:
        picture = pictures.decoded(kind, content)
    except ValueError as error:
        raise at.error(f"đầu ra {kind}: {error}") from error
    size = _display_size(wanted, picture.size)
    if alt := alt or picture.title:
        return at.picture(picture, alt, size)
    html = at.picture(picture, "Hình do đoạn mã ngay trên vẽ ra", size)
    return html.removesuffix("/>") + ' data-en="Picture drawn by the code just above"/>'


def _display_size(wanted: Mapping[str, Any], own: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return the size in which a program wants its picture shown, if it says so."""
    width, height = (
        float(side) if _SIDE.fullmatch(side := str(wanted.get(name))) else 0
        for name in ("width", "height")
    )
    own = own or (300, 150)  # as a browser takes it
    size = width or own[0] * height / own[1], height or own[1] * width / own[0]
    return (max(1, round(size[0])), max(1, round(size[1]))) if any(size) else None


def _latex(content: str, at: Cell) -> str:
    """Return LaTeX as Jupyter shows it: formulas, and all else as it is typed."""
    whole = content.strip()

    def marked(match: re.Match[str]) -> str:
        if not match.lastindex:
            return f"\\{match[0]}"
        tex = match[match.lastindex].strip()
        # On a line of its own, else Markdown takes two for one.
        return f"\n\n$${tex}$$\n\n" if match.lastindex < 5 or match[0] == whole else f"${tex}$"

    return markdown.render(_LATEX.sub(marked, whole), at)


def _html(content: str, at: Cell) -> str:
    advice = "hãy cho ô in ra chữ, bảng hoặc hình"
    for tag in map(str.lower, _TAG.findall(content)):
        if tag not in _TAGS and tag != "style":
            raise at.error(f"đầu ra HTML chứa <{tag}>: trang tĩnh không hiện được, {advice}")
    if telling := _TELLING.search(content):
        raise at.error(f"đầu ra HTML nói bằng kiểu chữ, màu ({telling[1]}) nên sẽ mất ý: {advice}")
    clean = nh3.clean(
        content,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "data"},
    ).strip()
    writer = _Xhtml(at)
    # Cleaning decodes what was written as &#3;.
    writer.feed(edition.CONTROL.sub("", clean))
    writer.close()
    if not writer.text.strip() and "<img" not in clean:
        raise at.error("đầu ra HTML không còn gì để hiện trên trang tĩnh")
    if tex := next(filter(None, map(_TEX.search, writer.prose)), None):
        raise at.error(
            f"đầu ra HTML chứa công thức “{tex[0]}”, trang tĩnh chỉ hiện được công thức trong "
            "text/markdown hoặc text/latex"
        )
    at.say(writer.text)
    return f'<div class="scroll">{"".join(writer.pieces)}</div>'


# nh3's own lists without what HTML, and so an EPUB, has no more or what could load a file, with
# the numbers of lists.
_TAGS = nh3.ALLOWED_TAGS - {"acronym", "center", "rtc", "strike", "tt"}
_GONE = {"align", "background", "char", "charoff", "cite", "headers", "summary"}
_ATTRIBUTES = {tag: names - _GONE for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
_ATTRIBUTES |= {"hr": set(), "li": {"value"}, "ol": {"start", "reversed", "type"}}


class _Xhtml(HTMLParser):
    """Writes the HTML of a program, already cleaned, as XML; also what it says."""

    def __init__(self, at: Cell) -> None:
        super().__init__()
        self.at = at
        self.pieces: list[str] = []
        self.text = ""
        self.prose = [""]  # of each element, without code: in that Jupyter sees no TeX
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._code += tag in ("code", "pre")
        self.part(tag)
        if tag == "img":
            self.pieces.append(self.image(given))
            return
        # Cleaning takes away the address of a link that would run something.
        link = self.at.link(given.pop("href", "(không có địa chỉ)"), None) if tag == "a" else ""
        written = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
        written += f' href="{link}"' if link else ""
        self.pieces.append(f"<{tag}{written}{'/' if tag in _VOID else ''}>")

    def image(self, given: dict[str, str]) -> str:
        source = given.get("src", "")
        kind, _, content = source.removeprefix("data:").partition(";base64,")
        if kind not in pictures.SUFFIXES:
            raise self.at.error(
                f"đầu ra HTML có hình “{source:.60}”: sách chỉ giữ hình nằm trong notebook "
                f"(data:, base64), kiểu {', '.join(pictures.SUFFIXES)}"
            )
        return _picture(kind, content, given, self.at, given.get("alt", ""))

    def part(self, tag: str) -> None:
        self.text += " "
        if tag not in ("br", "wbr"):
            self.prose.append("")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("code", "pre")
        self.part(tag)
        # The empty corner of a table heads nothing.
        if tag == "th" and self.pieces[-1] == "<th>":
            self.pieces[-1], tag = "<td>", "td"
        self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text += data
        self.prose[-1] += "" if self._code else data
        html = escape(data, quote=False)
        # As in a terminal's text.
        after_pre = self.pieces and self.pieces[-1].startswith("<pre")
        self.pieces.append(re.sub(r"^\n", "<br/>", html) if after_pre else html)


def _error(output: Mapping[str, Any], at: Cell) -> str:
    frames = [*map(_unmoved, output["traceback"] or [f"{output['ename']}: {output['evalue']}"])]
    # Of a long way through libraries only its ends help; the rest is there to be opened.
    long = sum(frame.count("\n") + 1 for frame in frames) > LONG_TRACEBACK
    pieces = []
    for hidden, group in groupby(frames[:-1], key=lambda frame: long and _in_library(frame)):
        part = list(group)
        text = "\n".join(part)
        at.say(f" {terminal.plain(text)} ")
        html = f"<pre>{terminal.to_html(text)}</pre>"
        if hidden:
            title = edition.both(
                f"{len(part)} bước bên trong thư viện", f"{len(part)} steps inside the library"
            )
            html = f"<details><summary>{title}</summary>{html}</details>"
        pieces.append(html)
    pieces.append(_terminal(frames[-1], "reason", at))
    return f'<div class="out error">{"".join(pieces)}</div>'


def _in_library(frame: str) -> bool:
    return terminal.plain(frame).lstrip().startswith("File ")
