"""setup/bootstrap.sh on machines that lack something: really lacking, not pretended."""

import contextlib
import fcntl
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import venvs
from tests.test_doctor import PYTHONS

ROOT = Path(__file__).parents[1]
PYTHON = sys._base_executable  # outside every virtual environment
# What the script itself uses: a POSIX shell and these.
TOOLS = ["sh", "dirname", "sed", "head", "rm", "cmp", "cp", "uname", "ls", "df", "awk"]


def bare_path(folder, *tools):
    """A folder to be the whole PATH: the script's own tools and the given ones."""
    folder.mkdir()
    for tool in (*TOOLS, *tools):
        target = PYTHON if tool == "python3" else shutil.which(tool)
        assert target, tool
        (folder / tool).symlink_to(target)
    return folder


def bootstrap(root, what, **environment):
    return subprocess.run(
        ["sh", root / "setup" / "bootstrap.sh", *what],
        capture_output=True,
        text=True,
        env={"HOME": os.environ["HOME"], **environment},
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def clone(tmp_path):
    """The files that the script reads, in a folder of their own with a space in its name."""
    root = tmp_path / "bản sao"
    (root / "setup").mkdir(parents=True)
    shutil.copy(ROOT / "setup" / "bootstrap.sh", root / "setup")
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture
def book(clone):
    """A clone with all that the environment of the book needs, but for that environment."""
    shutil.copy(ROOT / "uv.lock", clone)
    (clone / "setup" / "web" / "node_modules").mkdir(parents=True)
    for name in ("package-lock.json", "node_modules/.installed"):
        (clone / "setup" / "web" / name).touch()
    return clone


def uv():
    return shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")


def test_unknown_environment_tells_the_known_ones():
    result = bootstrap(ROOT, ["everything"], PATH=os.environ["PATH"])
    assert result.returncode == 2
    assert "lab | gpu | test | book" in result.stderr


def test_no_uv_and_no_way_to_get_it(clone, tmp_path):
    path = bare_path(tmp_path / "bin", "python3")
    result = bootstrap(clone, ["lab"], PATH=str(path), PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert result.returncode == 1
    assert "Không cài được uv" in result.stderr
    assert "Could not install uv" in result.stderr
    assert "sudo apt install python3-venv" in result.stderr
    assert not (clone / ".uv").exists()


@pytest.mark.parametrize(("asked", "named"), [("", "từ 3.11 đến 3.14"), ("3.12", "3.12")])
def test_no_python_that_runs_mxnet(clone, tmp_path, asked, named):
    path = bare_path(tmp_path / "bin")
    (path / "uv").symlink_to(uv())
    result = bootstrap(
        clone,
        ["lab", *asked.split()],
        PATH=str(path),
        UV_PYTHON_INSTALL_DIR=str(tmp_path / "none"),
        UV_OFFLINE="1",
    )
    assert result.returncode == 1
    assert f"Cần Python {named}, nhưng máy không có" in result.stderr
    assert "this machine has none" in result.stderr
    assert "sudo apt install python3 " in result.stderr


def test_the_machines_own_python_is_taken_without_a_download(clone, tmp_path):
    path = bare_path(tmp_path / "bin", "python3")
    (path / "uv").symlink_to(uv())
    # No network and an empty cache: the environment comes to be, its packages do not.
    result = bootstrap(
        clone, ["lab"], PATH=str(path), UV_OFFLINE="1", UV_CACHE_DIR=str(tmp_path / "cache")
    )
    assert "Không dựng được môi trường .venv" in result.stderr
    assert "Cần Python" not in result.stderr


def test_a_python_is_asked_for_by_its_version(clone):
    result = bootstrap(clone, ["lab", "python3"], PATH=os.environ["PATH"])
    assert result.returncode == 1
    assert "PYTHON=python3: hãy viết số phiên bản" in result.stderr
    assert "make check PYTHON=3.13" in result.stderr


@pytest.mark.parametrize("python", PYTHONS, ids=lambda python: python.parts[-3])
def test_a_python_of_the_machine_is_taken_or_refused(python, clone, tmp_path):
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    version = subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip()
    path = bare_path(tmp_path / "bin", "python3")
    (path / "uv").symlink_to(uv())
    (path / f"python{version}").unlink(missing_ok=True)
    (path / f"python{version}").symlink_to(python)
    result = bootstrap(
        clone,
        ["lab", version],
        PATH=str(path),
        UV_OFFLINE="1",
        UV_CACHE_DIR=str(tmp_path / "cache"),
        UV_PYTHON_INSTALL_DIR=str(tmp_path / "none"),
    )
    assert result.returncode == 1
    if (3, 11) <= tuple(map(int, version.split("."))) < (3, 15):
        assert f"Không dựng được môi trường .venv-{version}" in result.stderr
    elif version not in ("3.6", "3.7"):  # uv does not see them
        assert f"Python {version} (" in result.stderr
        assert "không dùng được: cần CPython 64 bit từ 3.11 đến 3.14" in result.stderr


def test_a_folder_that_may_not_be_written_is_named(clone, tmp_path):
    path = bare_path(tmp_path / "bin", "python3")
    (path / "uv").symlink_to(uv())
    sealed = venvs.in_namespace(
        f"mount --bind '{clone}' '{clone}'; mount -o remount,bind,ro '{clone}'"
    )
    result = subprocess.run(
        [*sealed, shutil.which("sh"), clone / "setup" / "bootstrap.sh", "lab"],
        env={"HOME": os.environ["HOME"], "PATH": f"{path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert f"bạn không có quyền ghi vào {clone}" in result.stderr
    assert "mạng" not in result.stderr


FIRST = "Dựng .venv-book lần đầu: tải khoảng 80 MB, chiếm khoảng 200 MB trên đĩa.\n"
BOOK = ["sh", "setup/bootstrap.sh", "book"]


@contextlib.contextmanager
def started(book):
    command = {"cwd": book, "env": {**os.environ, "PATH": venvs.PATH}, "start_new_session": True}
    with subprocess.Popen(BOOK, stderr=subprocess.PIPE, text=True, **command) as process:
        yield process


def test_the_first_time_says_how_much_is_to_come_and_the_second_nothing(book):
    for said in (FIRST, ""):
        with started(book) as process:
            assert (process.stderr.read(), process.wait()) == (said, 0)


def test_a_shim_for_a_python_does_not_build_anew_each_time(book, tmp_path, monkeypatch):
    shim = tmp_path / "shims" / "python3"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{PYTHON}" "$@"\n')
    shim.chmod(0o755)
    monkeypatch.setattr(venvs, "PATH", f"{shim.parent}:{venvs.PATH}")
    with started(book) as process:
        assert (process.stderr.read(), process.wait()) == (FIRST, 0)
    marker = book / ".venv-book" / "marker"
    marker.touch()
    with started(book) as process:
        assert (process.stderr.read(), process.wait()) == ("", 0)
    assert marker.exists()


def test_the_readme_says_how_much_is_to_come():
    script = (ROOT / "setup" / "bootstrap.sh").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    sizes = re.findall(r"^  (lab|test|book)\) .* download=(\d+) disk=(\d+)", script, re.M)
    assert len(sizes) == 3
    for what, download, disk in sizes:
        minutes = round(int(download) * 8 / 10 / 60)
        assert f"| `make {what}` | {download} MB | {disk} MB | {minutes} phút |" in readme


def test_progress_is_for_a_terminal(book):
    read, terminal = pty.openpty()
    with subprocess.Popen(BOOK, cwd=book, env={**os.environ, "PATH": venvs.PATH}, stderr=terminal):
        os.close(terminal)
        said = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while more := os.read(read, 9999):
                said += more
    os.close(read)
    assert b"Installed" in said


def test_another_one_waits_for_its_turn(book):
    with contextlib.ExitStack() as stack:
        with (book / BOOK[1]).open() as script:
            fcntl.flock(script, fcntl.LOCK_EX)
            process = stack.enter_context(started(book))
            assert process.stderr.readline().endswith("đang dựng môi trường; đợi nó xong…\n")
        assert (process.stderr.read(), process.wait()) == (FIRST, 0)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_what_a_stopped_one_has_half_done_is_done_again(book, stop, monkeypatch):
    with started(book) as process:
        assert process.stderr.readline() == FIRST
        os.killpg(process.pid, stop)
        said = "\nĐã dừng; gõ lại lệnh make ấy để làm tiếp.\n" if stop == signal.SIGINT else ""
        assert process.stderr.read() == said
    # Stopped a little later, uv leaves a package like this.
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", ".venv-book")
    venvs.uv("sync", "-q", "--only-group", "book", "--project", book)
    (module,) = book.glob(".venv-book/lib/python*/site-packages/pypdf/errors.py")
    module.unlink()
    with started(book) as process:
        assert (process.stderr.read(), process.wait()) == ("", 0)
    assert module.exists()
    assert not list(book.glob("*.tmp"))


def test_a_full_disk_is_told(book):
    small = f"mount -t tmpfs -o size=20m tmpfs /mnt; cp -r '{book}'/. /mnt; cd /mnt"
    result = subprocess.run(
        [*venvs.in_namespace(small), *BOOK],
        env={**os.environ, "PATH": venvs.PATH},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert re.search(
        "Đĩa chứa /mnt chỉ còn [0-9]+ MB, mà .venv-book cần khoảng 200 MB", result.stderr
    )


def test_a_machine_without_a_wheel_of_mxnet_is_told_so(clone):
    command = ["setarch", "i686", "sh", clone / "setup" / "bootstrap.sh", "lab"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1
    assert "MXNet 1.9.1 không có bản chạy được trên Linux i686" in result.stderr
    assert "--platform linux/amd64" in result.stderr


def test_missing_system_library(tmp_path):
    library = next(Path("/usr/lib").glob("*/libquadmath.so.0"), None)
    if library is None:
        pytest.skip("không phải Debian hay Ubuntu: không giấu được thư viện hệ thống")
    hide = venvs.in_namespace(f"mount --bind /dev/null {library.resolve()}")
    result = subprocess.run(
        [*hide, "sh", "setup/bootstrap.sh", "test"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1, result.stderr
    assert "Thiếu thư viện hệ thống libquadmath.so.0" in result.stderr
    assert "sudo apt install libgomp1 libquadmath0" in result.stderr


@pytest.mark.long
def test_uv_too_old_is_replaced_by_the_projects_own(clone, tmp_path):
    path = bare_path(tmp_path / "bin", "python3")
    (path / "uv").write_text("#!/bin/sh\necho 'error: Required uv version' >&2\nexit 2\n")
    (path / "uv").chmod(0o755)
    # The release that takes its place works, and then has no network to fill the environment.
    result = bootstrap(clone, ["lab"], PATH=str(path), UV_OFFLINE="1", UV_NO_CACHE="1")
    assert (clone / ".uv" / "bin" / "uv").exists(), result.stderr
    assert "Không dựng được môi trường .venv" in result.stderr
    assert result.returncode == 1
