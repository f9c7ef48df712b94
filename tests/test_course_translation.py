"""The real course keeps its two languages together, and drift planted in it does not pass."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from authoring import notebook
from authoring.book import notebook_page
from authoring.finding import Finding
from authoring.glossary import GLOSSARY_FILE, toml_file
from authoring.notebook import fingerprint, named_cells, split
from authoring.notebook_error import NotebookError
from authoring.translation import course, links
from tests.course import sections

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def test_the_course_passes():
    findings = course.check(course.notebooks(NOTEBOOKS), NOTEBOOKS / GLOSSARY_FILE)
    assert not findings, "\n".join(["", *map(str, findings)])


@dataclass
class Drift:
    """A fault planted in the first text cell that allows it, and what must be said about it."""

    name: str
    rule: str
    says: str
    plant: Callable[[str, str], tuple[str, str]]  # English and Vietnamese half to new ones


def in_vietnamese(pattern: str, replacement: str | Callable[[re.Match[str]], str]):
    compiled = re.compile(pattern, re.MULTILINE)
    return lambda english, vietnamese: (english, compiled.sub(replacement, vietnamese, count=1))


def in_english(pattern: str, replacement: str):
    compiled = re.compile(pattern, re.MULTILINE)
    return lambda english, vietnamese: (compiled.sub(replacement, english, count=1), vietnamese)


def first_paragraph_untranslated(english: str, vietnamese: str) -> tuple[str, str]:
    plain = r"^[A-Z][^\n`$*\[(]+$"
    source, target = re.search(plain, english, re.M), re.search(plain, vietnamese, re.M)
    if source is None or target is None or not english.startswith(source.group()):
        return english, vietnamese
    return english, vietnamese.replace(target.group(), source.group(), 1)


def another_number(english: str, vietnamese: str) -> tuple[str, str]:
    for number in re.findall(r" ([1-9]\d) ", english):
        if english.count(f" {number} ") == vietnamese.count(f" {number} ") == 1:
            return english, vietnamese.replace(f" {number} ", f" 7{number} ")
    return english, vietnamese


def decomposed(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFD", match.group())


WORD = r"[^\W\d_]"
DRIFTS = [
    Drift(
        "English edited",
        "stale",
        r"\{\+Quite new\.\+\}",
        in_english(r"\A(?=\w)", "Quite new. "),
    ),
    Drift(
        "paragraph lost",
        "structure",
        "thiếu bản dịch của đoạn văn",
        in_vietnamese(r"\n\n\w[^\n]+\Z", ""),
    ),
    Drift(
        "paragraph added",
        "structure",
        "thừa đoạn văn “Thêm",
        in_vietnamese(r"\Z", "\n\nThêm một câu."),
    ),
    Drift(
        "heading level", "structure", "tiêu đề cấp 2 .*tiêu đề cấp 3", in_vietnamese("^## ", "### ")
    ),
    Drift("list item lost", "structure", "mục danh sách", in_vietnamese(r"^- .*\n(?=- )", "")),
    Drift(
        "table row lost", "structure", "hàng bảng", in_vietnamese(r"\|\n\| .*\|(?=\n\||\Z)", "|")
    ),
    Drift("code changed", "code", "mã trong dòng", in_vietnamese(r"`(\w+)`", r"`\1_`")),
    Drift("formula changed", "maths", "công thức", in_vietnamese(r"\$([^$\n]+)\$", r"$\1 + 0$")),
    Drift(
        "link changed",
        "link",
        "đích liên kết",
        in_vietnamese(r"((?<!!)\[[^\]]*\]\([^)]*)\)", r"\1x)"),
    ),
    Drift("picture changed", "image", "hình khác", in_vietnamese(r"\.svg ", "2.svg ")),
    Drift("not translated", "untranslated", "chưa dịch", first_paragraph_untranslated),
    Drift("translation lost", "pair", "thiếu bản tiếng Việt", lambda english, _: (english, "")),
    Drift("comment nested", "pair", "chú thích lồng", in_english(r"\Z", " <!-- x")),
    Drift("comment added", "pair", "chỉ có một chú thích", in_vietnamese(r"\Z", "\n<!-- x -->")),
    Drift(
        "anchor in the English", "anchor", "nửa tiếng Việt", in_english(r"\A", '<a id="x"></a>\n\n')
    ),
    Drift("class for layer", "forbidden", "không dùng “lớp”", in_vietnamese(r"\btầng\b", "lớp")),
    Drift(
        "loose term",
        "term",
        "“weight” phải dịch là “trọng số”",
        lambda english, vietnamese: (english, vietnamese.replace("rọng số", "rọng lượng")),
    ),
    Drift(
        "unknown term", "unknown-term", "chưa có trong", in_vietnamese(r"\.\Z", " (*boosting*).")
    ),
    Drift("decomposed letter", "nfc", "NFC", in_vietnamese("ầ", decomposed)),
    Drift("no-break space", "invisible", "U\\+00A0", in_vietnamese(" ", "\u00a0")),
    Drift("zero-width space", "invisible", "U\\+200B", in_vietnamese(" ", " \u200b")),
    Drift("space before", "space-before", "trước “,”", in_vietnamese(", ", " , ")),
    Drift("no space after", "space-after", "sau “,”", in_vietnamese(rf", (?={WORD})", ",")),
    Drift(
        "double space",
        "double-space",
        "giữa hai từ",
        in_vietnamese(rf"^({WORD}+) (?={WORD})", r"\1  "),
    ),
    Drift("code glued to a word", "code-space", "mã", in_vietnamese(rf"(?<={WORD}) `", "`")),
    Drift("tone mark misplaced", "tone", "“hòa”", in_vietnamese(r"\.\Z", " và hoà.")),
    Drift("straight quotes", "quotes", "“ ”", in_vietnamese(rf"({WORD}+)\.\Z", r'"\1".')),
    Drift("bracket", "bracket", "ngoặc đơn", in_vietnamese(rf"(?<={WORD}) \((?={WORD})", "(")),
    Drift("two commas", "punctuation", "“,,”", in_vietnamese(", ", ",, ")),
    Drift("broken bold", "markup", r"\*\*", in_vietnamese(r"\*\* ", " **")),
    Drift("decimal point", "number", "“0,25”", in_vietnamese(r"\.\Z", " 0.25.")),
    Drift("another number", "figures", "số khác bản tiếng Anh", another_number),
    Drift("impossible syllable", "syllable", "“taang”", in_vietnamese(r"\btầng\b", "taang")),
]


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def committed(tmp_path_factory) -> Path:
    """A copy of the course under git, every cell stamped."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(NOTEBOOKS / GLOSSARY_FILE, folder)
    for path in course.notebooks(NOTEBOOKS):
        document = notebook.read(path)
        for _, cell in named_cells(document, "markdown"):
            cell.metadata["d2l"] = {"english": fingerprint(split(cell.source).english)}
        notebook.write(folder / path.name, document)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=copy")
    return folder


@pytest.fixture
def copy(committed, monkeypatch) -> Path:
    """The copy as it was committed, with no other git in the way."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    git(committed, "checkout", "--quiet", "--", ".")
    return committed


def findings_of(path: Path) -> list[Finding]:
    return course.check([path], path.with_name(GLOSSARY_FILE))


def plant(folder: Path, drift: Drift) -> tuple[Path, str]:
    """Plant the drift in the course; the notebook and the name of the cell that now has it."""
    for path in course.notebooks(folder):
        document = notebook.read(path)
        for name, cell in named_cells(document, "markdown"):
            halves = split(cell.source)
            before = (halves.english, halves.vietnamese)
            english, vietnamese = drift.plant(*before)
            if (english, vietnamese) != before:
                cell.source = f"<!--\n{english}\n-->\n\n{vietnamese}"
                notebook.write(path, document)
                return path, name
    raise AssertionError(f"no cell of the course allows the drift “{drift.name}”")


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.name)
def test_planted_drift_is_found_in_its_cell(copy, drift):
    path, name = plant(copy, drift)
    told = [str(finding) for finding in findings_of(path) if finding.rule == drift.rule]
    assert any(message.startswith(f"{path}, {name}") for message in told), told
    assert any(re.search(drift.says, message) for message in told), told


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda data: data.replace(b"\n", b"\r\n"), "Windows"),
        (lambda data: data.replace("ầ".encode(), b"\xff", 1), "UTF-8"),
        (lambda data: data[:-9], "JSON"),
        (lambda data: re.sub(rb'"id": "[^"]*"', b'"id": "x"', data), "trùng id"),
        (lambda data: re.sub(rb'"english": "\w+"', b'"english": null', data, count=1), "chưa được"),
    ],
    ids=["windows line ends", "invalid UTF-8", "cut off", "shared ids", "stamp lost"],
)
def test_a_damaged_file_is_found(copy, change, says):
    path = course.notebooks(copy)[0]
    path.write_bytes(change(path.read_bytes()))
    told = "\n".join(map(str, findings_of(path)))
    assert told.startswith(str(path))
    assert says in told


def test_a_term_entered_twice_is_found(copy):
    path = copy / GLOSSARY_FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text[text.index("\n[[term]]") :], encoding="utf-8")
    assert "trùng" in str(findings_of(course.notebooks(copy)[0])[0])


def test_the_glossary_is_in_order_and_large_enough():
    terms = [term.term for term in toml_file.load(NOTEBOOKS / GLOSSARY_FILE).terms]
    assert terms == sorted(terms, key=str.casefold)
    assert len(terms) >= 120


def test_every_notebook_round_trips_to_the_same_bytes(copy):
    for path in course.notebooks(copy):
        before = path.read_bytes()
        notebook.write(path, course.load(path))
        assert path.read_bytes() == before


def test_every_cell_can_be_taken_apart():
    for path in course.notebooks(NOTEBOOKS):
        for name, cell in named_cells(notebook.read(path), "markdown"):
            try:
                split(cell.source)
            except NotebookError as error:
                pytest.fail(f"{path.name}, {name}: {error}")


def test_check_and_book_number_alike():
    for number, name in enumerate(sections(NOTEBOOKS)):
        stored = notebook.read(NOTEBOOKS / name)
        page = notebook_page.make(stored, NOTEBOOKS, name, str(number or ""))
        book = {str(label).replace("(", "").replace(")", "") for label in page.numbering.all}
        assert links.numbered(NOTEBOOKS / name, stored) == book
