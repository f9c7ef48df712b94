"""The translator's command: `python -m authoring.translation`, see `USAGE`."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from authoring import notebook
from authoring.finding import Finding
from authoring.glossary import GLOSSARY_FILE, toml_file
from authoring.glossary.terms import Glossary
from authoring.notebook_error import NotebookError
from authoring.translation import claims, course, staleness, structure

USAGE = """\
Dùng: python -m authoring.translation LỆNH, từ thư mục gốc của khóa học

  status                            mỗi notebook: bao nhiêu ô khớp, cũ, chưa xác nhận
  check [TỆP …]                     kiểm tra cấu trúc, độ mới, thuật ngữ, chính tả
  claims [TỆP …]                    liệt kê những câu nói về mọi trường hợp, để người đọc xét
  accept TỆP                        xác nhận các ô chưa từng được xác nhận
  accept TỆP Ô                      xác nhận lại một ô sau khi sửa bản tiếng Việt
  accept TỆP Ô --because "lý do"    bản tiếng Việt của ô đúng như đang viết; lý do ở lại trong tệp

Kết thúc với mã 0 khi mọi thứ đều khớp, 1 khi không."""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status, 0 or 1."""
    try:
        match list(arguments):
            case ["status"]:
                return _status()
            case ["check", *names]:
                return _check([Path(name) for name in names] or course.notebooks())
            case ["claims", *names]:
                return _claims([Path(name) for name in names] or course.notebooks())
            case ["accept", name] if not name.startswith("-"):
                return _accept_new(Path(name))
            case ["accept", name, cell] if not cell.startswith("-"):
                return _accept(Path(name), cell)
            case ["accept", name, cell, "--because", reason] if any(map(str.isalnum, reason)):
                return _accept(Path(name), cell, reason)
            case ["-h" | "--help"]:
                print(USAGE)
                return 0
    except (NotebookError, staleness.Refused) as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"không đọc hay ghi được {error.filename or 'tệp'}: {error.strerror}")
    except toml_file.GlossaryError as error:
        return _report(error.findings)
    return _fail(USAGE)


def _fail(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


def _report(findings: Sequence[Finding]) -> int:
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{len(findings)} lỗi.", file=sys.stderr)
    return 1


def _status() -> int:
    findings, rows = [], []
    for path in course.notebooks():
        try:
            rows.append(course.status(path))
        except NotebookError as error:
            findings.append(Finding.of("file", error))
    width = max((len(str(row.path)) for row in rows), default=0)
    print(f"{'':{width}}  khớp  cũ  chưa xác nhận")
    for row in rows:
        print(f"{row.path!s:{width}}  {row.current:4}  {row.stale:2}  {row.missing:13}")
    if findings:
        return _report(findings)
    return int(any(row.stale or row.missing for row in rows))


def _check(paths: Sequence[Path]) -> int:
    findings = course.check(paths, course.FOLDER / GLOSSARY_FILE)
    if findings:
        return _report(findings)
    print(f"Bản dịch khớp: {len(paths)} notebook, không có lỗi nào.")
    return 0


def _claims(paths: Sequence[Path]) -> int:
    found = list(claims.check(paths))
    for claim in found:
        print(claim)
    print(f"{len(found)} câu.")
    return 0


def _accept(path: Path, cell_id: str, because: str | None = None) -> int:
    document = course.load(path)
    staleness.restore_lost_stamps(path, document)
    cells = {cell.id: (name, cell) for name, cell in notebook.named_cells(document, "markdown")}
    if cell_id not in cells:
        near = difflib.get_close_matches(cell_id, cells, n=3)
        hint = f"; có phải {' hay '.join(near)}?" if near else ""
        raise NotebookError(f"không có ô văn bản “{cell_id}”{hint}", path=path)
    name, cell = cells[cell_id]
    halves = notebook.split(cell.source, path=path, cell=name)
    glossary = toml_file.load(course.FOLDER / GLOSSARY_FILE)
    former = staleness.answers(cell)
    if because:  # then all is asked anew
        staleness.answer(cell, former, None)
    doubt = staleness.doubt(path, document, cell, halves)
    found = [finding for finding in course.judge(cell, halves, glossary) if finding.question]
    unasked = [finding.question for finding in found if finding.rule == course.UNASKED]
    asked = {staleness.STALE: doubt} if doubt else {}
    asked |= {finding.key: finding for finding in found if finding.rule != course.UNASKED}
    if faults := [*_faults(halves, glossary), *([] if because else asked.values())]:
        return _report([fault.at(path, name) for fault in faults])
    if because and not asked:
        raise staleness.Refused("không có câu hỏi nào để trả lời: hãy bỏ --because")
    if doubt and because == former.get(staleness.STALE):
        raise staleness.Refused(f"“{because}” là lý do của lần trước: hãy nói lý do của lần này")
    staleness.accept(cell, halves)
    staleness.answer(cell, unasked, None)
    staleness.answer(cell, asked, because)
    notebook.write(path, document)
    for finding in asked.values():
        print(f"Đã trả lời: {finding.reason.splitlines()[0]}")
    print(f"Đã xác nhận {name} của {path}.")
    return 0


def _faults(halves: notebook.Halves, glossary: Glossary) -> list[Finding]:
    compared = structure.compare(*course.parse(halves), glossary)
    return [finding for finding in compared if not finding.question]


def _accept_new(path: Path) -> int:
    document = course.load(path)
    glossary = toml_file.load(course.FOLDER / GLOSSARY_FILE)
    restored = staleness.restore_lost_stamps(path, document)
    if restored:
        print(f"Khôi phục dấu xác nhận bị mất của {len(restored)} ô: {', '.join(restored)}")
    accepted, findings = 0, []
    for name, cell in notebook.named_cells(document, "markdown"):
        try:
            halves = notebook.split(cell.source, path=path, cell=name)
        except NotebookError as error:
            findings.append(Finding.of("pair", error))
            continue
        if staleness.state(cell, halves) != staleness.MISSING:
            continue
        faults = _faults(halves, glossary)
        findings += [fault.at(path, name) for fault in faults]
        if not faults:
            staleness.accept(cell, halves)
            accepted += 1
    notebook.write(path, document)
    print(f"Đã xác nhận {accepted} ô mới của {path}.")
    return _report(findings) if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
