"""Source code as HTML, coloured at build time by Pygments."""

from __future__ import annotations

import builtins
import keyword
from html import escape
from itertools import groupby
from typing import Any, ClassVar

from pygments.lexer import words
from pygments.lexers.python import PythonLexer
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    String,
    Text,
    Token,
    _TokenType,
)

# The classes that book.css colours; a span around everything else would only weigh.
_CLASSES = {
    Comment: "c",
    Keyword: "k",
    Operator.Word: "k",
    Name.Builtin: "nb",
    Name.Class: "nf",
    Name.Decorator: "nd",
    Name.Exception: "nb",
    Name.Function: "nf",
    Number: "m",
    String: "s",
    String.Interpol: "",
}


_KNOWN = words((*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "self", "cls")).get()
# What has no colour is most of a text, and Pygments would come to it last, piece by piece.
_PLAIN = [
    (
        r"(?:(?<=\S) +|[][{}():,;=+*/<>%-]|\.(?!\d)"
        rf"|(?!(?:{_KNOWN})\b)[A-Za-z]\w*\b(?![\"']))+",
        Text,
    ),
    (r'"[^"\\\n%{]*"(?!")', String),
    (r"\d+(?![\w.])", Number),
]


def _short(rule: Any) -> Any:
    # Pygments lists all letters of all scripts, and to compile that takes longer than a page.
    if not isinstance(rule, tuple) or not isinstance(rule[0], str):
        return rule
    return rule[0].replace(PythonLexer.uni_name, r"[^\W\d]\w*"), *rule[1:]


class _Lexer(PythonLexer):  # type: ignore[misc]
    tokens: ClassVar = {
        state: [*_PLAIN * (state == "root"), *map(_short, rules)]
        for state, rules in PythonLexer.tokens.items()
    }


_LEXER = _Lexer(stripnl=False, ensurenl=False)


def block(source: str, language: str) -> str:
    """Return source code as `<pre>` in a box, coloured if its language is "python"."""
    text = source.rstrip("\n")
    html = _coloured(text) if language == "python" else escape(text, quote=False)
    return f'<div class="code"><pre><code>{html}</code></pre></div>'


def _coloured(text: str) -> str:
    pieces = []
    for name, group in groupby(_LEXER.get_tokens(text), key=lambda token: _class(token[0])):
        html = escape("".join(value for _, value in group), quote=False)
        pieces.append(f'<span class="{name}">{html}</span>' if name else html)
    return "".join(pieces)


def _class(kind: _TokenType) -> str:
    while kind is not Token and kind not in _CLASSES:
        kind = kind.parent
    return _CLASSES.get(kind, "")
