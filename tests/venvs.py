"""Real environments and mounts for tests.

Environments are built by uv, in a second or so out of its cache.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Where setup/bootstrap.sh puts uv if the machine has none.
PATH = os.pathsep.join([os.environ["PATH"], str(ROOT / ".uv" / "bin")])


def uv(*arguments: str | Path) -> None:
    """Run uv with the settings of pyproject.toml."""
    if shutil.which("uv", path=PATH) is None:
        pytest.skip("không có uv, trên PATH hay trong .uv: pipx install uv, hoặc gõ make test")
    subprocess.run(["uv", *arguments], cwd=ROOT, env={**os.environ, "PATH": PATH}, check=True)


def build(folder: Path, *requirements: str | Path) -> Path:
    """Build an environment with this Python, and return its interpreter."""
    uv("venv", "--quiet", "--python", sys.executable, folder)
    python = folder / "bin" / "python"
    uv("pip", "install", "--quiet", "--python", python, *requirements)
    return python


def in_namespace(script: str) -> list[str]:
    """Return a command that runs another one where `script` has changed what is mounted."""
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"]).returncode:
        pytest.skip("máy không cho gắn tạm thời (unshare -m): container cần --privileged")
    return [*unshare, "sh", "-euc", f'{script}\nexec "$0" "$@"']
