"""Do the two halves of a Markdown cell have the same build?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest

from authoring.finding import Finding
from authoring.glossary.terms import Glossary
from authoring.translation import numerals
from authoring.translation.markup import Block, Document, Prose

RULE = "structure"  # of what makes any further comparison useless
_WORD = re.compile(r"[^\W\d_]{2,}")
_TEXT_IN_MATHS = re.compile(r"(\\text\w*)\{[^{}]*\}")
# Contents that a translator may translate: plain text drawn in a code block.
_TRANSLATABLE_CODE = {"khối mã", "khối mã text"}


def compare(english: Document, vietnamese: Document, glossary: Glossary) -> Iterator[Finding]:
    """Compare the halves; the `glossary` knows words that stay the same in both languages.

    Blocks must be of the same kinds in the same order and nesting; code, maths, targets of links
    and pictures must be equal block by block, `\\text` in maths aside; another order is a question.
    Numbers must agree, words be translated. Anchors are Vietnamese only.
    """
    for line in english.anchors:
        yield Finding("anchor", "neo <a id> chỉ đặt ở nửa tiếng Việt: xóa khỏi bản tiếng Anh", line)
    pairs = list(zip_longest(english.blocks, vietnamese.blocks))
    for source, target in pairs:
        if source is None or target is None or _shape(source) != _shape(target):
            yield _difference(english.blocks, vietnamese.blocks, source, target)
            return
    for source, target in pairs:
        yield from _compare_contents(source, target)
        yield from numerals.compare(source.prose, target.prose)
        yield from _untranslated(source, target, glossary)


def _shape(block: Block) -> tuple[str, int]:
    return block.kind, block.depth


def _difference(
    english: Sequence[Block],
    vietnamese: Sequence[Block],
    source: Block | None,
    target: Block | None,
) -> Finding:
    if doubled := _doubled(english, vietnamese):
        return Finding(RULE, f"{_describe(doubled)} viết hai lần", doubled.line)
    if source is None:
        assert target is not None
        reason = f"thừa {_describe(target)}: bản tiếng Anh đã hết"
    elif target is None:
        reason = f"thiếu bản dịch của {_describe(source)} (tiếng Anh, dòng {source.line})"
    else:
        reason = (
            f"cấu trúc khác bản tiếng Anh từ đây: tiếng Anh là {_describe(source)} "
            f"(dòng {source.line}), tiếng Việt là {_describe(target)}"
        )
        if source.kind == target.kind:
            reason += f"; mức lồng {source.depth} khác {target.depth}"
    counts = Counter(block.kind for block in english), Counter(block.kind for block in vietnamese)
    unequal = [
        f"{kind} {counts[0][kind]}/{counts[1][kind]}"
        for kind in dict.fromkeys([*counts[0], *counts[1]])
        if counts[0][kind] != counts[1][kind]
    ]
    if unequal:
        reason += f" [đếm Anh/Việt: {', '.join(unequal)}]"
    last = vietnamese[-1].line if vietnamese else None
    return Finding(RULE, reason, target.line if target else last)


def _doubled(english: Sequence[Block], vietnamese: Sequence[Block]) -> Block | None:
    """Return a block that stands there twice in a row, unlike in the English."""
    found, wanted = (
        [
            block
            for before, block in pairwise(block for block in blocks if block.prose.text)
            if before.prose.text == block.prose.text
        ]
        for blocks in (vietnamese, english)
    )
    return found[0] if len(found) > len(wanted) else None


def _describe(block: Block) -> str:
    text = " ".join(block.prose.text.split())
    if not text:
        return block.kind
    return f"{block.kind} “{text[:40]}{'…' if len(text) > 40 else ''}”"


def _compare_contents(source: Block, target: Block) -> Iterator[Finding]:
    for rule, name, ours, theirs in (
        ("code", "mã trong dòng", source.code, target.code),
        ("maths", "công thức", _maths(source), _maths(target)),
        ("link", "đích liên kết", source.links, target.links),
        ("image", "hình", source.images, target.images),
        ("html", "thẻ HTML hay ô đánh dấu", source.tags, target.tags),
    ):
        missing, extra = Counter(ours) - Counter(theirs), Counter(theirs) - Counter(ours)
        parts = []
        if missing:
            parts.append(f"thiếu {_listed(missing)}")
        if extra:
            parts.append(f"thừa {_listed(extra)}")
        if parts:
            reason = f"{name} khác bản tiếng Anh (dòng {source.line}): {', '.join(parts)}"
            # What is said once more, or the same page in Vietnamese, may be right.
            may_be = set(ours) == set(theirs) or all(
                url.startswith("http") for url in (missing | extra)
            )
            yield Finding(rule, reason, target.line, question=", ".join(parts) if may_be else "")
        elif ours != theirs and rule != "maths":
            order = ", ".join(theirs)
            reason = f"thứ tự {name} khác bản tiếng Anh: {order} thay vì {', '.join(ours)}"
            yield Finding("order", reason, target.line, question=order)
    if source.verbatim != target.verbatim and source.kind not in _TRANSLATABLE_CODE:
        reason = f"{source.kind} khác bản tiếng Anh (dòng {source.line}): mã phải giống hệt"
        yield Finding("code", reason, target.line)


def _maths(block: Block) -> list[str]:
    return [" ".join(_TEXT_IN_MATHS.sub(r"\1{}", formula).split()) for formula in block.maths]


def _listed(values: Counter[str]) -> str:
    return ", ".join(
        f"“{value}”" + (f" ({times} lần)" if times > 1 else "")
        for value, times in sorted(values.items())
    )


def _untranslated(source: Block, target: Block, glossary: Glossary) -> Iterator[Finding]:
    for ours, theirs in zip(
        [source.prose, *source.captions], [target.prose, *target.captions], strict=False
    ):
        words = _WORD.findall(glossary.without_phrases(theirs.text))
        if _folded(ours) == _folded(theirs) and not all(map(glossary.is_kept, words)):
            text = " ".join(theirs.text.split())
            reason = f"chưa dịch: “{text[:60]}{'…' if len(text) > 60 else ''}” y nguyên tiếng Anh"
            yield Finding("untranslated", reason, theirs.lines[0])
    if len(source.captions) != len(target.captions):
        reason = f"số chú thích (alt, title) khác bản tiếng Anh (dòng {source.line})"
        yield Finding("image", reason, target.line)


def _folded(prose: Prose) -> str:
    return " ".join(prose.text.casefold().split())
