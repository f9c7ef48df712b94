"""Where a section can be opened and run without installing anything: a hub, Binder, Colab."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from urllib.parse import quote, urlencode, urlsplit

from authoring.book import download, edition
from authoring.book.page import Page
from authoring.book.published import Published

_BINDER = "https://mybinder.org/v2"
_COLAB = "https://colab.research.google.com/github"


def links(public: Published, folder: str, page: Page) -> str:
    """Return the links as HTML, "" where the repository is not published.

    `folder` is where the repository has its notebooks.
    """
    if not public.repository:
        return ""
    return "".join(_links(public, f"{folder}/{page.source}"))


def _links(public: Published, notebook: str) -> Iterator[str]:
    host, path = urlsplit(public.repository).netloc, urlsplit(public.repository).path[1:]
    if public.hub:
        # nbgitpuller takes the default branch, into a folder that is called like the repository.
        opened = f"lab/tree/{path.rsplit('/', 1)[-1]}/{notebook}"
        query = urlencode({"repo": public.repository, "urlpath": opened})
        yield _link(
            f"{public.hub}/hub/user-redirect/git-pull?{query}",
            edition.both("Mở trên máy chủ của lớp", "Open on the class’s hub"),
        )
    # HEAD is the default branch.
    provider = {
        "github.com": f"gh/{path}",
        "gitlab.com": f"gl/{quote(path, safe='')}",
    }.get(host, f"git/{quote(public.repository, safe='')}")
    query = urlencode({"urlpath": f"lab/tree/{notebook}"})
    yield _link(
        f"{_BINDER}/{provider}/HEAD?{query}", edition.both("Mở trên Binder", "Open on Binder")
    )
    if host == "github.com":
        yield _link(
            f"{_COLAB}/{path}/blob/HEAD/{quote(notebook)}",
            edition.both("Mở trên Colab", "Open on Colab"),
        )
        # There the notebook is the repository's, without the first cell of the one to download.
        packages = download.packages(f"git+{public.repository}")
        first = escape(f"%pip install -q --no-deps {packages}")
        said = edition.both("Ở Colab, chạy trước hết", "On Colab, run first")
        yield (
            f'<span style="flex-basis:100%">{said} <code>{first}</code> '
            f"{edition.both('rồi', 'then')} <code>import d2lutil</code></span>"
        )


def _link(address: str, words: str) -> str:
    return f'<a href="{escape(address)}">{words}</a>'
