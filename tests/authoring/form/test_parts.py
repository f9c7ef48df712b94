"""A notebook is taken apart into parts, each with its minutes."""

import pytest
from nbformat import v4

from authoring.form import parts
from authoring.notebook_error import NotebookError
from tests.authoring.form import page
from tests.writing import code, markdown, write


@pytest.fixture
def section(tmp_path):
    return parts.read(page.make(tmp_path))


def test_parts_follow_their_headings(section):
    assert [(part.region, part.title, part.anchor) for part in section.parts] == [
        ("Đường chính", "Mở đầu", ""),
        ("Đường chính", "Một", "sec_one"),
        ("Đường chính", "Bài 1: a", "ex_a"),
        ("Đường chính", "Bài 2: b", "ex_b"),
        ("Đường chính", "Hai", "sec_two"),
        ("Đường chính", "Bài 3: c", "ex_c"),
        ("Đường chính", "Lỗi thường gặp", "sec_errors"),
        ("Đường chính", "Tóm tắt", "sec_summary"),
        ("Cuối trang", "Năm câu hỏi nhanh", "sec_questions"),
        ("Đi sâu", "Đi sâu", "sec_parts_deeper"),
        ("Đi sâu", "Sâu", "sec_deep"),
        ("Đi sâu", "Bài 4: d", "ex_d"),
        ("Cuối trang", "Nếu bạn dùng PyTorch", "sec_torch"),
        ("Cuối trang", "Thảo luận", "sec_talk"),
        ("Cuối trang", "Những người thực hiện", "sec_people"),
    ]


def test_minutes_are_those_of_prose_code_and_exercises(section):
    by_title = {part.title: part for part in section.parts}
    one = by_title["Một"]
    # What follows the exercise without a part of its own belongs to the part around it.
    assert one.syllables == 1 + 8 * 150 + 4 + 1 + 5 * 150
    assert [name for name, _ in one.code] == [
        "ô 3 (id number)",
        "ô 8 (id truth)",
        "ô 9 (id shape)",
    ]
    assert one.minutes == one.syllables / 150 + 3 * 0.75
    assert by_title["Bài 1: a"].minutes == 3
    assert by_title["Năm câu hỏi nhanh"].minutes == 5
    assert section.minutes("Đi sâu") == by_title["Sâu"].minutes + 3 + 5 / 150
    assert section.minutes("Đường chính", "Đi sâu", "Cuối trang") == pytest.approx(
        sum(part.minutes for part in section.parts)
    )


def test_exercises_are_told_apart(section):
    told = section.of("Đi sâu", "Đường chính", exercises=True)
    assert [part.title[:5] for part in told] == ["Bài 1", "Bài 2", "Bài 3", "Bài 4"]
    assert [part.title for part in section.of("Đi sâu")] == ["Đi sâu", "Sâu"]


def test_prose_is_what_a_reader_reads(tmp_path):
    text = (
        "<!--\n# T\n\nMany English words.\n-->\n\n"
        '<a id="sec_t"></a>\n\n# Tên\n\nMột [liên kết](#dài) và `mã nguồn` với $a + b$.\n\n'
        "```python\nkhông = 1\n## không\n```\n\n| ô | ô |\n|---|---|\n| ô | ô |"
    )
    (opening,) = parts.read(write(tmp_path / "t.ipynb", markdown(text))).parts
    assert opening.syllables == 1 + 7 + 4


@pytest.mark.parametrize(
    ("shown", "is_bare"),
    [
        (["True"], True),
        (["False\n"], True),
        (["(True, False)"], True),
        (["[(True,\n  [False])]"], True),
        (["True", "2"], False),
        (["{'a': True}"], False),
        (["array([ True])"], False),
        (["'True'"], False),
        ([""], False),
        ([], False),
    ],
)
def test_outputs_that_only_say_true_or_false(shown, is_bare, tmp_path):
    result, printed = (
        [v4.new_output("execute_result", {"text/plain": text}) for text in shown],
        [v4.new_output("stream", text=text) for text in shown],
    )
    path = write(
        tmp_path / "t.ipynb",
        markdown("<!--\n# T\n-->\n\n# Tên"),
        code("a", outputs=result),
        code("b", outputs=printed),
        code("c", outputs=[v4.new_output("display_data", {"image/svg+xml": "<svg/>"})]),
        code("d", outputs=[v4.new_output("error", ename="E", evalue="True", traceback=[])]),
    )
    (opening,) = parts.read(path).parts
    assert len(opening.bare) == 2 * is_bare


def test_a_question_is_one_that_a_cell_answers(tmp_path):
    def asks(vietnamese):
        return markdown(f"<!--\nText.\n-->\n\n{vietnamese}")

    path = write(
        tmp_path / "t.ipynb",
        markdown("<!--\n# T\n-->\n\n# Tên"),
        asks("Cái gì đây?\n\n$$x$$"),
        code("a"),
        code("b"),
        asks("Cái gì đây?\n\nChưa ai biết."),
        code("c"),
        asks("Cái gì đây?"),
        asks("Ta sẽ xem."),
        code("d"),
    )
    (opening,) = parts.read(path).parts
    assert opening.questions == 1


@pytest.mark.parametrize(
    ("minutes", "stated"), [(0.1, 5), (7.4, 5), (7.5, 10), (12.5, 15), (44.9, 45), (47.4, 45)]
)
def test_stated_minutes_are_rounded_to_five(minutes, stated):
    assert parts.rounded(minutes) == stated


@pytest.mark.parametrize("cells", [[], [code("1")]])
def test_a_notebook_without_a_first_text_is_refused(cells, tmp_path):
    with pytest.raises(NotebookError, match="ô văn bản có tiêu đề"):
        parts.read(write(tmp_path / "t.ipynb", *cells))
