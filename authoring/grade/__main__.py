"""Grades a folder of notebooks: `python -m authoring.grade FOLDER`.

Every submission runs in a room of its own (see `sandbox`), two at a time at most. What is judged
is kept, so that an interrupted run goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from pathlib import Path

from authoring.grade import report, sandbox
from authoring.grade.course import Section, sections
from authoring.grade.submission import Submission, Verdict, collect
from authoring.notebook_error import NotebookError
from d2lutil import files

AT_ONCE = min(2, os.cpu_count() or 1)
TABLE, PAGE, KEPT = "ket-qua.csv", "ket-qua.html", ".da-cham"


def grade(folder: Path, out: Path, trust: bool) -> int:
    """Grade the submissions in `folder`, write the results to `out`, and return their number.

    Progress is printed, a line a submission. Raises NotebookError when a notebook of the course
    can't be read, OSError when `folder` can't be read or `out` not be written, ValueError when
    nothing is in `folder` or this machine has no sandbox and `trust` isn't given, and
    KeyboardInterrupt.
    """
    course = sections()
    submissions = collect(folder, course)
    if not submissions:
        raise ValueError(f"không có bài nộp nào trong {folder}")
    with sandbox.kit() as kit:
        room = sandbox.Room(kit, alone=not trust)
        if not trust and (reason := sandbox.problem(room)):
            raise ValueError(
                f"{reason}. Không có sandbox thì mã của bài nộp có thể làm mọi điều bạn làm được; "
                "nếu bạn tin mọi bài nộp: thêm --trust"
            )
        kept = out / KEPT
        kept.mkdir(parents=True, exist_ok=True)
        _judge_all(submissions, course, room, kept)
    ids = report.exercises(submissions, course)
    files.replace(out / TABLE, report.table(submissions, ids))
    files.replace(out / PAGE, report.page(submissions, ids))
    return len(submissions)


def _judge_all(
    submissions: Sequence[Submission],
    course: Mapping[str, Section],
    room: sandbox.Room,
    kept: Path,
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting: dict[Future[bool], Submission] = {
            pool.submit(_judge, one, course, room, kept): one for one in submissions
        }
        done = 0
        try:
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    one, done = waiting.pop(future), done + 1
                    known = "đã chấm từ trước" if future.result() else f"{one.seconds:.0f} giây"
                    right = sum(verdict.passed is True for verdict in one.verdicts.values())
                    told = "; ".join([f"{right} bài đúng", known, *one.faults])
                    name = "".join(c if c.isprintable() else " " for c in one.name)
                    print(f"{done}/{len(submissions)} {name}: {told}", flush=True)
        except BaseException:
            room.stopped.set()
            pool.shutdown(cancel_futures=True)
            raise


def _judge(one: Submission, course: Mapping[str, Section], room: sandbox.Room, kept: Path) -> bool:
    """Judge a submission's answers; tell whether that had been done before."""
    asked = json.dumps([room.fingerprint(course, one.answers), one.answers], sort_keys=True)
    store = kept / f"{hashlib.sha256(asked.encode()).hexdigest()[:32]}.json"
    if one.answers and (known := _remembered(store)):
        verdicts, faults, one.seconds, one.memory = known
        one.verdicts |= verdicts
        one.faults += faults
        return True
    faults = []
    judged: dict[str, Verdict] = {}
    started = time.monotonic()
    for name, answers in one.answers.items():
        outcome = room.judge(course[name], answers)
        one.memory = max(one.memory, outcome.memory)
        exercises = [exercise for _, exercise, _ in answers]
        judged |= dict(zip(exercises, outcome.verdicts, strict=True))
        faults += [f"mục {name}: {trouble}" for trouble in outcome.troubles]
    one.seconds = time.monotonic() - started
    one.verdicts |= judged
    one.faults += faults
    if one.answers:
        told = {id: asdict(verdict) for id, verdict in judged.items()}
        files.replace(store, json.dumps([told, faults, one.seconds, one.memory]).encode())
    return False


def _remembered(store: Path) -> tuple[dict[str, Verdict], list[str], float, int] | None:
    try:
        verdicts, faults, seconds, memory = json.loads(store.read_bytes())
        return {id: Verdict(**told) for id, told in verdicts.items()}, faults, seconds, memory
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m authoring.grade",
        description="Chấm một thư mục bài nộp: mỗi học viên một notebook hay một thư mục.",
    )
    parser.add_argument("folder", type=Path, help="thư mục các bài nộp")
    parser.add_argument("--out", type=Path, help="nơi ghi kết quả (mặc định: FOLDER-ket-qua)")
    parser.add_argument(
        "--trust", action="store_true", help="chạy không cần sandbox, khi bạn tin mọi bài nộp"
    )
    given = parser.parse_args(arguments)
    folder = given.folder.resolve()
    out = given.out or folder.with_name(f"{folder.name}-ket-qua")
    for which in (signal.SIGINT, signal.SIGTERM):  # make has Python start deaf to the first
        signal.signal(which, signal.default_int_handler)
    try:
        number = grade(folder, out, given.trust)
    except KeyboardInterrupt:
        print("✗ đã dừng; chạy lại lệnh này để chấm tiếp", file=sys.stderr)
        return 130
    except OSError as error:
        place = error.filename or folder
        print(f"✗ không đọc hay ghi được {place}: {error.strerror}", file=sys.stderr)
        return 1
    except (NotebookError, ValueError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    print(f"✓ {number} bài nộp: {out / TABLE}, {out / PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
