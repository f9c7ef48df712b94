"""The wheel that `make wheel` builds: under which conditions, and what a class gets."""

import shutil
import zipfile
from pathlib import Path

import pytest

from authoring import wheel
from tests import venvs


@pytest.fixture(scope="module")
def for_a_class(tmp_path_factory):
    if shutil.which("uv", path=venvs.PATH) is None:
        pytest.skip("không có uv")
    return wheel.build(tmp_path_factory.mktemp("wheel"), solutions=False)


def test_a_class_gets_all_files_and_no_solution(for_a_class):
    with zipfile.ZipFile(for_a_class) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
        sources = {name: file.read(name).decode() for name in names if name.endswith(".py")}
    package = wheel.ROOT / "d2lutil"
    files = (path for path in package.rglob("*") if path.suffix in (".py", ".toml"))
    there = {path.relative_to(wheel.ROOT).as_posix() for path in files}
    assert names == there | {"d2lutil-mxnet.pth"}
    assert not any("Solution(code" in source for source in sources.values())
    assert "Solution(" in sources["d2lutil/exercises/parameters.py"]


def test_the_same_package_gives_the_same_bytes(for_a_class, tmp_path):
    again = wheel.build(tmp_path / "again", solutions=False)
    assert again.read_bytes() == for_a_class.read_bytes()
    assert list(again.parent.iterdir()) == [again]


def test_what_cannot_be_built_leaves_the_last_one(for_a_class, tmp_path, monkeypatch):
    last = Path(shutil.copy(for_a_class, tmp_path))
    (tmp_path / "uv").write_text("#!/bin/sh\necho không có mạng >&2\nexit 1\n")
    (tmp_path / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(wheel.WheelError, match="không có mạng"):
        wheel.build(tmp_path, solutions=False)
    assert last.read_bytes() == for_a_class.read_bytes()


def test_only_a_known_wish_is_understood(capsys):
    assert wheel.main(["solutions=maybe"]) == 1
    assert "SOLUTIONS=no" in capsys.readouterr().err
