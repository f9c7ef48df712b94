"""The Markdown of notebooks as HTML that is XML as well; see `markdown_parser` for how it is read.

What JupyterLab would show and a static page cannot, or what would stand there raw, is an error.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from html import escape, unescape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core.normalize import NEWLINES_RE
from markdown_it.token import Token

from authoring import markdown_parser
from authoring.book import code, edition, maths, numbering
from authoring.book.numbering import Label
from authoring.book.page import Cell, Heading, Mention
from authoring.notebook_error import NotebookError

NOTES = {"Ghi chú.": "info", "Mẹo.": "tip", "Cảnh báo.": "warning"}
# The HTML that authors may write; anything else in Markdown is an error.
_TAG = re.compile(r"(</?[A-Za-z!][^>]*>?)")
_ALLOWED = re.compile(
    r"<br ?/?>|<(?P<fold>details)(?P<open> open)?>"
    r"|<(?P<end>/?)(?P<name>details|summary|code|kbd|sub|sup|a)>"
)
_ANCHOR = re.compile(r"<a id=\"([^\"\s]+)\">")
_LONE_ANCHOR = re.compile(f"{_ANCHOR.pattern}</a>")
_FOLD = re.compile(r"<details[^>]*>\s*<summary>")
_CHECKBOX = 'class="task-list-item-checkbox"'
# Other dialects, which JupyterLab would show as they are typed, and what to write instead.
_DIALECTS = {
    r"\[\^[^\]]+\]": "chú thích cuối trang: viết vào câu hoặc trong ngoặc đơn",
    r"^:{3,}": "khối :::, chỉ MyST hiểu: dùng > **Ghi chú.**",
    r"^\[!\w+\]": "hộp [!…], chỉ GitHub hiểu: dùng > **Ghi chú.**",
    r"^:(?:begin|end)_tab:|^:(?:label|width):": "lệnh của d2lbook",
    r"\{\{?[#.:%<] ?[.#A-Za-z][^}]*\}*": "chỉ Pandoc, Hugo, … hiểu: neo là <a id>",
    r"^!!! \w+|^\([\w-]+\)=$": "chỉ MkDocs, MyST hiểu: dùng > **Ghi chú.**, <a id>",
    r"^\|[\s:|]*-[\s:|-]*$": "bảng hỏng: số cột ở đây khác hàng đầu",
    r"`+": "dấu ` lẻ: mã nằm giữa hai dấu `",
}
_DIALECT = re.compile("|".join(f"({pattern})" for pattern in _DIALECTS))
# How each of these begins, and a number: what has neither, as most texts, is soon done.
_MARK, _DIGIT = re.compile(r"^[\[:!(|]|\[\^|[{`]"), re.compile(r"\d")
_CELL = re.compile(r"(?<!\\)\|(?!\s*$)")  # where a row of a table parts
_ROLE = re.compile(r"(?:\{[\w:-]+\}|:[\w-]+:)$")  # before code: a link in MyST, Sphinx and d2lbook
# A name and its number, a number and its unit stay in one line.
_TOGETHER = re.compile(
    r"\b(?:Mục|Hình|Bảng|Section|Figure|Table) (?=\d)"
    r"|\d (?=(?:[kMGT]B|[mµ]?s|giây|phút|giờ|seconds|minutes|hours)\b)"
)
_LEADING = re.compile(r"link_|html_inline</?a\b")
_SHORT = 16  # letters of inline code that stay in one line
_LONG = 26  # letters of a name that breaks in a wide table too
_BREAK = re.compile(r"[ -]")  # where a browser would break a line
# Where a long name parts, in HTML: `set_|data(|"grad_|req"`, `Deferred|InitializationError`.
_PART = re.compile(r"(?<=[A-Za-z0-9)\]])[._/(=](?=(?:&quot;)?\w{4})|(?<=[a-z]{4})(?=[A-Z][a-z]{2})")
# What keeps to the formula beside it; of itself a browser may break a line between the two.
_OPENING = re.compile(r"[(\[“]+$")
_CLOSING = re.compile(r"[)\]”.,:;?!…%]+")
_PLAIN_TAGS = RendererHTML()


def render(text: str, cell: Cell) -> str:
    """Return the HTML of a cell's Markdown.

    Registers anchors, links and titles with the cell's page. Raises NotebookError for wrong TeX,
    HTML that is not allowed, broken pictures and links that cannot work in the site.
    """
    return show(parse(text), cell)


def parse(text: str) -> list[Token]:
    """Return the tokens of Markdown, every anchor before a heading made the heading's own."""
    tokens, lines = _parser().parse(text, {}), NEWLINES_RE.split(text)
    for token in tokens:
        if token.type == "tr_open" and token.map:
            token.content = lines[token.map[0]]
    return _folded(tokens)


def parse_inline(text: str) -> list[Token]:
    """Return the tokens of Markdown that stands within a line."""
    return _parser().parseInline(text)[0].children or []


def show(tokens: Sequence[Token], cell: Cell, *, translation: str = "", english: str = "") -> str:
    """Return the HTML of parsed Markdown, like `render`.

    An English half brings no headings of its own: `translation` is what a heading of the
    Vietnamese half says in English, as `title` returns it, `english` the same as `words` does.
    """
    return _Writer(cell, translation, english).whole(tokens)


def words(inline: Token, cell: Cell) -> str:
    """Return the plain words of a heading or a paragraph, of formulas what is read aloud."""
    return " ".join(_Writer(cell).plain(inline.children or []).split())


def title(inline: Token, cell: Cell) -> str:
    """Return the HTML of a heading's words, without the links and anchors among them."""
    writer = _Writer(cell)
    writer.silent, writer.line = True, (inline.map or [0])[0]
    children = inline.children or []
    return writer.whole([t for t in children if not _LEADING.match(t.type + t.content)])


@functools.cache
def _parser() -> MarkdownIt:
    return markdown_parser.make()


def _folded(tokens: list[Token]) -> list[Token]:
    # `<a id="x"></a>` alone before a heading, figure, table or formula becomes its own id.
    kept: list[Token] = []
    for i, token in enumerate(tokens):
        figure = token.type == "paragraph_open" and _figure(tokens[i + 1])
        takes = figure or token.type in ("heading_open", "table_open", "math_block")
        if takes and (anchor := anchor_of(kept[-3:])):
            token.attrSet("id", anchor)
            del kept[-3:]
        kept.append(token)
    return kept


def anchor_of(block: Sequence[Token]) -> str:
    """Return the name of the anchor that is all of a paragraph, "" for any other block."""
    if [token.type for token in block] != ["paragraph_open", "inline", "paragraph_close"]:
        return ""
    match = _LONE_ANCHOR.fullmatch(block[1].content)
    return match[1] if match else ""


def _figure(inline: Token) -> Token | None:
    # A picture alone in its paragraph.
    children = inline.children or []
    return children[0] if len(children) == 1 and children[0].type == "image" else None


class _Writer:
    """Writes the tokens of one half of a cell; its methods are named after what they write."""

    def __init__(self, cell: Cell, translation: str = "", english: str = "") -> None:
        self.cell, self.translation, self.english = cell, translation, english
        self.counts = cell.page.numbering.counts(cell.english)
        self.line = 0
        self.open: list[str] = []  # the author's own tags, and those of Markdown
        self.in_table = self.in_link = self.in_figure = False
        self.silent = False  # what is written was said already

    def whole(self, tokens: Sequence[Token]) -> str:
        html = self.all(tokens)
        if self.open:
            raise self.cell.error(f"<{self.open[-1]}> không có </{self.open[-1]}> trong cùng ô")
        if not len(_FOLD.findall(html)) == html.count("<details") == html.count("<summary"):
            raise self.cell.error("<details> phải mở đầu bằng một <summary>…</summary>")
        return html

    def all(self, tokens: Sequence[Token]) -> str:
        pieces = []
        for i, token in enumerate(tokens):
            if token.map:
                self.line = token.map[0]
            if token.level == markdown_parser.NESTING - 1:
                raise self.error("danh sách hay trích dẫn lồng nhau quá sâu")
            if token.type == "inline":
                pieces.append(self.all(token.children or []))
            else:
                pieces.append(getattr(self, token.type, self.tag)(tokens, i))
                self.nest(token.tag, token.nesting)
                if token.block and token.nesting < 1:
                    self.say(" ")
        return "".join(pieces)

    def say(self, text: str) -> None:
        if not self.silent:
            self.cell.say(text)

    def plain(self, tokens: Iterable[Token]) -> str:
        """Return the words of inline tokens, of formulas what is read aloud."""
        pieces = []
        for token in tokens:
            if token.type.startswith("math"):
                pieces.append(self.formula(token, display=token.markup == "$$").text)
            elif token.type == "html_inline":
                pieces.append(" " if token.content.startswith("<br") else "")
            else:
                pieces.append(token.content or " " * token.type.endswith("break"))
        return "".join(pieces)

    def error(self, reason: str) -> Exception:
        return self.cell.error(reason, self.line)

    def tag(self, tokens: Sequence[Token], i: int) -> str:
        return _PLAIN_TAGS.renderToken(tokens, i, _parser().options, {})

    def nest(self, tag: str, nesting: int) -> None:
        if nesting > 0:
            self.open.append(tag)
        elif nesting < 0 and tag not in self.open:
            raise self.error(f"</{tag}> không có <{tag}> ở trước trong cùng ô")
        elif nesting < 0 and (last := self.open.pop()) != tag:
            reason = f"<{last}> không có </{last}> trước </{tag}>, hoặc các thẻ đan chéo nhau"
            raise self.error(reason)

    def softbreak(self, tokens: Sequence[Token], i: int) -> str:
        self.say(" ")
        return "\n"

    def hardbreak(self, tokens: Sequence[Token], i: int) -> str:
        self.say(" ")
        return "<br/>\n"

    def text(self, tokens: Sequence[Token], i: int) -> str:
        content = tokens[i].content
        # The parser takes "\\b" for an escape and keeps it apart.
        before = tokens[i - 1].content if i else ""
        if "$" in content or (before == "\\b" and content.startswith("egin{")):
            raise self.error(f"“{before}{content}”: dấu $ lẻ, hoặc TeX ở ngoài $…$ và $$…$$")
        if _MARK.search(content) and (match := _DIALECT.search(content)):
            name = list(_DIALECTS.values())[(match.lastindex or 1) - 1]
            raise self.error(f"“{match[0]}”: {name}")
        has_number = _DIGIT.search(content)
        if has_number and not self.in_link and not self.silent:
            place = self.cell.place(self.line)
            self.cell.page.mentions += (
                Mention(place, label) for label in numbering.quoted(content)
            )
        self.say(content)
        own = content[len(self.joint(tokens, i - 1)[1]) :]
        own = own.removesuffix(self.joint(tokens, i + 1)[0])
        if has_number:
            own = _TOGETHER.sub(lambda match: f"{match[0][:-1]}\u00a0", own)
        return escape(own, quote=False)

    def text_special(self, tokens: Sequence[Token], i: int) -> str:
        token = tokens[i]
        following = tokens[i + 1].content if i + 1 < len(tokens) else ""
        if token.markup == "\\\\" and following[:1] in ("(", "["):
            raise self.error(f"“\\\\{following[0]}…”: viết công thức giữa $…$ hoặc $$…$$")
        self.say(token.content)
        return escape(token.content, quote=False)

    def heading_open(self, tokens: Sequence[Token], i: int) -> str:
        if self.cell.english:
            return '<p class="title">'
        token, children = tokens[i], tokens[i + 1].children or []
        level, words, page = int(token.tag[1]), self.plain(children), self.cell.page
        given = token.attrGet("id")
        if not words.strip():
            raise self.error("tiêu đề không có chữ nào")
        anchor = self.cell.anchor(str(given), self.line) if given else self.cell.slug(words)
        if (level == 1) == bool(page.headings):
            reason = "trang phải mở đầu bằng đúng một tiêu đề lớn (# …), rồi mới tới các mục (## …)"
            raise self.error(f"tiêu đề “{words}”: {reason}")
        number = ""
        if self.cell.numbered:
            number = page.numbering.heading(level, anchor, self.counts)
        shown = f'<span class="number">{number}</span> ' if number else ""
        before, after = self.around()
        both = f"{before}{title(tokens[i + 1], self.cell)}{after}"
        page.start(Heading(level, anchor, number, words, shown + both, english=self.english))
        self.silent = True
        return f'<{token.tag} id="{edition.anchor(anchor)}">{shown}{before}'

    def heading_close(self, tokens: Sequence[Token], i: int) -> str:
        if self.cell.english:
            return "</p>\n"
        self.silent = False
        heading = self.cell.page.headings[-1]
        href = edition.link(self.cell.page.address, heading.anchor)
        label = f"Liên kết tới mục “{escape(heading.title)}”"
        theirs = f"Link to the section “{escape(heading.english or heading.title)}”"
        link = edition.on_screen(
            f' <a class="anchor" href="{href}" aria-label="{label}" data-en="{theirs}"></a>'
        )
        return f"{self.around()[1]}{link}</{tokens[i].tag}>\n"

    def around(self) -> tuple[str, str]:
        """Return what stands before and after a heading's Vietnamese words."""
        if not self.translation:
            return "", ""
        theirs = edition.on_screen(f' <span class="en" lang="en">{self.translation}</span>')
        return '<span class="vi">', f"</span>{theirs}"

    def paragraph_open(self, tokens: Sequence[Token], i: int) -> str:
        self.in_figure = bool(_figure(tokens[i + 1])) and not tokens[i].hidden
        if self.in_figure:
            return f"<figure{self.id(tokens[i])}>"
        return self.tag(tokens, i)

    def paragraph_close(self, tokens: Sequence[Token], i: int) -> str:
        picture, self.in_figure = _figure(tokens[i - 1]) if self.in_figure else None, False
        if picture:
            label = self.label(numbering.FIGURE, tokens[i - 2])
            caption = self.caption(label, str(picture.attrGet("title") or ""))
            shown = f"<figcaption>{caption}</figcaption>" if caption else ""
            return f"{shown}</figure>\n"
        return self.tag(tokens, i)

    def blockquote_open(self, tokens: Sequence[Token], i: int) -> str:
        inline = (tokens[i + 2].children or []) if tokens[i + 1].type == "paragraph_open" else []
        strong = [token.type for token in inline if token.content or token.nesting][:2]
        first = next((token.content for token in inline if token.content), "")
        kind = NOTES.get(first) if strong == ["strong_open", "text"] else None
        return f'<blockquote class="note {kind}">\n' if kind else "<blockquote>\n"

    def table_open(self, tokens: Sequence[Token], i: int) -> str:
        self.in_table = True
        label = self.label(numbering.TABLE, tokens[i])
        caption = f"<caption>{self.caption(label)}</caption>" if label else ""
        return f'<div class="scroll"{self.id(tokens[i])}><table>{caption}\n'

    def table_close(self, tokens: Sequence[Token], i: int) -> str:
        self.in_table = False
        return "</table></div>\n"

    def tr_open(self, tokens: Sequence[Token], i: int) -> str:
        row = tokens[i].content
        width = next(n for n in range(i, len(tokens)) if tokens[n].type == "tr_close") - i
        cells = _CELL.split(row.lstrip("> ").removeprefix("|"))[width // 3 :]
        if tokens[i + 1].type == "td_open" and any(cell.strip(" |") for cell in cells):
            raise self.error(f"hàng “{row}” có nhiều ô hơn hàng đầu; | trong ô viết là \\|")
        return self.tag(tokens, i)

    def th_open(self, tokens: Sequence[Token], i: int) -> str:
        # The empty corner of a table heads nothing.
        if not tokens[i + 1].content:
            tokens[i].tag = tokens[i + 2].tag = "td"
        return self.tag(tokens, i)

    def code_inline(self, tokens: Sequence[Token], i: int) -> str:
        content = tokens[i].content
        if i and tokens[i - 1].type == "text" and (role := _ROLE.search(tokens[i - 1].content)):
            raise self.error(f"“{role[0]}`{content}`”: Jupyter không hiểu; viết [chữ](#neo)")
        self.say(content)
        html = escape(content)
        if self.in_table or len(content) > _SHORT:
            # Where a line or a cell is narrow a name may break, but between its parts.
            html = _PART.sub(r"\g<0><wbr/>", html)
            if self.in_table and len(content) > _LONG:
                html = html.replace("(<wbr/>", '(<wbr class="far"/>')
        elif _BREAK.search(content):
            return f'<code class="short">{html}</code>'
        return f"<code>{html}</code>"

    def link_open(self, tokens: Sequence[Token], i: int) -> str:
        token = tokens[i]
        end = next(n for n in range(i, len(tokens)) if tokens[n].type == "link_close")
        words = self.plain(tokens[i:end])
        href = self.cell.link(str(token.attrGet("href") or ""), self.line, words)
        shown = token.attrGet("title")
        self.in_link = True
        return f'<a href="{href}"' + (f' title="{escape(str(shown))}">' if shown else ">")

    def link_close(self, tokens: Sequence[Token], i: int) -> str:
        self.in_link = False
        return self.tag(tokens, i)

    def image(self, tokens: Sequence[Token], i: int) -> str:
        token = tokens[i]
        source, alt = str(token.attrGet("src") or ""), self.plain(token.children or [])
        if (caption := token.attrGet("title")) and not self.in_figure:
            raise self.error(f"chú thích “{caption}” không hiện được: hình ấy cần một đoạn riêng")
        return self.cell.image(source, alt, self.line)

    def fence(self, tokens: Sequence[Token], i: int) -> str:
        content, language = tokens[i].content, tokens[i].info.strip().split(" ")[0]
        if language.startswith("{") or language == "mermaid":
            raise self.error(f"khối {language} sách không hiểu: dùng > **Ghi chú.** hoặc một hình")
        self.say(content)
        return code.block(content, language) + "\n"

    code_block = fence  # an indented one, without a language

    def math_inline(self, tokens: Sequence[Token], i: int) -> str:
        formula = self.formula(tokens[i], display=False)
        self.say(formula.text)
        before, after = self.joint(tokens, i)
        html = f"{before}{formula.html}{after}"
        return f'<span class="joint">{html}</span>' if before or after else html

    def joint(self, tokens: Sequence[Token], i: int) -> tuple[str, str]:
        """Return the punctuation right before and after a formula in the text, else nothing."""
        if not 0 <= i < len(tokens) or tokens[i].type != "math_inline":
            return "", ""
        before, after = (
            tokens[n].content if 0 <= n < len(tokens) and tokens[n].type == "text" else ""
            for n in (i - 1, i + 1)
        )
        opening, closing = _OPENING.search(before), _CLOSING.match(after)
        return opening[0] if opening else "", closing[0] if closing else ""

    def math_inline_double(self, tokens: Sequence[Token], i: int) -> str:
        return f'<span class="formula">{self.formula(tokens[i], display=True).html}</span>'

    def math_block(self, tokens: Sequence[Token], i: int) -> str:
        html = self.formula(tokens[i], display=True).html
        label = self.label(numbering.FORMULA, tokens[i])
        number = f'<span class="number">({label.number})</span>' if label else ""
        return f'<div class="formula"{self.id(tokens[i])}>{html}{number}</div>\n'

    def formula(self, token: Token, *, display: bool) -> maths.Formula:
        tex = token.content.strip()
        if self.in_table and "|" in tex:
            # JupyterLab takes \| for TeX there, the parser for a | that parts no cells.
            raise self.error(f"công thức “{tex}” ở trong bảng: thay | bằng \\vert, \\Vert")
        try:
            formula = maths.render(tex, display)
        except NotebookError:
            raise  # KaTeX is not installed
        except ValueError as error:
            raise self.error(f"công thức “{tex}” sai: {error}") from error
        self.cell.page.letters |= formula.letters
        return formula

    def term(self, tokens: Sequence[Token], i: int) -> str:
        self.say(tokens[i].content)
        return str(tokens[i].meta["html"])

    def label(self, kind: str, token: Token) -> Label | None:
        """Return the label of a figure, table or formula that starts with `token`."""
        if not self.cell.numbered:
            return None
        anchor = "" if self.cell.english else str(token.attrGet("id") or "")
        if anchor:
            self.cell.anchor(anchor, self.line)
        return self.cell.page.numbering.thing(kind, anchor, self.counts)

    def id(self, token: Token) -> str:
        anchor = token.attrGet("id")
        return f' id="{edition.anchor(str(anchor))}"' if anchor and not self.cell.english else ""

    def caption(self, label: Label | None, text: str = "") -> str:
        name, said = "", text
        if label:
            kind = numbering.ENGLISH[label.kind] if self.cell.english else label.kind
            name = f'<span class="number">{kind} {label.number}</span>'
            said = f"{kind} {label.number} {text}"
        self.say(f" {said} ")
        return ". ".join(filter(None, [name, escape(text)]))

    def html_block(self, tokens: Sequence[Token], i: int) -> str:
        if "$" in tokens[i].content:
            raise self.error("công thức trong thẻ HTML không hiện được")
        return self.html(tokens[i].content)

    def html_inline(self, tokens: Sequence[Token], i: int) -> str:
        tag = tokens[i].content
        if re.match("</?(?:details|summary)", tag):
            raise self.error(f"{tag} phải đứng đầu dòng, ngoài các đoạn văn")
        return self.html(tag)

    def html(self, source: str) -> str:
        """Return the author's own HTML, if it is of the few tags that the book knows."""
        pieces = []
        # Text and the tags between, in turn.
        for position, part in enumerate(_TAG.split(source)):
            if position % 2:
                pieces.append(self.allowed(part))
            else:
                self.say(unescape(part))
                pieces.append(escape(unescape(part), quote=False))
        return "".join(pieces)

    def allowed(self, tag: str) -> str:
        if match := _ANCHOR.fullmatch(tag):
            self.nest("a", 1)
            if self.cell.english:
                return ""
            self.cell.page.numbering.place(self.cell.anchor(match[1], self.line))
            # Closed at once: links and terms may stand inside, and no link in a link.
            return f'<span id="{edition.anchor(match[1])}"></span>'
        if _CHECKBOX in tag:
            # A task list's; so that it says what it is.
            return tag.replace(">", ' aria-label="Việc cần làm" data-en="To do"/>')
        match = _ALLOWED.fullmatch(tag)
        if not match or tag == "<a>":
            raise self.error(f"thẻ HTML “{tag}” không dùng được trong sách")
        if tag.startswith("<br"):
            self.say(" ")
            return "<br/>"
        name = match["fold"] or match["name"]
        self.nest(name, -1 if match["end"] else 1)
        return f'<{name} open="">' if match["open"] else tag.removeprefix("</a>")
