"""The doctor, on environments that are really broken."""

import ast
import ctypes
import importlib.metadata
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

from d2lutil import doctor
from tests import venvs
from tests.venvs import ROOT

PYTHONS = [*sorted(Path.home().glob(".pyenv/versions/3.*/bin/python3")), Path("/usr/bin/python3")]


@pytest.fixture
def course(tmp_path):
    """A checkout in which no environment has been built."""
    root = tmp_path / "khóa học"
    shutil.copytree(ROOT / "d2lutil", root / "d2lutil")
    shutil.copy(ROOT / "Makefile", root)
    return root


def diagnose(python=sys.executable, *, cwd=ROOT, prefix=(), arguments=(), **environment):
    """Run the doctor; return its exit status and its lines."""
    run = subprocess.run(
        [*prefix, python, "-m", "d2lutil", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=600,  # only what hangs meets it
    )
    assert "Traceback" not in run.stderr, run.stderr
    return run.returncode, run.stdout.splitlines()


def line(lines, subject):
    """Return the one line about ``subject``."""
    (found,) = [line for line in lines if re.match(rf"[✓✗•] {subject}\b", line)]
    return found


def follow_advice(lines, *subjects):
    """Run the commands of uv that the lines about ``subjects`` give."""
    for subject in subjects:
        program, *arguments = shlex.split(line(lines, subject).split("Cách sửa: ")[1])
        assert program == "uv"
        venvs.uv(*arguments)


def test_sound_environment_passes(tmp_path):
    status, lines = diagnose(cwd=tmp_path)
    assert status == 0, lines
    assert line(lines, "Python").startswith(f"✓ Python {platform.python_version()} (")
    assert line(lines, "NumPy") == f"✓ NumPy {importlib.metadata.version('numpy')}"
    assert re.fullmatch(r"✓ MXNet 1\.9\.1, bản CPU \(\w+\)", line(lines, "MXNet"))
    assert line(lines, "Kernel Jupyter").startswith("✓ Kernel Jupyter: ipykernel ")
    assert line(lines, "Bộ nhớ").startswith("✓ ")
    assert line(lines, "Đĩa").startswith("✓ ")
    assert line(lines, "GPU").startswith("• GPU: không dùng được (")
    assert not [line for line in lines if re.match(". (PYTHON|Thư mục hiện tại|d2lutil)", line)]
    assert lines[-1] == "Mọi thứ đã sẵn sàng."


def damage(file):
    """Cut a file in half, not writing through a hard link into uv's cache."""
    half = file.read_bytes()[: file.stat().st_size // 2]
    file.unlink()
    file.write_bytes(half)


def test_following_the_advice_mends_an_environment(tmp_path):
    python = venvs.build(tmp_path / "venv", "--no-deps", f"mxnet=={doctor.MXNET}")
    status, lines = diagnose(python)
    assert status == 1
    assert line(lines, "NumPy").startswith("✗ NumPy: chưa cài. Cách sửa: uv pip install --python ")
    assert "sửa các mục ✗ ở trên trước" in line(lines, "MXNet")
    assert "chưa cài ipykernel" in line(lines, "Kernel Jupyter")
    assert lines[-1] == "Còn 3 mục phải sửa."
    follow_advice(lines, "NumPy", "Kernel Jupyter")
    status, lines = diagnose(python)
    assert status == 1
    assert "thiếu requests mà nó cần. Cách sửa: uv pip install" in line(lines, "MXNet")
    follow_advice(lines, "MXNet")

    packages = next((tmp_path / "venv").glob("lib/python*/site-packages"))
    damage(packages / "mxnet" / "libmxnet.so")
    status, lines = diagnose(python)
    assert status == 1
    assert line(lines, "NumPy") == f"✓ NumPy {doctor.NUMPY_PIN}"
    assert "không import được (" in line(lines, "MXNet")
    if sys.platform == "linux":
        assert "tiến trình bị tín hiệu SIGBUS làm dừng" in line(lines, "MXNet")
    assert lines[-1] == "Còn 1 mục phải sửa."
    follow_advice(lines, "MXNet")

    (module,) = packages.glob("numpy/_core/_multiarray_umath*")
    module.unlink()
    status, lines = diagnose(python)
    assert status == 1
    reason = "ModuleNotFoundError: No module named 'numpy._core._multiarray_umath'"
    place = packages / "numpy"
    assert f"NumPy ({place}): không import được ({reason})" in line(lines, "NumPy")
    assert lines[-1] == "Còn 2 mục phải sửa."
    follow_advice(lines, "NumPy")
    status, lines = diagnose(python)
    assert status == 0, lines
    assert f"d2lutil: chưa cài, đang chạy từ {ROOT}; hãy import d2lutil trước" in "".join(lines)

    files = next(packages.glob("numpy-*.dist-info"))
    files.rename(files.with_name("numpy-1.23.5.dist-info"))
    metadata = packages / "numpy-1.23.5.dist-info" / "METADATA"
    text = metadata.read_text(encoding="utf-8")
    metadata.unlink()
    metadata.write_text(re.sub("(?m)^Version: .*", "Version: 1.23.5", text), encoding="utf-8")
    status, lines = diagnose(python)
    assert status == 1
    found = line(lines, "NumPy")
    assert f"NumPy {doctor.NUMPY_PIN} ({place}): không phải bản 1.23.5 mà môi trường ghi" in found


@pytest.mark.parametrize("version", ["1.6.0", "2.0.0b1"])
def test_another_mxnet(tmp_path, version):
    numpy = f"numpy=={doctor.NUMPY_PIN}"
    python = venvs.build(tmp_path / "venv", "requests")
    venvs.uv("pip", "install", "-q", "--python", python, "--no-deps", f"mxnet=={version}", numpy)
    status, lines = diagnose(python)
    assert status == 1
    found = line(lines, "MXNet")
    assert found.startswith(f"✗ MXNet {version}, bản CPU (")
    assert f': khóa học cần MXNet 1.9.1. Cách sửa: uv pip install --python "{python}" ' in found
    follow_advice(lines, "MXNet")
    assert line(diagnose(python)[1], "MXNet").startswith("✓ MXNet 1.9.1")


def test_absent_mxnet_on_a_terminal_without_vietnamese(course, tmp_path):
    python = venvs.build(tmp_path / "venv", f"numpy=={doctor.NUMPY_PIN}")
    status, lines = diagnose(python, cwd=course, PYTHONIOENCODING="ascii")
    assert status == 1
    assert f"OK  NumPy {doctor.NUMPY_PIN}" in lines
    advice = f'uv pip install --python "{python}" --no-deps mxnet==1.9.1'
    assert f"LOI MXNet: chua cai. Cach sua: {advice}" in lines
    assert lines[-1] == "Con 2 muc phai sua."


def test_two_builds_of_mxnet_in_one_environment(tmp_path):
    info = tmp_path / f"mxnet_cu117-{doctor.MXNET}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Name: mxnet-cu117\nVersion: {doctor.MXNET}\n")
    (info / "WHEEL").write_text("Tag: py3-none-manylinux2014_x86_64\n")
    status, lines = diagnose(PYTHONPATH=str(tmp_path))
    assert status == 1
    found = line(lines, "MXNet")
    assert "MXNet 1.9.1, bản CUDA 11.7 (manylinux2014_x86_64) và MXNet 1.9.1, bản CPU (" in found
    assert ": 2 bản ghi đè lên nhau. Cách sửa: gỡ mxnet-cu117 và mxnet rồi " in found


@pytest.mark.parametrize("name", ["numpy.py", "numpy/__init__.py", "mxnet.py"])
def test_file_of_the_reader_with_the_name_of_a_library(tmp_path, name):
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("answer = 42\n")
    status, lines = diagnose(cwd=tmp_path)
    assert status == 1
    first = tmp_path / Path(name).parts[0]
    library = first.stem
    found = line(lines, "Thư mục hiện tại")
    assert f"{first} trùng tên với thư viện {library} nên bị import thay. " in found
    assert "sửa các mục ✗ ở trên trước" in line(lines, "MXNet")
    if library == "numpy":
        assert f"✗ NumPy ({first}): không import được (AttributeError: " in line(lines, "NumPy")


def test_folder_that_hides_nothing(tmp_path):
    (tmp_path / "numpy").mkdir()  # without __init__.py
    assert diagnose(cwd=tmp_path)[0] == 0
    status, lines = diagnose(PYTHONPATH=str(tmp_path))
    assert status == 0
    assert line(lines, "PYTHONPATH") == f"• PYTHONPATH={tmp_path}: Python tìm ở đây trước"


def test_another_numpy_on_the_path(tmp_path):
    other = "2.4.4"
    assert importlib.metadata.version("numpy") != other
    place = ["--python", sys.executable, "--target", tmp_path]
    venvs.uv("pip", "install", "-q", "--no-deps", *place, f"numpy=={other}")
    status, lines = diagnose(PYTHONPATH=str(tmp_path))
    assert status == 1
    found = line(lines, "PYTHONPATH")
    assert f"nên {tmp_path}/numpy che mất bản đã cài. Cách sửa: unset PYTHONPATH" in found
    assert line(lines, "NumPy") == f"✓ NumPy {other}"
    assert lines[-1] == "Còn 1 mục phải sửa."


@pytest.mark.parametrize(
    ("version", "ok", "says"),
    [
        ("1.23.4", False, "khóa học cần NumPy từ 1.23.5 trở lên. Cách sửa: "),
        ("2.6.0rc1", None, "NumPy 2.6.0rc1: chưa được thử, khóa học mới được thử đến 2.5"),
    ],
)
def test_versions_of_numpy(monkeypatch, version, ok, says):
    monkeypatch.setattr(doctor, "version_of", lambda name: version)
    check = doctor.check_numpy(version, "", healthy=True)
    assert check.ok is ok
    assert says in str(check)


def test_pythonhome_is_told_before_all_else():
    status, lines = diagnose(PYTHONHOME=sys.base_prefix)
    assert status == 1
    (found,) = lines
    assert found.startswith(f"✗ PYTHONHOME={sys.base_prefix}: ")
    assert "unset PYTHONHOME" in found


def test_another_python_looks_at_the_environment_of_the_course(course):
    python = venvs.build(course / ".venv", "--no-deps", f"mxnet=={doctor.MXNET}")
    status, lines = diagnose(sys._base_executable, cwd=course)
    assert status == 1
    told = f"• Python này ({sys._base_executable}) không có MXNet; đây là môi trường của khóa học, "
    assert lines[0] == f"{told}{course / '.venv'}:"
    assert str(python) in line(lines, "Python 3")
    assert line(lines, "NumPy") == f'✗ NumPy: chưa cài. Cách sửa: cd "{course}" && make lab'
    own = diagnose(python, cwd=course)[1]
    changing = re.compile("[✓✗•] (Bộ nhớ|Đĩa)")
    assert [line for line in lines[1:] if not changing.match(line)] == [
        line for line in own if not changing.match(line)
    ]

    (course / ".venv" / "pyvenv.cfg").unlink()  # which makes it the machine's own Python again
    assert lines[0] == diagnose(sys._base_executable, cwd=course)[1][0]


@pytest.mark.long
def test_mxnet_that_never_ends_its_import(tmp_path):
    (tmp_path / "mxnet.py").write_text("import time\ntime.sleep(10_000)\n")
    status, lines = diagnose(PYTHONPATH=str(tmp_path))
    assert status == 1
    assert "không import được (không xong sau 120 giây)" in line(lines, "MXNet")


@pytest.mark.skipif(sys.platform != "linux", reason="chỉ bản MXNet cho Linux cần thư viện hệ thống")
@pytest.mark.parametrize("hidden", doctor.LIBRARIES)
def test_hidden_system_library(tmp_path, hidden):
    ctypes.CDLL(hidden)
    (path,) = set(re.findall(rf"/\S*/{hidden}\S*", Path("/proc/self/maps").read_text()))
    folder = Path(path).parent.resolve()
    (tmp_path / "upper").mkdir()
    (tmp_path / "work").mkdir()
    options = f"lowerdir={folder},upperdir={tmp_path}/upper,workdir={tmp_path}/work"
    hide = f"mount -t overlay overlay -o {options} {folder} && rm {folder}/{hidden}*"
    status, lines = diagnose(prefix=venvs.in_namespace(hide))
    assert status == 1
    found = line(lines, "Thư viện hệ thống")
    assert found.startswith(f"✗ Thư viện hệ thống: thiếu {hidden}. Cách sửa: ")
    if shutil.which("apt-get"):
        assert found.endswith(f"apt-get install {doctor.LIBRARIES[hidden]}")
    assert f"OSError: {hidden}" in line(lines, "MXNet")


@pytest.mark.skipif(sys.platform != "linux", reason="chỉ Linux có mount như vậy")
def test_little_memory_and_disk(tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 2000000 kB\nMemAvailable: 900000 kB\n")
    small = tmp_path / "small"
    small.mkdir()
    mounts = f"mount --bind {meminfo} /proc/meminfo; mount -t tmpfs -o size=50m tmpfs {small}"
    status, lines = diagnose(prefix=venvs.in_namespace(f"{mounts}; cd {small}"))
    assert status == 1
    assert line(lines, "Bộ nhớ").startswith("✗ Bộ nhớ: còn trống 0,9 GB, cần 1,0 GB. Cách sửa: ")
    assert line(lines, "Đĩa").startswith("✗ Đĩa: còn trống 0,1 GB, cần 1,0 GB. Cách sửa: ")


def test_kernel_of_another_python(tmp_path):
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = ["/usr/bin/python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(kernel))
    status, lines = diagnose(JUPYTER_PATH=str(tmp_path))
    assert status == 1
    found = line(lines, "Kernel Jupyter")
    assert 'kernel "python3" lại chạy /usr/bin/python3' in found

    command = shlex.split(found.split("Cách sửa: ")[1])
    subprocess.run(
        command, env={**os.environ, "JUPYTER_PATH": str(tmp_path)}, input=b"y", check=True
    )
    assert not spec.exists()
    assert diagnose(JUPYTER_PATH=str(tmp_path))[0] == 0


@pytest.mark.parametrize("python", PYTHONS, ids=lambda python: python.parts[-3])
def test_other_pythons(python, course):
    if not python.exists():
        pytest.skip(f"máy không có {python}")
    code = "import platform; print(platform.python_version())"
    run = subprocess.run([python, "-c", code], capture_output=True, text=True)
    version = run.stdout.strip()
    if doctor.numbers(version) < [3, 8]:
        run = subprocess.run(
            [python, "-m", "d2lutil"], cwd=course, capture_output=True, encoding="utf-8"
        )
        assert run.returncode == 1
        assert not run.stdout
        assert run.stderr.startswith(f"✗ Python {version} (")
        assert f"khóa học cần Python {doctor.PYTHON} trở lên. Cách sửa: " in run.stderr
        assert run.stderr.count("\n") == 1
        return
    status, lines = diagnose(python, cwd=course)
    assert status == 1
    found = line(lines, "Python")
    if doctor.numbers(version) < [3, 11]:
        assert found.startswith(f"✗ Python {version} (")
        advice = f'cd "{course}" && make lab'
        assert f"khóa học cần CPython 64 bit từ 3.11 trở lên. Cách sửa: {advice}" in found
    else:
        assert found.startswith(f"✓ Python {version} (")


def test_advice_where_there_is_no_course(course):
    (course / "Makefile").unlink()
    code = "from d2lutil import doctor; print(doctor.repair('x'))"
    command = [sys._base_executable, "-c", code]
    advice = subprocess.run(command, cwd=course, capture_output=True, encoding="utf-8").stdout
    if Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists():
        assert advice.startswith("tạo một môi trường mới bằng Python từ 3.11 trở lên (")
    else:  # as in a hosted notebook
        assert re.search(r"pip install .*\bx$", advice)


@pytest.mark.parametrize(
    ("where", "what", "value", "says"),
    [
        (platform, "python_version", lambda: "3.15.0", "• Python 3.15.0 ("),
        (platform, "python_version", lambda: "3.10.2", "✗ Python 3.10.2 ("),
        (platform, "python_implementation", lambda: "PyPy", "✗ PyPy 3."),
        (sys, "maxsize", 2**31 - 1, ", bản 32 bit ("),
    ],
)
def test_pythons_that_are_not_at_hand(monkeypatch, where, what, value, says):
    with monkeypatch.context() as changed:
        changed.setattr(doctor, "IN_COURSE", False)
        changed.setattr(where, what, value)
        check = doctor.check_python()
    assert says in str(check)
    if check.ok is None:
        assert "chưa được thử, khóa học mới được thử đến 3.14" in str(check)
    else:
        assert "tạo một môi trường mới bằng Python từ 3.11 trở lên" in check.fix


@pytest.mark.parametrize(
    ("name", "version"),
    [("__init__", 6), ("__main__", 6), ("mxnet_finder", 6), ("doctor", 8)],
)
def test_syntax_of_old_pythons(name, version):
    source = (ROOT / "d2lutil" / f"{name}.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, version))


@pytest.mark.parametrize(
    ("system", "machine", "libc", "ok", "says"),
    [
        ("Linux", "x86_64", "glibc", True, "Linux x86_64"),
        ("Darwin", "x86_64", "", True, "macOS x86_64"),
        ("Darwin", "arm64", "", False, "Rosetta"),
        ("Linux", "x86_64", "", False, "cần glibc"),
        ("Linux", "x86_64", "musl", False, "cần glibc"),
        ("Linux", "aarch64", "glibc", False, "linux/amd64"),
        ("Windows", "AMD64", "", False, "WSL 2"),
        ("Linux", "riscv64", "glibc", False, "không có bản cho nền tảng này"),
    ],
)
def test_platforms(system, machine, libc, ok, says):
    check = doctor.check_platform(system, machine, libc)
    assert check.ok is ok
    assert says in str(check)


@pytest.mark.skipif(not shutil.which("setarch"), reason="không có setarch (gói util-linux)")
def test_unsupported_machine(course):
    status, lines = diagnose("/usr/bin/python3", prefix=["setarch", "i686"], cwd=course)
    assert status == 1
    assert line(lines, "Nền tảng").startswith("✗ Nền tảng: Linux i686: MXNet 1.9.1 không có bản")


# What MXNet's CUDA build said without a driver, and without NVIDIA's wheels.
@pytest.mark.parametrize(
    ("library", "in_course", "says"),
    [
        ("libcuda.so.1", True, "trình điều khiển NVIDIA"),
        ("libcudnn.so.8", True, "make lab GPU=1"),
        ("libcudnn.so.8", False, "nvidia-cudnn-cu11==8.5.0.96"),
    ],
)
def test_cuda_build_that_cannot_be_imported(monkeypatch, library, in_course, says):
    monkeypatch.setattr(doctor, "IN_COURSE", in_course)
    reason = f"OSError: {library}: cannot open shared object file: No such file or directory"
    check = doctor.check_mxnet(None, reason, healthy=True)
    assert check.ok is False
    assert says in check.fix


def test_gpus_are_information():
    problems = [None, "no kernel image is available"]
    check = doctor.check_gpu({"version": "1.9.1", "gpus": 2, "problems": problems})
    assert str(check) == (
        "• GPU: có 2, dùng được 1. gpu(0): dùng được; gpu(1): no kernel image is available"
    )


def test_card_that_the_cpu_build_leaves_idle(tmp_path):
    tool = tmp_path / "nvidia-smi"  # stands in for the driver's, which needs a card
    tool.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA A30 (UUID: GPU-1)'\n")
    tool.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    status, lines = diagnose(PATH=path, D2L_DEVICE="")
    assert status == 0
    found = line(lines, "GPU")
    assert found.startswith("• GPU: có NVIDIA A30, nhưng bản MXNet này chỉ chạy trên CPU; ")


def test_pins_are_those_of_the_project():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, groups = pyproject["project"], pyproject["dependency-groups"]
    assert project["requires-python"] == f">={doctor.PYTHON}"
    pins = {requirement.partition(" ;")[0] for requirement in project["dependencies"]}
    assert f"numpy=={doctor.NUMPY_PIN}" in pins
    assert groups["cpu"] == [f"mxnet=={doctor.MXNET}"]
    wheels = {requirement.partition(" ;")[0] for requirement in groups["gpu"]}
    assert wheels == {f"mxnet-cu117=={doctor.MXNET}", *doctor.CUDA_WHEELS.split()}
    packages = (ROOT / "apt.txt").read_text(encoding="utf-8").split()
    assert packages == list(doctor.LIBRARIES.values())


def test_arguments_are_refused():
    assert diagnose(arguments=["gpu"])[0] == 2
