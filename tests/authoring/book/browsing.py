"""A site behind a strict server, and a browser that notices whatever goes wrong on a page."""

from __future__ import annotations

import contextlib
import functools
import http.server
import shutil
import threading
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Browser, Page, expect

from authoring.book import browser

PROJECT = Path(__file__).parents[3]
CHROMIUM = browser.find()
TURNED_OFF = (
    *browser.UNSEEN,
    # What Playwright turns off: of two lists Chromium takes the last.
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
    "msEdgeUpdateLaunchServicesPreferredVersion",
    "msForceBrowserSignIn",
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", f"--disable-features={','.join(TURNED_OFF)}"]
NO_CHROMIUM = f"không có Chromium hay Chrome: {browser.INSTALL}"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
needs_java = pytest.mark.skipif(
    shutil.which("java") is None,
    reason="không có Java: sudo apt install default-jre-headless (Debian, Ubuntu, WSL)",
)
# A checker ends before a better compiler has paid; and its schemas go deep.
QUICK_JAVA = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss2m"]
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
LOOKS = list(product(("light", "dark"), (WIDE, NARROW)))
in_looks = pytest.mark.parametrize(
    ("scheme", "viewport"), LOOKS, ids=["light-wide", "light-narrow", "dark-wide", "dark-narrow"]
)
# Only what hangs meets it; a busy machine takes long.
expect.set_options(timeout=120_000)
AXE = PROJECT / "tests/web/node_modules/axe-core/axe.min.js"


@contextlib.contextmanager
def served(folder: Path, pause: bytes = b"") -> Iterator[str]:
    """The site behind a server that allows nothing but the site itself.

    What has `pause` in it comes in two pieces, the second one half a second later: time for the
    browser to show the first. Where it takes longer, the test shows less but does not fail.
    """

    class Handler(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", POLICY)
            super().end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

        def copyfile(self, source: IO[bytes], outputfile: IO[bytes]) -> None:
            data = source.read()
            first = data.find(pause) + len(pause) if pause and pause in data else len(data)
            outputfile.write(data[:first])
            if data[first:]:
                outputfile.flush()
                time.sleep(0.5)
                outputfile.write(data[first:])

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def visit(page: Page, url: str) -> None:
    """Open a page with its fonts; in place of `reading`, from the second page on."""
    page.goto(url)
    page.evaluate("document.fonts.ready.then(() => null)")


@contextlib.contextmanager
def reading(browser: Browser, url: str, *, keeps: bool = False, **context) -> Iterator[Page]:
    """A page in a fresh browser; afterwards: nothing failed, nothing was asked of others.

    The browser `keeps` the book for reading without a network only where that is wanted.
    """
    troubles: list[str] = []
    with contextlib.closing(browser.new_context(**{"viewport": WIDE, **context})) as fresh:
        fresh.set_default_timeout(120_000)
        if not keeps:
            fresh.add_init_script("delete Navigator.prototype.serviceWorker")
        page = fresh.new_page()
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.on(
            "requestfailed",
            lambda request: (
                # The browser itself gives up what is on its way when a page is left or closed.
                request.failure == "net::ERR_ABORTED" or troubles.append(request.url)
            ),
        )
        page.on("response", lambda reply: reply.status < 400 or troubles.append(reply.url))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((url.rsplit("/", 1)[0], "data:"))
                or troubles.append(request.url)
            ),
        )
        visit(page, url)
        yield page
    assert not troubles, troubles


def axe(page: Page, part: str = "html") -> list[str]:
    """What axe finds wrong in a part of the page as it is now."""
    # Evaluated from outside: the site's policy would not let the page load it.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = "{resultTypes: ['violations'], preload: false}"
    found = page.evaluate(f"axe.run({part!r}, {options}).then(r => r.violations)")
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]
