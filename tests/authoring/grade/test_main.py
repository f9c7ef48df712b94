import csv
import os
import re
import signal
import subprocess
import sys

import pytest

from authoring.grade import __main__ as grading
from tests.authoring.grade.attacks import _SHAPED, FORGERIES, HARM
from tests.authoring.grade.conftest import SOLUTIONS, needs_bubblewrap

FORGED = _SHAPED + FORGERIES["a comparison replaced by the cell"]


def run(*arguments, **options):
    command = [sys.executable, "-m", "authoring.grade", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


def rows(out):
    with open(out / "ket-qua.csv", encoding="utf-8-sig", newline="") as file:
        return {row["Học viên"]: row for row in csv.DictReader(file)}


@pytest.fixture
def folder(tmp_path, hand_in):
    hand_in("an.ipynb", "parameters", {"parameters/1": SOLUTIONS["parameters/1"]})
    hand_in("bình.ipynb", "parameters", {"parameters/1": FORGED, "parameters/2": "answer = 3"})
    (tmp_path / "bai-nop" / "chi.ipynb").write_text("")
    return tmp_path / "bai-nop"


@needs_bubblewrap
def test_a_folder_becomes_a_table_and_a_page(folder, tmp_path):
    first = run(folder)
    assert (first.returncode, first.stderr) == (0, "")
    assert len(re.findall(r"^\d/3 (?:an|bình|chi): \d bài đúng; ", first.stdout, re.M)) == 3
    found = rows(tmp_path / "bai-nop-ket-qua")
    assert list(found) == ["an", "bình", "chi"]
    assert found["an"]["parameters/1"].startswith("✓ Mọi giá trị")
    assert found["an"]["parameters/2"] == "– Chưa làm"
    assert found["an"]["Số bài đúng"] == "1"
    assert "thay `numpy.allclose`" in found["bình"]["parameters/1"]
    assert found["bình"]["parameters/2"].startswith("✗ `answer` đang là một giá trị kiểu `int`")
    assert (found["bình"]["Số bài đúng"], found["bình"]["Xem bằng mắt"]) == (
        "0",
        "cần xem bằng mắt",
    )
    assert found["chi"]["Điều không ổn"] == "chi.ipynb: tệp trống"
    page = (tmp_path / "bai-nop-ket-qua" / "ket-qua.html").read_bytes()
    again = run(folder)
    assert again.stdout.count("đã chấm từ trước") == 2
    assert (tmp_path / "bai-nop-ket-qua" / "ket-qua.html").read_bytes() == page


@needs_bubblewrap
@pytest.mark.parametrize(
    "end", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.long)]
)
def test_an_interrupted_run_goes_on_where_it_was(end, folder, tmp_path, hand_in):
    hand_in("dung.ipynb", "parameters", {"parameters/1": HARM["an endless loop"]})
    out = tmp_path / "out"
    command = [sys.executable, "-u", "-m", "authoring.grade", folder, "--out", out]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as grader:
        lines = [grader.stdout.readline() for _ in range(3)]
        grader.send_signal(end)
        _, errors = grader.communicate()
    assert sorted(line.split()[1] for line in lines) == ["an:", "bình:", "chi:"]
    assert grader.returncode == (130 if end == signal.SIGINT else -end)
    assert "Traceback" not in errors
    assert not (out / "ket-qua.csv").exists()
    hand_in("dung.ipynb", "parameters", {})
    again = run(folder, "--out", out)
    assert again.stdout.count("đã chấm từ trước") == 2
    assert set(rows(out)) == {"an", "bình", "chi", "dung"}


@pytest.mark.long
@needs_bubblewrap
def test_it_grades_for_a_user_who_is_not_root_as_well(folder, tmp_path):
    other = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    command = [*other, sys.executable, "-m", "authoring.grade", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    found = rows(tmp_path / "bai-nop-ket-qua")
    assert [row["Số bài đúng"] for row in found.values()] == ["1", "0", "0"]


def test_without_a_sandbox_nothing_runs_unless_all_are_trusted(folder, tmp_path):
    nothing = os.environ | {"PATH": str(tmp_path)}
    refused = run(folder, env=nothing)
    assert refused.returncode == 1
    assert re.fullmatch("✗ .*bubblewrap.*thêm --trust\n", refused.stderr)
    assert not (tmp_path / "bai-nop-ket-qua").exists()
    trusted = run(folder, "--trust", env=nothing)
    assert trusted.returncode == 0, trusted.stderr
    found = rows(tmp_path / "bai-nop-ket-qua")
    assert [row["Số bài đúng"] for row in found.values()] == ["1", "0", "0"]


def test_a_folder_that_is_not_there_or_empty_is_told(tmp_path, capsys):
    assert grading.main([str(tmp_path / "nowhere")]) == 1
    assert "nowhere" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert grading.main([str(tmp_path / "empty")]) == 1
    assert "không có bài nộp nào" in capsys.readouterr().err


def test_what_was_kept_and_is_broken_is_judged_again(tmp_path):
    for text in ("", "{", "[1, 2, 3, 4]", "null", '[{"x": {}}, [], 1, 1]'):
        (tmp_path / "x.json").write_text(text)
        assert grading._remembered(tmp_path / "x.json") is None
