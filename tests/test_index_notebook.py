"""The index keeps its promises: the self-test judges rightly, the recap runs, the map is true."""

import math
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from authoring import notebook
from tests import writing
from tests.course import FOLDER, listed

INDEX = "index_vn.ipynb"
# Headings that all pages share.
TAIL = {"Tóm tắt", "Bài tập", "Thảo luận", "Những người thực hiện", "Nội dung chi tiết"}


def halves(path: Path) -> dict[str, str]:
    """The Vietnamese halves of a notebook's text cells, by the cell's id."""
    cells = [cell for _, cell in notebook.named_cells(notebook.read(path), "markdown")]
    return {cell.id: notebook.split(cell.source).vietnamese for cell in cells}


CELLS = {cell.id: cell for cell in notebook.read(FOLDER / INDEX).cells}
VIETNAMESE = halves(FOLDER / INDEX)
QUESTIONS = [cell_id for cell_id in CELLS if re.fullmatch(r"test-\d+", cell_id)]


def run(source: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def verdicts(guesses: list[str]) -> list[str]:
    """Run the self-test with these guesses typed in and return what its cells say."""
    source = [CELLS["tools-by-hand"].source, CELLS["test-verdict"].source]
    for question, guess in zip(QUESTIONS, guesses, strict=True):
        lines = CELLS[question].source.replace("guess = ...", f"guess = {guess}").splitlines()
        source += [*lines[:-1], f"print({lines[-1]})"]
    return run("\n".join(source))


def test_answers_given_in_the_folded_text_are_judged_right() -> None:
    solutions = [VIETNAMESE[f"{question}-solution"] for question in QUESTIONS]
    assert len(solutions) >= 6
    answers = [re.search(r"`([^`]+)`", text.split("</summary>")[1])[1] for text in solutions]
    assert verdicts(answers) == ["Đúng"] * len(QUESTIONS)


def test_wrong_and_missing_answers_are_told_apart() -> None:
    wrong = ["(3, 3)", "[6, 15]", "[1, 2, 3]", "[4, 8, 12]", "40", "False"]
    assert verdicts(wrong) == ["Chưa đúng: mở lời giải bên dưới"] * len(QUESTIONS)
    assert verdicts(["..."] * len(QUESTIONS)) == ["Chưa trả lời"] * len(QUESTIONS)


def test_recap_runs_and_its_comments_are_true() -> None:
    blocks = re.findall(r"```python\n(.*?)```", VIETNAMESE["self-test-recap"], re.DOTALL)
    assert len(blocks) == 3
    checked = re.sub(
        r"^(\S.*?) +# (.+)$",
        r"assert np.array_equal(np.array(\1), np.array((\2))); print(1)",
        "\n".join(blocks),
        flags=re.MULTILINE,
    )
    assert len(run(checked)) == 4


def test_reading_time_follows_from_the_length() -> None:
    syllables = 0
    for text in VIETNAMESE.values():
        text = re.sub(r"```.*?```|<[^>]+>|\]\([^)]*\)|[|*`#>-]", " ", text, flags=re.DOTALL)
        syllables += len(text.split())
    cells = sum(cell.cell_type == "code" for cell in CELLS.values())
    minutes = math.ceil((syllables / 200 + cells / 2) / 5) * 5
    assert f"khoảng {minutes} phút" in VIETNAMESE["title"]


def reminders(folder: Path) -> list[str]:
    """What the index must still say about the sections that SUMMARY.md lists."""
    cells = {name: halves(folder / name) for name in listed(folder)}
    return [*map_reminders(folder, cells), *contents_reminders(cells)]


def map_reminders(folder: Path, cells: dict[str, dict[str, str]]) -> list[str]:
    """The map has one row a section, with its title, link and time; the picture shows each."""
    text = cells[INDEX]["map"]
    rows = re.findall(r"^\| \[\d+\. .*$", text, re.MULTILINE)
    picture = folder / re.search(r"!\[[^\]]*\]\((\S+)", text)[1]
    drawn = [element.text for element in ElementTree.parse(picture).iter()]
    found = []
    sections = list(listed(folder).items())[1:]
    for number, (name, title) in enumerate(sections, 1):
        time = re.search(r"khoảng \d+ phút", next(iter(cells[name].values())))
        if time is None:
            found.append(f"{name}: ô đầu thiếu thời gian, như “khoảng 50 phút”")
        row = rf"\| \[{number}\. {re.escape(title)}\]\({name}#.*\| {time[0] if time else '.*'} \|"
        if not any(re.match(row, line) for line in rows):
            found.append(f"{INDEX}: bảng của bản đồ thiếu hàng đúng cho mục {number}, {name}")
        if not {f"Mục {number}", title} <= set(drawn):
            found.append(f"{INDEX}: hình của bản đồ thiếu mục {number}, “{title}”")
    if len(rows) > len(sections):
        found.append(f"{INDEX}: bản đồ có {len(rows)} hàng cho {len(sections)} mục")
    return found


def contents_reminders(cells: dict[str, dict[str, str]]) -> list[str]:
    """The contents list every heading, two levels deep, in order, less those all pages share."""
    entries = re.findall(r"\[([^\]]+)\]\(([^)#]*)#(\w+)\)", cells[INDEX]["contents"])
    found = []
    for number, (name, halves) in enumerate(cells.items()):
        told = [(text, anchor) for text, file, anchor in entries if (file or INDEX) == name]
        headings = re.findall(
            r'^<a id="(\w+)"></a>\n\n#{1,2} (.+)', "\n\n".join(halves.values()), re.MULTILINE
        )
        true = [(heading, anchor) for anchor, heading in headings if heading not in TAIL]
        if number and true:
            true[0] = (f"Mục {number}. {true[0][0]}", true[0][1])
        if told != true:
            lost = [text for text, anchor in true if (text, anchor) not in told] or ["đúng thứ tự"]
            found.append(f"{INDEX}: nội dung chi tiết của {name} thiếu {', '.join(lost)}")
    return found


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


def replace(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def test_a_new_section_is_reminded_of_its_place_until_it_has_it(longer_course: Path) -> None:
    number = len(listed(longer_course)) - 1
    assert reminders(longer_course) == [
        "speed_vn.ipynb: ô đầu thiếu thời gian, như “khoảng 50 phút”",
        f"{INDEX}: bảng của bản đồ thiếu hàng đúng cho mục {number}, speed_vn.ipynb",
        f"{INDEX}: hình của bản đồ thiếu mục {number}, “Tốc độ”",
        f"{INDEX}: nội dung chi tiết của speed_vn.ipynb thiếu Mục {number}. Tốc độ, Tốc độ",
    ]
    replace(longer_course / "speed_vn.ipynb", ("# Tốc độ", "# Tốc độ\\n\\nĐọc khoảng 35 phút."))
    drawing = f"<text>Mục {number}</text><text>Tốc độ</text></svg>"
    replace(longer_course / "img/chapter-map.svg", ("</svg>", drawing))
    row = f"| [{number}. Tốc độ](speed_vn.ipynb#sec_speed) | 1 | khoảng 35 phút | CPU |"
    index = notebook.read(longer_course / INDEX)
    for cell in index.cells:
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
        ("| khoảng 45 phút |", "| khoảng 40 phút |", "thiếu hàng đúng cho mục 6, use-gpu_vn"),
        ("[6. GPU]", "[6. Thiết bị]", "thiếu hàng đúng cho mục 6, use-gpu_vn"),
        ("| [6. GPU]", "| [7. Thiết bị](x)\\n| [6. GPU]", "có 7 hàng cho 6 mục"),
        ("[Điều gì xảy", "[Cái gì xảy", "của model-construction_vn.ipynb thiếu Điều gì"),
        ("- [Mục 2. ", "- [Mục 3. ", "thiếu Mục 2. Quản lý tham số"),
    ],
)
def test_an_index_that_tells_something_else_is_found(
    tmp_path: Path, old: str, new: str, reminder: str
) -> None:
    folder = tmp_path / "notebooks"
    shutil.copytree(FOLDER, folder)
    replace(folder / INDEX, (old, new))
    assert any(reminder in told for told in reminders(folder)), reminders(folder)
