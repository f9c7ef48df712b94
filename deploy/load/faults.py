"""Faults in the middle of a lesson: what was saved stays, and the others go on."""

from __future__ import annotations

import asyncio
import json
import pwd
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psutil

from deploy.load import memory
from deploy.load.beat import LONGEST, Beat
from deploy.load.classroom import Hub, processes_of
from deploy.load.student import LoadError, Student

FILL = """
written = 0
try:
    with open("day.bin", "wb", buffering=0) as file:
        while True:
            written += file.write(bytes(100_000))
except OSError as error:
    reason = error.errno
reason, written
"""


class Faults:
    """Each fault of a class that is going on."""

    def __init__(self, hub: Hub, beats: list[Beat]) -> None:
        self.hub, self.beats = hub, beats

    async def meet(self, fault: Awaitable[str], *without: Beat) -> str:
        """Let a fault happen, see that the others go on and nothing saved is lost; tell it.

        `without` are those whom the fault hits themselves. Raises LoadError where work is lost.
        """
        began = time.monotonic()
        told = await fault
        ended = time.monotonic()
        others = [beat for beat in self.beats if beat not in without]
        await asyncio.gather(*(beat.wait(ended) for beat in others))
        longest = max(gap for beat in others for when, gap in beat.gaps if when > began)
        for beat in self.beats:
            saved = beat.saved
            if await beat.on_disk() < saved:
                beat.lost.append(f"{beat.student.name}: bản lưu {saved} mất")
        lost = [line for beat in self.beats for line in beat.lost]
        if lost:
            raise LoadError("; ".join(lost))
        return f"{told}; {len(others)} người học tiếp, có lúc phải đợi {longest:.1f} giây"

    async def server_killed(self, beat: Beat) -> str:
        """Kill a student's server; the student opens it again and finds what was saved."""
        student = beat.student
        await beat.stop()
        own = processes_of({pwd.getpwnam(student.name).pw_uid})
        (server,) = [process for process in own if memory.kind(process) == "server"]
        server.kill()
        began = time.monotonic()
        await _patiently(student.start_server)
        await student.open_notebook()
        found = student.content["metadata"].get("beat")
        # The last save may have come through without an answer.
        if found not in (beat.saved, beat.saved + 1):
            raise LoadError(f"{student.name}: đã lưu {beat.saved}, mở lại thấy {found}")
        beat.counted = 0
        beat.start()
        await beat.wait(began)
        return f"học lại được sau {time.monotonic() - began:.1f} giây, bài đã lưu còn nguyên"

    async def proxy_killed(self) -> str:
        """Kill the proxy; the hub starts another."""
        old, began = self.hub.proxy, time.monotonic()
        old.kill()
        while True:
            try:
                if self.hub.proxy.pid != old.pid:
                    break
            except (OSError, ValueError, psutil.Error):
                pass
            if time.monotonic() - began > 60:
                raise LoadError("proxy không sống lại")
            await asyncio.sleep(0.1)
        took = time.monotonic() - began
        return f"proxy khác thay sau {took:.1f} giây, mọi biến còn nguyên"

    async def hub_restarted(self) -> str:
        """Kill the hub and start it again; whoever was logged in still is."""
        self.hub.kill()
        began = time.monotonic()
        await self.hub.start()
        took = time.monotonic() - began
        for beat in self.beats:
            page = await beat.student.page(self.hub.address / "hub" / "home")
            if "đang chạy" not in page:
                raise LoadError(f"{beat.student.name}: phải đăng nhập hay mở lại sau khi hub chết")
        return f"chạy lại sau {took:.1f} giây, không ai phải đăng nhập lại, mọi biến còn nguyên"

    async def hub_without_disk(self) -> str:
        """Fill the hub's disk: whoever comes gets in or is told, as is who starts the hub then."""
        filler = self.hub.state / "day.bin"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(100_000))
        own = self.beats[0].student
        async with Student(own.name, own.password, own.hub, own.notebook) as visitor:
            page = await visitor.log_in()
            # SQLite may still find room in its file.
            came_in = "JupyterLab của bạn" in page
            if '<html lang="vi">' not in page:
                raise LoadError(f"đĩa của hub đầy, đăng nhập thì thấy: {page[:200]}")
            self.hub.kill()
            try:
                await self.hub.start()
            except LoadError as error:
                if "không ghi được" not in str(error):
                    raise
            else:
                raise LoadError("hub chạy với đĩa đầy mà không nói gì")
            filler.unlink()
            await self.hub.start()
            if "JupyterLab của bạn" not in await visitor.log_in():
                raise LoadError("đĩa của hub lại có chỗ mà vẫn không đăng nhập được")
        who = "vẫn vào được" if came_in else "thì được báo"
        return (
            f"ai đến {who}, hub không chịu khởi động lại và nói rõ lý do; có chỗ trống thì chạy lại"
        )

    async def disk_full(self, beat: Beat) -> str:
        """Fill a student's disk: a save is refused, the last one stays, the server starts again."""
        student = beat.student
        await beat.stop()
        outputs = await student.execute(FILL)
        if not outputs[-1].get("data", {}).get("text/plain", "").startswith("(28, "):
            raise LoadError(f"{student.name}: đĩa không đầy được: {outputs}")
        saved = await beat.on_disk()
        try:
            await student.save(saved + 1)
        except LoadError:
            pass
        else:
            raise LoadError(f"{student.name}: lưu được vào đĩa đầy?")
        if await beat.on_disk() != saved:
            raise LoadError(f"{student.name}: đĩa đầy làm hỏng bản đã lưu")
        await student.stop_server()
        await student.start_server()
        notice = await _notice(beat)
        if "Đĩa đã đầy" not in notice:
            raise LoadError(f"{student.name}: không được báo đĩa đầy: {notice!r}")
        await student.open_notebook()
        await student.execute("1 + 1")
        await student.api("DELETE", "api/contents/day.bin")
        beat.counted = 0
        began = time.monotonic()
        beat.start()
        await beat.wait(began)
        return (
            "lần lưu ấy bị từ chối, bản đã lưu còn nguyên, mở lại được, được báo, xóa rồi lưu được"
        )

    async def nobody_there(self) -> str:
        """Let everybody leave: the hub ends what nobody uses."""
        for beat in self.beats:
            await beat.stop()
        ids = {pwd.getpwnam(beat.student.name).pw_uid for beat in self.beats}
        self.hub.kill()
        self.hub.set(idle=0.1)
        await self.hub.start()
        began = time.monotonic()
        while left := processes_of(ids):
            if time.monotonic() - began > LONGEST:
                raise LoadError(f"chưa tắt: {left}")
            await asyncio.sleep(0.5)
        return f"mọi JupyterLab và kernel tự tắt sau {time.monotonic() - began:.1f} giây"


async def _notice(beat: Beat) -> str:
    """Return what JupyterLab tells this student at its start."""
    student = beat.student
    page = await student.page(student.own / "lab")
    found = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    return str(json.loads(found[1])["courseNotice"]) if found else ""


async def _patiently(start: Callable[[], Awaitable[None]]) -> None:
    """Start a server that has just died: for a moment the hub may take it for a living one."""
    for _ in range(20):
        try:
            return await start()
        except LoadError as error:
            last = error
        await asyncio.sleep(0.5)
    raise last
