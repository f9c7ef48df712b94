"""One notebook as one PO file for a translator, and back.

An entry is a cell: its id is the context, the halves are message and translation. A stale cell is
exported as fuzzy, with the English it was made from where git still knows it. Importing changes
nothing but Vietnamese halves; fuzzy and empty entries leave theirs as they are. A fingerprint of
the translation at the time of export tells on which side it was changed since.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polib
from nbformat import NotebookNode

from d2lutil.notebook import Halves, NotebookError, fingerprint, named_cells, split, translated_from
from d2lutil.translation import history, markup, staleness, structure
from d2lutil.translation.finding import Finding
from d2lutil.translation.glossary import Glossary

_NOTEBOOK = "X-Notebook"
# polib drops the last character of a string that lost its closing quote: look before it does.
_LINE = re.compile(
    r'#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])\s+)?"(?:[^"\\]|\\.)*"|'
)
_EXPORTED = re.compile(r"\bd2l:([0-9a-f]+)\b")
_ANCHOR = re.compile(r"<a\s+id\s*=[^>]*>")


class ImportRefused(ValueError):
    """A PO file that cannot be taken over; `findings` says everything that is wrong with it."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))


@dataclass
class Imported:
    """Ids of cells whose Vietnamese was replaced, and of those left because not finished."""

    changed: list[str]
    left: list[str]


def dumps(path: Path, notebook: NotebookNode, glossary: Glossary) -> str:
    """Return the notebook's text cells as PO, the terms of each cell in its comment.

    Raises NotebookError when a cell has no usable English half.
    """
    po = polib.POFile(wrapwidth=0)
    po.metadata = {
        "Language": "vi",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        _NOTEBOOK: path.name,
    }
    for name, cell in named_cells(notebook, "markdown"):
        halves = split(cell.source, path=path, cell=name, translated=False)
        entry = polib.POEntry(msgctxt=cell.id, msgid=halves.english, msgstr=halves.vietnamese)
        terms = sorted(glossary.used(markup.parse(halves.english)), key=lambda term: term.term)
        entry.comment = "\n".join(
            [
                name,
                f"d2l:{fingerprint(halves.vietnamese)}",
                *(f"{term.term} = {term.vi}" for term in terms),
            ]
        )
        if staleness.state(cell, halves) == staleness.STALE:
            entry.flags.append("fuzzy")
            before = history.last_accepted(path, cell.id, translated_from(cell) or "")
            entry.previous_msgid = before.english if before else None
        po.append(entry)
    return f"{po}\n"


def notebook_of(path: Path, folder: Path) -> Path:
    """Return the notebook in `folder` that the PO file at `path` was exported from.

    Raises ImportRefused when the file cannot be read or names no notebook of the course.
    """
    name = str(_parse(path).metadata.get(_NOTEBOOK, ""))
    notebook = folder / name
    if not name or name != notebook.name or not notebook.is_file():
        reason = (
            f"phần đầu tệp ({_NOTEBOOK}: {name or 'trống'}) không chỉ một notebook trong {folder}/"
        )
        raise ImportRefused([Finding("import", reason, path=path)])
    return notebook


def merge(path: Path, notebook: NotebookNode, glossary: Glossary) -> Imported:
    """Put the translations of the PO file at `path` into `notebook`, in memory.

    A translation that was changed in the notebook since the export and not in the file stays.

    Raises ImportRefused, with `notebook` unchanged, when the file cannot be read, its cells are
    not exactly those of the notebook with their present English, a translation was changed on
    both sides, or a new one would break its cell.
    """
    cells = {cell.id: (name, cell) for name, cell in named_cells(notebook, "markdown")}
    entries, findings = _entries(path, cells)
    sources: dict[str, str] = {}
    left: list[str] = []
    for cell_id, entry in entries.items():
        name, cell = cells[cell_id]
        try:
            halves = split(cell.source, path=path, cell=name, translated=False)
        except NotebookError as error:
            findings.append(Finding.of("import", error))
            continue
        faults = list(_faults(entry, halves, glossary))
        findings += [_finding(path, f"{name}: {reason}", entry) for reason in faults]
        if not _is_finished(entry):
            left.append(cell_id)
        elif _is_new(entry, halves):
            sources[cell_id] = _replaced(cell.source, halves, entry.msgstr.strip())
    if findings:
        raise ImportRefused(findings)
    for cell_id, source in sources.items():
        cells[cell_id][1].source = source
    return Imported(list(sources), left)


def _entries(
    path: Path, cells: Mapping[str, tuple[str, Any]]
) -> tuple[dict[str, Any], list[Finding]]:
    """Return the entry of each cell, and what is missing, unknown, or there twice."""
    findings: list[Finding] = []
    entries: dict[str, Any] = {}
    for entry in _parse(path):
        cell_id = entry.msgctxt
        if entry.obsolete:
            continue
        if cell_id in entries:
            findings.append(_finding(path, f"ô {cell_id} có hai lần", entry))
        elif cell_id in cells:
            entries[cell_id] = entry
        else:
            reason = f"ô {cell_id} không có trong notebook (đổi tên hay đã bị xóa?)"
            findings.append(_finding(path, reason, entry))
    findings += [
        Finding("import", f"thiếu {name}", path=path)
        for cell_id, (name, _) in cells.items()
        if cell_id not in entries
    ]
    return entries, findings


def _parse(path: Path) -> Any:
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        reason = f"không đọc được tệp ({error.strerror})"
        raise ImportRefused([Finding("import", reason, path=path)]) from error
    except UnicodeDecodeError as error:
        reason = f"không phải UTF-8: byte {error.object[error.start]:#04x} ở vị trí {error.start}"
        raise ImportRefused([Finding("import", reason, path=path)]) from error
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
        if not _LINE.fullmatch(line.strip()):
            reason = "không phải tệp PO hợp lệ: dòng bị cắt hoặc sai cú pháp"
            raise ImportRefused([Finding("import", reason, number, path=path)])
    try:
        return polib.pofile(str(path), encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = f"không phải tệp PO hợp lệ: {error}"
        raise ImportRefused([Finding("import", reason, path=path)]) from error


def _finding(path: Path, reason: str, entry: Any) -> Finding:
    return Finding("import", reason, entry.linenum, path=path)


def _is_finished(entry: Any) -> bool:
    return not entry.fuzzy and bool(entry.msgstr.strip())


def _is_new(entry: Any, halves: Halves) -> bool:
    """Whether the translator changed what stands in the notebook."""
    text = entry.msgstr.strip()
    if _exported(entry) != fingerprint(halves.vietnamese):
        # The notebook changed meanwhile: it has the last word where the translator said nothing.
        return fingerprint(text) not in {_exported(entry), fingerprint(halves.vietnamese)}
    return bool(text != halves.vietnamese)


def _exported(entry: Any) -> str | None:
    match = _EXPORTED.search(entry.comment)
    return match.group(1) if match else None


def _faults(entry: Any, halves: Halves, glossary: Glossary) -> Iterator[str]:
    if fingerprint(entry.msgid) != fingerprint(halves.english):
        yield "bản tiếng Anh trong tệp khác notebook (đã đổi sau khi xuất?): hãy xuất lại"
        return
    if not _is_finished(entry) or not _is_new(entry, halves):
        return
    text = entry.msgstr.strip()
    if _exported(entry) != fingerprint(halves.vietnamese):
        yield "bản tiếng Việt trong notebook cũng đã đổi sau khi xuất: hãy xuất lại rồi gộp hai bản"
    if "<!--" in text or "-->" in text:
        yield "bản dịch không được chứa <!-- hay -->"
    if "\r" in text:
        yield "bản dịch có ký tự xuống dòng kiểu Windows (\\r)"
    if not unicodedata.is_normalized("NFC", text):
        yield "bản dịch không ở dạng Unicode NFC (dựng sẵn)"
    if _ANCHOR.findall(text) != _ANCHOR.findall(halves.vietnamese):
        yield "bản dịch phải giữ nguyên các neo <a id=…> của ô"
    english, vietnamese = markup.parse(halves.english), markup.parse(text)
    for finding in structure.compare(english, vietnamese, glossary.is_kept):
        yield finding.reason


def _replaced(source: str, halves: Halves, vietnamese: str) -> str:
    body = source.rstrip()
    if not halves.vietnamese:
        return f"{body}\n\n{vietnamese}"
    return body.removesuffix(halves.vietnamese) + vietnamese + source[len(body) :]
