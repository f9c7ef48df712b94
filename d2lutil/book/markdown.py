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

from d2lutil.book import code, maths
from d2lutil.book.page import Cell

Env = MutableMapping[str, Any]
NOTES = {"Ghi chú.": "info", "Mẹo.": "tip", "Cảnh báo.": "warning"}
# The HTML that authors may write; anything else in Markdown is an error.
_TAG = re.compile(r"</?[A-Za-z!][^>]*>?")
_ALLOWED = re.compile(r"<br ?/?>|<details(?: open)?>|</?(?:details|summary|code|kbd|sub|sup)>|</a>")
_ANCHOR = re.compile(r"<a id=\"([^\"\s]+)\">")


def render(text: str, cell: Cell) -> str:
    """Return the HTML of a cell's Markdown.

    Registers anchors, links and titles with the cell's page. Raises NotebookError for wrong TeX,
    HTML that is not allowed, broken pictures and links that cannot work in the site.
    """
    env: Env = {"cell": cell, "line": 0, "folds": 0}
    parser = _parser()
    html: str = parser.renderer.render(_folded(parser.parse(text, env)), parser.options, env)
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
    # `<a id="x"></a>` alone before a heading becomes the heading's own id.
    kept: list[Token] = []
    for token in tokens:
        if token.type == "heading_open" and [t.type for t in kept[-3:]] == [
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
        return f'<div class="formula">{html}</div>\n'
    return f'<span class="formula">{html}</span>' if display else html


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
        return escape(content, quote=False)

    def text_special(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        return escape(tokens[i].content, quote=False)

    def heading_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        cell: Cell = env["cell"]
        token, title = tokens[i], _plain(tokens[i + 1].children or [])
        given = token.attrGet("id")
        anchor = cell.anchor(str(given), env["line"]) if given else cell.slug(title)
        token.attrSet("id", anchor)
        if token.tag == "h1":
            cell.page.titles.append(title)
        elif not cell.page.titles:
            raise cell.error(f"mục “{title}” đứng trước tiêu đề lớn (# …)", env["line"])
        return f'<{token.tag} id="{escape(anchor)}">'

    def heading_close(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        title = escape(_plain(tokens[i - 1].children or []))
        anchor = escape(str(tokens[i - 2].attrGet("id")))
        label = f"Liên kết tới mục “{title}”"
        return f' <a class="anchor" href="#{anchor}" aria-label="{label}"></a></{tokens[i].tag}>\n'

    def paragraph_open(
        self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env
    ) -> str:
        if _figure(tokens[i + 1]) and not tokens[i].hidden:
            return "<figure>"
        return self.renderToken(tokens, i, options, env)

    def paragraph_close(
        self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env
    ) -> str:
        picture = _figure(tokens[i - 1])
        if picture and not tokens[i].hidden:
            caption = str(picture.attrGet("title") or "")
            shown = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
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
        return '<div class="scroll"><table>\n'

    def table_close(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        # The empty corner of a table heads nothing.
        if not tokens[i + 1].content:
            tokens[i].tag = tokens[i + 2].tag = "td"
        return self.renderToken(tokens, i, options, env)

    def link_open(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        href = str(tokens[i].attrGet("href") or "")
        tokens[i].attrSet("href", env["cell"].link(href, env["line"]))
        return self.renderToken(tokens, i, options, env)

    def image(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        token = tokens[i]
        source, alt = str(token.attrGet("src") or ""), _plain(token.children or [])
        html: str = env["cell"].image(source, alt, env["line"])
        return html

    def fence(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        return code.block(tokens[i].content, tokens[i].info.strip().split(" ")[0]) + "\n"

    def code_block(self, tokens: Sequence[Token], i: int, options: OptionsDict, env: Env) -> str:
        return code.block(tokens[i].content, "") + "\n"

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
            cell.anchor(match[1], env["line"])
        elif not _ALLOWED.fullmatch(tag):
            raise cell.error(f"thẻ HTML “{tag}” không dùng được trong sách", env["line"])
        if tag.startswith("<details"):
            env["folds"] += 1
        elif tag == "</details>":
            env["folds"] -= 1
            if env["folds"] < 0:
                raise cell.error("</details> không có <details> trong cùng ô", env["line"])
    return html
