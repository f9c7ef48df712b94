"""How far to trust `d2lutil.measure`, and how wrong a stopwatch is that doesn't wait.

The peer is `timeit`, with a wait for MXNet's engine inside the timed statement where there is one
to wait for. Rounds are interleaved; each ratio is of two measurements of the same round.
"""

from __future__ import annotations

import time
import timeit
from collections.abc import Callable

import mxnet
import numpy
from mxnet import npx
from report import heading, quartiles

import d2lutil
from d2lutil.timing import in_units

ROUNDS = 9
SMALL, LARGE = mxnet.np.ones((64, 64)), mxnet.np.ones((1000, 1000))
PLAIN = numpy.ones((256, 256))

FUNCTIONS: dict[str, Callable[[], object]] = {
    "pass": lambda: None,
    "sum(range(1000))": lambda: sum(range(1000)),
    "numpy 256 x 256 product": lambda: PLAIN @ PLAIN,
    "time.sleep(0.001)": lambda: time.sleep(0.001),
    "mxnet 64 x 64 sum": lambda: SMALL + SMALL,
    "mxnet 64 x 64 product": lambda: mxnet.np.dot(SMALL, SMALL),
    "mxnet 1000 x 1000 product": lambda: mxnet.np.dot(LARGE, LARGE),
}


def timeit_median(f: Callable[[], object], repeats: int, runs: int) -> float:
    """Return the median seconds per call by timeit, with one wait for each run."""

    def run() -> None:
        for _ in range(repeats):
            f()
        npx.waitall()

    return quartiles([timeit.timeit(run, number=1) / repeats for _ in range(runs)])[1]


def naive(f: Callable[[], object]) -> float:
    """Return the seconds of one call by a stopwatch that knows nothing of the engine."""
    start = time.perf_counter()
    f()
    return time.perf_counter() - start


def right(f: Callable[[], object]) -> float:
    """Return the seconds of one call by a stopwatch that waits."""
    timer = d2lutil.Timer()
    f()
    return timer.stop()


def product() -> None:
    """Queue a large product."""
    mxnet.np.dot(LARGE, LARGE)


def addition() -> None:
    """Add two small arrays and read the result."""
    (SMALL + SMALL).asnumpy()


def after_product(stopwatch: Callable[[Callable[[], object]], float]) -> float:
    """Time the small addition when a large product has been queued before."""
    product()
    return stopwatch(addition)


STOPWATCHES: dict[str, tuple[Callable[[], float], Callable[[], float]]] = {
    "large product": (lambda: naive(product), lambda: right(product)),
    "small sum": (lambda: naive(addition), lambda: right(addition)),
    "small sum, product queued": (lambda: after_product(naive), lambda: after_product(right)),
}


def main() -> None:
    print(heading())
    print(f"medians of {ROUNDS} interleaved rounds (quartiles)\n")
    print(f"{'':28}{'measure':>10}  measure / timeit")
    for name, f in FUNCTIONS.items():
        medians, ratios = [], []
        for _ in range(ROUNDS):
            result = d2lutil.measure(f)
            reference = timeit_median(f, result.repeats, len(result.runs))
            medians.append(result.median)
            ratios.append(result.median / reference)
        low, median, high = quartiles(ratios)
        print(
            f"{name:28}{in_units(quartiles(medians)[1]):>10}  {median:.3f} ({low:.3f}-{high:.3f})"
        )
    print(f"\n{'':28}{'Timer':>10}  stopwatch without waits / Timer")
    for name, (wrong, good) in STOPWATCHES.items():
        goods, ratios = [], []
        for _ in range(10 * ROUNDS):
            npx.waitall()
            seconds = wrong()
            npx.waitall()
            goods.append(good())
            ratios.append(seconds / goods[-1])
        low, median, high = quartiles(ratios)
        print(f"{name:28}{in_units(quartiles(goods)[1]):>10}  {median:.3g} ({low:.3g}-{high:.3g})")


if __name__ == "__main__":
    main()
