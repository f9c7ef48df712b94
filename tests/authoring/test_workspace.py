import json
import os
import subprocess
import sys
from contextlib import closing

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from authoring import notebook, workspace
from tests import venvs
from tests.writing import code, markdown, write


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "notebooks"
    (folder / "img").mkdir(parents=True)
    (folder / "img" / "a.svg").write_text("<svg/>")
    (folder / "model.params").write_text("not published")
    (folder / ".ipynb_checkpoints").mkdir()
    write(folder / ".ipynb_checkpoints" / "a.ipynb", code("old"))
    write(folder / "a.ipynb", markdown("Một"), code("1"))
    return folder


def edit(path, source):
    nb = notebook.read(path)
    nb.cells[-1].source = source
    notebook.write(path, nb)


def run(path):
    """What pressing Shift+Enter leaves in the file: outputs, a count, no new text."""
    nb = notebook.read(path)
    nb.cells[-1].execution_count = 7
    nb.cells[-1].outputs = [
        {"output_type": "stream", "name": "stdout", "text": "mine"},
    ]
    nb.metadata["language_info"]["version"] = "3.11.7"
    notebook.write(path, notebook.loads(json.dumps(nb)))


def test_first_use_copies_notebooks_and_pictures_only(course, tmp_path):
    result = workspace.refresh(course, tmp_path / "lab")
    assert result.added == ["a.ipynb", "img/a.svg"]
    files = {p.relative_to(tmp_path / "lab").as_posix() for p in (tmp_path / "lab").rglob("*.*")}
    assert files == {"a.ipynb", "img/a.svg", workspace.RECORD}
    assert (tmp_path / "lab" / "a.ipynb").read_bytes() == (course / "a.ipynb").read_bytes()


def test_nothing_to_do_changes_nothing(course, tmp_path):
    workspace.refresh(course, tmp_path / "lab")
    run(tmp_path / "lab" / "a.ipynb")
    before = (tmp_path / "lab" / "a.ipynb").read_bytes()
    assert workspace.refresh(course, tmp_path / "lab") == workspace.Refreshed()
    assert (tmp_path / "lab" / "a.ipynb").read_bytes() == before


@pytest.mark.parametrize("ran", [False, True])
def test_unchanged_notebook_follows_the_course(course, tmp_path, ran):
    workspace.refresh(course, tmp_path / "lab")
    if ran:
        run(tmp_path / "lab" / "a.ipynb")
    edit(course / "a.ipynb", "2")
    assert workspace.refresh(course, tmp_path / "lab").updated == ["a.ipynb"]
    assert (tmp_path / "lab" / "a.ipynb").read_bytes() == (course / "a.ipynb").read_bytes()


def test_changed_notebook_is_never_overwritten(course, tmp_path):
    workspace.refresh(course, tmp_path / "lab")
    edit(tmp_path / "lab" / "a.ipynb", "my own")
    mine = (tmp_path / "lab" / "a.ipynb").read_bytes()
    for version in ("2", "3"):
        edit(course / "a.ipynb", version)
        assert workspace.refresh(course, tmp_path / "lab").kept == ["a.ipynb"]
        assert (tmp_path / "lab" / "a.ipynb").read_bytes() == mine


def test_renaming_brings_the_new_version(course, tmp_path):
    lab = tmp_path / "lab"
    workspace.refresh(course, lab)
    edit(lab / "a.ipynb", "my own")
    edit(course / "a.ipynb", "2")
    (lab / "a.ipynb").rename(lab / "mine.ipynb")
    assert workspace.refresh(course, lab).added == ["a.ipynb"]
    assert "my own" in (lab / "mine.ipynb").read_text()


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"cells": 1}', b"\xff", b"[" * 99999])
def test_a_copy_that_the_reader_broke_is_kept(course, tmp_path, broken):
    workspace.refresh(course, tmp_path / "lab")
    (tmp_path / "lab" / "a.ipynb").write_bytes(broken)
    edit(course / "a.ipynb", "2")
    assert workspace.refresh(course, tmp_path / "lab").kept == ["a.ipynb"]
    assert (tmp_path / "lab" / "a.ipynb").read_bytes() == broken


@pytest.mark.parametrize("record", [None, "", "[]", "{", "[" * 99999])
def test_without_a_record_nothing_is_lost(course, tmp_path, record):
    lab = tmp_path / "lab"
    workspace.refresh(course, lab)
    edit(lab / "a.ipynb", "my own")
    mine = (lab / "a.ipynb").read_bytes()
    (lab / workspace.RECORD).unlink()
    if record is not None:
        (lab / workspace.RECORD).write_text(record)
    result = workspace.refresh(course, lab)
    assert result.kept == ["a.ipynb"]
    assert (lab / "a.ipynb").read_bytes() == mine


def test_what_a_killed_refresh_left_is_removed(course, tmp_path):
    lab = tmp_path / "lab"
    lab.mkdir()
    write_killed_half_way = (
        "import os; from pathlib import Path; from d2lutil import files; "
        "os.fsync = lambda _: os.kill(os.getpid(), 9); "
        "files.replace(Path('lab', 'a.ipynb'), b'half')"
    )
    subprocess.run([sys.executable, "-c", write_killed_half_way], cwd=tmp_path)
    assert len(list(lab.iterdir())) == 1
    mine = lab / ".mine.ipynb.tmp"
    mine.touch()
    workspace.refresh(course, lab)
    names = {path.name for path in lab.iterdir()}
    assert names == {"a.ipynb", "img", workspace.RECORD, mine.name}


def test_missing_source_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="không có thư mục notebook gốc"):
        workspace.refresh(tmp_path / "none", tmp_path / "lab")
    assert not (tmp_path / "lab").exists()


def test_copies_are_trusted_until_they_change(course, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    path = course / "a.ipynb"
    assert not is_trusted(path)
    workspace.trust([path, course / "img" / "a.svg"])
    assert is_trusted(path)
    edit(path, "something else")
    assert not is_trusted(path)


def is_trusted(path):
    """Whether JupyterLab, which reads the file like this, would show its SVG."""
    notary = NotebookNotary()
    with closing(notary.store):
        return notary.check_signature(nbformat.read(path, as_version=4))


def refreshed(course, script="true"):
    """Refresh the copy beside the course in a process of its own, where `script` changed mounts."""
    code = (
        "import pathlib; from authoring import workspace; workspace.ROOT = pathlib.Path.cwd(); "
        "raise SystemExit(workspace.main())"
    )
    return subprocess.run(
        [*venvs.in_namespace(script), sys.executable, "-c", code],
        cwd=course.parent,
        env={**os.environ, "JUPYTER_DATA_DIR": str(course.parent / "jupyter")},
        capture_output=True,
        text=True,
    )


def test_the_command_tells_what_it_did(course):
    done = refreshed(course)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Đã chép 2 tệp vào lab/, bản của riêng bạn.\n"
    edit(course / "a.ipynb", "2")
    assert refreshed(course).stdout == "Đã cập nhật theo khóa học: a.ipynb\n"
    edit(course.parent / "lab" / "a.ipynb", "my own")
    edit(course / "a.ipynb", "3")
    assert refreshed(course).stdout.startswith("Giữ nguyên lab/a.ipynb: bạn đã sửa tệp này")


@pytest.mark.parametrize(
    ("script", "way_out"),
    [
        ("touch lab", "lab: File exists. lab phải là một thư mục"),
        ("ln -s nowhere lab", "lab: File exists. lab phải là một thư mục"),
        ("mkdir lab; mount --bind lab lab; mount -o remount,bind,ro lab", "hãy chép khóa học"),
        (
            "mkdir lab; mount -t tmpfs -o size=4k tmpfs lab",
            "No space left on device. Đĩa đã đầy",
        ),
    ],
)
def test_a_copy_that_cannot_be_written_is_one_clear_line(course, script, way_out):
    done = refreshed(course, script)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("✗ chưa chuẩn bị được lab/: ")
    assert way_out in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_notebook_of_the_course_that_is_broken_is_named(course):
    (course / "a.ipynb").write_text("{")
    done = refreshed(course)
    assert done.returncode == 1
    assert done.stderr.startswith(f"✗ {course.parent}/lab/a.ipynb, dòng 1: không phải JSON")
