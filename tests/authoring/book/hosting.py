"""A host of the book as readers may meet it: it vanishes, dies half-way, publishes, redirects."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path
from urllib.parse import urlsplit

from tests.authoring.book.browsing import POLICY


class Host:
    """A server of a `site` below a `root` address; what it is asked for is `asked`.

    With `clean` addresses it leads from /a.html to /a. After so many `answers` it hangs up; when
    it is `silent`, it says nothing more until it vanishes.
    """

    def __init__(self, site: Path, root: str = "/", *, clean: bool = False) -> None:
        self.site, self.root, self.clean = site, root, clean
        self.asked: list[str] = []
        self.answers = float("inf")
        self.silent = False
        self._gone = threading.Event()
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}{self.root}"

    def come(self) -> None:
        """Serve, at the same address as before."""
        self._gone.clear()
        address = ("127.0.0.1", self._port)
        self._server = http.server.ThreadingHTTPServer(address, self._handler())
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def vanish(self) -> None:
        self._gone.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Host:
        self.come()
        return self

    def __exit__(self, *_: object) -> None:
        self.vanish()

    def _file(self, address: str) -> Path:
        """The file that an address means."""
        path = urlsplit(address).path
        if not path.startswith(self.root):
            return self.site / "elsewhere"
        file = self.site / (path.removeprefix(self.root) or "index.html")
        page = file.with_name(f"{file.name}.html")
        return page if self.clean and page.exists() else file

    def _handler(self) -> type[http.server.SimpleHTTPRequestHandler]:
        host = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                host.asked.append(path.removeprefix(host.root))
                host.answers -= 1
                if host.answers < 0:
                    if host.silent:
                        host._gone.wait()
                    self.close_connection = True
                elif host.clean and path.endswith(".html"):
                    self.send_response(308)
                    self.send_header("Location", path.removesuffix(".html"))
                    self.end_headers()
                else:
                    super().do_GET()

            def translate_path(self, path: str) -> str:
                return str(host._file(path))

            def end_headers(self) -> None:
                self.send_header("Content-Security-Policy", POLICY)
                super().end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler
