"""One student in a browser's place: the login form, the pages, the HTTP API, the WebSocket."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from yarl import URL

# Seconds: only what hangs meets it.
PATIENCE = 600
GONE = (aiohttp.ClientError, ConnectionError, TimeoutError)


class LoadError(Exception):
    """Something that must work did not, told in one line."""


@dataclass
class Student:
    """A student and what their browser has: cookies, a notebook, a connection to a kernel.

    `took` has the seconds from the first page to each step.
    """

    name: str
    password: str
    hub: URL
    notebook: str
    http: aiohttp.ClientSession = field(init=False)
    sockets: aiohttp.ClientSession = field(init=False)
    took: dict[str, float] = field(default_factory=dict)
    content: dict[str, Any] = field(default_factory=dict)
    kernel: str = ""
    socket: aiohttp.ClientWebSocketResponse | None = None
    session: Session = field(default_factory=lambda: Session(key=b""))

    def __post_init__(self) -> None:
        self.began = time.monotonic()

    async def __aenter__(self) -> Student:
        self.http = aiohttp.ClientSession(
            # The hub is at an address of numbers.
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=PATIENCE),
        )
        # A browser, too, never uses the connection of a refused WebSocket for anything else.
        self.sockets = aiohttp.ClientSession(
            cookie_jar=self.http.cookie_jar, connector=aiohttp.TCPConnector(force_close=True)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()
        await self.sockets.close()
        await self.http.close()

    @property
    def own(self) -> URL:
        """The address of this student's server."""
        return self.hub / "user" / self.name

    def xsrf(self, url: URL) -> str:
        """Return the token that a page at `url` sends along with what it changes."""
        cookie = self.http.cookie_jar.filter_cookies(url).get("_xsrf")
        return cookie.value if cookie else ""

    def step(self, name: str) -> None:
        """Note that a step is done."""
        self.took[name] = time.monotonic() - self.began

    async def page(self, url: URL, status: int = 200) -> str:
        """Return the text of a page; LoadError when it comes with another status."""
        async with self.http.get(url) as answer:
            text = await answer.text()
        if answer.status != status:
            raise LoadError(f"{self.name}: {answer.status} ở {url.path}")
        return text

    async def api(self, method: str, place: str, **body: Any) -> Any:
        """Call this student's server; LoadError where it refuses."""
        url = self.own.joinpath(*place.split("/"))
        headers = {"X-XSRFToken": self.xsrf(url)}
        async with self.http.request(method, url, json=body or None, headers=headers) as answer:
            if answer.status >= 400:
                raise LoadError(f"{self.name}: {answer.status} khi {method} {url.path}")
            return await answer.json() if answer.content_type == "application/json" else None

    async def log_in(self, password: str = "") -> str:
        """Send the login form, with another password where one is given; return the next page."""
        url = self.hub / "hub" / "login"
        await self.page(url)
        form = {
            "username": self.name,
            "password": password or self.password,
            "_xsrf": self.xsrf(url),
        }
        # Where it leads would start a server already.
        url = url % {"next": "/hub/home"}
        async with self.http.post(url, data=form) as answer:
            return await answer.text()

    async def start_server(self) -> None:
        """Have the hub start this student's server, and wait as its page does."""
        # The home page finds out whether the server has died.
        await self.page(self.hub / "hub" / "home")
        await self.page(self.hub / "hub" / "spawn" / self.name)
        url = self.hub / "hub" / "api" / "users" / self.name / "server" / "progress"
        headers = {"X-XSRFToken": self.xsrf(url)}
        async with self.http.get(url, headers=headers) as answer:
            async for line in answer.content:
                event = json.loads(line.partition(b":")[2]) if line.startswith(b"data:") else {}
                if event.get("failed"):
                    raise LoadError(f"{self.name}: máy chủ không mở được: {event.get('message')}")
                if event.get("ready"):
                    break

    async def stop_server(self) -> None:
        """Have the hub stop this student's server, and wait until it has."""
        url = self.hub / "hub" / "api" / "users" / self.name / "server"
        while True:
            headers = {"X-XSRFToken": self.xsrf(url)}
            async with self.http.delete(url, headers=headers) as answer:
                if answer.status == 204:
                    return
            await asyncio.sleep(0.5)

    async def open_notebook(self) -> None:
        """Open the notebook as JupyterLab does: its page, its content, a kernel."""
        await self.disconnect()
        await self.page(self.own / "lab" / "tree" / self.notebook)
        self.content = (await self.api("GET", f"api/contents/{self.notebook}"))["content"]
        kernel = {"name": "python3"}
        body = {"path": self.notebook, "name": "", "type": "notebook", "kernel": kernel}
        self.kernel = (await self.api("POST", "api/sessions", **body))["kernel"]["id"]

    async def connect(self) -> None:
        """Open the WebSocket of this student's kernel."""
        url = self.own / "api" / "kernels" / self.kernel / "channels"
        self.socket = await self.sockets.ws_connect(
            url % {"session_id": self.session.session},
            headers={"X-XSRFToken": self.xsrf(url), "Origin": str(self.hub).rstrip("/")},
            max_msg_size=0,
        )

    async def execute(self, source: str) -> list[dict[str, Any]]:
        """Run code in this student's kernel and return its outputs, as a notebook has them.

        Raises one of GONE where the connection ends or nothing comes for PATIENCE seconds; the
        next call connects anew.
        """
        if self.socket is None:
            await self.connect()
        try:
            return await self._execute(source)
        except GONE:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        """Close the WebSocket: what is still on its way belongs to no one."""
        socket, self.socket = self.socket, None
        if socket:
            await socket.close()

    async def _execute(self, source: str) -> list[dict[str, Any]]:
        assert self.socket
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
        message = self.session.msg("execute_request", content)
        await self.socket.send_str(json.dumps(message | {"channel": "shell"}, default=json_default))
        outputs, replied, idle = [], False, False
        while not (replied and idle):
            frame = await self.socket.receive(PATIENCE)
            if frame.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                raise ConnectionError("kết nối với kernel đã đứt")
            got = json.loads(frame.data)
            if got["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            kind, content = got["header"]["msg_type"], got["content"]
            replied = replied or kind == "execute_reply"
            idle = idle or (kind == "status" and content["execution_state"] == "idle")
            if kind in ("stream", "error", "display_data", "execute_result"):
                content.pop("transient", None)
                outputs.append({"output_type": kind, **content})
        return outputs

    async def run_all(self) -> None:
        """Run every cell of the notebook in order; LoadError for one that fails unforeseen."""
        for number, cell in enumerate(
            cell for cell in self.content["cells"] if cell["cell_type"] == "code"
        ):
            cell["outputs"] = await self.execute(cell["source"])
            failed = [o["evalue"] for o in cell["outputs"] if o["output_type"] == "error"]
            if failed and "raises-exception" not in cell["metadata"].get("tags", []):
                raise LoadError(f"{self.name}: ô {cell['id']}: {failed[0]}")
            if not number:
                self.step("first")
        self.step("end")

    async def save(self, beat: int) -> None:
        """Save the notebook with a number in it, to know it again."""
        self.content["metadata"]["beat"] = beat
        path = f"api/contents/{self.notebook}"
        await self.api("PUT", path, type="notebook", format="json", content=self.content)
