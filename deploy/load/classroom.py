"""What a class needs for a while: accounts, an installation, a hub; all of it goes at the end."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import aiohttp
import psutil
from yarl import URL

from deploy.load.student import GONE, LoadError

ROOT = Path(__file__).resolve().parents[2]
# Whatever has this name is the load's, and is removed.
FENCE = "d2l-load-"
MOST = 300


def fenced(number: int) -> str:
    """Return the name of account `number`."""
    return f"{FENCE}{number:03}"


def remove_accounts() -> None:
    """End the processes of every account behind the fence, then remove the account and its home."""
    accounts = [entry for entry in pwd.getpwall() if entry.pw_name.startswith(FENCE)]
    ids = {entry.pw_uid for entry in accounts}
    for _ in range(10):
        theirs = processes_of(ids)
        for process in theirs:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if not psutil.wait_procs(theirs, timeout=5)[1]:
            break
    for entry in accounts:
        while subprocess.run(["mountpoint", "-q", entry.pw_dir]).returncode == 0:
            subprocess.run(["umount", "--lazy", entry.pw_dir], check=True)
        # It also says that there is no mail.
        subprocess.run(["userdel", "-r", entry.pw_name], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["groupdel", FENCE.rstrip("-")], stderr=subprocess.DEVNULL)


def processes_of(ids: set[int]) -> list[psutil.Process]:
    """Return the processes of these users."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.uids().real in ids:
                found.append(process)
    return found


@contextmanager
def alone() -> Iterator[None]:
    """See that no other class is tried meanwhile: each removes all accounts behind the fence."""
    with Path("/run", f"{FENCE}lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LoadError("một lớp khác đang được thử trên máy này") from None
        yield


@contextmanager
def accounts(count: int) -> Iterator[dict[str, str]]:
    """Give `count` new accounts with their passwords, and one more that has lost its home."""
    remove_accounts()
    try:
        names = [fenced(number) for number in range(count + 1)]
        made = subprocess.run(
            ["sh", ROOT / "deploy" / "jupyterhub" / "add-students.sh"],
            input="\n".join(names) + "\n",
            env={**os.environ, "GROUP": FENCE.rstrip("-")},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        shutil.rmtree(pwd.getpwnam(names[0]).pw_dir)
        yield dict(line.split("\t") for line in made.stdout.splitlines())
    finally:
        remove_accounts()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """Put a disk of its own in the place of a folder, where this machine allows it."""
    owner = folder.stat()
    options = f"size={megabytes}m,mode=700,uid={owner.st_uid},gid={owner.st_gid}"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
    mounted = subprocess.run(mount, stderr=subprocess.DEVNULL).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", folder])


@contextmanager
def installation() -> Iterator[Path]:
    """Install the course with a hub into a folder that goes at the end."""
    folder = Path(tempfile.mkdtemp(prefix=FENCE, dir="/var/tmp"))
    try:
        folder.chmod(0o755)
        script = ROOT / "deploy" / "jupyterhub" / "place.sh"
        subprocess.run(["sh", script, folder], stdout=sys.stderr, check=True)
        yield folder
    finally:
        shutil.rmtree(folder)


def free_port() -> int:
    """Return a port of this machine that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Hub:
    """The hub of an installation, with its proxy, at `address` on this machine only."""

    def __init__(self, installation: Path, state: Path) -> None:
        self.installation, self.state = installation, state
        port, self.hub_port, self.api_port = free_port(), free_port(), free_port()
        self.address = URL(f"http://127.0.0.1:{port}")
        self.settings = state / "hub.toml"
        self.set(idle=60)
        self.log = state.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    def set(self, *, idle: float) -> None:
        """Write the settings, which the hub reads when it starts."""
        group = FENCE.rstrip("-")
        self.settings.write_text(
            f'address = "{self.address}"\nstudents = "{group}"\nteachers = "root"\nidle = {idle}\n',
            encoding="utf-8",
        )

    @property
    def proxy(self) -> psutil.Process:
        """The process of the proxy."""
        return psutil.Process(int((self.state / "jupyterhub-proxy.pid").read_text()))

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the hub's process."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.installation / ".venv-hub" / "bin" / "jupyterhub",
                    *["-f", self.installation / "deploy" / "jupyterhub" / "jupyterhub_config.py"],
                    f"--JupyterHub.hub_port={self.hub_port}",
                    f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{self.api_port}",
                ],
                cwd=self.state,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "D2L_HUB": str(self.settings)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A shell that started us in the background has it ignored, and so would they.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
                start_new_session=True,
            )
        return self.process

    async def start(self) -> None:
        """Start the hub and wait until it answers; LoadError where it ends instead."""
        process = self.launch()
        async with aiohttp.ClientSession() as http:
            while process.poll() is None:
                with suppress(*GONE):
                    async with http.get(self.address / "hub" / "health") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.2)
        raise LoadError(f"máy chủ không khởi động được: {self.reason()}")

    def reason(self) -> str:
        """Return what the hub said last of why it ended: the proxy goes on writing there."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return next((line for line in reversed(lines) if line.startswith("✗")), "xem nhật ký")

    def kill(self) -> None:
        """Kill the hub and what it started, but for the proxy and the students' servers."""
        if self.process is None or self.process.poll() is not None:
            return
        own = [
            child
            for child in psutil.Process(self.process.pid).children()
            if "jupyterhub_idle_culler" in child.cmdline()
        ]
        for process in own:
            process.kill()
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """End everything of the hub."""
        self.kill()
        with suppress(OSError, ValueError, psutil.Error):
            if str(self.installation) in " ".join(self.proxy.cmdline()):
                self.proxy.kill()
        shutil.rmtree(Path("/run", self.state.name), ignore_errors=True)


@contextmanager
def hub(installation: Path) -> Iterator[tuple[Hub, bool]]:
    """Give a hub that isn't started yet, and whether its disk is one of its own."""
    state = Path(tempfile.mkdtemp(prefix=f"{FENCE}hub-", dir="/var/tmp"))
    try:
        with small_disk(state, 16) as mounted:
            one = Hub(installation, state)
            try:
                yield one, mounted
            finally:
                one.end()
                one.log.unlink(missing_ok=True)
    finally:
        shutil.rmtree(state)
