"""d2lutil as a wheel: what is in it, and that it works outside the repository."""

import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests import venvs
from tests.test_environment import GROUPS
from tests.venvs import ROOT


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    venvs.uv("build", "--quiet", "--out-dir", folder, ROOT)
    return folder


def package_files():
    """Return the files of the package that git doesn't ignore, relative to the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "d2lutil"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in run.stdout.split("\0") if name and (ROOT / name).exists()}


def test_wheel_holds_the_package_and_nothing_else(built):
    (wheel,) = built.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == package_files()


def test_source_distribution_holds_what_builds_the_wheel(built):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        names = {Path(*Path(name).parts[1:]).as_posix() for name in file.getnames()}
    extras = {"pyproject.toml", "README.md", "LICENSE", "PKG-INFO", ".gitignore"}
    assert names == package_files() | extras


def test_wheel_works_outside_the_repository(built, tmp_path):
    (wheel,) = built.glob("*.whl")
    python = venvs.build(tmp_path / "venv", wheel, *GROUPS["kernel"])

    def run(*command):
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(
            [python, *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout

    code = "print(d2lutil.__file__, d2lutil.try_gpu(), d2lutil.check('model-construction/1', ...))"
    where, device, answer = run("-c", f"import d2lutil; {code}").split(maxsplit=2)
    assert Path(where).is_relative_to(tmp_path)
    assert device == "cpu(0)"
    assert "Chưa làm" in answer
    assert "Mọi thứ đã sẵn sàng." in run("-m", "d2lutil")
