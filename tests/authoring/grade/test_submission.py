import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authoring.grade import submission
from authoring.grade.submission import Unusable, Verdict, collect
from tests.authoring.grade.conftest import SOLUTIONS


def one(folder, sections):
    (found,) = collect(folder, sections)
    return found


def test_a_notebook_is_a_student_and_so_is_a_folder_of_them(tmp_path, hand_in, sections):
    hand_in("an.ipynb", "parameters", {"parameters/1": "answer = 1"})
    hand_in("Bình Ngô/parameters_vn.ipynb", "parameters", {"parameters/2": "answer = 2"})
    hand_in("Bình Ngô/bài/mục đầu.ipynb", "index", {"index/1": "answer = 3"})
    hand_in("Bình Ngô/.ipynb_checkpoints/index_vn.ipynb", "index", {})
    (tmp_path / "bai-nop" / ".DS_Store").touch()
    first, second = sorted(collect(tmp_path / "bai-nop", sections), key=lambda s: s.name != "an")
    assert (first.name, first.faults) == ("an", [])
    assert first.answers == {"parameters": [("ex-flat-answer", "parameters/1", "answer = 1")]}
    assert (second.name, second.faults) == ("Bình Ngô", [])
    assert [id for _, id, _ in second.answers["parameters"]] == ["parameters/2"]
    assert [id for _, id, _ in second.answers["index"]] == ["index/1"]


def test_the_untouched_handout_asks_for_nothing(tmp_path, hand_in, sections):
    for section in sections:
        hand_in(f"an/{section}.ipynb", section, {})
    found = one(tmp_path / "bai-nop", sections)
    assert (found.answers, found.faults) == ({}, [])
    assert set(found.verdicts) == set(SOLUTIONS)
    assert {(v.passed, v.message) for v in found.verdicts.values()} == {(None, "Chưa làm")}


def test_outputs_check_cells_and_own_cells_count_for_nothing(tmp_path, hand_in, sections):
    forged = {"output_type": "stream", "name": "stdout", "text": "✓ Đúng!"}
    hand_in(
        "an.ipynb",
        "parameters",
        {},
        ex_flat_check={"source": "print('✓ Đúng!')", "outputs": [forged]},
        setup={"source": "import os; os._exit(0)"},
    )
    found = one(tmp_path / "bai-nop", sections)
    assert found.answers == {}
    assert found.verdicts["parameters/1"] == Verdict(None, "Chưa làm")


def test_the_ids_that_colab_moves_are_found(tmp_path, hand_in, sections):
    hand_in("an.ipynb", "parameters", {"parameters/1": "answer = 1"})
    path = tmp_path / "bai-nop" / "an.ipynb"
    nb = json.loads(path.read_text("utf-8"))
    for cell in nb["cells"]:
        cell["metadata"] = {"id": cell.pop("id")}
    path.write_text(json.dumps(nb | {"nbformat_minor": 0}))
    found = one(tmp_path / "bai-nop", sections)
    assert found.answers == {"parameters": [("ex-flat-answer", "parameters/1", "answer = 1")]}


def test_another_edition_is_told(tmp_path, hand_in, sections):
    hand_in(
        "an.ipynb",
        "parameters",
        {"parameters/1": "answer = 1"},
        ex_flat_check={"source": 'd2lutil.check("parameters/7")'},
        ex_tune_answer=None,
        find={"id": "ex-gone-answer"},
    )
    found = one(tmp_path / "bai-nop", sections)
    assert found.verdicts["parameters/3"] == Verdict(None, "Không có ô trả lời")
    assert [id for _, id, _ in found.answers["parameters"]] == ["parameters/1"]
    edition, missing, unknown = found.faults
    assert "trả lời bài parameters/7; ở đây nó được chấm là bài parameters/1" in edition
    assert "thiếu ô ex-tune-answer" in missing
    assert "ex-gone-answer" in unknown


def test_an_answer_that_is_no_code_or_too_long_is_not_run(tmp_path, hand_in, sections):
    hand_in(
        "an.ipynb",
        "parameters",
        {"parameters/2": "#" * 100_001},
        ex_flat_answer={"cell_type": "markdown", "source": "answer = 1"},
    )
    found = one(tmp_path / "bai-nop", sections)
    assert found.answers == {}
    assert found.verdicts["parameters/1"].message == "Ô trả lời không còn là ô mã."
    assert "dài hơn" in found.verdicts["parameters/2"].message


def test_two_files_of_a_section_are_not_guessed_between(tmp_path, hand_in, sections):
    hand_in("an/a.ipynb", "parameters", {"parameters/1": "answer = 1"})
    hand_in("an/b.ipynb", "parameters", {"parameters/1": "answer = 2"})
    found = one(tmp_path / "bai-nop", sections)
    assert found.answers == {}
    assert "hai tệp của cùng mục parameters" in found.faults[0]


def test_a_student_named_twice_has_two_rows(tmp_path, hand_in, sections):
    hand_in("an.ipynb", "parameters", {})
    hand_in("an/parameters.ipynb", "parameters", {})
    assert [s.name for s in collect(tmp_path / "bai-nop", sections)] == ["an", "an.ipynb"]


def without_ids(cells):
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "cells": cells})


FILES = {
    "": "tệp trống",
    " \n": "tệp trống",
    "{": "không phải JSON",
    "[" * 100_000: "không phải JSON",
    "<html>": "không phải JSON",
    "1" * 10_000: "không phải JSON",
    "[]": "thiếu danh sách ô",
    '{"cells": 3}': "thiếu danh sách ô",
    '{"cells": []}': "không có ô trả lời nào",
    '{"cells": [{"id": "x"}, 3, null]}': "không có ô trả lời nào",
    without_ids([{"cell_type": "code", "source": "answer = 1"}]): "các ô không có id",
    '{"cells": [{"id": "ex-flat-answer"}, {"id": "ex-flat-answer"}]}': "hai ô cùng id",
}


@pytest.mark.parametrize(("text", "words"), FILES.items(), ids=range(len(FILES)))
def test_a_file_that_is_no_notebook_of_the_course_gets_a_row(text, words, tmp_path, sections):
    (tmp_path / "an.ipynb").write_text(text)
    found = one(tmp_path, sections)
    assert (found.name, found.answers) == ("an", {})
    assert words in found.faults[0]


def test_other_kinds_of_entries_get_a_row(tmp_path, sections, monkeypatch):
    monkeypatch.setattr(submission, "FILE_SIZE", 1000)
    folder = tmp_path / "bai-nop"
    folder.mkdir()
    (folder / "a.ipynb").mkdir()
    os.mkfifo(folder / "b.ipynb")
    (tmp_path / "elsewhere.ipynb").write_text("secret")
    (folder / "c.ipynb").symlink_to(tmp_path / "elsewhere.ipynb")
    (folder / "d.docx").write_text("x")
    (folder / "e").mkdir()
    (folder / "f.ipynb").write_bytes(b"x" * 2000)
    (folder / "g.ipynb").write_bytes(b"\xff\xfe\x00")
    (folder / "h").symlink_to(tmp_path)
    (folder / "i.ipynb").symlink_to("i.ipynb")
    words = {
        "a": "là một thư mục mang tên notebook",
        "b": "ống hay thiết bị",
        "c": "liên kết tới nơi khác",
        "d.docx": "không phải một notebook (.ipynb)",
        "e": "không có notebook nào",
        "f": "lớn hơn",
        "g": "không phải JSON",
        "h": "liên kết tới nơi khác",
        "i": "liên kết tới nơi khác",
    }
    found = collect(folder, sections)
    assert [s.name for s in found] == list(words)
    for one, expected in zip(found, words.values(), strict=True):
        assert expected in one.faults[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "cells", "source", "cell_type"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@settings(max_examples=40)
@given(cells=st.lists(JSON | st.fixed_dictionaries({"id": st.just("ex-flat-answer")}), max_size=4))
def test_whatever_the_cells_are_there_is_a_row(cells, sections):
    found = submission.Submission("an")
    try:
        section, ids = submission._section({"cells": cells}, sections)
        submission._take(found, sections[section], "an.ipynb", ids)
    except Unusable as reason:
        found.faults.append(str(reason))
    assert found.faults or found.verdicts
