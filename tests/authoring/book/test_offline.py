"""The book without a network: kept whole, of one version, whatever happens while it comes."""

import base64
import contextlib
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.authoring.book.browsing import ARGUMENTS, CHROMIUM, WIDE, axe, in_looks, reading
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.hosting import Host
from tests.authoring.book.test_pictures import svg

WORDS = {"first": "cam", "second": "quýt", "third": "mận"}


@pytest.fixture(scope="module")
def versions(tmp_path_factory):
    """Three versions of a site: pages, a picture and the search say which; one page is the same."""
    course = Course(tmp_path_factory.mktemp("versions") / "course")
    (course.notebooks / "img").mkdir()
    sites = {}
    for number, (version, word) in enumerate(WORDS.items()):
        (course.notebooks / "SUMMARY.md").unlink(missing_ok=True)
        for name in "ab":
            course.add(f"{name}_vn.ipynb", text(f"# {name}\n\nTrái {word}. ![hình](img/x.svg)"))
        course.add("c_vn.ipynb", text("# c\n\nLúc nào cũng thế."))
        (course.notebooks / "img/x.svg").write_text(svg(f"<title>{word}</title>"))
        course.built()
        site = sites[version] = shutil.copytree(course.root / "book/html", course.root / version)
        # A host tells when a file changed in whole seconds, and two builds may take less.
        changed = time.time() + number
        for path in site.rglob("*"):
            os.utime(path, (changed, changed))
    return sites


@pytest.fixture
def reader(browser):
    with contextlib.closing(browser.new_context(viewport=WIDE)) as context:
        context.set_default_timeout(120_000)
        yield context


def listed(site: Path) -> tuple[int, dict[str, str]]:
    """How many bytes the worker of a site keeps, and which files."""
    script = (site / "offline-worker.js").read_text("utf-8")
    match = re.match(r'const VERSION = "[^"]+", SIZE = (\d+), FILES = (\{.*\})\n', script)
    return int(match[1]), json.loads(match[2])


def keep(page: Page, url: str) -> None:
    """A first visit, until the book is kept; then the page is opened again, from what is kept."""
    page.goto(url)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()


UPDATE = "navigator.serviceWorker.getRegistration().then((it) => it.update()).then(() => null)"


def outcome(page: Page, call: str = "register('offline-worker.js')") -> str:
    """How it ends when the worker of a site comes: redundant, installed or activated.

    A browser looks for a new one itself, and what it has begun answers who asks meanwhile: it may
    be of the site as it was before. So the second answer counts.
    """
    if call == "update()":
        page.evaluate(UPDATE)
    return page.evaluate(
        f"""async () => {{
          const workers = navigator.serviceWorker
          const registration = await (await workers.getRegistration() ?? workers).{call}
          const coming = registration.installing ?? registration.waiting
          const ended = () => ["redundant", "installed", "activated"].includes(coming.state)
          while (!ended()) await new Promise((go) => (coming.onstatechange = go))
          return coming.state
        }}"""
    )


def seen(page: Page) -> set[str]:
    """Which versions the page shows, and all that it loads later."""
    found = page.evaluate(
        """async () => {
          const asked = ["img/x.svg", "assets/sections.js"].map((name) => fetch(name))
          const texts = (await Promise.all(asked)).map((answer) => answer.text())
          return [document.querySelector("main").innerText, ...await Promise.all(texts)]
        }"""
    )
    return {version for version, word in WORDS.items() for part in found if word in part}


def until(page: Page, happened: Callable[[], bool]) -> None:
    for _ in range(1200):  # only what hangs comes to its end
        if happened():
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing happened")


def caches(page: Page) -> list[str]:
    return page.evaluate("caches.keys()")


def take(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Đọc bản mới").click()


def test_the_whole_site_is_kept_in_less_than_3_mb(project):
    site = project.root / "book/html"
    size, files = listed(site)
    for name, digest in files.items():
        found = hashlib.sha256((site / name).read_bytes()).digest()
        assert digest == f"sha256-{base64.b64encode(found).decode()}"
    assert size == sum(len(data) for data in {(site / name).read_bytes() for name in files})
    assert size < 3_000_000
    left = {name for name in project.site() if name not in files}
    assert {"print.html", "offline-worker.js", ".nojekyll", "index_vn.ipynb"} <= left
    assert {"teaching_vn.html", "en/teaching_vn.html"} <= left
    assert {Path(name).suffix for name in left} == {".html", ".js", ".ipynb", ""}
    assert len([name for name in left if not name.endswith(".ipynb")]) == 5


def test_every_change_is_a_new_version(versions):
    scripts = [(site / "offline-worker.js").read_text("utf-8") for site in versions.values()]
    assert len({re.findall(r'VERSION = "([^"]+)"', script)[0] for script in scripts}) == 3
    digests = [listed(site)[1] for site in versions.values()]
    assert len({files["a_vn.html"] for files in digests}) == 3
    assert len({files["c_vn.html"] for files in digests}) == 1


WHOLE = """async () => {
  const pictures = [...document.images]
  for (const picture of pictures) picture.loading = "eager"
  await Promise.all(pictures.map((picture) => picture.decode()))
  await document.fonts.ready
  return [...document.fonts].filter((font) => font.status === "error").length
}"""
DIGESTS = """(names) => Promise.all(names.map(async (name) => {
  const data = await (await fetch(name)).arrayBuffer()
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data))
  return [name, "sha256-" + btoa(String.fromCharCode(...digest))]
}))"""


def test_all_of_it_opens_without_a_network(browser, project):
    site = project.root / "book/html"
    _, files = listed(site)
    with Host(site, "/khoa-hoc/") as host, reading(browser, host.url, keeps=True) as page:
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        twice = {"index_vn.html", "en/index_vn.html"}  # the first page has two addresses
        assert set(host.asked) - {"", "offline-worker.js"} == set(files) - twice
        host.vanish()
        for name in ["", *(name for name in files if name.endswith(".html"))]:
            page.goto(f"{host.url}{name}?lang=en")
            assert page.evaluate(WHOLE) == 0
        assert dict(page.evaluate(DIGESTS, list(files))) == files
        page.goto(host.url)
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill("khởi tạo trễ")
        page.locator("dialog.search li a").first.click()
        page.wait_for_url("**tim=*")
        expect(page.locator(".unmark")).to_be_visible()


@in_looks
def test_what_is_not_kept_says_that_it_needs_a_network(reader, versions, scheme, viewport):
    page = reader.new_page()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(viewport)
    with Host(versions["first"], "/khoa-hoc/") as host:
        keep(page, host.url)
        assert page.goto(f"{host.url}print.html").status == 200
        assert page.goto(f"{host.url}khong-co/dau.html").status == 404
        host.vanish()
        for name in ("print.html", "a_vn.ipynb", "khong-co/dau.html"):
            page.goto(f"{host.url}{name}")
            expect(page.get_by_role("heading", name="Trang này cần có mạng")).to_be_visible()
            assert page.url == f"{host.url}{name}"
            assert axe(page) == []
        page.get_by_role("link", name="first page").click()
        page.wait_for_url(f"{host.url}index.html")
        assert seen(page) == {"first"}
        host.come()
        assert page.goto(f"{host.url}print.html").status == 200


def test_a_new_version_comes_when_the_reader_wants_it(reader, versions):
    page, other = reader.new_page(), reader.new_page()
    with Host(versions["first"], "/khoa-hoc/") as host:
        fresh = reader.new_page()
        fresh.goto(host.url)
        keep(page, host.url)
        host.site = versions["second"]
        host.asked.clear()
        other.goto(f"{host.url}b_vn.html")
        for tab in (page, other):
            expect(tab.get_by_role("status", name="").filter(has_text="bản mới")).to_be_visible()
        # Only what is new was fetched.
        (_, old), (_, new) = map(listed, [versions["first"], versions["second"]])
        changed = {name for name in new if new[name] not in old.values()}
        assert set(host.asked) - {"offline-worker.js"} <= changed
        # It came from the network, like all that it may still ask for.
        assert fresh.locator(".new-version").count() == 0
        page.get_by_role("link", name="Trang sau").click()
        page.wait_for_url("**/b_vn.html")
        for tab in (page, other):
            assert seen(tab) == {"first"}
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill("quýt")
        expect(page.get_by_text("Không tìm thấy mục nào")).to_be_visible()
        page.keyboard.press("Escape")
        host.vanish()
        with other.expect_navigation():
            take(page)
        for tab in (page, other):
            assert seen(tab) == {"second"}
            assert tab.locator(".new-version").count() == 0
        assert len(caches(page)) == 1
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill("quýt")
        page.locator("dialog.search li a").first.wait_for()


def test_a_third_version_takes_the_place_of_one_that_waits(reader, versions):
    page = reader.new_page()
    with Host(versions["first"]) as host:
        keep(page, host.url)
        for version in ("second", "third"):
            host.site = versions[version]
            assert outcome(page, "update()") == "installed"
        assert page.locator(".new-version").count() == 1
        assert seen(page) == {"first"}
        take(page)
        assert seen(page) == {"third"}
        assert len(caches(page)) == 1


def test_a_version_that_is_still_coming_outlives_a_change_of_versions(reader, versions):
    page = reader.new_page()
    with Host(versions["first"]) as host:
        keep(page, host.url)
        host.site = versions["second"]
        assert outcome(page, "update()") == "installed"
        host.site, host.answers, host.silent = versions["third"], 2, True
        page.evaluate(UPDATE)
        page.evaluate(UPDATE)
        until(page, lambda: host.answers < 0)
        came = host.asked[-2]
        take(page)
        assert seen(page) == {"second"}
        host.vanish()
        host.answers = float("inf")
        host.come()
        host.asked.clear()
        page.reload()
        take(page)
        assert came not in host.asked
        assert seen(page) == {"third"}
        assert len(caches(page)) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [{"width": 360, "height": 740}, WIDE], ids=["narrow", "wide"])
def test_the_news_reaches_everyone(reader, versions, viewport, scheme):
    page = reader.new_page()
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme)
    with Host(versions["first"]) as host:
        keep(page, host.url)
        host.site = versions["second"]
        page.goto(f"{host.url}a_vn.html?lang=en")
        button = page.get_by_role("button", name="Read it")
        expect(button).to_be_visible()
        expect(page.get_by_text("The book has a new version.")).to_be_visible()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        if viewport is WIDE:
            page.get_by_text("Side by side").click()
            expect(page.get_by_text("Sách có bản mới.")).to_be_visible()
        else:
            page.goto(f"{host.url}a_vn.html?lang=vi")
        button = page.get_by_role("button", name="Đọc bản mới")
        for _ in range(12):
            page.keyboard.press("Tab")
            if button.evaluate("(it) => it === document.activeElement"):
                break
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert seen(page) == {"second"}


@pytest.mark.parametrize(
    "published",
    [["offline-worker.js", "a_vn.html"], ["a_vn.html", "assets/sections.js"]],
    ids=["the worker first", "the worker last"],
)
def test_while_a_version_is_being_published_nothing_is_mixed(reader, versions, published, tmp_path):
    half = shutil.copytree(versions["first"], tmp_path / "half")
    for name in published:
        shutil.copy(versions["second"] / name, half / name)
    page, late = reader.new_page(), reader.browser.new_context().new_page()
    with Host(versions["first"]) as host, contextlib.closing(late.context):
        keep(page, host.url)
        host.site = half
        if "offline-worker.js" in published:
            assert outcome(page, "update()") == "redundant"
        for _ in range(2):
            page.goto(f"{host.url}a_vn.html")
            assert seen(page) == {"first"}
        assert page.locator(".new-version").count() == 0
        # One who comes now is shown what the server has, and keeps nothing of it.
        late.goto(f"{host.url}offline.html")
        assert outcome(late) == "redundant"
        host.site = versions["second"]
        page.reload()
        take(page)
        assert outcome(late) == "installed"
        late.goto(f"{host.url}a_vn.html")
        host.vanish()
        for tab in (page, late):
            tab.reload()
            assert seen(tab) == {"second"}


def test_what_came_before_the_network_failed_is_not_fetched_again(reader, versions):
    page = reader.new_page()
    with Host(versions["first"]) as host:
        page.goto(f"{host.url}offline.html")
        host.asked.clear()
        host.answers = 11
        assert outcome(page) == "redundant"
        came, failed = host.asked[1:11], host.asked[11:]
        assert len(failed) == 1
        host.answers = float("inf")
        host.asked.clear()
        assert outcome(page) == "installed"
        assert host.asked[:2] == ["offline-worker.js", *failed]
        assert not set(came) & set(host.asked)
        page.goto(host.url)
        host.vanish()
        page.reload()
        assert seen(page) == {"first"}


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a browser of a reader: it remembers between one time and the next."""

    def open_browser():
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            viewport=WIDE,
        )
        context.set_default_timeout(120_000)
        return contextlib.closing(context)

    return open_browser


def test_a_browser_that_is_closed_meanwhile_goes_on_the_next_time(opened, versions):
    with Host(versions["first"]) as host:
        with opened() as reader:
            page = reader.new_page()
            page.goto(f"{host.url}offline.html")
            host.asked.clear()
            host.answers, host.silent = 11, True
            page.evaluate("navigator.serviceWorker.register('offline-worker.js').then(() => null)")
            until(page, lambda: host.answers < 0)
        came = host.asked[1:11]
        host.answers = float("inf")
        with opened() as reader:
            page = reader.new_page()
            page.goto(f"{host.url}offline.html")
            host.asked.clear()
            assert outcome(page) == "installed"
            assert not set(came) & set(host.asked)
            page.goto(host.url)
        host.vanish()
        with opened() as reader:
            page = reader.new_page()
            page.goto(host.url)
            assert seen(page) == {"first"}


def quota(page: Page, url: str, size: int | None = None) -> None:
    """Let a site keep so many bytes on the device, or as many as it likes."""
    origin = "/".join(url.split("/")[:3])
    limit = {} if size is None else {"quotaSize": size}
    page.context.new_cdp_session(page).send(
        "Storage.overrideQuotaForOrigin", {"origin": origin, **limit}
    )


# Not even for a part; for all the files but not for what is said about them.
@pytest.mark.parametrize("spare", [-1000, 1000])
def test_a_full_device_keeps_nothing_and_is_not_asked_to_fetch(reader, versions, spare):
    page = reader.new_page()
    size, files = listed(versions["first"])
    with Host(versions["first"]) as host:
        page.goto(f"{host.url}offline.html")
        quota(page, host.url, size + spare)
        host.asked.clear()
        assert outcome(page) == "redundant"
        assert len(host.asked) == 1 if spare < 0 else 1 < len(host.asked) <= 1 + len(files)
        assert caches(page) == []
        page.goto(host.url)
        assert seen(page) == {"first"}
        quota(page, host.url)
        page.reload()
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")


def test_a_device_that_is_full_when_a_version_comes_keeps_the_old_one(reader, versions):
    page = reader.new_page()
    with Host(versions["first"]) as host:
        keep(page, host.url)
        used = page.evaluate("navigator.storage.estimate().then((it) => it.usage)")
        quota(page, host.url, used + 50_000)
        host.site = versions["second"]
        assert outcome(page, "update()") == "redundant"
        assert len(caches(page)) == 1
        host.vanish()
        page.goto(f"{host.url}b_vn.html")
        assert seen(page) == {"first"}
        host.come()
        quota(page, host.url)
        page.reload()
        take(page)
        assert seen(page) == {"second"}


def test_what_comes_from_the_network_is_of_one_version_too(reader, versions):
    page = reader.new_page()
    with Host(versions["first"]) as host:
        keep(page, host.url)
        host.site = versions["second"]
        page.goto(f"{host.url}print.html")
        assert seen(page) == {"second"}
        page.goto(f"{host.url}a_vn.html")
        assert seen(page) == {"first"}


def test_a_host_that_leads_to_other_addresses_breaks_nothing(reader, versions):
    page = reader.new_page()
    with Host(versions["first"], "/khoa-hoc/", clean=True) as host:
        keep(page, f"{host.url}a_vn.html")
        assert page.url == f"{host.url}a_vn"
        assert page.goto(f"{host.url}print.html").status == 200
        assert page.url == f"{host.url}print"
        host.vanish()
        for name in ("a_vn", "a_vn.html", "b_vn.html", "index.html", ""):
            page.goto(f"{host.url}{name}")
            assert seen(page) == {"first"}


def test_two_books_of_one_host_leave_each_other_alone(reader, versions, tmp_path):
    for name in ("cam", "cam/khac"):
        shutil.copytree(versions["first"], tmp_path / name)
    page = reader.new_page()
    with Host(tmp_path) as host:
        for name in ("cam", "cam/khac"):
            keep(page, f"{host.url}{name}/index.html")
        assert len(caches(page)) == 2
        shutil.rmtree(tmp_path / "cam")
        shutil.copytree(versions["second"], tmp_path / "cam")
        page.goto(f"{host.url}cam/a_vn.html")
        take(page)
        host.vanish()
        page.goto(f"{host.url}cam/khac/a_vn.html")
        assert seen(page) == {"first"}
        page.goto(f"{host.url}cam/a_vn.html")
        assert seen(page) == {"second"}


def lose(page: Page, site: Path, name: str | None) -> None:
    """Let the device lose the page `name`, or all that it keeps."""
    (cache,) = caches(page)
    if name is None:
        assert page.evaluate("(cache) => caches.delete(cache)", cache)
    else:
        delete = "([cache, file]) => caches.open(cache).then((it) => it.delete(file))"
        assert page.evaluate(delete, [cache, listed(site)[1][name]])


@pytest.mark.parametrize("lost", [None, "a_vn.html"])
def test_what_the_device_has_lost_is_kept_anew(reader, versions, lost):
    page = reader.new_page()
    number = len(set(listed(versions["first"])[1].values()))
    kept = "(name) => caches.open(name).then((it) => it.keys()).then((all) => all.length)"
    with Host(versions["first"]) as host:
        keep(page, host.url)
        (cache,) = caches(page)
        assert page.evaluate(kept, cache) == number
        lose(page, versions["first"], lost)
        page.goto(f"{host.url}a_vn.html")
        assert seen(page) == {"first"}
        until(page, lambda: page.evaluate(kept, cache) == number)
        host.vanish()
        page.reload()
        assert seen(page) == {"first"}


@pytest.mark.parametrize("lost", [None, "a_vn.html"])
def test_what_was_lost_comes_from_the_server_with_all_that_belongs_to_it(reader, versions, lost):
    page = reader.new_page()
    with Host(versions["first"]) as host:
        keep(page, host.url)
        lose(page, versions["first"], lost)
        host.site = versions["second"]
        page.goto(f"{host.url}a_vn.html")
        assert seen(page) == {"second"}
        take(page)
        host.vanish()
        page.reload()
        assert seen(page) == {"second"}


def test_a_part_of_a_file_may_be_asked_for(reader, versions):
    page = reader.new_page()
    with Host(versions["first"]) as host:
        keep(page, host.url)
        asked = "fetch('img/x.svg', { headers: { range: 'bytes=2-9' } })"
        # All of it is an answer too, and says so.
        whole = (versions["first"] / "img/x.svg").read_text("utf-8")
        found = page.evaluate(f"{asked}.then(async (it) => [it.status, await it.text()])")
        assert found == [200, whole]


def test_it_can_be_installed(opened, versions):
    with Host(versions["first"], "/khoa-hoc/") as host, opened() as reader:
        page = reader.new_page()
        keep(page, host.url)
        devtools = reader.new_cdp_session(page)
        found = devtools.send("Page.getAppManifest")
        assert (found["url"], found["errors"]) == (f"{host.url}manifest.webmanifest", [])
        errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert errors == []
        manifest = json.loads(found["data"])
        _, files = listed(versions["first"])
        assert {manifest["start_url"], *(icon["src"] for icon in manifest["icons"])} <= set(files)
        for icon in manifest["icons"][1:]:
            side = int.from_bytes((versions["first"] / icon["src"]).read_bytes()[16:20])
            assert icon["sizes"] == f"{side}x{side}"


def test_from_a_folder_nothing_is_kept(browser, versions):
    with reading(browser, (versions["first"] / "a_vn.html").as_uri(), keeps=True) as page:
        page.wait_for_load_state()
        assert page.locator("link[rel=manifest]").count() == 0
