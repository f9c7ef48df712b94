"""Numbers in prose: written the Vietnamese way, and the same ones as in the English.

Vietnamese has a decimal comma and a point between thousands (0,5 and 60.000). Versions and numbers
of sections keep their points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from authoring.finding import Finding
from authoring.translation.markup import CODE, Document, Prose

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w|[.,]\d)")
_GROUPED_BY_SPACES = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?: \d{3})+(?![\w.,])")
_VIETNAMESE = re.compile(r"(?:\d{1,4}|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?")
_ENGLISH_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_VERSION = re.compile(r"\d+(?:\.\d+){2,}")
# What stands before a number that keeps its point: a name or one of a few nouns; then perhaps
# other numbers of the same kind (Python 3.8 đến 3.11).
_BEFORE = re.compile(
    rf"([^\W\d_]+|{CODE})\s+\(?(?:\d+(?:\.\d+)*\s*(?:,|–|-|và|hoặc|hay|đến|tới)\s*)*$"
)
_NUMBER_WORDS = {
    word: value
    for value, words in enumerate(
        (
            *("", "one a an each per một mốt mỗi", "two hai", "three ba", "four bốn tư"),
            *("five năm lăm", "six sáu", "seven bảy", "eight tám", "nine chín", "ten mười"),
            *("eleven", "twelve"),
            *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        )
    )
    for word in words.split()
} | {
    f"{word}ty": 10 * value
    for value, word in enumerate(("twen", "thir", "for", "fif", "six", "seven", "eigh", "nine"), 2)
}
_SCALES = {"dozen": 12} | {
    word: 10**power
    for power, words in (
        (1, "tens chục"),
        (2, "hundred hundreds trăm"),
        (3, "thousand thousands nghìn ngàn"),
        (6, "million millions triệu"),
        (9, "billion billions tỉ tỷ"),
    )
    for word in words.split()
}
_UNITS = {
    word: (factor, kind)
    for kind, units in (
        ("byte", "1 B byte bytes|1e3 kB KB|1e6 MB|1e9 GB|1e12 TB"),
        (
            "giây",
            "1e-9 ns nanosecond nanoseconds|1e-6 µs microsecond microseconds|"
            "1e-3 ms millisecond milliseconds|1 s second seconds giây|60 minute minutes phút|"
            "3600 hour hours giờ tiếng p.m. a.m.|86400 day days ngày",
        ),
        ("bit", "1 bit bits"),
        ("Hz", "1 Hz|1e3 kHz|1e6 MHz|1e9 GHz"),
        ("%", "1 % percent"),
    )
    for factor, *words in (unit.split() for unit in units.split("|"))
    for word in words
} | {"nano giây": ("1e-9", "giây"), "micro giây": ("1e-6", "giây"), "mili giây": ("1e-3", "giây")}
_AFTERNOON = {"p.m.", "giờ chiều", "giờ tối"}
_UNITS |= dict.fromkeys(_AFTERNOON, ("3600", "giây"))


def is_unit(word: str) -> bool:
    """Return whether a word is a unit that numbers are held against with."""
    return word in _UNITS


def _quantity(words: str) -> re.Pattern[str]:
    # Long names first, so that none is cut: "seconds" before "s". A second is mostly no time.
    scales, units = (
        "|".join(map(re.escape, sorted(table, key=len, reverse=True)))
        for table in (_SCALES, _UNITS)
    )
    number = (
        rf"(?P<figures>{_NUMBER.pattern})|\b(?P<words>{words}|"
        rf"(?:an?(?! second\b)|each|per|một|mỗi)(?=[\s-]+(?:{scales}|{units})\b(?! lệ)))\b|"
        rf"(?=\b(?:{scales})\b(?! lệ))"
    )
    return re.compile(
        rf"(?:{number})(?P<scale>(?:[\s-]*(?:of )?\b(?:{scales})\b(?! lệ)){{0,3}})"
        rf"(?:[\s-]*(?:of )?(?P<unit>(?:{units})(?!\w)))?(?P<half>\s+rưỡi\b)?",
        re.IGNORECASE,
    )


_UNITS_IN_WORDS = "one|two|three|four|five|six|seven|eight|nine"
_ENGLISH_QUANTITY = _quantity(
    rf"(?:(?:twen|thir|for|fif|six|seven|eigh|nine)ty)(?:[\s-](?:{_UNITS_IN_WORDS}))?|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|ten|eleven|twelve|"
    + _UNITS_IN_WORDS.removeprefix("one|")
)
_DIGIT = "hai|ba|bốn|sáu|bảy|tám|chín"
# “thứ hai” may be "second", which is a unit too.
_VIETNAMESE_QUANTITY = _quantity(
    rf"(?:{_DIGIT}|năm)\s+mươi(?:\s+(?:mốt|tư|lăm|{_DIGIT}))?|mười(?:\s+(?:một|lăm|{_DIGIT}))?|"
    rf"(?<!thứ )(?:{_DIGIT}|năm)"
)
# A time of the clock is written in too many ways.
_CLOCK = re.compile(
    r"\b\d{1,2}(?::\d\d(?:\s*[ap]\.m\.)?| giờ (?:rưỡi|\d{1,2}))(?: (?:sáng|trưa|chiều|tối))?"
)
_YEAR = re.compile(r"\b(?:year|decade|centur)", re.IGNORECASE)
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
    """Find a number, in figures or words, that the translation of an English text replaced.

    With its unit: 0.5 GB may become 500 MB, 4 p.m. 16 giờ. A number only one side has is no fault:
    the other may say it otherwise. That the order differs is a question.
    """
    ours = _quantities(source.text, _ENGLISH_QUANTITY, _english_value)
    theirs = _quantities(target.text, _VIETNAMESE_QUANTITY, _vietnamese_value)
    ours_left, theirs_left = _without(ours, theirs, _is_equal), _without(theirs, ours, _is_equal)
    # “năm” is a year too, and nought is "zero" or "no".
    years = _YEAR.search(source.text) or re.search(r"(?i)\bnăm\s+\d|\d\s+năm", target.text)
    extra = [
        number
        for number in _without(theirs_left, ours_left, _may_be)
        if number.raw != "0" and not (years and number.text.lower() == "năm")
    ]
    missing = [
        number
        for number in _without(ours_left, theirs_left, _may_be)
        # "A day" and "per second" are no numbers, unless the unit is another.
        if number.raw != "1" or number.kind in {other.kind for other in extra}
    ]
    # What is counted in the same unit is held against each other, whatever else is equal.
    kinds = {number.kind for number in ours_left if number.raw != "1"} & {
        number.kind for number in theirs_left
    }
    if kinds - {""}:
        missing = [number for number in ours_left if number.kind in kinds - {""}]
        extra = [number for number in theirs_left if number.kind in kinds - {""}]
    if missing and extra:
        numbers = ", ".join(dict.fromkeys(number.text for number in extra))
        wanted = ", ".join(dict.fromkeys(number.text for number in missing))
        reason = f"số khác bản tiếng Anh: “{numbers}” thay vì “{wanted}”"
        yield Finding("figures", reason, target.lines[extra[0].start], question=numbers)
    order = [
        [n.raw for n in found if n.in_figures and _is_among(n, other)]
        for found, other in ((ours, theirs), (theirs, ours))
    ]
    if order[0] != order[1] and sorted(order[0]) == sorted(order[1]):
        there, here = map(", ".join, order)
        reason = f"thứ tự các số khác bản tiếng Anh: {here} thay vì {there}"
        yield Finding("order", reason, target.lines[0], question=here)


class _Quantity(NamedTuple):
    text: str
    start: int
    raw: str  # the English way, without its unit
    value: str  # in the basic unit
    kind: str  # of unit, "" for none
    in_figures: bool


def _is_equal(number: _Quantity, other: _Quantity) -> bool:
    return (number.value, number.kind) == (other.value, other.kind)


def _may_be(number: _Quantity, other: _Quantity) -> bool:
    # One half may leave out the unit, never change it.
    return number.raw == other.raw and not (number.kind and other.kind)


def _is_among(number: _Quantity, others: Iterable[_Quantity]) -> bool:
    return any(_is_equal(number, other) or _may_be(number, other) for other in others)


def _without(
    numbers: Iterable[_Quantity],
    others: Iterable[_Quantity],
    is_same: Callable[[_Quantity, _Quantity], bool],
) -> list[_Quantity]:
    """Return the numbers left when each of the others has taken away the first that is the same."""
    left = list(numbers)
    for other in others:
        if same := next((number for number in left if is_same(number, other)), None):
            left.remove(same)
    return left


def _quantities(
    text: str, pattern: re.Pattern[str], value_of: Callable[[str], str]
) -> list[_Quantity]:
    found = []
    for match in pattern.finditer(_CLOCK.sub(lambda clock: " " * len(clock[0]), text)):
        figures, words, scale, unit = match.group("figures", "words", "scale", "unit")
        raw = value = value_of(figures) if figures else str(_words_value(words or ""))
        factor, kind = _UNITS.get(unit, _UNITS.get((unit or "").casefold(), (1, "")))
        if re.fullmatch(r"\d{1,20}(?:\.\d{1,20})?", raw) and (scale or kind or match["half"]):
            exact = Decimal(raw) + (Decimal("0.5") if match["half"] else 0)
            for word in re.findall(r"\w+", scale.casefold().replace("of ", "")):
                exact *= _SCALES[word]
            raw = f"{exact.normalize():f}"
            exact += 12 if unit in _AFTERNOON and exact < 12 else 0
            value = f"{(exact * Decimal(factor)).normalize():f}"
        found.append(_Quantity(match[0].strip(), match.start(), raw, value, kind, bool(figures)))
    return found


def _words_value(words: str) -> int:
    # “hai mươi mốt”, “mười hai”, "twelve", or nothing before a scale: "a million".
    total = 0
    for word in re.split(r"[\s-]+", words.casefold()) if words else ():
        total = total * 10 if word == "mươi" else total + _NUMBER_WORDS[word]
    return total if words else 1


def _keeps_its_point(text: str, number: re.Match[str], is_name: Callable[[str], bool]) -> bool:
    before = _BEFORE.search(text, max(0, number.start() - 80), number.start())
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
