"""What a card really does, beside what the section about GPUs foretells.

With MXNet where it can compute on a card; else with PyTorch, which has code for newer cards than
MXNet 1.9.1; else on the CPU, and then the result says so. Every time contains the wait for the
work. "32 bits" is float32 without TF32, "16 bits" is float16, on tensor cores if the library uses
them; a product of n x n matrices is 2 n^3 operations. "Pinned" is memory that stays in its place,
so that the card can fetch from it by itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from report import heading, quartiles

# NVIDIA's libraries read it when they are loaded.
os.environ["NVIDIA_TF32_OVERRIDE"] = "0"
# This project's package need not be installed.
sys.path.append(str(Path(__file__).resolve().parents[1]))

RUN = 0.01  # seconds, so that the wait at the end of a run hardly counts

Call = Callable[[], object]
# By its name, what makes the call to time, and how many bytes or operations the call is.
Rows = dict[str, tuple[Callable[[], Call], int]]


class WithMXNet:
    """The work in question, done by MXNet."""

    def __init__(self) -> None:
        import d2lutil  # first: it makes MXNet run with NumPy 2

        # isort: split
        import mxnet
        import numpy

        mxnet.npx.set_np()
        self.versions = f"mxnet {mxnet.__version__}, numpy {numpy.__version__}"
        self.mx, self.np, self.wait = mxnet, mxnet.np, mxnet.npx.waitall
        self.cpu, self.card = mxnet.cpu(), d2lutil.try_gpu()
        self.has_card = self.card != self.cpu

    def ones(self, count: int, place: Any, pinned: bool = False) -> Any:
        return self.np.ones(count, ctx=self.mx.cpu_pinned() if pinned else place)

    def copy(self, source: Any, target: Any) -> None:
        source.copyto(target)

    def product(self, side: int, bits: int, place: Any) -> Call:
        # Random: on numbers that are all alike a card needs less power, and may run faster.
        random = [self.np.random.normal(size=(side, side), ctx=place) for _ in range(3)]
        a, b, out = (array.astype(f"float{bits}") for array in random)
        return lambda: self.np.dot(a, b, out=out)

    def training(self, batch: int, place: Any) -> Call:
        from mxnet import autograd, gluon, init

        X = self.np.random.uniform(-1, 1, size=(batch, 2), ctx=place)
        y = (X[:, 0] * X[:, 1] > 0).astype("float32")
        net = gluon.nn.Sequential()
        net.add(gluon.nn.Dense(32, activation="relu"), gluon.nn.Dense(1))
        net.initialize(init.Xavier(), ctx=place)
        loss = gluon.loss.SigmoidBCELoss()
        trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.05})

        def step() -> None:
            with autograd.record():
                value = loss(net(X), y)
            value.backward()
            trainer.step(batch)

        return step


class WithPyTorch:
    """The same work, done by PyTorch."""

    def __init__(self) -> None:
        import torch

        torch.set_float32_matmul_precision("highest")
        self.versions, self.torch = f"torch {torch.__version__}", torch
        self.has_card = torch.cuda.is_available() and os.environ.get("D2L_DEVICE") != "cpu"
        self.cpu = torch.device("cpu")
        self.card = torch.device("cuda", 0) if self.has_card else self.cpu
        # On the CPU every operation returns when it is done.
        self.wait: Call = torch.cuda.synchronize if self.has_card else lambda: None

    def ones(self, count: int, place: Any, pinned: bool = False) -> Any:
        return self.torch.ones(count, device=place, pin_memory=pinned)

    def copy(self, source: Any, target: Any) -> None:
        target.copy_(source, non_blocking=True)

    def product(self, side: int, bits: int, place: Any) -> Call:
        kind = getattr(self.torch, f"float{bits}")
        a, b, out = (self.torch.randn(side, side, device=place, dtype=kind) for _ in range(3))
        return lambda: self.torch.mm(a, b, out=out)

    def training(self, batch: int, place: Any) -> Call:
        nn = self.torch.nn
        X = self.torch.rand(batch, 2, device=place) * 2 - 1
        y = (X[:, 0] * X[:, 1] > 0).float()[:, None]
        net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1)).to(place)
        loss = nn.BCEWithLogitsLoss()
        optimizer = self.torch.optim.Adam(net.parameters(), lr=0.05)

        def step() -> None:
            optimizer.zero_grad()
            loss(net(X), y).backward()
            optimizer.step()

        return step


Library = WithMXNet | WithPyTorch


def choose() -> Library:
    """Return the first library that has a card, else the first that there is."""
    found: list[Library] = []
    for kind in (WithMXNet, WithPyTorch):
        try:
            found.append(kind())
        except (ImportError, OSError):  # OSError: a library of CUDA is missing
            continue
        if found[-1].has_card:
            return found[-1]
    if not found:
        raise SystemExit("neither MXNet nor PyTorch can be imported")
    return found[0]


def cards(library: Library) -> str:
    """Return what the driver says of the cards, or that there is none."""
    if not library.has_card:
        return (
            "no card found: these are CPU times, and copies inside the main memory\n"
            "not available without a card: pinned memory, 16-bit products"
        )
    fields = "name,driver_version,pcie.link.gen.max,pcie.link.width.max"
    command = ["nvidia-smi", f"--query-gpu={fields}", "--format=csv"]
    try:
        known = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        known = f"unknown, {error}"
    return f"computed on {library.card} of:\n{known}"


def start(library: Library, each: bool, place: Any) -> Call:
    """Return an operation on one number, waited for each time or not."""
    x = library.ones(1, place)
    return (lambda: (x + 1, library.wait())) if each else (lambda: x + 1)


def passing(library: Library, count: int, place: Any) -> Call:
    """Return an addition in place that fetches and writes so many numbers."""
    x = library.ones(count, place)
    return lambda: x.__iadd__(1)


def crossing(library: Library, size: int, pinned: bool, back: bool) -> Call:
    """Return a copy of so many bytes to the card or back, waited for each time."""
    near = library.ones(size // 4, library.cpu, pinned)
    far = library.ones(size // 4, library.card)
    source, target = (far, near) if back else (near, far)
    return lambda: (library.copy(source, target), library.wait())


def run(call: Call, repeats: int, wait: Call) -> float:
    """Return the seconds of one call among several back to back, with one wait at the end."""
    wait()
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    wait()
    return (time.perf_counter() - start) / repeats


def show(title: str, rows: Rows, wait: Call, rounds: int, unit: str = "") -> None:
    """Time the rows in turn and print a line of each, with 10^9 of the unit a second."""
    calls: dict[str, tuple[Call, int]] = {}
    lines = dict.fromkeys(rows, "")
    for name, (make, _) in rows.items():
        try:
            call, repeats = make(), 1
            run(call, repeats, wait)  # loads what is loaded once
            while run(call, repeats, wait) * repeats < RUN:
                repeats *= 2
            calls[name] = call, repeats
        except RuntimeError as error:  # of MXNet or PyTorch: no such code, or no memory left
            lines[name] = f"not available: {str(error).strip().splitlines()[-1]}"
    times = [[run(*call, wait) for call in calls.values()] for _ in range(rounds)]
    for name, taken in zip(calls, zip(*times, strict=True), strict=True):
        low, median, high = (1000 * seconds for seconds in quartiles(taken))
        amount = rows[name][1]
        rate = f"  {amount / median / 1e6:.3g} {unit}" if amount else ""
        lines[name] = f"{median:10.4g} ms ({low:.4g}-{high:.4g}){rate}"
    print(f"\n{title}", *(f"{name:32}{line}" for name, line in lines.items()), sep="\n")


def main(
    rounds: int = 9,
    count: int = 2**26,
    sizes: Sequence[int] = (4**2, 4**6, 4**10, 4**13),
    sides: Sequence[int] = (64, 256, 1024, 4096),
    batches: Sequence[int] = (512, 65_536),
) -> None:
    it = choose()
    starts: Rows = {}
    copies: Rows = {}
    products: Rows = {}
    steps: Rows = {}
    for where, place in [("CPU", it.cpu), ("card", it.card)][: 1 + it.has_card]:
        starts[f"{where}, one number after another"] = partial(start, it, False, place), 0
        starts[f"{where}, one number and a wait"] = partial(start, it, True, place), 0
        starts[f"{where}, {count} numbers"] = partial(passing, it, count, place), 8 * count
        for bits in (32, 16) if where == "card" else (32,):
            for n in sides:
                make = partial(it.product, n, bits, place)
                products[f"{where}, {bits} bits, {n} x {n}"] = make, 2 * n**3
        for n in batches:
            steps[f"{where}, batch of {n}"] = partial(it.training, n, place), 0
    for kind in ("ordinary", "pinned") if it.has_card else ("ordinary",):
        for way in ("there", "back"):
            for n in sizes:
                make = partial(crossing, it, n, kind == "pinned", way == "back")
                copies[f"{kind}, {way}, {n} bytes"] = make, n
    print(heading(it.versions) + cards(it))
    print(f"medians of {rounds} interleaved rounds (quartiles)")
    show("an addition, of one number or of many", starts, it.wait, rounds, "GB/s")
    show("copies there and back", copies, it.wait, rounds, "GB/s")
    show("products of matrices", products, it.wait, rounds, "GFLOP/s")
    show("a training step of the section's model", steps, it.wait, rounds)


if __name__ == "__main__":
    main()
