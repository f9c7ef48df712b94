"""One half of a Markdown cell as a list of blocks, each with its prose, code, maths and links.

The other checks see only this list. Markdown is read by the parser that the book uses too.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it.token import Token

from authoring import markdown_parser

# Stand for what is not prose, one character each, so that its neighbours can still be judged.
CODE, MATHS, IMAGE, ADDRESS = "\ue000", "\ue001", "\ue002", "\ue003"
_NAMES = {CODE: "[mã]", MATHS: "[công thức]", IMAGE: "[hình]", ADDRESS: "[địa chỉ]"}
STAND_INS = "".join(_NAMES)
# What an entity makes of the stand-ins themselves: another private character, which is reported.
_SMUGGLED = str.maketrans(dict.fromkeys(STAND_INS, "\uf8ff"))

_MARKDOWN = markdown_parser.make()
_ANCHOR_OPEN = re.compile(r"<a\s+(?:id|name)\s*=", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\s+(?:id|name)\s*=[^>]*>\s*</a\s*>", re.IGNORECASE)
_QUOTATION = re.compile(r"“([^“”]*)”")
_VERBATIM = {"kbd", "code", "samp", "var"}
_OPENED = {
    "bullet_list_open": "danh sách",
    "list_item_open": "mục danh sách",
    "blockquote_open": "khối trích",
    "table_open": "bảng",
    "tr_open": "hàng bảng",
    "hr": "đường kẻ ngang",
}
_HELD = {"paragraph_open": "đoạn văn", "th_open": "ô bảng", "td_open": "ô bảng"}


def shown(text: str) -> str:
    """Return text for a message, with words for the stand-ins and codes for what isn't seen."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else _NAMES.get(sign, f"[U+{ord(sign):04X}]")
        for sign in text
    )


@dataclass
class Prose:
    """Running text without markup; code, maths, pictures and addresses are stand-ins."""

    text: str = ""
    lines: list[int] = field(default_factory=list)  # the cell's line of each character
    # English in italics or quotations; signs that are escaped, as in \*.
    foreign: list[bool] = field(default_factory=list)
    is_caption: bool = False  # of a picture or link, where maths cannot stand

    def add(self, text: str, line: int) -> None:
        """Append text that stands on one line of the cell."""
        self.text += text
        self.lines += [line] * len(text)
        self.foreign += [False] * len(text)

    def foreign_runs(self) -> Iterator[tuple[str, int]]:
        """Yield each stretch of foreign text, and where it starts."""
        if not any(self.foreign):
            return
        marks = "".join("x" if foreign else " " for foreign in self.foreign)
        for run in re.finditer("x+", marks):
            yield self.text[run.start() : run.end()], run.start()


@dataclass
class Block:
    """A paragraph, heading, table cell, list, … of a half, in the order of the page."""

    kind: str  # Vietnamese, for messages
    depth: int
    line: int
    prose: Prose = field(default_factory=Prose)
    captions: list[Prose] = field(default_factory=list)  # alternative texts and titles
    code: list[str] = field(default_factory=list)
    maths: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    bold: int = 0  # how many stretches
    italics: int = 0  # out of brackets
    verbatim: str = ""  # of a code block


@dataclass
class Document:
    """The blocks of one half, and the line of each anchor (`<a id>`) in it."""

    blocks: list[Block] = field(default_factory=list)
    anchors: list[int] = field(default_factory=list)

    def proses(self) -> Iterator[Prose]:
        """Yield every piece of prose: running text, then captions, block by block."""
        for block in self.blocks:
            yield block.prose
            yield from block.captions


@functools.cache
def parse(half: str, first_line: int = 1) -> Document:
    """Parse one half of a cell that starts on the cell's line `first_line`; not to be changed."""
    document = Document()
    held, depth, line = "", 0, first_line
    for token in _MARKDOWN.parse(half):
        if token.map:
            line = token.map[0] + first_line
        if token.type in _HELD:
            held, depth = _HELD[token.type], token.level
        elif token.type == "heading_open":
            held, depth = f"tiêu đề cấp {token.tag[1]}", token.level
        elif token.type == "inline":
            block = Block(held, depth, line)
            anchors = _Inline(block, token.children or []).anchors
            document.anchors += anchors
            if not (anchors and held == "đoạn văn" and not block.prose.text.strip()):
                document.blocks.append(block)
        elif token.type in _OPENED:
            document.blocks.append(Block(_OPENED[token.type], token.level, line))
        elif token.type == "ordered_list_open":
            start = token.attrGet("start") or 1
            document.blocks.append(Block(f"danh sách đánh số từ {start}", token.level, line))
        elif token.type in {"fence", "code_block"}:
            kind = f"khối mã {token.info.strip()}".strip()
            document.blocks.append(Block(kind, token.level, line, verbatim=token.content))
        elif token.type == "math_block":
            maths = [token.content]
            document.blocks.append(Block("công thức riêng dòng", token.level, line, maths=maths))
        elif token.type == "html_block":
            for anchor in _ANCHOR.finditer(token.content):
                document.anchors.append(line + token.content.count("\n", 0, anchor.start()))
            html = _Html(line, token.level)
            html.feed(_ANCHOR.sub(_only_newlines, token.content))
            html.close()
            document.blocks += html.blocks
    return document


def _only_newlines(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")


class _Inline:
    """Fills a block from the inline tokens of a paragraph, heading or table cell."""

    def __init__(self, block: Block, tokens: Sequence[Token]) -> None:
        self.block, self.line = block, block.line
        self.anchors: list[int] = []
        self._verbatim = 0
        self._emphasis: list[int] = []
        self._open_anchors = 0
        for token in tokens:
            # Fails for a kind without a method: its text would vanish from every check.
            getattr(self, token.type)(token)
        for quotation in _QUOTATION.finditer(block.prose.text):
            self._mark_foreign(quotation.start(1), quotation.end(1))

    def _without_text(self, token: Token) -> None:
        pass

    strong_close = s_open = s_close = _without_text

    def strong_open(self, token: Token) -> None:
        self.block.bold += 1

    def text(self, token: Token) -> None:
        if self._verbatim:
            return
        # The parser itself makes no link of an address that stands in the text of another link.
        assert _MARKDOWN.linkify is not None
        token.content, at = token.content.translate(_SMUGGLED), 0
        has_one = _MARKDOWN.linkify.pretest(token.content)
        for address in (has_one and _MARKDOWN.linkify.match(token.content)) or []:
            self.block.prose.add(token.content[at : address.index], self.line)
            self.block.prose.add(ADDRESS, self.line)
            self.block.links.append(address.url)
            at = address.last_index
        self.block.prose.add(token.content[at:], self.line)

    def text_special(self, token: Token) -> None:
        self.text(token)
        if not self._verbatim and token.content in "*`$~":
            # Escaped: meant as it stands, no leftover of broken markup.
            self.block.prose.foreign[-1] = True

    def softbreak(self, token: Token) -> None:
        self.block.prose.add("\n", self.line)
        self.line += 1

    hardbreak = softbreak

    def code_inline(self, token: Token) -> None:
        self.block.prose.add(CODE, self.line)
        self.block.code.append(token.content)

    def math_inline(self, token: Token) -> None:
        self.block.prose.add(MATHS, self.line)
        self.block.maths.append(token.content)
        self.line += token.content.count("\n")

    math_inline_double = math_inline

    def image(self, token: Token) -> None:
        self.block.prose.add(IMAGE, self.line)
        self.block.images.append(str(token.attrGet("src")))
        caption = Block("", 0, self.line, Prose(is_caption=True))
        _Inline(caption, token.children or [])
        if caption.prose.text:
            self.block.captions.append(caption.prose)
        self._caption(token.attrGet("title"))

    def link_open(self, token: Token) -> None:
        self.block.links.append(str(token.attrGet("href")))
        self._caption(token.attrGet("title"))
        if token.info == "auto":
            self.block.prose.add(ADDRESS, self.line)
            self._verbatim += 1

    def link_close(self, token: Token) -> None:
        if token.info == "auto":
            self._verbatim -= 1

    def em_open(self, token: Token) -> None:
        # In brackets stands the English name of a term.
        self.block.italics += not self.block.prose.text.endswith("(")
        self._emphasis.append(len(self.block.prose.text))

    def em_close(self, token: Token) -> None:
        self._mark_foreign(self._emphasis.pop(), len(self.block.prose.text))

    def html_inline(self, token: Token) -> None:
        if _ANCHOR_OPEN.match(token.content):
            self.anchors.append(self.line)
            self._open_anchors += 1
            return
        if self._open_anchors and token.content.lower().startswith("</a"):
            self._open_anchors -= 1
            return
        if "task-list-item-checkbox" in token.content:
            self.block.tags.append("[x]" if "checked=" in token.content else "[ ]")
            return
        self.block.tags.append(token.content)
        match = re.match(r"<(/?)(\w+)", token.content)
        if match and match.group(2).lower() in _VERBATIM:
            if match.group(1):
                self._verbatim = max(0, self._verbatim - 1)
            else:
                self.block.prose.add(CODE, self.line)
                self._verbatim += 1
        elif match and match.group(2).lower() == "br":
            self.block.prose.add(" ", self.line)

    def _mark_foreign(self, start: int, end: int) -> None:
        # Text without a single Vietnamese letter; a Vietnamese one may be marked too, harmlessly.
        if self.block.prose.text[start:end].isascii():
            self.block.prose.foreign[start:end] = [True] * (end - start)

    def _caption(self, text: str | int | float | None) -> None:
        if text:
            caption = Prose(is_caption=True)
            caption.add(str(text), self.line)
            self.block.captions.append(caption)


class _Html(HTMLParser):
    """Takes an HTML block apart into its tags and the text between them."""

    def __init__(self, line: int, depth: int) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._first, self._depth = line, depth

    def _line(self) -> int:
        return self._first + self.getpos()[0] - 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        block = Block(f"thẻ <{tag}>", self._depth, self._line())
        for name, value in attrs:
            if name in {"alt", "title"}:
                caption = Prose(is_caption=True)
                caption.add(value or "", block.line)
                block.captions.append(caption)
            elif name == "href":
                block.links.append(value or "")
            elif name == "src":
                block.images.append(value or "")
            else:
                block.tags.append(f"{name}={value}")
        self.blocks.append(block)

    def handle_endtag(self, tag: str) -> None:
        self.blocks.append(Block(f"thẻ </{tag}>", self._depth, self._line()))

    def handle_data(self, data: str) -> None:
        data = data.translate(_SMUGGLED)
        if data.strip():
            lead = len(data) - len(data.lstrip())
            line = self._line() + data.count("\n", 0, lead)
            block = Block("chữ trong thẻ HTML", self._depth, line)
            for part in data.strip().splitlines(keepends=True):
                block.prose.add(part, line)
                line += 1
            self.blocks.append(block)
