"""The command as a translator types it; its own process where that makes a difference."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from authoring.notebook import fingerprint, split
from authoring.translation.__main__ import USAGE

ROOT = Path(__file__).parents[3]
HERE = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def said(capsys):
    """What the command said since the last look, standard output and error together."""

    def read() -> str:
        captured = capsys.readouterr()
        return captured.out + captured.err

    return read


def test_a_good_course_passes(course, said):
    assert course.run("check") == 0
    assert "không có lỗi" in said()
    assert course.run("status") == 0


def test_findings_name_file_cell_and_line(course, said):
    course.replace("Một tầng có", "Một lớp  có")
    assert course.run("check") == 1
    text = said()
    assert "notebooks/a_vn.ipynb, ô 1 (id title), dòng 14: không dùng “lớp”" in text
    assert "notebooks/a_vn.ipynb, ô 1 (id title), dòng 14: thừa khoảng trắng" in text
    assert text.endswith("2 lỗi.\n")


def test_check_of_one_file_leaves_the_others_out(course):
    (course.path.parent / "b_vn.ipynb").write_text("{", encoding="utf-8")
    assert course.run("check", str(course.path)) == 0
    assert course.run("check") == 1


def test_status_counts_cells_and_exits_one_unless_all_are_current(course, said):
    course.replace("The second text.", "The third text.")
    assert course.run("status") == 1
    assert "notebooks/a_vn.ipynb     1   1              0" in said()


def test_status_tells_unreadable_notebooks_and_goes_on(course, said):
    (course.path.parent / "b_vn.ipynb").write_text("{", encoding="utf-8")
    assert course.run("status") == 1
    text = said()
    assert "notebooks/a_vn.ipynb     2   0" in text
    assert "notebooks/b_vn.ipynb" in text
    assert "không phải JSON" in text


def test_the_way_of_a_stale_cell(course, said):
    course.commit()
    course.replace("The second text.", "The third text.")
    before = course.path.read_bytes()
    assert course.run("accept", str(course.path)) == 0
    assert "Đã xác nhận 0 ô mới" in said()
    assert course.run("accept", str(course.path), "end") == 1
    assert "--because" in said()
    assert course.path.read_bytes() == before
    course.replace("thứ hai", "thứ ba")
    assert course.run("accept", str(course.path), "end") == 0
    assert course.run("check") == 0


def test_the_reason_why_a_translation_still_holds_stays_in_the_file(course):
    course.commit()
    course.replace("The second text.", "The 2nd text.")
    assert course.run("accept", str(course.path), "end", "--because", "cách viết số") == 0
    assert course.run("status") == 0
    assert course.run("check") == 0
    assert "cách viết số" in course.path.read_text(encoding="utf-8")


def stored(course):
    """The answers that the file keeps, without what tells one wording from another."""
    metadata = course.read().cells[-1].metadata["d2l"]
    answers = metadata.get("answers", {}).items()
    return {key.partition(":")[0]: reason for key, reason in answers}


def test_all_that_a_reason_answers_is_shown_before_and_told_after(course, said):
    course.commit()
    course.replace("The second text.", "The third text.")
    course.replace("Nó kết thúc ở đây.", "Nó kết thúc ở đây!")
    assert course.run("accept", str(course.path), "end") == 1
    text = said()
    assert "The [-second-] {+third+} text." in text
    assert "dấu cuối là “!”" in text
    assert text.endswith("2 lỗi.\n")
    assert course.run("accept", str(course.path), "end", "--because", "Vì thế.") == 0
    text = said()
    assert "Đã trả lời: bản tiếng Anh đã đổi mà bản tiếng Việt chưa đổi chữ nào\n" in text
    assert text.count("Đã trả lời: ") == 2
    assert stored(course) == {"stale": "Vì thế.", "sign": "Vì thế."}
    assert course.run("accept", str(course.path), "end", "--because", "Vì khác.") == 0
    assert stored(course) == {"stale": "Vì khác.", "sign": "Vì khác."}
    assert course.run("accept", str(course.path), "end") == 0
    assert stored(course) == {"stale": "Vì khác.", "sign": "Vì khác."}


def test_a_reason_answers_only_what_was_asked(course, said):
    course.commit()
    course.replace("The second text.", "The third text.")
    course.replace("Văn bản thứ hai.", "Văn bản thứ ba!")
    assert course.run("accept", str(course.path), "end", "--because", "Vì thế.") == 0
    assert stored(course) == {"sign": "Vì thế."}


def test_a_reason_of_another_change_is_refused(course, said):
    course.commit()
    course.replace("The second text.", "The 2nd text.")
    assert course.run("accept", str(course.path), "end", "--because", "cách viết") == 0
    course.commit()
    course.replace("The 2nd text.", "The last text.")
    before = course.path.read_bytes()
    assert course.run("accept", str(course.path), "end", "--because", "cách viết") == 1
    assert "“cách viết” là lý do của lần trước" in said()
    assert course.path.read_bytes() == before


def test_a_reason_for_nothing_is_refused(course, said):
    course.commit()

    def refused():
        before = course.path.read_bytes()
        assert course.run("accept", str(course.path), "end", "--because", "Vì thế.") == 1
        assert "không có câu hỏi nào để trả lời" in said()
        assert course.path.read_bytes() == before

    refused()
    course.replace("The second text.", "The third text.")
    course.replace("Văn bản thứ hai.", "Văn bản thứ ba.")
    refused()


def test_a_stamp_written_by_hand_is_a_finding(course, said):
    course.commit()
    old = fingerprint(split(course.source("end")).english)
    course.replace("The second text.", "The 2nd text.")
    new = fingerprint(split(course.source("end")).english)
    document = course.path.read_text(encoding="utf-8")
    course.path.write_text(document.replace(old, new), encoding="utf-8")
    assert course.run("check") == 1
    assert "có dấu xác nhận mới" in said()


def test_new_cells_are_stamped_a_file_at_a_time(course, said):
    document = course.path.read_text(encoding="utf-8")
    course.path.write_text(document.replace('"d2l"', '"other"'), encoding="utf-8")
    assert course.run("check") == 1
    assert "2 ô chưa được xác nhận bản dịch (title, end)" in said()
    assert course.run("accept", str(course.path)) == 0
    assert course.run("check") == 0


def test_new_cells_with_a_fault_are_not_stamped(course, said):
    document = course.path.read_text(encoding="utf-8")
    course.path.write_text(document.replace('"d2l"', '"other"'), encoding="utf-8")
    course.replace("\n\nNó kết thúc ở đây.", "")
    assert course.run("accept", str(course.path)) == 1
    text = said()
    assert "Đã xác nhận 1 ô mới" in text
    assert "ô 3 (id end), dòng 7: thiếu bản dịch" in text
    assert course.run("accept", str(course.path), "end") == 1
    assert "thiếu bản dịch" in said()


def test_a_stamp_that_got_lost_does_not_make_a_stale_cell_new(course, said):
    course.commit()
    document = course.path.read_text(encoding="utf-8")
    course.path.write_text(document.replace('"d2l"', '"other"'), encoding="utf-8")
    course.replace("The second text.", "The third text.")
    assert course.run("accept", str(course.path), "end") == 1
    assert "chưa đổi chữ nào" in said()
    assert course.run("accept", str(course.path)) == 0
    assert "Khôi phục dấu xác nhận bị mất của 2 ô: title, end" in said()
    assert course.run("check") == 1
    assert "bản tiếng Anh khác bản đã được xác nhận" in said()


def test_a_cell_without_a_translation_cannot_be_accepted_and_is_named(course, said):
    course.replace("-->\n\nVăn bản thứ hai.\n\nNó kết thúc ở đây.", "-->")
    assert course.run("accept", str(course.path), "end") == 1
    assert said().startswith("notebooks/a_vn.ipynb, ô 3 (id end)")


def test_a_wrong_cell_id_gets_a_suggestion(course, said):
    assert course.run("accept", str(course.path), "ends") == 1
    assert "không có ô văn bản “ends”; có phải end?" in said()
    assert course.run("accept", str(course.path), "code") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("stat",),
        ("status", "x"),
        ("accept",),
        ("accept", "--because"),
        ("accept", "notebooks/a_vn.ipynb", "--because"),
        ("accept", "notebooks/a_vn.ipynb", "end", "--because"),
        ("accept", "notebooks/a_vn.ipynb", "end", "--because", " "),
        ("accept", "notebooks/a_vn.ipynb", "end", "--because", "\u200b."),
        ("accept", "a", "b", "c"),
    ],
)
def test_anything_else_shows_the_usage(course, said, arguments):
    before = course.path.read_bytes()
    assert course.run(*arguments) == 1
    assert course.path.read_bytes() == before
    assert USAGE in said()


def test_help_is_no_error(course, said):
    assert course.run("--help") == 0
    assert USAGE in said()


@pytest.mark.parametrize("command", ["check", "status"])
def test_outside_the_course_it_says_where_to_go(course, said, monkeypatch, command):
    monkeypatch.chdir("/")
    assert course.run(command) == 1
    assert "từ thư mục gốc của khóa học" in said()


@pytest.mark.parametrize("command", ["check", "accept"])
def test_missing_files_are_named(course, said, command):
    assert course.run(command, "none") == 1
    assert "none: không đọc được tệp" in said()


def test_a_faulty_glossary_stops_every_command_that_needs_it(course, said):
    course.path.with_name("glossary.toml").write_text("x = 1", encoding="utf-8")
    before = course.path.read_bytes()
    for command in (["check"], ["accept", str(course.path)]):
        assert course.run(*command) == 1
        assert "glossary.toml: khóa lạ “x”" in said()
    assert course.path.read_bytes() == before


def test_a_full_disk_is_told_without_a_traceback_and_nothing_is_lost(course):
    before = course.path.read_bytes()
    document = before.replace(b'"d2l"', b'"other"')
    course.path.write_bytes(document)
    full = run(
        course,
        "accept",
        str(course.path),
        # Or Python would store half a compiled module.
        env={**HERE, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
    )
    assert full.returncode == 1
    assert f"{course.path}: không ghi được" in full.stderr
    assert "Traceback" not in full.stderr
    assert course.path.read_bytes() == document
    assert len(list(course.path.parent.iterdir())) == 2


def run(course, *arguments, **options):
    command = [sys.executable, "-m", "authoring.translation", *arguments]
    options = {"env": HERE, **options}
    return subprocess.run(command, cwd=course.folder, capture_output=True, text=True, **options)


def test_it_runs_as_a_module_with_its_exit_status(course):
    good = run(course, "check")
    assert (good.returncode, good.stderr) == (0, "")
    course.replace("Một tầng có", "Một lớp có")
    bad = run(course, "check")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "không dùng “lớp”" in bad.stderr


def test_a_question_is_answered_for_its_cell_by_a_reason_that_stays(course, capsys):
    course.replace("Văn bản thứ hai.", "Văn bản thứ hai, không phải thứ ba.")
    assert course.run("check") == 1
    assert '--because "lý do")' in capsys.readouterr().err
    assert course.run("accept", str(course.path), "end") == 1
    assert course.run("accept", str(course.path), "end", "--because", "Nói cho rõ.") == 0
    (answers,) = [c.metadata["d2l"]["answers"] for c in course.read().cells if c.id == "end"]
    assert set(answers.values()) == {"Nói cho rõ."}
    assert course.run("check") == 0
    course.replace("không phải thứ ba", "ở đây")
    assert course.run("check") == 1
    assert "không còn ứng với câu hỏi nào" in capsys.readouterr().err
    assert course.run("accept", str(course.path), "end") == 0
    assert course.run("check") == 0
