"""Each rule of the form tells what breaks it: where, which number, and what to do."""

import pytest

from authoring.form import parts, rules
from tests.authoring.form import page

LONG = page.PROSE[25]


def told(path):
    """Return what is told about a notebook, without its path."""
    return [
        str(fault).removeprefix(f"{path}").lstrip(":, ") for fault in rules.check(parts.read(path))
    ]


def test_a_section_that_keeps_the_form_is_not_told_anything(tmp_path):
    assert told(page.make(tmp_path)) == []


@pytest.mark.parametrize(
    ("cell", "old", "new", "says"),
    [
        # The time of the whole and of the quick path
        ("title", "**Thời gian**", "**Giờ**", "ô 1 (id title): ô đầu thiếu dòng “**Thời gian**"),
        ("title", "**Device**", "**Machine**", "(“**Time**: … **Device**: …"),
        ("title", "chính khoảng 30", "chính khoảng 35", "hai nửa khác nhau: hãy viết “**Thời gian"),
        (
            "title",
            " 30 ",
            " 35 ",
            "ghi 35 và 50 phút, tính ra 29,7 và 49,3: hãy viết “đường chính ",
        ),
        ("title", " 50 ", " 45 ", "cả mục, kể cả phần đi sâu, khoảng 50 phút”"),
        ("title", "cả mục", "cả trang", "hãy viết “**Thời gian**: đường chính khoảng 30 phút; cả"),
        ("title", "**Đường nhanh**", "Đường nhanh", "thiếu dòng “**Đường nhanh**, khoảng 20 phút"),
        ("title", "Quick path", "Short path", "(“**Quick path**, about 20 minutes: …”)"),
        ("title", " 20 ", " 15 ", "đường nhanh ghi 15 phút, tính ra 18,5: hãy ghi 20"),
        ("title", "(#ex_a)", "(#no)", "đường nhanh dẫn tới “#no”, không phải neo của một phần"),
        ("title", "(#ex_a)", "(#sec_parts)", "dẫn tới “#sec_parts”, không phải neo của một phần"),
        ("title", "(#ex_a)", "(index_vn.ipynb#ex_a)", "dẫn tới “index_vn.ipynb#ex_a”"),
        ("title", "(#ex_a)", "(#sec_two)", "dài 20,5 phút (ô đầu 0,2), phải từ 15 đến 20"),
        ("title", "(#sec_one)", "(#sec_two)", "dài 8,2 phút (ô đầu 0,2), phải từ 15 đến 20"),
        # Length
        (
            "two",
            page.PROSE[5],
            LONG,
            "đường chính dài 49,6 phút, quá mức 45 phút chừng 698 âm tiết",
        ),
        (
            "deep",
            page.PROSE[10],
            LONG,
            "ô 21 (id deep): phần “Sâu” dài 26,5 phút, quá mức 15 phút",
        ),
        # Exercises
        ("ex-b-text", "### Bài", "### Câu", "đường chính có 2 bài tập, phải có 3"),
        (
            "ex-b-text",
            '<a id="ex_b"></a>',
            "",
            "ô 10 (id ex-b-text): “Bài 2: b” thiếu neo: hãy đặt",
        ),
        ("ex-b-answer", None, "", "“Bài 2: b” phải là ba ô liền nhau: ex-b-text, ex-b-a"),
        ("ex-b-check", None, "", "(id ex-b-text): “Bài 2: b” phải là ba ô liền nhau"),
        ("on", "### Tiếp", "Tiếp", "ô 7 (id on): sau một bài tập phải là ô văn bản mở bằng tiêu"),
        ("on", None, "", "ô 7 (id truth): sau một bài tập phải là ô văn bản"),
        # Outputs
        (
            "number",
            None,
            "",
            "1 trong 2 đầu ra của đường chính chỉ là True hay False, nhiều nhất là ",
        ),
        ("number", None, "", "là 0: hãy cho hiện con số, ở ô 7 (id truth)"),
        # Lesson cells
        ("shape", "(2, 3)", "1\n" * 21, "ô 9 (id shape): ô mã dài 21 dòng, nhiều nhất là 20"),
        ("ex-b-answer", "answer", "x\n" * 20 + "answer", "(id ex-b-answer): ô mã dài 21 dòng"),
        ("shape", "(2, 3)", "x = 1\nassert x", "ô 9 (id shape), dòng 2: assert là việc của phép"),
        (
            "shape",
            "(2, 3)",
            "def f(x):\n    if not (x and isinstance(x, int)):\n        raise TypeError",
            "dòng 2: bài học không canh kiểu của đối số: hãy bỏ isinstance và raise",
        ),
        ("shape", "(2, 3)", "f'<rect x={1}>'", "dòng 1: bài học không vẽ bằng chuỗi SVG: hãy dùng"),
        ("shape", "(2, 3)", "for a in b:\n    d2lutil.plot(a)", "không vẽ trong vòng lặp: một lần"),
        ("shape", "(2, 3)", "panel.annotate('a', (0, 1))", "dòng 1: bài học không vẽ theo tọa độ"),
        ("deep-truth", "(True", "assert (True", "(id deep-truth), dòng 1: assert là việc"),
        # The end of the main path
        (
            "wrap-up",
            "## Lỗi thường gặp",
            "## Lỗi",
            "phải kết thúc bằng “## Lỗi thường gặp” rồi “##",
        ),
        ("wrap-up", "## Tóm tắt", "## Tổng kết", "phải kết thúc bằng “## Lỗi thường gặp” rồi “## "),
        (
            "wrap-up",
            "## Common errors",
            "## Errors",
            "“## Lỗi thường gặp” phải là “## Common errors”",
        ),
        ("wrap-up", "## Summary", "## To sum up", "“## Tóm tắt” phải là “## Summary”"),
        (
            "wrap-up",
            "Cách khắc phục",
            "Lối ra",
            "thiếu bảng “| Thông báo | Nguyên nhân | Cách khắc",
        ),
        (
            "wrap-up",
            "Way out",
            "Remedy",
            "“Lỗi thường gặp” thiếu bảng “| Message | Cause | Way out |”",
        ),
        ("wrap-up", "- Một.\n", "- Một.\n" * 6, "“Tóm tắt” có 7 ý, phải là danh sách từ 1 đến 6 ý"),
        ("wrap-up", "- Một.\n- Hai.", "Một. Hai.", "“Tóm tắt” có 0 ý, phải là danh sách từ 1 đến"),
        # Quick questions
        (
            "questions-text",
            "## Năm câu",
            "## Các câu",
            "“## Đi sâu” phải là “## Năm câu hỏi nhanh”",
        ),
        ("questions", None, "", 'một ô mã, dòng cuối d2lutil.quick_questions("parts")'),
        ("questions", "parts", "other", 'một ô mã, dòng cuối d2lutil.quick_questions("parts")'),
        ("questions-text", "## Five", "## Some", "phải là “## Five quick questions”"),
        ("questions-text", "*Khoảng 5", "*Khoảng 10", "đoạn đầu phải mở bằng “*Khoảng 5 phút.*”"),
        ("questions-text", "*About 5", "*About 10", "thiếu “*About 5 minutes.*”"),
        # Going deeper
        ("deeper", "## Đi sâu", "## Sâu hơn", "thiếu “## Đi sâu” (“## Going deeper”) sau đường"),
        ("deeper", "## Going deeper", "## Deeper", "“## Đi sâu” phải là “## Going deeper”"),
        (
            "deeper",
            "sec_parts_deeper",
            "sec_more",
            "phải có dạng sec_…_deeper, đang là “sec_more”",
        ),
        (
            "deep",
            '<a id="sec_deep"></a>',
            "",
            "ô 21 (id deep): “Sâu” thiếu neo: hãy đặt <a id=…></a>",
        ),
        (
            "deep",
            "*Khoảng 10 phút.* ",
            "",
            "“Sâu” dài 11,5 phút: đoạn đầu phải mở bằng “*Khoảng 10",
        ),
        ("deep", "Khoảng 10", "Khoảng 15", "đoạn đầu phải mở bằng “*Khoảng 10 phút.*”"),
        ("deep", "*About 10 minutes.*", "Text.", "tiếng Anh của “Sâu” thiếu “*About 10 minutes.*”"),
        # The end of the page
        (
            "end",
            "## Thảo luận",
            "## Bàn luận",
            "phải lần lượt có “## Nếu bạn dùng PyTorch”, “## Thảo",
        ),
        (
            "end",
            "<details>",
            "",
            "ô 27 (id end): bảng của “Nếu bạn dùng PyTorch” phải gấp lại trong",
        ),
        (
            "end",
            "| a |\n|---|\n| b |",
            "b",
            "bảng của “Nếu bạn dùng PyTorch” phải gấp lại trong <details>",
        ),
        (
            "progress",
            "parts",
            "end",
            'ô mã có id progress, với dòng cuối d2lutil.show_progress("parts")',
        ),
        (
            "progress",
            None,
            "",
            'thiếu ô mã có id progress, với dòng cuối d2lutil.show_progress("parts',
        ),
    ],
)
def test_what_breaks_the_form_is_told(cell, old, new, says, tmp_path):
    source = page.CELLS[cell]
    old = source if old is None else old
    assert old in source
    faults = told(page.make(tmp_path, {cell: source.replace(old, new)}))
    assert any(says in fault for fault in faults), faults


@pytest.mark.parametrize(
    "source",
    [
        "isinstance(x, int)",
        "if isinstance(x, list):\n    x = x[0]",
        "if x < 0:\n    raise ValueError",
        "figure, panels = plt.subplots(2)\nd2lutil.plot(x, y, axes=panels[0])",
        "SVG(filename='img/tree.svg')",
        "for x in xs:\n    y += x",
        "1 +",
        "1\n" * 20,
    ],
)
def test_a_lesson_may_hold_what_it_teaches(source, tmp_path):
    assert told(page.make(tmp_path, {"shape": source})) == []
