import re

import polib
import pytest
from nbformat import v4

from d2lutil import notebook
from d2lutil.notebook import NotebookError
from d2lutil.translation import course as course_module
from d2lutil.translation import glossary_file, po
from d2lutil.translation.po import ImportRefused


@pytest.fixture
def glossary(course):
    return glossary_file.load(course.path.with_name("glossary.toml"))


@pytest.fixture
def exported(course, glossary):
    """The PO file of the small course, written where a translator would find it."""
    path = course.folder / "a_vn.po"
    path.write_text(po.dumps(course.path, course.read(), glossary), encoding="utf-8")
    return path


def merged(path, course, glossary):
    """Import without writing: the notebook's new bytes, and what was done."""
    document = course_module.load(course.path)
    result = po.merge(path, document, glossary)
    return notebook.dumps(document).encode(), result


def refused(path, course, glossary) -> str:
    document = course_module.load(course.path)
    with pytest.raises(ImportRefused) as error:
        po.merge(path, document, glossary)
    assert notebook.dumps(document).encode() == course.path.read_bytes()
    assert str(path) in str(error.value)
    return str(error.value)


def change(path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_export_is_a_po_file_with_a_cell_an_entry(exported):
    file = polib.pofile(str(exported))
    assert file.metadata["Language"] == "vi"
    assert file.metadata["X-Notebook"] == "a_vn.ipynb"
    title, end = file
    assert (title.msgctxt, end.msgctxt) == ("title", "end")
    assert title.msgid.startswith("# Layers\n\nA layer has *neurons*")
    assert title.msgstr.startswith('<a id="sec_a"></a>\n\n# Tầng')
    name, exported_from, *terms = title.comment.split("\n")
    assert name == "ô 1 (id title)"
    assert re.fullmatch("d2l:[0-9a-f]{12}", exported_from)
    assert terms == ["layer = tầng", "neuron = nơ-ron"]
    assert not title.fuzzy


def test_exporting_twice_gives_the_same_bytes(course, glossary, exported):
    again = po.dumps(course.path, course.read(), glossary)
    assert again.encode() == exported.read_bytes()


def test_a_stale_cell_is_fuzzy_and_shows_its_old_english(course, glossary):
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    (entry,) = [
        entry
        for entry in polib.pofile(po.dumps(course.path, course.read(), glossary))
        if entry.fuzzy
    ]
    assert entry.msgctxt == "end"
    assert entry.previous_msgid == "The second text.\n\nIt ends here."


def test_an_untranslated_cell_is_exported_empty_and_imported(course, glossary, exported):
    course.replace("\n\nVăn bản thứ hai.\n\nNó kết thúc ở đây.", "")
    file = polib.pofile(po.dumps(course.path, course.read(), glossary))
    assert file[1].msgstr == ""
    file[1].msgstr = "Văn bản thứ hai.\n\nNó kết thúc ở đây."
    file.save(str(exported))
    change(exported, "Văn bản thứ hai.", "Đoạn thứ hai.")
    data, result = merged(exported, course, glossary)
    assert result.changed == ["end"]
    source = notebook.loads(data.decode()).cells[2].source
    assert source.endswith("It ends here.\n-->\n\nĐoạn thứ hai.\n\nNó kết thúc ở đây.")


def test_importing_what_was_exported_changes_not_one_byte(course, glossary, exported):
    data, result = merged(exported, course, glossary)
    assert data == course.path.read_bytes()
    assert result == po.Imported([], [])


def test_only_the_vietnamese_changes(course, glossary, exported):
    document = course.read()
    document.cells[1].outputs = [
        v4.new_output("display_data", {"image/png": "eA==\n"}),
    ]
    document.cells[2].metadata["tags"] = ["a"]
    document.cells[2].source = "\n" + document.cells[2].source + "\n\n"
    notebook.write(course.path, document)
    before = course.path.read_text(encoding="utf-8")
    change(exported, "Văn bản thứ hai.", "Đoạn thứ hai,\\nmới.")
    data, result = merged(exported, course, glossary)
    assert result.changed == ["end"]
    assert data.decode() == before.replace(
        '"Văn bản thứ hai.\\n"', '"Đoạn thứ hai,\\n",\n    "mới.\\n"'
    )


def test_a_change_in_the_notebook_since_the_export_stays(course, glossary, exported):
    course.replace("Văn bản thứ hai.", "Đoạn thứ hai.")
    change(exported, "Một tầng có", "Mỗi tầng có")
    data, result = merged(exported, course, glossary)
    assert result.changed == ["title"]
    assert "Mỗi tầng có" in data.decode()
    assert "Đoạn thứ hai." in data.decode()


def test_the_same_change_on_both_sides_is_no_conflict(course, glossary, exported):
    course.replace("thứ hai.", "số hai.")
    change(exported, "thứ hai.", "số hai.")
    assert merged(exported, course, glossary) == (course.path.read_bytes(), po.Imported([], []))


def test_different_changes_on_both_sides_are_refused(course, glossary, exported):
    course.replace("Văn bản thứ hai.", "Đoạn thứ hai.")
    change(exported, "Văn bản thứ hai.", "Bản thứ hai.")
    assert "cũng đã đổi sau khi xuất" in refused(exported, course, glossary)


def test_without_the_fingerprint_of_the_export_a_change_is_refused(course, glossary, exported):
    change(exported, "d2l:", "mất:")
    assert merged(exported, course, glossary)[1] == po.Imported([], [])
    change(exported, "Văn bản thứ hai.", "Bản thứ hai.")
    assert "hãy xuất lại" in refused(exported, course, glossary)


@pytest.mark.parametrize("unfinished", ["fuzzy", "empty"])
def test_unfinished_entries_leave_their_cell(course, glossary, exported, unfinished):
    file = polib.pofile(str(exported))
    file[1].msgstr = "" if unfinished == "empty" else "Nửa chừng"
    if unfinished == "fuzzy":
        file[1].flags.append("fuzzy")
    file.save()
    data, result = merged(exported, course, glossary)
    assert data == course.path.read_bytes()
    assert result == po.Imported([], ["end"])


def test_files_of_other_tools_are_read(course, glossary, exported):
    """Wrapped lines, Windows line ends, a byte order mark, comments, another order."""
    file = polib.pofile(str(exported), wrapwidth=30)
    file.reverse()
    file[0].tcomment = "lời người dịch"
    file[0].msgstr = file[0].msgstr.replace("thứ hai", "số hai")
    exported.write_bytes(b"\xef\xbb\xbf" + str(file).replace("\n", "\r\n").encode())
    data, result = merged(exported, course, glossary)
    assert result.changed == ["end"]
    assert "Văn bản số hai." in data.decode()


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda file: file.pop(1), r"thiếu ô 3 \(id end\)"),
        (lambda file: setattr(file[1], "obsolete", True), r"thiếu ô 3 \(id end\)"),
        (lambda file: setattr(file[1], "msgctxt", "END"), "ô END không có trong notebook"),
        (lambda file: setattr(file[1], "msgctxt", None), "ô None không có trong notebook"),
        (lambda file: setattr(file[1], "msgctxt", "title"), "ô title có hai lần"),
        (lambda file: setattr(file[1], "msgid", "Other."), "hãy xuất lại"),
        (lambda file: setattr(file[1], "msgstr", "Một -->\n\nHai"), "không được chứa <!-- hay -->"),
        (lambda file: setattr(file[1], "msgstr", "Một\r\n\r\nHai"), r"Windows \(\\r\)"),
        (lambda file: setattr(file[1], "msgstr", "Mo\u0323\u0302t\n\nHai"), "NFC"),
        (lambda file: setattr(file[1], "msgstr", "Một đoạn thôi"), "thiếu bản dịch của đoạn văn"),
        (lambda file: setattr(file[0], "msgstr", file[0].msgstr[19:]), "giữ nguyên các neo"),
    ],
)
def test_what_would_lose_or_break_something_is_refused(course, glossary, exported, edit, reason):
    file = polib.pofile(str(exported), wrapwidth=0)
    edit(file)
    exported.write_text(f"{file}\n", encoding="utf-8")
    assert re.search(reason, refused(exported, course, glossary))


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda data: b"\xff" + data, "không phải UTF-8: byte 0xff"),
        (lambda data: data[: data.rindex("thúc".encode())], "dòng bị cắt"),
        (lambda data: data.replace(b'msgid "', b'msgid', 1), "sai cú pháp"),
        (lambda data: data.replace(b"msgctxt", b"msgcontext"), "sai cú pháp"),
        (lambda data: data + b'\nmsgstr "x"\nmsgstr "y"\n', "không phải tệp PO hợp lệ"),
        (lambda data: data + b"<html>", "sai cú pháp"),
        (lambda data: b"", "thiếu ô 1"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused(course, glossary, exported, break_it, reason):
    exported.write_bytes(break_it(exported.read_bytes()))
    assert reason in refused(exported, course, glossary)


def test_a_missing_file_is_refused(course, glossary):
    assert "không đọc được tệp" in refused(course.folder / "none.po", course, glossary)


def test_a_cell_that_lost_its_english_stops_export_and_import(course, glossary, exported):
    course.replace("<!--\nThe second text.\n\nIt ends here.\n-->\n\n", "")
    with pytest.raises(NotebookError, match=r"ô 3 \(id end\)"):
        po.dumps(course.path, course.read(), glossary)
    assert "phải bắt đầu bằng bản tiếng Anh" in refused_by_cell(exported, course, glossary)


def refused_by_cell(path, course, glossary) -> str:
    with pytest.raises(ImportRefused) as error:
        po.merge(path, course_module.load(course.path), glossary)
    return str(error.value)


def test_the_notebook_is_named_in_the_file_not_by_its_name(course, exported):
    renamed = exported.rename(exported.with_name("của tôi.po"))
    assert po.notebook_of(renamed, course.path.parent) == course.path


@pytest.mark.parametrize("name", ["", "b_vn.ipynb", "../notebooks/a_vn.ipynb", "glossary.toml/.."])
def test_a_file_for_no_notebook_of_the_course_is_refused(course, exported, name):
    change(exported, "X-Notebook: a_vn.ipynb", f"X-Notebook: {name}")
    with pytest.raises(ImportRefused, match="không chỉ một notebook"):
        po.notebook_of(exported, course.path.parent)
