"""A student who goes on: one more cell and one more save, again and again, whatever happens."""

from __future__ import annotations

import asyncio
import json
import pwd
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from deploy.load.student import GONE, LoadError, Student

COUNT = "beat = globals().get('beat', 0) + 1\nbeat"
# Seconds: whoever waits longer than this doesn't go on.
LONGEST = 180


class Beat:
    """A student's going on, in a task of its own from `start` to `stop`.

    `saved` is the last save that the server confirmed; `gaps` has the seconds between two of them,
    each with the moment when it ended.
    """

    def __init__(self, student: Student, pause: float) -> None:
        self.student, self.pause = student, pause
        self.saved = self.counted = 0
        self.gaps: list[tuple[float, float]] = []
        self.lost: list[str] = []
        self.task: asyncio.Task[None] | None = None

    def start(self) -> Self:
        """Begin, or go on after a stop."""
        self.last = time.monotonic()
        self.task = asyncio.create_task(self._go_on())
        return self

    async def stop(self) -> None:
        """Stop, and wait until nothing is on its way."""
        if self.task:
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task
            self.task = None
        await self.student.disconnect()

    async def _go_on(self) -> None:
        while True:
            # As JupyterLab does: what was interrupted is tried again.
            with suppress(LoadError, *GONE):
                await self._once()
                now = time.monotonic()
                self.gaps.append((now, now - self.last))
                self.last = now
            await asyncio.sleep(self.pause)

    async def _once(self) -> None:
        outputs = await self.student.execute(COUNT)
        count = int(outputs[-1]["data"]["text/plain"])
        if count <= self.counted:
            self.lost.append(f"{self.student.name}: kernel quên mọi biến")
        self.counted = count
        await self.student.save(self.saved + 1)
        self.saved += 1

    async def wait(self, moment: float) -> float:
        """Wait until the student goes on after `moment`; return the longest gap that ended since.

        Raises LoadError where that doesn't come.
        """
        began = time.monotonic()
        while not (self.gaps and self.gaps[-1][0] > moment):
            if time.monotonic() - began > LONGEST:
                raise LoadError(f"{self.student.name} đứng yên đã {LONGEST} giây")
            await asyncio.sleep(0.1)
        return max(gap for when, gap in self.gaps if when > moment)

    async def on_disk(self) -> int:
        """Return the number of the save that is on the disk; LoadError where the file is broken."""
        home = Path(pwd.getpwnam(self.student.name).pw_dir)
        path = home / "tinh-toan-hoc-sau" / self.student.notebook
        began = time.monotonic()
        while True:
            try:
                return int(json.loads(path.read_bytes())["metadata"]["beat"])
            except (OSError, ValueError, KeyError) as error:
                # Jupyter writes the file in its place: it may be half written just now.
                if time.monotonic() - began > 10:
                    raise LoadError(f"{path}: {error!r}") from None
            await asyncio.sleep(0.1)
