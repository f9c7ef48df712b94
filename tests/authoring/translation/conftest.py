"""A small course in a folder of its own: one notebook, a glossary, git at hand."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from authoring import notebook
from authoring.translation.__main__ import main
from tests.writing import code, markdown, write

GLOSSARY = """\
names = ["Gluon"]

[[ambiguous]]
english = "for instance"
reason = "nghĩa là “chẳng hạn”"

[[term]]
term = "layer"
vi = "tầng"
forbidden = ["lớp"]
note = "“lớp” dành cho *class*"
definition = "Nhóm nơ-ron được tính cùng một lần."

[[term]]
term = "class"
vi = "lớp"
definition = "Bản thiết kế của các đối tượng."

[[term]]
term = "instance"
vi = "thực thể"
definition = "Một đối tượng được tạo từ một lớp."

[[term]]
term = "neuron"
vi = "nơ-ron"
definition = "Đơn vị nhỏ nhất của mạng."
"""

TITLE = """\
<!--
# Layers

A layer has *neurons*, see [Section 2](a_vn.ipynb#sec_a).

- One: `x`
- Two: $y$
-->

<a id="sec_a"></a>

# Tầng

Một tầng có các *nơ-ron*, xem [Mục 2](a_vn.ipynb#sec_a).

- Một: `x`
- Hai: $y$"""

END = """\
<!--
The second text.

It ends here.
-->

Văn bản thứ hai.

Nó kết thúc ở đây."""


class Course:
    """The folder of a course, and the translator's command run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = Path("notebooks/a_vn.ipynb")

    def run(self, *arguments: str) -> int:
        return main(arguments)

    def read(self):
        return notebook.read(self.path)

    def source(self, cell_id: str) -> str:
        return next(cell.source for cell in self.read().cells if cell.id == cell_id)

    def replace(self, old: str, new: str) -> None:
        """Change the text of the notebook's cells the way a person would, in Jupyter."""
        document = self.read()
        assert any(old in cell.source for cell in document.cells)
        for cell in document.cells:
            cell.source = cell.source.replace(old, new)
        notebook.write(self.path, document)

    def git(self, *arguments: str) -> None:
        identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
        subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)

    def commit(self) -> None:
        if not (self.folder / ".git").exists():
            self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=change")


def lay_out(folder: Path) -> None:
    """Write the small course into `folder`, every cell stamped."""
    (folder / "notebooks").mkdir()
    (folder / "notebooks/glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    cells = [markdown(TITLE, "title"), code("1 + 1"), markdown(END, "end")]
    for cell in cells[::2]:
        cell.metadata["d2l"] = {
            "english": notebook.fingerprint(notebook.split(cell.source).english)
        }
    write(folder / "notebooks/a_vn.ipynb", *cells)


@pytest.fixture
def course(tmp_path, monkeypatch):
    # The translator's own git, not that of a hook that may be running the tests.
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    lay_out(tmp_path)
    return Course(tmp_path)
