import json
import os
import resource
import select
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from nbformat.v4 import new_output, new_raw_cell

from authoring import execute, notebook
from authoring.notebook_error import NotebookError
from tests.writing import code, markdown, write

PROJECT = Path(__file__).parents[2]
TEXT = markdown("<!--\nOne.\n-->\n\nMột.")
DISPLAY = "from IPython.display import HTML, clear_output, display\n"
SEND = """kernel = get_ipython().kernel
kernel.session.send(kernel.iopub_socket, {!r}, {}, parent=kernel.get_parent());0"""
FAILING_REPR = (
    DISPLAY
    + """class Failing:
    def __repr__(self): raise ValueError('x')
display(Failing())"""
)


def ran(path):
    """The outputs of every code cell after a run."""
    execute.execute(path)
    return [cell.outputs for cell in notebook.read(path).cells if cell.cell_type == "code"]


def command(*paths, **options):
    """`make run`, started."""
    return subprocess.Popen(
        [sys.executable, "-m", "authoring.execute", *map(str, paths)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        **options,
    )


def refusal(path):
    """Why the notebook is refused, in one line, and left as it was."""
    before = path.read_bytes()
    with pytest.raises(NotebookError) as caught:
        execute.execute(path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]
    return str(caught.value)


def test_stores_what_cells_print_and_keeps_the_rest(tmp_path):
    path = write(tmp_path / "a.ipynb", TEXT, code("print('một')\n1 + 1"), new_raw_cell("x", id="c"))
    before = notebook.read(path)
    execute.execute(path)
    after = notebook.read(path)
    assert [after.cells[0], after.cells[2]] == [before.cells[0], before.cells[2]]
    stream, result = after.cells[1].outputs
    assert stream.text == "một\n"
    assert result.data == {"text/plain": "2"}
    assert after.cells[1].execution_count == 1


def test_only_metadata_that_a_run_changes_is_removed(tmp_path):
    path = write(tmp_path / "a.ipynb", code("1"), TEXT)
    nb = notebook.read(path)
    ours = {"d2l": {"x": 1}, "tags": ["kept"], "slideshow": {"slide_type": "slide"}}
    times = {"execution": {"shell.execute_reply": "now"}, "ExecuteTime": {"end_time": "now"}}
    nb.cells[0].metadata = {**ours, **times}
    nb.cells[1].metadata = {"editable": False}
    kernel = {"kernelspec": {"name": "mine", "display_name": "Mine", "language": "python"}}
    info = {"language_info": {"name": "python", "version": "3.99"}}
    nb.metadata = {"authors": [{"name": "An"}], "widgets": {"state": 1}, **kernel, **info}
    notebook.write(path, nb)
    execute.execute(path)
    after = notebook.read(path)
    assert after.metadata == {"authors": [{"name": "An"}], **execute.METADATA}
    assert after.cells[0].metadata == ours
    assert after.cells[1].metadata == {"editable": False}


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}, "R"),
        ({"kernelspec": {"name": "julia-1.9", "display_name": "Julia"}}, "julia-1.9"),
        ({"language_info": {"name": "javascript"}}, "javascript"),
        ({**execute.METADATA, "language_info": {"name": "R"}}, "R"),
        ({"kernelspec": {"name": "x", "display_name": "X", "language": []}}, "[]"),
    ],
)
def test_a_notebook_of_another_language_is_refused(tmp_path, metadata, language):
    path = write(tmp_path / "a.ipynb", code("1"))
    nb = notebook.read(path)
    nb.metadata = metadata
    notebook.write(path, nb)
    assert f"viết bằng “{language}”" in refusal(path)


@pytest.mark.parametrize(
    "metadata", [{}, {"kernelspec": {"name": "python3", "display_name": "Python 3"}}]
)
def test_a_notebook_that_does_not_tell_its_language_is_python(tmp_path, metadata):
    path = write(tmp_path / "a.ipynb", code("1"))
    nb = notebook.read(path)
    nb.metadata = metadata
    notebook.write(path, nb)
    execute.execute(path)
    assert notebook.read(path).metadata == execute.METADATA


def test_outputs_are_stored_in_the_order_in_which_they_came(tmp_path):
    path = write(
        tmp_path / "a.ipynb",
        code(
            DISPLAY + "import sys\n"
            "print('a'); print('b', file=sys.stderr); print('c'); display(1)\n"
            "print('d', end=''); print('e'); print('g', file=sys.stderr); display(2); print('h')\n3"
        ),
        code("print('a')", "skip-execution"),
    )
    mixed, plain = ran(path)
    came = [(out.get("name"), out.get("text") or out.data["text/plain"]) for out in mixed]
    assert came == [
        ("stdout", "a\n"),
        ("stderr", "b\n"),
        ("stdout", "c\n"),
        (None, "1"),
        ("stdout", "de\n"),
        ("stderr", "g\n"),
        (None, "2"),
        ("stdout", "h\n"),
        (None, "3"),
    ]
    assert [out.text for out in plain] == ["a\n"]


def test_a_thread_that_prints_after_the_last_cell_is_refused(tmp_path):
    late = "import threading, time\ndef late():\n    time.sleep(0.3); print('muộn')\n"
    path = write(tmp_path / "a.ipynb", code(late + "threading.Thread(target=late).start()"))
    assert refusal(path).startswith(f"{path}: luồng (thread) còn chạy hay còn in sau ô cuối: ")


def test_threads_that_wait_for_work_keep_no_notebook(tmp_path):
    pool = "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor()\n"
    path = write(
        tmp_path / "a.ipynb", code(pool + "list(pool.map(abs, [-1]))"), code("1; 'a; # b'")
    )
    assert [cell[0].data["text/plain"] for cell in ran(path)] == ["[1]", "'a; # b'"]


def test_outputs_of_before_do_not_stay(tmp_path):
    old = new_output("stream", text="cũ\n")
    cells = [code(source, outputs=[old], execution_count=7) for source in ("", "pass")]
    path = write(tmp_path / "a.ipynb", *cells)
    assert ran(path) == [[], []]
    assert [cell.execution_count for cell in notebook.read(path).cells] == [None, 1]


def test_second_run_gives_the_same_bytes(tmp_path):
    path = write(
        tmp_path / "a.ipynb",
        code("object()"),
        code("print(object())"),
        code("raise ValueError(object())", "raises-exception"),
        code("import sys\nprint('a'); print('b', file=sys.stderr); print('c')"),
        code("import os, tempfile\nfolder = tempfile.mkdtemp()\nos.rmdir(folder)\nfolder"),
        code("1 / 0", "raises-exception"),
        code("import json\njson.loads('{')", "raises-exception"),
        code(
            "with tempfile.TemporaryDirectory() as folder:\n"
            "    sys.path.append(folder)\n"
            "    open(folder + '/fails.py', 'w').write('1 / 0')\n"
            "    import fails",
            "raises-exception",
        ),
    )
    execute.execute(path)
    first = path.read_bytes()
    execute.execute(path)
    assert path.read_bytes() == first


def test_what_only_looks_like_noise_is_stored_as_it_is(tmp_path):
    said = [
        hex(123456789),
        "https://vi.example/lib/python3.11/site-packages/mxnet",
        "lib/python3.11",
        "/tmp/data/train.csv",
        "/opt/python3.11/site-packages",
    ]
    path = write(tmp_path / "a.ipynb", code(f"print(*{said}, sep='\\n')"))
    assert ran(path)[0][0].text.splitlines() == said


def test_no_path_of_this_machine_is_stored(tmp_path):
    path = write(
        tmp_path / "a.ipynb",
        code("import nbformat, json\nnbformat.__file__, json.__file__"),
        code("import nbformat\nnbformat.reads('{', as_version=4)", "raises-exception"),
        code("import d2lutil\nd2lutil.check('khong/1', 1)", "raises-exception"),
    )
    execute.execute(path)
    text = path.read_text()
    for folder in (sys.prefix, sys.base_prefix, str(PROJECT), str(Path.home())):
        assert folder not in text
    assert "'site-packages/nbformat/__init__.py'" in text
    assert "'python3/json/__init__.py'" in text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/usr/lib/python3.14/json/decoder.py", "python3/json/decoder.py"),
        ("/usr/lib/python3/dist-packages/a.py", "python3/dist-packages/a.py"),
        ("~/a/lib64/python3.9/site-packages/mxnet/base.py", "site-packages/mxnet/base.py"),
        ("/a/lib/python3.11", "python3"),
        ("/a/lib/python2.7/json.py", "/a/lib/python2.7/json.py"),
    ],
)
def test_a_library_has_the_same_words_on_every_python(path, words):
    assert execute.scrub(f"in '{path}'") == f"in '{words}'"


def test_a_path_of_the_project_is_refused_where_a_test_compares_it(tmp_path):
    path = write(tmp_path / "a.ipynb", code("import d2lutil\nd2lutil.__file__", id="where"))
    assert f"ô 1 (id where): đầu ra có đường dẫn của máy này ({PROJECT})" in refusal(path)


def test_stored_outputs_are_those_of_a_machine_without_gpu(tmp_path, monkeypatch):
    monkeypatch.setenv("D2L_DEVICE", "gpu")
    path = write(tmp_path / "a.ipynb", code("import os\nos.environ['D2L_DEVICE']"))
    assert ran(path)[0][0].data["text/plain"] == "'cpu'"


def test_stored_outputs_are_those_of_a_reader_who_has_solved_nothing(tmp_path, monkeypatch):
    own = tmp_path / "progress.json"
    own.write_text('["parameters/1"]')
    monkeypatch.setenv("D2L_PROGRESS", str(own))
    show = "import d2lutil\n\nd2lutil.show_progress('parameters')"
    solve = "from d2lutil import progress\n_ = progress.note('parameters/2')"
    before, _, after = ran(write(tmp_path / "a.ipynb", code(show), code(solve), code(show)))
    assert before[0].text.startswith("Đã giải 0/6 bài")
    assert after[0].text.startswith("Đã giải 1/6 bài của mục. Còn bài 1, 3, 4, 5, 6.")
    assert own.read_text() == '["parameters/1"]'


def test_runs_in_this_environment_whatever_kernels_are_installed(tmp_path, monkeypatch):
    spec = {"argv": ["false"], "display_name": "Python 3", "language": "python"}
    folder = tmp_path / "jupyter/kernels/python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    path = write(tmp_path / "a.ipynb", code(f"import sys\nsys.executable == {sys.executable!r}"))
    assert ran(path)[0][0].data["text/plain"] == "True"


@pytest.mark.parametrize(
    ("source", "tags", "reason"),
    [
        ("1", ["raises-exception"], "đầu ra không có lỗi nào"),
        ("import os\nos._exit(1)", [], "kernel đã chết"),
        (DISPLAY + "print(1)\nclear_output()\nprint(2)", [], "clear_output"),
        (DISPLAY + "print(1)\nclear_output(wait=True)\nprint(2)", [], "clear_output"),
        (DISPLAY + "handle = display(1, display_id=True)\nhandle.update(2)", [], "update_display"),
        (DISPLAY + "for n in (1, 2): display(n, display_id='x')", [], "update_display"),
        ("import os\nos.system('echo chào')", [], "không qua Python, nbval không thấy: “chào”"),
        ("import os\nos.write(2, b'C++')\n1", [], "nbval không thấy: “C++”"),
        ("import os\nos.write(1, b'a' * 70_000)", [], "(id bad): in ra không qua Python"),
        ("import os\nos.system('yes')", [], "(id bad): đầu ra quá dài: đã "),
        ("1 + 1;", [], "dấu ; cuối ô"),
        ("1 + 1; # hai", [], "dấu ; cuối ô"),
        (DISPLAY + "display({'text/plain': 5}, raw=True)", [], "không đúng định dạng"),
        (
            SEND.format("stream", {"x": 1}),
            [],
            "không đúng định dạng của Jupyter (KeyError: 'name')",
        ),
        (SEND.format("display_data", {"data": 5}), [], "không đúng định dạng"),
        (SEND.format("status", {}), [], "không đúng định dạng"),
        (FAILING_REPR, [], "ValueError: x\n    dòng 3: def __repr__(self): raise ValueError('x')"),
        ("print?", [], "trang trợ giúp"),
        ("%load a.ipynb", [], "sửa ô"),
        (r"print('a\ud800')", [], "UnicodeEncodeError"),
        (DISPLAY + r"display(HTML('\ud800'))", [], "UnicodeEncodeError"),
    ],
)
def test_a_cell_that_cannot_be_stored_is_refused(tmp_path, source, tags, reason):
    path = write(tmp_path / "a.ipynb", code("0", id="calm"), code(source, *tags, id="bad"))
    said = refusal(path)
    assert said.startswith(f"{path}, ô 2 (id bad): ")
    assert reason in said


FAILURES = [
    ("x = 1\ny = x / 0", "lỗi ngoài dự kiến ZeroDivisionError: division by zero", "2: y = x / 0"),
    ("x = 1\n9 = x", "lỗi ngoài dự kiến SyntaxError: cannot assign", "2: 9 = x"),
    (
        "x = 1\n" * 9 + "assert not x, 'một\\nhai'",
        "Error: một hai",
        "10: assert not x, 'một\\nhai'",
    ),
]


@pytest.mark.parametrize(("source", "reason", "line"), FAILURES)
def test_a_failing_cell_is_told_with_its_line(tmp_path, source, reason, line):
    path = write(tmp_path / "a.ipynb", code(source, id="bad"))
    first, *lines = refusal(path).splitlines()
    assert first.startswith(f"{path}, ô 1 (id bad): ")
    assert reason in first
    assert lines == [f"    dòng {line}"]


def test_a_failing_cell_is_told_with_the_last_lines_on_the_way(tmp_path):
    path = write(
        tmp_path / "a.ipynb",
        code("def f(n):\n    return 1 / n if n == 0 else f(n - 1)", id="define"),
        code(
            "def a(n): return f(n)\ndef b(n): return a(n)\ndef c(n): return b(n)\n"
            "def d(n): return c(n)\nd(9)",
            id="call",
        ),
    )
    _, *lines = refusal(path).splitlines()
    assert lines == [
        "    dòng 4: def d(n): return c(n)",
        "    dòng 3: def c(n): return b(n)",
        "    dòng 2: def b(n): return a(n)",
        "    dòng 1: def a(n): return f(n)",
        "    ô 1 (id define), dòng 2: return 1 / n if n == 0 else f(n - 1)",
    ]


def test_endless_cell_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "CELL_TIMEOUT", 2)
    path = write(tmp_path / "a.ipynb", code("while True: pass", id="loop"))
    assert refusal(path).endswith("ô 1 (id loop): chạy quá 2 giây")


def test_a_cell_has_no_more_time_than_in_a_test():
    options = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["pytest"]["addopts"]
    (limit,) = [o.partition("=")[2] for o in options if o.startswith("--nbval-cell-timeout=")]
    assert int(limit) >= execute.CELL_TIMEOUT


TOO_LONG = {
    "one line": "print('a' * 20_000_000)",
    "endless": "while True: print('a' * 99)",
    "errors": "import sys\nwhile True: print('a' * 99, file=sys.stderr)",
    "result": "'a' * 20_000_000",
    "display": DISPLAY + "display(HTML('a' * 20_000_000))",
    "displays": DISPLAY + "while True: display(HTML('a' * 9_999))",
    "error": "raise ValueError('a' * 2_000_000)",
}


@pytest.mark.parametrize("source", TOO_LONG.values(), ids=TOO_LONG)
def test_an_output_without_end_is_stopped(tmp_path, source):
    path = write(tmp_path / "a.ipynb", code(source, "raises-exception", id="long"))
    said = refusal(path)
    assert "ô 1 (id long): đầu ra quá dài: đã " in said
    assert said.endswith("giới hạn là 1.000.000; hãy in ít hơn")


@pytest.mark.long
@pytest.mark.parametrize("source", ["print('a' * 200_000_000)", "print('a\\n' * 100_000_000)"])
def test_an_output_of_200_mb_does_not_eat_the_memory(tmp_path, source):
    path = write(tmp_path / "a.ipynb", code(source))
    with command(path) as run:
        _, status, usage = os.wait4(run.pid, 0)
        said = run.stderr.read()
    assert os.waitstatus_to_exitcode(status) == 1
    assert "đầu ra quá dài: đã 200.000." in said
    unit = 1 if sys.platform == "darwin" else 1024
    assert usage.ru_maxrss * unit < 1_500_000_000


def test_an_output_below_the_limit_is_stored_whole(tmp_path):
    path = write(tmp_path / "a.ipynb", code("print('a' * 900_000)"), code("print('b' * 900_000)"))
    assert [cell[0].text for cell in ran(path)] == ["a" * 900_000 + "\n", "b" * 900_000 + "\n"]


CHANGES = {
    "edited": ("open('a.ipynb', 'a').write(' ')", lambda old: {"a.ipynb": old + b" "}),
    "renamed": ("os.rename('a.ipynb', 'b')", lambda old: {"b": old}),
    "deleted": ("os.remove('a.ipynb')", lambda old: {}),
    "replaced": ("open('b', 'w'); os.replace('b', 'a.ipynb')", lambda old: {"a.ipynb": b""}),
    "a folder": ("os.remove('a.ipynb'); os.mkdir('a.ipynb')", lambda old: {"a.ipynb": "folder"}),
}


@pytest.mark.parametrize(("change", "left"), CHANGES.values(), ids=CHANGES)
def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path, change, left):
    path = write(tmp_path / "a.ipynb", code(f"import os\n{change}\n1 + 1"))
    before = path.read_bytes()
    with pytest.raises(NotebookError, match="đã bị sửa, đổi tên hay xóa trong lúc chạy"):
        execute.execute(path)
    found = {p.name: p.read_bytes() if p.is_file() else "folder" for p in tmp_path.iterdir()}
    assert found == left(before)


@pytest.mark.parametrize(
    "source", ["while True: pass", "while True: print('a')", "import time\ntime.sleep(999)"]
)
def test_ctrl_c_leaves_the_file_and_no_kernel(tmp_path, source):
    os.mkfifo(tmp_path / "pipe")
    started = "import os\nwith open('pipe', 'w') as pipe: pipe.write(str(os.getpid()))\n"
    path = write(tmp_path / "a.ipynb", code(started + source))
    before = path.read_bytes()
    run = command(path, start_new_session=True)
    pipe = os.open(tmp_path / "pipe", os.O_RDWR)
    ready, _, _ = select.select([pipe, run.stdout], [], [])
    assert pipe in ready, run.communicate()
    kernel = int(os.read(pipe, 20))
    os.close(pipe)
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate()
    assert (run.returncode, out) == (130, "")
    assert err == f"✗ {path}: dừng vì Ctrl-C, tệp còn nguyên\n"
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)
    assert path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["a.ipynb", "pipe"]


def test_a_full_disk_leaves_the_old_file(tmp_path):
    path = write(tmp_path / "a.ipynb", code("'a' * 90_000"))
    before = path.read_bytes()

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    out, err = command(path, preexec_fn=no_room).communicate()
    assert (out, err) == ("", f"✗ {path}: không ghi được, tệp cũ còn nguyên (File too large)\n")
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.ipynb"]


def test_no_room_for_a_kernel_is_said(tmp_path):
    path = write(tmp_path / "a.ipynb", code("1"))

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    _, err = command(path, preexec_fn=no_room).communicate()
    assert err.startswith(f"✗ {path}: kernel không khởi động được (")
    assert err.count("\n") == 1


def test_main_goes_on_after_a_failure_and_says_so(tmp_path, capsys):
    bad = tmp_path / "bad.ipynb"
    bad.write_text("{")
    good = write(tmp_path / "good.ipynb", code("1"))
    assert execute.main([str(bad), str(tmp_path), str(tmp_path / "none"), str(good)]) == 1
    out, err = capsys.readouterr()
    assert out == f"✓ {good}\n"
    first, *rest = err.splitlines()
    assert "không phải JSON" in first
    assert rest == [
        f"✗ {tmp_path}: không đọc được tệp (Is a directory)",
        f"✗ {tmp_path / 'none'}: không đọc được tệp (No such file or directory)",
    ]
    assert json.loads(good.read_text())["cells"][0]["execution_count"] == 1


def test_main_without_notebooks_says_how_to_call(capsys):
    assert execute.main([]) == 1
    assert "make run NB=" in capsys.readouterr().err
