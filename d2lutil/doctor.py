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
import sysconfig
import unicodedata
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, Callable, NamedTuple

# What runs, and up to which version that was tried: newer ones are named, not refused.
PYTHON, PYTHON_TRIED = "3.11", "3.14"
NUMPY, NUMPY_TRIED = "1.23.5", "2.5"
# As in pyproject.toml, which can't be relied on here; tests/test_doctor.py compares them.
MXNET = "1.9.1"
NUMPY_PIN = "2.5.5" if sys.version_info >= (3, 12) else "2.4.6"
CUDA_WHEELS = """
    nvidia-cublas-cu11==11.10.3.66 nvidia-cuda-nvrtc-cu11==11.7.99
    nvidia-cuda-runtime-cu11==11.7.99 nvidia-cudnn-cu11==8.5.0.96 nvidia-cufft-cu11==10.7.2.91
    nvidia-curand-cu11==10.2.10.91 nvidia-cusolver-cu11==11.4.0.1
    nvidia-cusparse-cu11==11.7.4.91 nvidia-nccl-cu11==2.14.3 nvidia-nvtx-cu11==11.7.91
"""

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
FIRST = "sửa các mục ✗ ở trên trước"


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
            return None, f"tiến trình bị tín hiệu {signal.Signals(-status).name} làm dừng"
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
        # NumPy wraps the cause of a failed import in a page of advice.
        cause: BaseException = error
        while cause.__cause__:
            cause = cause.__cause__
        lines = str(cause).splitlines() or [""]
        # MXNet's own errors begin with a traceback of C++.
        reason = lines[-1] if lines[0].startswith("Traceback") else lines[0]
        reason = f"{type(cause).__name__}: {reason}".rstrip(".")
    print(json.dumps([value, reason]))


def try_numpy() -> str:
    """Import NumPy; return its version."""
    import numpy

    return str(numpy.__version__)


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


def found(module: str, folders: list[str]) -> Path | None:
    """Return the file or folder in ``folders`` that Python would import, without importing it."""
    spec = PathFinder.find_spec(module, folders)
    if spec is None or spec.origin is None:
        return None
    return Path([*(spec.submodule_search_locations or []), spec.origin][0])


def numbers(version: str) -> list[int]:
    """Return a version as something that can be compared."""
    return [int(number) for number in re.findall(r"\d+", version)]


def python_runs_mxnet() -> bool:
    """Return whether this interpreter is one that MXNet runs on."""
    recent = numbers(platform.python_version()) >= numbers(PYTHON)
    return recent and platform.python_implementation() == "CPython" and sys.maxsize > 2**32


def repair(requirements: str, damaged: bool = False) -> str:
    """Return the command that brings ``requirements`` into this environment, anew if damaged."""
    prefix = Path(sys.prefix).resolve()
    own = sys.prefix != sys.base_prefix or (prefix / "conda-meta").exists()
    right = python_runs_mxnet()
    ours = ROOT in prefix.parents
    if IN_COURSE and (ours or not (own and right)):
        others = {".venv-gpu": "make lab GPU=1", ".venv-test": "make test"}
        if prefix.name.startswith(".venv-3"):
            others[prefix.name] = f"make check PYTHON={prefix.name[6:]}"
        remove = f'rm -r "{prefix}" && ' if damaged and ours else ""
        return f'cd "{ROOT}" && {remove}{others.get(prefix.name, "make lab")}'
    # Debian's, Ubuntu's and Homebrew's Python refuse pip; that of a hosted notebook doesn't.
    refuses = Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists()
    if not right or (refuses and not own):
        return (
            f"tạo một môi trường mới bằng Python từ {PYTHON} trở lên (Debian 12, Ubuntu 24.04, "
            'Fedora và Homebrew có sẵn), chẳng hạn bằng `uv venv --python ">=3.11"`'
        )
    again = "--force-reinstall " if damaged else ""
    if importlib.util.find_spec("pip"):
        return f'"{sys.executable}" -m pip install {again}{requirements}'
    return f'uv pip install --python "{sys.executable}" {again}{requirements}'


def check_python() -> Check:
    """Check this interpreter."""
    name, version = platform.python_implementation(), platform.python_version()
    bits = "" if sys.maxsize > 2**32 else ", bản 32 bit"
    text = f"{'Python' if name == 'CPython' else name} {version}{bits} ({sys.executable})"
    if not python_runs_mxnet():
        problem = f"khóa học cần CPython 64 bit từ {PYTHON} trở lên"
        return Check(False, f"{text}: {problem}", repair("d2lutil"))
    if numbers(version)[:2] > numbers(PYTHON_TRIED):
        return Check(None, f"{text}: chưa được thử, khóa học mới được thử đến {PYTHON_TRIED}")
    return Check(True, text)


def check_path() -> list[Check]:
    """Check that nothing beside the reader or on PYTHONPATH takes the place of a library."""
    value = os.environ.get("PYTHONPATH", "")
    extra = [os.path.abspath(folder) for folder in value.split(os.pathsep) if folder]
    rest = [folder for folder in sys.path[1:] if folder not in extra]
    checks = []
    for module in ("numpy", "mxnet"):
        first = found(module, sys.path[:1])
        if first and first != found(module, rest):
            text = f"Thư mục hiện tại: {first} trùng tên với thư viện {module} nên bị import thay"
            checks.append(Check(False, text, "đổi tên nó, hoặc chạy Python ở thư mục khác"))
    if extra:
        pairs = [(found(name, extra), found(name, rest)) for name in ("numpy", "mxnet", "d2lutil")]
        hiding = [str(first) for first, own in pairs if first and own and first != own]
        problem = f" nên {', '.join(hiding)} che mất bản đã cài" if hiding else ""
        text = f"PYTHONPATH={value}: Python tìm ở đây trước{problem}"
        checks.append(Check(False, text, "unset PYTHONPATH") if hiding else Check(None, text))
    return checks


def check_platform(system: str, machine: str, libc: str = "glibc") -> Check:
    """Say whether a wheel of MXNet 1.9.1 runs on a platform, named as module platform does."""
    text = f"Nền tảng: {'macOS' if system == 'Darwin' else system} {machine}"
    folder = " (thư mục .devcontainer)" if IN_COURSE else ""
    container = f"dùng một container linux/amd64{folder}, chưa được thử"
    if system == "Linux" and machine == "x86_64" and libc != "glibc":
        problem = f"MXNet {MXNET} cần glibc, nhưng Python này dùng thư viện C khác (như musl)"
        return Check(False, f"{text}: {problem}", f"{container}, hoặc một bản Linux có glibc")
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


def check_numpy(version: str | None, reason: str, healthy: bool) -> Check:
    """Judge what `try_numpy` gave; ``healthy`` says whether all it builds on is right."""
    place, installed = found("numpy", sys.path), version_of("numpy")
    wanted = f"numpy=={NUMPY_PIN}"
    if not place:
        return Check(False, "NumPy: chưa cài", repair(wanted) if healthy else FIRST)
    text = f"NumPy {version}" if version else "NumPy"
    if version is None:
        problem, fix = f"không import được ({reason})", repair(wanted, damaged=True)
    elif numbers(version) < numbers(NUMPY):
        problem, fix = f"khóa học cần NumPy từ {NUMPY} trở lên", repair(wanted)
    elif installed and installed != version:
        problem = f"không phải bản {installed} mà môi trường ghi là đã cài"
        fix = repair(wanted, damaged=True)
    elif numbers(version)[:2] > numbers(NUMPY_TRIED):
        return Check(None, f"{text}: chưa được thử, khóa học mới được thử đến {NUMPY_TRIED}")
    else:
        return Check(True, text)
    return Check(False, f"{text} ({place}): {problem}", fix if healthy else FIRST)


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
        build = re.fullmatch(r"mxnet(?:-cu(\d+)(\d))?(?:-?mkl|-native)?", name)
        if build:
            tags = re.findall(r"(?m)^Tag: \S+-(\S+)$", distribution.read_text("WHEEL") or "")
            device = f"CUDA {build[1]}.{build[2]}" if build[1] else "CPU"
            builds[name] = f"MXNet {distribution.version}, bản {device} ({', '.join(tags)})"
    return builds


def check_mxnet(result: dict[str, Any] | None, reason: str, healthy: bool) -> Check:
    """Judge what `try_mxnet` gave; ``healthy`` says whether all it builds on is right."""
    builds = mxnet_builds()
    text = " và ".join(builds.values()) or (f"MXNet {result['version']}" if result else "MXNet")
    name = "mxnet-cu117" if any("-cu" in build for build in builds) else "mxnet"
    # MXNet's metadata would bring NumPy 1.
    wanted = f"--no-deps {name}=={MXNET}"
    removal = f"gỡ {' và '.join(builds)} rồi " if set(builds) - {name} else ""
    if not builds and not result:
        problem, fix = "chưa cài", repair(wanted)
    elif len(builds) > 1:
        problem, fix = f"{len(builds)} bản ghi đè lên nhau", removal + repair(wanted)
    elif builds and version_of(next(iter(builds))) != MXNET:
        problem, fix = f"khóa học cần MXNet {MXNET}", removal + repair(wanted)
    elif result and result["version"] == MXNET:
        return Check(True, text)
    elif result:
        problem, fix = f"lại import được bản {result['version']}", repair(wanted, damaged=True)
    elif "No module named 'requests'" in reason:
        problem, fix = "thiếu requests mà nó cần", repair("requests")
    elif "libcuda.so.1" in reason:
        problem = f"máy chưa có trình điều khiển NVIDIA ({reason})"
        cpu = f"gỡ {next(iter(builds), name)} rồi {repair(f'--no-deps mxnet=={MXNET}')}"
        cpu = f'cd "{ROOT}" && make lab' if IN_COURSE else cpu
        fix = f"cài trình điều khiển NVIDIA, hoặc dùng bản CPU: {cpu}"
    elif re.search(r"lib(cu|nv|nccl)\w*\.so", reason):
        wheels = CUDA_WHEELS.split()
        missing = [wheel for wheel in wheels if version_of(wheel.split("==")[0]) is None]
        names = ", ".join(wheel.split("==")[0] for wheel in missing)
        which = f"thiếu {names}" if missing else "một gói nvidia-… bị hỏng"
        problem = f"không tìm thấy thư viện CUDA: {which} ({reason})"
        fix = f'cd "{ROOT}" && make lab GPU=1'
        if not IN_COURSE:
            fix = removal + repair(f"{wanted} {' '.join(missing or wheels)}", damaged=not missing)
    else:
        problem, fix = f"không import được ({reason})", repair(wanted, damaged=True)
    return Check(False, f"{text}: {problem}", fix if healthy else FIRST)


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
    names = {"python", "python3", f"python3.{sys.version_info[1]}"}
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
        wanted = " ".join([f"--no-deps mxnet-cu117=={MXNET}", *CUDA_WHEELS.split()])
        way = "make lab GPU=1" if IN_COURSE else f"gỡ mxnet rồi {repair(wanted)}"
        return Check(None, f"GPU: có {', '.join(cards)}, nhưng {problems[0]}; để dùng GPU: {way}")
    return Check(None, f"GPU: không dùng được ({problems[0]}); khóa học không cần GPU")


def diagnose() -> list[Check]:
    """Return the checks, in the order in which their causes are to be mended."""
    numpy, mxnet, kernel = Trial(try_numpy), Trial(try_mxnet), Trial(try_kernel)
    system = platform.system()
    place = check_platform(system, platform.machine(), platform.libc_ver()[0])
    checks = [check_python(), place, *check_path()]
    checks.append(check_numpy(*numpy.result(), all(check.ok is not False for check in checks)))
    if system == "Linux":
        checks.append(check_libraries())
    result, reason = mxnet.result()
    healthy = all(check.ok is not False for check in checks)
    checks.append(check_mxnet(result, reason, healthy))
    if result and version_of("d2lutil") is None:
        text = f"d2lutil: chưa cài, đang chạy từ {ROOT}; hãy import d2lutil trước khi import mxnet"
        checks.append(Check(None, text))
    checks += [check_kernel(*kernel.result()), check_memory(), check_disk(), check_gpu(result)]
    return checks


def unaccented(error: UnicodeError) -> tuple[str, int]:
    """Replace, as an error handler of codecs, what a terminal can't show by plain letters."""
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end].translate(PLAIN)
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode("ascii"), error.end


def look_elsewhere() -> int | None:
    """Examine the course's own environments if this Python isn't meant to run it, else None."""
    pythons = [ROOT / name / "bin" / "python" for name in (".venv", ".venv-gpu")]
    pythons = [python for python in pythons if python.exists()]
    if not IN_COURSE or ROOT in Path(sys.prefix).parents or found("mxnet", sys.path[1:]):
        return None
    code = "import sys; from d2lutil.doctor import main; sys.exit(main(here=True))"
    statuses = []
    for python in pythons:
        text = f"Python này ({sys.executable}) không có MXNet; đây là môi trường của khóa học, "
        print(f"• {text}{python.parents[1]}:", flush=True)
        statuses.append(subprocess.run([python, "-c", code]).returncode)
    return max(statuses, key=abs, default=None)


def main(here: bool = False) -> int:
    """Print a line for each requirement; return 0 if all are met, else 1.

    Looks at the course's own environments in place of a Python without MXNet, unless ``here``.
    """
    codecs.register_error("unaccented", unaccented)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="unaccented")
    argparse.ArgumentParser(
        prog="python -m d2lutil",
        description="Kiểm tra xem máy này có đủ những gì khóa học cần.",
    ).parse_args()
    home = os.environ.get("PYTHONHOME")
    if home:
        # It moves Python out of its environment: whatever else were said would be of another one.
        text = f"PYTHONHOME={home}: Python bỏ môi trường của mình mà lấy thư viện ở đó"
        print(Check(False, text, "unset PYTHONHOME rồi gọi lại bác sĩ"))
        return 1
    status = None if here else look_elsewhere()
    if status is not None:
        return status
    checks = diagnose()
    failures = sum(check.ok is False for check in checks)
    verdict = f"Còn {failures} mục phải sửa." if failures else "Mọi thứ đã sẵn sàng."
    print(*checks, verdict, sep="\n")
    return 1 if failures else 0
