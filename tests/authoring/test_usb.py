"""The folder for a stick: made whole, and installed where there is no network.

Most tests carry a small course, whose environment has one package. The real one is a long test.
"""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from authoring import usb
from tests import venvs
from tests.authoring.book.browsing import needs_chromium
from tests.authoring.book.conftest import Course
from tests.test_bootstrap import bare_path
from tests.test_environment import expand

ROOT = Path(__file__).resolve().parents[2]
NOBODY = "65534"
# Mounted as sticks often are, in a folder of letters and spaces: read-only, and nothing in it runs.
INSERT = """
mkdir -p '{place}'
mount --bind '{stick}' '{place}'
mount -o remount,bind,ro,noexec '{place}'
"""
ALONE = ["bwrap", "--unshare-net", "--unshare-pid", "--die-with-parent", "--cap-add", "ALL"]
ALONE += ["--dev-bind", "/", "/", "--proc", "/proc", "--"]
# What the installer uses besides what setup/bootstrap.sh does.
TOOLS = ["getconf", "sha256sum", "cat", "mkdir", "chmod", "find", "tar", "gzip"]
SYSCONFIG = """\
# system configuration generated and used by the sysconfig module
build_time_vars = {}
"""
PROJECT = """
[build-system]
requires = ["hatchling=={hatchling}"]
build-backend = "hatchling.build"
[project]
name = "d2lutil"
version = "0.1.0"
requires-python = ">=3.11"
[dependency-groups]
cpu = []
lab = ["{package}"]
setup = ["{uv}"]
[tool.uv]
environments = ["sys_platform == 'linux' and platform_machine == 'x86_64'"]
"""
# Starts the course as a reader does, and asks JupyterLab which files it shows.
LAB = r"""
sh ~/tinh-toan-hoc-sau/hoc.sh >~/lab.txt 2>&1 &
until grep -q token= ~/lab.txt; do
  kill -0 $! || { cat ~/lab.txt; exit 1; }
  sleep 0.2
done
~/tinh-toan-hoc-sau/.venv/bin/python - <<'EOF'
import json, pathlib, re, urllib.request
told = pathlib.Path.home().joinpath("lab.txt").read_text()
address, token = re.search(r"(http://\S+/)lab\S*\?token=(\w+)", told).groups()
files = json.load(urllib.request.urlopen(f"{address}api/contents?token={token}"))["content"]
print(*sorted(file["name"] for file in files))
EOF
"""


as_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("bwrap"),
    reason="cần quyền root và bwrap để đóng vai một người dùng khác: sudo apt install bubblewrap",
)


def small_course(root: Path, package: str = "iniconfig==2.1.0") -> Path:
    """A course as git has it, with its book made; its environment has one package."""
    hatchling = re.search("hatchling==([0-9.]+)", (ROOT / "pyproject.toml").read_text())[1]
    uv = next(pin for pin in expand("setup") if pin.startswith("uv=="))
    for name, content in {
        "pyproject.toml": PROJECT.format(hatchling=hatchling, package=package, uv=uv),
        "d2lutil/__init__.py": "",
        "notebooks/tầng.ipynb": "{}",
        ".gitignore": "book/\nuv.lock\n",
        "book/html/index.html": "sách",
        "book/html/a.epub": "epub",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    shutil.copytree(ROOT / "deploy" / "usb", root / "deploy" / "usb")
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


def pythons_of_uv(folder: Path, python: str | None) -> str:
    """What uv is to know of Pythons to fetch: none, or an archive with this one."""
    known = {}
    if python:
        archive = folder / "cpython-3.13.0-stand-in.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            for name, content in {
                "bin/python3": f'#!/bin/sh\nexec {python} "$@"\n',
                # uv looks into it, and writes beside it.
                "lib/python3.13/_sysconfigdata__linux_x86_64-linux-gnu.py": SYSCONFIG,
            }.items():
                member = tarfile.TarInfo(f"python/{name}")
                member.size, member.mode = len(content), 0o755
                tar.addfile(member, io.BytesIO(content.encode()))
        about = {"name": "cpython", "os": "linux", "libc": "gnu", "prerelease": "", "build": "1"}
        about |= {"arch": {"family": "x86_64", "variant": None}, "variant": None}
        about |= {"major": 3, "minor": 13, "patch": 0, "url": archive.as_uri()}
        about["sha256"] = hashlib.sha256(archive.read_bytes()).hexdigest()
        known["cpython-3.13.0-linux-x86_64-gnu"] = about
    (folder / "pythons.json").write_text(json.dumps(known))
    return (folder / "pythons.json").as_uri()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = small_course(tmp_path_factory.mktemp("course"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", venvs.PATH)
        patch.setenv("UV_PYTHON_DOWNLOADS_JSON_URL", pythons_of_uv(root.parent, None))
        yield root


@pytest.fixture(scope="module")
def made(course):
    stick = course / "dist" / "usb"
    assert len(usb.make(course, stick)) == 1  # no Python to carry
    return stick


@pytest.fixture
def stick(made, tmp_path):
    """A copy, to spoil."""
    return shutil.copytree(made, tmp_path / "stick")


def install(stick, *target, path="/usr/bin:/bin:/usr/sbin", before=None, home=None):
    return run("sh", f"{stick}/cai-dat.sh", *target, path=path, before=before, home=home)


def run(*command, path="/usr/bin:/bin:/usr/sbin", before=None, home=None):
    """Run a command; in somebody's `home` it is theirs, and there is no network."""
    environment = {"PATH": path, "LANG": "C.UTF-8"}
    if home:
        user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        command = [*ALONE, *user, *command]
        environment |= {"HOME": str(home), "USER": "nobody"}
    if before:
        command = [*venvs.in_namespace(before), *command]
    return subprocess.run(
        list(map(str, command)),
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def refusal(done, target):
    """What an installer says that has left nothing behind."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert not target.exists()
    return done.stderr


@pytest.fixture
def home(tmp_path):
    """The home of another user, whose way to it is open."""
    folder = Path("/var/tmp") / f"nhà của Hà {os.getpid()}"
    folder.mkdir()
    shutil.chown(folder, int(NOBODY), int(NOBODY))
    yield folder
    shutil.rmtree(folder)


def test_the_folder_is_whole_and_made_again_the_same(course, made):
    first = (made / usb.CHECKSUMS).read_text(encoding="utf-8")
    names = [line.split("  ", 1)[1] for line in first.splitlines()]
    files = [path for path in made.rglob("*") if not path.is_dir()]
    assert {path.relative_to(made).as_posix() for path in files} == {*names, usb.CHECKSUMS}
    assert not any(path.is_symlink() for path in files)
    assert {"khoa-hoc/notebooks/tầng.ipynb", "sach/index.html", "uv-LICENSE-MIT.txt"} <= {*names}
    for python in usb.PYTHONS:
        listed = (made / "wheels" / "{}.{}.txt".format(*python)).read_text()
        assert re.findall("^([a-z0-9]+)==", listed, re.MULTILINE) == ["iniconfig", "d2lutil"]
    (made / "wheels" / "old-1.0-py3-none-any.whl").touch()
    spoilt = next(made.glob("wheels/iniconfig-*.whl"))
    spoilt.write_bytes(spoilt.read_bytes()[:-1])
    (made / "khoa-hoc" / "more").touch()
    usb.make(course, made)
    assert (made / usb.CHECKSUMS).read_text(encoding="utf-8") == first
    assert not (made / "wheels" / "old-1.0-py3-none-any.whl").exists()


def test_a_stick_of_fat_can_hold_every_file_of_the_course(made):
    names = list(usb._tracked(ROOT))
    names += [path.relative_to(made).as_posix() for path in made.rglob("*")]
    assert [name for name in names if re.search(r'[\x00-\x1f:?*<>|"\\]|[. ](/|$)', name)] == []
    assert len({name.casefold() for name in names}) == len(set(names))


def test_three_lines_say_what_to_do_and_which_machines_fit(made):
    told = (made / "DOC-TRUOC.txt").read_text(encoding="utf-8").splitlines()
    assert [line[:3] for line in told] == ["1. ", "2. ", "3. "]
    script = (made / "cai-dat.sh").read_text(encoding="utf-8")
    assert f"\nglibc={usb.GLIBC}\n" in script
    disk = re.search("^disk=([0-9]+) ", script, re.MULTILINE)[1]
    for fact in (f"glibc từ 2.{usb.GLIBC}", f"{disk} MB", "Python từ 3.11 đến 3.14"):
        assert fact in told[1]


@as_root
def test_another_user_installs_twice_without_a_network_from_a_stick_that_is_read_only(made, home):
    place = home / "USB 16 GB"
    before = INSERT.format(stick=made, place=place)
    target = home / "tinh-toan-hoc-sau"
    for _ in range(2):
        done = install(place, before=before, home=home)
        assert (done.returncode, done.stderr) == (0, "")
        assert f'sh "{target}/hoc.sh"' in done.stdout
        assert (target / "notebooks" / "tầng.ipynb").owner() == "nobody"
        python = target / ".venv" / "bin" / "python"
        code = "import iniconfig, importlib.metadata as m; print(m.version('d2lutil'))"
        assert subprocess.check_output([python, "-c", code], text=True) == "0.1.0\n"
        if (target / "lab").exists():
            assert (target / "lab" / "a.ipynb").read_text() == "mine"
            assert not (target / "authoring" / "old.py").exists()
        else:
            (target / "lab").mkdir()
            (target / "lab" / "a.ipynb").write_text("mine")


def test_a_python_that_came_along_is_installed_where_the_machine_has_none(course, made, tmp_path):
    with pytest.MonkeyPatch.context() as patch:
        known = pythons_of_uv(tmp_path, sys._base_executable)
        patch.setenv("UV_PYTHON_DOWNLOADS_JSON_URL", known)
        stick = shutil.copytree(made, tmp_path / "stick")
        assert usb.make(course, stick) == []
    assert [path.name for path in (stick / "python").iterdir()] == [
        "cpython-3.13.0-stand-in.tar.gz"
    ]
    assert "Python từ" not in (stick / "DOC-TRUOC.txt").read_text(encoding="utf-8")
    target = tmp_path / "đích"
    done = install(stick, target, path=str(bare_path(tmp_path / "bin", *TOOLS)))
    assert (done.returncode, done.stderr) == (0, "")
    assert (target / ".venv" / "pyvenv.cfg").exists()


def test_damaged_and_missing_files_are_named_and_nothing_is_installed(stick, tmp_path):
    wheel = next(stick.glob("wheels/iniconfig-*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"?")
    (stick / "khoa-hoc" / "notebooks" / "tầng.ipynb").unlink()
    said = refusal(install(stick, tmp_path / "x"), tmp_path / "x")
    assert f"\n    khoa-hoc/notebooks/tầng.ipynb\n    wheels/{wheel.name}\n" in said
    sums = stick / usb.CHECKSUMS
    sums.write_bytes(sums.read_bytes()[:-10])
    said = refusal(install(stick, tmp_path / "x"), tmp_path / "x")
    assert "hỏng hoặc thiếu" in said
    sums.unlink()
    said = refusal(install(stick, tmp_path / "x"), tmp_path / "x")
    assert "Thiếu tệp SHA256SUMS" in said


def test_another_machine_is_refused_with_the_reason(stick, tmp_path):
    target = tmp_path / "x"
    command = ["setarch", "i686", "sh", stick / "cai-dat.sh", target]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "Chỉ cài được trên Linux x86_64, máy này là Linux i686" in refusal(done, target)
    tools = bare_path(tmp_path / "bin", *(tool for tool in TOOLS if tool != "getconf"))
    said = refusal(install(stick, target, path=str(tools)), target)
    assert "Cần Linux dùng glibc" in said
    (tools / "getconf").write_text("#!/bin/sh\necho glibc 2.27\n")
    (tools / "getconf").chmod(0o755)
    said = refusal(install(stick, target, path=str(tools)), target)
    assert "Cần glibc từ 2.28" in said
    assert "máy này có glibc 2.27" in said


def test_a_machine_without_a_python_that_will_do_is_refused(stick, tmp_path):
    tools = bare_path(tmp_path / "bin", *TOOLS)
    said = refusal(install(stick, tmp_path / "x", path=str(tools)), tmp_path / "x")
    assert "Cần CPython 64 bit từ 3.11 đến 3.14" in said


def test_a_machine_without_a_library_is_refused(stick, tmp_path):
    library = next(Path("/usr/lib").glob("*/libquadmath.so.0"), None)
    if library is None:
        pytest.skip("không phải Debian hay Ubuntu: không giấu được thư viện hệ thống")
    hidden = f"mount --bind /dev/null {library.resolve()}"
    said = refusal(install(stick, tmp_path / "x", before=hidden), tmp_path / "x")
    assert "Máy thiếu thư viện libquadmath.so.0" in said


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("size=20m", "chỉ còn 20 MB, cần [0-9]+ MB"),
        ("ro", "Bạn không có quyền ghi vào /mnt"),
        ("noexec", r"nằm ở nơi không cho chạy chương trình \(noexec\)"),
    ],
)
def test_a_place_that_will_not_do_is_refused(stick, options, reason):
    mounted = f"mount -t tmpfs -o {options} tmpfs /mnt"
    done = install(stick, "/mnt/x", before=mounted)
    assert done.returncode == 1
    assert re.search(reason, done.stderr)
    assert "sh cai-dat.sh /thu-muc/khac" in done.stderr


def test_what_is_there_already_is_never_touched(stick, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "bài.txt").write_text("của tôi")
    for folder in (mine, stick):
        before = sorted(folder.rglob("*"))
        done = install(stick, folder)
        assert done.returncode == 1
        assert f"{folder} đã có thứ khác" in done.stderr
        assert sorted(folder.rglob("*")) == before


def test_without_the_book_or_a_wheel_nothing_is_made(course, tmp_path, monkeypatch):
    root = small_course(tmp_path / "a", "docopt==0.6.2")  # it has only a source
    with pytest.raises(usb.UsbError, match=r"^thiếu wheel cho Python 3\.11, glibc 2\.28: docopt"):
        usb.make(root, tmp_path / "stick")
    assert not (tmp_path / "stick" / usb.CHECKSUMS).exists()
    (root / "book" / "html" / "a.epub").unlink()
    with pytest.raises(usb.UsbError, match=r"không có PDF và EPUB .* hãy chạy make usb"):
        usb.make(root, tmp_path / "stick")


@pytest.mark.long
@as_root
@needs_chromium
def test_the_whole_course_runs_without_a_network(tmp_path, home, monkeypatch):
    root = tmp_path / "course"
    subprocess.run(["git", "clone", "-q", ROOT, root], check=True)
    (root / "setup" / "web" / "node_modules").symlink_to(ROOT / "setup" / "web" / "node_modules")
    Course(root).built("complete")
    monkeypatch.setenv("PATH", venvs.PATH)
    stick = root / "dist" / "usb"
    usb.make(root, stick)
    before = INSERT.format(stick=stick, place=home / "USB 16 GB")
    done = install(home / "USB 16 GB", before=before, home=home)
    assert (done.returncode, done.stderr) == (0, "")
    target = home / "tinh-toan-hoc-sau"
    assert (target / "sach" / "tinh-toan-hoc-sau.pdf").exists()
    python, section = target / ".venv" / "bin" / "python", "notebooks/parameters_vn.ipynb"
    command = f'cd "{target}" && "{python}" -m authoring.reproduce {section}'
    done = run("sh", "-c", command, home=home)
    assert "✓ 1/1 notebook cho đúng đầu ra đã lưu" in done.stdout
    done = run("sh", "-c", LAB, home=home)
    assert "index_vn.ipynb" in done.stdout.split(), done.stdout + done.stderr
