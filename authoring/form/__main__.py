"""The author's command: `python -m authoring.form NOTEBOOK …` tells parts, minutes and faults."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from authoring.form import parts, rules
from authoring.notebook_error import NotebookError

USAGE = "Dùng: python -m authoring.form TỆP …, như notebooks/index_vn.ipynb"


def main(arguments: Sequence[str]) -> int:
    """Print the table and the faults of each notebook; return 1 where there is a fault."""
    if not arguments or arguments[0].startswith("-"):
        print(USAGE, file=sys.stderr)
        return 1
    faults = 0
    for name in arguments:
        try:
            section = parts.read(Path(name))
        except NotebookError as error:
            print(error, file=sys.stderr)
            return 1
        print(name, *_table(section), sep="\n")
        for fault in rules.check(section):
            print(fault)
            faults += 1
    print(f"{faults} lỗi.")
    return int(faults > 0)


def _table(section: parts.Section) -> list[str]:
    lines = [" phút  âm tiết  ô mã  chỉ True/False  câu hỏi"]
    for region in (parts.MAIN, parts.DEEPER, parts.END):
        within = [part for part in section.parts if part.region == region]
        lines += [_row(part.title, [part]) for part in within]
        exercises = f"{sum(part.is_exercise for part in within)} bài tập"
        lines += [_row(f"= {region}, {exercises}", within), ""]
    lines.append(_row("= Cả trang", section.parts))
    lines.append(_row("= Đường nhanh", rules.quick_path(section)))
    return lines


def _row(title: str, some: Sequence[parts.Part]) -> str:
    # An exercise's text and cells lie in its minutes.
    told = [part for part in some if not part.is_exercise]
    minutes = rules.comma(sum(part.minutes for part in some))
    syllables = sum(part.syllables for part in told)
    code = sum(len(part.code) for part in told)
    bare = f"{sum(len(part.bare) for part in told)}/{sum(part.outputs for part in told)}"
    questions = sum(part.questions for part in told)
    return f"{minutes:>5}  {syllables:7}  {code:4}  {bare:>14}  {questions:7}  {title}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
