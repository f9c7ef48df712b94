import ast
import json
import shutil
import subprocess
import sys

import pytest

from authoring import notebook
from authoring.book import download
from tests import course, writing
from tests.authoring.book.conftest import PROJECT

ADDRESS = "https://example.com/owner/name"


@pytest.mark.parametrize("name", course.listed())
def test_only_a_first_cell_is_added(name):
    stored = notebook.read(course.FOLDER / name)
    data = download.made(stored)
    first, *rest = notebook.loads(data.decode()).cells
    assert (first.cell_type, first.id, first.outputs) == ("code", "needed-packages", [])
    assert rest == stored.cells
    assert data == download.made(stored)


def first_cells(root):
    """The first cell of what the project in a folder offers, and of what is handed out."""
    path = writing.write(root / "a.ipynb", writing.markdown("# A"))
    code = (
        "from authoring import notebook; from authoring.book import download; import json; "
        "offered = json.loads(download.made(notebook.read('a.ipynb'))); "
        "handed_out = download.first_cell(handed_out=True)['source']; "
        "print(json.dumps([''.join(offered['cells'][0]['source']), handed_out]))"
    )
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    path.unlink()
    return json.loads(run.stdout)


def test_the_cell_names_the_wheel_or_the_public_address(tmp_path):
    for package in ("authoring", "d2lutil"):
        shutil.copytree(PROJECT / package, tmp_path / package)
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    for repository, way, package in [
        ("", "tệp d2lutil-0.1.0-py3-none-any.whl\n", "./d2lutil-0.1.0-py3-none-any.whl"),
        (ADDRESS, "hãy bỏ dấu # ở đầu dòng %pip", f"git+{ADDRESS}"),
    ]:
        changed = text.replace('\nrepository = ""\n', f'\nrepository = "{repository}"\n')
        (tmp_path / "pyproject.toml").write_text(changed, encoding="utf-8")
        cell, handed_out = first_cells(tmp_path)
        ast.parse(cell)
        assert way in cell
        assert f"\n# %pip install -q --no-deps mxnet==1.9.1 {package}\n" in cell
        assert "make wheel" not in cell or not repository
        # A class gets the package without solutions, wherever the other one may be had.
        ast.parse(handed_out)
        assert "make wheel" not in handed_out
        assert " mxnet==1.9.1 ./d2lutil-0.1.0-py3-none-any.whl\n" in handed_out
