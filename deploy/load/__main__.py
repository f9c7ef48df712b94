"""`python -m deploy.load N` (as root): a class of N students on this machine, then faults."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import math
import os
import pwd
import signal
import statistics
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import psutil

from bench.report import processor
from deploy.load import classroom, isolation, memory, refusals
from deploy.load.beat import Beat
from deploy.load.faults import Faults
from deploy.load.student import GONE, LoadError, Student

NOTEBOOK = "model-construction_vn.ipynb"
STEPS = {"server": "JupyterLab mở xong", "first": "ô đầu chạy xong", "end": "mọi ô chạy xong"}
DISK = 48  # MB, of the student whose disk will be full


def say(line: str) -> None:
    """Print a line of the result."""
    print(line, flush=True)


def progress(line: str) -> None:
    """Tell on stderr what is going on."""
    print(f"… {line}", file=sys.stderr, flush=True)


def number(value: float, digits: int = 0) -> str:
    """Return a number as Vietnamese writes it."""
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,"))


def at(share: float, values: list[float]) -> float:
    """Return the value that this share of the values does not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


async def attend(student: Student) -> None:
    """One student's lesson: from the login form to the last cell, then a save."""
    await student.log_in()
    await student.start_server()
    student.step("server")
    await student.open_notebook()
    await student.run_all()
    await student.save(0)


async def lesson(
    hub: classroom.Hub, passwords: dict[str, str], own_disk: bool, hub_disk: bool
) -> None:
    """Let the class come, and tell what is seen."""
    await hub.start()
    homeless, *names = passwords
    async with AsyncExitStack() as stack:
        students = []
        for name in [homeless, *names]:
            student = Student(name, passwords[name], hub.address, NOTEBOOK)
            students.append(await stack.enter_async_context(student))
        progress("ai không được vào")
        for line in await refusals.check(hub, students[1], students[0]):
            say(f"✓ {line}")
        del students[0]
        before = psutil.virtual_memory().available / memory.MB
        progress(f"{len(names)} học viên cùng đăng nhập và chạy {NOTEBOOK}")
        await asyncio.gather(*map(attend, students))
        say(f"✓ {len(names)}/{len(names)} học viên chạy xong mọi ô của {NOTEBOOK}")
        for step, words in STEPS.items():
            took = [student.took[step] for student in students]
            say(
                f"  {words}: p50 {number(at(0.5, took), 1)} giây, "
                f"p95 {number(at(0.95, took), 1)} giây"
            )
        progress("bộ nhớ")
        tell_memory(hub, names, before)
        progress("ai đọc được gì của ai")
        pairs = zip(students, [*students[1:], students[0]], strict=True)
        found = [line for pair in pairs for line in await isolation.breaches(*pair, hub)]
        if found:
            raise LoadError("; ".join(found))
        say(
            f"✓ {len(names)} học viên thử đọc bài của người bên cạnh và của hub, ghi vào khóa học: "
            "không ai làm được"
        )
        await meet_faults(hub, students, own_disk, hub_disk)


def tell_memory(hub: classroom.Hub, names: list[str], before: float) -> None:
    """Tell how much memory the class takes."""
    ids = {pwd.getpwnam(name).pw_uid for name in names}
    parts = memory.of_users(ids)
    for part, words in (("server", "JupyterLab"), ("kernel", "kernel")):
        values = list(parts[part].values())
        say(
            f"  {words} của một học viên: trung bình {number(statistics.mean(values))} MB, "
            f"nhiều nhất {number(max(values))} MB"
        )
    each = sum(sum(part.values()) for part in parts.values())
    own = memory.of_hub(hub.process.pid if hub.process else 0)
    say(
        f"  cả lớp: {number(each)} MB (mỗi học viên {number(each / len(names))} MB), "
        f"hub, proxy và bộ dọn: {number(sum(own.values()))} MB"
    )
    after = psutil.virtual_memory().available / memory.MB
    say(f"  bộ nhớ trống của máy giảm {number(before - after)} MB")
    took = number(memory.seconds(ids) / len(names), 1)
    say(f"  CPU của một học viên, từ lúc mở đến ô cuối: {took} giây")
    threads = memory.threads(ids)
    say(f"  luồng của một kernel: {min(threads)} đến {max(threads)}")


async def meet_faults(
    hub: classroom.Hub, students: list[Student], own_disk: bool, hub_disk: bool
) -> None:
    """Let the class go on, and faults happen."""
    pause = max(0.5, len(students) / 10)
    beats = [Beat(student, pause).start() for student in students]
    faults = Faults(hub, beats)
    first, last = beats[0], beats[-1]
    happen: list[tuple[str, Callable[[], Awaitable[str]], list[Beat]]] = [
        ("máy chủ của một học viên bị giết", lambda: faults.server_killed(first), [first]),
        ("proxy bị giết", faults.proxy_killed, []),
        ("hub bị giết rồi chạy lại", faults.hub_restarted, []),
    ]
    if hub_disk:
        happen.append(("đĩa của hub đầy", faults.hub_without_disk, []))
    if own_disk:
        happen.append(("đĩa của một học viên đầy", lambda: faults.disk_full(last), [last]))
    try:
        await asyncio.gather(*(beat.wait(0) for beat in beats))
        for name, fault, without in happen:
            progress(name)
            say(f"✓ {name}: {await faults.meet(fault(), *without)}".replace(".", ","))
        name = "không ai học nữa (thời hạn 6 giây)"
        progress(name)
        say(f"✓ {name}: {await faults.nobody_there()}".replace(".", ","))
    finally:
        for beat in beats:
            await beat.stop()
    if not (hub_disk and own_disk):
        say("? đĩa đầy: không thử được, máy này không cho gắn tmpfs")


def main(arguments: list[str]) -> int:
    """Run a class; return 0 when all went well, 1 after a line that says what did not."""
    try:
        count = int(arguments[0].removeprefix("N=")) if arguments else 30
    except ValueError:
        count = 0
    if not 2 <= count <= classroom.MOST or len(arguments) > 1:
        print(f"make load N=…: N là số học viên, từ 2 đến {classroom.MOST}", file=sys.stderr)
        return 2
    if os.geteuid() != 0:
        print(
            "✗ Cần quyền root, vì lớp học thử gồm những tài khoản tạm của máy này: "
            f"sudo make load N={count}",
            file=sys.stderr,
        )
        return 1
    for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(one, signal.default_int_handler)
    total = psutil.virtual_memory().total / memory.MB
    say(
        f"$ make load N={count}\n{datetime.date.today()}, {processor()}, {os.cpu_count()} nhân "
        f"(tải {os.getloadavg()[0]:.1f}), {number(total)} MB bộ nhớ"
    )
    try:
        with ExitStack() as stack:
            stack.enter_context(classroom.alone())
            progress("cài khóa học vào một thư mục tạm")
            place = stack.enter_context(classroom.installation())
            hub, hub_disk = stack.enter_context(classroom.hub(place))
            passwords = stack.enter_context(classroom.accounts(count))
            home = Path(pwd.getpwnam(classroom.fenced(count)).pw_dir)
            own_disk = stack.enter_context(classroom.small_disk(home, DISK))
            # The first thing on the way out: whoever presses Ctrl-C again has to wait.
            stack.callback(signal.signal, signal.SIGINT, signal.SIG_IGN)

            async def bounded() -> None:
                async with asyncio.timeout(300 + 30 * count):
                    await lesson(hub, passwords, own_disk, hub_disk)

            try:
                asyncio.run(bounded())
            except BaseException:
                log = Path("/tmp") / hub.log.name
                with contextlib.suppress(OSError):
                    log.write_bytes(hub.log.read_bytes())
                    log.chmod(0o600)
                    progress(f"nhật ký của hub: {log}")
                raise
    except KeyboardInterrupt:
        print("\nĐã dừng; các tài khoản tạm đã được xóa.", file=sys.stderr)
        return 130
    except TimeoutError:  # one of GONE, but it has no words
        print("✗ Lâu quá, đã dừng.", file=sys.stderr)
        return 1
    except (LoadError, *GONE) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
