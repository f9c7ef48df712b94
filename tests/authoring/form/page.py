"""A made-up section that keeps the form, and the same with one cell changed."""

from __future__ import annotations

from pathlib import Path

from nbformat import v4

from tests.writing import code, markdown, write

# So many minutes of prose.
PROSE = {minutes: " ".join(["chữ"] * 150 * minutes) for minutes in (5, 8, 10, 25)}


def _text(english: str, vietnamese: str) -> str:
    return f"<!--\n{english}\n-->\n\n{vietnamese}"


def _part(anchor: str, english: str, vietnamese: str, prose: str = "Chữ.") -> str:
    return _text(f"{english}\n\nText.", f'<a id="{anchor}"></a>\n\n{vietnamese}\n\n{prose}')


def _exercise(number: int, name: str) -> dict[str, str]:
    text = _part(f"ex_{name}", f"### Exercise {number}: {name}", f"### Bài {number}: {name}")
    return {
        f"ex-{name}-text": text,
        f"ex-{name}-answer": "answer = ...",
        f"ex-{name}-check": f'import d2lutil\n\nd2lutil.check("parts/{number}")',
    }


CELLS = {
    "title": _text(
        "# Parts\n\n"
        "**Time**: main path about 30 minutes; the whole section, deeper parts included, about 50 "
        "minutes. **Device**: a CPU. **What you need to know**: nothing.\n\n"
        "**Quick path**, about 20 minutes: [One](#sec_one) → [a](#ex_a)",
        '<a id="sec_parts"></a>\n\n# Các phần\n\n'
        "**Thời gian**: đường chính khoảng 30 phút; cả mục, kể cả phần đi sâu, khoảng 50 phút. "
        "**Thiết bị**: CPU. **Cần biết trước**: không gì cả.\n\n"
        "**Đường nhanh**, khoảng 20 phút: [Một](#sec_one) → [a](#ex_a)",
    ),
    "one": _part("sec_one", "## One", "## Một", PROSE[8] + " Ô này in gì?"),
    "number": "1 + 1",
    **_exercise(1, "a"),
    "on": _text("### On\n\nText.", f"### Tiếp\n\n{PROSE[5]}"),
    "truth": "1 < 2",
    "shape": "(2, 3)",
    **_exercise(2, "b"),
    "two": _part("sec_two", "## Two", "## Hai", PROSE[5]),
    **_exercise(3, "c"),
    "wrap-up": _text(
        "## Common errors\n\n| Message | Cause | Way out |\n|---|---|---|\n| m | c | w |\n\n"
        "## Summary\n\n- One.\n- Two.",
        '<a id="sec_errors"></a>\n\n## Lỗi thường gặp\n\n'
        "| Thông báo | Nguyên nhân | Cách khắc phục |\n|---|---|---|\n| m | c | w |\n\n"
        '<a id="sec_summary"></a>\n\n## Tóm tắt\n\n- Một.\n- Hai.',
    ),
    "questions-text": _text(
        "## Five quick questions\n\n*About 5 minutes.* Text.",
        '<a id="sec_questions"></a>\n\n## Năm câu hỏi nhanh\n\n*Khoảng 5 phút.* Chữ.',
    ),
    "questions": 'import d2lutil\n\nd2lutil.quick_questions("parts")',
    "deeper": _text(
        "## Going deeper\n\nText.",
        '<a id="sec_parts_deeper"></a>\n\n## Đi sâu\n\n- Mời bạn chọn.',
    ),
    "deep": _part(
        "sec_deep",
        "### Deep\n\n*About 10 minutes.* Text.",
        "### Sâu",
        f"*Khoảng 10 phút.* {PROSE[10]}",
    ),
    "deep-truth": "(True, [False])",
    **_exercise(4, "d"),
    "progress": 'import d2lutil\n\nd2lutil.show_progress("parts")',
    "end": _text(
        "## If you use PyTorch\n\n<details>\n\n| a |\n|---|\n| b |\n\n</details>\n\n"
        "## Discussion\n\nText.\n\n## Contributors\n\nText.",
        '<a id="sec_torch"></a>\n\n## Nếu bạn dùng PyTorch\n\n'
        "<details>\n\n| a |\n|---|\n| b |\n\n</details>\n\n"
        '<a id="sec_talk"></a>\n\n## Thảo luận\n\nChữ.\n\n'
        '<a id="sec_people"></a>\n\n## Những người thực hiện\n\nChữ.',
    ),
}
OUTPUTS = {"number": "2", "truth": "True", "shape": "(2, 3)", "deep-truth": "(True, [False])"}


def make(folder: Path, changes: dict[str, str] | None = None, name: str = "parts") -> Path:
    """Write the section, with other sources for some cells; an empty one takes the cell away."""
    cells = []
    for id, source in (CELLS | (changes or {})).items():
        if source.startswith("<!--"):
            cells.append(markdown(source, id))
        elif source:
            outputs = (
                [v4.new_output("execute_result", {"text/plain": OUTPUTS[id]})]
                if id in OUTPUTS
                else []
            )
            cells.append(code(source, id=id, outputs=outputs))
    return write(folder / f"{name}_vn.ipynb", *cells)
