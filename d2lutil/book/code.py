"""Source code as HTML, coloured at build time."""

from __future__ import annotations

import functools
from html import escape
from itertools import groupby

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType
from pygments.util import ClassNotFound

# The classes that book.css colours.
_COLOURS = {
    "k": (Keyword, Operator.Word),
    "s": (String,),
    "m": (Number,),
    "c": (Comment,),
    "nb": (Name.Builtin, Name.Exception),
    "nf": (Name.Function, Name.Class),
    "nd": (Name.Decorator,),
}


def block(source: str, language: str) -> str:
    """Return source code as `<pre>` in a box; plain where Pygments does not know the language."""
    lexer = _lexer(language)
    text = source.rstrip("\n")
    html = _coloured(text, lexer) if lexer else escape(text, quote=False)
    return f'<div class="code"><pre><code>{html}</code></pre></div>'


def _coloured(text: str, lexer: Lexer) -> str:
    # Pygments' own formatter marks every token, which makes a page half as heavy again.
    pieces: list[str] = []
    for colour, group in groupby(lexer.get_tokens(text), key=lambda token: _colour(token[0])):
        piece = escape("".join(value for _, value in group), quote=False)
        pieces.append(f'<span class="{colour}">{piece}</span>' if colour else piece)
    return "".join(pieces)


@functools.cache
def _colour(kind: _TokenType) -> str:
    return next(
        (name for name, kinds in _COLOURS.items() if any(kind in parent for parent in kinds)), ""
    )


@functools.cache
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False) if language else None
    except ClassNotFound:
        return None
