"""The archives for a class: what is in them, and that a student can work with one."""

import io
import json
import re
import sys
import zipfile
from pathlib import Path

import pytest
from nbclient import NotebookClient

from authoring import handout, notebook
from d2lutil.exercises import OPEN, SECTIONS, all_exercises
from tests import venvs, writing
from tests.authoring.book.browsing import PROJECT, needs_chromium
from tests.authoring.book.conftest import Course, text
from tests.test_environment import GROUPS

TAUGHT = "Giáo viên của bạn sẽ chữa bài này."


@pytest.fixture
def packed(tmp_path):
    """Return a function that gives the files of a section's archive, by their places in it."""
    papers, package = tmp_path / "papers", tmp_path / "d2lutil-0-py3-none-any.whl"
    papers.mkdir()
    package.write_bytes(b"wheel")
    for section in SECTIONS:
        for name in (f"{section}_vn-khong-loi-giai.pdf", f"bai-tap-{section}_vn.pdf"):
            (papers / name).write_text(name)

    def files(section):
        data = handout.archive(section, PROJECT, papers, package)
        assert data == handout.archive(section, PROJECT, papers, package)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            found = {name: archive.read(name) for name in archive.namelist()}
        assert all(name.startswith(f"{handout.FOLDER}/") for name in found)
        return {name.removeprefix(f"{handout.FOLDER}/"): data for name, data in found.items()}

    return files


@pytest.mark.parametrize("section", SECTIONS)
def test_an_archive_has_all_that_a_student_needs(packed, section):
    files = packed(section)
    stem = f"{section}_vn"
    papers = {f"{stem}-khong-loi-giai.pdf", f"bai-tap-{stem}.pdf"}
    nb = notebook.loads(files[f"{stem}.ipynb"].decode())
    course = notebook.read(PROJECT / "notebooks" / f"{stem}.ipynb")
    shown = set(re.findall(r"\]\((img/[\w.-]+)", "".join(cell.source for cell in course.cells)))
    others = {f"{stem}.ipynb", "DOC-TRUOC.txt", "d2lutil-0-py3-none-any.whl"}
    assert set(files) == papers | shown | others
    for name in shown:
        assert files[name] == (PROJECT / "notebooks" / name).read_bytes()
    first, *cells = nb.cells
    assert "./d2lutil-0.1.0-py3-none-any.whl" in first.source
    assert [cell.id for cell in cells] == [cell.id for cell in course.cells]
    code = [(mine, theirs) for mine, theirs in zip(cells, course.cells, strict=True)]
    for mine, theirs in code:
        if mine.cell_type == "code":
            assert (mine.source, mine.outputs, mine.execution_count) == (theirs.source, [], None)


def test_the_answers_to_the_open_exercises_are_the_teachers(packed):
    for section, number in (id.split("/") for id in OPEN):
        cells = json.loads(packed(section)[f"{section}_vn.ipynb"])["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        parts = re.split(r"(?=^##+ )", "\n".join(texts), flags=re.MULTILINE)
        (asked,) = (part for part in parts if part.startswith(f"### Bài {number}: "))
        assert asked.count(TAUGHT) == asked.count("<details>") == 1


@pytest.fixture
def small(tmp_path):
    """A course of one page with one exercise."""
    course = Course(tmp_path / "course")
    check = writing.code('import d2lutil\n\nd2lutil.check("index/2")', id="check")
    course.add("index_vn.ipynb", text("# Một"), text("### Bài 1: vẽ\n\nVẽ."), check)
    return course


def test_without_chromium_it_says_so_and_makes_nothing(small):
    done = small.run(
        *[sys.executable, "-m", "authoring.handout"], PATH=str(Path(sys.executable).parent)
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"✗ cần Chromium hay Chrome để in sách: .+\n", done.stderr)
    assert not (small.root / "dist").exists()


def test_only_a_handout_without_solutions_can_be_had(small):
    done = small.run(sys.executable, "-m", "authoring.handout", "solutions=yes")
    assert (done.returncode, done.stdout) == (1, "")
    assert "make handout" in done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The archives of the whole course, made twice."""
    root = tmp_path_factory.mktemp("course")
    for name in ("notebooks", "authoring", "d2lutil", "book.toml", "setup"):
        (root / name).symlink_to(PROJECT / name)
    twice = [handout.make(root, root / name) for name in ("first", "second")]
    for one, other in zip(*twice, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name
    return {path.stem: path for path in twice[0]}


@pytest.mark.long
@needs_chromium
def test_the_whole_course_is_the_same_twice_and_nothing_is_left_beside_it(made):
    assert list(made) == list(SECTIONS)
    (folder,) = {path.parent for path in made.values()}
    assert sorted(folder.iterdir()) == sorted(made.values())


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """The Python of a Jupyter that knows nothing of the course."""
    venv = tmp_path_factory.mktemp("jupyter") / "venv"
    return venvs.build(venv, "pip", "numpy", "matplotlib", "requests", *GROUPS["kernel"])


@pytest.mark.long
@needs_chromium
@pytest.mark.parametrize("section", ["index", "parameters"])
def test_a_student_works_with_what_was_handed_out(made, jupyter, section, tmp_path, monkeypatch):
    with zipfile.ZipFile(made[section]) as archive:
        archive.extractall(tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.delenv("PYTHONPATH", raising=False)  # the course's own d2lutil is not the student's
    monkeypatch.setenv("D2L_PROGRESS", str(tmp_path / "progress.json"))
    argv = [str(jupyter), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Student", "language": "python"}
    (tmp_path / "kernels/student").mkdir(parents=True)
    (tmp_path / "kernels/student/kernel.json").write_text(json.dumps(spec))

    folder = tmp_path / handout.FOLDER
    nb = notebook.read(folder / f"{section}_vn.ipynb")
    nb.cells[0].source = nb.cells[0].source.replace("# %pip", "%pip")
    cells = {cell.id: cell for cell in nb.cells}
    answers = {
        re.search(r'check\("(.+)"\)', cells[name.replace("-answer", "-check")].source)[1]: cell
        for name, cell in cells.items()
        if name.endswith("-answer")
    }
    for id, cell in answers.items():
        cell.source = all_exercises()[id].solution.code
    for call in ("hint", "solution"):
        code = f'import d2lutil\n\nd2lutil.{call}("{section}/1")'
        nb.cells.append(writing.code(code, id=f"last-{call}"))
    client = NotebookClient(nb, kernel_name="student", timeout=600, startup_timeout=600)
    client.execute(cwd=str(folder))

    told = {cell.id: "".join(map(str, cell.outputs)) for cell in nb.cells if "outputs" in cell}
    for cell in answers.values():
        assert "✓ Đúng!" in told[cell.id.replace("-answer", "-check")], cell.id
    assert all_exercises()[f"{section}/1"].hints[0][:20] in told["last-hint"]
    assert TAUGHT in told["last-solution"]
