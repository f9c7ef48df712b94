"""Is a cell's Vietnamese made from the English that stands there now?

Each Markdown cell's metadata holds the fingerprint of the English it was translated from. When
the English changes the cell is stale, until a translator accepts it: after changing the words of
the Vietnamese, or by giving the reason why it still holds, which stays in the metadata too. What
the cell was before comes from git.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from authoring.finding import Finding
from authoring.notebook import Halves, fingerprint, named_cells, split, translated_from
from authoring.translation import history, markup

CURRENT, STALE, MISSING = "current", "stale", "missing"
_COMMAND = "python -m authoring.translation accept"
# A change of so few English words may well leave the Vietnamese almost as it was.
_FEW = 8
# What was committed before these versions was seen by the checks of its time.
_RECENT = 2


class Refused(ValueError):
    """A cell that cannot be accepted as it is; `str()` says why, in Vietnamese."""


def state(cell: Any, halves: Halves) -> str:
    """Return CURRENT, STALE, or MISSING where the cell carries no fingerprint yet."""
    stamp = translated_from(cell)
    if stamp is None:
        return MISSING
    return CURRENT if stamp == fingerprint(halves.english) else STALE


def answers(cell: Any) -> dict[str, str]:
    """Return the answers that a translator gave for this cell: a reason for each question."""
    metadata = cell.metadata.get("d2l")
    found = metadata.get("answers") if isinstance(metadata, dict) else None
    pairs = found.items() if isinstance(found, dict) else ()
    return {key: reason for key, reason in pairs if isinstance(reason, str)}


def answer(cell: Any, keys: Iterable[str], reason: str | None) -> None:
    """Answer the questions `keys` of this cell by `reason`, or take the answers away if None.

    Raises Refused when the cell's metadata has no place for them.
    """
    kept = {**answers(cell), **dict.fromkeys(keys, reason)}
    kept = {key: reason for key, reason in kept.items() if reason is not None}
    _metadata(cell).pop("answers", None)
    if kept:
        _metadata(cell)["answers"] = kept


def check(path: Path, cell: Any, halves: Halves) -> Finding | None:
    """Return a finding that shows how the English changed when the cell is stale."""
    if state(cell, halves) != STALE:
        return None
    before = history.last_accepted(path, cell.id, translated_from(cell) or "")
    change = (
        _differences(before.english, halves.english)
        if before
        else f"    (không rõ đổi gì: {history.why_unknown(path)})"
    )
    reason = (
        "bản tiếng Anh khác bản đã được xác nhận: xem lại bản tiếng Việt rồi chạy "
        f"{_COMMAND} {path} {cell.id}\n  So với bản trong lịch sử git:\n{change}"
    )
    return Finding(STALE, reason, halves.english_line)


def check_stamps(path: Path, notebook: NotebookNode) -> Iterator[Finding]:
    """Yield a finding for each cell with a new stamp that `accept` would not have given it."""
    before = _restamped(path, notebook)
    for name, cell in named_cells(notebook, "markdown"):
        if cell.id in before:
            halves = split(cell.source)
            doubt = _doubt(path, cell, halves, before[cell.id])
            if doubt:
                reason = f"có dấu xác nhận mới, nhưng {doubt}"
                yield Finding(STALE, reason, halves.english_line).at(path, name)


def _restamped(path: Path, notebook: NotebookNode) -> dict[str, Halves]:
    """Return, by id, what cells were before they got a new stamp without a new reason."""
    recent = list(history.texts(path, _RECENT))
    stamps = {cell.id: translated_from(cell) for _, cell in named_cells(notebook, "markdown")}
    new = {stamp for stamp in stamps.values() if stamp and any(stamp not in t for t in recent)}
    cells = [cell for cell in notebook.cells if stamps.get(cell.id) in new]
    older = (text for text in recent if any(stamp not in text for stamp in new))
    former = history.stamped_before(older, notebook, cells, new)
    before = {}
    for cell in cells:
        old = former.get(cell.id)
        if old and answers(cell).get(STALE) in (None, answers(old).get(STALE)):
            stamp = translated_from(old) or ""
            halves = history.accepted(old, stamp) or history.last_accepted(path, old.id, stamp)
            if halves:
                before[cell.id] = halves
    return before


def restore_lost_stamps(path: Path, notebook: NotebookNode) -> list[str]:
    """Give cells that lost their stamp the one they were last committed with; return their ids.

    Else deleting a stamp, or a tool that drops metadata, would turn a stale cell into a new one.
    """
    cells = [cell for _, cell in named_cells(notebook, "markdown")]
    lost = [cell for cell in cells if translated_from(cell) is None]
    before = history.stamped_before(history.texts(path), notebook, lost) if lost else {}
    restored = [cell for cell in lost if cell.id in before]
    for cell in restored:
        _metadata(cell)["english"] = translated_from(before[cell.id])
    return [cell.id for cell in restored]


def doubt(path: Path, notebook: NotebookNode, cell: Any, halves: Halves) -> Finding | None:
    """Return a finding where the notebook's cell can be accepted for a reason only.

    There the words of the English changed since the cell was last accepted, and those of its
    Vietnamese did not, or hardly. The reason is kept as the answer to STALE.
    """
    if stale := state(cell, halves) == STALE:
        old = history.stamped_before(history.texts(path), notebook, [cell]).get(cell.id, cell)
        before = history.last_accepted(path, old.id, translated_from(cell) or "")
    else:  # a stamp written by hand hides what is stale
        before = _restamped(path, notebook).get(cell.id)
    reason = _doubt(path, cell, halves, before) if stale or before else None
    return Finding(STALE, reason, halves.english_line) if reason else None


def accept(cell: Any, halves: Halves) -> None:
    """Stamp the cell with the fingerprint of its present English.

    The answer to STALE goes if it was of an earlier English. Raises Refused when the cell's
    metadata has no place for a stamp.
    """
    if state(cell, halves) != CURRENT:
        answer(cell, [STALE], None)
    _metadata(cell)["english"] = fingerprint(halves.english)


def _metadata(cell: Any) -> dict[str, Any]:
    metadata = cell.metadata.setdefault("d2l", {})
    if not isinstance(metadata, dict):
        raise Refused(
            f"siêu dữ liệu “d2l” của ô {cell.id} phải là một đối tượng: hãy xóa nó rồi thử lại"
        )
    return metadata


def _doubt(path: Path, cell: Any, halves: Halves, before: Halves | None) -> str | None:
    """Say why the Vietnamese may be no translation of the changed English, and the way out."""
    if before is None:
        reason = f"không so được với bản đã dịch ({history.why_unknown(path)})"
    else:
        english, size = _changed_words(before.english, halves.english)
        vietnamese, length = _changed_words(before.vietnamese, halves.vietnamese)
        # What changed in both alike was only copied: numbers, names, code.
        english, vietnamese = english - vietnamese, vietnamese - english
        if english and not vietnamese:
            reason = "bản tiếng Anh đã đổi mà bản tiếng Việt chưa đổi chữ nào"
        elif english.total() > _FEW and (share := english.total() / size) >= 3 * (
            theirs := vietnamese.total() / length
        ):
            little = "dưới 1%" if theirs < 0.01 else f"{theirs:.0%}"
            reason = f"tiếng Anh đổi {share:.0%} số chữ mà tiếng Việt chỉ đổi {little}"
        else:
            return None
        reason += (
            f"\n  Tiếng Anh:\n{_differences(before.english, halves.english)}"
            f"\n  Tiếng Việt:\n{_differences(before.vietnamese, halves.vietnamese)}"
        )
    return (
        f"{reason}\nNếu bản tiếng Việt vẫn đúng, hãy nói vì sao, cho riêng ô này: "
        f'{_COMMAND} {path} {cell.id} --because "lý do"'
    )


def _changed_words(before: str, after: str) -> tuple[Counter[tuple[str, str]], int]:
    """Count the words that were removed ("-") and added ("+"), and all words of both texts."""
    old, new = _words(before), _words(after)
    changed: Counter[tuple[str, str]] = Counter()
    for kind, *ends in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            changed.update(("-", word) for word in old[ends[0] : ends[1]])
            changed.update(("+", word) for word in new[ends[2] : ends[3]])
    return changed, len(old) + len(new)


def _words(half: str) -> list[str]:
    """List what is read in half a cell, whatever its signs, markup, spacing and case."""
    texts = []
    for block in markup.parse(half).blocks:
        pieces = zip_longest(block.prose.text.split(markup.CODE), block.code, fillvalue="")
        texts += ["".join(chain.from_iterable(pieces))]
        texts += [*(caption.text for caption in block.captions), block.verbatim, *block.maths]
    text = unicodedata.normalize("NFC", "\n".join(texts)).casefold()
    return re.findall(r"[^\W_]+", text)


def _differences(before: str, after: str) -> str:
    """Show the words removed as [-…-] and added as {+…+}, each change with its neighbours."""
    old, new = before.split(), after.split()
    lines = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes():
        shown = ["   "]
        for kind, i, j, k, m in group:
            if kind == "equal":
                shown += old[i:j]
            else:
                shown += [f"[-{' '.join(old[i:j])}-]"] * (i < j)
                shown += [f"{{+{' '.join(new[k:m])}+}}"] * (k < m)
        lines.append(" ".join(shown))
    return "\n".join(lines) or "    (không đổi)"
