"""Source code as HTML, coloured at build time by Pygments."""

from __future__ import annotations

import builtins
import keyword
from html import escape
from itertools import groupby
from typing import ClassVar

from pygments.lexer import inherit, words
from pygments.lexers.python import PythonLexer
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
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


class _Lexer(PythonLexer):  # type: ignore[misc]
    # What has no colour is most of a text, and Pygments would come to it last.
    tokens: ClassVar = {
        "root": [
            (r"(?:(?<=\S) +|[][{}():,;=+*/<>%-]|\.(?!\d))+", Punctuation),
            (rf"(?!(?:{_KNOWN})\b)[A-Za-z]\w*\b(?![\"'])", Name),
            inherit,
        ]
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
