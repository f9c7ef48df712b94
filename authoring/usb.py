"""A folder for a USB stick that installs and runs the course without a network: `make usb`.

It holds the wheels for every Python of `PYTHONS`, uv, a Python where it can be had, the course's
files and the finished book; `deploy/usb/` has what stands in it as it is. No file in it is a link
or needs to be executable, so that a stick of FAT keeps it whole.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from packaging import tags
from packaging.pylock import PackageWheel, Pylock, PylockSelectError

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = (3, 11), (3, 12), (3, 13), (3, 14)
_LOWEST, _HIGHEST = ("{}.{}".format(*python) for python in (PYTHONS[0], PYTHONS[-1]))
CARRIED = "3.13"
GLIBC = 28  # the machine's is 2.28 or newer: no wheel that is chosen needs more
CHECKSUMS = "SHA256SUMS"
_PLATFORMS = [
    *(f"manylinux_2_{minor}_x86_64" for minor in range(GLIBC, 4, -1)),
    *(f"manylinux{old}_x86_64" for old in ("2014", "2010", "1")),
]


class UsbError(Exception):
    """Why the folder can't be made; `str()` is one Vietnamese line."""


class Wheel(NamedTuple):
    """A wheel of a release, where it can be had, and the SHA-256 of its bytes."""

    requirement: str
    name: str
    url: str
    sha256: str


def make(root: Path, stick: Path) -> list[str]:
    """Make the folder `stick` for the course in `root`; return what it lacks, a line each.

    Wheels that are there already are not fetched again. Until all is done the folder has no
    checksums, so that its installer refuses it. Raises UsbError when the finished book isn't
    there, when a wheel can't be had or isn't what the lock says, and OSError of the disk.
    """
    book = root / "book" / "html"
    if not list(book.glob("*.epub")):
        raise UsbError(f"{book} không có PDF và EPUB của cả khóa học: hãy chạy make usb")
    stick.mkdir(parents=True, exist_ok=True)
    (stick / CHECKSUMS).unlink(missing_ok=True)
    for path in stick.iterdir():
        if path.name != "wheels":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    wheels = stick / "wheels"
    wheels.mkdir(exist_ok=True)
    wanted = _put_wheels(root, wheels)
    for path in wheels.iterdir():
        if path.name not in wanted:
            path.unlink()
    _put_uv(root, stick)
    lacking = _put_python(stick)
    for name in _tracked(root):
        target = stick / "khoa-hoc" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target)
    shutil.copytree(book, stick / "sach", copy_function=shutil.copyfile)
    for name in ("cai-dat.sh", "hoc.sh"):
        shutil.copyfile(root / "deploy" / "usb" / name, stick / name)
    told = (root / "deploy" / "usb" / "DOC-TRUOC.txt").read_text(encoding="utf-8")
    needed = f", Python từ {_LOWEST} đến {_HIGHEST}" if lacking else ""
    (stick / "DOC-TRUOC.txt").write_text(told.format(python=needed), encoding="utf-8")
    _put_checksums(stick)
    return lacking


def _put_wheels(root: Path, wheels: Path) -> set[str]:
    """Put the wheels there, and for each Python a list of its own; return all their names."""
    uv("build", "-q", "--wheel", "--out-dir", wheels, root, cwd=root)
    (wheels / ".gitignore").unlink(missing_ok=True)  # uv's
    (own,) = wheels.glob("d2lutil-*.whl")
    lock = _lock(root, "--group", "lab", "--group", "cpu")
    project = f"d2lutil=={own.name.split('-')[1]} --hash=sha256:{_sha256(own)}"
    wanted = {own.name}
    for python in PYTHONS:
        chosen = list(_chosen(lock, python))
        lines = [f"{wheel.requirement} --hash=sha256:{wheel.sha256}" for wheel in chosen]
        listed = wheels / "{}.{}.txt".format(*python)
        listed.write_text("\n".join([*lines, project, ""]), encoding="utf-8")
        wanted |= {listed.name, *(wheel.name for wheel in chosen)}
        for wheel in chosen:
            _fetch(wheel, wheels)
    return wanted


def _put_uv(root: Path, stick: Path) -> None:
    """Put there the uv that pyproject.toml pins, with its licences."""
    lock = _lock(root, "--only-group", "setup")
    pinned = next(w for w in _chosen(lock, PYTHONS[0]) if w.name.startswith("uv-"))
    with tempfile.TemporaryDirectory() as folder:
        _fetch(pinned, Path(folder))
        with zipfile.ZipFile(Path(folder, pinned.name)) as wheel:
            for name in wheel.namelist():
                parts = Path(name).parts
                if parts[-2:] == ("scripts", "uv"):
                    (stick / "uv").write_bytes(wheel.read(name))
                elif parts[-2:-1] == ("licenses",):
                    (stick / f"uv-{parts[-1]}.txt").write_bytes(wheel.read(name))


def _put_python(stick: Path) -> list[str]:
    """Put there the archive of a Python that uv takes; return what is lacking without it."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder, "cache")
        command = ["python", "install", "--no-config", "--no-bin", CARRIED]
        places = {"UV_PYTHON_CACHE_DIR": str(cache), "UV_PYTHON_INSTALL_DIR": f"{folder}/python"}
        try:
            uv(*command, environment=places)
        except UsbError:
            return [
                f"không lấy được Python {CARRIED} để mang theo, nên máy cài phải có sẵn Python "
                f"từ {_LOWEST} đến {_HIGHEST}"
            ]
        (archive,) = cache.glob("*.tar.gz")
        (stick / "python").mkdir()
        # Without the piece of its checksum that uv puts before the name.
        shutil.copyfile(archive, stick / "python" / archive.name.partition("-")[2])
    return []


def _lock(root: Path, *groups: str) -> Pylock:
    command = ["export", "-q", "--format", "pylock.toml", "--no-emit-project"]
    told = uv(*command, "--no-default-groups", *groups, cwd=root)
    return Pylock.from_dict(tomllib.loads(told))


def _chosen(lock: Pylock, python: tuple[int, int]) -> Iterator[Wheel]:
    """Yield the wheels of a lock for a Python on Linux x86_64.

    Raises UsbError where a package has none for it.
    """
    version = "{}.{}".format(*python)
    # What markers of the course's packages ask about.
    environment: Any = {
        "python_version": version,
        "python_full_version": f"{version}.0",
        "implementation_name": "cpython",
        "implementation_version": f"{version}.0",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
        "platform_release": "",
        "platform_version": "",
    }
    fitting = [
        *tags.cpython_tags(python, platforms=_PLATFORMS),
        *tags.compatible_tags(python, f"cp{version.replace('.', '')}", platforms=_PLATFORMS),
    ]
    try:
        for package, wheel in lock.select(environment=environment, tags=fitting):
            if not isinstance(wheel, PackageWheel) or not wheel.url:
                raise PylockSelectError(f"{package.name}: no wheel")
            requirement = f"{package.name}=={package.version}"
            yield Wheel(requirement, wheel.filename, wheel.url, wheel.hashes["sha256"])
    except PylockSelectError as error:
        raise UsbError(f"thiếu wheel cho Python {version}, glibc 2.{GLIBC}: {error}") from error


def _fetch(wheel: Wheel, folder: Path) -> None:
    path = folder / wheel.name
    if path.exists() and _sha256(path) == wheel.sha256:
        return
    print(f"  {wheel.name}", flush=True)
    try:
        with urlopen(wheel.url, timeout=60) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
    except URLError as error:
        raise UsbError(f"không tải được {wheel.name}: {error.reason}") from error
    if _sha256(path) != wheel.sha256:
        path.unlink()
        raise UsbError(f"{wheel.name} tải về không đúng tệp mà uv.lock ghi: hãy chạy lại")


def _tracked(root: Path) -> Iterator[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True)
    names = [os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    if not names:
        raise UsbError(f"{root} không phải bản sao git của khóa học")
    yield from (name for name in names if (root / name).is_file())


def _put_checksums(stick: Path) -> None:
    files = sorted(p.relative_to(stick).as_posix() for p in stick.rglob("*") if p.is_file())
    lines = (f"{_sha256(stick / name)}  {name}\n" for name in files)
    (stick / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def uv(
    *arguments: str | Path, cwd: Path = ROOT, environment: Mapping[str, str] | None = None
) -> str:
    """Run uv, which is on the PATH, and return what it prints; UsbError when it fails."""
    try:
        done = subprocess.run(
            ["uv", *arguments],
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    except FileNotFoundError as error:
        raise UsbError("không có uv trên PATH: hãy chạy make usb") from error
    except subprocess.CalledProcessError as error:
        raise UsbError(f"uv {arguments[0]} không chạy được, xem lỗi của uv ở trên") from error
    return done.stdout


def main() -> int:
    """Make `dist/usb`, tell its size and what it lacks; return 1 after one line that says why."""
    stick = ROOT / "dist" / "usb"
    try:
        lacking = make(ROOT, stick)
    except (UsbError, OSError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in stick.rglob("*") if path.is_file())
    for line in lacking:
        print(f"! {line}")
    print(f"✓ {stick.relative_to(ROOT)} ({size / 1e6:.0f} MB)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
