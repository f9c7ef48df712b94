import contextlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from authoring import notebook
from authoring.notebook import Halves, fingerprint, split, translated_from
from authoring.notebook_error import NotebookError
from tests.writing import code, markdown, write

PROJECT = Path(__file__).parents[2]
# Since Python 3.12 a level of nesting takes one frame instead of two.
DEEP = 600 if sys.version_info < (3, 12) else 1200
OLD_CELL = {"cell_type": "markdown", "metadata": {}, "source": "# Một"}
OLD = json.dumps(
    {"worksheets": [{"cells": [OLD_CELL]}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}
)
YOUNGER = json.dumps({"cells": [OLD_CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "a.ipynb", markdown("<!--\nOne\n-->\n\nMột"), code("1"))


def test_untouched_notebook_round_trips_to_the_same_bytes(path):
    before = path.read_bytes()
    notebook.write(path, notebook.read(path))
    assert path.read_bytes() == before


def test_unchanged_notebook_is_not_written(path):
    before = path.stat()
    notebook.write(path, notebook.read(path))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


def test_cells_are_named_by_number_and_id(path):
    nb = notebook.read(path)
    assert [name for name, _ in notebook.named_cells(nb)] == ["ô 1 (id text)", "ô 2 (id code)"]
    assert [name for name, _ in notebook.named_cells(nb, "code")] == ["ô 2 (id code)"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda raw: b"", "không phải JSON"),
        (lambda raw: raw[:-20], "không phải JSON"),
        (lambda raw: b"[]", "không phải một notebook"),
        (lambda raw: raw.replace(b'"nbformat": 4,', b""), r"không phải .* \(thiếu nbformat\)"),
        (lambda raw: raw.replace(b'"nbformat": 4', b'"nbformat": "4"'), "thiếu nbformat"),
        (lambda raw: b'{"cells": {}, "nbformat": 4, "nbformat_minor": 5}', "thiếu danh sách ô"),
        (lambda raw: b"\xef\xbb\xbf" + raw, "BOM .* UTF-8 không có BOM"),
        (lambda raw: raw.decode().encode("utf-16"), "không phải UTF-8: byte 0xff ở vị trí 0"),
        (lambda raw: raw.replace("Một".encode(), b"\xff\xfe"), "không phải UTF-8: byte 0xff"),
        (lambda raw: raw.replace(b'_minor": 5', b'_minor": 4'), "định dạng notebook 4.4; .*4.5"),
        (lambda raw: raw.replace(b'_minor": 5', b'_minor": 6'), "định dạng notebook 4.6; .*4.5"),
        (lambda raw: OLD.encode(), "định dạng notebook 3.0; .*4.5"),
        (lambda raw: raw.replace(b'"id": "code"', b'"id": "text"'), "ô 2 .*trùng id với ô 1"),
        (lambda raw: raw.replace(b'"id": "code",', b""), "ô 2: thiếu id"),
        (lambda raw: raw.replace(b'"id": "code"', b'"id": 2'), "ô 2: thiếu id"),
        (lambda raw: raw.replace(b'"cells": [', b'"cells": [1, '), "ô 1: thiếu id"),
        (lambda raw: raw.replace(b'"id": "code"', b'"id": "a b"'), r"ô 2 \(id a b\).*'a b' does"),
        (lambda raw: raw.replace(b'"code",', b'"coda",', 1), r"ô 2 \(id code\): .*không hợp lệ"),
        (lambda raw: raw.replace(b'"outputs": []', b'"outputs": 1'), r"ô 2 \(id code\): .*hợp lệ"),
        (lambda raw: raw.replace(b'"metadata": {},', b"", 1), r"ô 1 \(id text\): .*'metadata'"),
        (lambda raw: raw.replace(b'"name": "python3"', b'"x": 1'), "ipynb: notebook không hợp lệ"),
        (lambda raw: raw.replace(b'"cell_type": "code"', b'"cell_type": null'), "không hợp lệ"),
        (lambda raw: raw.replace(b'"cell_type": "code"', b'"cell_type": []'), "không hợp lệ"),
        (lambda raw: raw.replace(b'"nbformat_minor": 5', b'"nbformat_minor": 5.0'), "không hợp lệ"),
        (lambda raw: raw.replace(b"{}", b'{"a":' * DEEP + b"1" + b"}" * DEEP, 1), "lồng quá sâu"),
        (lambda raw: b"[" * 100_000, "không phải JSON"),
        (lambda raw: raw.replace(b"null", b"9" * 5_000), "không phải JSON"),
        (lambda raw: raw.replace("Một".encode(), rb"\ud800"), r"nửa ký tự Unicode '\\ud800'"),
    ],
)
def test_a_broken_notebook_is_refused_with_file_and_reason(path, change, reason):
    changed = change(path.read_bytes())
    path.write_bytes(changed)
    with pytest.raises(NotebookError, match=reason) as error:
        notebook.read(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)
    assert path.read_bytes() == changed


@pytest.mark.parametrize("old", [OLD, YOUNGER])
def test_an_old_notebook_is_told_a_way_out_that_works(tmp_path, old):
    path = tmp_path / "tên có dấu cách.ipynb"
    path.write_text(old, encoding="utf-8")
    with pytest.raises(NotebookError) as error:
        notebook.read(path)
    command = str(error.value).partition("hãy đổi bằng lệnh ")[2]
    subprocess.run(command, shell=True, check=True)
    (cell,) = notebook.read(path).cells
    assert cell.source == "# Một"


def test_line_ends_of_windows_are_read(path):
    nb = notebook.read(path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert notebook.read(path) == nb


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(NotebookError, match="không đọc được"):
        notebook.read(tmp_path / "none.ipynb")


def test_what_may_be_read_without_end_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    for path in (os.devnull, tmp_path / "pipe.ipynb"):
        with pytest.raises(NotebookError, match="là một ống hay thiết bị, không phải tệp"):
            notebook.read(path)


def test_loads_tells_the_line_of_broken_json():
    with pytest.raises(NotebookError, match="dòng 2"):
        notebook.loads('{\n "cells": ]\n}')


def test_dumps_is_what_jupyter_writes(path):
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def test_split_gives_halves_and_their_lines():
    source = "<!--\n# One\n\nText.\n-->\n\n# Một\n\nVăn bản."
    assert split(source) == Halves("# One\n\nText.", "# Một\n\nVăn bản.", 2, 7)
    assert split("<!-- One -->Một") == Halves("One", "Một", 1, 1)


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("Một", 1, "phải bắt đầu"),
        ("\n\nMột\n<!-- One -->", 3, "phải bắt đầu"),
        ("<!-- One", 1, "không có dấu đóng"),
        ("<!-- One\n<!-- two -->\n-->\nMột", 2, "lồng"),
        ("<!-- One -->\nMột\n<!-- two -->", 3, "thừa"),
        ("<!-- One -->\nMột -->", 2, "thừa"),
        ("<!-- -->\nMột", 1, "bản tiếng Anh trống"),
        ("<!-- One -->\n \n", 3, "thiếu bản tiếng Việt"),
        ("", 1, "phải bắt đầu"),
    ],
)
def test_split_refuses_a_cell_without_both_halves(source, line, reason):
    with pytest.raises(NotebookError, match=reason) as error:
        split(source, path="a.ipynb", cell="ô 1 (id x)")
    assert str(error.value).startswith(f"a.ipynb, ô 1 (id x), dòng {line}: ")


def test_a_fingerprint_depends_on_words_not_on_wrapping():
    assert fingerprint("One two\nthree") == fingerprint("One  two three\n")
    assert fingerprint("\u00e9") == fingerprint("e\u0301")
    assert fingerprint("One two") != fingerprint("One, two")
    assert len(fingerprint("")) == 12


def test_the_fingerprint_a_cell_was_translated_from_is_in_its_metadata():
    cell = markdown("<!-- One -->\n\nMột")
    assert translated_from(cell) is None
    for stamp in ([], "x", None, {}, {"english": 1}):
        cell.metadata["d2l"] = stamp
        assert translated_from(cell) is None
    cell.metadata["d2l"] = {"english": "0123456789ab"}
    assert translated_from(cell) == "0123456789ab"


SPLIT = {
    "image/png": ["aGE=\n", "aGE="],
    "application/json": ["giữ", "nguyên"],
    "application/vnd.x+json": [["giữ"], 1],
}
OUTPUTS = [
    {"output_type": "stream", "name": "stdout", "text": ["một\n", "hai"]},
    {"output_type": "display_data", "metadata": {}, "data": SPLIT},
]
PARTS = {"cell_type": "code", "execution_count": None, "outputs": OUTPUTS, "source": ["a\n", "b"]}
LINES = {"cell_type": "markdown", "attachments": {"a.png": SPLIT}, "source": ["c\n", "d"]}


def test_text_kept_as_lines_is_joined_and_json_is_not():
    cells = [{"id": f"c{n}", "metadata": {}} | cell for n, cell in enumerate((PARTS, LINES))]
    raw = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    code, lines = notebook.loads(json.dumps(raw)).cells
    joined = {**SPLIT, "image/png": "aGE=\naGE="}
    assert (code.source, lines.source) == ("a\nb", "c\nd")
    assert code.outputs[0].text == "một\nhai"
    assert code.outputs[1].data == lines.attachments["a.png"] == joined


def test_the_courses_notebooks_are_read_as_jupyter_reads_them():
    for path in (PROJECT / "notebooks").glob("*.ipynb"):
        assert notebook.read(path) == nbformat.read(path, as_version=4)


def test_what_cannot_be_written_is_said_and_the_old_file_stays(path):
    before = path.read_bytes()
    nb = notebook.read(path)
    nb.cells[1].source = "2"
    with full_disk(), pytest.raises(NotebookError) as error:
        notebook.write(path, nb)
    reason = "không ghi được, tệp cũ còn nguyên (File too large)"
    assert str(error.value) == f"{path}: {reason}"
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]
    with pytest.raises(NotebookError, match="No such file or directory"):
        notebook.write(path.parent / "none" / "a.ipynb", nb)


@contextlib.contextmanager
def full_disk():
    """No file of this process may grow."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def test_a_cell_is_named_in_few_words_however_long_its_id() -> None:
    assert notebook.cell_name(3, {"id": "a" * 5000}) == f"ô 3 (id {'a' * 64})"
