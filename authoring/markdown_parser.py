"""The one way in which Markdown is read here: as JupyterLab reads it.

That is CommonMark with GitHub's tables, strikethrough, task lists and bare addresses, and TeX
between dollar signs.
"""

from __future__ import annotations

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML, RendererProtocol
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

NESTING = 100  # levels; the parser drops what lies deeper


class _Linkify(LinkifyIt):  # type: ignore[misc]
    def pretest(self, text: str) -> bool:
        """Return whether a text may hold an address; the library's own test takes long."""
        return "//" in text or "mailto:" in text


def make(renderer: type[RendererProtocol] = RendererHTML) -> MarkdownIt:
    """Return a parser whose tokens `renderer` shows."""
    options = {"linkify": True, "maxNesting": NESTING}
    parser = MarkdownIt("commonmark", options, renderer_cls=renderer)
    parser.enable(["table", "strikethrough", "linkify"])
    # Else "train.py" would be an address in Paraguay.
    parser.linkify = _Linkify(options={"fuzzy_link": False, "fuzzy_email": False})
    # Escaped characters stay apart, so that \$ is told from a dollar sign without a partner.
    parser.disable("text_join")
    parser.use(dollarmath_plugin, allow_labels=False, double_inline=True)
    parser.use(tasklists_plugin)
    return parser
