"""The one way in which Markdown is read here: as JupyterLab reads it.

That is CommonMark with GitHub's tables, strikethrough, task lists and bare addresses, and TeX
between dollar signs.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML, RendererProtocol
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.tasklists import tasklists_plugin


def make(renderer: type[RendererProtocol] = RendererHTML) -> MarkdownIt:
    """Return a parser whose tokens `renderer` shows."""
    parser = MarkdownIt("commonmark", {"linkify": True}, renderer_cls=renderer)
    parser.enable(["table", "strikethrough", "linkify"])
    # Else "train.py" would be an address in Paraguay.
    assert parser.linkify is not None
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    # Escaped characters stay apart, so that \$ is told from a dollar sign without a partner.
    parser.disable("text_join")
    parser.use(dollarmath_plugin, allow_labels=False, double_inline=True)
    parser.use(tasklists_plugin)
    return parser
