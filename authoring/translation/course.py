"""The notebooks of the course together: every check, and where each translation stands."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from authoring import notebook as nb
from authoring.finding import Finding
from authoring.glossary import toml_file
from authoring.glossary.terms import Glossary
from authoring.notebook_error import NotebookError
from authoring.translation import (
    exercises,
    index_page,
    links,
    lint,
    markup,
    meaning,
    phrasing,
    questions,
    staleness,
    structure,
    terminology,
)

FOLDER = Path("notebooks")
TITLE = "tiêu đề cấp 1"  # as `markup` calls it
UNASKED = "answer"  # the rule that an answer without its question breaks


@dataclass(frozen=True)
class Status:
    """How many Markdown cells of a notebook are current, stale, or carry no stamp yet."""

    path: Path
    current: int
    stale: int
    missing: int


def notebooks(folder: Path = FOLDER) -> list[Path]:
    """List the course's notebooks. Raises NotebookError when the folder has none."""
    paths = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    if not paths:
        reason = "không thấy notebook nào: hãy chạy lệnh từ thư mục gốc của khóa học"
        raise NotebookError(reason, path=folder)
    return paths


def load(path: Path) -> NotebookNode:
    """Read a notebook that can be written back without changing what was not touched.

    Raises NotebookError when it cannot be read, or is not in the form that Jupyter writes.
    """
    stored = nb.read_text(path)
    notebook = nb.loads(stored, path=path)
    expected = nb.dumps(notebook)
    if stored != expected:
        reason = "không ở dạng JSON mà Jupyter ghi ra: hãy mở và lưu lại bằng JupyterLab"
        if "\r" in stored:
            reason = "xuống dòng kiểu Windows (CRLF): hãy đổi sang LF"
        pairs = zip(stored.split("\n"), expected.split("\n"), strict=False)
        line = next((number for number, (a, b) in enumerate(pairs, 1) if a != b), None)
        raise NotebookError(reason, path=path, line=line)
    return notebook


def check(paths: Sequence[Path], glossary_path: Path) -> list[Finding]:
    """Run every check on the notebooks, their exercises and the glossary; [] is all well."""
    try:
        glossary = toml_file.load(glossary_path)
    except toml_file.GlossaryError as error:
        return error.findings
    findings = list(_check_glossary(glossary, glossary_path))
    documents = {}
    for path in paths:
        try:
            documents[path] = load(path)
        except NotebookError as error:
            findings.append(Finding.of("file", error))
            continue
        findings += check_notebook(path, documents[path], glossary)
    if len(documents) == len(paths):
        findings += [*links.check(documents), *index_page.check(documents)]
    sections = [path.name.removesuffix("_vn.ipynb") for path in paths]
    findings += exercises.check(sections, glossary)
    findings += questions.check(sections, glossary)
    # A new stamp says that all else was looked at.
    return findings or [
        finding
        for path, document in documents.items()
        for finding in staleness.check_stamps(path, document)
    ]


def _check_glossary(glossary: Glossary, path: Path) -> Iterator[Finding]:
    for term in glossary.terms:
        for text in (*term.translations, term.definition, term.note):
            halves = nb.Halves("", text, 1, 1)
            for finding in (
                *lint.lint_source(text),
                *lint.lint_prose(halves, *parse(halves), glossary),
            ):
                reason = f"mục “{term.term}”: {finding.reason}"
                yield Finding(finding.rule, reason, path=path)


def check_notebook(path: Path, notebook: NotebookNode, glossary: Glossary) -> Iterator[Finding]:
    """Yield what is wrong with one notebook that was read from `path`."""
    yield from (finding.at(path) for finding in _check_titles(notebook))
    unstamped = []
    for name, cell in nb.named_cells(notebook):
        yield from (finding.at(path, name) for finding in lint.lint_source(cell.source))
        if cell.cell_type == "markdown":
            # The same fault twice on a line is told once.
            findings = dict.fromkeys(_check_cell(path, cell, glossary))
            yield from (finding.at(path, name) for finding in findings)
            if nb.translated_from(cell) is None:
                unstamped.append(cell.id)
    if unstamped:
        ids = ", ".join(unstamped[:5]) + (", …" if len(unstamped) > 5 else "")
        reason = (
            f"{len(unstamped)} ô chưa được xác nhận bản dịch ({ids}): xem lại rồi chạy "
            f"python -m authoring.translation accept {path}"
        )
        yield Finding("unstamped", reason, path=path)


def _check_titles(notebook: NotebookNode) -> Iterator[Finding]:
    blocks = [
        block
        for _, halves in _pairs(notebook)
        if halves
        for block in markup.parse(halves.vietnamese, halves.vietnamese_line).blocks
    ]
    titles = sum(block.kind == TITLE for block in blocks)
    if blocks and (titles != 1 or blocks[0].kind != TITLE):
        reason = f"phải mở đầu bằng đúng một tiêu đề lớn (# …), ở đây có {titles}"
        yield Finding("title", reason)


def _check_cell(path: Path, cell: Any, glossary: Glossary) -> Iterator[Finding]:
    try:
        halves = nb.split(cell.source)
    except NotebookError as error:
        yield Finding.of("pair", error)
        return
    if stale := staleness.check(path, cell, halves):
        yield stale
    for finding in judge(cell, halves, glossary):
        if finding.question:
            way_out = f"python -m authoring.translation accept {path} {cell.id}"
            if finding.rule != UNASKED:
                way_out = f'nếu đúng là thế: {way_out} --because "lý do"'
            finding = replace(finding, reason=f"{finding.reason} ({way_out})")
        yield finding


def judge(cell: Any, halves: nb.Halves, glossary: Glossary) -> Iterator[Finding]:
    """Yield what is wrong with a cell's halves, and the questions that it has no answer to."""
    answers = staleness.answers(cell)
    asked = {staleness.STALE}
    for found in _judge(halves, glossary):
        finding = replace(found, reason=markup.shown(found.reason))
        if found.question:
            # An answer is of one paragraph: another word in it, and it is asked anew.
            stamp = nb.fingerprint(_paragraph(halves, found.line))[:8]
            finding = replace(finding, question=f"{markup.shown(found.question)} [{stamp}]")
            asked.add(finding.key)
        if not found.question or finding.key not in answers:
            yield finding
    for key in answers.keys() - asked:
        reason = f"câu trả lời “{key}” không còn ứng với câu hỏi nào, xác nhận lại để bỏ nó đi"
        yield Finding(UNASKED, reason, question=key)


def _paragraph(halves: nb.Halves, line: int | None) -> str:
    """Return the paragraph of the Vietnamese half in which a line of the cell lies."""
    lines = halves.vietnamese.split("\n")
    at = (line or 0) - halves.vietnamese_line
    if not 0 <= at < len(lines):
        return halves.vietnamese
    before, after = "\n".join(lines[:at]), "\n".join(lines[at:])
    return before.rpartition("\n\n")[2] + "\n" + after.partition("\n\n")[0]


def _judge(halves: nb.Halves, glossary: Glossary) -> Iterator[Finding]:
    english, vietnamese = parse(halves)
    faults = list(structure.compare(english, vietnamese, glossary))
    yield from faults
    # With another structure, blocks would be held against those that they do not translate.
    alike = not any(fault.rule == structure.RULE for fault in faults)
    if alike:
        for source, target in zip(english.blocks, vietnamese.blocks, strict=True):
            yield from meaning.ask(source, target, glossary)
    if unicodedata.is_normalized("NFC", halves.english + halves.vietnamese):
        # Decomposed letters would only repeat as impossible words what was said already.
        if alike:
            yield from terminology.check(glossary, english, vietnamese)
        yield from lint.lint_prose(halves, english, vietnamese, glossary)
        for prose in vietnamese.proses():
            yield from phrasing.check(prose, glossary, halves.english)


def parse(halves: nb.Halves) -> tuple[markup.Document, markup.Document]:
    """Parse the English and the Vietnamese half of a cell."""
    return (
        markup.parse(halves.english, halves.english_line),
        markup.parse(halves.vietnamese, halves.vietnamese_line),
    )


def status(path: Path) -> Status:
    """Count the Markdown cells by the state of their translation.

    A cell without a usable pair counts as missing. Raises NotebookError for an unreadable file.
    """
    states = Counter(
        staleness.state(cell, halves) if halves else staleness.MISSING
        for cell, halves in _pairs(nb.read(path))
    )
    return Status(
        path, states[staleness.CURRENT], states[staleness.STALE], states[staleness.MISSING]
    )


def _pairs(notebook: NotebookNode) -> Iterator[tuple[Any, nb.Halves | None]]:
    for _, cell in nb.named_cells(notebook, "markdown"):
        try:
            yield cell, nb.split(cell.source)
        except NotebookError:
            yield cell, None
