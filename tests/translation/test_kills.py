"""A kill in the middle of a command leaves the old notebook or the new one, whole."""

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from random import Random

import pytest
from nbformat import NotebookNode

from d2lutil import notebook
from d2lutil.translation.__main__ import main

# Imports one file and the other in turn, with the translator's own command, until it is killed,
# and says when it is about to write.
TRANSLATOR = textwrap.dedent("""
    import contextlib, io, sys
    from d2lutil import files
    from d2lutil.translation.__main__ import main

    def announced(path, data, write=files.replace):
        print("writing", file=sys.stderr, flush=True)
        write(path, data)

    files.replace = announced
    with contextlib.redirect_stdout(io.StringIO()):
        while True:
            for name in ("first.po", "second.po"):
                assert main(["import", name]) == 0
""")
# The same, written as one would without thinking: to see that kills do land in the middle.
CARELESS = TRANSLATOR.replace(
    "write=files.replace", "write=lambda path, data: open(path, 'wb').write(data)"
)


@pytest.fixture
def versions(course) -> set[bytes]:
    """Two PO files for the small course, and the bytes of the notebook after each import.

    A large output makes writing take long enough for kills to land in it.
    """
    document = course.read()
    output = {"output_type": "stream", "name": "stdout", "text": "dòng\n" * 40_000}
    document.cells[1].outputs = [NotebookNode(output)]
    notebook.write(course.path, document)
    found = set()
    # Each file was exported from what the other one leaves behind.
    for name, old, new in (
        ("start.po", "thứ hai", "thứ nhất"),
        ("second.po", "thứ nhất", "thứ nhì"),
        ("first.po", "thứ nhì", "thứ nhất"),
    ):
        assert main(["export", str(course.path)]) == 0
        text = Path("a_vn.po").read_text(encoding="utf-8")
        Path("a_vn.po").unlink()
        Path(name).write_text(text.replace(old, new), encoding="utf-8")
        assert main(["import", name]) == 0
        found.add(course.path.read_bytes())
    assert len(found) == 2
    return found


def kill_amid(program: str, random: Random) -> bytes:
    """Run the program, kill it within a few milliseconds of its starting to write, look."""
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE)
    try:
        for _ in range(random.randint(1, 3)):
            assert process.stderr.readline() == b"writing\n"
        time.sleep(random.uniform(0, 0.003))
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    return Path("notebooks/a_vn.ipynb").read_bytes()


@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.long)])
def test_a_kill_during_import_leaves_a_whole_notebook(course, versions, kills):
    random = Random(kills)
    seen = {kill_amid(TRANSLATOR, random) for _ in range(kills)}
    assert seen <= versions
    assert main(["check"]) == 0


@pytest.mark.long
def test_careless_writing_is_caught_by_these_kills(course, versions):
    random = Random(0)
    intact = course.path.read_bytes()
    torn = 0
    for _ in range(40):
        torn += kill_amid(CARELESS, random) not in versions
        course.path.write_bytes(intact)
    assert torn > 0
