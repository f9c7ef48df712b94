"""Pins agree wherever they are repeated, and no address or path of one machine is published."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PYPROJECT["dependency-groups"]
TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    if name and (ROOT / name).is_file()
]
TEXTS = [path for path in TRACKED if b"\0" not in path.read_bytes()]


def expand(group):
    """Return the requirements of a dependency group and of those it includes."""
    requirements = set()
    for entry in GROUPS[group]:
        requirements |= expand(entry["include-group"]) if isinstance(entry, dict) else {entry}
    return requirements


def test_every_requirement_is_an_exact_pin():
    requirements = PYPROJECT["project"]["dependencies"] + PYPROJECT["build-system"]["requires"]
    requirements += [entry for group in GROUPS for entry in expand(group)]
    for requirement in requirements:
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; .+)?", requirement), requirement


def test_what_the_pins_leave_open_is_fixed_by_a_date():
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", PYPROJECT["tool"]["uv"]["exclude-newer"])
    assert PYPROJECT["project"]["requires-python"] == ">=3.11"


def test_environment_of_conda_agrees():
    environment = YAML(typ="safe").load(ROOT / "environment.yml")
    python, pip, packages = environment["dependencies"]
    assert environment["channels"] == ["conda-forge"]
    assert python == "python=3.13"
    assert pip == "pip"
    assert packages["pip"][-1] == "-e ."
    requirements = map(Requirement, [*PYPROJECT["project"]["dependencies"], *expand("conda")])
    pins = {
        f"{requirement.name}{requirement.specifier}"
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate({"python_version": "3.13"})
    }
    assert sorted(packages["pip"][:-1]) == sorted(pins)
    # Its metadata would have pip take an older NumPy.
    (mxnet,) = expand("cpu")
    assert f"--no-deps {mxnet}\n" in (ROOT / "postBuild").read_text(encoding="utf-8")


def test_the_wheel_is_told_by_its_name():
    wheel = f"d2lutil-{PYPROJECT['project']['version']}-py3-none-any.whl"
    (mxnet,) = expand("cpu")
    for name in ("README.md", "notebooks/index_vn.ipynb"):
        command = f"%pip install -q --no-deps {mxnet} ./{wheel}"
        assert command in (ROOT / name).read_text(encoding="utf-8"), name


def test_development_container_is_the_platform_of_mxnet():
    text = (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    container = json.loads(text)
    assert "--platform=linux/amd64" in container["runArgs"]
    assert container["image"].startswith("python:3.13")


def test_no_lock_file_names_a_host():
    for path in TRACKED:
        assert not re.fullmatch(r".*\.lock|pylock.*\.toml", path.name), path
        if path.name == "package-lock.json":
            # Neither of packages ("resolved") nor of donations ("funding").
            assert "://" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("place", [f"{ROOT}/", f"{Path.home()}/"])
def test_no_path_of_this_machine_is_published(place):
    assert [path for path in TEXTS if place.encode() in path.read_bytes()] == []


def test_no_public_address_while_there_is_none():
    repository = PYPROJECT["tool"]["d2lutil"]["repository"]
    if repository:
        assert re.fullmatch(r"https://[\w.-]+/[\w./-]+[\w-]", repository)
        return
    address = re.compile(
        r"(git(hub|lab|ea|ee)|codeberg|bitbucket)\.(com|org|io)/|[\w-]+\.(github|gitlab)\.io"
        r"|mybinder\.org|nbviewer\.(jupyter\.)?org|colab\.research\.google|repository-code:"
        r"|git-repository-url|\[project\.urls\]"
    )
    # Those who make links to them name these services, none of their users.
    known = {
        f"{folder}elsewhere.py" for folder in ("authoring/book/", "tests/authoring/book/test_")
    }
    for path in TEXTS:
        if path != Path(__file__).resolve() and path.relative_to(ROOT).as_posix() not in known:
            found = address.search(path.read_text(encoding="utf-8"))
            assert not found, f"{path.relative_to(ROOT)}: {found[0]}"
