import re
import shutil
from pathlib import Path

import pytest

from authoring import notebook
from authoring.translation import index_page
from authoring.translation.index_page import INDEX
from tests import writing
from tests.course import FOLDER, sections


def reminders(folder: Path) -> list[str]:
    """What the index must still say about the sections that SUMMARY.md lists."""
    notebooks = {folder / name: notebook.read(folder / name) for name in sections(folder)}
    return [f"{Path(f.path).name}: {f.reason}" for f in index_page.check(notebooks)]


def test_the_index_tells_of_every_section() -> None:
    assert reminders(FOLDER) == []


EIGHTH = """\
<!--
# Speed
-->

<a id="sec_speed"></a>

# Tốc độ"""


@pytest.fixture
def longer_course(tmp_path: Path) -> Path:
    """A copy of the course with one notebook more, which SUMMARY.md lists."""
    folder = tmp_path / "notebooks"
    shutil.copytree(FOLDER, folder)
    part = EIGHTH.replace("# ", "## ").replace("sec_speed", "sec_speed_cost")
    last = EIGHTH.replace("# Tốc độ", "## Tóm tắt").replace("sec_speed", "sec_speed_end")
    cells = [writing.markdown(text, id=f"text-{len(text)}") for text in (EIGHTH, part, last)]
    writing.write(folder / "speed_vn.ipynb", *cells)
    with (folder / "SUMMARY.md").open("a", encoding="utf-8") as summary:
        summary.write("- [Tốc độ](speed_vn.ipynb)\n")
    return folder


def minutes_told(folder: Path) -> int:
    """What the index says that the chapter takes."""
    index = notebook.read(folder / INDEX)
    return int(re.search(r"khóa học mất khoảng (\d+) phút", index.cells[0].source)[1])


def replace(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def test_a_new_section_is_reminded_of_its_place_until_it_has_it(longer_course: Path) -> None:
    number = len(sections(longer_course)) - 1
    assert reminders(longer_course) == [
        "speed_vn.ipynb: ô đầu thiếu thời gian, như “khoảng 50 phút”",
        f"{INDEX}: bảng của bản đồ thiếu hàng đúng cho mục {number}, speed_vn.ipynb",
        f"{INDEX}: hình của bản đồ thiếu mục {number}, “Tốc độ”",
        f"{INDEX}: nội dung chi tiết của speed_vn.ipynb thiếu Mục {number}. Tốc độ, Tốc độ",
    ]
    replace(longer_course / "speed_vn.ipynb", ("# Tốc độ", "# Tốc độ\\n\\nĐọc khoảng 35 phút."))
    drawing = f"<text>Mục {number}</text><text>Tốc độ</text></svg>"
    replace(longer_course / "img/chapter-map.svg", ("</svg>", drawing))
    total = minutes_told(longer_course) + 35
    told = f"{INDEX}: các đường chính của khóa học cộng lại là {total} phút: ô này thiếu con số ấy"
    assert reminders(longer_course)[-3:-1] == [told, told]
    row = f"| [{number}. Tốc độ](speed_vn.ipynb#sec_speed) | 1 | khoảng 35 phút | CPU |"
    index = notebook.read(longer_course / INDEX)
    for cell in index.cells:
        if cell.id in ("title", "map"):
            cell.source = cell.source.replace(f"{total - 35} ", f"{total} ")
        if cell.id == "map":
            cell.source = re.sub(r"(?s)(.*\n\| \[.*?\n)", rf"\1{row}\n", cell.source)
        elif cell.id == "contents":
            cell.source += (
                f"\n- [Mục {number}. Tốc độ](speed_vn.ipynb#sec_speed)"
                "\n  - [Tốc độ](speed_vn.ipynb#sec_speed_cost)"
            )
    notebook.write(longer_course / INDEX, index)
    assert reminders(longer_course) == []


@pytest.mark.parametrize(
    ("old", "new", "reminder"),
    [
        ("45 phút | CPU hoặc", "40 phút | CPU hoặc", "thiếu hàng đúng cho mục 6, use-gpu_vn"),
        ("[6. GPU]", "[6. Thiết bị]", "thiếu hàng đúng cho mục 6, use-gpu_vn"),
        ("| [6. GPU]", "| [7. Thiết bị](x)\\n| [6. GPU]", "có 7 hàng cho 6 mục"),
        ("[Bản đồ của kh", "[Bản vẽ của kh", f"của {INDEX} thiếu Bản đồ của khóa học"),
        ("- [Mục 2. ", "- [Mục 3. ", "thiếu Mục 2. Quản lý tham số"),
        ("đường chính khoảng 30 phút", "đường chính khoảng 25 phút", "cộng lại là"),
    ],
)
def test_an_index_that_tells_something_else_is_found(
    tmp_path: Path, old: str, new: str, reminder: str
) -> None:
    folder = tmp_path / "notebooks"
    shutil.copytree(FOLDER, folder)
    replace(folder / INDEX, (old, new))
    assert any(reminder in told for told in reminders(folder)), reminders(folder)
