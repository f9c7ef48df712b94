"""`make wheel`: builds d2lutil as a wheel, for a class without its worked solutions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from authoring import withheld
from d2lutil import files

ROOT = Path(__file__).resolve().parents[1]
# Under its own name a wheel can't say what it lacks: its folder does.
FOLDERS = {(): "dist", ("solutions=no",): "dist/khong-loi-giai"}
_NEEDED = "pyproject.toml", "README.md", "LICENSE", "setup/d2lutil-mxnet.pth"  # but the package
_USAGE = "cách dùng: make wheel, hay make wheel SOLUTIONS=no (không kèm lời giải)"


class WheelError(RuntimeError):
    """A wheel that could not be built, and why, for the one who asked for it."""


def build(folder: Path, *, solutions: bool = True) -> Path:
    """Build the wheel into `folder`; return its path. The same package gives the same bytes.

    Raises WheelError when there is no uv or it cannot build, OSError when a file can't be copied.
    """
    with tempfile.TemporaryDirectory() as name:
        source, built = ROOT, Path(name, "built")
        if not solutions:
            source = Path(name, "source")
            for needed in _NEEDED:
                (source / needed).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / needed, source / needed)
            withheld.copy_package(source)
        _run("build", "--quiet", "--python", sys.executable, "--wheel", "-o", str(built), source)
        (made,) = built.glob("*.whl")
        folder.mkdir(parents=True, exist_ok=True)
        files.replace(folder / made.name, made.read_bytes())
    return folder / made.name


def _run(*arguments: str | Path) -> None:
    # Where setup/bootstrap.sh puts uv if the machine has none.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(ROOT / ".uv/bin")])
    if (uv := shutil.which("uv", path=path)) is None:
        raise WheelError("không có uv: hãy gõ make wheel, nó tự cài uv")
    done = subprocess.run([uv, *arguments], capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise WheelError(f"uv không dựng được gói d2lutil:\n{done.stderr.strip()}")


def main(arguments: Sequence[str]) -> int:
    """Build the wheel that is asked for; return 0, or 1 after a clear message."""
    folder = FOLDERS.get(tuple(arguments))
    if folder is None:
        print(_USAGE, file=sys.stderr)
        return 1
    try:
        made = build(ROOT / folder, solutions=not arguments)
    except (WheelError, OSError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    print(f"✓ {made.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
