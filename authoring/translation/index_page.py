"""Does the opening page tell of every section: in its map, its picture, and its contents?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

from nbformat import NotebookNode

from authoring.finding import Finding
from authoring.notebook import named_cells, split
from authoring.notebook_error import NotebookError
from authoring.translation import links

INDEX = "index_vn.ipynb"
# Headings that all pages share.
_TAIL = {
    *("Lỗi thường gặp", "Tóm tắt", "Đi sâu", "Bài tập", "Nếu bạn dùng PyTorch"),
    *("Năm câu hỏi nhanh", "Thảo luận", "Những người thực hiện", "Nội dung chi tiết"),
}
_TITLE = re.compile(r"^# (.+)", re.MULTILINE)
_TIME = re.compile(r"khoảng (\d+) phút")


def check(notebooks: Mapping[Path, NotebookNode]) -> Iterator[Finding]:
    """Yield what the index among these notebooks must still say of those that SUMMARY.md lists.

    Nothing where a listed notebook is not among them.
    """
    index = next((path for path in notebooks if path.name == INDEX), None)
    if index is None:
        return
    names = [INDEX, *(name for name in links.listed(index) if name != INDEX)]
    if not all(index.with_name(name) in notebooks for name in names):
        return
    texts = {name: _vietnamese(notebooks[index.with_name(name)]) for name in names}
    if "map" in texts[INDEX]:
        yield from _map(index, texts)
        yield from _total(index, texts)
    if "contents" in texts[INDEX]:
        yield from _contents(index, texts)


def _vietnamese(notebook: NotebookNode) -> dict[str, str]:
    texts = {}
    for _, cell in named_cells(notebook, "markdown"):
        with suppress(NotebookError):  # told already
            texts[cell.id] = split(cell.source).vietnamese
    return texts


def _map(index: Path, texts: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """The map has one row a section, with its title, link and time; the picture shows each."""
    text = texts[INDEX]["map"]
    rows = re.findall(r"^\| \[\d+\. .*$", text, re.MULTILINE)
    picture = re.search(r"!\[[^\]]*\]\((\S+)", text)
    drawn = set()
    if picture and (file := index.parent / picture[1]).exists():
        drawn = {element.text for element in ElementTree.parse(file).iter()}
    sections = [name for name in texts if name != INDEX]
    for number, name in enumerate(sections, 1):
        first = next(iter(texts[name].values()), "")
        title = _TITLE.search(first)
        time = _TIME.search(first)
        if time is None:
            reason = "ô đầu thiếu thời gian, như “khoảng 50 phút”"
            yield Finding("index", reason, path=index.with_name(name))
        row = (
            rf"\| \[{number}\. {re.escape(title[1] if title else '')}\]\({name}#.*"
            rf"\| {time[0] if time else '.*'} \|"
        )
        if not any(re.match(row, line) for line in rows):
            reason = f"bảng của bản đồ thiếu hàng đúng cho mục {number}, {name}"
            yield Finding("index", reason, path=index, cell="map")
        if not title or not {f"Mục {number}", title[1]} <= drawn:
            reason = f"hình của bản đồ thiếu mục {number}, “{title[1] if title else name}”"
            yield Finding("index", reason, path=index, cell="map")
    if len(rows) > len(sections):
        reason = f"bản đồ có {len(rows)} hàng cho {len(sections)} mục"
        yield Finding("index", reason, path=index, cell="map")


def _total(index: Path, texts: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """The first cell and the map tell the sum of the times of all main paths."""
    firsts = [next(iter(cells.values()), "") for cells in texts.values()]
    # The index tells the sum before its own time.
    own = re.sub(".*đường chính ", "", firsts[0], flags=re.DOTALL)
    times = [_TIME.search(text) for text in (own, *firsts[1:])]
    total = sum(int(time[1]) for time in times if time)
    for cell in (next(iter(texts[INDEX])), "map"):
        if not re.search(rf"\b{total} phút", texts[INDEX][cell]):
            reason = f"các đường chính của khóa học cộng lại là {total} phút: ô này thiếu con số ấy"
            yield Finding("index", reason, path=index, cell=cell)


def _contents(index: Path, texts: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """The contents list every heading, two levels deep, in order, less those all pages share."""
    entries = re.findall(r"\[([^\]]+)\]\(([^)#]*)#(\w+)\)", texts[INDEX]["contents"])
    for number, (name, cells) in enumerate(texts.items()):
        told = [(text, anchor) for text, file, anchor in entries if (file or INDEX) == name]
        headings = re.findall(
            r'^<a id="(\w+)"></a>\n\n#{1,2} (.+)', "\n\n".join(cells.values()), re.MULTILINE
        )
        true = [(heading, anchor) for anchor, heading in headings if heading not in _TAIL]
        if number and true:
            true[0] = (f"Mục {number}. {true[0][0]}", true[0][1])
        if told != true:
            lost = [text for text, anchor in true if (text, anchor) not in told] or ["đúng thứ tự"]
            reason = f"nội dung chi tiết của {name} thiếu {', '.join(lost)}"
            yield Finding("index", reason, path=index, cell="contents")
