"""Which exercises the reader has solved: ``python -m d2lutil progress``, and `show_progress`.

The ids are in one file of the reader's own, `progress.json` in the folder `d2lutil` of the user's
data, or where the environment variable `D2L_PROGRESS` says. Nothing sends it anywhere.
"""

from __future__ import annotations

import argparse
import codecs
import io
import itertools
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from d2lutil import doctor, files
from d2lutil.exercises import SECTIONS, all_exercises

__all__ = ["show_progress"]

# Of the main path, as the first cell of each notebook says.
MINUTES = dict(zip(SECTIONS, (30, 45, 45, 40, 45, 45, 45), strict=True))


def path() -> Path:
    """Return where the file is; raises RuntimeError where no home folder can be found."""
    if own := os.environ.get("D2L_PROGRESS"):
        return Path(own).expanduser()
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "d2lutil" / "progress.json"


def read() -> tuple[list[str], str]:
    """Return the ids of the solved exercises, and what is to be told about the file.

    A damaged file is set aside and told, as if there were none. Raises OSError when the file can't
    be read or set aside, RuntimeError like `path`.
    """
    file = path()
    try:
        ids = json.loads(file.read_bytes())
        if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
            raise ValueError("không phải một danh sách tên bài")
    except FileNotFoundError:
        return [], ""
    except (ValueError, RecursionError) as error:
        names = (file.with_name(f"{file.name}.damaged-{n}") for n in itertools.count(1))
        aside = next(name for name in names if not name.exists())
        file.rename(aside)
        return [], f"Tệp tiến độ {file} hỏng ({error}) nên được cất sang {aside}."
    return ids, ""


def note(id: str) -> str:
    """Remember that exercise `id` is solved and tell how far its section is.

    What is wrong with the file is told too: it never keeps a check from giving its verdict.
    """
    try:
        ids, told = read()
        if id not in ids:
            ids.append(id)
            path().parent.mkdir(parents=True, exist_ok=True)
            files.replace(path(), (json.dumps(ids, indent=1) + "\n").encode())
    except (OSError, RuntimeError) as error:
        return f"Tiến độ chưa được ghi lại. {_way_out(error)}"
    section = id.split("/")[0]
    following = "" if _left(section, ids) else _following(section, ids)
    return " ".join(filter(None, [_standing(section, ids), following, told]))


def show_progress(name: str) -> None:
    """Print what is solved of the notebook `name`, and what comes next.

    A notebook is named without `_vn.ipynb`, as in `SECTIONS`. Raises ValueError for any other
    name; what is wrong with the file is printed.
    """
    if name not in SECTIONS:
        raise ValueError(f"không có notebook tên {name!r}: tên là một trong {', '.join(SECTIONS)}")
    try:
        ids, told = read()
    except (OSError, RuntimeError) as error:
        print(_way_out(error))
        return
    print(*filter(None, [told, _standing(name, ids), _following(name, ids)]), sep="\n")


def main(arguments: Sequence[str]) -> int:
    """Print what is solved, what comes next and how long; return 1 if the file can't be used."""
    codecs.register_error("unaccented", doctor.unaccented)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="unaccented")
    parser = argparse.ArgumentParser(
        prog="python -m d2lutil progress",
        description="Cho biết bạn đã giải những bài tập nào và tiếp theo là gì.",
    )
    parser.add_argument("--reset", action="store_true", help="quên mọi bài đã giải")
    try:
        if parser.parse_args(arguments).reset:
            path().unlink(missing_ok=True)
            print(f"Không còn bài nào được ghi là đã giải ({path()}).")
            return 0
        ids, told = read()
    except (OSError, RuntimeError) as error:
        print(f"✗ {_way_out(error)}")
        return 1
    print(*filter(None, [told]), *_report(ids), sep="\n")
    return 0


def _report(ids: Sequence[str]) -> list[str]:
    lines, unread = [], 0
    for number, section in enumerate(SECTIONS):
        own = _own(section)
        marks = " ".join("✓" if id in ids else id.split("/")[1] for id in own)
        place = f"Mục {number}" if number else "Mở đầu"
        lines.append(f"{place:6} {marks}  {section}_vn.ipynb")
        if not set(own) & set(ids):
            unread += MINUTES[section]
    exercises = all_exercises()
    solved = sum(id in ids for id in exercises)
    last = next((id for id in reversed(ids) if id in exercises), SECTIONS[0])
    following = _following(last.split("/")[0], ids)
    lines += [f"Đã giải {solved} trong {len(exercises)} bài.", following]
    if unread:
        lines.append(
            f"Các mục chưa giải bài nào: khoảng {unread} phút để đọc và chạy, chưa kể bài tập."
        )
    return lines


def _own(name: str) -> list[str]:
    return [id for id in all_exercises() if id.split("/")[0] == name]


def _left(name: str, ids: Sequence[str]) -> list[str]:
    return [id.split("/")[1] for id in _own(name) if id not in ids]


def _standing(name: str, ids: Sequence[str]) -> str:
    left, all_ = _left(name, ids), len(_own(name))
    kind = "trang" if name == "index" else "mục"
    solved = f"Đã giải {all_ - len(left)}/{all_} bài của {kind}."
    return f"{solved} Còn bài {', '.join(left)}." if left else solved


def _following(here: str, ids: Sequence[str]) -> str:
    """Tell the first exercise that is left from the section `here` on, and then from the start."""
    start = SECTIONS.index(here)
    for section in SECTIONS[start:] + SECTIONS[:start]:
        left = _left(section, ids)
        if left and (section == here or len(left) < len(_own(section))):
            return f"Tiếp theo: bài {left[0]} trong {section}_vn.ipynb."
        if left:
            number, minutes = SECTIONS.index(section), MINUTES[section]
            place = f"mục {number}" if number else "trang mở đầu"
            return f"Tiếp theo: {place}, {section}_vn.ipynb, khoảng {minutes} phút."
    return "Bạn đã giải mọi bài của khóa học."


def _way_out(error: Exception) -> str:
    return (
        f"Không dùng được tệp tiến độ ({error}): hãy sửa chỗ ấy, hoặc đặt biến môi trường "
        "D2L_PROGRESS là đường dẫn của một tệp mà bạn ghi được."
    )
