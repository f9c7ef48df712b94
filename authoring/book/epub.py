"""The book as an EPUB 3: its Vietnamese text, formulas as MathML, pictures as files."""

from __future__ import annotations

import io
import posixpath
import textwrap
import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import quote

from authoring.book import MADE, pages, pictures
from authoring.book.edition import EpubEdition
from authoring.book.mdbook import Book
from authoring.book.page import Heading, Page

_STYLE = Path(__file__).parent / "paper" / "epub.css"
_ACCESS = """\
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Hình có văn bản thay thế, công thức là MathML.</meta>
"""


def make(book: Book, notebooks: Iterable[str], *, solutions: bool = True) -> None:
    """Write the EPUB into `book.destination`. Raises NotebookError like `pages.make`."""
    made = pages.printed(book, notebooks, solutions=solutions)
    data = pack(made, book.called(solutions=solutions), changed(made), solutions=solutions)
    (book.destination / MADE["epub"]).write_bytes(data)


def changed(made: Sequence[Page]) -> datetime:
    """Return when the last notebook of these pages was written."""
    times = (Path(page.label).stat().st_mtime for page in made if page.label)
    return datetime.fromtimestamp(int(max(times)), UTC)


def pack(made: Sequence[Page], book: Book, changed: datetime, *, solutions: bool = True) -> bytes:
    """Return the EPUB of pages, in their order; `changed` is when they were last written.

    A link to another page of the book is plain text there.
    """
    edition = EpubEdition(solutions=solutions, pages={page.address for page in made})
    parts: dict[str, bytes] = {
        "style.css": _STYLE.read_bytes(),
        "cover.svg": _cover(book.title).encode(),
        "nav.xhtml": _document("Mục lục", _contents(made), "style.css").encode(),
    }
    manifest = [
        _item("nav", "nav.xhtml", "application/xhtml+xml", "nav"),
        _item("style", "style.css", "text/css"),
        _item("cover", "cover.svg", "image/svg+xml", "cover-image"),
    ]
    for number, page in enumerate(made):
        name = edition.address(page.address)
        style = posixpath.relpath("style.css", posixpath.dirname(name) or ".")
        article = edition.article(page.address, page.html)
        parts[name] = _document(page.title, article, style).encode()
        mathml = "mathml" if "<math" in article else ""
        manifest.append(_item(f"page-{number}", name, "application/xhtml+xml", mathml))
    shown = {name: data for page in made for name, data in page.files.items()}
    for number, (name, data) in enumerate(sorted(shown.items())):
        if kind := pictures.KINDS.get(posixpath.splitext(name)[1]):
            parts[name] = data
            manifest.append(_item(f"picture-{number}", name, kind))
    spine = [f'<itemref idref="page-{number}"/>' for number in range(len(made))]
    parts["package.opf"] = _package(book, changed, manifest, spine).encode()
    return _zipped(parts)


def _item(name: str, address: str, kind: str, properties: str = "") -> str:
    said = f' properties="{properties}"' if properties else ""
    return f'<item id="{name}" href="{address}" media-type="{kind}"{said}/>'


def _contents(made: Sequence[Page]) -> str:
    """Return the list of pages and sections, by the parts of the book where it has any."""
    items, part, inner = "", "", ""
    for page in [*made, Page("", "", part="…")]:
        if page.part:
            items += f"<li><span>{escape(part)}</span><ol>{inner}</ol></li>" if part else inner
            part, inner = page.part, ""
        inner += _entry(page) if page.address else ""
    return f'<nav epub:type="toc"><h1>Mục lục</h1><ol>{items}</ol></nav>'


def _entry(page: Page) -> str:
    inner = "".join(
        _line(page, heading, "".join(_line(page, part) for part in below))
        for heading, below in page.outline
    )
    return _line(page, page.headings[0], inner)


def _line(page: Page, heading: Heading, inner: str = "") -> str:
    place = EpubEdition.address(page.address)
    if heading.level > 1:
        place += f"#{quote(heading.anchor)}"
    below = f"<ol>{inner}</ol>" if inner else ""
    return f'<li><a href="{place}">{escape(heading.text)}</a>{below}</li>'


def _document(title: str, body: str, style: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops" lang="vi" xml:lang="vi">\n'
        f'<head><title>{escape(title)}</title><link rel="stylesheet" href="{style}"/></head>\n'
        f"<body>{body}</body>\n</html>\n"
    )


def _cover(title: str) -> str:
    lines = textwrap.wrap(title, 18)
    said = "".join(
        f'<tspan x="60" y="{340 - 64 * (len(lines) - number)}">{escape(line)}</tspan>'
        for number, line in enumerate(lines, 1)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 900" width="600" height="900">'
        f"<title>{escape(title)}</title>"
        '<rect width="600" height="900" fill="#0b6157"/>'
        '<rect x="60" y="390" width="90" height="6" fill="#fff"/>'
        '<text font-family="serif" font-size="52" font-weight="600" '
        f'fill="#fff">{said}</text></svg>\n'
    )


def _package(book: Book, changed: datetime, manifest: list[str], spine: list[str]) -> str:
    authors = "".join(f"<dc:creator>{escape(name)}</dc:creator>\n" for name in book.authors)
    about = book.description and f"<dc:description>{escape(book.description)}</dc:description>\n"
    name = uuid.uuid5(uuid.NAMESPACE_URL, book.title)
    items = "\n".join(manifest)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" '
        'xml:lang="vi">\n<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<dc:identifier id="id">urn:uuid:{name}</dc:identifier>\n'
        f"<dc:title>{escape(book.title)}</dc:title>\n<dc:language>vi</dc:language>\n"
        f"{authors}{about}"
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
