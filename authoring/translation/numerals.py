"""Numbers in prose: written the Vietnamese way, and the same ones as in the English.

Vietnamese has a decimal comma and a point between thousands (0,5 and 60.000). Versions and numbers
of sections keep their points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from authoring.finding import Finding
from authoring.translation.markup import CODE, Document, Prose

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)")
_GROUPED_BY_SPACES = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?: \d{3})+(?![\w.,])")
_VIETNAMESE = re.compile(r"(?:\d{1,4}|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?")
_ENGLISH_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_VERSION = re.compile(r"\d+(?:\.\d+){2,}")
# What stands before a number that keeps its point: a name or one of a few nouns; then perhaps
# other numbers of the same kind (Python 3.8 đến 3.11).
_BEFORE = re.compile(
    rf"([^\W\d_]+|{CODE})\s+\(?(?:\d+(?:\.\d+)*\s*(?:,|–|-|và|hoặc|hay|đến|tới)\s*)*$"
)
_NUMBERED = {"bản", "mục", "hình", "bảng", "chương", "phần"}


def check_writing(
    english: Document, vietnamese: Document, is_name: Callable[[str], bool]
) -> Iterator[Finding]:
    """Find numbers of the Vietnamese half that are not written the Vietnamese way.

    1,234 may be right in either language: it is wrong where the English half has it too.
    """
    copied = {number for prose in english.proses() for number in _NUMBER.findall(prose.text)}
    for prose in vietnamese.proses():
        for match in _GROUPED_BY_SPACES.finditer(prose.text):
            yield _wrong(prose, match, match.group().replace(" ", "."))
        for match in _NUMBER.finditer(prose.text):
            number = match.group()
            if _keeps_its_point(prose.text, match, is_name) or _is_version(number):
                continue
            unchanged = number in copied and not number.isdecimal()
            if unchanged or not _VIETNAMESE.fullmatch(number):
                yield _wrong(prose, match, _rewritten(number))


def compare(source: Prose, target: Prose) -> Iterator[Finding]:
    """Find a number that the translation of this English text replaced by another.

    A number only one side has is no fault: the other may say it in words.
    """
    ours = {_english_value(number): number for number in _NUMBER.findall(source.text)}
    theirs = {_vietnamese_value(match.group()): match for match in _NUMBER.finditer(target.text)}
    missing = [number for value, number in ours.items() if value not in theirs]
    extra = [match for value, match in theirs.items() if value not in ours]
    if missing and extra:
        numbers = ", ".join(match.group() for match in extra)
        reason = f"số khác bản tiếng Anh: “{numbers}” thay vì “{', '.join(missing)}”"
        yield Finding("figures", reason, target.lines[extra[0].start()])


def _keeps_its_point(text: str, number: re.Match[str], is_name: Callable[[str], bool]) -> bool:
    before = _BEFORE.search(text, 0, number.start())
    if before is None:
        return False
    word = before.group(1)
    return word == CODE or word.lower() in _NUMBERED or is_name(word)


def _is_version(number: str) -> bool:
    return bool(_VERSION.fullmatch(number)) and not _VIETNAMESE.fullmatch(number)


def _wrong(prose: Prose, match: re.Match[str], right: str) -> Finding:
    reason = (
        f"số “{match.group()}”: viết “{right}” (dấu phẩy thập phân, dấu chấm hàng nghìn; phiên bản "
        "thì ghi tên phía trước)"
    )
    return Finding("number", reason, prose.lines[match.start()])


def _rewritten(number: str) -> str:
    if number.isdecimal():
        return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ".", number)
    return number.translate(str.maketrans(".,", ",."))


def _english_value(number: str) -> str:
    return number.replace(",", "") if _ENGLISH_THOUSANDS.fullmatch(number) else number


def _vietnamese_value(number: str) -> str:
    if not _VIETNAMESE.fullmatch(number):
        return number
    return number.replace(".", "").replace(",", ".")
