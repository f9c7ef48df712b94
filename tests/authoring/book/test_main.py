"""The real mdBook on small courses: what it writes, what it refuses, what it leaves alone."""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from nbformat import v4

from authoring import notebook
from authoring.book import download
from authoring.book.site import ASSETS
from tests import venvs, writing
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_pictures import svg


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A course of three notebooks, with things beside them that nobody should publish."""
    course = Course(tmp_path_factory.mktemp("built") / "course")
    (course.notebooks / "img").mkdir()
    (course.notebooks / "img/dung.svg").write_text(svg())
    (course.notebooks / "img/thua.svg").write_text(svg())
    picture = {"image/svg+xml": svg("<g/>"), "text/plain": "x"}
    course.add(
        "a_vn.ipynb",
        text("# Một\n\n[hai](b_vn.ipynb#sec_b) ![hình](img/dung.svg)"),
        text('## Tóm tắt\n\n[đây](#tom-tat) `{{#include x}}` "thẳng" -- ... {{path}}'),
        writing.code("x", outputs=[v4.new_output("display_data", data=picture)]),
    )
    course.add(
        "b_vn.ipynb",
        text('<a id="sec_b"></a>\n\n# Hai'),
        text("## Tóm tắt\n\n[đây](#tom-tat)"),
    )
    (course.notebooks / "c").mkdir()
    course.add("c/d_vn.ipynb", text("# Ba\n\n[hai](../b_vn.ipynb#sec_b) [một](../a_vn.ipynb)"))
    (course.notebooks / "mlp.params").write_text("bí mật")
    (course.notebooks / ".ipynb_checkpoints").mkdir()
    (course.notebooks / ".ipynb_checkpoints/a_vn-checkpoint.ipynb").write_text("bí mật")
    (course.notebooks / "ghi-chep.toml").write_text("bí mật")
    done = course.build()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "✓ book/html/index.html\n"
    return course


@pytest.fixture
def copy(built, tmp_path):
    """The built course once more, for what may leave it in disorder."""
    shutil.copytree(built.root, tmp_path / "copy", symlinks=True)
    return Course(tmp_path / "copy")


def test_only_what_belongs_to_the_book_is_published(built):
    names = set(built.site())
    pages = {"index.html", "a_vn.html", "b_vn.html", "c/d_vn.html", "print.html", "404.html"}
    notebooks = {"a_vn.ipynb", "b_vn.ipynb", "c/d_vn.ipynb", "img/dung.svg", ".nojekyll"}
    assert pages | notebooks < names
    scripts = {f"assets/{path.name}" for path in ASSETS.glob("*.js")}
    scripts |= {"assets/minisearch.js", "assets/previews.js", "assets/sections.js"}
    for name in names - pages - notebooks - scripts:
        assert re.fullmatch(
            r"assets/book\.css|assets/favicon\.svg|assets/icon-\w+\.png"
            r"|manifest\.webmanifest|offline\.html|offline-worker\.js|en/[\w/]+\.html"
            r"|assets/licences/[\w-]+\.txt|assets/fonts/[\w-]+\.woff2|pictures/\w{16}\.svg",
            name,
        )
    assert b"b\xc3\xad m" not in b"".join(built.site().values())


def test_every_address_in_the_site_leads_somewhere(built):
    site = built.site()
    for name, data in site.items():
        if not name.endswith((".html", ".css")):
            continue
        html = data.decode()
        found = re.findall(r'(?:href|src)="([^"]*)"', html) + re.findall(r"url\(([^)]+)\)", html)
        assert found or name == "404.html" or name.endswith(".css"), name
        for target in found:
            assert not target.startswith(("http", "//")), (name, target)
            path, _, fragment = target.replace("?lang=en", "").partition("#")
            where = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
            if path.startswith("/"):
                where = path.removeprefix("/") or "index.html"
            if target == "data:,":
                continue
            assert where in site, (name, target)
            if fragment:
                assert f' id="{fragment}"' in site[where].decode(), (name, target)


def test_links_between_notebooks_hold_on_the_page_of_all_pages(built):
    whole = built.site()["print.html"].decode()
    assert not re.search(r'href="[^"#]*\.html', whole.split("<main")[1])
    assert whole.count('<a href="#b_vn.html:sec_b">hai</a>') == 2
    assert '<a href="#a_vn.html">một</a>' in whole
    ids = re.findall(r' id="([^"]+)"', whole)
    assert len(ids) == len(set(ids))
    # Two pages have a section of this name: each link goes to its own.
    for page in ("a_vn.html", "b_vn.html"):
        assert f'<h2 id="{page}:tom-tat">' in whole
        assert f'<a href="#{page}:tom-tat">đây</a>' in whole


def test_what_was_typed_is_what_is_shown(built):
    html = built.site()["a_vn.html"].decode()
    assert '<code class="short">{{#include x}}</code> "thẳng" -- ... {{path}}' in html


def test_the_menu_knows_where_it_is(built):
    site = built.site()
    for name, current in [
        ("index.html", "a_vn.html"),
        ("a_vn.html", "a_vn.html"),
        ("c/d_vn.html", "../c/d_vn.html"),
    ]:
        html = site[name].decode()
        assert re.findall(r'<a href="([^"]+)" aria-current="page">', html) == [current]
        assert html.count("aria-current") == 1


def test_no_script_stands_in_a_page(built):
    for name, data in built.site().items():
        if name.endswith(".html"):
            assert not re.search(rb"<script(?! src)", data)
            assert not re.search(rb"\son[a-z]+=", data)


def test_plain_mdbook_builds_the_same_bytes(built, tmp_path):
    before = built.site()
    done = built.run("mdbook", "build", "--dest-dir", str(tmp_path / "book"))
    assert done.returncode == 0, done.stderr
    assert Course(tmp_path).site() == before
    # From another folder, as mdBook's manual allows.
    done = built.run("env", "-C", "/", "mdbook", "build", str(built.root))
    assert done.returncode == 0, done.stderr
    assert built.site() == before


def test_page_and_download_are_one_version(built):
    for name, data in built.site().items():
        if name.endswith(".ipynb"):
            assert data == download.made(notebook.read(built.notebooks / name))


def test_what_killed_builds_left_is_removed_and_a_running_one_is_left_alone(course):
    course.add("a_vn.ipynb")
    left = course.root / "book/.new"
    left.mkdir(parents=True)
    (left / "x").write_text("x")
    with open(course.root / "book/.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert course.refusal() == "✗ một lệnh dựng sách khác đang chạy: hãy đợi nó xong\n"
        assert left.exists()
    course.built()
    assert not left.exists()


def waiting(course):
    """A build whose last tool has come halfway, tells so and waits."""
    hook = course.root / "wait.sh"
    reached = course.root / "reached"
    hook.write_text(f"#!/bin/sh\ntouch '{reached}'\nexec sleep 600\n")
    hook.chmod(0o755)
    with open(course.root / "book.toml", "a") as config:
        config.write("\n[output.wait]\ncommand = './wait.sh'\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "authoring.book"],
        cwd=course.root,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not reached.exists():
        assert process.poll() is None
        time.sleep(0.01)
    return process


def test_a_build_that_is_interrupted_says_so_in_a_line(course):
    course.add("a_vn.ipynb")
    process = waiting(course)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate() == ("", "✗ đã dừng vì Ctrl-C\n")
    assert process.returncode == 1
    assert course.site() == {}


def test_a_hook_that_is_interrupted_says_so_in_a_line(course):
    hook = [sys.executable, "authoring/book/hook.py", "frames"]
    process = subprocess.Popen(
        hook, cwd=course.root, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    # Reads what is more than its pipe can hold: it waits for the rest, inside its own `try`.
    process.stdin.write(" " * (2 << 20))
    process.send_signal(signal.SIGINT)
    assert process.communicate() == (None, "✗ đã dừng vì Ctrl-C\n")
    assert process.returncode == 1


def test_the_book_may_be_built_anywhere(course, tmp_path):
    course.add("a_vn.ipynb")
    config = course.root / "book.toml"
    where = tmp_path / "ở/nơi khác"
    config.write_text(config.read_text("utf-8").replace('"book"\n', f'"{where}"\n'), "utf-8")
    done = course.build()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "✓ ../ở/nơi khác/html/index.html\n"
    assert (where / "html/index.html").exists()


def test_a_build_that_is_killed_leaves_the_old_site_and_the_next_one_cleans_up(copy):
    before = copy.site()
    whole = (copy.root / "book.toml").read_text()
    process = waiting(copy)
    # Only the command itself: mdBook and its hook live on, and may still write.
    process.kill()
    process.communicate()
    assert copy.site() == before
    assert (copy.root / "book/.new").exists()
    (copy.root / "book.toml").write_text(whole)
    busy = "✗ một lệnh dựng sách khác đang chạy: hãy đợi nó xong\n"
    assert copy.refusal().startswith(busy)
    os.killpg(process.pid, signal.SIGKILL)
    with open(copy.root / "book/.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
    copy.built()
    assert not (copy.root / "book/.new").exists()
    assert copy.site() == before


@pytest.mark.parametrize(
    ("mount", "kind", "reason"),
    [
        ("mount -t tmpfs -o size=200k none book", "site", "No space left on device"),
        ("mount -t tmpfs -o size=4k none book", "epub", "No space left on device"),
        ("mount --bind book book\nmount -o remount,ro,bind book", "site", "Read-only file system"),
    ],
)
def test_a_full_disk_or_a_read_only_folder_is_told_in_a_line(copy, mount, kind, reason):
    before = copy.site()
    build = [sys.executable, "-m", "authoring.book", *[kind] * (kind != "site")]
    done = copy.run(*venvs.in_namespace(mount), *build)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("✗ ")
    assert reason in done.stderr
    # One for the reason, one for what is left.
    assert len(done.stderr.splitlines()) <= 2
    assert copy.site() == before


def test_mdbook_serves_and_rebuilds(course):
    path = course.add("a_vn.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    server = subprocess.Popen(
        ["mdbook", "serve", "--port", str(port)],
        cwd=course.root,
        env={**os.environ, "PATH": tools},
        stderr=subprocess.DEVNULL,
    )

    def served(word: str) -> bool:
        wanted = (word, '<article class="notebook">', "WebSocket")
        for _ in range(600):  # only what hangs comes to its end
            # What was written before mdBook began to watch, it takes for old.
            os.utime(path)
            time.sleep(1)
            with contextlib.suppress(OSError):
                page = urllib.request.urlopen(f"http://127.0.0.1:{port}/a_vn.html").read().decode()
                if all(part in page for part in wanted):
                    # An author wants to see what was written, not what the browser has kept.
                    assert "offline.js" not in page
                    return True
        return False

    try:
        assert served("a_vn.ipynb")
        writing.write(path, text("# Đã sửa"))
        assert served("Đã sửa")
    finally:
        server.terminate()
        server.wait()


def break_summary(course):
    course.append("- [Không có](khong-co_vn.ipynb)\n")


def break_bytes(course):
    (course.notebooks / "b_vn.ipynb").write_bytes(b"{\xff}")


def break_notebook(course):
    (course.notebooks / "b_vn.ipynb").write_text("{")


def break_picture(course):
    (course.notebooks / "img/dung.svg").unlink()


def break_maths(course):
    course.add("e_vn.ipynb", text("# Bốn\n\n$\\khong$"))


@pytest.mark.parametrize(
    ("damage", "place", "reason"),
    [
        (break_summary, "notebooks/khong-co_vn.ipynb", "không đọc được tệp"),
        (break_bytes, "notebooks/b_vn.ipynb", "không phải UTF-8: byte 0xff ở vị trí 1"),
        (break_notebook, "notebooks/b_vn.ipynb, dòng 1", "không phải JSON"),
        (break_picture, "notebooks/a_vn.ipynb, ô 1 (id text), dòng 7", "img/dung.svg"),
        (break_maths, "notebooks/e_vn.ipynb, ô 1 (id text), dòng 7", "\\khong"),
    ],
)
def test_bad_input_leaves_the_last_good_site(copy, damage, place, reason):
    damage(copy)
    said = copy.refusal()
    assert place in said
    assert reason in said
    assert "mdbook_" not in said
    assert not (copy.root / "book/.new").exists()
    assert not (copy.notebooks / "khong-co_vn.ipynb").exists()


def test_a_build_without_a_site_puts_the_old_one_back(copy):
    # With one renderer only, mdBook makes no folder html.
    config = copy.root / "book.toml"
    config.write_text(re.sub(r"\[output\.site\]\ncommand = .*", "", config.read_text()))
    said = copy.refusal()
    assert "No such file" in said
    assert "Bản cũ vẫn còn nguyên: book/html" in said


def test_plain_mdbook_stops_too_and_publishes_nothing(course):
    course.add("a_vn.ipynb", text("# Một\n\n[x](#khong-co)"))
    done = course.run("mdbook", "build")
    assert done.returncode != 0
    assert "✗ notebooks/a_vn.ipynb, ô 1 (id text), dòng 7" in done.stderr
    assert course.site() == {}


def test_hooks_that_cannot_start_publish_nothing(course, tmp_path):
    """mdBook skips a preprocessor that fails when asked what it supports; ours is not asked."""
    course.add("a_vn.ipynb")
    venvs.uv("venv", "--quiet", "--python", sys.executable, tmp_path / "bare")
    mdbook = str(Path(sys.executable).with_name("mdbook"))
    path = os.pathsep.join([str(tmp_path / "bare/bin"), os.environ["PATH"]])
    done = course.run(mdbook, "build", PATH=path)
    assert done.returncode != 0
    assert "thiếu thư viện của sách" in done.stderr
    assert "Traceback" not in done.stderr
    assert course.site() == {}


def test_a_page_that_was_not_rendered_is_never_published(course):
    course.add("a_vn.ipynb")
    config = course.root / "book.toml"
    config.write_text(config.read_text().replace('renderers = ["html"]', 'renderers = ["x"]'))
    done = course.run("mdbook", "build")
    assert done.returncode != 0
    assert "a_vn.html: mdBook không đưa trang này qua authoring.book" in done.stderr
    assert course.site() == {}


def test_a_fault_of_the_program_is_one_message(course):
    done = course.run(sys.executable, "authoring/book/hook.py", "frames")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Lỗi của chương trình dựng sách" in done.stderr
    assert done.stdout == ""


def test_the_command_says_where_it_must_run(tmp_path):
    course = Course(tmp_path / "course")
    (course.root / "book.toml").unlink()
    assert course.refusal().startswith("✗ book.toml: không đọc được")


def test_a_missing_list_of_chapters_is_named(course):
    assert "SUMMARY.md" in course.refusal()


def test_an_unknown_kind_of_book_shows_the_usage(course):
    done = course.build("docx")
    assert done.returncode == 1
    assert done.stderr.startswith("cách dùng: python -m authoring.book\n")


@pytest.mark.parametrize(
    "wrong",
    [
        ["pdf", "solutions=0"],
        ["pdf", "solutions="],
        ["epub", "solutions=no", "solutions=no"],
        ["complete", "solutions=no"],
        ["solutions=no"],
        ["worksheet"],
    ],
)
def test_what_cannot_be_asked_for_is_refused(course, wrong):
    course.add("a_vn.ipynb")
    done = course.build(*wrong)
    assert (done.returncode, done.stdout) == (1, "")
    assert "SOLUTIONS=no" in done.stderr
    assert not (course.root / "book").exists()


def test_what_mdbook_itself_refuses_is_passed_on(course):
    course.add("a_vn.ipynb")
    with open(course.root / "book.toml", "a") as config:
        config.write("\n[output.nua]\ncommand = 'khong-co-lenh-nay'\n")
    said = course.refusal()
    assert "mdBook dừng lại" in said
    assert "khong-co-lenh-nay" in said


def test_the_book_needs_only_its_own_group(built, tmp_path):
    """Neither MXNet nor an installed d2lutil."""
    environment = tmp_path / "venv"
    os.environ["UV_PROJECT_ENVIRONMENT"] = str(environment)
    try:
        venvs.uv("sync", "--quiet", "--python", sys.executable, "--only-group", "book")
    finally:
        del os.environ["UV_PROJECT_ENVIRONMENT"]
    before = built.site()
    done = built.run(str(environment / "bin/python"), "-m", "authoring.book")
    assert done.returncode == 0, done.stderr
    assert built.site() == before
