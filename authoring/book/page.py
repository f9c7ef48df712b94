"""A page of the book as data, and the cell that is being put on it."""

from __future__ import annotations

import posixpath
import textwrap
import unicodedata
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from authoring import TEACHING
from authoring.book import addresses, edition, pictures
from authoring.book.numbering import Label, Numbering
from authoring.book.pictures import Picture
from authoring.notebook_error import NotebookError


class Place(NamedTuple):
    """Where in a notebook something stands, for messages."""

    path: str
    cell: str
    line: int | None

    def error(self, reason: str) -> NotebookError:
        """Return an error at this place."""
        return NotebookError(reason, path=self.path, cell=self.cell, line=self.line)


class Link(NamedTuple):
    """A link between pages, kept until all pages are known."""

    place: Place
    href: str
    source: str  # the notebook it leads to, as the book names it
    fragment: str
    text: str


class Mention(NamedTuple):
    """A number quoted outside a link, kept until all pages are known."""

    place: Place
    label: Label


class Heading(NamedTuple):
    """A heading of a page: its plain Vietnamese title, and what contents show of it, as HTML.

    `english` is its plain English title, "" where there is none; `minutes` is what the quick
    questions and each part of Going deeper take, 0 for any other heading.
    """

    level: int
    anchor: str
    number: str
    title: str
    shown: str
    minutes: int = 0
    english: str = ""

    @property
    def text(self) -> str:
        """The number, if there is one, and the title."""
        return f"{self.number} {self.title}".strip()

    @property
    def english_text(self) -> str:
        """The number, if there is one, and the title in English, else in Vietnamese."""
        return f"{self.number} {self.english or self.title}".strip()


@dataclass
class Section:
    """What the search knows of a stretch of a page: its heading, and the text that is seen.

    A piece of the text that is seen in both languages is alone; another is a pair, what the
    Vietnamese page shows and what the English one does.
    """

    anchor: str
    level: int
    title: str
    english: str
    text: list[list[str]] = field(default_factory=list)


class Aside(NamedTuple):
    """What is folded on a page for those who ask for it, a `<details>` or several.

    `kind` is one of `edition.ASIDES`, `under` the number of the page's heading above it.
    """

    kind: str
    under: int
    html: str


class Preview(NamedTuple):
    """What a card shows of a place: HTML to begin with, then what the page has from `start` on."""

    title: str
    start: int = 0
    end: int = 0


class Exercise(NamedTuple):
    """What an exercise asks, with the code that it gives; `under` is the number of its heading."""

    under: int
    html: str


def _frame() -> dict[str, str]:
    return dict.fromkeys(("content", "display", "language", "menu"), "khung của trang")


@dataclass
class Page:
    """One page of the book.

    `source` is the notebook below the folder of notebooks, "" for the glossary; `label` is its
    path for messages, `address` its place in the site.
    """

    source: str
    address: str
    label: str = ""
    folder: Path = Path()
    part: str = ""  # of the book, where one begins with this page
    html: str = ""  # with the holes of `edition`
    headings: list[Heading] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    exercises: list[Exercise] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    anchors: dict[str, str] = field(default_factory=_frame)  # and the cell that has each
    previews: dict[str, Preview] = field(default_factory=dict)  # by anchor
    terms: dict[str, str] = field(default_factory=dict)  # and the anchor of the first use of each
    links: list[Link] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    numbering: Numbering = field(default_factory=Numbering)
    files: dict[str, bytes] = field(default_factory=dict)  # that come with it, by place in the site
    letters: set[tuple[str, str]] = field(default_factory=set)  # that its formulas draw
    about: tuple[str, str] = ("", "")  # how it begins, in Vietnamese and in English

    @property
    def title(self) -> str:
        """The plain title."""
        return self.headings[0].title

    @property
    def is_for_teachers(self) -> bool:
        """Whether it answers what the others ask."""
        return self.source == TEACHING

    @property
    def english(self) -> str:
        """The plain title in English, in Vietnamese where there is no other."""
        return self.headings[0].english or self.title

    @property
    def outline(self) -> list[tuple[Heading, list[Heading]]]:
        """The headings that contents list, each with the deeper parts below it."""
        found: list[tuple[Heading, list[Heading]]] = []
        for heading in self.headings:
            if heading.level == 2:
                found.append((heading, []))
            elif heading.minutes and found:
                found[-1][1].append(heading)
        return found

    def set_aside(self, kind: str, html: str, under: int | None = None) -> str:
        """Remember folded HTML, below the last heading or another; return the hole for it."""
        self.asides.append(Aside(kind, len(self.headings) - 1 if under is None else under, html))
        return edition.aside(kind, len(self.asides) - 1, html)

    def start(self, heading: Heading) -> None:
        """Add a heading; what is said from here on belongs to its section."""
        self.headings.append(heading)
        if heading.level < 4:
            self.sections.append(
                Section(heading.anchor, heading.level, heading.text, heading.english_text)
            )


@dataclass
class Cell:
    """A cell while it is rendered: names the place in errors, looks up what its text refers to."""

    page: Page
    name: str
    id: str = ""
    first_line: int = 1
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)
    numbered: bool = False  # a text cell: its headings, figures, tables and formulas are
    english: bool = False  # the source, which has no anchors

    def place(self, line: int | None = None) -> Place:
        """Return where something stands; `line` counts from 0 in the cell's Markdown."""
        return Place(self.page.label, self.name, None if line is None else self.first_line + line)

    def error(self, reason: str, line: int | None = None) -> NotebookError:
        """Return an error at this cell, in one line of a terminal's safe characters."""
        quoted = textwrap.shorten(edition.CONTROL.sub("", reason), 400, placeholder=" …")
        return self.place(line).error(quoted)

    def say(self, text: str) -> None:
        """Add text that is seen to what the search knows of the section that was started last."""
        if self.page.sections and text:
            # What is no half of a text cell is seen on the page in either language.
            pieces, size = self.page.sections[-1].text, 2 if self.english or self.numbered else 1
            if not pieces or len(pieces[-1]) != size:
                pieces.append([""] * size)
            pieces[-1][self.english] += text

    def anchor(self, name: str, line: int | None) -> str:
        """Register an anchor written by the author; NotebookError when the page has it already."""
        if name in self.page.anchors:
            raise self.error(f"neo “{name}” đã có ở {self.page.anchors[name]}", line)
        self.page.anchors[name] = self.name
        return name

    def slug(self, title: str) -> str:
        """Register and return an anchor made from a heading: ASCII, unlike every other so far."""
        base = name = addresses.slug(title) or "muc"
        number = 1
        while name in self.page.anchors:
            number += 1
            name = f"{base}-{number}"
        self.page.anchors[name] = self.name
        return name

    def link(self, href: str, line: int | None, text: str = "") -> str:
        """Return the `href` of a link in the notebook.

        Links to the web stay. NotebookError for everything that would be a dead link in the site.
        """
        parts = urlsplit(href)
        if parts.scheme in ("http", "https", "mailto"):
            return escape(href)
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
        self.page.links.append(Link(self.place(line), href, source, fragment, text))
        return edition.link(addresses.of_page(source), fragment)

    def image(self, source: str, alt: str, line: int | None) -> str:
        """Return the `<img>` of a picture in the text.

        NotebookError when it is not a whole picture in a file below the notebooks, or in the cell
        itself, or has no alternative text.
        """
        if not alt.strip():
            reason = f"hình “{source}” thiếu văn bản thay thế: ![văn bản thay thế]({source})"
            raise self.error(reason, line)
        parts = urlsplit(source)
        path = unquote(parts.path)
        try:
            if parts.scheme == "attachment":
                # A Mac may write the name in another form than the text has it.
                attached = {_composed(name): data for name, data in self.attachments.items()}
                picture = pictures.attached(attached.get(_composed(path), {}))
            else:
                if parts.scheme or parts.netloc:
                    raise ValueError("hình phải nằm trong thư mục notebook")
                name = posixpath.normpath(posixpath.join(posixpath.dirname(self.page.source), path))
                picture = pictures.of_file(self.page.folder, name)
            return self.picture(picture, alt)
        except ValueError as error:
            raise self.error(f"hình “{source}”: {error}", line) from error

    def picture(self, picture: Picture, alt: str, size: tuple[int, int] | None = None) -> str:
        """Give the page a picture; return its `<img>`, in its own size unless `size` is given.

        Raises ValueError when the page has another file of that name.
        """
        if self.page.files.setdefault(picture.address, picture.data) != picture.data:
            raise ValueError(f"trong sách đã có một tệp khác tên {picture.address}")
        # With its size the page does not jump while it loads.
        size = size or picture.size
        sides = f' width="{size[0]}" height="{size[1]}"' if size else ""
        return f'<img src="{edition.file(quote(picture.address))}" alt="{escape(alt)}"{sides}/>'


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
