"""The doctor, on environments that are really broken."""

import ast
import ctypes
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from d2lutil import doctor
from tests import venvs
from tests.venvs import ROOT

# The doctor speaks to Python 3.8 and later.
PYTHONS = [
    *sorted(Path.home().glob(".pyenv/versions/3.[89].*/bin/python3")),
    *sorted(Path.home().glob(".pyenv/versions/3.[1-9][0-9].*/bin/python3")),
    Path("/usr/bin/python3"),
]


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
    assert line(lines, "Python").startswith("✓ Python 3.11.")
    assert line(lines, "NumPy") == "✓ NumPy 1.23.5"
    assert re.fullmatch(r"✓ MXNet 1\.9\.1, bản CPU \(\w+\)", line(lines, "MXNet"))
    assert line(lines, "Kernel Jupyter").startswith("✓ Kernel Jupyter: ipykernel ")
    assert line(lines, "Bộ nhớ").startswith("✓ ")
    assert line(lines, "Đĩa").startswith("✓ ")
    assert line(lines, "GPU").startswith("• GPU: không dùng được (")
    assert lines[-1] == "Mọi thứ đã sẵn sàng."


def test_following_the_advice_mends_an_environment(tmp_path):
    python = venvs.build(tmp_path / "venv", f"mxnet=={doctor.MXNET}", "numpy==1.26.4")
    status, lines = diagnose(python)
    assert status == 1
    assert "NumPy 1.26.4: MXNet 1.9.1 cần NumPy 1.23.5" in line(lines, "NumPy")
    assert "AttributeError: module 'numpy' has no attribute 'bool'" in line(lines, "MXNet")
    assert "sửa các mục ✗ ở trên trước" in line(lines, "MXNet")
    assert "chưa cài ipykernel" in line(lines, "Kernel Jupyter")
    assert lines[-1] == "Còn 3 mục phải sửa."
    follow_advice(lines, "NumPy", "Kernel Jupyter")

    (library,) = (tmp_path / "venv").glob("lib/python*/site-packages/mxnet/libmxnet.so")
    half = library.read_bytes()[: library.stat().st_size // 2]
    library.unlink()  # a hard link into uv's cache: never write through it
    library.write_bytes(half)
    status, lines = diagnose(python)
    assert status == 1
    assert "không import được (" in line(lines, "MXNet")
    if sys.platform == "linux":
        assert "tiến trình bị dừng bởi tín hiệu SIGBUS" in line(lines, "MXNet")
    assert lines[-1] == "Còn 1 mục phải sửa."
    follow_advice(lines, "MXNet")
    status, lines = diagnose(python)
    assert status == 0, lines


def test_absent_mxnet_on_a_terminal_without_vietnamese(tmp_path):
    python = venvs.build(tmp_path / "venv", f"numpy=={doctor.NUMPY}")
    status, lines = diagnose(python, PYTHONIOENCODING="ascii")
    assert status == 1
    assert "OK  NumPy 1.23.5" in lines
    assert any(line.startswith("LOI MXNet: chua cai. Cach sua: uv pip install") for line in lines)
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
    assert ": hai bản ghi đè lên nhau. Cách sửa: gỡ cả mxnet-cu117 và mxnet rồi " in found


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
def test_other_pythons(python):
    if not python.exists():
        pytest.skip(f"máy không có {python}")
    code = "import sys; print(*sys.version_info[:2], sep='.')"
    version = subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip()
    status, lines = diagnose(python)
    assert status == 1
    found = line(lines, "Python")
    if version == doctor.PYTHON:
        assert found.startswith("✓ Python 3.11.")
    else:
        assert "khóa học cần Python 3.11. Cách sửa: " in found
        assert found.startswith(f"✗ Python {version}.")


@pytest.mark.parametrize("name", ["__init__", "__main__", "doctor"])
def test_syntax_of_python_3_8(name):
    source = (ROOT / "d2lutil" / f"{name}.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))


@pytest.mark.parametrize(
    ("system", "machine", "ok", "says"),
    [
        ("Linux", "x86_64", True, "Linux x86_64"),
        ("Darwin", "x86_64", True, "macOS x86_64"),
        ("Darwin", "arm64", False, "Rosetta"),
        ("Linux", "aarch64", False, "linux/amd64"),
        ("Windows", "AMD64", False, "WSL 2"),
        ("Linux", "riscv64", False, "không có bản cho nền tảng này"),
    ],
)
def test_platforms(system, machine, ok, says):
    check = doctor.check_platform(system, machine)
    assert check.ok is ok
    assert says in str(check)


@pytest.mark.skipif(not shutil.which("setarch"), reason="không có setarch (gói util-linux)")
def test_unsupported_machine():
    status, lines = diagnose("/usr/bin/python3", prefix=["setarch", "i686"])
    assert status == 1
    assert line(lines, "Nền tảng").startswith("✗ Nền tảng: Linux i686: MXNet 1.9.1 không có bản")


# What MXNet's CUDA build said without a driver, and without LD_LIBRARY_PATH.
@pytest.mark.parametrize(
    ("library", "says"),
    [("libcuda.so.1", "trình điều khiển NVIDIA"), ("libcudnn.so.8", "make lab GPU=1")],
)
def test_cuda_build_that_cannot_be_imported(library, says):
    reason = f"OSError: {library}: cannot open shared object file: No such file or directory"
    check = doctor.check_mxnet(None, reason, healthy=True)
    assert check.ok is False
    assert says in str(check)


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
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f"=={doctor.PYTHON}.*"
    assert {f"mxnet=={doctor.MXNET}", f"numpy=={doctor.NUMPY}"} < set(project["dependencies"])
    packages = (ROOT / "apt.txt").read_text(encoding="utf-8").split()
    assert packages == list(doctor.LIBRARIES.values())


def test_arguments_are_refused():
    assert diagnose(arguments=["gpu"])[0] == 2
