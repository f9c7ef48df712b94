"""Grading a class: 30 submissions of two sections, five of them hostile.

The honest ones are made of the right and wrong answers that the tests of the exercises know, so
what each cell of the table has to say is known. The hostile ones try a thing each in two answers;
their other answers are right, and must be found so.
"""

from __future__ import annotations

import csv
import json
import random
import runpy
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import psutil
from report import heading

from authoring.grade import course

PROJECT = Path(__file__).resolve().parents[1]
SECTIONS = ["parameters", "model-construction"]
HONEST = 25
SHAPED = """
import numpy
from mxnet import np


def answer(net):
    return np.zeros(sum(p.data().size for p in net.collect_params().values()))
"""
HOSTILE = {
    "an endless loop, a memory bomb": [
        "while True:\n    pass",
        "x = []\nwhile True:\n    x.append(bytearray(50_000_000))",
    ],
    "a fork bomb, an end of all processes": [
        "from multiprocessing import util\nimport time\n"
        'util.spawnv_passfds(b"/bin/sh", ["sh", "-c", "f() { f | f & }; f"], [])\ntime.sleep(10)',
        "from multiprocessing import util\n"
        'util.spawnv_passfds(b"/bin/sh", ["sh", "-c", "kill -9 -1"], [])',
    ],
    "a replaced comparison, a fake check": [
        f"{SHAPED}\nnumpy.allclose = lambda *a, **k: True",
        'import d2lutil\nd2lutil.check = lambda *a: "right"\nanswer = lambda *a: 3',
    ],
    "a full disk, deleted files": [
        'with open("/tmp/x", "wb") as file:\n    while True:\n        file.write(bytes(10**6))',
        'import shutil\nshutil.rmtree("/", ignore_errors=True)',
    ],
    "a report of its own, a connection": [
        "import os\nfor n in range(99):\n    try:\n        os.write(n, b'{\"passed\": true}\\n')\n"
        "    except OSError:\n        pass\nos._exit(0)",
        'import socket\nsocket.create_connection(("1.1.1.1", 53))',
    ],
}


def answers(section: str, kind: str) -> dict[str, list[tuple[str, str]]]:
    """Return, by exercise, answer cells of one kind, with words of their message."""
    path = PROJECT / f"tests/exercises/{section.replace('-', '_')}.py"
    source, known = path.read_text("utf-8"), runpy.run_path(str(path))[kind]
    part, words = ("[0]", lambda given: given[1]) if kind == "WRONG" else ("", lambda given: "")
    return {
        id: [
            (f"{source}\n\nanswer = {kind}[{id!r}][{number}]{part}", words(given))
            for number, given in enumerate(all_given)
        ]
        for id, all_given in known.items()
    }


def hand_in(folder: Path, section: course.Section, sources: dict[str, str]) -> None:
    notebook = json.loads((course.NOTEBOOKS / f"{section.name}_vn.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        if section.exercises.get(cell["id"]) in sources:
            cell["source"] = sources[section.exercises[cell["id"]]]
    folder.mkdir(exist_ok=True)
    (folder / f"{section.name}_vn.ipynb").write_text(json.dumps(notebook), "utf-8")


def submissions(folder: Path) -> dict[str, dict[str, tuple[str, str]]]:
    """Write the submissions; return, by student and exercise, the mark and words that are due."""
    choose, all_sections = random.Random(7), course.sections()
    right = {id: a for name in SECTIONS for id, a in answers(name, "RIGHT").items()}
    wrong = {id: a for name in SECTIONS for id, a in answers(name, "WRONG").items()}
    due: dict[str, dict[str, tuple[str, str]]] = {}
    for number in range(HONEST):
        student = due[f"honest-{number:02}"] = {}
        for name in SECTIONS:
            sources = {}
            for id in all_sections[name].exercises.values():
                mark = choose.choice("✓✓✓✗✗–")
                student[id] = mark, ""
                if mark != "–":
                    source, words = choose.choice((right if mark == "✓" else wrong)[id])
                    sources[id], student[id] = source, (mark, words)
            hand_in(folder / f"honest-{number:02}", all_sections[name], sources)
    for number, cells in enumerate(HOSTILE.values()):
        student = due[f"hostile-{number}"] = {}
        for name in SECTIONS:
            ids = list(all_sections[name].exercises.values())
            tried = dict(zip(ids[:2] if name == SECTIONS[0] else [], cells, strict=False))
            sources = {id: tried.get(id, right[id][0][0]) for id in ids}
            student |= {id: ("✗" if id in tried else "✓", "") for id in ids}
            hand_in(folder / f"hostile-{number}", all_sections[name], sources)
    return due


def memory(process: psutil.Process) -> int:
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def main() -> None:
    print(heading())
    warnings.simplefilter("ignore")  # of answers, which register the same names twice
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "class")
        folder.mkdir()
        due = submissions(folder)
        start, most = time.perf_counter(), 0
        grader = psutil.Popen(
            [sys.executable, "-m", "authoring.grade", str(folder)], stdout=subprocess.DEVNULL
        )
        while grader.poll() is None:
            most = max(most, memory(grader))
            time.sleep(0.2)
        seconds = time.perf_counter() - start
        with open(f"{folder}-ket-qua/ket-qua.csv", encoding="utf-8-sig", newline="") as file:
            rows = {row["Học sinh"]: row for row in csv.DictReader(file)}
    good = [
        student
        for student, cells in due.items()
        if all(
            rows[student][id].startswith(mark) and words in rows[student][id]
            for id, (mark, words) in cells.items()
        )
    ]
    for student in sorted(set(due) - set(good)):
        print(f"not as expected: {student}")
    print(f"{len(due)} submissions of {' and '.join(SECTIONS)}, {len(HOSTILE)} of them hostile:")
    print(f"  {len(good)} rows as they have to be, of {len(due)}")
    print(f"  {seconds:.0f} s in all, two submissions at a time")
    print(f"  {most / 2**20:.0f} MiB at most in memory, the grader and all sandboxes together")
    for kind in ("honest", "hostile"):
        times = [int(row["Giây"]) for student, row in rows.items() if student.startswith(kind)]
        print(f"  {kind}: median {statistics.median(times):.0f} s, longest {max(times)} s")
    for number, what in enumerate(HOSTILE):
        row = rows[f"hostile-{number}"]
        print(f"  hostile-{number}, {what}: {row['Số bài đúng']} right, {row['Giây']} s")


if __name__ == "__main__":
    main()
