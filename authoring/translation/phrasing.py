"""Vietnamese that a reader stumbles over, and what to write instead.

A row is a pattern, for text in small letters, and the better wording. To add one: write it down,
run the check on the course, and give a faulty and a right line to the tests. What is found may be
right where it stands: it is a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from authoring.finding import Finding
from authoring.glossary.terms import Glossary
from authoring.translation.markup import Prose

_COLOURS = "đậm|nhạt|trống|xám|đen|trắng|đỏ|xanh|vàng"
_THINGS = "thiết bị|cái|mảng|tầng|khối|lớp|hàm|mạng|bộ|danh sách|từ điển|con số|số|tệp|ma trận"
_PHRASES = [
    (re.compile(rf"\b(?:{pattern})\b"), better)
    for pattern, better in (
        # Garden paths: a syllable without its classifier reads as another word.
        (rf"ô tô (?:{_COLOURS})", "ô được tô đậm, ô bỏ trống: “ô tô” đọc thành xe hơi"),
        (
            r"sai số (?:đầu|cuối|thứ|hàng)",
            "số … sai, hay sai số của …: “sai số” là một từ",
        ),
        (
            r"một số (?:nguyên|thực|hạng|chẵn|lẻ|phức|mũ|học)",
            "một con số …: “một số” đọc thành “vài”",
        ),
        (
            rf"(?:{_THINGS}) thường (?:là|được|có|làm|cho|chạy|gọi|trả|nhận|không|chẳng)",
            "thông thường (đơn thuần), hay đặt “thường” trước câu: “thường” đọc thành “hay”",
        ),
        (r"thôi học", "không học nữa: “thôi học” là bỏ trường"),
        (
            r"(?<!của )(?:bạn|ta|người \w+|bạn đọc|học viên) (?:có )?bị giết",
            "tiến trình của bạn bị giết",
        ),
        # One voice: ta for reader and teacher, bạn for the reader.
        (r"chúng (?:ta|mình)", "ta"),
        (r"các bạn|quý vị|quý độc giả|các em|em (?:hãy|có thể|thử)|anh chị", "bạn"),
        (r"(?:^|[.?!:;,] )mình (?:hãy|lấy|có|sẽ|đã|thử|cần|dùng|viết|xem|gọi|chạy)", "ta"),
        # Carried over word for word.
        (r"cái (?:trước|sau)(?: \w+){0,6} cái (?:trước|sau)", "tên của từng cái"),
        (r"phá (?:vỡ|được) thế hòa", "phá vỡ tính đối xứng"),
        (r"thuốc chữa", "cách khắc phục"),
        (r"con số trần", "con số đơn thuần"),
        (r"trong trật tự", "theo thứ tự"),
        (r"một cách (?:tự động|dễ dàng|nhanh chóng|trực tiếp)", "không có “một cách”"),
        (r"bởi (?:người ta|ai đó)", "câu chủ động"),
    )
]
# “một số” says these; where the English has none of them it is "a number" before a noun.
_SOME = re.compile(r"\b(?:some|several|few|certain|number of|various|part)\b", re.IGNORECASE)
_ANY = re.compile("|".join(pattern.pattern for pattern, _ in _PHRASES))


def check(prose: Prose, glossary: Glossary, source: str = "") -> Iterator[Finding]:
    """Yield questions about the wording of a piece of Vietnamese prose.

    What it quotes in English must stand in its English `source` too, if that is given.
    """
    text = prose.text.lower().replace("\n", " ")
    for pattern, better in _PHRASES if _ANY.search(text) else ():
        for match in pattern.finditer(text):
            said = " ".join(prose.text[match.start() : match.end()].split())
            reason = f"“{said}”: hãy viết {better}"
            yield Finding("phrasing", reason, prose.lines[match.start()], question=said)
    if source and not _SOME.search(source):
        for match in re.finditer(r"\bmột số ", text):
            if term := glossary.wordings.match(text, match.end()):
                reason = f"“{match[0]}{term[0]}”: hãy viết “một {term[0]}”, hay “một con số …”"
                line = prose.lines[match.start()]
                yield Finding("phrasing", reason, line, question=match[0] + term[0])
    yield from _english(prose, glossary, source)


def _english(prose: Prose, glossary: Glossary, source: str) -> Iterator[Finding]:
    """Find English in italics that is longer than a term; titles of papers and books are right."""
    for text, start in prose.foreign_runs():
        words = re.findall(r"[^\W\d_]+", glossary.without_phrases(text))
        is_title = all(word[0].isupper() for word in words if len(word) > 4)
        is_quoted = prose.text[:start].endswith("“") and (not source or text in source)
        if len(words) > 1 and not is_title and not is_quoted and glossary.lookup(text) is None:
            reason = f"“{text}” còn là tiếng Anh: hãy dịch, hay thêm thuật ngữ vào glossary.toml"
            yield Finding("english", reason, prose.lines[start], question=text)
