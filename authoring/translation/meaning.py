"""Do the two halves of a block say the same, as far as a machine can see it?

What is found is a question: a translator mends the sentence, or says that it is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from authoring.finding import Finding
from authoring.glossary.terms import Glossary
from authoring.translation import numerals
from authoring.translation.markup import Block, Prose

_END = re.compile(r"(?:(?<!\bFig)(?<!\bvs)(?<!\bp)(?<!\bvd)\.|[?!…])[\"”)\]]* (?=[\"“(]?(\w?))")
_BOXES = {"Note.": "Ghi chú.", "Tip.": "Mẹo.", "Warning.": "Cảnh báo."}


class _Contrast(NamedTuple):
    """What both languages must say: for each, what says it surely, and what perhaps.

    Where one half says it surely and the other not even perhaps, the two may differ in meaning.
    """

    name: str
    sure: re.Pattern[str]
    perhaps: re.Pattern[str]
    sure_here: re.Pattern[str]
    perhaps_here: re.Pattern[str]


_NO = r"not|no|never|none|nothing|nobody|nowhere|neither|nor|cannot|\w+n['’]t"
_CONTRASTS = [
    _Contrast(name, *(re.compile(pattern, re.IGNORECASE) for pattern in patterns))
    for name, *patterns in (
        (
            "phủ định",
            rf"\b(?:{_NO})\b",
            rf"\?|\b(?:{_NO}|without|hardly|little|unless|else|otherwise|before|gone|only|"
            r"more than|rather|stays?|leaves?|the same|still|enough|as \w+ (?:a|as)|keeps?|zeros?|"
            r"empty|saves us|ground up|alone|idle|far from|although|whether|matters|fewer|less|"
            r"wrong|free|too|easy|often|soon|silent|lest|outside|opposite|constantly|"
            r"(?:lack|miss|ignor|skip|stop|fail|refus|reject|prevent|avoid|differ|forg[eo]t|den[iy]|"
            r"disa|un\w\w|im(?:poss|mut)|in(?:co|de|vi|ca|fi|va|se))\w+|\w+less)\b",
            r"\b(?:không(?! gian| khí)|chưa|chẳng(?! hạn)|đừng)\b",
            r"\b(?:không(?! gian| khí)|chưa|chẳng(?! hạn)|đừng|khỏi|thiếu|vô|khác|nguyên|yên|chỉ|"
            r"thôi|hay|lẳng lặng|trừ|hết|kém|ít|trống|cũng (?:vậy|thế)|ngay|nhớ|nhé|mất|gần|"
            r"lệch|cứ)\b",
        ),
        (
            "ít nhất",
            r"\b(?:at least|no (?:less|fewer) than|at the earliest)\b",
            r"\b(?:at least|no (?:less|fewer) than|or more|minim\w+|from|least|\w+est)\b",
            r"\b(?:ít nhất|tối thiểu|sớm nhất)\b",
            r"\b(?:ít nhất|tối thiểu|sớm nhất|trở lên|từ|ít ra|chí ít|dù gì)\b",
        ),
        (
            "nhiều nhất",
            r"\b(?:at most|no more than|at the latest)\b",
            r"\b(?:at most|no more than|most|up to|maxim\w+|within|limit\w*|more than|\w+est)\b",
            r"\b(?:nhiều nhất|tối đa|không quá|chậm nhất|muộn nhất)\b",
            r"\b(?:nhiều nhất|tối đa|không quá|chậm nhất|muộn nhất|cùng lắm|trong vòng|giới hạn|"
            r"chỉ|là cùng)\b",
        ),
        (
            "hơn",
            r"\b(?:more|larger|bigger|longer|faster|higher) than\b",
            r"\b(?:more|larger|bigger|longer|faster|higher|over|above|beyond|exceeds?|\w+er)\b",
            r"\b(?:hơn (?=\d)|quá (?=\d)|nhiều hơn|lớn hơn|dài hơn|cao hơn)",
            r"\b(?:hơn|trên|quá|vượt|không chỉ|ngoài|lẻ|gấp|khác|chứ|nhiều)\b",
        ),
        (
            "kém",
            r"\b(?:less|fewer|smaller|shorter|lower) than\b|\bunder (?=\d)",
            r"\b(?:less|fewer|smaller|shorter|lower|slower|under|below|almost|nearly|not|short|"
            r"without|at most|worse|\w+er)\b|n't\b",
            r"\b(?:chưa (?:đến|tới|đầy)|dưới (?=\d)|ít hơn|nhỏ hơn|thấp hơn|kém hơn)",
            r"\b(?:kém|dưới|ít|nhỏ|thấp|ngắn|chưa|không|hơn|gần)\b",
        ),
        (
            "trước",
            r"\bbefore\b(?! long)",
            r"\b(?:before|until|ahead|first|earlier|prior|previous|unless|yet|next|in advance)\b",
            r"\btrước (?:khi|mỗi|lúc|lượt|lần|batch|epoch)\b",
            r"\b(?:trước|chưa|từng|mới|như|rồi)\b",
        ),
        (
            "sau",
            r"(?<!named )(?<!one )\bafter(?:wards)?\b(?! all| a while)",
            r"\b(?:after(?:wards)?|once|when|then|since|following|later|next|until|in|from|of)\b",
            r"\bsau (?:khi|mỗi|lúc|lượt|batch|epoch)\b",
            r"\b(?:sau|xong|rồi|vừa|khi|kế|hết|từ|mới|mỗi|cuối|nối đuôi|đã|sang|lần lượt)\b",
        ),
    )
]
_SURE, _SURE_HERE = (
    re.compile("|".join(pattern.pattern for pattern in patterns), re.IGNORECASE)
    for patterns in zip(*((one.sure, one.sure_here) for one in _CONTRASTS), strict=True)
)
_NAME = re.compile(r"\b(?=\w*[A-Z])[A-Za-z][A-Za-z0-9]*\b")
# What is written twice and right: “luôn luôn” is one word.
_REDUPLICATED = {
    *("ai", "bộ", "dần", "gần", "hay", "khác", "lâu", "luôn", "mau", "mãi", "năm", "ngay"),
    *("ngày", "người", "nhà", "nơi", "sáng", "sẽ", "song", "thường", "từ", "từng", "vừa", "xa"),
    *("xưa", "đêm", "đều", "đời"),
}
_TWICE = re.compile(r"\b([^\W\d_]+(?: [^\W\d_]+)?) \1\b", re.IGNORECASE)


def ask(source: Block, target: Block, glossary: Glossary) -> Iterator[Finding]:
    """Yield questions about a block and its translation: do both say the same?"""
    ours, theirs, line = _tidy(source.prose), _tidy(target.prose), target.line
    if (sign := _sign(theirs)) != (wanted := _sign(ours)):
        reason = f"dấu cuối là “{sign or 'không dấu'}”, tiếng Anh là “{wanted or 'không dấu'}”"
        yield Finding(
            "sign", reason, line, question=f"{sign or 'không dấu'} / {wanted or 'không dấu'}"
        )
    for box, translation in _BOXES.items():
        if ours.startswith(box) != theirs.startswith(translation):
            reason = f"nhãn của hộp khác bản tiếng Anh: “{box}” là “{translation}”"
            yield Finding("box", reason, line)
    for name, there, here in (
        ("chữ đậm", source.bold, target.bold),
        # A term may be introduced in italics.
        ("chữ nghiêng", source.italics, min(source.italics, target.italics)),
    ):
        if there != here:
            reason = f"tiếng Anh có {there} chỗ {name}, tiếng Việt có {here}"
            yield Finding("emphasis", reason, line, question=f"{name} {there}/{here}")
    yield from _names(ours, theirs, line, glossary)
    yield from _said_twice(theirs, line)
    english, vietnamese = sentences(ours), sentences(theirs)
    if len(english) != len(vietnamese):
        reason = f"tiếng Anh có {len(english)} câu, tiếng Việt có {len(vietnamese)}"
        yield Finding("sentences", reason, line, question=f"{len(english)}/{len(vietnamese)}")
        english, vietnamese = [ours], [theirs]
    code = " ".join(source.code)
    for ours, theirs in zip(english, vietnamese, strict=True):
        for name, reason in _contrasts(ours, theirs, code):
            yield Finding("meaning", f"{name}: {reason}", line, question=name)


def _contrasts(english: str, vietnamese: str, code: str) -> Iterator[tuple[str, str]]:
    if not _SURE.search(english) and not _SURE_HERE.search(vietnamese):
        return
    for one in _CONTRASTS:
        if (said := one.sure.search(english)) and not one.perhaps_here.search(vietnamese):
            yield one.name, f"“{said[0]}” của tiếng Anh không thấy trong “{vietnamese}”"
        elif (said := one.sure_here.search(vietnamese)) and not one.perhaps.search(
            f"{english} {code}"
        ):
            yield one.name, f"“{said[0]}” không thấy trong câu tiếng Anh “{english}”"


def _names(ours: str, theirs: str, line: int, glossary: Glossary) -> Iterator[Finding]:
    there, here = (
        {
            re.sub(r"(?<=[A-Z])s$", "", name)  # GPUs
            for name in _NAME.findall(text)
            if len(name) > 1 and not numerals.is_unit(name)
            if glossary.is_name(name) or not name.isalpha()
        }
        for text in (ours, theirs)
    )
    if there - here and here - there:
        names = ", ".join(sorted(here - there))
        reason = f"tên khác bản tiếng Anh: “{names}” thay vì “{', '.join(sorted(there - here))}”"
        yield Finding("name", reason, line, question=names)


def _said_twice(text: str, line: int) -> Iterator[Finding]:
    for match in _TWICE.finditer(text):
        if match[1].lower().split()[0] not in _REDUPLICATED:
            yield Finding("twice", f"“{match[0]}”: một từ viết hai lần", line, question=match[0])
    said = [sentence for sentence in sentences(text) if " " in sentence]
    for sentence in dict.fromkeys(one for one in said if said.count(one) > 1):
        yield Finding("twice", f"một câu viết hai lần: “{sentence}”", line, question=sentence)


def _tidy(prose: Prose) -> str:
    return " ".join(prose.text.split())


def _sign(text: str) -> str:
    last = text.replace("...", "…").rstrip('"”)]')[-1:]
    return last if last in ".?!…:" else ""


def sentences(text: str) -> list[str]:
    """Cut a text in one line into its sentences."""
    ends = [match.end() for match in _END.finditer(text) if not match[1].islower()]
    return [text[start:end].strip() for start, end in pairwise([0, *ends, len(text)])]
