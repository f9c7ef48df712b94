"""Judges the answers to one section; runs inside the sandbox, with nothing of a solution around.

A job comes in on stdin, a line of JSON for every verdict goes out. The lesson's cells run here,
those of the course. At each answer the process forks: whatever the answer does, it does to the
child, and the next answer begins where the lesson left off. A child reports under a token that
only its judge knows.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.util
import json
import os
import re
import resource
import secrets
import select
import signal
import sys
import tempfile
import time
from contextlib import suppress
from types import ModuleType
from typing import Any

from authoring.grade import integrity

MESSAGE = 4000  # characters of a verdict
_MARKS = {"1": True, "0": False, "-": None}
_OWN = (
    "Máy chỉ chạy ô trả lời này, sau các ô của bài học phía trên: "
    "điều gì nằm ở ô bạn tự thêm thì cần chép vào đây."
)


class _Sources(importlib.abc.MetaPathFinder, importlib.abc.ExecutionLoader):
    """Gives the modules of the checks from memory: in the sandbox they are in no file."""

    def __init__(self, folder: str, sources: dict[str, str]) -> None:
        self.folder, self.sources = folder, sources

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        return importlib.util.spec_from_loader(fullname, self) if fullname in self.sources else None

    def is_package(self, fullname: str) -> bool:
        return fullname == "d2lutil.exercises"

    def get_filename(self, fullname: str) -> str:
        parts = [*fullname.split("."), *["__init__"] * self.is_package(fullname)]
        return os.path.join(self.folder, *parts) + ".py"

    def get_source(self, fullname: str) -> str:
        return self.sources[fullname]


def main() -> None:
    """Read a job, write its verdicts: see `sandbox.Job`."""
    job = json.load(sys.stdin)
    out = os.dup(1)  # a child closes it
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    limits = job["limits"]
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, limits["file"])
    _limit(resource.RLIMIT_NOFILE, 256)
    _limit(resource.RLIMIT_DATA, limits["memory"])
    if limits["processes"]:
        _limit(resource.RLIMIT_NPROC, limits["processes"])

    def tell(**report: Any) -> None:
        os.write(out, json.dumps(report).encode() + b"\n")

    exercises = _exercises(job["exercises"])
    shell = _shell()
    answers, prepared = job["answers"], False
    for cell in job["cells"]:
        for _, exercise, source in [answer for answer in answers if answer[0] == cell["id"]]:
            if not prepared:
                integrity.prepare()
                prepared = True
            tell(begun=exercise)
            started, there = time.monotonic(), _files(job["alone"])
            verdict = _judge(shell, exercises, exercise, source, limits["seconds"], out)
            tell(exercise=exercise, seconds=time.monotonic() - started, **verdict)
            if job["alone"] and os.getpid() == 2:
                # Nobody else lives in this space of processes but its init: what an answer has
                # left running ends here.
                _kill_all()
            _tidy(there, job["alone"])
        if cell["source"] is not None:
            done = shell.run_cell(cell["source"], store_history=False, silent=True)
            if not done.success and not cell["may_raise"]:
                error = done.error_in_exec or done.error_before_exec
                tell(lesson=cell["id"], error=f"{type(error).__name__}: {error}"[:MESSAGE])
                return
    tell(end=True)


def _limit(which: int, most: int) -> None:
    hard = resource.getrlimit(which)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))


def _exercises(sources: dict[str, str]) -> list[ModuleType]:
    """Return the modules of the checks; `d2lutil` knows them until an answer is to run."""
    folder = os.path.dirname(os.path.dirname(importlib.import_module("d2lutil").__file__ or ""))
    finder = _Sources(folder, sources)
    sys.meta_path.insert(0, finder)
    modules = [importlib.import_module(name) for name in sources]
    modules[0].all_exercises()  # it remembers them; later it would not find their modules
    return modules


def _shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    return InteractiveShell.instance(config=config)


def _judge(
    shell: Any,
    exercises: list[ModuleType],
    exercise: str,
    source: str,
    seconds: float,
    out: int,
) -> dict[str, Any]:
    import mxnet

    mxnet.nd.waitall()  # the engine's threads stay behind
    token = secrets.token_hex(16)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        os.close(reading)
        os.setsid()
        try:
            _answer(shell, exercises, exercise, source, token, writing)
        finally:
            os._exit(1)
    os.close(writing)
    try:
        status = _wait(child, seconds)
        return _verdict(status, _read(reading), token, seconds)
    finally:
        os.close(reading)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)


def _wait(child: int, seconds: float) -> int | None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _read(pipe: int) -> str:
    os.set_blocking(pipe, False)
    text = b""
    while select.select([pipe], [], [], 0)[0] and len(text) < 8 * MESSAGE:
        part = os.read(pipe, 65536)
        if not part:
            break
        text += part
    return text.decode(errors="replace")


def _verdict(status: int | None, report: str, token: str, seconds: float) -> dict[str, Any]:
    if status is None:
        reason = f"Chưa chạy xong sau {seconds:g} giây nên đã bị dừng."
        return {"passed": False, "message": f"{reason} Có lẽ một vòng lặp không bao giờ kết thúc."}
    if status == 0 and report.startswith(token):
        mark, eye, message = report[32], report[33], report[34:]
        return {"passed": _MARKS[mark], "message": message, "eye": eye == "!"}
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        reason = f"Câu trả lời làm tiến trình chấm chết ({name})."
        return {"passed": False, "message": reason, "eye": True}
    reason = f"Câu trả lời kết thúc tiến trình chấm (mã {os.waitstatus_to_exitcode(status)})"
    return {"passed": False, "message": f"{reason} trước khi có lời chấm.", "eye": True}


def _kill_all() -> None:
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def _files(alone: bool) -> set[str]:
    """Return every file and folder where an answer may write, `alone` or in its own folder."""
    return {
        os.path.join(place, name)
        for root in (tempfile.gettempdir(), *(["/dev/shm"] if alone else []))
        for place, folders, names in os.walk(root)
        for name in (*folders, *names)
    }


def _tidy(before: set[str], alone: bool) -> None:
    """Remove what has come since, so that no answer finds another's files, or a full disk."""
    for path in sorted(_files(alone) - before, reverse=True):
        with suppress(OSError):
            os.rmdir(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)


def _plain(source: str) -> str:
    """Return an answer's source without the notebook's own commands, as in `%%time`.

    They are no part of an answer, and look at frames, which no answer may.
    """
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return re.sub(r"(?m)^([ \t]*)[%!?].*$", r"\1pass", source)
    return source


def _answer(
    shell: Any,
    exercises: list[ModuleType],
    exercise: str,
    source: str,
    token: str,
    pipe: int,
) -> None:
    """Run the answer cell and its check, report, and end the process."""
    import linecache

    import d2lutil

    write, leave, found = os.write, os._exit, integrity.suspicious(source)
    package, guard = exercises[0], sys.modules["d2lutil.exercises.guard"]
    blank = sys.modules["d2lutil.exercises.exercise"].BLANK
    missing = object()
    sys.stdin = open(os.devnull)  # noqa: SIM115
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    guard._LIBRARIES.add(guard.Path(__file__).resolve().parent)
    for name in [name for name in sys.modules if name.startswith("d2lutil.exercises")]:
        del sys.modules[name]
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Sources)]
    for name in ("exercises", "check", "hint", "solution"):
        vars(d2lutil).pop(name, None)
    for name in ("check", "hint", "solution"):
        setattr(d2lutil, name, lambda *arguments, **options: None)
    watch = integrity.Watch(exercises, {name for name in linecache.cache if name.startswith("<")})

    def report(passed: bool | None, message: str) -> None:
        seen = sorted({*watch.refused, *(f"nhắc tới `{name}`" for name in found)})
        if passed and seen:
            passed = False
            message = (
                f"Máy không tính câu trả lời này vì mã của nó {', '.join(seen)}: "
                "bài không cần điều đó."
            )
        mark = "-" if passed is None else "1" if passed is True else "0"
        text = f"{token}{mark}{'!' if seen else '.'}{message[:MESSAGE]}"
        write(pipe, text.encode("utf-8", "replace"))
        leave(0)

    try:
        watch.start()
        done = shell.run_cell(_plain(source), store_history=False, silent=True)
        watch.verify(everything=True)
        watch.left_behind()
        error = done.error_before_exec or done.error_in_exec
        if error is not None:
            told = f"{type(error).__name__}: {error}".splitlines()[0]
            line = guard.readers_line(error.__traceback__)
            where = f" ở {line}" if line else ""
            advice = f" {_OWN}" if isinstance(error, NameError) else ""
            report(False, f"Ô trả lời báo lỗi {guard.code(told)}{where}.{advice}")
        answer = shell.user_ns.get("answer", missing)
        if answer is missing:
            report(False, f"Ô trả lời không tạo ra `answer`. {_OWN}")
        if answer is ...:
            report(None, blank)
        watch.look_at(answer)
        result = package.check(exercise, answer)
        watch.verify(everything=True)
        watch.left_behind()
        passed, message = result.passed, result.message
        if passed is False and "`NameError" in message:
            message = f"{message} {_OWN}"
        report(passed, message)
    except integrity.Tampering as tampering:
        watch.refused.add(f"thay `{tampering}`")
        report(True, "")
    except BaseException as error:
        # An answer may raise what no check expects, as KeyboardInterrupt.
        watch.refused.add(f"gây ra `{type(error).__name__}`")
        report(False, f"Phép chấm dừng giữa chừng: {guard.code(repr(error))}.")


if __name__ == "__main__":
    main()
