"""What mdBook tells its hooks about the book."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from authoring.book import addresses, edition
from authoring.notebook_error import NotebookError

if TYPE_CHECKING:
    from authoring.book.page import Page

_TITLE = "# Mục lục"  # of SUMMARY.md itself
# mdBook passes over every other line.
_LINE = re.compile(
    r"\s*(?:[-*+]\s|\d+[.)]\s)?\s*(?P<chapter>\[(?:\\.|[^\]\\])*\]\((?:<[^>]*>|[^()]*)\))\s*"
    r"|(?P<part># (?:(?!\]\().)+)|---+|\s*"
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Chapter(NamedTuple):
    """A notebook of the book: its path below the folder, its number, the part it begins, or ""."""

    source: str
    number: str
    part: str


class Book(NamedTuple):
    """What mdBook tells of the book: where it is, what it is called, its chapters in order."""

    folder: Path  # of the notebooks
    destination: Path
    title: str
    description: str
    authors: list[str]
    site_url: str
    chapters: list[Chapter]
    english_title: str = ""
    english_description: str = ""

    def called(self, *, solutions: bool) -> Book:
        """Return the book; where it lacks its solutions, under a title that says so."""
        if solutions:
            return self
        return self._replace(title=f"{self.title} (không kèm lời giải)")

    def of_section(self, page: Page) -> Book:
        """Return the book as a file of one of its pages is called."""
        about = f"Một phần của khóa học “{self.title}”"
        return self._replace(title=page.headings[0].text, description=about)


def read(context: Mapping[str, Any], contents: Mapping[str, Any]) -> Book:
    """Return the book that mdBook tells a hook about; the current folder must be the book's.

    Raises NotebookError for a chapter that is no notebook, what would be lost in the site, and
    control characters.
    """
    about = context["config"]["book"]
    folder = Path(about.get("src") or "src")
    output = context["config"]["output"]
    site = output.get("site", {})
    found = list(_chapters(contents["items"]))
    if not found:
        raise _refused("không kê notebook nào: mỗi notebook một dòng “- [tên](tệp.ipynb)”")
    book = Book(
        folder,
        Path(context.get("destination", "")),
        about.get("title") or "Sách",
        about.get("description") or "",
        about.get("authors") or [],
        output.get("html", {}).get("site-url") or "/",
        found,
        site.get("english-title") or "",
        site.get("english-description") or "",
    )
    english = book.english_title + book.english_description
    told = "".join([book.title, book.description, *book.authors, book.site_url, english])
    summary = (folder / "SUMMARY.md").read_text(encoding="utf-8")
    for path, text in (("book.toml", told), ("SUMMARY.md", summary)):
        if match := edition.CONTROL.search(text):
            raise NotebookError(f"có ký tự điều khiển U+{ord(match[0]):04X}", path=path)
    _refuse_passed_over(found, _COMMENT.sub("", summary))
    _refuse_lost(found, folder)
    return book


def _chapters(items: list[Any], part: str = "") -> Iterator[Chapter]:
    for item in items:
        if "PartTitle" in item:
            part = item["PartTitle"]
        elif "Chapter" in item:
            chapter = item["Chapter"]
            path = chapter["path"] or ""
            if not path.endswith(".ipynb"):
                raise _refused(
                    f"“{chapter['name']}” phải dẫn tới một tệp .ipynb, "
                    f"không phải {path or 'chỗ trống'}"
                )
            yield Chapter(path, ".".join(map(str, chapter["number"] or ())), part)
            part = ""
            yield from _chapters(chapter["sub_items"])


def _refuse_passed_over(chapters: list[Chapter], summary: str) -> None:
    listed, begun = Counter[str | None](), sum(bool(chapter.part) for chapter in chapters)
    for line in summary.splitlines():
        match = _LINE.fullmatch(line)
        if not match:
            raise _refused(
                f"dòng “{line.strip()}” không vào được sách: mỗi dòng là một phần “# Tên phần”, "
                "một notebook “- [tên](tệp.ipynb)” hoặc “---”"
            )
        listed[match.lastgroup if line.strip() != _TITLE else None] += 1
    if listed["chapter"] != len(chapters):
        raise _refused(
            f"có {listed['chapter']} liên kết tới notebook, nhưng mdBook chỉ nhận "
            f"{len(chapters)}: mỗi notebook một dòng “- [tên](tệp.ipynb)”"
        )
    if listed["part"] != begun:
        raise _refused(
            f"có {listed['part']} phần, nhưng chỉ {begun} phần có notebook đi sau: phần nào cũng "
            f"cần notebook, và trên phần đầu cần dòng “{_TITLE}”, vì mdBook bỏ tiêu đề đầu tiên"
        )


def _refuse_lost(chapters: list[Chapter], folder: Path) -> None:
    taken = dict.fromkeys(addresses.RESERVED, "một trang có sẵn của sách")
    for number, chapter in enumerate(chapters):
        address = addresses.of_page(chapter.source)
        if ".." in Path(chapter.source).parts:
            raise _refused(f"{chapter.source} nằm ngoài thư mục {folder.name}")
        # The first page is the site's own first page anyway.
        if address.lower().startswith("en/"):
            raise _refused(
                f"{chapter.source}: thư mục en đã dành cho những địa chỉ mà người đọc bản tiếng "
                "Anh chia sẻ; hãy đổi tên thư mục"
            )
        if address.lower() in taken and not (number == 0 and address == "index.html"):
            raise _refused(
                f"{chapter.source} sẽ mất: trang {address} đã dành cho "
                f"{taken[address.lower()]}; hãy đổi tên tệp"
            )
        taken[address.lower()] = chapter.source


def _refused(reason: str) -> NotebookError:
    return NotebookError(reason, path="SUMMARY.md")
