"""The hub's settings, pages, start of a student's server, and what its scripts refuse.

That a class can log in and learn is tried by `make load N=3`, which .ci/run does.
"""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from authoring import TEACHING, notebook
from tests import venvs
from tests.authoring.book.browsing import NARROW, WIDE, axe, needs_chromium

HUB = venvs.ROOT / "deploy" / "jupyterhub"
CONFIG = """
import sys
from traitlets.config import PyFileConfigLoader
config = PyFileConfigLoader(sys.argv[1]).load_config()
print(config.JupyterHub.bind_url, config.Spawner.environment["OMP_NUM_THREADS"])
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    return venvs.build(tmp_path_factory.mktemp("hub") / "venv", "--group", "hub")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


@pytest.fixture
def configured(python, tmp_path):
    """Read the configuration in a folder of its own with these settings."""
    state = tmp_path / "d2l-load-state"
    state.mkdir()

    def read(settings):
        path = tmp_path / "hub.toml"
        path.write_text(settings, "utf-8")
        command = python, "-c", CONFIG, HUB / "jupyterhub_config.py"
        return run(*command, cwd=state, env={"PATH": os.environ["PATH"], "D2L_HUB": str(path)})

    yield read
    shutil.rmtree(Path("/run", state.name), ignore_errors=True)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="chỉ root ghi được vào /run")


@needs_root
def test_the_configuration_follows_the_settings(configured, tmp_path):
    read = configured('address = "http://127.0.0.1:8888"')
    assert read.stdout == "http://127.0.0.1:8888 1\n", read.stderr
    # Others pass through to what is theirs, and see no names.
    assert stat.S_IMODE(Path("/run/d2l-load-state").stat().st_mode) == 0o711
    # The ones that an installation begins with.
    assert configured((HUB / "hub.toml").read_text("utf-8")).returncode == 0


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("adress = 'x'", "không có cài đặt nào tên là adress"),
        ("idle = '60'", "idle = '60' không đúng kiểu"),
        ("idle = true", "idle = True không đúng kiểu"),
        ("idle = 0", "idle phải lớn hơn 0"),
        ("memory = 2", "memory = 2 không đúng kiểu"),
        ("address = '0.0.0.0:80'", "address phải bắt đầu bằng http:// hay https://"),
        ("address = 'https://0.0.0.0'", "https cần certificate và key là hai tệp đọc được"),
        ("address = ", "Không đọc được cài đặt"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(configured, settings, told):
    read = configured(settings)
    assert read.returncode == 1
    assert read.stderr.count("\n") == 1, read.stderr
    assert read.stderr.startswith("✗ ")
    assert told in read.stderr


def test_a_hub_that_cannot_write_says_so(python, tmp_path):
    settings = tmp_path / "hub.toml"
    settings.write_text("", "utf-8")
    state = tmp_path / "state"
    state.mkdir()
    full = venvs.in_namespace(f'mount -t tmpfs -o size=4k tmpfs "{state}"; cd "{state}"')
    command = python, "-c", CONFIG, HUB / "jupyterhub_config.py"
    read = run(*full, *command, env={"PATH": os.environ["PATH"], "D2L_HUB": str(settings)})
    assert read.returncode == 1
    assert read.stderr.startswith("✗ Máy chủ không ghi được vào")
    assert read.stderr.count("\n") == 1


@pytest.fixture(scope="module")
def pages(python, tmp_path_factory):
    """Every page of ours, as files."""
    folder = tmp_path_factory.mktemp("pages")
    script = Path(__file__).with_name("render_pages.py")
    subprocess.run([python, script, HUB / "templates", folder], check=True)
    return sorted(folder.glob("*.html"))


def test_the_pages_are_vietnamese_and_need_nothing_of_others(pages):
    assert len(pages) == 16
    for page in pages:
        text = page.read_text("utf-8")
        assert text.startswith('<!DOCTYPE html>\n<html lang="vi">')
        assert "://" not in text
        seen = re.sub("<(script|style)>.*?</\\1>|<[^>]*>", " ", text, flags=re.DOTALL)
        for english in re.findall(r"\b(?:server|Start|Stop|Sign|password|Username)\b", seen):
            pytest.fail(f"{page.name}: {english}")


def test_the_pages_say_what_is_the_matter(pages):
    said = {page.stem: page.read_text("utf-8") for page in pages}
    assert "Sai tên đăng nhập hoặc mật khẩu" in said["wrong"]
    assert "Trang đăng nhập này đã cũ" in said["stale"]
    assert "No &lt;disk&gt;" in said["other"]
    assert "Hết chỗ." in said["failed"]
    assert "chưa có thư mục riêng" in said["own"]
    assert "Quản lý lớp" in said["teacher"]
    assert "Quản lý lớp" not in said["on"]


@needs_chromium
def test_the_pages_are_accessible(browser, pages):
    for scheme, size in (("light", WIDE), ("dark", NARROW)):
        with browser.new_context(viewport=size, color_scheme=scheme) as context:
            page = context.new_page()
            for path in pages:
                page.goto(path.as_uri())
                assert axe(page) == [], path.name
                wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
                assert not wide, path.name


def student_server(home, **environment):
    """Start a student's server up to where JupyterHub itself, which isn't here, would begin."""
    done = run(
        *[sys.executable, HUB / "student_server.py"],
        cwd=home,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "D2L_LAB": "~/tinh-toan-hoc-sau",
            "JUPYTER_RUNTIME_DIR": str(home / "keys"),
            **environment,
        },
    )
    assert "jupyterhub" in done.stderr
    return done


def test_a_student_gets_the_course_for_themselves_alone(tmp_path):
    student_server(tmp_path)
    lab = tmp_path / "tinh-toan-hoc-sau"
    assert (lab / "index_vn.ipynb").is_file()
    for path in (lab, *lab.rglob("*")):
        assert not path.stat().st_mode & 0o077, path
    notice = lab / "THONG-BAO.txt"
    assert "Đã sao chép" in notice.read_text("utf-8")
    # The next start has nothing to tell, and tells nothing.
    notice.unlink()
    student_server(tmp_path)
    assert not notice.exists()


def test_a_broken_notebook_is_told_and_keeps_nothing_from_starting(tmp_path):
    lab = tmp_path / "tinh-toan-hoc-sau"
    lab.mkdir()
    (lab / "index_vn.ipynb").write_text("hỏng", "utf-8")
    student_server(tmp_path)
    assert (lab / "index_vn.ipynb").read_text("utf-8") == "hỏng"
    assert (lab / "use-gpu_vn.ipynb").is_file()
    told = (lab / "THONG-BAO.txt").read_text("utf-8")
    assert "index_vn.ipynb: được giữ nguyên" in told
    assert "Muốn chạy lại: mở trang chính" in told


def test_a_save_that_was_cut_off_is_told_and_costs_only_itself(tmp_path):
    student_server(tmp_path)
    lab = tmp_path / "tinh-toan-hoc-sau"
    broken, whole = lab / "index_vn.ipynb", lab / "use-gpu_vn.ipynb"
    saved = broken.read_bytes()
    (lab / ".~index_vn.ipynb").write_bytes(saved)
    broken.write_bytes(saved[:1000])
    # Killed earlier, while the copy was made.
    (lab / ".~use-gpu_vn.ipynb").write_bytes(whole.read_bytes()[:1000])
    student_server(tmp_path)
    assert broken.read_bytes() == saved
    assert json.loads(whole.read_bytes())
    told = (lab / "THONG-BAO.txt").read_text("utf-8")
    assert "index_vn.ipynb: lần lưu cuối bị cắt ngang" in told
    assert "use-gpu" not in told


def test_a_new_version_of_what_a_student_changed_is_told_and_keeps_their_work(tmp_path):
    student_server(tmp_path)
    lab = tmp_path / "tinh-toan-hoc-sau"
    # The course had another text, and the student has made a third of it.
    for path, source in ((lab / ".goc" / "index_vn.ipynb", "cũ"), (lab / "index_vn.ipynb", "tôi")):
        nb = notebook.read(path)
        nb.cells[3].source = source
        notebook.write(path, nb)
    student_server(tmp_path)
    assert "tôi" in [cell.source for cell in notebook.read(lab / "index_vn.ipynb").cells]
    told = (lab / "THONG-BAO.txt").read_text("utf-8")
    assert "Đã cập nhật theo khóa học: index_vn.ipynb" in told
    assert "ô của bạn giữ nguyên, ngay dưới có ghi chú" in told


def test_a_home_that_cannot_be_written_keeps_nothing_from_starting(tmp_path):
    (tmp_path / "tinh-toan-hoc-sau").write_text("một tệp")
    done = student_server(tmp_path)
    assert "Traceback" not in done.stderr
    assert "tinh-toan-hoc-sau/THONG-BAO.txt: Not a directory" in done.stderr


def test_scripts_refuse_what_they_do_not_know(tmp_path):
    wrong = run("sh", HUB / "place.sh", tmp_path / "x", "solutions=yes")
    assert wrong.returncode == 2
    assert "Không hiểu “solutions=yes”" in wrong.stderr
    assert not (tmp_path / "x").exists()
    for count in ("N=1", "N=1000", "ba"):
        load = run(sys.executable, "-m", "deploy.load", count, cwd=venvs.ROOT)
        assert load.returncode == 2
        assert "từ 2 đến 300" in load.stderr


def test_what_needs_root_says_so():
    drop = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    install = run(*drop, "sh", "-s", input=(HUB / "install.sh").read_text("utf-8"), cwd="/")
    assert install.returncode == 1
    assert "Cần quyền root" in install.stderr


def test_an_installation_without_solutions_has_none(tmp_path):
    place = tmp_path / "khóa học"
    # Without a network and a cache it ends where the environment would be built.
    env = {"HOME": str(tmp_path), "UV_OFFLINE": "1", "UV_CACHE_DIR": str(tmp_path / "cache")}
    run("sh", HUB / "place.sh", place, "solutions=no", env=env)
    lessons = list((place / "d2lutil" / "exercises").glob("*.py"))
    assert len(lessons) > 7
    for path in lessons:
        assert not re.search(r"(?<!class )\bSolution\(\s*[^\s)]", path.read_text("utf-8")), path
    assert not list(place.rglob("__pycache__"))
    for left_out in (Path("tests"), Path("notebooks", TEACHING)):
        assert (venvs.ROOT / left_out).exists()
        assert not (place / left_out).exists()


def test_the_proxy_is_pinned_where_it_is_asked_for():
    wanted = json.loads((HUB / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((HUB / "package-lock.json").read_text("utf-8"))["packages"]
    assert locked[""]["dependencies"] == wanted
    for name, version in wanted.items():
        assert locked[f"node_modules/{name}"]["version"] == version
