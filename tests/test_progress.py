import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from d2lutil import progress
from d2lutil.exercises import SECTIONS, all_exercises, check, solution

ROOT = Path(__file__).parents[1]
ID = "index/2"
ALL = len(all_exercises())
TIME = sum(progress.MINUTES.values())


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """Where the test's own reader keeps progress; the folder isn't there yet."""
    file = tmp_path / "of reader" / "progress.json"
    monkeypatch.setenv("D2L_PROGRESS", str(file))
    return file


def report(*arguments, status=0):
    """Return what `python -m d2lutil progress` prints."""
    command = [sys.executable, "-m", "d2lutil", "progress", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (status, "")
    return done.stdout


def test_a_blank_course():
    shown = report().splitlines()
    assert shown[0] == "Mở đầu 1 2 3  index_vn.ipynb"
    assert re.fullmatch(r"Mục 2  1 2 3 4 5.*  parameters_vn\.ipynb", shown[2])
    assert shown[-3:] == [
        f"Đã giải 0 trong {ALL} bài.",
        "Tiếp theo: bài 1 trong index_vn.ipynb.",
        f"Các mục chưa giải bài nào: khoảng {TIME} phút để đọc và chạy, chưa kể bài tập.",
    ]


def test_what_is_solved_is_remembered_once(file):
    told = [progress.note(id) for id in (ID, "index/1", ID)]
    assert told[0] == "Đã giải 1/3 bài của trang. Còn bài 1, 3."
    assert told[1] == told[2] == "Đã giải 2/3 bài của trang. Còn bài 3."
    assert json.loads(file.read_bytes()) == [ID, "index/1"]
    assert os.listdir(file.parent) == ["progress.json"]
    shown = report().splitlines()
    assert shown[0] == "Mở đầu ✓ ✓ 3  index_vn.ipynb"
    assert shown[-3] == f"Đã giải 2 trong {ALL} bài."
    assert f"khoảng {TIME - progress.MINUTES['index']} phút" in shown[-1]


def test_a_section_and_the_course_come_to_an_end():
    *first, last = all_exercises()
    for id, following in zip(first, [*first[1:], last], strict=True):
        section = following.removesuffix("/1")
        new = f"{section}_vn.ipynb, khoảng {progress.MINUTES.get(section)} phút."
        assert progress.note(id).endswith(new) == following.endswith("/1")
    number = last.split("/")[1]
    assert report().splitlines()[-1] == f"Tiếp theo: bài {number} trong use-gpu_vn.ipynb."
    told = f"Đã giải {number}/{number} bài của mục. Bạn đã giải mọi bài của khóa học."
    assert progress.note(last) == told
    assert report().splitlines()[-2:] == [
        f"Đã giải {ALL} trong {ALL} bài.",
        "Bạn đã giải mọi bài của khóa học.",
    ]


def shown(capsys, name):
    """Return the lines that the last code cell of a notebook prints."""
    progress.show_progress(name)
    return capsys.readouterr().out.splitlines()


def solve(*sections):
    for id in all_exercises():
        if id.split("/")[0] in sections:
            progress.note(id)


def test_a_notebook_ends_with_what_is_solved_and_what_comes_next(capsys):
    assert shown(capsys, "index") == [
        "Đã giải 0/3 bài của trang. Còn bài 1, 2, 3.",
        "Tiếp theo: bài 1 trong index_vn.ipynb.",
    ]
    assert shown(capsys, "parameters")[1] == "Tiếp theo: bài 1 trong parameters_vn.ipynb."
    solve("index")
    assert shown(capsys, "index") == [
        "Đã giải 3/3 bài của trang.",
        "Tiếp theo: mục 1, model-construction_vn.ipynb, khoảng 45 phút.",
    ]
    solve(*SECTIONS[1:])
    assert shown(capsys, "parameters")[1] == "Bạn đã giải mọi bài của khóa học."


def test_what_comes_next_is_what_is_left_after_the_section_and_then_before_it(capsys):
    solve("parameters", "deferred-init")
    progress.note("use-gpu/1")
    told = shown(capsys, "parameters")[1]
    assert told == "Tiếp theo: mục 4, custom-layer_vn.ipynb, khoảng 45 phút."
    solve("custom-layer", "read-write")
    assert shown(capsys, "parameters")[1] == "Tiếp theo: bài 2 trong use-gpu_vn.ipynb."
    solve("use-gpu")
    told = shown(capsys, "parameters")[1]
    assert told == "Tiếp theo: trang mở đầu, index_vn.ipynb, khoảng 30 phút."


def test_the_notebook_and_the_command_tell_the_same(capsys):
    for id in ("parameters/2", "index/1", "model-construction/3"):
        progress.note(id)
        section = id.split("/")[0]
        told = shown(capsys, section)[1]
        assert told.endswith(f"trong {section}_vn.ipynb.")
        assert told in report().splitlines()


def test_a_notebook_of_another_name_is_refused():
    with pytest.raises(ValueError, match="không có notebook tên 'params': tên là một trong index,"):
        progress.show_progress("params")


def test_every_notebook_with_exercises_shows_its_own_progress():
    for section in SECTIONS:
        notebook = json.loads((ROOT / "notebooks" / f"{section}_vn.ipynb").read_text("utf-8"))
        sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
        wanted = f'd2lutil.show_progress("{section}")'
        assert sources["progress"].endswith(wanted), section
        names = list(sources)
        last = max(n for n, name in enumerate(names) if name.endswith("-check"))
        assert names.index("progress") > last


def test_only_a_right_answer_of_a_cell_is_remembered(file):
    names = {"check": check}
    exec(f"{solution(ID).code}\nright = check({ID!r}, answer)", names)
    exec(f"answer = len\nwrong = check({ID!r})", names)
    assert names["right"].passed
    assert names["wrong"].passed is False
    assert not file.exists()
    exec(f"{solution(ID).code}\nright = check({ID!r})", names)
    assert names["right"].message == (
        f"{all_exercises()[ID].praise} Đã giải 1/3 bài của trang. Còn bài 1, 3."
    )
    assert json.loads(file.read_bytes()) == [ID]


def test_exercises_that_this_course_does_not_have_are_kept(file):
    file.parent.mkdir()
    file.write_text('["parameters/99"]')
    progress.note(ID)
    assert json.loads(file.read_bytes()) == ["parameters/99", ID]
    assert f"Đã giải 1 trong {ALL} bài." in report()


@pytest.mark.parametrize(
    "damaged",
    [b"", b'["parameters/1"', b"\xff\xfe", b"{}", b"3", b"[1]", b'["a", null]', b"[" * 100_000],
    ids=["empty", "cut", "no text", "no list", "number", "numbers", "null", "deep"],
)
def test_a_damaged_file_is_set_aside_and_told(file, damaged, capsys):
    file.parent.mkdir()
    for number in (1, 2):
        file.write_bytes(damaged)
        aside = file.with_name(f"progress.json.damaged-{number}")
        assert f"Tệp tiến độ {file} hỏng (" in (told := progress.note(ID))
        assert f"cất sang {aside}." in told
        assert aside.read_bytes() == damaged
        assert json.loads(file.read_bytes()) == [ID]
    file.write_bytes(damaged)
    assert report().splitlines()[0].endswith("damaged-3.")
    assert "hỏng" not in report()
    file.write_bytes(damaged)
    told, standing, _ = shown(capsys, "index")
    assert (told[-10:], standing[:11]) == ("damaged-4.", "Đã giải 0/3")


def a_folder(file):
    file.mkdir(parents=True)


def below_a_file(file):
    file.parent.write_text("")


def a_dead_link(file):
    file.parent.mkdir()
    file.symlink_to(file.parent / "nowhere" / "file")


@pytest.mark.parametrize("make", [a_folder, below_a_file, a_dead_link])
def test_a_place_that_cannot_be_used_is_told_with_the_way_out(file, make, capsys):
    make(file)
    told = progress.note(ID)
    assert told.startswith("Tiến độ chưa được ghi lại. Không dùng được tệp tiến độ ([Errno ")
    assert "D2L_PROGRESS" in told
    if make is not a_dead_link:  # which can be read like a file that isn't there yet
        assert report(status=1).startswith("✗ Không dùng được tệp tiến độ ([Errno ")
        (line,) = shown(capsys, "parameters")
        assert line.startswith("Không dùng được tệp tiến độ ([Errno ")


def test_no_home_is_told(monkeypatch):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("D2L_PROGRESS")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    assert "Could not determine home directory" in progress.note(ID)


def test_reset(file):
    progress.note(ID)
    assert report("--reset") == f"Không còn bài nào được ghi là đã giải ({file}).\n"
    assert not file.exists()
    report("--reset")
    assert f"Đã giải 0 trong {ALL} bài." in report()


def test_the_file_is_in_the_folder_of_the_users_data(monkeypatch, tmp_path):
    monkeypatch.delenv("D2L_PROGRESS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert progress.path() == tmp_path / "d2lutil" / "progress.json"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert progress.path() == tmp_path / ".local" / "share" / "d2lutil" / "progress.json"


def test_a_terminal_without_vietnamese_is_no_obstacle():
    command = [sys.executable, "-m", "d2lutil", "progress"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert f"Da giai 0 trong {ALL} bai.".encode() in done.stdout


def test_minutes_are_those_that_the_notebooks_say():
    for section in SECTIONS:
        text = (ROOT / "notebooks" / f"{section}_vn.ipynb").read_text("utf-8")
        said = re.search(r"\*\*Thời gian\*\*:[^\d;]* khoảng (\d+) phút", text)
        assert int(said[1]) == progress.MINUTES[section], section


def test_minutes_are_those_of_the_map():
    text = (ROOT / "notebooks" / "index_vn.ipynb").read_text("utf-8")
    rows = re.findall(r"\| \[\d\. [^\]]+\]\(([\w-]+)_vn\.ipynb#\w+\).*?khoảng (\d+) phút", text)
    sections = {section: int(minutes) for section, minutes in rows}
    assert {"index": progress.MINUTES["index"], **sections} == progress.MINUTES
    assert tuple(progress.MINUTES) == SECTIONS
