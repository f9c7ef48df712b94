"""A page of the book in the making: what it contains, where its parts came from."""

from __future__ import annotations

import posixpath
import textwrap
import unicodedata
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from authoring.book import pictures
from authoring.book.numbering import Numbering
from authoring.book.pictures import Picture
from authoring.book.search import Section
from authoring.book.summary import address
from authoring.book.terminal import FORBIDDEN
from authoring.notebook import NotebookError


class Link(NamedTuple):
    """A link between pages, kept until all pages are known."""

    cell: Cell
    line: int | None
    href: str
    source: str  # the notebook it leads to, as the book names it
    fragment: str
    text: str


@dataclass
class Page:
    """One notebook on its way to a page.

    `source` is its path below the folder of notebooks, `label` its path for messages.
    """

    source: str
    label: str
    folder: Path
    anchors: dict[str, str] = field(default_factory=dict)  # and the cell that has each
    links: list[Link] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    terms: dict[str, str] = field(default_factory=dict)  # and the anchor of the first use of each
    numbering: Numbering = field(default_factory=Numbering)
    files: set[str] = field(default_factory=set)  # pictures below the folder
    pictures: dict[str, bytes] = field(default_factory=dict)  # of the notebook itself, by address
    html: str = ""
    letters: set[tuple[str, str]] = field(default_factory=set)  # of its formulas, by font
    sections: list[Section] = field(default_factory=list)  # for the search

    @property
    def address(self) -> str:
        """The page's place in the site."""
        return address(self.source)

    def forget(self) -> None:
        """Drop what is shown; all pages of a book together would fill the memory."""
        self.html, self.pictures, self.sections = "", {}, []


@dataclass
class Cell:
    """A cell while it is rendered: names the place in errors, looks up what its text refers to."""

    page: Page
    name: str
    first_line: int = 1
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)
    numbered: bool = False  # its headings, figures, tables and formulas

    def error(self, reason: str, line: int | None = None) -> NotebookError:
        """Return an error at this cell; `line` counts from 0 in its Markdown.

        What the reason quotes is cut to one line of a terminal's safe characters.
        """
        at = None if line is None else self.first_line + line
        quoted = textwrap.shorten(FORBIDDEN.sub("", reason), 400, placeholder=" …")
        return NotebookError(quoted, path=self.page.label, cell=self.name, line=at)

    def anchor(self, name: str, line: int | None) -> str:
        """Register an anchor written by the author; NotebookError when the page has it already."""
        if name in self.page.anchors:
            raise self.error(f"neo “{name}” đã có ở {self.page.anchors[name]}", line)
        self.page.anchors[name] = self.name
        return name

    def slug(self, title: str) -> str:
        """Register and return an anchor made from a heading: ASCII, unlike every other so far."""
        base = name = slug(title) or "muc"
        number = 1
        while name in self.page.anchors:
            number += 1
            name = f"{base}-{number}"
        self.page.anchors[name] = self.name
        return name

    def link(self, href: str, line: int | None, text: str = "") -> str:
        """Return the address in the site of what a link in the notebook leads to.

        Links to the web stay. NotebookError for everything that would be a dead link in the site.
        """
        parts = urlsplit(href)
        if parts.scheme in ("http", "https", "mailto"):
            return href
        path, fragment = unquote(parts.path), unquote(parts.fragment)
        if parts.scheme or parts.netloc or (path and not path.endswith(".ipynb")):
            raise self.error(
                f"liên kết tới “{href}” sẽ hỏng trong sách: chỉ dẫn được tới notebook (.ipynb), "
                "neo (#…) hoặc địa chỉ https://",
                line,
            )
        source = self.page.source
        if path:
            source = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        self.page.links.append(Link(self, line, href, source, fragment, text))
        if not path:
            return "#" + quote(fragment)
        target = posixpath.relpath(address(source), posixpath.dirname(self.page.source) or ".")
        return target + ("#" + quote(fragment) if fragment else "")

    def image(self, source: str, alt: str, line: int | None) -> str:
        """Return the `<img>` of a picture in the text.

        NotebookError when it is not a whole picture in a file below the notebooks, or in the cell
        itself, or has no alternative text.
        """
        if not alt.strip():
            raise self.error(f"hình “{source}” thiếu chữ thay thế: ![chữ thay thế]({source})", line)
        parts = urlsplit(source)
        path = unquote(parts.path)
        try:
            if parts.scheme == "attachment":
                picture = self._attached(path)
                source, size = self.picture(picture), picture.size
            else:
                root = self.page.folder.resolve()
                name = posixpath.normpath(posixpath.join(posixpath.dirname(self.page.source), path))
                file = (root / name).resolve()
                if parts.scheme or parts.netloc or root not in file.parents:
                    raise ValueError("hình phải nằm trong thư mục notebook")
                size = pictures.of_file(file)
                self.page.files.add(name)
        except ValueError as error:
            raise self.error(f"hình “{source}”: {error}", line) from error
        return img(source, alt, size)

    def picture(self, picture: Picture) -> str:
        """Give the page a picture of the notebook itself; return its address from the page."""
        self.page.pictures[picture.address] = picture.data
        return self.up(picture.address)

    def up(self, target: str) -> str:
        """Return an address in the site as seen from this page."""
        return posixpath.relpath(target, posixpath.dirname(self.page.source) or ".")

    def _attached(self, name: str) -> Picture:
        data = self.attachments.get(name, {})
        if kind := pictures.of_data(data):
            return pictures.decoded(kind, data[kind])
        raise ValueError("ô không đính kèm hình này")


def slug(title: str) -> str:
    """Return words as a part of an address: small ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    words = "".join(
        letter if letter.isascii() and letter.isalnum() else " "
        for letter in plain
        if not unicodedata.combining(letter)
    )
    return "-".join(words.split())


def img(source: str, alt: str, size: tuple[int, int] | None) -> str:
    """Return an `<img>`; with its size the page does not jump while it loads."""
    sides = ' width="{}" height="{}"'.format(*size) if size else ""
    return f'<img src="{escape(source)}" alt="{escape(alt)}"{sides}>'
