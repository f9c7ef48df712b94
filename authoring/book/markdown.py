"""The Markdown of notebooks as HTML, read as Jupyter reads it: CommonMark, tables, TeX."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, MutableMapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin

from authoring.book import code, maths, numbering
from authoring.book.numbering import Label, Mention
from authoring.book.page import Cell

Env = MutableMapping[str, Any]
NOTES = {"Ghi chú.": "info", "Mẹo.": "tip", "Cảnh báo.": "warning"}
# The HTML that authors may write; anything else in Markdown is an error.
_TAG = re.compile(r"</?[A-Za-z!][^>]*>?")
_ALLOWED = re.compile(r"<br ?/?>|<details(?: open)?>|</?(?:details|summary|code|kbd|sub|sup)>|</a>")
# A name and its number, a number and its unit stay in one line.
_TOGETHER = re.compile(
    r"\b(?:Mục|Hình|Bảng|Section|Figure|Table) (?=\d)"
    r"|\d (?=(?:[kMGT]B|[mµ]?s|giây|phút|giờ|seconds|minutes|hours)\b)"
)
_SHORT = 16  # letters of inline code that stay in one line
_LONG = 26  # letters of a name that breaks in a wide table too
_BREAK = re.compile(r"[ -]")  # where a browser would break a line
_PART = re.compile(r"(?<=\w)[._/(=](?=\w{4})")
_ANCHOR = re.compile(r"<a id=\"([^\"\s]+)\">")


def render(text: str, cell: Cell) -> str:
    """Return the HTML of a cell's Markdown.

    Registers anchors, links and titles with the cell's page. Raises NotebookError for wrong TeX,
    HTML that is not allowed, broken pictures and links that cannot work in the site.
    """
    return show(parse(text), cell)


def parse(text: str) -> list[Token]:
    """Return the tokens of Markdown, every anchor before a heading made the heading's own."""
    return _folded(_parser().parse(text, {}))


def show(
    tokens: Sequence[Token], cell: Cell, *, english: bool = False, translation: str = ""
) -> str:
    """Return the HTML of parsed Markdown, like `render`.

    The `english` half brings no headings of its own: `translation` is what a heading of the
    Vietnamese half says in English, as HTML.
    """
    env: Env = {"cell": cell, "line": 0, "folds": 0, "english": english, "title": translation}
    env.update(counts=cell.page.numbering.counts(english), in_link=False, in_table=False)
    parser = _parser()
    html: str = parser.renderer.render(tokens, parser.options, env)
    if env["folds"]:
        raise cell.error("<details> không có </details> trong cùng ô")
    return html


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", renderer_cls=_Renderer).enable("table")
    # Escaped characters stay apart, so that \$ is told from a dollar sign without a partner.
    parser.disable("text_join")
    parser.use(dollarmath_plugin, allow_labels=False, double_inline=True)
    for kind in ("math_inline", "math_inline_double", "math_block"):
        parser.add_render_rule(kind, _maths)
    return parser


def _folded(tokens: list[Token]) -> list[Token]:
    # `<a id="x"></a>` alone before a heading, figure, table or formula becomes its own id.
    kept: list[Token] = []
    for i, token in enumerate(tokens):
        figure = token.type == "paragraph_open" and _figure(tokens[i + 1])
        takes = figure or token.type in ("heading_open", "table_open", "math_block")
        if takes and [t.type for t in kept[-3:]] == [
            "paragraph_open",
            "inline",
            "paragraph_close",
        ]:
            anchor = kept[-2].content.strip()
            match = _ANCHOR.match(anchor)
            if match and anchor == f"{match[0]}</a>":
                token.attrSet("id", match[1])
                del kept[-3:]
        kept.append(token)
    return kept


def _plain(tokens: Iterable[Token]) -> str:
    return "".join(
        " " if token.type in ("softbreak", "hardbreak") else token.content
        for token in tokens
        if token.type != "html_inline"
    )


def _figure(inline: Token) -> Token | None:
    # A picture alone in its paragraph.
    children = inline.children or []
    return children[0] if len(children) == 1 and children[0].type == "image" else None


def _maths(
    self: RendererHTML, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env
) -> str:
    token = tokens[i]
    display = token.type != "math_inline"
    try:
        html = maths.render(token.content.strip(), display)
    except ValueError as error:
        cell: Cell = env["cell"]
        raise cell.error(
            f"công thức “{token.content.strip()}” sai: {error}", env["line"]
        ) from error
    if token.type == "math_block":
        label = _label(numbering.FORMULA, token, env)
        number = f'<span class="number">({label.number})</span>' if label else ""
        return f'<div class="formula"{_id(token, env)}>{html}{number}</div>\n'
    return f'<span class="formula">{html}</span>' if display else html


def _label(kind: str, token: Token, env: Env) -> Label | None:
    """Return the label of a figure, table or formula that starts with `token`."""
    cell: Cell = env["cell"]
    if not cell.numbered:
        return None
    anchor = "" if env["english"] else str(token.attrGet("id") or "")
    if anchor:
        cell.anchor(anchor, env["line"])
    return cell.page.numbering.thing(kind, anchor, env["counts"])


def _id(token: Token, env: Env) -> str:
    anchor = token.attrGet("id")
    return f' id="{escape(str(anchor))}"' if anchor and not env["english"] else ""


def _caption(label: Label | None, text: str, env: Env) -> str:
    name = ""
    if label:
        kind = numbering.ENGLISH[label.kind] if env["english"] else label.kind
        name = f'<span class="number">{kind} {label.number}</span>'
    return ". ".join(filter(None, [name, escape(text)]))


class _Renderer(RendererHTML):
    # Methods are rules, named after tokens.

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: Env) -> str:
        pieces: list[str] = []
        for i, token in enumerate(tokens):
            if token.map:
                env["line"] = token.map[0]
            if token.type == "inline":
                pieces.append(self.renderInline(token.children or [], options, env))
            else:
                rule = self.rules.get(token.type, self.renderToken)
                pieces.append(rule(tokens, i, options, env))
        return "".join(pieces)

    def text(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        content = tokens[i].content
        # The parser takes "\\b" for an escape and keeps it apart.
        before = tokens[i - 1].content if i else ""
        if "$" in content or (before == "\\b" and content.startswith("egin{")):
            raise env["cell"].error(
                f"“{before}{content}”: dấu $ lẻ, hoặc TeX ở ngoài $…$ và $$…$$", env["line"]
            )
        cell: Cell = env["cell"]
        if not env["in_link"]:
            for label in numbering.quoted(content):
                cell.page.numbering.mentions.append(Mention(cell, env["line"], label))
        return escape(_TOGETHER.sub(lambda match: f"{match[0][:-1]}\u00a0", content), quote=False)

    def text_special(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        return escape(tokens[i].content, quote=False)

    def heading_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        if env["english"]:
            return '<p class="title">'
        cell: Cell = env["cell"]
        token, title = tokens[i], _plain(tokens[i + 1].children or [])
        given = token.attrGet("id")
        anchor = cell.anchor(str(given), env["line"]) if given else cell.slug(title)
        token.attrSet("id", anchor)
        if token.tag == "h1":
            cell.page.titles.append(title)
        elif not cell.page.titles:
            raise cell.error(f"mục “{title}” đứng trước tiêu đề lớn (# …)", env["line"])
        number = ""
        if cell.numbered:
            number = cell.page.numbering.heading(int(token.tag[1]), anchor, env["counts"])
        shown = f'<span class="number">{number}</span> ' if number else ""
        ours = '<span class="vi">' if env["title"] else ""
        return f'<{token.tag} id="{escape(anchor)}">{shown}{ours}'

    def heading_close(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        if env["english"]:
            return "</p>\n"
        theirs = f'</span> <span class="en" lang="en">{env["title"]}</span>' if env["title"] else ""
        title = escape(_plain(tokens[i - 1].children or []))
        anchor = escape(str(tokens[i - 2].attrGet("id")))
        link = f'<a class="anchor" href="#{anchor}" aria-label="Liên kết tới mục “{title}”"></a>'
        return f"{theirs} {link}</{tokens[i].tag}>\n"

    def paragraph_open(
        self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env
    ) -> str:
        if _figure(tokens[i + 1]) and not tokens[i].hidden:
            return f"<figure{_id(tokens[i], env)}>"
        return self.renderToken(tokens, i, options, env)

    def paragraph_close(
        self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env
    ) -> str:
        picture = _figure(tokens[i - 1])
        if picture and not tokens[i].hidden:
            label = _label(numbering.FIGURE, tokens[i - 2], env)
            caption = _caption(label, str(picture.attrGet("title") or ""), env)
            shown = f"<figcaption>{caption}</figcaption>" if caption else ""
            return f"{shown}</figure>\n"
        return self.renderToken(tokens, i, options, env)

    def blockquote_open(
        self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env
    ) -> str:
        inline = (tokens[i + 2].children or []) if tokens[i + 1].type == "paragraph_open" else []
        strong = [token.type for token in inline if token.content or token.nesting][:2]
        first = next((token.content for token in inline if token.content), "")
        kind = NOTES.get(first) if strong == ["strong_open", "text"] else None
        return f'<blockquote class="note {kind}">\n' if kind else "<blockquote>\n"

    def table_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        env["in_table"] = True
        label = _label(numbering.TABLE, tokens[i], env)
        caption = f"<caption>{_caption(label, '', env)}</caption>" if label else ""
        return f'<div class="scroll"{_id(tokens[i], env)}><table>{caption}\n'

    def table_close(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        env["in_table"] = False
        return "</table></div>\n"

    def code_inline(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        content = tokens[i].content
        html = escape(content)
        if env["in_table"]:
            # Cells are narrow: a name may break there, but between its parts.
            html = _PART.sub(r"\g<0><wbr>", html)
            if len(content) > _LONG:
                html = html.replace("(<wbr>", '(<wbr class="far">')
        elif len(content) <= _SHORT and _BREAK.search(content):
            return f'<code class="short">{html}</code>'
        return f"<code>{html}</code>"

    def th_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        # The empty corner of a table heads nothing.
        if not tokens[i + 1].content:
            tokens[i].tag = tokens[i + 2].tag = "td"
        return self.renderToken(tokens, i, options, env)

    def link_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        href = str(tokens[i].attrGet("href") or "")
        end = next(n for n in range(i, len(tokens)) if tokens[n].type == "link_close")
        tokens[i].attrSet("href", env["cell"].link(href, env["line"], _plain(tokens[i:end])))
        env["in_link"] = True
        return self.renderToken(tokens, i, options, env)

    def link_close(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        env["in_link"] = False
        return "</a>"

    def image(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        token = tokens[i]
        source, alt = str(token.attrGet("src") or ""), _plain(token.children or [])
        html: str = env["cell"].image(source, alt, env["line"])
        return html

    def fence(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        return code.block(tokens[i].content, tokens[i].info.strip().split(" ")[0]) + "\n"

    def code_block(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        return code.block(tokens[i].content, "") + "\n"

    def term(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        return str(tokens[i].meta["html"])

    def html_block(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        content = tokens[i].content
        if "$" in content:
            raise env["cell"].error("công thức trong thẻ HTML không hiện được", env["line"])
        return _checked(content, env)

    def html_inline(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        return _checked(tokens[i].content, env)


def _checked(html: str, env: Env) -> str:
    cell: Cell = env["cell"]
    for tag in _TAG.findall(html):
        if match := _ANCHOR.fullmatch(tag):
            cell.page.numbering.place(cell.anchor(match[1], env["line"]))
        elif not _ALLOWED.fullmatch(tag):
            raise cell.error(f"thẻ HTML “{tag}” không dùng được trong sách", env["line"])
        if tag.startswith("<details"):
            env["folds"] += 1
        elif tag == "</details>":
            env["folds"] -= 1
            if env["folds"] < 0:
                raise cell.error("</details> không có <details> trong cùng ô", env["line"])
    return html
