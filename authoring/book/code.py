"""Source code as HTML, coloured at build time; tree-sitter finds out what each piece of it is."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Iterator
from html import escape
from itertools import groupby

import tree_sitter_python
from tree_sitter import Language, Parser

# The classes that book.css colours; what stands in such a node has its colour too,
_COLOURS = {
    "comment": "c",
    "decorator": "nd",
    "false": "k",
    "float": "m",
    "format_specifier": "s",
    "integer": "m",
    "none": "k",
    "string": "s",
    "true": "k",
    "type_conversion": "s",
}
# unless it is code of its own.
_PLAIN = {"argument_list", "interpolation"}
# Parts of these are leaves, the rest of them is not.
_WHOLE = {"format_specifier", "string_content"}
_DEFINED = {("class_definition", "name"), ("function_definition", "name")}
_BUILTINS = {name for name in dir(builtins) if not name.startswith("_")} | {"cls", "self"}
# Where a name is not the builtin that is written like it: `x.max`, `f(max=1)`.
_OTHERS = {("attribute", "attribute"), ("keyword_argument", "name")}


def block(source: str, language: str) -> str:
    """Return source code as `<pre>` in a box, coloured if its language is "python"."""
    text = source.rstrip("\n")
    html = _coloured(text) if language == "python" else escape(text, quote=False)
    return f'<div class="code"><pre><code>{html}</code></pre></div>'


def _coloured(text: str) -> str:
    data = text.encode()
    pieces: list[str] = []
    done = 0
    # A span around every leaf would make a page half as heavy again.
    for colour, group in groupby(_leaves(data), key=lambda leaf: leaf[0]):
        if colour:
            leaves = list(group)
            start, end = leaves[0][1], leaves[-1][2]
            pieces += [_escaped(data[done:start]), f'<span class="{colour}">']
            pieces += [_escaped(data[start:end]), "</span>"]
            done = end
    pieces.append(_escaped(data[done:]))
    return "".join(pieces)


def _escaped(data: bytes) -> str:
    return escape(data.decode(), quote=False)


def _leaves(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield colour ("" for none), start and end of every leaf of Python's syntax tree."""
    cursor = _parser().parse(data).walk()
    around = [("", "")]  # kind and colour of the nodes that the cursor is in
    while node := cursor.node:
        parent, colour = around[-1]
        kind, place = node.type, (parent, cursor.field_name)
        if kind in _COLOURS:
            colour = _COLOURS[kind]
        elif kind in _PLAIN:
            colour = ""
        elif place in _DEFINED:
            colour = "nf"
        elif not colour and kind == "identifier":
            name = data[node.start_byte : node.end_byte].decode()
            known = name in _BUILTINS and place not in _OTHERS
            colour = "nb" if known else ""
        elif not node.is_named and kind[:1].isalpha():
            colour = "k"
        if kind not in _WHOLE and cursor.goto_first_child():
            around.append((kind, colour))
            continue
        yield colour, node.start_byte, node.end_byte
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            around.pop()


@functools.cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_python.language()))
