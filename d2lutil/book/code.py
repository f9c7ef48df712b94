"""Source code as HTML, coloured at build time."""

from __future__ import annotations

import functools
from html import escape

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound


def block(source: str, language: str) -> str:
    """Return source code as `<pre>` in a box; plain where Pygments does not know the language."""
    lexer = _lexer(language)
    text = source.rstrip("\n")
    html = highlight(text, lexer, _formatter()) if lexer else escape(text, quote=False)
    return f'<div class="code"><pre><code>{html}</code></pre></div>'


@functools.cache
def _formatter() -> HtmlFormatter[str]:
    return HtmlFormatter(nowrap=True)


@functools.cache
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False) if language else None
    except ClassNotFound:
        return None
