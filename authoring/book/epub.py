"""The book as an EPUB 3: `python -m authoring.book.epub`.

Made from the pages of the site: their Vietnamese text, formulas as MathML, pictures as files.
"""

from __future__ import annotations

import io
import posixpath
import re
import tomllib
import uuid
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from authoring.book import command, pictures
from authoring.book.build import build
from authoring.book.finished import headings, pages
from d2lutil import files

NAME = "tinh-toan-hoc-sau.epub"
_STYLE = Path(__file__).parent / "paper" / "epub.css"
# What only a page on the web needs: links to itself, cards, its contents, the formulas' drawing.
_LEFT_OUT = {"anchor", "card", "contents", "download", "en", "katex-html", "stale", "ways"}
_VOID = {"area", "br", "col", "hr", "img", "input", "wbr"}
_SPACES = {
    "math": "http://www.w3.org/1998/Math/MathML",
    "svg": "http://www.w3.org/2000/svg",
}
_TYPES = {suffix: kind for kind, suffix in pictures.SUFFIXES.items()}
_ACCESS = """\
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Hình có chữ thay thế, công thức là MathML.</meta>
"""


def make(root: Path) -> Path:
    """Build the site of the book in `root`, pack it, and return the path of the EPUB.

    Raises NotebookError where the site cannot be built.
    """
    site = build(root)
    config = tomllib.loads((root / "book.toml").read_text(encoding="utf-8"))["book"]
    source = root / config["src"]
    changed = max(path.stat().st_mtime for path in source.rglob("*.ipynb"))
    target = site.parent / NAME
    files.replace(target, pack(site, config, datetime.fromtimestamp(int(changed), UTC)))
    return target


def pack(site: Path, about: Mapping[str, str], changed: datetime) -> bytes:
    """Return the EPUB of a site; `about` is the table "book" of book.toml."""
    parts: dict[str, bytes] = {
        "style.css": _STYLE.read_bytes(),
        "cover.svg": _cover(about).encode(),
    }
    manifest = [
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="style" href="style.css" media-type="text/css"/>',
        '<item id="cover" href="cover.svg" media-type="image/svg+xml" properties="cover-image"/>',
    ]
    spine, contents = [], []
    shown: set[str] = set()
    for number, (address, article) in enumerate(pages(site)):
        page = _Page(address)
        page.feed(article)
        page.close()
        name = address.replace(".html", ".xhtml")
        up = posixpath.relpath("style.css", posixpath.dirname(name) or ".")
        sections = headings(article)
        title = sections[0].text
        parts[name] = _document(title, "".join(page.pieces), up).encode()
        shown |= page.pictures
        properties = ' properties="mathml"' if page.has_maths else ""
        manifest.append(
            f'<item id="page-{number}" href="{escape(name)}" '
            f'media-type="application/xhtml+xml"{properties}/>'
        )
        spine.append(f'<itemref idref="page-{number}"/>')
        inner = "".join(
            f'<li><a href="{escape(name)}#{escape(part.anchor)}">{escape(part.text)}</a></li>'
            for part in sections[1:]
        )
        inner = f"<ol>{inner}</ol>" if inner else ""
        contents.append(f'<li><a href="{escape(name)}">{escape(title)}</a>{inner}</li>')
    for number, picture in enumerate(sorted(shown)):
        parts[picture] = (site / picture).read_bytes()
        kind = _TYPES[posixpath.splitext(picture)[1]]
        manifest.append(
            f'<item id="picture-{number}" href="{escape(picture)}" media-type="{kind}"/>'
        )
    nav = f'<nav epub:type="toc"><h1>Mục lục</h1><ol>{"".join(contents)}</ol></nav>'
    parts["nav.xhtml"] = _document("Mục lục", nav, "style.css").encode()
    parts["package.opf"] = _package(about, changed, manifest, spine).encode()
    return _zipped(parts)


class _Page(HTMLParser):
    """Writes a page's HTML as XHTML, without what only the web needs."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.pieces: list[str] = []
        self.pictures: set[str] = set()
        self.has_maths = False
        self._hidden = 0  # depth inside something left out

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        if self._hidden or classes & _LEFT_OUT or tag == "button":
            self._hidden += tag not in _VOID
            return
        if space := _SPACES.get(tag):
            given = {"xmlns": space, **given}
            self.has_maths |= tag == "math"
        if tag == "img":
            path = urlsplit(urljoin(self.address, given.get("src") or "")).path
            if not (given.get("src") or "").startswith("data:"):
                self.pictures.add(unquote(path))
        if "href" in given:
            given["href"] = re.sub(
                r"^(?!\w+:)([^#]*)\.html(?=#|$)", r"\1.xhtml", given["href"] or ""
            )
        written = "".join(f' {name}="{escape(value or "")}"' for name, value in given.items())
        self.pieces.append(f"<{tag}{written}{'/' if tag in _VOID else ''}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self._hidden:
            self._hidden -= 1
            return
        self.pieces.append(f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(escape(data, quote=False))


def _document(title: str, body: str, style: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops" lang="vi" xml:lang="vi">\n'
        f'<head><title>{escape(title)}</title><link rel="stylesheet" href="{style}"/></head>\n'
        f"<body>{body}</body>\n</html>\n"
    )


def _cover(about: Mapping[str, str]) -> str:
    title = escape(about["title"])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 900" width="600" height="900">'
        f"<title>{title}</title>"
        '<rect width="600" height="900" fill="#0b6157"/>'
        '<rect x="60" y="390" width="90" height="6" fill="#fff"/>'
        '<text x="60" y="340" font-family="serif" font-size="52" font-weight="600" '
        f'fill="#fff">{title}</text></svg>\n'
    )


def _package(
    about: Mapping[str, str], changed: datetime, manifest: list[str], spine: list[str]
) -> str:
    authors = "".join(f"<dc:creator>{escape(name)}</dc:creator>\n" for name in about["authors"])
    name = uuid.uuid5(uuid.NAMESPACE_URL, about["title"])
    items = "\n".join(manifest)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" '
        'xml:lang="vi">\n<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<dc:identifier id="id">urn:uuid:{name}</dc:identifier>\n'
        f"<dc:title>{escape(about['title'])}</dc:title>\n<dc:language>vi</dc:language>\n"
        f"{authors}<dc:description>{escape(about['description'])}</dc:description>\n"
        f'<meta property="dcterms:modified">{changed:%Y-%m-%dT%H:%M:%SZ}</meta>\n{_ACCESS}'
        f"</metadata>\n<manifest>\n{items}\n</manifest>\n"
        f"<spine>\n{chr(10).join(spine)}\n</spine>\n</package>\n"
    )


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    container = (
        '<?xml version="1.0"?>\n<container version="1.0" '
        'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/>'
        "</rootfiles></container>\n"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # First and as it is, so that the kind of the file can be told from its first bytes.
        archive.writestr(zipfile.ZipInfo("mimetype"), b"application/epub+zip")
        content = {f"book/{name}": data for name, data in sorted(parts.items())}
        for name, data in {"META-INF/container.xml": container.encode(), **content}.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


if __name__ == "__main__":
    raise SystemExit(command(make))
