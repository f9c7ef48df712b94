"""d2lutil as a wheel: what is in it, and that it works outside the repository."""

import os
import re
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
    assert names == package_files() | {"d2lutil-mxnet.pth"}


def test_source_distribution_holds_what_builds_the_wheel(built):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        names = {Path(*Path(name).parts[1:]).as_posix() for name in file.getnames()}
    extras = {"pyproject.toml", "README.md", "LICENSE", "PKG-INFO", ".gitignore"}
    extras |= {"setup/d2lutil-mxnet.pth"}
    assert names == package_files() | extras


# One use of each module that says whether it works, for a session in an empty folder. Exercises
# are all tried: a section's module needs no entry.
TRIALS = {
    "d2lutil": "d2lutil.Timer().stop()",
    "d2lutil.__main__": "",  # it is the doctor, which is run
    "d2lutil.checkpoint": """
net, other = nn.Dense(2, in_units=3), nn.Dense(2)
net.initialize()
d2lutil.save_checkpoint("run.ckpt", net, epoch=4)
assert d2lutil.load_checkpoint("run.ckpt", other) == {"epoch": 4}
assert (other.weight.data() == net.weight.data()).all()
""",
    "d2lutil.device": """
assert d2lutil.try_gpu() == d2lutil.cpu() and d2lutil.try_all_gpus() == [d2lutil.cpu()]
parts, _ = d2lutil.split_batch([1, 2, 3], [1, 2, 3], [d2lutil.cpu(0), d2lutil.cpu(1)])
assert [len(part) for part in parts] == [2, 1]
""",
    "d2lutil.doctor": """
with open("nvidia-smi", "w") as tool:
    tool.write("#!/bin/sh\\necho 'GPU 0: NVIDIA A30 (UUID: GPU-1)'\\n")
os.chmod("nvidia-smi", 0o755)
os.environ["PATH"] = os.getcwd() + os.pathsep + os.environ["PATH"]
checks = [
    doctor.check_platform(system, machine)
    for system in ("Darwin", "Linux", "Windows")
    for machine in ("arm64", "aarch64", "AMD64", "riscv64")
]
reasons = ["libcuda.so.1", "libcudnn.so.8: cannot open", "OSError: a damaged file"]
checks += [doctor.check_mxnet(None, reason, True) for reason in reasons]
checks += [doctor.check_kernel(None, "a reason"), doctor.check_kernel(["/usr/bin/python3"], "")]
checks += [doctor.check_gpu({"gpus": 0, "problems": ["a reason"]})]
doctor.platform.python_version = lambda: "3.9.1"
checks += [doctor.check_python(), doctor.Check(False, "", doctor.repair("d2lutil"))]
print(*checks, sep="\\n")
""",
    "d2lutil.exercises": """
for id, exercise in exercises.all_exercises().items():
    names = {}
    exec(d2lutil.solution(id).code, names)
    assert d2lutil.check(id, names["answer"]).passed, id
    assert not d2lutil.check(id, None).passed, id
    assert exercise.hints[0] in repr(d2lutil.hint(id)), id
""",
    "d2lutil.exercises.exercise": "assert exercise.Result(True, 'Tốt.')._repr_markdown_()",
    "d2lutil.exercises.guard": "assert 'ZeroDivisionError' in guard.trouble(lambda: 1 / 0)",
    "d2lutil.exercises.lesson": "assert lesson.start_lesson(errors='Plain') is None",
    "d2lutil.exercises.probe": "assert probe.whole(3.0, 'answer()') == 3",
    "d2lutil.exercises.session": """
with session.kept(*session.settings()):
    os.environ["D2L_TRIAL"] = "1"
assert "D2L_TRIAL" not in os.environ
""",
    "d2lutil.files": """
files.replace("a.txt", b"1")
assert open("a.txt").read() == "1"
""",
    "d2lutil.gradients": """
assert d2lutil.gradient_gaps(nn.Activation("tanh"), np.ones(2)) == {"input 0": 0}
""",
    # MXNet is imported by then.
    "d2lutil.mxnet_compat": """
assert type(npx.__loader__) is mxnet_compat._Loader
""",
    "d2lutil.mxnet_finder": "assert sys.meta_path[0] is mxnet_finder.MXNetFinder",
    "d2lutil.plotting": """
d2lutil.plot([1, 4, 9], xlabel="số tầng")
matplotlib.pyplot.savefig("plot.svg")
assert "<svg" in open("plot.svg").read()
""",
    "d2lutil.progress": """
os.environ["D2L_PROGRESS"] = os.path.abspath("progress.json")
assert "1/6" in progress.note("parameters/1") and progress.main(["--reset"]) == 0
""",
    "d2lutil.questions": """
assert all(d2lutil.quick_questions(name).questions for name in d2lutil.exercises.SECTIONS)
""",
    "d2lutil.timing": """
assert d2lutil.measure(sum, [1, 2]).median > 0
assert list(d2lutil.compare({"a": list, "b": dict})) == ["a", "b"]
with d2lutil.Benchmark("Nhân"):
    pass
""",
}
SESSION = """
import importlib, os, pkgutil, sys
import matplotlib.pyplot
from mxnet import np, npx
from mxnet.gluon import nn
import d2lutil

npx.set_np()
trials = eval(sys.stdin.read())
names = {module.name for module in pkgutil.walk_packages(d2lutil.__path__, "d2lutil.")}
sections = {f"d2lutil.exercises.{name.replace('-', '_')}" for name in d2lutil.exercises.SECTIONS}
assert names | {"d2lutil"} == trials.keys() | sections, names ^ trials.keys()
for name, trial in trials.items():
    print("==", name, flush=True)
    module = importlib.import_module(name) if trial else None
    assert module is None or module.__file__.startswith(sys.prefix), module.__file__
    exec(trial, {**globals(), name.rpartition(".")[2]: module})
"""


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """Return a function that runs the Python of an environment with the wheel, in no course."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (wheel,) = built.glob("*.whl")
    python = venvs.build(folder / "venv", wheel, *GROUPS["cpu"], *GROUPS["kernel"])
    (folder / "empty").mkdir()

    def run(*command, given=""):
        run = subprocess.run(
            [python, *command],
            cwd=folder / "empty",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            input=given,
            capture_output=True,
            encoding="utf-8",
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    return run


def test_every_module_works_from_the_wheel(installed):
    told = installed("-c", SESSION, given=repr(TRIALS))
    advice = told.partition("== d2lutil.doctor\n")[2].partition("== ")[0]
    assert "Rosetta" in advice
    assert "nvidia-cudnn-cu11" in advice
    assert "NVIDIA A30" in advice
    assert "một môi trường mới" in advice
    names = "make|" + "|".join(re.escape(path.name) for path in ROOT.iterdir())
    assert not re.search(rf"(?<![\w./-])(?:{names})(?![\w/-])", advice), advice


def test_the_doctor_works_from_the_wheel(installed):
    assert "Mọi thứ đã sẵn sàng." in installed("-m", "d2lutil")
