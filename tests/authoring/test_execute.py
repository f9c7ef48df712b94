import json
import sys

import pytest

from authoring import execute, notebook
from authoring.notebook import NotebookError
from tests.writing import code, markdown, write

TEXT = markdown("<!--\nOne.\n-->\n\nMột.")


def outputs(path):
    return [cell.outputs for cell in notebook.read(path).cells if cell.cell_type == "code"]


def test_stores_what_cells_print_and_keeps_the_rest(tmp_path):
    path = write(tmp_path / "a.ipynb", TEXT, code("print('một')\n1 + 1"))
    nb = notebook.read(path)
    kept = {"tags": ["kept"], "d2l": {"x": 1}}
    nb.cells[1].metadata = {**kept, "execution": {"shell.execute_reply": "now"}}
    notebook.write(path, nb)
    execute.execute(path)
    after = notebook.read(path)
    assert after.cells[0] == nb.cells[0]
    assert after.cells[1].metadata == kept
    stream, result = after.cells[1].outputs
    assert stream.text == "một\n"
    assert result.data == {"text/plain": "2"}
    assert after.metadata == execute.METADATA


def test_second_run_gives_the_same_bytes(tmp_path):
    path = write(
        tmp_path / "a.ipynb",
        code("object()"),
        code("import sys\nprint('a'); print('b', file=sys.stderr); print('c')"),
        code("import os, tempfile\nfolder = tempfile.mkdtemp()\nos.rmdir(folder)\nfolder"),
        code("1 / 0", "raises-exception"),
        code("import json\njson.loads('{')", "raises-exception"),
    )
    execute.execute(path)
    first = path.read_bytes()
    execute.execute(path)
    assert path.read_bytes() == first


def test_no_path_of_this_machine_is_stored(tmp_path):
    path = write(
        tmp_path / "a.ipynb",
        code("import nbformat, json\nnbformat.__file__, json.__file__"),
        code("import nbformat\nnbformat.reads('{', as_version=4)", "raises-exception"),
    )
    execute.execute(path)
    text = path.read_text()
    assert sys.prefix not in text
    assert sys.base_prefix not in text
    assert "site-packages/nbformat" in text


def test_stored_outputs_are_those_of_a_machine_without_gpu(tmp_path, monkeypatch):
    monkeypatch.setenv("D2L_DEVICE", "gpu")
    path = write(tmp_path / "a.ipynb", code("import os\nos.environ['D2L_DEVICE']"))
    execute.execute(path)
    assert outputs(path)[0][0].data["text/plain"] == "'cpu'"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([code("1"), code("nothing", id="bad")], r"ô 2 \(id bad\): lỗi ngoài dự kiến NameError"),
        ([code("1", "raises-exception", id="calm")], r"ô 1 \(id calm\): .*không báo lỗi"),
        ([code("import os\nos._exit(1)", id="dead")], r"ô 1 \(id dead\): kernel đã chết"),
    ],
)
def test_a_failing_notebook_is_left_as_it_was(tmp_path, cells, reason):
    path = write(tmp_path / "a.ipynb", *cells)
    before = path.read_bytes()
    with pytest.raises(NotebookError, match=reason):
        execute.execute(path)
    assert path.read_bytes() == before


def test_endless_cell_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "CELL_TIMEOUT", 2)
    path = write(tmp_path / "a.ipynb", code("while True: pass", id="loop"))
    with pytest.raises(NotebookError, match=r"ô 1 \(id loop\): chạy quá 2 giây"):
        execute.execute(path)


def test_main_goes_on_after_a_failure_and_says_so(tmp_path, capsys):
    bad = tmp_path / "bad.ipynb"
    bad.write_text("{")
    good = write(tmp_path / "good.ipynb", code("1"))
    assert execute.main([str(bad), str(good)]) == 1
    out, err = capsys.readouterr()
    assert "✓" in out
    assert "không phải JSON" in err
    assert json.loads(good.read_text())["cells"][0]["execution_count"] == 1


def test_main_without_notebooks_says_how_to_call(capsys):
    assert execute.main([]) == 1
    assert "make run NB=" in capsys.readouterr().err
