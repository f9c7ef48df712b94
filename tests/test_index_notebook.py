"""The index keeps its promises: the self-test judges rightly, the recap runs, the map is true."""

import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

from authoring import notebook

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
SECTIONS = [
    "model-construction_vn.ipynb",
    "parameters_vn.ipynb",
    "deferred-init_vn.ipynb",
    "custom-layer_vn.ipynb",
    "read-write_vn.ipynb",
    "use-gpu_vn.ipynb",
]
CELLS = {cell.id: cell for cell in notebook.read(FOLDER / "index_vn.ipynb").cells}
QUESTIONS = [f"test-{number}" for number in range(1, 7)]
TAIL = {"Tóm tắt", "Bài tập", "Thảo luận", "Những người thực hiện", "Nội dung chi tiết"}


def vietnamese(cell_id: str) -> str:
    return notebook.split(CELLS[cell_id].source).vietnamese


def run(source: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=False
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
    solutions = [vietnamese(f"{question}-solution") for question in QUESTIONS]
    answers = [re.search(r"`([^`]+)`", text.split("</summary>")[1])[1] for text in solutions]
    assert verdicts(answers) == ["Đúng"] * len(QUESTIONS)


def test_wrong_and_missing_answers_are_told_apart() -> None:
    wrong = ["(3, 3)", "[6, 15]", "[1, 2, 3]", "[4, 8, 12]", "40", "False"]
    assert verdicts(wrong) == ["Chưa đúng: mở lời giải bên dưới"] * len(QUESTIONS)
    assert verdicts(["..."] * len(QUESTIONS)) == ["Chưa trả lời"] * len(QUESTIONS)


def test_recap_runs_and_its_comments_are_true() -> None:
    blocks = re.findall(r"```python\n(.*?)```", vietnamese("self-test-recap"), re.DOTALL)
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
    for cell in CELLS.values():
        if cell.cell_type == "markdown":
            text = notebook.split(cell.source).vietnamese
            text = re.sub(r"```.*?```|<[^>]+>|\]\([^)]*\)|[|*`#>-]", " ", text, flags=re.DOTALL)
            syllables += len(text.split())
    cells = sum(cell.cell_type == "code" for cell in CELLS.values())
    minutes = math.ceil((syllables / 200 + cells / 2) / 5) * 5
    assert f"khoảng {minutes} phút" in vietnamese("title")


@pytest.mark.parametrize("number", range(1, 7))
def test_map_tells_what_each_section_tells(number: int) -> None:
    path = FOLDER / SECTIONS[number - 1]
    rows = [
        line for line in vietnamese("map").splitlines() if re.match(rf"\| \[?{number}\. ", line)
    ]
    assert len(rows) == 1
    if path.exists():
        first = notebook.split(notebook.read(path).cells[0].source).vietnamese
        time = re.search(r"khoảng \d+ phút", first)
        assert time, f"{path.name}: no time in the first cell"
        assert time[0] in rows[0]
        assert f"]({path.name}#" in rows[0]
    else:
        assert "sắp có" in rows[0]
        assert "](" not in rows[0]


@pytest.mark.parametrize("name", ["index_vn.ipynb", *SECTIONS])
def test_contents_list_every_heading(name: str) -> None:
    """Two levels deep, in order; the closing headings that all pages share are left out."""
    listed = re.findall(r"\[([^\]]+)\]\(([^)#]*)#(\w+)\)", vietnamese("contents"))
    found = [(text, anchor) for text, file, anchor in listed if (file or "index_vn.ipynb") == name]
    if not (FOLDER / name).exists():
        assert found == []
        return
    expected = []
    for cell in notebook.read(FOLDER / name).cells:
        if cell.cell_type == "markdown":
            text = notebook.split(cell.source).vietnamese
            expected += re.findall(r'<a id="(\w+)"></a>\n\n#{1,2} (.+)', text)
    expected = [(heading, anchor) for anchor, heading in expected if heading not in TAIL]
    assert [anchor for _, anchor in found] == [anchor for _, anchor in expected]
    assert [text for text, _ in found[1:]] == [heading for heading, _ in expected[1:]]
