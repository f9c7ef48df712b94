import json
import os
import shutil
import subprocess
import sys
from contextlib import closing

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbformat.sign import NotebookNotary

from authoring import notebook, workspace
from tests import venvs
from tests.writing import code, markdown, write

OUTPUT = nbformat.v4.new_output("stream", text="1\n")


@pytest.fixture(autouse=True)
def signatures(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "notebooks"
    (folder / "img").mkdir(parents=True)
    (folder / "img" / "a.svg").write_text("<svg/>")
    (folder / "model.params").write_text("not published")
    (folder / ".ipynb_checkpoints").mkdir()
    write(folder / ".ipynb_checkpoints" / "a.ipynb", code("old"))
    cells = code("1", execution_count=1, outputs=[OUTPUT]), code("answer = ...", id="answer")
    write(folder / "a.ipynb", markdown("Một"), *cells)
    return folder


@pytest.fixture
def lab(course, tmp_path):
    folder = tmp_path / "lab"
    workspace.refresh(course, folder)
    return folder


def edit(path, source, cell="answer"):
    nb = notebook.read(path)
    next(c for c in nb.cells if c.id == cell).source = source
    notebook.write(path, nb)


def run(path):
    """What running and saving in JupyterLab leaves in the file: outputs, counts, no new text."""
    nb = notebook.read(path)
    for _, cell in notebook.named_cells(nb, "code"):
        cell.execution_count, cell.outputs = 7, [OUTPUT]
    nb.metadata["language_info"]["version"] = "3.11.7"
    notebook.write(path, nb)


def sources(path):
    return [cell.source for cell in notebook.read(path).cells]


def test_first_use_copies_notebooks_and_pictures_only(course, tmp_path):
    lab = tmp_path / "lab"
    assert workspace.refresh(course, lab).added == ["a.ipynb", "img/a.svg"]
    assert workspace.refresh(course, lab) == workspace.Refreshed()
    files = {p.relative_to(lab).as_posix() for p in lab.rglob("*") if p.is_file()}
    assert files == {"a.ipynb", "img/a.svg", ".goc/a.ipynb", ".goc/img/a.svg"}
    assert sources(lab / "a.ipynb") == sources(course / "a.ipynb")


def test_the_copy_has_no_outputs_until_it_is_run(course, lab):
    for _, cell in notebook.named_cells(notebook.read(lab / "a.ipynb"), "code"):
        assert (cell.outputs, cell.execution_count) == ([], None)
    assert notebook.read(course / "a.ipynb").cells[1].outputs == [OUTPUT]


def test_opening_a_fresh_copy_leaves_nothing_for_jupyterlab_to_add(lab):
    manager, client = start_new_kernel(startup_timeout=300)
    try:
        language = client.kernel_info(reply=True, timeout=300)["content"]["language_info"]
        name = manager.kernel_spec.display_name
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    metadata = notebook.read(lab / "a.ipynb").metadata
    assert (metadata.language_info, metadata.kernelspec.display_name) == (language, name)


def test_nothing_to_do_changes_nothing(course, lab):
    run(lab / "a.ipynb")
    edit(lab / "a.ipynb", "my own")
    # As another editor writes it.
    mine = json.dumps(notebook.read(lab / "a.ipynb"), indent=3)
    (lab / "a.ipynb").write_text(mine)
    assert workspace.refresh(course, lab) == workspace.Refreshed()
    assert (lab / "a.ipynb").read_text() == mine


def test_an_untouched_notebook_follows_the_course(course, lab, tmp_path):
    edit(course / "a.ipynb", "2")
    assert workspace.refresh(course, lab).updated == ["a.ipynb"]
    workspace.refresh(course, tmp_path / "fresh")
    assert (lab / "a.ipynb").read_bytes() == (tmp_path / "fresh" / "a.ipynb").read_bytes()


def test_news_reach_a_notebook_with_answers(course, lab):
    edit(lab / "a.ipynb", "answer = 7")
    run(lab / "a.ipynb")
    edit(course / "a.ipynb", "Hai", cell="text")
    result = workspace.refresh(course, lab)
    assert (result.updated, result.noted, result.kept) == (["a.ipynb"], [], {})
    assert sources(lab / "a.ipynb") == ["Hai", "1", "answer = 7"]
    assert notebook.read(lab / "a.ipynb").cells[2].outputs == [OUTPUT]
    assert workspace.refresh(course, lab) == workspace.Refreshed()


def test_a_cell_that_both_changed_keeps_both(course, lab):
    edit(lab / "a.ipynb", "answer = 7")
    for version in ("answer = None", "answer = []"):
        edit(course / "a.ipynb", version)
        assert workspace.refresh(course, lab).noted == ["a.ipynb"]
        *_, mine, note = sources(lab / "a.ipynb")
        assert mine == "answer = 7"
        assert note.startswith("> **Khóa học có bản mới của ô ngay trên đây.**")
        assert note.endswith(f"```python\n{version}\n```")
    assert workspace.refresh(course, lab) == workspace.Refreshed()


def test_pictures_follow_the_course_until_they_are_changed(course, lab):
    course_picture, mine = course / "img" / "a.svg", lab / "img" / "a.svg"
    course_picture.write_text("<svg>2</svg>")
    assert workspace.refresh(course, lab).updated == ["img/a.svg"]
    assert mine.read_text() == "<svg>2</svg>"
    mine.write_text("<svg>mine</svg>")
    assert workspace.refresh(course, lab) == workspace.Refreshed()
    course_picture.write_text("<svg>3</svg>")
    for _ in range(2):
        assert list(workspace.refresh(course, lab).kept) == ["img/a.svg"]
        assert mine.read_text() == "<svg>mine</svg>"


def test_renaming_brings_the_new_version(course, lab):
    edit(lab / "a.ipynb", "my own")
    edit(course / "a.ipynb", "2")
    (lab / "a.ipynb").rename(lab / "mine.ipynb")
    assert workspace.refresh(course, lab).added == ["a.ipynb"]
    assert "my own" in sources(lab / "mine.ipynb")


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"cells": 1}', b"\xff", b"[" * 99999])
def test_a_copy_that_the_reader_broke_is_kept(course, lab, broken):
    whole = (lab / "a.ipynb").read_bytes()
    (lab / "a.ipynb").write_bytes(broken)
    edit(course / "a.ipynb", "2")
    assert workspace.refresh(course, lab).kept["a.ipynb"].startswith("được giữ nguyên: ")
    assert (lab / "a.ipynb").read_bytes() == broken
    (lab / "a.ipynb").write_bytes(whole)
    assert workspace.refresh(course, lab).updated == ["a.ipynb"]


@pytest.mark.parametrize("given", [None, "", "[]", "{", "[" * 99999])
def test_without_what_was_given_nothing_is_lost(course, lab, given):
    edit(lab / "a.ipynb", "my own")
    nb = notebook.read(course / "a.ipynb")
    nb.cells.append(markdown("Mới", id="new"))
    notebook.write(course / "a.ipynb", nb)
    (lab / ".goc" / "a.ipynb").unlink()
    if given is not None:
        (lab / ".goc" / "a.ipynb").write_text(given)
    assert list(workspace.refresh(course, lab).kept) == ["a.ipynb"]
    assert sources(lab / "a.ipynb") == ["Một", "1", "my own", "Mới"]
    assert workspace.refresh(course, lab) == workspace.Refreshed()


# Counts writes (each ends with one fsync), and ends the refresh in the middle of one.
STOPPED = """
import os, signal, sys
from pathlib import Path
from authoring import workspace
left = int(sys.argv[1])
def fsync(handle):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), getattr(signal, sys.argv[2]))
os.fsync = fsync
workspace.ROOT = Path.cwd()
raise SystemExit(workspace.main())
"""


def test_ctrl_c_is_heard_where_make_had_it_ignored(course, tmp_path):
    command = 'trap \'\' INT; exec "$0" "$@"'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, "-c", STOPPED, "0", "SIGINT"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.startswith("\nĐã dừng; ")


@pytest.mark.parametrize("signal", ["SIGKILL", "SIGINT"])
def test_a_refresh_that_is_stopped_anywhere_is_done_by_the_next(course, tmp_path, signal):
    def stop(writes):
        done = subprocess.run(
            [sys.executable, "-c", STOPPED, str(writes), signal],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode != 0
        stopped = "\nĐã dừng; không tệp nào bị dở dang. Hãy chạy lại lệnh này để làm tiếp.\n"
        assert done.stderr == ("" if signal == "SIGKILL" else stopped)

    lab = tmp_path / "lab"
    for writes in range(4):
        shutil.rmtree(lab, ignore_errors=True)
        stop(writes)
    workspace.refresh(course, lab)
    edit(lab / "a.ipynb", "answer = 7")
    edit(course / "a.ipynb", "answer = None")
    edit(course / "a.ipynb", "2", cell="code")
    for writes in (0, 1):
        stop(writes)
    workspace.refresh(course, lab)
    assert sources(lab / "a.ipynb")[:3] == ["Một", "2", "answer = 7"]
    assert len(sources(lab / "a.ipynb")) == 4
    assert not list(lab.rglob(".*.tmp"))


def test_two_refreshes_at_once_lose_nothing(course, lab, tmp_path):
    edit(lab / "a.ipynb", "answer = 7")
    edit(course / "a.ipynb", "answer = None")
    command = [sys.executable, "-c", STOPPED, "99", "SIGINT"]
    both = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert sources(lab / "a.ipynb")[:3] == ["Một", "1", "answer = 7"]
    assert len(sources(lab / "a.ipynb")) == 4
    assert workspace.refresh(course, lab) == workspace.Refreshed()


def test_missing_source_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="không có thư mục notebook gốc"):
        workspace.refresh(tmp_path / "none", tmp_path / "lab")
    assert not (tmp_path / "lab").exists()


@pytest.mark.parametrize("trusted", [False, True])
def test_a_merge_keeps_the_trust_in_the_readers_own_outputs(course, lab, trusted):
    run(lab / "a.ipynb")
    if trusted:
        notary = NotebookNotary()
        with closing(notary.store):
            notary.sign(notebook.read(lab / "a.ipynb"))
    edit(course / "a.ipynb", "2")
    assert workspace.refresh(course, lab).updated == ["a.ipynb"]
    assert is_trusted(lab / "a.ipynb") is trusted


def is_trusted(path):
    """Whether JupyterLab, which reads the file like this, would show its SVG."""
    notary = NotebookNotary()
    with closing(notary.store):
        return notary.check_signature(nbformat.read(path, as_version=4))


def refreshed(course, script="true", **variables):
    """Refresh the copy beside the course in a process of its own, where `script` changed mounts."""
    code = (
        "import pathlib; from authoring import workspace; workspace.ROOT = pathlib.Path.cwd(); "
        "raise SystemExit(workspace.main())"
    )
    return subprocess.run(
        [*venvs.in_namespace(script), sys.executable, "-c", code],
        cwd=course.parent,
        env={**os.environ, "HOME": str(course.parent / "home"), **variables},
        capture_output=True,
        text=True,
    )


def test_the_command_tells_what_it_did(course, tmp_path):
    mine = tmp_path / "lab" / "a.ipynb"
    done = refreshed(course)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/lab\n")
    assert done.stderr == "Đã sao chép 2 tệp vào lab, bản của riêng bạn.\n"
    edit(course / "a.ipynb", "2")
    assert refreshed(course).stderr == "Đã cập nhật theo khóa học: a.ipynb\n"
    edit(mine, "my own")
    edit(course / "a.ipynb", "3")
    assert refreshed(course).stderr.splitlines()[1].startswith("Trong lab/a.ipynb, khóa học đã đổi")
    mine.write_text("{")
    assert refreshed(course).stderr.startswith("lab/a.ipynb: được giữ nguyên: không phải JSON")


@pytest.mark.parametrize("there", ["true", "mkdir lab"])
def test_a_reader_who_may_not_write_to_the_project_has_a_copy_at_home(course, tmp_path, there):
    project, home = tmp_path / "project", tmp_path / "home"
    project.mkdir()
    home.mkdir()
    course = course.rename(project / "notebooks")
    read_only = f"mount --bind . {project}; mount -o remount,bind,ro {project}; cd {project}"
    done = refreshed(course, f"{there}; {read_only}", HOME=str(home))
    assert (done.returncode, done.stdout) == (0, f"{home}/d2l-lab\n")
    assert done.stderr.splitlines() == [
        f"Bạn không ghi được vào {project}/lab, nên bản của bạn nằm ở {home}/d2l-lab.",
        f"Đã sao chép 2 tệp vào {home}/d2l-lab, bản của riêng bạn.",
    ]
    done = refreshed(course, read_only, D2L_LAB="mine")
    assert done.returncode == 1
    assert done.stderr.startswith(f"✗ chưa chuẩn bị được mine: {project}/mine: Read-only")
    assert done.stderr.endswith("hãy đặt biến D2L_LAB là một thư mục ghi được.\n")


def test_d2l_lab_names_the_folder(course, tmp_path):
    done = refreshed(course, D2L_LAB="~/khóa học")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/home/khóa học\n")
    assert not (tmp_path / "lab").exists()


def test_d2l_lab_below_a_file_is_told(course, tmp_path):
    (tmp_path / "file").touch()
    done = refreshed(course, D2L_LAB="file/lab")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"✗ chưa chuẩn bị được file/lab: {tmp_path}/file/lab: Not a directory. "
        "Trên đường dẫn ấy có thứ không phải thư mục: hãy sửa biến D2L_LAB.\n"
    )


def test_d2l_lab_is_never_the_course_itself(course):
    before = (course / "a.ipynb").read_bytes()
    done = refreshed(course, D2L_LAB=str(course))
    assert (done.returncode, done.stdout) == (1, "")
    assert "là chỗ của các notebook gốc" in done.stderr
    assert (course / "a.ipynb").read_bytes() == before


IN_THE_WAY = "File exists. Chỗ ấy cần một thư mục mà đang có thứ khác"


@pytest.mark.parametrize(
    ("script", "way_out"),
    [
        ("touch lab", f"/lab: {IN_THE_WAY}"),
        ("ln -s nowhere lab", f"/lab: {IN_THE_WAY}"),
        ("mkdir lab; touch lab/img", f"/lab/img: {IN_THE_WAY}"),
        ("mkdir -p lab/a.ipynb", "/lab/a.ipynb: không phải một tệp. Chỗ ấy cần một tệp"),
        ("mkdir lab; mkfifo lab/a.ipynb", "/lab/a.ipynb: không phải một tệp."),
        ("mkdir -p lab/.goc; mkfifo lab/.goc/a.ipynb", "/lab/.goc/a.ipynb: không phải một tệp."),
        ("mkfifo lab", f"/lab: {IN_THE_WAY}"),
        ("ln -s lab lab", f"/lab: {IN_THE_WAY}"),
        ("mkdir lab; ln -s a.ipynb lab/a.ipynb", "/lab/a.ipynb: Too many levels of symbolic links"),
        ("mkdir lab; mount -t tmpfs -o size=4k tmpfs lab", "No space left on device. Đĩa đã đầy"),
    ],
)
def test_a_copy_that_cannot_be_written_is_one_clear_line(course, script, way_out):
    done = refreshed(course, script)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("✗ chưa chuẩn bị được lab: ")
    assert way_out in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("option", "way_out"), [("size=4k", "Đĩa đã đầy"), ("ro", "hoặc đặt biến HOME là")]
)
def test_a_home_that_cannot_be_written_is_one_clear_line(course, option, way_out):
    mounted = f"mkdir home; mount -t tmpfs -o {option} tmpfs home"
    done = refreshed(course, mounted, JUPYTER_DATA_DIR="", XDG_DATA_HOME="")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("✗ JupyterLab không ghi được vào /")
    assert way_out in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_notebook_of_the_course_that_is_broken_is_named(course):
    (course / "a.ipynb").write_text("{")
    done = refreshed(course)
    assert done.returncode == 1
    assert done.stderr.startswith(f"✗ {course}/a.ipynb, dòng 1: không phải JSON")
