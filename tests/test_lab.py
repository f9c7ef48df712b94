"""JupyterLab as `make lab` opens it: in Vietnamese, in a real browser, without noise."""

import contextlib
import os
import pty
import re
import select
import signal
import socket
import subprocess
import tomllib

import pytest
from playwright.sync_api import expect, sync_playwright

from authoring import workspace
from tests import venvs, writing
from tests.authoring.book.browsing import ARGUMENTS, CHROMIUM, WIDE, needs_chromium

STOP = "Giữ cửa sổ này mở trong lúc học. Muốn dừng: lưu bài, rồi nhấn Ctrl-C hai lần ở đây."
# Names, and an abbreviation that is a Vietnamese word.
NOT_ENGLISH = {"Kernel", "In…", "index_vn.ipynb"}
WORDS = tomllib.loads((venvs.ROOT / "setup/jupyter/tieng_viet.toml").read_text(encoding="utf-8"))
VIETNAMESE = re.compile("[^\x00-\x7f…]")


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab") / "venv"
    return venvs.build(folder, "--group", "lab").with_name("jupyter")


@pytest.fixture(scope="module")
def start(jupyter, tmp_path_factory):
    """Return a context manager that starts JupyterLab and gives what it says at first."""

    @contextlib.contextmanager
    def started(*arguments):
        home = tmp_path_factory.mktemp("home")
        course = home / "course"
        course.mkdir()
        cells = [writing.markdown("# Trang", id="page"), writing.code("1 + 1")]
        for name in ("index_vn", "custom-layer_vn", "model-construction_vn", "a"):
            writing.write(course / f"{name}.ipynb", *cells)
        workspace.refresh(course, home / "lab")
        environment = {
            **os.environ,
            "HOME": str(home),
            "JUPYTER_CONFIG_PATH": str(venvs.ROOT / "setup" / "jupyter"),
            "PYTHONUNBUFFERED": "1",
        }
        command = [jupyter, "lab", home / "lab" / "index_vn.ipynb", "--no-browser", *arguments]
        # The server asks whoever presses Ctrl-C where its input is a terminal.
        keyboard, terminal = pty.openpty()
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            address, stop = (process.stdout.readline().rstrip() for _ in range(2))
            yield process, address, stop
        finally:
            process.terminate()
            rest = process.communicate()[0]
            os.close(keyboard)
            os.close(terminal)
        assert re.fullmatch(r"(\[C .*\] Đang dừng \(tín hiệu \d+\)\.\n)?", rest), rest

    return started


@contextlib.contextmanager
def at(address):
    """A browser at the address that JupyterLab said."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport=WIDE)
        page.set_default_timeout(120_000)
        page.goto(address.removeprefix("JupyterLab: "))
        yield page
        browser.close()


@contextlib.contextmanager
def opened(address):
    """A browser at the address that JupyterLab said, with the first notebook ready."""
    with at(address) as page:
        expect(page.locator(".jp-CodeCell")).to_be_visible()
        # The kernel is ready, and everything that waits for it is shown.
        expect(page.locator("#jp-main-statusbar")).to_contain_text("| Rảnh")
        yield page


@pytest.fixture(scope="module")
def page(start):
    with start() as (_, address, _), opened(address) as page:
        yield page


def labels(page):
    """Return the labels of the menu that is open, and close it."""
    expect(page.locator(".lm-Menu").last).to_be_visible()
    found = page.locator(".lm-Menu .lm-Menu-itemLabel").all_inner_texts()
    page.keyboard.press("Escape")
    expect(page.locator(".lm-Menu")).to_have_count(0)
    return [label for label in found if label]


def wait_for_sessions(page, *wanted):
    """Wait until these notebooks are the ones that have a kernel."""
    read = "fetch('/api/sessions', {cache: 'no-store'}).then(response => response.json())"
    for _ in range(240):
        found = sorted(session["path"] for session in page.evaluate(read))
        if found == sorted(wanted):
            return
        page.wait_for_timeout(500)
    pytest.fail(f"{found}")


def test_our_words_are_for_what_this_jupyterlab_says(jupyter):
    (static,) = jupyter.parents[1].glob("lib/python*/site-packages/jupyterlab/static")
    code = "".join(path.read_text(encoding="utf-8") for path in static.glob("*.js"))
    for english in WORDS["text"] | WORDS["counted"] | WORDS["v4"]:
        # Quotes and ends of lines are written in several ways.
        assert max(re.split('["\n]', english), key=len) in code, english


def test_our_words_keep_what_is_filled_in():
    # What is counted may say the number, which English does not for one.
    for context in WORDS.keys() - {"counted"}:
        for english, text in WORDS[context].items():
            filled = set(re.findall("%[12si]", text))
            assert filled == set(re.findall("%[12si]", english)), text


def test_the_start_says_the_address_and_how_to_stop_and_nothing_else(start):
    with start() as (_, address, stop):
        assert re.fullmatch(
            r"JupyterLab: http://localhost:\d+/lab/tree/index_vn\.ipynb\?token=\w+", address
        )
        assert stop == STOP


FAILS = """
import asyncio
from tornado.websocket import WebSocketClosedError
from traitlets.config import PyFileConfigLoader

async def fail(error):
    raise error

async def main():
    for error in WebSocketClosedError(), RuntimeError("told"):
        asyncio.create_task(fail(error))
        await asyncio.sleep(0.1)

PyFileConfigLoader("jupyter_server_config.py").load_config()
asyncio.run(main())
"""


def test_a_browser_that_was_closed_is_not_told_and_another_error_is(jupyter):
    command = [jupyter.with_name("python"), "-c", FAILS]
    folder = venvs.ROOT / "setup" / "jupyter"
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert "RuntimeError: told" in done.stderr
    assert "WebSocketClosedError" not in done.stderr


def test_a_port_that_is_taken_is_no_obstacle(start):
    with socket.create_server(("localhost", 0)) as taken:
        port = taken.getsockname()[1]
        with start(f"--port={port}") as (_, address, stop):
            said = re.match(r"JupyterLab: http://localhost:(\d+)/lab/tree/", address)
            assert int(said[1]) != port
            assert stop == STOP


def test_one_ctrl_c_asks_and_another_stops(start):
    with start() as (process, _, _):
        process.send_signal(signal.SIGINT)
        question = (
            "Dừng JupyterLab? Nhấn Ctrl-C lần nữa thì dừng, đợi năm giây thì chạy tiếp (y/[n]). "
        )
        assert process.stdout.read(len(question)) == question
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


@pytest.mark.parametrize("program", [r"python -m authoring", r"python\S* \S*jupyter"])
def test_ctrl_c_at_any_moment_has_no_traceback_for_an_answer(jupyter, tmp_path, program):
    keyboard, terminal = pty.openpty()
    process = subprocess.Popen(
        ["make", "lab", "boot=:", f"venv={jupyter.parents[1]}"],
        cwd=venvs.ROOT,
        env={**os.environ, "HOME": str(tmp_path), "D2L_LAB": str(tmp_path / "lab")},
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        start_new_session=True,
    )
    running = ["pgrep", "-g", str(process.pid), "-f", rf"^\S*{program}"]
    while subprocess.run(running, stdout=subprocess.DEVNULL).returncode:
        assert process.poll() is None
    said, more = b"", b"..."
    while more and "ừng".encode() not in said:
        os.killpg(process.pid, signal.SIGINT)
        if select.select([process.stdout], [], [], 0.2)[0]:
            more = process.stdout.read(9999)
            said += more
    os.killpg(process.pid, signal.SIGTERM)
    said = (said + process.communicate()[0]).decode()
    os.close(keyboard)
    os.close(terminal)
    assert "ừng" in said  # Đã dừng, Đang dừng or Dừng JupyterLab?
    assert "Traceback" not in said


@needs_chromium
def test_the_kernel_of_a_closed_tab_ends_and_that_of_an_open_one_stays(start):
    # Both have been idle for long enough when the first of them ends.
    cull = "--MappingKernelManager.cull"
    soon = f"{cull}_idle_timeout=15", f"{cull}_interval=1"
    with start(*soon) as (_, address, _), opened(address) as page:
        page.locator(".jp-DirListing-item", has_text="a.ipynb").dblclick()
        expect(page.locator("#jp-main-statusbar")).to_contain_text("| Rảnh")
        wait_for_sessions(page, "a.ipynb", "index_vn.ipynb")
        tab = page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab.lm-mod-current")
        tab.locator(".lm-TabBar-tabCloseIcon").click()
        wait_for_sessions(page, "index_vn.ipynb")


@needs_chromium
def test_what_a_hub_has_to_tell_is_shown(start, monkeypatch):
    monkeypatch.setenv("D2L_NOTICE", "✗ Đĩa đã đầy: <b>xóa bớt</b> tệp.")
    # No notebook is open: a kernel that ends when it has just begun may complain.
    with start() as (_, address, _), at(address.replace("/tree/index_vn.ipynb", "")) as page:
        expect(page.locator(".jp-Notification-List, .Toastify").first).to_contain_text(
            "✗ Đĩa đã đầy: <b>xóa bớt</b> tệp."
        )


@needs_chromium
def test_few_words_of_the_menus_are_english(page):
    english = []
    bar = page.locator("#jp-MainMenu .lm-MenuBar-item")
    for number in range(bar.count()):
        bar.nth(number).click()
        english += [bar.nth(number).inner_text(), *labels(page)]
    page.locator(".jp-CodeCell").click(button="right")
    english += labels(page)
    page.locator(".jp-DirListing-item").first.click(button="right")
    english += labels(page)
    assert len(english) > 150, english
    left = {label for label in english if not VIETNAMESE.search(label)} - NOT_ENGLISH
    # The names of the documentation that the kernel itself tells.
    assert all(label.endswith(" Reference") for label in left), left
    assert len(left) <= 7


@needs_chromium
def test_a_copy_already_has_what_jupyterlab_adds_to_one(page):
    """Else it would count as modified as soon as it is opened."""
    address = "/api/contents/index_vn.ipynb"
    read = f"fetch('{address}', {{cache: 'no-store'}}).then(response => response.json())"
    given = page.evaluate(read)["content"]["metadata"]
    page.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Control+Enter")
    # The kernel has said by now what it is.
    expect(page.locator(".jp-OutputArea-output")).to_have_text("2")
    with page.expect_response(lambda said: said.request.method == "PUT" and address in said.url):
        page.keyboard.press("Control+s")
    assert page.evaluate(read)["content"]["metadata"] == given


@needs_chromium
def test_the_list_of_files_shows_the_order_of_the_course(page):
    files = page.locator(".jp-DirListing-itemText")
    course = ["index_vn.ipynb", "model-construction_vn.ipynb", "custom-layer_vn.ipynb"]
    expect(files).to_have_text([*course, "a.ipynb"])
    name = page.locator(".jp-DirListing-headerItem.jp-id-name")
    name.click()
    expect(files).to_have_text(sorted([*course, "a.ipynb"], reverse=True))
    name.click()
    expect(files).to_have_text([*course, "a.ipynb"])


@needs_chromium
def test_the_list_of_files_shows_whole_names(page):
    files = page.locator(".jp-DirListing-itemText")
    expect(files).to_have_count(4)
    cut = "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)"
    assert files.evaluate_all(cut) == []


@needs_chromium
def test_words_of_a_context_are_ours(page):
    read = "fetch('/lab/api/translations/vi_VN').then(response => response.json())"
    told = page.evaluate(read)["data"]["jupyterlab"]
    assert told["v4\x04Spaces: %1"] == ["Dấu cách: %1"]
    assert told["menu\x04Appearance"] == ["Giao diện"]


@needs_chromium
def test_the_course_calls_a_command_as_the_menu_does(page):
    page.locator("#jp-MainMenu").get_by_text("Chạy", exact=True).click()
    assert "Chạy tất cả ô phía trên" in labels(page)


@needs_chromium
def test_no_menu_and_no_shortcut_closes_without_saving(page):
    page.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Control+Shift+Q")
    # A question would stand in the way of this.
    page.locator("#jp-MainMenu").get_by_text("Tệp", exact=True).click()
    found = labels(page)
    assert "Lưu Notebook" in found
    assert [label for label in found if "óng" in label and "kernel" in label] == []


@needs_chromium
def test_restarting_says_what_is_lost(page):
    page.locator("#jp-MainMenu").get_by_text("Kernel", exact=True).click()
    page.get_by_text("Khởi động lại kernel…", exact=True).click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Mọi biến sẽ mất")
    buttons = dialog.locator("button.jp-mod-styled")
    expect(buttons).to_have_text(["Quay lại", "Khởi động lại"])
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@needs_chromium
def test_the_buttons_of_the_close_dialog_say_what_they_do(page):
    page.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.type(" + 1")
    tab = page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab.lm-mod-current")
    tab.locator(".lm-TabBar-tabCloseIcon").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Lưu thay đổi trong “index_vn.ipynb” trước khi đóng?")
    buttons = dialog.locator("button.jp-mod-styled")
    expect(buttons).to_have_text(["Quay lại", "Bỏ thay đổi", "Lưu"])
    buttons.nth(0).click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".jp-CodeCell .cm-content")).to_contain_text("+ 1")
