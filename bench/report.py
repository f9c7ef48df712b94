"""What every result says of itself: which machine, when, with which command."""

from __future__ import annotations

import datetime
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path


def heading(versions: str = "") -> str:
    """Return the lines that begin a result, with these versions, or those of MXNet and NumPy."""
    script = Path(sys.argv[0]).resolve().relative_to(Path(__file__).resolve().parents[1])
    versions = versions or f"mxnet {version('mxnet')}, numpy {version('numpy')}"
    return (
        f"$ python {script.as_posix()}\n"
        f"{datetime.date.today()}, {processor()}, {os.cpu_count()} cores "
        f"(load {os.getloadavg()[0]:.1f}), {platform.system()}, "
        f"Python {platform.python_version()}, {versions}\n"
    )


def processor() -> str:
    """Return the processor's name."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile."""
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return lower, median, upper
