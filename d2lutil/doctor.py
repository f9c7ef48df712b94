"""What the course needs of this machine, line by line: ``python -m d2lutil``.

Standard library and Python 3.8 only, because it is needed most where MXNet can't be imported or
the Python is a wrong one. Whatever could end the process is tried in a process of its own.
"""

from __future__ import annotations

import argparse
import codecs
import ctypes
import importlib.metadata
import importlib.util
import io
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any, Callable, NamedTuple

# As in pyproject.toml, which can't be relied on here; tests/test_doctor.py compares them.
PYTHON = "3.11"
NUMPY = "1.23.5"
MXNET = "1.9.1"

# Shared libraries that MXNet's Linux wheel takes from the system, and Debian's packages of them.
LIBRARIES = {"libgomp.so.1": "libgomp1", "libquadmath.so.0": "libquadmath0"}
# A kernel that trains, and JupyterLab's server, were measured at 0.3 and 0.1 GB: twice that, and
# some for the browser.
MEMORY = 1e9
# The learner's environment was measured at 0.6 GB: room to build it anew, and for saved files.
DISK = 1e9

# What stands for letters and signs that a terminal can't show and Unicode doesn't take apart.
PLAIN = {ord("✓"): "OK ", ord("✗"): "LOI", ord("•"): " - ", ord("đ"): "d", ord("Đ"): "D"}
ROOT = Path(__file__).resolve().parents[1]
# Elsewhere, as in an installed wheel, nobody can follow advice that names the course's files.
IN_COURSE = (ROOT / "Makefile").exists()


class Check(NamedTuple):
    """One requirement: met (True), not met (False), or mere information (None)."""

    ok: bool | None
    text: str
    fix: str = ""

    def __str__(self) -> str:
        """Return the line to print."""
        sign = {True: "✓", False: "✗", None: "•"}[self.ok]
        return f"{sign} {self.text}. Cách sửa: {self.fix}" if self.fix else f"{sign} {self.text}"


class Trial:
    """A function of this module that runs in a process of its own."""

    def __init__(self, function: Callable[[], object]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import *; attempt({function.__name__})"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )

    def result(self) -> tuple[Any, str]:
        """Return what the function returned and "", or None and the reason of the failure."""
        try:
            out, err = self._process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            return None, "không xong sau 120 giây"
        status = self._process.returncode
        if status < 0:
            return None, f"tiến trình bị dừng bởi tín hiệu {signal.Signals(-status).name}"
        if status > 0:
            return None, err.strip().rpartition("\n")[2] or f"trạng thái thoát {status}"
        value, reason = json.loads(out.splitlines()[-1])
        return value, reason


def attempt(function: Callable[[], object]) -> None:
    """Call a function, and print as JSON what `Trial.result` is to return."""
    value, reason = None, ""
    try:
        value = function()
    except Exception as error:
        lines = str(error).splitlines() or [""]
        # MXNet's own errors begin with a traceback of C++.
        reason = lines[-1] if lines[0].startswith("Traceback") else lines[0]
        reason = f"{type(error).__name__}: {reason}".rstrip(".")
    print(json.dumps([value, reason]))


def try_mxnet() -> dict[str, object]:
    """Import MXNet; return its version, how many GPUs it sees, and what is wrong with each.

    Where it sees none, the one problem is that of GPU 0.
    """
    import mxnet

    from d2lutil import device

    gpus = device.count()
    problems = [device.gpu_problem(i) for i in range(max(gpus, 1))]
    return {"version": mxnet.__version__, "gpus": gpus, "problems": problems}


def try_kernel() -> list[str]:
    """Import the kernel; return the command with which Jupyter starts the one named python3."""
    import ipykernel.kernelapp  # noqa: F401
    from jupyter_client.kernelspec import get_kernel_spec

    return list(get_kernel_spec("python3").argv)


def version_of(distribution: str) -> str | None:
    """Return the installed version, or None."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def repair(requirements: str, damaged: bool = False) -> str:
    """Return the command that brings ``requirements`` into this environment, anew if damaged."""
    prefix = Path(sys.prefix).resolve()
    own = sys.prefix != sys.base_prefix or (prefix / "conda-meta").exists()
    right = platform.python_version().startswith(PYTHON + ".")
    ours = ROOT in prefix.parents
    if IN_COURSE and (ours or not (own and right)):
        others = {".venv-gpu": "make lab GPU=1", ".venv-test": "make test"}
        remove = f'rm -r "{prefix}" && ' if damaged and ours else ""
        return f'cd "{ROOT}" && {remove}{others.get(prefix.name, "make lab")}'
    if not (own and right):
        return f"tạo một môi trường mới, chẳng hạn bằng `uv venv --python {PYTHON}`"
    again = "--force-reinstall " if damaged else ""
    if importlib.util.find_spec("pip"):
        return f'"{sys.executable}" -m pip install {again}{requirements}'
    return f'uv pip install --python "{sys.executable}" {again}{requirements}'


def check_python() -> Check:
    """Check this interpreter."""
    name, version = platform.python_implementation(), platform.python_version()
    text = f"{'Python' if name == 'CPython' else name} {version} ({sys.executable})"
    if name == "CPython" and version.startswith(PYTHON + "."):
        return Check(True, text)
    built = ROOT / ".venv" / "bin" / "python"
    fix = f'"{built}" -m d2lutil' if built.exists() else repair("d2lutil")
    return Check(False, f"{text}: khóa học cần Python {PYTHON}", fix)


def check_platform(system: str, machine: str) -> Check:
    """Say whether a wheel of MXNet 1.9.1 runs on a platform, named as module platform does."""
    text = f"Nền tảng: {'macOS' if system == 'Darwin' else system} {machine}"
    folder = " (thư mục .devcontainer)" if IN_COURSE else ""
    container = f"dùng một container linux/amd64{folder}, chưa được thử"
    if system in ("Linux", "Darwin") and machine == "x86_64":
        return Check(True, text)
    if system == "Darwin":
        problem = f"MXNet {MXNET} không có bản cho Apple silicon"
        return Check(False, f"{text}: {problem}", f"Python x86_64 qua Rosetta, hoặc {container}")
    if system == "Linux" and machine in ("aarch64", "arm64"):
        problem = f"bản MXNet {MXNET} cho ARM cần Arm Performance Libraries nên không import được"
        return Check(False, f"{text}: {problem}", container)
    if system == "Windows":
        return Check(False, f"{text}: MXNet {MXNET} không có bản cho Windows", "dùng WSL 2")
    return Check(False, f"{text}: MXNet {MXNET} không có bản cho nền tảng này", container)


def check_numpy() -> Check:
    """Check NumPy's version."""
    version = version_of("numpy")
    if version == NUMPY:
        return Check(True, f"NumPy {version}")
    problem = f"NumPy {version}: MXNet {MXNET} cần NumPy {NUMPY}" if version else "NumPy: chưa cài"
    return Check(False, problem, repair(f"numpy=={NUMPY}"))


def check_libraries() -> Check:
    """Load the shared libraries that MXNet's Linux wheel takes from the system."""
    missing = []
    for library in LIBRARIES:
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(library)
    if not missing:
        return Check(True, f"Thư viện hệ thống: {', '.join(LIBRARIES)}")
    fix = "cài gói chứa các thư viện này bằng trình quản lý gói của hệ điều hành"
    if shutil.which("apt-get"):
        apt = "apt-get" if os.geteuid() == 0 else "sudo apt-get"
        packages = " ".join(LIBRARIES[library] for library in missing)
        fix = f"{apt} update && {apt} install {packages}"
    return Check(False, f"Thư viện hệ thống: thiếu {', '.join(missing)}", fix)


def mxnet_builds() -> dict[str, str]:
    """Return the installed distributions of MXNet, described for the reader."""
    builds = {}
    for distribution in importlib.metadata.distributions():
        name = (distribution.metadata["Name"] or "").lower()
        cuda = re.fullmatch(r"mxnet-cu(\d+)(\d)", name)
        if name == "mxnet" or cuda:
            tags = re.findall(r"(?m)^Tag: \S+-(\S+)$", distribution.read_text("WHEEL") or "")
            build = f"CUDA {cuda[1]}.{cuda[2]}" if cuda else "CPU"
            builds[name] = f"MXNet {distribution.version}, bản {build} ({', '.join(tags)})"
    return builds


def check_mxnet(result: dict[str, Any] | None, reason: str, healthy: bool) -> Check:
    """Judge what `try_mxnet` gave; ``healthy`` says whether all it builds on is right."""
    builds = mxnet_builds()
    text = " và ".join(builds.values()) or "MXNet"
    # MXNet by itself would bring the newest NumPy 1.
    wanted = f"{next(iter(builds), 'mxnet')}=={MXNET} numpy=={NUMPY}"
    if result and len(builds) == 1 and result["version"] == MXNET:
        return Check(True, text)
    if "libcuda.so.1" in reason:
        fix = "cài trình điều khiển NVIDIA, hoặc dùng bản CPU"
        fix += " bằng `make lab`" if IN_COURSE else f" (gói mxnet=={MXNET})"
        return Check(False, f"{text}: máy chưa có trình điều khiển NVIDIA ({reason})", fix)
    if re.search(r"lib(cu|nv|nccl)\w*\.so", reason):
        fix = "đặt LD_LIBRARY_PATH cho chúng"
        fix += ": `make lab GPU=1` tự làm việc ấy" if IN_COURSE else " trước khi mở Python"
        return Check(False, f"{text}: không tìm thấy các thư viện CUDA ({reason})", fix)
    if not builds:
        problem, fix = "chưa cài", repair(wanted)
    elif len(builds) > 1:
        problem = "hai bản ghi đè lên nhau"
        fix = f"gỡ cả {' và '.join(builds)} rồi {repair(wanted)}"
    elif version_of(next(iter(builds))) != MXNET:
        problem, fix = f"khóa học cần MXNet {MXNET}", repair(wanted)
    else:
        problem, fix = f"không import được ({reason})", repair(wanted, damaged=True)
    return Check(False, f"{text}: {problem}", fix if healthy else "sửa các mục ✗ ở trên trước")


def check_kernel(argv: list[str] | None, reason: str) -> Check:
    """Judge what `try_kernel` gave: the kernel that notebooks name must be this Python."""
    version = version_of("ipykernel")
    if version is None:
        return Check(False, "Kernel Jupyter: chưa cài ipykernel", repair("ipykernel"))
    text = f"Kernel Jupyter: ipykernel {version}"
    if argv is None:
        return Check(
            False, f"{text}: không dùng được ({reason})", repair("ipykernel", damaged=True)
        )
    # Jupyter starts these names with its own interpreter.
    names = {"python", "python3", f"python{PYTHON}"}
    here = Path(sys.executable).parent.resolve()
    if argv[0] in names or Path(argv[0]).parent.resolve() == here:
        return Check(True, text)
    fix = f'"{sys.executable}" -m jupyter kernelspec remove python3'
    return Check(False, f'{text}, nhưng kernel "python3" lại chạy {argv[0]}', fix)


def gigabytes(amount: float) -> str:
    """Return an amount in the decimal notation of Vietnamese."""
    return f"{amount / 1e9:.1f} GB".replace(".", ",")


def check_memory() -> Check:
    """Check the memory that is free, within a container's limit."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return Check(None, "Bộ nhớ: không đo được trên hệ điều hành này")
    free = 1024 * int(re.findall(r"MemAvailable:\s+(\d+) kB", text)[0])
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and limit.read_text(encoding="ascii").strip() != "max":
        free = min(free, int(limit.read_text(encoding="ascii")))
    text = f"Bộ nhớ: còn trống {gigabytes(free)}, cần {gigabytes(MEMORY)}"
    return Check(True, text) if free >= MEMORY else Check(False, text, "đóng bớt chương trình")


def check_disk() -> Check:
    """Check the free space where the doctor was called."""
    free = shutil.disk_usage(os.curdir).free
    text = f"Đĩa: còn trống {gigabytes(free)}, cần {gigabytes(DISK)}"
    return Check(True, text) if free >= DISK else Check(False, text, "xóa bớt tệp trên đĩa này")


def nvidia_cards() -> list[str]:
    """Return the NVIDIA cards that the driver lists, if there is a driver."""
    if not shutil.which("nvidia-smi"):
        return []
    listing = subprocess.run(
        ["nvidia-smi", "-L"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    return re.findall(r"(?m)^GPU \d+: (.*?)(?: \(UUID.*)?$", listing.stdout)


def check_gpu(result: dict[str, Any] | None) -> Check:
    """Say which GPUs can be used and why others can't; the course runs without one."""
    if result is None:
        return Check(None, "GPU: chưa biết được khi chưa import được MXNet")
    problems = result["problems"]
    if result["gpus"]:
        usable = sum(problem is None for problem in problems)
        states = [f"gpu({i}): {problem or 'dùng được'}" for i, problem in enumerate(problems)]
        return Check(None, f"GPU: có {result['gpus']}, dùng được {usable}. {'; '.join(states)}")
    cards = nvidia_cards()
    if cards and "mxnet" in mxnet_builds():
        way = "make lab GPU=1" if IN_COURSE else "một bản mxnet-cu… thay cho mxnet"
        return Check(None, f"GPU: có {', '.join(cards)}, nhưng {problems[0]}; để dùng GPU: {way}")
    return Check(None, f"GPU: không dùng được ({problems[0]}); khóa học không cần GPU")


def diagnose() -> list[Check]:
    """Return the checks, in the order in which their causes are to be mended."""
    mxnet = Trial(try_mxnet)
    kernel = Trial(try_kernel)
    system = platform.system()
    checks = [check_python(), check_platform(system, platform.machine()), check_numpy()]
    if system == "Linux":
        checks.append(check_libraries())
    result, reason = mxnet.result()
    checks.append(check_mxnet(result, reason, all(check.ok for check in checks)))
    checks += [check_kernel(*kernel.result()), check_memory(), check_disk(), check_gpu(result)]
    return checks


def unaccented(error: UnicodeError) -> tuple[str, int]:
    """Replace, as an error handler of codecs, what a terminal can't show by plain letters."""
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end].translate(PLAIN)
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode("ascii"), error.end


def main() -> int:
    """Print a line for each requirement; return 0 if all are met, else 1."""
    codecs.register_error("unaccented", unaccented)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="unaccented")
    argparse.ArgumentParser(
        prog="python -m d2lutil",
        description="Kiểm tra xem máy này có đủ những gì khóa học cần.",
    ).parse_args()
    checks = diagnose()
    failures = sum(check.ok is False for check in checks)
    verdict = f"Còn {failures} mục phải sửa." if failures else "Mọi thứ đã sẵn sàng."
    print(*checks, verdict, sep="\n")
    return 1 if failures else 0
