"""The class in a cluster, as far as it can be tried where there is neither one nor its engine."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests import venvs
from tests.test_environment import GROUPS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
CHART = "4.4.0"
# Of the chart's schema, the part that our values use; the schema itself is not ours to keep.
# A word that stands for all below it is checked by what reads it.
KNOWN = {
    "hub": {"config": ..., "templatePaths": ..., "resources": ...},
    "proxy": {
        "service": {"type": ...},
        "https": {"enabled": ..., "hosts": ..., "letsencrypt": {"contactEmail": ...}},
    },
    "singleuser": {
        "image": {"name": ..., "tag": ...},
        "cmd": ...,
        "startTimeout": ...,
        "extraEnv": ...,
        "memory": {"guarantee": ..., "limit": ...},
        "cpu": {"guarantee": ..., "limit": ...},
        "storage": {"capacity": ...},
        "profileList": ...,
    },
    "scheduling": {
        "podPriority": {"enabled": ...},
        "userPlaceholder": {"enabled": ..., "replicas": ...},
        "userScheduler": {"enabled": ...},
    },
    "prePuller": {"hook": {"enabled": ...}, "continuous": {"enabled": ...}},
    "cull": {"enabled": ..., "timeout": ..., "every": ...},
}


@pytest.fixture(scope="module")
def values():
    return YAML(typ="safe").load(FOLDER / "values.yaml")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The Python of an environment with the chart's spawner and the builder of the image."""
    return venvs.build(tmp_path_factory.mktemp("cluster") / "venv", *GROUPS["cluster"])


def unknown(values, known, path=""):
    for name, value in values.items():
        if name not in known:
            yield f"{path}{name}"
        elif known[name] is not ...:
            yield from unknown(value, known[name], f"{path}{name}.")


def test_the_values_are_what_the_chart_of_this_version_knows(values):
    assert list(unknown(values, KNOWN)) == []
    assert f" {CHART}." in (FOLDER / "values.yaml").read_text(encoding="utf-8").split("\n")[0]
    assert f"--version {CHART} " in (FOLDER / "install.sh").read_text(encoding="utf-8")
    assert list(unknown({"hub": {"confg": 1}}, KNOWN)) == ["hub.confg"]


def test_what_the_image_is_asked_for_is_in_it(values):
    script = (FOLDER / "build-image.sh").read_text(encoding="utf-8")
    (place,) = re.findall("--target-repo-dir (\\S+)", script)
    student = values["singleuser"]
    paths = [student["cmd"][1], student["extraEnv"]["JUPYTER_CONFIG_PATH"]]
    for path in paths:
        assert (ROOT / Path(path).relative_to(place)).exists(), path
    # A student's disk covers the home: what is elsewhere is lost when their server stops.
    assert student["extraEnv"]["D2L_LAB"].startswith("/home/jovyan/")
    assert not place.startswith("/home/")


def test_kubernetes_takes_the_pods_and_disks_of_both_profiles(values, cluster):
    done = subprocess.run(
        [cluster, Path(__file__).with_name("pods.py")],
        input=json.dumps(values),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    claim, cpu, gpu = json.loads(done.stdout)
    assert claim["spec"]["resources"]["requests"] == {"storage": "1Gi"}
    container = cpu["spec"]["containers"][0]
    assert container["resources"] == {
        "requests": {"cpu": 0.1, "memory": 350 * 2**20},
        "limits": {"cpu": 1, "memory": 1536 * 2**20},
    }
    one = {thing["name"] for thing in container["env"] if thing["value"] == "1"}
    assert {"OMP_NUM_THREADS", "MXNET_CPU_WORKER_NTHREADS"} <= one
    assert gpu["spec"]["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == "1"


@pytest.mark.parametrize("options", [[], ["gpu", "solutions=no"]])
def test_repo2docker_reads_the_recipe_of_the_image(options, cluster, tmp_path):
    """It writes the file that an engine would build from, and stops there."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    shutil.copytree(ROOT / "deploy", clone / "deploy", dirs_exist_ok=True)
    script = clone / "deploy" / "kubernetes" / "build-image.sh"
    done = subprocess.run(
        ["sh", script, "registry.example.vn/course:1", *options, "--no-build", "--debug"],
        env={"PATH": f"{cluster.parent}:{Path(sys.executable).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    written = done.stdout + done.stderr
    order = [
        "apt-get install --yes --no-install-recommends libgomp1 libquadmath0",
        "COPY --chown=1000:1000 src/ ${REPO_DIR}/",
        '--file "environment.yml"',
        "RUN ./postBuild",
    ]
    places = [written.index(step) for step in order]
    assert places == sorted(places)
    pins = {pin.partition(" ;")[0] for pin in GROUPS["gpu"]}
    (appendix,) = re.findall("^RUN pip uninstall.*", written, re.MULTILINE) or [""]
    assert pins <= set(appendix.split()) if options else not appendix


@pytest.mark.long
def test_in_the_environment_of_the_image_a_section_runs(tmp_path):
    """What conda hands to pip, then postBuild, with the Python that conda would bring."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    python, _, packages = YAML(typ="safe").load(clone / "environment.yml")["dependencies"]
    venvs.uv("venv", "-q", "--seed", "--python", python.partition("=")[2], tmp_path / "venv")
    (tmp_path / "pip.txt").write_text("\n".join(packages["pip"]))
    bin_folder = tmp_path / "venv" / "bin"
    for command in (
        ["pip", "install", "-q", "-r", tmp_path / "pip.txt"],
        ["sh", "postBuild"],
        ["python", "-m", "authoring.reproduce", "notebooks/parameters_vn.ipynb"],
    ):
        environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
        environment.pop("PYTHONPATH", None)
        subprocess.run(command, cwd=clone, env=environment, check=True)
