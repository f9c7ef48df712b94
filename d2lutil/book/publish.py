"""The second backend: gives the site what its pages need, and takes away everything else.

mdBook's own backend writes the pages, then copies whatever lies among the notebooks, parameter
files and checkpoints too, and its own styles and scripts, which the theme does not use.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from d2lutil.book import WEB, pictures, search
from d2lutil.book.mdbook import MARK, chapters
from d2lutil.book.page import address
from d2lutil.notebook import NotebookError

ASSETS = Path(__file__).parent / "assets"
_PICTURE = re.compile(r'<img src="([^"]+)"')
_FONT = re.compile(r"url\(fonts/([^)]+)\)")
# KaTeX offers older formats too; every browser that shows this book takes the first.
_OLD_FONTS = re.compile(r',url\(fonts/[^)]+\.(?:woff|ttf)\) format\("[^"]+"\)')


def publish(context: dict[str, Any]) -> None:
    """Finish the site that mdBook's html backend has just written.

    `context` is what mdBook gives a backend. Raises NotebookError when a page was not rendered or
    something that the site needs is missing; the site is removed then, so that nothing
    half-finished can be published.
    """
    site = Path(context["destination"]).parent / "html"
    try:
        _finish(site, context)
    except BaseException:
        shutil.rmtree(site, ignore_errors=True)
        raise


def _finish(site: Path, context: dict[str, Any]) -> None:
    wanted = {".nojekyll", "index.html", "print.html", "assets/sections.js"}
    sections: list[search.Section] = []
    for chapter in chapters(context["book"]):
        source = chapter["path"]
        page = site / address(source)
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        if MARK not in text:
            raise NotebookError("mdBook không đưa notebook này qua d2lutil.book", path=source)
        wanted |= {source, address(source)}
        sections += search.sections(address(source), text)
        for picture in _PICTURE.findall(text):
            wanted.add(unquote(urlsplit(urljoin(address(source), unescape(picture))).path))
        for picture in pictures.of_notebook(json.loads(chapter["content"])):
            _write(site / picture.address, picture.data)
    _write(site / "assets/sections.js", search.script(sections).encode())
    wanted |= _assets(site, context["config"]["output"]["html"].get("site-url", "/"))
    for folder, _, names in os.walk(site, topdown=False):
        for name in names:
            file = Path(folder, name)
            if file.relative_to(site).as_posix() not in wanted:
                file.unlink()
        if not os.listdir(folder):
            os.rmdir(folder)
    for name in wanted:
        if not (site / name).is_file():
            raise NotebookError("trang web thiếu tệp này", path=name)


def _assets(site: Path, site_url: str) -> set[str]:
    """Write styles, scripts, fonts and their licences; return their names in the site."""
    files = {
        f"assets/{path.name}": path.read_bytes()
        for path in ASSETS.iterdir()
        if path.suffix in (".css", ".js", ".svg")
    }
    # A server shows this page at any address, so it brings its own style.
    lost = (ASSETS / "404.html").read_text(encoding="utf-8")
    files["404.html"] = lost.replace("{{site-url}}", site_url).encode()
    files["assets/minisearch.js"] = _web("minisearch/dist/umd/index.js")
    katex = _web("katex/dist/katex.min.css").decode()
    files["assets/katex.css"] = _OLD_FONTS.sub("", katex).encode()
    for style in ("assets/book.css", "assets/katex.css"):
        for font in _FONT.findall(files[style].decode()):
            files[f"assets/fonts/{font}"] = _font(font)
    for package in ("katex", "@fontsource/source-serif-4", "@fontsource/ibm-plex-mono"):
        files[f"assets/licences/{package.split('/')[-1]}.txt"] = _web(f"{package}/LICENSE")
    files["assets/licences/minisearch.txt"] = _web("minisearch/LICENSE.txt")
    for name, data in files.items():
        _write(site / name, data)
    return set(files)


def _font(name: str) -> bytes:
    if name.startswith("KaTeX"):
        return _web(f"katex/dist/fonts/{name}")
    package = re.sub(r"-(?:latin|vietnamese).*", "", name)
    return _web(f"@fontsource/{package}/files/{name}")


def _web(name: str) -> bytes:
    try:
        return (WEB / name).read_bytes()
    except OSError as error:
        raise NotebookError(
            "chưa cài phông chữ và KaTeX: hãy chạy make book, hoặc npm ci --prefix setup/web",
            path=WEB / name,
        ) from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
