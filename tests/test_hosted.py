"""A notebook from the book in a Jupyter that is already there, as on Colab or Kaggle."""

import json
import re
import subprocess
import zipfile

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from authoring import notebook
from authoring.book import download
from tests import course, venvs
from tests.test_environment import GROUPS
from tests.venvs import ROOT

INDEX = course.FOLDER / "index_vn.ipynb"  # alone it does not import d2lutil
SECTION = course.FOLDER / "parameters_vn.ipynb"  # with exercises, and nothing that is timed
IN_USE = "import numpy, matplotlib.pyplot\nnumpy.__version__"
AFTER = """
import subprocess, sys
code = "import mxnet, numpy; print(numpy.__version__)"
child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
[numpy.__version__, child.stdout.strip()]
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The Python of an environment with a NumPy that is not the course's, and without MXNet."""
    venv = tmp_path_factory.mktemp("hosted") / "venv"
    return venvs.build(venv, "pip", "numpy<2.4", "matplotlib", "requests", *GROUPS["kernel"])


@pytest.fixture
def run(python, tmp_path, monkeypatch):
    """Return a function that runs cells in a kernel of it, on whatever device the machine has."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.delenv("D2L_DEVICE", raising=False)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Hosted", "language": "python"}
    (tmp_path / "kernels" / "hosted").mkdir(parents=True)
    (tmp_path / "kernels" / "hosted" / "kernel.json").write_text(json.dumps(spec))

    def run(*cells):
        nb = new_notebook(cells=[*cells])
        client = NotebookClient(nb, kernel_name="hosted", timeout=300, startup_timeout=300)
        client.execute(cwd=str(tmp_path))
        return nb.cells

    return run


def pip(python, *arguments):
    command = [python, "-m", "pip", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def results(cell):
    # A kernel sends one line or several at a time.
    printed = "".join(o.text for o in cell.outputs if o.output_type == "stream")
    values = (output.get("data", {}).get("text/plain") for output in cell.outputs)
    return [text for text in (printed, *values) if text]


def test_one_cell_lets_the_course_run_and_changes_nothing_else(python, run, tmp_path):
    venvs.uv("build", "--quiet", "--wheel", "--out-dir", tmp_path, ROOT)
    before = set(pip(python, "freeze").splitlines())
    first, *cells = notebook.loads(download.made(notebook.read(INDEX)).decode()).cells
    cells = [cell for cell in cells if cell.cell_type == "code"]
    section = [cell for _, cell in notebook.named_cells(notebook.read(SECTION), "code")]
    stored = [results(cell) for cell in cells + section]
    install = new_code_cell(first.source.replace("# %pip", "%pip"))
    first.metadata.tags = ["raises-exception"]
    loaded, missing, _, *cells, after = run(
        new_code_cell(IN_USE), first, install, *cells, new_code_cell(AFTER)
    )
    assert missing.outputs[0].evalue.startswith("thiếu mxnet và d2lutil: hãy làm như")
    assert [results(cell) for cell in [*cells, *run(*section)]] == stored
    (version,) = results(loaded)
    assert results(after) == [f"[{version}, {version}]"]
    now = set(pip(python, "freeze").splitlines())
    assert before <= now
    names = {re.match(r"[\w-]+", line)[0] for line in now - before}
    assert names == {"d2lutil", "mxnet"}


def test_pip_takes_d2lutil_from_the_repository(python, tmp_path):
    pip(python, "wheel", "--no-deps", "--wheel-dir", tmp_path, f"git+file://{ROOT}")
    (wheel,) = tmp_path.glob("d2lutil-*.whl")
    assert "d2lutil-mxnet.pth" in zipfile.ZipFile(wheel).namelist()
