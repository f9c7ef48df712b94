"""Reads glossary.toml and refuses one that contradicts itself."""

from __future__ import annotations

import dataclasses
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from authoring.finding import Finding
from authoring.glossary.terms import Glossary, Term, fold, forms
from authoring.notebook import read_text
from authoring.notebook_error import NotebookError

_HEAD = re.compile(r"^\s*\[\[\s*(\w+)\s*\]\]", re.MULTILINE)
_Parts = tuple[tuple[Term, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]
_FIELDS = {field.name for field in dataclasses.fields(Term)}


class GlossaryError(ValueError):
    """A glossary that cannot be used; `findings` says everything that is wrong with it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("\n".join(map(str, findings)))


def load(path: Path) -> Glossary:
    """Read the glossary.

    Raises GlossaryError with every fault found: a file that is not UTF-8 or not TOML, unknown or
    missing fields, empty, decomposed or unprintable text, wordings that two entries claim, an
    entry that forbids its own translation.
    """
    try:
        text = read_text(path)
        data = tomllib.loads(text)
    except NotebookError as error:
        raise GlossaryError([Finding.of("glossary", error)]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason = f"không phải TOML hợp lệ: {error}"
        raise GlossaryError([Finding("glossary", reason, path=path)]) from error
    reader = _Reader(text)
    parts = reader.read(data)
    if reader.findings:
        raise GlossaryError([finding.at(path) for finding in reader.findings])
    return Glossary(*parts)


class _Reader:
    """Turns parsed TOML into the parts of a glossary and collects what is wrong with it."""

    def __init__(self, text: str) -> None:
        self.findings: list[Finding] = []
        self._claimed: dict[str, int | None] = {}
        self._lines: dict[str, list[int]] = {}
        for head in _HEAD.finditer(text):
            line = text.count("\n", 0, head.start(1)) + 1
            self._lines.setdefault(head.group(1), []).append(line)

    def read(self, data: Mapping[str, Any]) -> _Parts:
        self._know(data, {"names", "term", "ambiguous"}, None)
        names = self._strings(data, "names", None)
        terms = [self._term(table, line) for table, line in self._tables(data, "term")]
        english, vietnamese = [], []
        for table, line in self._tables(data, "ambiguous"):
            self._know(table, {"english", "vietnamese", "reason"}, line)
            self._string(table, "reason", line)
            if ("english" in table) == ("vietnamese" in table):
                self._refuse("ngoại lệ cần đúng một trong hai: english, vietnamese", line)
            elif "english" in table:
                english.append(self._string(table, "english", line))
                self._claim(fold(english[-1]), line)
            else:
                vietnamese.append(self._string(table, "vietnamese", line))
        return tuple(terms), names, tuple(english), tuple(vietnamese)

    def _term(self, table: Mapping[str, Any], line: int | None) -> Term:
        self._know(table, _FIELDS, line)
        term = Term(
            term=self._string(table, "term", line),
            vi=self._string(table, "vi", line),
            definition=self._string(table, "definition", line),
            note=self._string(table, "note", line) if "note" in table else "",
            forms=self._strings(table, "forms", line),
            variants=self._strings(table, "variants", line),
            forbidden=self._strings(table, "forbidden", line),
        )
        for form in forms(term):
            self._claim(form, line)
        for wording in {fold(text) for text in term.translations}:
            if any(fold(forbidden) == wording for forbidden in term.forbidden):
                self._refuse(f"“{wording}” vừa là bản dịch vừa bị cấm", line)
        return term

    def _claim(self, form: str, line: int | None) -> None:
        if form in self._claimed and form:
            self._refuse(f"trùng: “{form}” đã có ở mục dòng {self._claimed[form]}", line)
        self._claimed.setdefault(form, line)

    def _tables(
        self, data: Mapping[str, Any], key: str
    ) -> Iterator[tuple[Mapping[str, Any], int | None]]:
        tables = data.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self._refuse(f"“{key}” phải là các mục [[{key}]]")
            return
        lines = self._lines.get(key, [])
        for number, table in enumerate(tables):
            yield table, lines[number] if len(lines) == len(tables) else None

    def _know(self, table: Mapping[str, Any], known: set[str], line: int | None) -> None:
        for key in table:
            if key not in known:
                self._refuse(f"khóa lạ “{key}”: chỉ có {', '.join(sorted(known))}", line)

    def _string(self, table: Mapping[str, Any], key: str, line: int | None) -> str:
        if key not in table:
            self._refuse(f"thiếu “{key}”", line)
            return ""
        return self._clean(table[key], key, line)

    def _strings(self, table: Mapping[str, Any], key: str, line: int | None) -> tuple[str, ...]:
        values = table.get(key, [])
        if not isinstance(values, list):
            self._refuse(f"“{key}” phải là một danh sách chuỗi", line)
            return ()
        return tuple(self._clean(value, key, line) for value in values)

    def _clean(self, value: Any, key: str, line: int | None) -> str:
        if not isinstance(value, str) or not value.strip() or value != value.strip():
            self._refuse(f"“{key}” phải là chuỗi không trống, không thừa khoảng trắng", line)
            return ""
        if not unicodedata.is_normalized("NFC", value):
            self._refuse(f"“{key}” không ở dạng Unicode NFC: “{value}”", line)
        if not value.isprintable():
            letter = next(letter for letter in value if not letter.isprintable())
            self._refuse(f"“{key}” có ký tự không in được U+{ord(letter):04X}", line)
        return value

    def _refuse(self, reason: str, line: int | None = None) -> None:
        self.findings.append(Finding("glossary", reason, line))
