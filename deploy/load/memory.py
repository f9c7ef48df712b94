"""How much memory and CPU a class takes: what processes share counts in parts (PSS)."""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import suppress

import psutil

from deploy.load.classroom import processes_of

MB = 1_000_000


def kind(process: psutil.Process) -> str:
    """Return which part of a class a process is, by its command."""
    command = " ".join(process.cmdline())
    for words, name in (
        ("ipykernel_launcher", "kernel"),
        ("jupyterhub.singleuser", "server"),
        ("configurable-http-proxy", "proxy"),
        ("jupyterhub_idle_culler", "culler"),
        ("jupyterhub_config.py", "hub"),
    ):
        if words in command:
            return name
    return "other"


def of_users(ids: set[int]) -> dict[str, dict[int, float]]:
    """Return MB of each kind of process for each user."""
    found: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for process in processes_of(ids):
        with suppress(psutil.Error):
            found[kind(process)][process.uids().real] += process.memory_full_info().pss / MB
    return found


def of_hub(pid: int) -> dict[str, float]:
    """Return MB of the hub, its proxy and its culler."""
    hub = psutil.Process(pid)
    parts = [hub, *(child for child in hub.children() if child.uids().real == os.getuid())]
    return {kind(process): process.memory_full_info().pss / MB for process in parts}


def threads(ids: set[int]) -> list[int]:
    """Return how many threads each kernel of these users has."""
    return [process.num_threads() for process in processes_of(ids) if kind(process) == "kernel"]


def seconds(ids: set[int]) -> float:
    """Return the CPU seconds that servers and kernels of these users have taken."""
    took = 0.0
    for process in processes_of(ids):
        with suppress(psutil.Error):
            took += sum(process.cpu_times()[:4])
    return took
