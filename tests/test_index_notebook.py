"""The index keeps its promises: the self-test judges rightly, the recap runs, the time is right."""

import math
import re
import subprocess
import sys
from pathlib import Path

from authoring import notebook
from authoring.translation.index_page import INDEX
from tests.course import FOLDER


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
