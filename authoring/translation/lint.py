"""The typography of the Vietnamese halves, and their spelling as far as rules can tell.

Only prose is judged: code, maths and addresses are stand-ins (see markup.py).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterator

from authoring.finding import Finding
from authoring.glossary.terms import Glossary
from authoring.notebook import Halves
from authoring.translation import numerals
from authoring.translation.markup import (
    ADDRESS,
    CODE,
    MATHS,
    STAND_INS,
    Document,
    Prose,
    shown,
)
from authoring.translation.syllable import fault

_LETTER = r"[^\W\d_¹²³⁰⁴-⁹₀-₉]"
_SIGNS = CODE + MATHS
_INSERTED = f"[{_SIGNS}]"

# Rule, pattern, message; {0} is the pattern's group, or all that it matched.
_PATTERNS = [
    (rule, re.compile(pattern), message)
    for rule, pattern, message in (
        ("space-before", r"(?<!\s)\s+([,;:!?]|\.(?![\w.]))", "thừa khoảng trắng trước “{0}”"),
        (
            "space-after",
            rf"([,;:!?]|(?<!\bv)(?<!\bvd)\.)(?={_LETTER}|[“(]|{_INSERTED})|([;!?]|(?<={_LETTER})[,.:])(?=\d)",
            "thiếu khoảng trắng sau “{0}”",
        ),
        ("double-space", r"(?<=\S)(?: {2,}| *\t *)(?=\S)", "thừa khoảng trắng giữa hai từ"),
        (
            "code-space",
            rf"(?<!\w)\w+{_INSERTED}|{_INSERTED}\w+",
            "thiếu khoảng trắng giữa chữ và mã hay công thức: “{0}”",
        ),
        ("quotes", "[\"'«»‹›„‟‘’]", "trong câu văn dùng ngoặc kép “ ” thay cho {0}"),
        (
            "quotes",
            rf"[\w{_SIGNS}]“|”[\w{_SIGNS}]|“\s|\s”",
            "sai khoảng trắng ở ngoặc kép: “{0}”",
        ),
        (
            "bracket",
            rf"\(\s|\s\)|(?!(?<!\w)[A-Z]\(){_LETTER}\(|\){_LETTER}",
            "sai khoảng trắng ở ngoặc đơn: “{0}”",
        ),
        (
            "punctuation",
            r"[,;:][,;:.]+|(?<!\.)(?<!\bv)\.(?:[,;:]+|\.(?!\.))",
            "thừa dấu câu: “{0}”",
        ),
        (
            "markup",
            r"[*`$]+|~{2,}",
            "dấu {0} đứng trơ, không thành in đậm, mã, công thức hay gạch ngang: xem lại khoảng "
            "trắng quanh nó; muốn in chính dấu ấy thì viết \\ phía trước",
        ),
        ("markup", r"\[\^[^\]]*\]", "“{0}”: sách không có chú thích cuối trang"),
    )
]
_BLANK = "\u2011\u2800\u034f\ufe0e\ufe0f"  # seen as a hyphen, a space, or not at all
_WORD = re.compile(rf"(?<!\w){_LETTER}+(?!\w)")
_UNITS = {"m", "km", "cm", "mm", "g", "kg", "h", "l", "px", "Gbit", "Mbit"}


def lint_source(source: str) -> Iterator[Finding]:
    """Check the characters of a cell's whole source, code included."""
    for number, line in enumerate(source.split("\n"), 1):
        if not unicodedata.is_normalized("NFC", line):
            word = next(word for word in line.split() if not unicodedata.is_normalized("NFC", word))
            reason = (
                f"“{word}” không ở dạng Unicode NFC (dựng sẵn): hãy gõ lại, chọn bảng mã "
                "Unicode dựng sẵn trong bộ gõ"
            )
            yield Finding("nfc", reason, number)
        yield from _letters(line, number)


def _letters(text: str, line: int) -> Iterator[Finding]:
    """Find characters that are not seen, or not what they seem to be."""
    for character in sorted(set(text)):
        kind = _kind(character)
        # α may stand for itself; ο in "mοdel" seems to be an o.
        if not kind or (
            kind == "GREEK" and not re.search(f"[A-Za-z]{character}|{character}[A-Za-z]", text)
        ):
            continue
        code = f"U+{ord(character):04X}"
        name = unicodedata.name(character, "không tên")
        at = text.index(character)
        around = f"“{text[max(0, at - 10) : at]}[{code}]{text[at + 1 : at + 11]}”"
        if kind == "invisible":
            reason = f"ký tự vô hình {code} ({name}) ở {around}: hãy xóa hoặc gõ lại"
            yield Finding("invisible", reason, line)
        else:
            reason = f"chữ lạ trông như chữ Latinh {code} ({name}) ở {around}: hãy gõ lại"
            yield Finding("homoglyph", reason, line)


@functools.cache
def _kind(character: str) -> str:
    """Return "invisible", the script of a letter that isn't Latin, or ""."""
    category = unicodedata.category(character)
    if category == "Zs":
        return "" if character == " " else "invisible"
    if category in {"Cf", "Cc", "Zl", "Zp", "Co", "Me"} or character in _BLANK:
        return "" if character == "\t" else "invisible"
    if category not in {"Lu", "Ll", "Lt", "Lo"}:
        return ""
    script = unicodedata.name(character, "").partition(" ")[0]
    return "" if script in {"LATIN", "MICRO"} else script


def lint_prose(
    halves: Halves, english: Document, vietnamese: Document, glossary: Glossary
) -> Iterator[Finding]:
    """Check the Vietnamese half's typography, numbers and syllables.

    The English half serves the check of numbers (see numerals.py); `glossary` knows names and kept
    terms.
    """
    yield from _line_ends(halves, vietnamese)
    yield from _entities(english, halves.english)
    yield from _entities(vietnamese, halves.vietnamese)
    yield from numerals.check_writing(english, vietnamese, glossary.is_name)
    words = {word for prose in english.proses() for word in _WORD.findall(prose.text)}
    for prose in vietnamese.proses():
        for rule, pattern, message in _PATTERNS:
            for match in pattern.finditer(prose.text):
                if not all(prose.foreign[match.start() : match.end()]):
                    reason = message.format(_shown(match[match.lastindex or 0]))
                    yield _finding(rule, f"{reason}, ở {_around(prose.text, match)}", prose, match)
        yield from _balance(prose)
        yield from _syllables(prose, words, glossary)


def _entities(document: Document, source: str) -> Iterator[Finding]:
    # What stands in the source itself is told by lint_source.
    seen = str.maketrans("", "", source + STAND_INS)
    for prose in document.proses():
        if hidden := prose.text.translate(seen):
            at = prose.text.index(hidden[0])
            yield from _letters(hidden, prose.lines[at])


def _finding(rule: str, reason: str, prose: Prose, match: re.Match[str]) -> Finding:
    return Finding(rule, reason, prose.lines[match.end() - 1])


def _shown(text: str) -> str:
    return shown(text).replace("\n", "[xuống dòng]")


def _around(text: str, match: re.Match[str]) -> str:
    """Quote the words around a fault: a paragraph may be one long line."""
    start, end = max(0, match.start() - 15), match.end() + 15
    before = text[start : match.start()]
    after = text[match.end() : end]
    if start > 0:
        before = "…" + before.partition(" ")[2]
    if end < len(text):
        after = after.rpartition(" ")[0] + "…"
    return f"“{_shown(before + match.group() + after)}”"


def _line_ends(halves: Halves, vietnamese: Document) -> Iterator[Finding]:
    code = {
        line
        for block in vietnamese.blocks
        if block.verbatim
        for line in range(block.line, block.line + block.verbatim.count("\n") + 2)
    }
    for line, text in enumerate(halves.vietnamese.split("\n"), halves.vietnamese_line):
        if text.endswith("  ") and line not in code:
            reason = "thừa khoảng trắng cuối dòng (muốn ngắt dòng, dùng dấu \\)"
            yield Finding("double-space", reason, line)


def _balance(prose: Prose) -> Iterator[Finding]:
    opened = False
    for at, character in enumerate(prose.text):
        if (character == "“" and opened) or (character == "”" and not opened):
            yield Finding("quotes", f"ngoặc kép không khép đúng ở “{character}”", prose.lines[at])
            return
        if character in "“”":
            opened = character == "“"
    if opened:
        reason = "thiếu dấu ngoặc kép đóng ”"
        if ADDRESS in prose.text:
            reason += " (địa chỉ không có ngoặc nuốt cả dấu ấy: hãy viết <địa chỉ>)"
        yield Finding("quotes", reason, prose.lines[-1])


def _is_no_word(prose: Prose, match: re.Match[str]) -> bool:
    """Whether letters stand for something else: a unit, a label (a), a variable, v.v."""
    word, before, after = match.group(), prose.text[: match.start()], prose.text[match.end() :]
    if (
        len(word) == 1
        and word.isascii()
        and (prose.is_caption or (before.endswith("(") and after.startswith(")")))
    ):
        return True
    if word in ("v", "vd") and after.startswith("."):
        return True
    is_unit = word in _UNITS or numerals.is_unit(word)
    return (len(word) == 1 and _kind(word) == "GREEK") or (
        # After a number, or alone in the head of a table.
        is_unit and re.search(rf"(?:^|[\d{MATHS}]\s|\w/)$", before) is not None
    )


def _syllables(prose: Prose, english: Collection[str], glossary: Glossary) -> Iterator[Finding]:
    for match in _WORD.finditer(glossary.without_phrases(prose.text)):
        word, found = match.group(), fault(match.group())
        # Asked last: nearly every word is a syllable.
        if found and not (
            any(prose.foreign[match.start() : match.end()])
            or glossary.is_kept(word)
            or _is_no_word(prose, match)
        ):
            rule, reason = found
            reason = f"“{word}” {reason}"
            if rule == "syllable":
                reason += (
                    " (mã thì đặt trong dấu `, từ nước ngoài in nghiêng, tên ghi vào glossary.toml)"
                )
            # A name that the glossary does not know.
            name = word if word[0].isupper() and word in english else ""
            yield Finding(rule, reason, prose.lines[match.end() - 1], question=name)
