"""What was handed in: whose it is, which sections it answers, and what is wrong with the files.

Only the text of answer cells is taken, from files that are small, plain and in the folder itself.
Whatever else a submission holds is never run, and outputs are not even read.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from authoring.grade.course import Section, exercise_of

FILE_SIZE = 20 << 20  # bytes of a notebook, outputs and all
ANSWER_SIZE = 100_000  # characters of an answer cell
FILES = 40  # notebooks of one student
BLANK = "Chưa làm"


@dataclass
class Verdict:
    """The verdict on an answer: `passed` is None where there is nothing to judge.

    `eye` asks for a teacher's own look at the answer.
    """

    passed: bool | None
    message: str
    seconds: float = 0.0
    eye: bool = False


@dataclass
class Submission:
    """What one student has handed in, and what came of it.

    `answers` are to be judged: of a section, (id of the cell, exercise, source) in order.
    `verdicts` has, by exercise, what needs no run. `faults` says in Vietnamese what went wrong.
    """

    name: str
    answers: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    memory: int = 0


class Unusable(Exception):
    """A file that can't be graded; `str()` says why in Vietnamese."""


def collect(folder: Path, course: Mapping[str, Section]) -> list[Submission]:
    """Return the submissions in `folder`: a notebook each, or a folder of notebooks each.

    Every entry gets one, also what is no notebook. Raises OSError when `folder` can't be read.
    """
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    stems = [entry.stem for entry in entries]
    found = []
    for entry in entries:
        of_file = entry.suffix == ".ipynb" and stems.count(entry.stem) == 1
        name = entry.stem if of_file else entry.name
        submission = Submission(name.encode("utf-8", "replace").decode())
        try:
            _read(entry, submission, course)
        except Unusable as reason:
            submission.faults.append(str(reason))
        except OSError as error:
            submission.faults.append(f"không đọc được: {error.strerror}")
        found.append(submission)
    return found


def _read(entry: Path, submission: Submission, course: Mapping[str, Section]) -> None:
    mode = entry.lstat().st_mode
    if stat.S_ISDIR(mode):
        if entry.suffix == ".ipynb":
            raise Unusable("là một thư mục mang tên notebook, không phải một notebook")
        files = list(_notebooks(entry))
        if not files:
            raise Unusable("thư mục không có notebook nào (.ipynb)")
        if len(files) > FILES:
            raise Unusable(f"có hơn {FILES} notebook: không chấm")
    else:
        files = [entry]
    cells: dict[str, tuple[str, dict[str, Any]]] = {}
    twice = set()
    for file in files:
        name = file.relative_to(entry).as_posix() if file != entry else file.name
        try:
            section, found = _section(_load(file), course)
        except Unusable as reason:
            submission.faults.append(f"{name}: {reason}")
            continue
        except OSError as error:
            submission.faults.append(f"{name}: không đọc được ({error.strerror})")
            continue
        if section in cells:
            submission.faults.append(
                f"{name} và {cells[section][0]} là hai tệp của cùng mục {section}: "
                "không biết chấm tệp nào"
            )
            twice.add(section)
        else:
            cells[section] = name, found
    for section, (name, found) in cells.items():
        if section not in twice:
            _take(submission, course[section], name, found)


def _notebooks(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(".ipynb") and not name.startswith("."):
                yield Path(place, name)


def _load(file: Path) -> Any:
    """Return the JSON of a notebook's file. Raises Unusable, or OSError."""
    mode = file.lstat().st_mode
    if stat.S_ISLNK(mode):
        raise Unusable("là một liên kết tới nơi khác, không phải một tệp")
    if not stat.S_ISREG(mode):
        raise Unusable("là một ống hay thiết bị, không phải một tệp")
    if file.suffix != ".ipynb":
        raise Unusable("không phải một notebook (.ipynb)")
    # The file may have become another one meanwhile.
    handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(handle, "rb") as opened:
        data = opened.read(FILE_SIZE + 1)
    if len(data) > FILE_SIZE:
        raise Unusable(f"lớn hơn {FILE_SIZE >> 20} MB: hãy xóa đầu ra rồi nộp lại")
    if not data.strip():
        raise Unusable("tệp trống")
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unusable("không phải một notebook: nội dung không phải JSON") from error


def _section(notebook: Any, course: Mapping[str, Section]) -> tuple[str, dict[str, Any]]:
    """Return the section that a notebook answers, and its code and text cells by their ids."""
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Unusable("không phải một notebook Jupyter (thiếu danh sách ô)")
    cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    found: dict[str, Any] = {}
    for cell in cells:
        if isinstance(id := _id(cell), str):
            if id in found and id.startswith("ex-"):
                raise Unusable(f"có hai ô cùng id {id[:64]}: không biết ô nào là câu trả lời")
            found[id] = cell
    sizes = {name: len(found.keys() & section.exercises) for name, section in course.items()}
    best = max(sizes, key=lambda name: sizes[name])
    if sizes[best]:
        return best, found
    if cells and not found:
        raise Unusable(
            "các ô không có id (định dạng cũ hơn 4.5, hay đã qua một công cụ bỏ id): "
            "không biết ô nào là câu trả lời"
        )
    raise Unusable("không có ô trả lời nào của khóa học này")


def _id(cell: dict[str, Any]) -> Any:
    # Colab keeps a cell's id there.
    metadata = cell.get("metadata")
    return cell.get("id", metadata.get("id") if isinstance(metadata, dict) else None)


def _take(submission: Submission, section: Section, file: str, cells: dict[str, Any]) -> None:
    missing = []
    for id, exercise in section.exercises.items():
        cell = cells.get(id)
        source = _text(cell)
        if cell is None or source is None:
            missing.append(id)
            submission.verdicts[exercise] = Verdict(None, "Không có ô trả lời")
        elif cell.get("cell_type") != "code":
            message = "Ô trả lời không còn là ô mã."
            submission.verdicts[exercise] = Verdict(False, message, eye=True)
        elif len(source) > ANSWER_SIZE:
            message = f"Ô trả lời dài hơn {ANSWER_SIZE} ký tự: không chấm."
            submission.verdicts[exercise] = Verdict(False, message, eye=True)
        elif source.strip() in ("", section.given(id).strip()):
            submission.verdicts[exercise] = Verdict(None, BLANK)
        else:
            submission.answers.setdefault(section.name, []).append((id, exercise, source))
        checked = exercise_of(_text(cells.get(id.replace("-answer", "-check"))) or "")
        if checked and checked != exercise:
            submission.faults.append(
                f"{file}: có lẽ từ một ấn bản khác, nơi ô {id} trả lời bài {checked[:40]}; "
                f"ở đây nó được chấm là bài {exercise}"
            )
    unknown = sorted(
        id[:64]
        for id in cells
        if id.startswith("ex-") and id.endswith("-answer") and id not in section.exercises
    )
    if missing:
        submission.faults.append(
            f"{file}: thiếu ô {', '.join(missing)} (đã xóa, hay notebook từ một ấn bản khác)"
        )
    if unknown:
        submission.faults.append(
            f"{file}: có ô trả lời mà ấn bản này của mục {section.name} không có: "
            f"{', '.join(unknown[:5])}"
        )


def _text(cell: Any) -> str | None:
    """Return the source of a cell, which a file keeps as a text or as its lines."""
    source = cell.get("source") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None
