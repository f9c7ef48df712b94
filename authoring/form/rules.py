"""What every section keeps: its length, its exercises, its cells and its ending."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from contextlib import suppress

from nbformat import NotebookNode

from authoring import notebook as nb
from authoring.finding import Finding
from authoring.form.parts import (
    DEEPER,
    END,
    MAIN,
    QUESTIONS,
    SYLLABLES_A_MINUTE,
    Part,
    Section,
    rounded,
)
from authoring.translation import markup
from authoring.translation.index_page import INDEX

MOST_MAIN, MOST_INDEX, MOST_DEEPER = 45, 30, 15
QUICK = (15, 20)
EXERCISES, LINES, ITEMS = 3, 20, 6

ERRORS, SUMMARY, PYTORCH = "Lỗi thường gặp", "Tóm tắt", "Nếu bạn dùng PyTorch"
_ENGLISH = {
    DEEPER: "Going deeper",
    ERRORS: "Common errors",
    SUMMARY: "Summary",
    QUESTIONS: "Five quick questions",
}
_TABLE = ("| Thông báo | Nguyên nhân | Cách khắc phục |", "| Message | Cause | Way out |")
_TIME = (
    r"^\*\*Thời gian\*\*: đường chính khoảng (\d+) phút; "
    r"cả {whole}, kể cả phần đi sâu, khoảng (\d+) phút\. "
    r"\*\*Thiết bị\*\*: .+ \*\*Cần biết trước\*\*: ",
    r"^\*\*Time\*\*: main path about (\d+) minutes; "
    r"the whole {whole}, deeper parts included, about (\d+) minutes\. "
    r"\*\*Device\*\*: .+ \*\*What you need to know\*\*: ",
)
_QUICK = (
    r"^\*\*Đường nhanh\*\*, khoảng (\d+) phút: ",
    r"^\*\*Quick path\*\*, about (\d+) minutes: ",
)
_MINUTES = (r"^\*Khoảng (\d+) phút\.\* ", r"^\*About (\d+) minutes\.\* ")
_FOLDED = re.compile(r"<details>(?:(?!</details>).)*^\|", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)]*)\)")
_SVG = re.compile(r"<(svg|g|path|rect|line|circle|polyline|polygon|text)\s")


def check(section: Section) -> Iterator[Finding]:
    """Yield what the section does not keep, with file, cell and number, and what to do."""
    for rule in (
        _times,
        _limits,
        _quick_path,
        _exercises,
        _outputs,
        _code_cells,
        _end_of_main_path,
        _questions,
        _deeper,
        _end_of_page,
        _progress,
    ):
        for fault in rule(section):
            yield fault.at(section.path, fault.cell)


def comma(number: float) -> str:
    """Write a number with one decimal as Vietnamese does."""
    return f"{number:.1f}".replace(".", ",")


def quick_path(section: Section) -> list[Part]:
    """Return the opening and the parts that the quick path leads to."""
    linked = _quick_links(section)
    return [
        part for part in section.parts if part is section.parts[0] or f"#{part.anchor}" in linked
    ]


def _quick_links(section: Section) -> list[str]:
    line = re.search(_QUICK[0] + ".+", _title(section).vietnamese, re.MULTILINE)
    return _LINK.findall(line[0]) if line else []


def _title(section: Section) -> nb.Halves:
    return nb.split(section.notebook.cells[0].source)


def _stated(section: Section, patterns: tuple[str, str]) -> list[int] | None:
    """Return the minutes that both halves of the first cell state, or None where they do not."""
    halves = _title(section)
    found = [
        re.search(pattern, half, re.MULTILINE)
        for pattern, half in zip(patterns, (halves.vietnamese, halves.english), strict=True)
    ]
    stated = [[int(group) for group in match.groups()] for match in found if match]
    return stated[0] if len(stated) == 2 and stated[0] == stated[1] else None


def _times(section: Section) -> Iterator[Finding]:
    cell = section.parts[0].cell
    whole = ("trang", "page") if section.path.name == INDEX else ("mục", "section")
    vietnamese, english = (
        pattern.format(whole=word) for pattern, word in zip(_TIME, whole, strict=True)
    )
    main = section.minutes(MAIN)
    every = section.minutes(MAIN, DEEPER, END)
    says = (
        f"đường chính khoảng {rounded(main)} phút; cả {whole[0]}, kể cả phần đi sâu, "
        f"khoảng {rounded(every)} phút"
    )
    stated = _stated(section, (vietnamese, english))
    if stated is None:
        reason = (
            "ô đầu thiếu dòng “**Thời gian**: … **Thiết bị**: … **Cần biết trước**: …” "
            "(“**Time**: … **Device**: … **What you need to know**: …”), hay hai nửa khác nhau: "
            f"hãy viết “**Thời gian**: {says}. …”"
        )
        yield Finding("time", reason, cell=cell)
    elif stated != [rounded(main), rounded(every)]:
        reason = (
            f"ô đầu ghi {stated[0]} và {stated[1]} phút, tính ra {comma(main)} và {comma(every)}: "
            f"hãy viết “{says}”"
        )
        yield Finding("time", reason, cell=cell)


def _limits(section: Section) -> Iterator[Finding]:
    most = MOST_INDEX if section.path.name == INDEX else MOST_MAIN
    over = [("đường chính", section.minutes(MAIN), most, section.parts[0].cell)]
    over += [
        (f"phần “{part.title}”", part.minutes, MOST_DEEPER, part.cell)
        for part in section.of(DEEPER)
    ]
    for what, minutes, limit, cell in over:
        if minutes > limit:
            syllables = math.ceil((minutes - limit) * SYLLABLES_A_MINUTE)
            reason = (
                f"{what} dài {comma(minutes)} phút, quá mức {limit} phút chừng {syllables} "
                "âm tiết lời văn: hãy bớt, hay chuyển đi"
            )
            yield Finding("length", reason, cell=cell)


def _quick_path(section: Section) -> Iterator[Finding]:
    cell = section.parts[0].cell
    path = quick_path(section)
    minutes = sum(part.minutes for part in path)
    stated = _stated(section, _QUICK)
    if stated is None:
        reason = (
            "ô đầu thiếu dòng “**Đường nhanh**, khoảng 20 phút: [tên phần](#neo) → …” "
            "(“**Quick path**, about 20 minutes: …”), hay hai nửa ghi số phút khác nhau"
        )
        yield Finding("quick", reason, cell=cell)
        return
    known = {f"#{part.anchor}" for part in section.parts}
    for link in _quick_links(section):
        if link not in known:
            reason = f"đường nhanh dẫn tới “{link}”, không phải neo của một phần trong notebook này"
            yield Finding("quick", reason, cell=cell)
    if not QUICK[0] <= minutes <= QUICK[1]:
        reason = (
            f"đường nhanh dài {comma(minutes)} phút (ô đầu {comma(path[0].minutes)}), phải từ "
            f"{QUICK[0]} đến {QUICK[1]}: hãy bớt hay thêm phần"
        )
        yield Finding("quick", reason, cell=cell)
    elif stated != [rounded(minutes)]:
        reason = (
            f"đường nhanh ghi {stated[0]} phút, tính ra {comma(minutes)}: "
            f"hãy ghi {rounded(minutes)}"
        )
        yield Finding("quick", reason, cell=cell)


def _exercises(section: Section) -> Iterator[Finding]:
    on_the_way = len(section.of(MAIN, exercises=True))
    if on_the_way != EXERCISES:
        reason = f"đường chính có {on_the_way} bài tập, phải có {EXERCISES}"
        yield Finding("exercise", reason)
    cells = [*nb.named_cells(section.notebook)]
    ids = [cell.id for _, cell in cells]
    for part in section.of(MAIN, DEEPER, END, exercises=True):
        if not part.anchor:
            yield Finding("exercise", _no_anchor(part), cell=part.cell)
        if part.id == "ex-open-text":
            continue
        at = ids.index(part.id)
        stem = part.id.removesuffix("-text")
        three = [f"{stem}-text", f"{stem}-answer", f"{stem}-check"]
        if ids[at : at + 3] != three:
            reason = f"“{part.title}” phải là ba ô liền nhau: {', '.join(three)}"
            yield Finding("exercise", reason, cell=part.cell)
        elif "progress" not in ids[at + 3 : at + 5]:
            for name, cell in cells[at + 3 : at + 4]:
                if not _opens_with_heading(cell):
                    reason = "sau một bài tập phải là ô văn bản mở bằng tiêu đề ## hay ###"
                    yield Finding("exercise", reason, cell=name)


def _no_anchor(part: Part) -> str:
    return f"“{part.title}” thiếu neo: hãy đặt <a id=…></a> ngay trên tiêu đề"


def _opens_with_heading(cell: NotebookNode) -> bool:
    if cell.cell_type != "markdown":
        return False
    blocks = markup.parse(nb.split(cell.source).vietnamese).blocks
    return blocks[0].kind in {"tiêu đề cấp 2", "tiêu đề cấp 3"}


def _outputs(section: Section) -> Iterator[Finding]:
    told = section.of(MAIN)
    bare = [name for part in told for name in part.bare]
    outputs = sum(part.outputs for part in told)
    if 3 * len(bare) > outputs:
        reason = (
            f"{len(bare)} trong {outputs} đầu ra của đường chính chỉ là True hay False, nhiều nhất "
            f"là {outputs // 3}: hãy cho hiện con số, ở {', '.join(bare)}"
        )
        yield Finding("bare", reason)


def _code_cells(section: Section) -> Iterator[Finding]:
    for name, cell in nb.named_cells(section.notebook, "code"):
        if (lines := len(cell.source.splitlines())) > LINES:
            reason = f"ô mã dài {lines} dòng, nhiều nhất là {LINES}: hãy bớt hay tách"
            yield Finding("cell", reason, cell=name)
    for part in section.of(MAIN, DEEPER, END):
        for name, cell in part.code:
            for reason, line in _out_of_place(cell.source).items():
                yield Finding("cell", reason, line, name)


def _out_of_place(source: str) -> dict[str, int]:
    """Return what a lesson cell should not hold, and the line where it first does."""
    found: dict[str, int] = {}
    # A cell may show how Python refuses what it cannot read.
    with suppress(SyntaxError):
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Assert():
                    reason = "assert là việc của phép thử: hãy bỏ, hay cho hiện giá trị"
                case ast.If() if "isinstance(" in ast.unparse(node.test) and any(
                    isinstance(inner, ast.Raise) for inner in node.body
                ):
                    reason = "bài học không canh kiểu của đối số: hãy bỏ isinstance và raise"
                case ast.Constant(value=str(text)) if _SVG.search(text):
                    reason = "bài học không vẽ bằng chuỗi SVG: hãy dùng d2lutil.plot hay tệp hình"
                case ast.For() if any(map(_draws, ast.walk(node))):
                    reason = "bài học không vẽ trong vòng lặp: một lần d2lutil.plot vẽ mọi đường"
                case ast.Call(func=ast.Attribute(attr="annotate" | "add_patch" | "text")):
                    reason = "bài học không vẽ theo tọa độ: hãy dùng d2lutil.plot hay tệp hình"
                case _:
                    continue
            found[reason] = min(node.lineno, found.get(reason, node.lineno))
    return found


def _draws(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="plot" | "bar" | "scatter" | "imshow" | "text")):
            return True
    return False


def _end_of_main_path(section: Section) -> Iterator[Finding]:
    ends = section.of(MAIN)[-2:]
    if [part.title for part in ends] != [ERRORS, SUMMARY]:
        reason = f"đường chính phải kết thúc bằng “## {ERRORS}” rồi “## {SUMMARY}”"
        yield Finding("ending", reason)
        return
    for part in ends:
        yield from _english_heading(section, part)
    for half, wanted in zip(_halves(section, ends[0])[:2], reversed(_TABLE), strict=True):
        if f"\n{wanted}\n" not in half:
            reason = f"“{ERRORS}” thiếu bảng “{wanted}”"
            yield Finding("ending", reason, cell=ends[0].cell)
    items = len(re.findall(r"^(?:[-*]|\d+\.) ", _below_heading(section, ends[1]), re.MULTILINE))
    if not 1 <= items <= ITEMS:
        reason = f"“{SUMMARY}” có {items} ý, phải là danh sách từ 1 đến {ITEMS} ý"
        yield Finding("ending", reason, cell=ends[1].cell)


def _halves(section: Section, part: Part) -> nb.Halves:
    return nb.split(next(cell.source for cell in section.notebook.cells if cell.id == part.id))


def _below_heading(section: Section, part: Part) -> str:
    """Return the Vietnamese text of a part's first cell that belongs to the part."""
    _, _, text = _halves(section, part).vietnamese.partition(f"## {part.title}\n")
    return text.partition("\n## ")[0]


def _english_heading(section: Section, part: Part) -> Iterator[Finding]:
    wanted = f"## {_ENGLISH[part.title]}"
    if wanted not in _halves(section, part).english.splitlines():
        reason = f"tiêu đề tiếng Anh của “## {part.title}” phải là “{wanted}”"
        yield Finding("ending", reason, cell=part.cell)


def _questions(section: Section) -> Iterator[Finding]:
    if section.path.name == INDEX:
        return  # its questions are the first exercise
    call = f'd2lutil.quick_questions("{_name(section)}")'
    titles = [part.title for part in section.of(MAIN, DEEPER, END)]
    at = titles.index(DEEPER) - 1 if DEEPER in titles else -1
    part = section.of(MAIN, DEEPER, END)[at]
    if part.title != QUESTIONS or [cell.source.splitlines()[-1] for _, cell in part.code] != [call]:
        reason = f"ngay trước “## {DEEPER}” phải là “## {QUESTIONS}” với một ô mã, dòng cuối {call}"
        yield Finding("questions", reason)
        return
    yield from _english_heading(section, part)
    yield from _minutes(section, part)


def _deeper(section: Section) -> Iterator[Finding]:
    parts = section.of(DEEPER)
    if not parts:
        reason = f"thiếu “## {DEEPER}” (“## {_ENGLISH[DEEPER]}”) sau đường chính"
        yield Finding("deeper", reason)
        return
    head, some = parts[0], parts[1:]
    yield from _english_heading(section, head)
    if not re.fullmatch(r"sec_\w+_deeper", head.anchor):
        reason = f"neo của “## {DEEPER}” phải có dạng sec_…_deeper, đang là “{head.anchor}”"
        yield Finding("deeper", reason, cell=head.cell)
    for part in some:
        if not part.anchor:
            yield Finding("deeper", _no_anchor(part), cell=part.cell)
        yield from _minutes(section, part)


def _minutes(section: Section, part: Part) -> Iterator[Finding]:
    says = rounded(part.minutes)
    stated = re.match(_MINUTES[0], part.lead)
    if not stated or int(stated[1]) != says:
        reason = (
            f"phần “{part.title}” dài {comma(part.minutes)} phút: đoạn đầu phải mở bằng "
            f"“*Khoảng {says} phút.*”"
        )
        yield Finding("deeper", reason, cell=part.cell)
    elif stated[1] not in re.findall(_MINUTES[1], _halves(section, part).english, re.MULTILINE):
        reason = f"nửa tiếng Anh của “{part.title}” thiếu “*About {says} minutes.*”"
        yield Finding("deeper", reason, cell=part.cell)


def _end_of_page(section: Section) -> Iterator[Finding]:
    wanted = ["Thảo luận", "Những người thực hiện"]
    if section.path.name != INDEX:
        wanted.insert(0, PYTORCH)
    titles = [part.title for part in section.of(END)]
    if [title for title in titles if title in wanted] != wanted:
        reason = f"sau “## {DEEPER}” phải lần lượt có {', '.join(f'“## {t}”' for t in wanted)}"
        yield Finding("ending", reason)
    for part in section.of(END):
        if part.title == PYTORCH and not _FOLDED.search(_below_heading(section, part)):
            reason = f"bảng của “{PYTORCH}” phải gấp lại trong <details>"
            yield Finding("ending", reason, cell=part.cell)


def _progress(section: Section) -> Iterator[Finding]:
    call = f'd2lutil.show_progress("{_name(section)}")'
    ends = {cell.id: cell.source.splitlines()[-1:] for cell in section.notebook.cells}
    if ends.get("progress") != [call]:
        yield Finding("progress", f"thiếu ô mã có id progress, với dòng cuối {call}")


def _name(section: Section) -> str:
    return section.path.name.removesuffix("_vn.ipynb")
