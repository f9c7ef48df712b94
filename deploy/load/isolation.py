"""What one student tries against another: files by the API and from a kernel, ports, processes."""

from __future__ import annotations

import ast
import pwd
from pathlib import Path

import psutil
from yarl import URL

from deploy.load import memory
from deploy.load.classroom import Hub, processes_of
from deploy.load.student import Student

# Runs in a kernel; the last line is its result: what it got that it must not get.
ATTEMPTS = """
import os, socket, urllib.request
got = []
def attempt(what, do):
    try:
        do()
    except OSError:
        return
    got.append(what)
for path in {paths!r}:
    attempt(path, lambda: os.listdir(path) if os.path.isdir(path) else open(path, "rb").read())
for path in {written!r}:
    attempt("ghi " + path, lambda: open(path, "ab"))
for pid in {pids!r}:
    attempt(f"/proc/{{pid}}/environ", lambda: open(f"/proc/{{pid}}/environ", "rb").read())
    attempt(f"kill {{pid}}", lambda: os.kill(pid, 0))
for url in {urls!r}:
    attempt(url, lambda: urllib.request.urlopen(url, timeout=60).read())
got
"""


async def breaches(student: Student, other: Student, hub: Hub) -> list[str]:
    """Return what `student` could get of `other`, of the hub or of the course: nothing."""
    home = Path(pwd.getpwnam(other.name).pw_dir)
    lab = home / "tinh-toan-hoc-sau"
    keys = Path("/run", hub.state.name)
    uid = pwd.getpwnam(other.name).pw_uid
    theirs = processes_of({uid})
    ports = {
        connection.laddr.port
        for process in theirs
        if memory.kind(process) == "server"
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    source = ATTEMPTS.format(
        paths=[
            *map(str, (home, lab, lab / other.notebook, keys, keys / other.name, hub.state)),
            *(str(hub.state / name) for name in ("jupyterhub_cookie_secret", "jupyterhub.sqlite")),
        ],
        written=[
            str(hub.installation / "notebooks" / other.notebook),
            str(hub.installation / "d2lutil" / "__init__.py"),
        ],
        pids=[process.pid for process in theirs] + [hub.process.pid if hub.process else 1],
        urls=[f"http://127.0.0.1:{port}/user/{other.name}/api/contents" for port in ports]
        + [f"http://127.0.0.1:{hub.api_port}/api/routes"]
        + [f"http://127.0.0.1:{hub.hub_port}/hub/api/users"],
    )
    outputs = await student.execute(source)
    if not outputs or outputs[-1]["output_type"] != "execute_result":
        return [f"{student.name}: {outputs}"]
    found = [f"kernel: {what}" for what in ast.literal_eval(outputs[-1]["data"]["text/plain"])]
    assert ports, "no port of a server was tried"
    up = "%2e%2e/" * 6
    for path in (f"{up}{lab}/{other.notebook}", f"/{lab}/{other.notebook}"):
        for service in ("api/contents", "files"):
            found += await _read(student, f"/user/{student.name}/{service}/{path}")
    for service in ("api/contents", f"files/{other.notebook}", "api/kernels"):
        found += await _read(student, f"/user/{other.name}/{service}")
    found += await _read(student, f"/hub/api/users/{other.name}")
    return [f"{student.name} → {other.name}: {what}" for what in found]


async def _read(student: Student, path: str) -> list[str]:
    """Return the address if it can be read, as it stands: nobody tidies up its dots."""
    url = URL(f"{str(student.hub).rstrip('/')}{path}", encoded=True)
    async with student.http.get(url, allow_redirects=False) as answer:
        await answer.read()
    return [f"{answer.status} {path}"] if answer.status == 200 else []
