"""The closed room in which the answers to a section run, and its limits.

bubblewrap gives it processes, network, names and files of its own: Python and this course's
package to read, without a word of the solutions or of other submissions, and a small disk in
memory. A filter of system calls closes what no limit counts. From outside a watchman ends the room
when it takes too much memory, too many processes or too much time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from authoring import withheld
from authoring.grade.course import Section
from authoring.grade.submission import Verdict

EXERCISE_SECONDS = 45.0  # for an answer cell and its check, which alone takes ten at most
LESSON_SECONDS = 180.0  # for the lesson's cells before an answer
GRACE = 15.0  # seconds for the referee to end an answer; then the room is ended
MEMORY = 2 << 30  # bytes a process
ALL_MEMORY = 3 << 30  # bytes that all processes have in memory
PROCESSES = 128  # with threads
DISK = 512 << 20  # bytes; the lessons write 200 MB
SHARED = 64 << 20  # bytes of memory that processes share by name
_NOBODY = 65534
_GLANCE = 0.05  # seconds between two looks of the watchman
# Memory that belongs to no process, other processes' memory, and doors into the kernel.
_CALLS = {
    "memfd_create": 319,
    "memfd_secret": 447,
    "shmget": 29,
    "ptrace": 101,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "pidfd_getfd": 438,
    "unshare": 272,
    "setns": 308,
    "mount": 165,
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "bpf": 321,
    "perf_event_open": 298,
    "userfaultfd": 323,
    "io_uring_setup": 425,
}


@dataclass
class Outcome:
    """What came of answers to a section: a verdict on each, and what went wrong besides.

    `memory` is the most that their processes held together, in bytes.
    """

    verdicts: list[Verdict] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    memory: int = 0


class Stopped(Exception):
    """The grader itself was told to stop."""


class Room:
    """Makes rooms that are all alike; `alone` says whether bubblewrap closes them."""

    def __init__(self, kit: Path, alone: bool) -> None:
        """Use the package in the folder `kit`: see `kit`."""
        self.kit, self.alone = kit, alone
        self.stopped = threading.Event()
        self._exercises = _exercises()
        own = [path.read_text("utf-8") for path in sorted(kit.rglob("*.py"))]
        self._version = [*own, *self._exercises.values(), Path(__file__).read_text("utf-8")]

    def fingerprint(self, course: Mapping[str, Section], names: Iterable[str]) -> str:
        """Return what verdicts on answers to sections depend on, besides the answers: a hash."""
        lessons = [course[name] for name in sorted(names)]
        asked = repr((sys.version, self.alone, self._version, lessons))
        return hashlib.sha256(asked.encode()).hexdigest()

    def judge(self, section: Section, answers: list[tuple[str, str, str]]) -> Outcome:
        """Run answers to a section, each (id of its cell, exercise, source), in their order there.

        An answer that brings its room down costs itself only: a new room judges the rest. Raises
        Stopped when `stopped` is set meanwhile.
        """
        outcome, whole = Outcome(), False
        while rest := answers[len(outcome.verdicts) :]:
            said = self._run(self._job(section, rest, whole))
            outcome.memory = max(outcome.memory, said.memory)
            outcome.verdicts += said.verdicts
            if said.failed and not whole:
                whole = True
            elif said.trouble:
                outcome.troubles.append(said.trouble)
                # Before an answer has begun, the fault is none of theirs.
                lost = 1 if said.begun else len(answers) - len(outcome.verdicts)
                message = f"Chưa có lời chấm: {said.trouble}."
                outcome.verdicts += [Verdict(False, message, eye=True)] * lost
        return outcome

    def _job(
        self, section: Section, answers: list[tuple[str, str, str]], whole: bool = False
    ) -> bytes:
        sources = {id: source for id, _, source in answers}
        # A cell may stand on another by a file too: where one fails, the `whole` lesson runs.
        cells = section.before(sources) if whole else section.needed(sources)
        needed = {cell.id for cell in cells}
        job = {
            "alone": self.alone,
            "answers": answers,
            "cells": [
                {
                    "id": cell.id,
                    "source": cell.source if cell.id in needed else None,
                    "may_raise": cell.may_raise,
                }
                for cell in section.cells
                if cell.id in needed or cell.id in sources
            ],
            "exercises": self._exercises,
            "limits": {
                "seconds": EXERCISE_SECONDS,
                "memory": MEMORY,
                "file": DISK,
                "processes": PROCESSES + _running() if self.alone else None,
            },
        }
        return json.dumps(job).encode()

    def _run(self, job: bytes) -> _Said:
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
            given.write(job)
            given.seek(0)
            with self._started(given, errors) as room:
                said = _Said(room)
                while room.poll() is None and not said.trouble and not self.stopped.is_set():
                    time.sleep(_GLANCE)
                    said.watch()
            said.finish()
            if self.stopped.is_set():
                raise Stopped
            errors.seek(0)
            if not said.trouble and not said.complete:
                said.trouble = _last_line(errors.read(100_000))
        return said

    @contextmanager
    def _started(self, given: Any, errors: Any) -> Iterator[subprocess.Popen[bytes]]:
        with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile() as calls:
            calls.write(_filter())
            calls.seek(0)
            environment = _environment("/tmp" if self.alone else home, str(self.kit))
            referee = [sys.executable, "-P", "-s", "-m", "authoring.grade.referee"]
            command = [*_walls(self.kit, calls.fileno()), *referee] if self.alone else referee
            room = subprocess.Popen(
                command,
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd="/" if self.alone else home,
                env=environment,
                pass_fds=[calls.fileno()] if self.alone else [],
                start_new_session=True,
            )
            try:
                yield room
            finally:
                _end(room)


class _Said:
    """What a room has said so far, and why it has to end before it is `complete`."""

    def __init__(self, room: subprocess.Popen[bytes]) -> None:
        self.verdicts: list[Verdict] = []
        self.begun = False  # an answer is running
        self.failed = False  # a cell of the lesson has
        self.complete = False
        self.trouble = ""
        self.memory = 0
        self._room = room
        self._due = time.monotonic() + LESSON_SECONDS
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def watch(self) -> None:
        """Look at the processes in the room."""
        size, processes = _size(self._room.pid)
        self.memory = max(self.memory, size)
        if size > ALL_MEMORY:
            self.trouble = f"vượt quá giới hạn bộ nhớ ({ALL_MEMORY >> 30} GiB)"
        elif processes > PROCESSES:
            self.trouble = f"chạy quá nhiều tiến trình (hơn {PROCESSES})"
        elif time.monotonic() > self._due:
            self.trouble = "không còn trả lời nên đã bị dừng"

    def finish(self) -> None:
        """Take the last words, once the room has ended."""
        self._thread.join()
        assert self._room.stdout
        self._room.stdout.close()

    def _read(self) -> None:
        assert self._room.stdout
        for line in self._room.stdout:
            self._hear(json.loads(line))
            self._due = time.monotonic() + (
                EXERCISE_SECONDS + GRACE if self.begun else LESSON_SECONDS
            )

    def _hear(self, line: dict[str, Any]) -> None:
        self.begun = "begun" in line
        self.failed = "lesson" in line
        self.complete = "end" in line
        if self.failed:
            self.trouble = f"ô {line['lesson']} của bài học không chạy được: {line['error']}"
        elif "exercise" in line:
            verdict = {name: line[name] for name in ("passed", "message", "seconds")}
            self.verdicts.append(Verdict(**verdict, eye=line.get("eye", False)))


@contextmanager
def kit() -> Iterator[Path]:
    """Make the folder that every room gets to read: the course's package without its checks.

    Those come to the referee alone, which keeps them in memory.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        withheld.copy_package(folder)
        shutil.rmtree(folder / "d2lutil" / "exercises")
        grade = folder / "authoring" / "grade"
        grade.mkdir(parents=True)
        for module in ("__init__", "referee", "integrity"):
            shutil.copy(Path(__file__).with_name(f"{module}.py"), grade)
        (folder / "authoring" / "__init__.py").touch()
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield folder


def problem(room: Room) -> str | None:
    """Tell in Vietnamese why there is no closed room on this machine; None when there is one."""
    if shutil.which("bwrap") is None:
        return "máy này chưa có bubblewrap (trên Debian và Ubuntu: sudo apt install bubblewrap)"
    command = [*_walls(room.kit), sys.executable, "-P", "-s", "-c", "print(1)"]
    run = subprocess.run(
        command, env=_environment("/tmp", str(room.kit)), capture_output=True, check=False, cwd="/"
    )
    if run.returncode == 0:
        return None
    return (
        f"bubblewrap không dựng được sandbox ở đây: {_last_line(run.stderr)} (một container thường "
        "cấm điều ấy; Ubuntu từ bản 24.04 cần lệnh sudo sysctl "
        "kernel.apparmor_restrict_unprivileged_userns=0)"
    )


def _walls(kit: Path, calls: int | None = None) -> list[str]:
    """Return the beginning of a command that runs the rest of it in a closed room."""
    command = [shutil.which("bwrap") or "bwrap", "--die-with-parent", "--new-session"]
    for space in ("pid", "net", "ipc", "uts", "cgroup-try"):
        command += [f"--unshare-{space}"]
    if os.geteuid() != 0:
        command += ["--unshare-user", "--cap-drop", "ALL"]
    command += ["--dev", "/dev"]
    for folder, size in (("/tmp", DISK), ("/dev/shm", SHARED)):
        command += ["--size", str(size), "--perms", "1777", "--tmpfs", folder]
    system = ["/usr", "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"]
    for name in ("/lib", "/lib64", "/bin"):
        if os.path.islink(name):
            command += ["--symlink", os.readlink(name), name]
        else:
            system.append(name)
    own = [sys.prefix, sys.base_prefix, str(kit)]
    for path in (*(path for path in system if os.path.exists(path)), *own):
        for parent in [*Path(path).parents][-2::-1]:
            # Those that bubblewrap makes by itself are for root alone.
            command += ["--perms", "0755", "--dir", str(parent)]
        command += ["--ro-bind", path, path]
    # The course's package, solutions and all, where it is installed as a copy.
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        if Path(place, "d2lutil").is_dir():
            command += ["--tmpfs", f"{place}/d2lutil"]
    command += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"]
    if calls is not None:
        command += ["--seccomp", str(calls)]
    if os.geteuid() == 0:
        # Of root the kernel counts no processes. The room is built before its rights are dropped.
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        user = str(_NOBODY)
        command += ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]
        command += ["--inh-caps=-all", "--no-new-privs", "--"]
    return command


def _filter() -> bytes:
    """Return the program, for the kernel, that refuses `_CALLS`, of x86_64."""
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    refuse, allow, kill = 0x00050001, 0x7FFF0000, 0x80000000
    numbers = [*_CALLS.values()]
    lines = [
        (load, 0, 0, 4),
        (equal, 1, 0, 0xC000003E),
        (give, 0, 0, kill),
        (load, 0, 0, 0),
        (at_least, len(numbers) + 1, 0, 0x40000000),  # the calls of another ABI
        *((equal, len(numbers) - i, 0, number) for i, number in enumerate(numbers)),
        (give, 0, 0, allow),
        (give, 0, 0, refuse),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _environment(home: str, path: str) -> dict[str, str]:
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MXNET_CPU_WORKER_NTHREADS")
    return {
        "PATH": os.path.dirname(sys.executable) + ":/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "IPYTHONDIR": f"{home}/.ipython",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "MPLBACKEND": "agg",
        "D2L_PROGRESS": f"{home}/.d2l-progress.json",
        "D2L_DEVICE": "cpu",
        "LANG": "C.UTF-8",
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        **dict.fromkeys(threads, "1"),
    }


def _exercises() -> dict[str, str]:
    """Return the sources of the checks by the names of their modules, without solutions."""
    spec = importlib.util.find_spec("d2lutil.exercises")
    assert spec
    assert spec.origin
    package = Path(spec.origin)
    return {
        "d2lutil.exercises" + ("" if path == package else f".{path.stem}"): (
            withheld.without_solutions(path.read_text("utf-8"))
        )
        for path in (package, *sorted(package.parent.glob("[!_]*.py")))
    }


def _running() -> int:
    """Return how many processes and threads the user of a room has already, outside of it."""
    user = os.getuid() or _NOBODY
    total = 0
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.uids().real == user:
                total += process.num_threads()
    return total


def _family(pid: int) -> list[psutil.Process]:
    with suppress(psutil.Error):
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    return []


def _size(pid: int) -> tuple[int, int]:
    """Return the memory of a process and all its descendants, and their number."""
    total, family = 0, _family(pid)
    for process in family:
        with suppress(psutil.Error):
            total += process.memory_info().rss
    return total, len(family)


def _end(room: subprocess.Popen[bytes]) -> None:
    family = _family(room.pid)
    with suppress(ProcessLookupError):
        os.killpg(room.pid, signal.SIGKILL)
    for process in family:
        with suppress(psutil.Error):
            process.kill()
    room.wait()


def _last_line(errors: bytes) -> str:
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "sandbox dừng mà không nói lý do"
