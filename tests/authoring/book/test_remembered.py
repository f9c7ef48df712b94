"""What is remembered from build to build changes how long a build takes, and nothing else."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import writing
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_pictures import svg

WORDS = '[[term]]\nterm = "source"\nvi = "nguồn"\ndefinition = "Nơi bắt đầu."\n'


@pytest.fixture
def built(course):
    """A course with enough pages for two processes."""
    (course.notebooks / "img").mkdir()
    (course.notebooks / "img/a.svg").write_text(svg())
    for name in "abcde":
        course.add(f"{name}_vn.ipynb", text(f"# {name}\n\n![hình](img/a.svg) nguồn $x^2$"))
    build(course)
    return course


def build(course: Course) -> dict[str, bytes]:
    done = course.build()
    assert (done.returncode, done.stderr) == (0, "")
    return course.site()


def kept(course: Course) -> list[Path]:
    return sorted((course.root / "book/.pages").iterdir())


def forgotten(course: Course) -> dict[str, bytes]:
    """The site when nothing is remembered."""
    for path in kept(course):
        path.unlink()
    return build(course)


def plain(course: Course, target: Path) -> dict[str, bytes]:
    """The site that mdBook makes with the hooks."""
    done = course.run("mdbook", "build", "--dest-dir", str(target / "book"))
    assert done.returncode == 0, done.stderr
    return Course(target).site()


def edit_page(course):
    path = course.notebooks / "b_vn.ipynb"
    writing.write(path, text("# b mới\n\n[a](a_vn.ipynb)"))


def edit_order(course):
    summary = course.notebooks / "SUMMARY.md"
    summary.write_text("".join(reversed(summary.read_text().splitlines(keepends=True))))


def edit_glossary(course):
    (course.notebooks / "glossary.toml").write_text(WORDS)


def edit_picture(course):
    (course.notebooks / "img/a.svg").write_text(svg(attributes='width="7" height="7"'))


def edit_config(course):
    config = course.root / "book.toml"
    line = '[preprocessor.chapters]\njupyter = "https://a.example/"'
    config.write_text(config.read_text().replace("[preprocessor.chapters]", line))


@pytest.mark.parametrize(
    "edit",
    [edit_page, edit_order, edit_glossary, edit_picture, edit_config],
    ids=lambda e: e.__name__,
)
def test_a_rebuild_gives_the_bytes_of_a_first_build(built, tmp_path, edit):
    before = built.site()
    assert build(built) == before
    edit(built)
    again = build(built)
    assert again != before
    assert again == forgotten(built) == plain(built, tmp_path / "plain")


def test_a_rebuild_makes_only_what_was_edited_and_keeps_only_what_it_used(built):
    first = {path.name: path.stat().st_mtime_ns for path in kept(built)}
    edit_page(built)
    build(built)
    second = {path.name: path.stat().st_mtime_ns for path in kept(built)}
    assert len(first) == len(second) == 5
    assert len(first.items() & second.items()) == 4


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize("damage", [cut, flip, lambda data: b"", lambda data: data + b"x"])
def test_a_damaged_memory_is_not_believed(built, damage):
    before = built.site()
    for path in kept(built):
        path.write_bytes(damage(path.read_bytes()))
    assert build(built) == before


def test_what_is_remembered_under_another_name_is_not_believed(built):
    before = built.site()
    first, *others = kept(built)
    for path in others:
        path.write_bytes(first.read_bytes())
    assert build(built) == before


def test_a_build_that_was_killed_leaves_nothing_wrong(built):
    before = forgotten(built)
    for moment in (0.1, 0.2, 0.3, 0.4, 0.5, 0.7):
        for path in kept(built):
            path.unlink()
        process = subprocess.Popen(
            [sys.executable, "-m", "authoring.book"],
            cwd=built.root,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(moment)
        os.killpg(process.pid, 9)
        process.wait()
        assert build(built) == before


def test_the_first_fault_in_the_order_of_chapters_is_told(built):
    for name in "bcde":
        (built.notebooks / f"{name}_vn.ipynb").write_text("{")
    done = built.build()
    assert done.returncode == 1
    assert done.stderr.startswith("✗ notebooks/b_vn.ipynb, dòng 1: không phải JSON")


def test_a_notebook_that_is_not_utf8_is_named(built):
    (built.notebooks / "c_vn.ipynb").write_bytes(b'{"\xff')
    done = built.build()
    assert done.returncode == 1
    assert done.stderr.startswith("✗ notebooks/c_vn.ipynb: không phải UTF-8: byte 0xff ở vị trí 2")
