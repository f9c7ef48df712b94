"""The results of a class: a table for a spreadsheet, and one page to read and print."""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from authoring.grade.course import Section
from authoring.grade.submission import Submission, Verdict

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --no: #b3261e; --yes: #12692b; --eye: #8a5a00 }
@media (prefers-color-scheme: dark) { :root { --no: #ff9d94; --yes: #7fd996; --eye: #ffc766 } }
body { background: Canvas; color: CanvasText }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: auto; padding: 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; border-top: 1px solid var(--line) }
h2 { padding-top: 1rem; margin-top: 2rem; overflow-wrap: anywhere }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { border: 1px solid var(--line); padding: .2rem .5rem; text-align: center }
td { white-space: nowrap }
.who { position: sticky; left: 0; background: Canvas; text-align: left }
.who { min-width: 6rem; max-width: 11rem; overflow-wrap: anywhere }
dt { font-weight: 600 } dd { margin: 0 0 .6rem 1rem; overflow-wrap: anywhere }
code { font-size: .9em; background: #8882; padding: 0 .2em; overflow-wrap: anywhere }
.yes { color: var(--yes) } .no { color: var(--no) } .eye { color: var(--eye); font-weight: 600 }
.note { overflow-wrap: anywhere }
@media print { .wide { overflow: visible } body { font-size: 11px; max-width: none } }
@media print { h2, dt { break-after: avoid } }
"""
_EYE = "cần xem bằng mắt"


def exercises(submissions: Sequence[Submission], course: Mapping[str, Section]) -> list[str]:
    """Return the exercises of all sections that somebody has handed in, in the course's order."""
    handed = {id.split("/")[0] for submission in submissions for id in submission.verdicts}
    return [
        exercise
        for name, section in course.items()
        if name in handed
        for exercise in section.exercises.values()
    ]


def table(submissions: Sequence[Submission], ids: Sequence[str]) -> bytes:
    """Return the table as CSV, for LibreOffice and Excel: UTF-8 with a byte order mark."""
    file = io.StringIO()
    writer = csv.writer(file)
    heads = ["Học viên", "Số bài đúng", *ids, "Giây", "Xem bằng mắt", "Điều không ổn"]
    writer.writerow(heads)
    for one in submissions:
        verdicts = [one.verdicts.get(id) for id in ids]
        writer.writerow(
            [
                _harmless(one.name),
                _right(one),
                *(_harmless(f"{_mark(verdict)} {_said(verdict)}".strip()) for verdict in verdicts),
                f"{one.seconds:.0f}",
                _EYE if _needs_eye(one) else "",
                _harmless("; ".join(one.faults)),
            ]
        )
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8", "replace")


def page(submissions: Sequence[Submission], ids: Sequence[str]) -> bytes:
    """Return the page as HTML, complete in itself and without a script."""
    sections = Counter(id.split("/")[0] for id in ids)
    groups = "".join(
        f'<th scope="colgroup" colspan="{size}">{_text(name)}</th>'
        for name, size in sections.items()
    )
    heads = "".join(f'<th scope="col">{_text(id.split("/")[1])}</th>' for id in ids)
    rows = "".join(_row(number, one, ids) for number, one in enumerate(submissions, 1))
    details = "".join(_detail(number, one, ids) for number, one in enumerate(submissions, 1))
    document = f"""<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<link rel="icon" href="data:,"/>
<title>Kết quả chấm bài</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>Kết quả chấm bài</h1>
<p>{len(submissions)} bài nộp. ✓: đúng; ✗: chưa đúng; –: chưa làm; !: {_EYE}.</p>
<div class="wide" tabindex="0" role="region" aria-label="Bảng kết quả">
<table>
<thead>
<tr><th class="who" scope="col" rowspan="2">Học viên</th>
<th scope="col" rowspan="2">Đúng</th>{groups}</tr>
<tr>{heads}</tr>
</thead>
<tbody>{rows}</tbody>
</table>
</div>
{details}
</main>
</body>
</html>
"""
    return document.encode("utf-8", "replace")


def _row(number: int, one: Submission, ids: Sequence[str]) -> str:
    cells = "".join(_cell(one.verdicts.get(id)) for id in ids)
    flag = ' <span class="eye">!</span>' if _needs_eye(one) else ""
    return (
        f'<tr><th class="who" scope="row"><a href="#bai-{number}">{_text(one.name)}</a>{flag}</th>'
        f"<td>{_right(one)}</td>{cells}</tr>\n"
    )


def _cell(verdict: Verdict | None) -> str:
    flag = ' <span class="eye">!</span>' if verdict and verdict.eye else ""
    return f'<td class="{_kind(verdict)}">{_mark(verdict)}{flag}</td>'


def _detail(number: int, one: Submission, ids: Sequence[str]) -> str:
    parts = [f'<h2 id="bai-{number}">{_text(one.name)}</h2>']
    parts.append(f"<p>{_right(one)} bài đúng, chấm trong {one.seconds:.0f} giây.</p>")
    parts += [f'<p class="note"><b>Không ổn:</b> {_text(fault)}.</p>' for fault in one.faults]
    told = [(id, one.verdicts[id]) for id in ids if id in one.verdicts]
    items = []
    for id, verdict in told:
        if verdict.passed is None and not verdict.eye:
            continue
        eye = f' <span class="eye">({_EYE})</span>' if verdict.eye else ""
        items.append(
            f'<dt><span class="{_kind(verdict)}">{_mark(verdict)}</span> {_text(id)}{eye}</dt>'
            f"<dd>{_marked_up(verdict.message)}</dd>"
        )
    if items:
        parts.append(f"<dl>{''.join(items)}</dl>")
    blank = [id for id, verdict in told if verdict.passed is None]
    if blank:
        parts.append(f"<p>Chưa làm: {_text(', '.join(blank))}.</p>")
    return f"<section>{''.join(parts)}</section>\n"


def _right(one: Submission) -> int:
    return sum(verdict.passed is True for verdict in one.verdicts.values())


def _needs_eye(one: Submission) -> bool:
    return any(verdict.eye for verdict in one.verdicts.values())


def _mark(verdict: Verdict | None) -> str:
    return "" if verdict is None else {True: "✓", False: "✗", None: "–"}[verdict.passed]


def _kind(verdict: Verdict | None) -> str:
    passed = None if verdict is None else verdict.passed
    return {True: "yes", False: "no", None: "open"}[passed]


def _said(verdict: Verdict | None) -> str:
    return "" if verdict is None else verdict.message


def _harmless(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") else text


def _text(text: str) -> str:
    return html.escape("".join(c if c.isprintable() else " " for c in text))


def _marked_up(message: str) -> str:
    """Return a message's Markdown, of which it has code and bold words, as HTML."""
    escaped = re.sub(r"`([^`]*)`", r"<code>\1</code>", _text(message))
    return re.sub(r"\*\*([^*<]+)\*\*", r"<b>\1</b>", escaped)
