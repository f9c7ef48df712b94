"""The command prints a section's parts, their sums, and what breaks the form."""

import pytest

from authoring.form.__main__ import main
from tests.authoring.form import page


def test_table_and_verdict_of_a_section_that_keeps_the_form(tmp_path, capsys):
    path = page.make(tmp_path)
    assert main([str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        str(path),
        " phút  âm tiết  ô mã  chỉ True/False  câu hỏi",
        "  0,2       36     0             0/0        0  Mở đầu",
        " 15,3     1956     3             1/3        1  Một",
    ]
    assert [line for line in lines if "= " in line] == [
        " 29,7     2760     3             1/3        1  = Đường chính, 3 bài tập",
        " 14,6     1509     2             1/1        0  = Đi sâu, 1 bài tập",
        "  5,1       22     1             0/0        0  = Cuối trang, 0 bài tập",
        " 49,3     4291     6             2/4        1  = Cả trang",
        " 18,5     1992     3             1/3        1  = Đường nhanh",
    ]
    assert lines[-1] == "0 lỗi."


def test_every_notebook_is_judged(tmp_path, capsys):
    right = page.make(tmp_path)
    wrong = page.make(tmp_path, {"progress": 'd2lutil.show_progress("b")', "on": ""}, name="b")
    assert main([str(wrong), str(right)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert {str(right), str(wrong)} < set(lines)
    assert [line for line in lines if line.startswith(f"{wrong}, ")]
    assert not [line for line in lines if line.startswith(f"{right}, ")]
    assert lines[-1] != "0 lỗi."


@pytest.mark.parametrize("arguments", [[], ["--help"], ["no_vn.ipynb"]])
def test_what_cannot_be_read_is_told_in_one_line(arguments, tmp_path, capsys):
    assert (
        main([str(tmp_path / argument) if "." in argument else argument for argument in arguments])
        == 1
    )
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
