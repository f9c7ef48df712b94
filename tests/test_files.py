import os
import signal
import stat
import subprocess
import sys
import textwrap
from random import Random

import pytest

from d2lutil import files


def test_replaces_content_and_keeps_permissions(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o640)
    files.replace(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["a"]


def test_new_file_has_the_permissions_of_any_new_file(tmp_path):
    names = ["before", "new", "after"]
    (tmp_path / "before").touch()
    files.replace(tmp_path / "new", b"x")
    (tmp_path / "after").touch()
    assert len({(tmp_path / name).stat().st_mode for name in names}) == 1


def test_links_in_a_circle_are_an_oserror(tmp_path):
    (tmp_path / "link").symlink_to("link")
    with pytest.raises(OSError, match="symbolic links"):
        files.replace(tmp_path / "link", b"new")


def test_follows_a_symbolic_link(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    files.replace(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_failure_leaves_old_file_and_no_rest(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        files.replace(path, "not bytes")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_syncs_the_file_before_the_renaming_and_the_folder_after_it(tmp_path, monkeypatch):
    steps = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle):
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def noted_replace(*names):
        steps.append("rename")
        replace(*names)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    files.replace(tmp_path / "a", b"new")
    assert steps == ["file", "rename", "folder"]


def test_a_folder_that_cannot_be_synced_is_no_error(tmp_path, monkeypatch):
    fsync = os.fsync

    def only_files(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError("not here")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    files.replace(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


# Waits to be killed when its temporary file is complete.
STOPPED = textwrap.dedent("""
    import os, sys
    from d2lutil import files
    def stop(*_):
        print("ready", flush=True)
        sys.stdin.read()
    os.replace = stop
    files.replace(sys.argv[1], b"killed")
""")


def test_a_killed_writers_rest_is_removed_and_a_living_ones_is_not(tmp_path):
    path = tmp_path / "a [1]"
    path.write_bytes(b"old")
    others = {
        ".a [1].x.tmp",
        ".a [1].1.x.tmp",
        ".a [1].1.x.txt",
        ".a [1].b.999999999.x.tmp",
        ".b.999999999.x.tmp",
    }
    for name in others:
        (tmp_path / name).touch()
    writer = subprocess.Popen(
        [sys.executable, "-c", STOPPED, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert writer.stdout.readline() == b"ready\n"
        files.replace(path, b"new")
        (rest,) = set(os.listdir(tmp_path)) - others - {path.name}
        assert (tmp_path / rest).read_bytes() == b"killed"
    finally:
        writer.kill()
        writer.communicate()
    assert writer.returncode == -signal.SIGKILL
    files.replace(path, b"newer")
    assert path.read_bytes() == b"newer"
    assert set(os.listdir(tmp_path)) == others | {path.name}


def test_a_rest_that_cannot_be_removed_is_no_hindrance(tmp_path):
    rest = tmp_path / ".a.999999999.x.tmp"
    rest.mkdir()
    files.replace(tmp_path / "a", b"x")
    assert (tmp_path / "a").read_bytes() == b"x"


def test_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        files.replace(tmp_path / "none" / "a", b"x")


WRITER = textwrap.dedent("""
    import sys
    from d2lutil import files
    path, size = sys.argv[1], int(sys.argv[2])
    print("ready", flush=True)
    while True:
        for letter in (b"a", b"b"):
            files.replace(path, letter * size)
""")


def kill_while_writing(path, delay, size=200_000):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(size)], stdout=subprocess.PIPE
    )
    try:
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(delay)
    finally:
        process.kill()
        process.communicate()
    return path.read_bytes()


@pytest.mark.parametrize("kills", [12, pytest.param(300, marks=pytest.mark.long)])
def test_a_kill_leaves_the_old_or_the_new_file_whole(tmp_path, kills):
    random = Random(kills)
    path = tmp_path / "a"
    path.write_bytes(b"o" * 200_000)
    for _ in range(kills):
        content = kill_while_writing(path, random.uniform(0, 0.05))
        assert content in {letter * 200_000 for letter in (b"o", b"a", b"b")}
