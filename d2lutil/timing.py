"""Stopwatches that know that MXNet works asynchronously.

MXNet queues an operation and returns at once, so a naive stopwatch measures the queueing and
charges work queued earlier to whoever waits next. Everything here waits for the engine before it
starts and before it stops. Without MXNet there is nothing to wait for, and MXNet isn't imported.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import (
    AsyncGenerator,
    Callable,
    Coroutine,
    Generator,
    Iterator,
    Mapping,
)
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from types import TracebackType
from typing import Any

__all__ = ["Benchmark", "Comparison", "Measurement", "Timer", "compare", "measure"]

# All in seconds. A run lasts long enough to make reading the clock (0.1 µs) negligible; runs go
# on until there are enough of them, or, when each is slow, until a few must do.
RUN = 0.002
WARM_UP = 0.1
MANY_RUNS, TIME_FOR_MANY = 9, 0.5
FEW_RUNS, TIME_FOR_FEW = 3, 3.0

# Relative spread from which a measurement deserves a second look.
WIDE = 0.1

_clock = time.perf_counter


class Timer:
    """A stopwatch for any number of laps; it starts on construction.

    `times` is the list of laps in seconds. A lap goes from the last `start` to a `stop`: to time
    the batches of an epoch, call both for each batch, for laps with the same start contain one
    another. With `wait=False` it doesn't wait for MXNet's engine and so shows how soon operations
    return, not how long they take.
    """

    def __init__(self, *, wait: bool = True) -> None:
        self.times: list[float] = []
        self._wait = wait
        self.start()

    def start(self) -> None:
        """Start, or start anew."""
        self._wait_for_engine()
        self._started = _clock()

    def stop(self) -> float:
        """Append the seconds since the last start to `times` and return them."""
        self._wait_for_engine()
        return self._lap()

    def avg(self) -> float:
        """Return the mean lap in seconds, so not that of an epoch when a lap is a batch.

        Raises ValueError when there are no laps.
        """
        if not self.times:
            raise ValueError("Timer chưa đo lần nào: hãy gọi stop() trước khi gọi avg()")
        return self.sum() / len(self.times)

    def sum(self) -> float:
        """Return the sum of the laps in seconds, 0 when there are none."""
        return self.cumsum()[-1] if self.times else 0.0

    def cumsum(self) -> list[float]:
        """Return the running sums of the laps in seconds."""
        return list(accumulate(self.times))

    def __repr__(self) -> str:
        if not self.times:
            return "Timer: chưa đo lần nào"
        return f"Timer: {len(self.times)} lần đo, tổng {in_units(self.sum())}"

    def _lap(self) -> float:
        self.times.append(_clock() - self._started)
        return self.times[-1]

    def _wait_for_engine(self) -> None:
        if self._wait and "mxnet" in sys.modules:
            from mxnet import npx

            npx.waitall()


class Benchmark:
    """Time the block of a `with` statement and print `description: 0.1234 sec`.

    `timer` is the stopwatch, with one lap for each use. With `wait=False` it doesn't wait for
    MXNet's engine. An exception in the block passes through; the time is that until it came.
    """

    def __init__(self, description: str = "Done", *, wait: bool = True) -> None:
        self.description = description
        self.timer = Timer(wait=wait)

    def __enter__(self) -> Benchmark:
        self.timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # After an error waiting could raise another one, or hold up an interrupt.
        seconds = self.timer.stop() if error is None else self.timer._lap()
        print(f"{self.description}: {seconds:.4f} sec")


@dataclass(frozen=True)
class Measurement:
    """How long one call of a function takes.

    `runs` and `warmups` hold seconds per call, each the mean of a number of calls back to back:
    `repeats` of them for a run, fewer for the first warm-ups. `warmups[0]` is the very first
    call, which often does work that later ones don't repeat. `device` is where it ran.
    """

    runs: list[float]
    warmups: list[float]
    repeats: int
    device: str

    @property
    def median(self) -> float:
        """The middle of the runs, in seconds."""
        return statistics.median(self.runs)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The bounds of the middle half of the runs, in seconds."""
        lower, _, upper = statistics.quantiles(self.runs, n=4, method="inclusive")
        return lower, upper

    @property
    def spread(self) -> float:
        """The width of the middle half of the runs, in seconds (interquartile range)."""
        lower, upper = self.quartiles
        return upper - lower

    @property
    def is_wide(self) -> bool:
        """Whether the spread is more than a tenth of the median."""
        return self.spread > WIDE * self.median

    def __repr__(self) -> str:
        text = (
            f"{in_units(self.median)}, độ phân tán {in_units(self.spread)} "
            f"({len(self.runs)} lần đo, {self.device})"
        )
        return f"{text} ⚠ phân tán rộng, nên đo lại khi máy rảnh" if self.is_wide else text


class Comparison(dict[str, Measurement]):
    """Measurements by label, in the order given; echoed as a table."""

    @property
    def ratios(self) -> dict[str, float]:
        """For each label its median divided by that of the first."""
        first = next(iter(self.values())).median
        return {label: result.median / first for label, result in self.items()}

    def plot(self) -> None:
        """Draw the medians as bars and the middle halves of the runs as whiskers.

        Like `plotting.plot`, in the current axes, emptied first, or in a new figure.
        """
        from d2lutil import plotting

        results = self.values()
        scale, unit = _unit(max(result.median for result in results))
        axes = plotting.open_axes((4.5, 0.7 + 0.4 * len(self)))
        axes.clear()
        bars = axes.barh(
            list(self),
            [result.median / scale for result in results],
            xerr=[
                [(result.median - result.quartiles[0]) / scale for result in results],
                [(result.quartiles[1] - result.median) / scale for result in results],
            ],
            color=plotting.COLORS["b"],
            ecolor="0.5",
            capsize=3,
        )
        axes.bar_label(bars, labels=[in_units(result.median) for result in results], padding=4)
        axes.margins(x=0.25)
        axes.set_xlim(left=0)
        axes.invert_yaxis()
        axes.set_xlabel(f"thời gian một lượt gọi ({unit})")

    def __repr__(self) -> str:
        rows = [("", "trung vị", "độ phân tán", "so với dòng đầu")]
        for label, result in self.items():
            spread = in_units(result.spread) + (" ⚠" if result.is_wide else "")
            rows.append((label, in_units(result.median), spread, self._relation(label)))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        if any(result.is_wide for result in self.values()):
            lines.append("⚠ phân tán rộng, nên đo lại khi máy rảnh")
        return "\n".join(lines)

    def _relation(self, label: str) -> str:
        first = next(iter(self))
        if label == first:
            return "1"
        (a, b), (c, d) = self[first].quartiles, self[label].quartiles
        if a <= d and c <= b:
            return "ngang nhau"
        ratio = self.ratios[label]
        if ratio < 1:
            return f"nhanh gấp {three_digits(1 / ratio)} lần"
        return f"chậm gấp {three_digits(ratio)} lần"


def measure(f: Callable[..., object], /, *args: Any, **kwargs: Any) -> Measurement:
    """Measure how long `f(*args, **kwargs)` takes; every keyword argument goes to `f`.

    Short calls are repeated back to back and waited for together. After 0.1 s of warm-up come
    runs for half a second, nine at least; a slow function gets three runs or more, within 3 s if
    three fit. `device` is that of the arrays that `f` returns, else of its arguments, else the
    current context.

    Raises TypeError when `f` can't be called, or returns something that has yet to run, such as a
    generator; what `f` raises passes through.
    """
    _check_callable(f)
    return _measure_all([partial(f, *args, **kwargs) if args or kwargs else f])[0]


def compare(functions: Mapping[str, Callable[[], object]], /) -> Comparison:
    """Measure functions without arguments against each other.

    The runs are interleaved, so that whatever slows the machine for a while slows all of them;
    each round begins with another function. Otherwise as `measure`, for each function.

    Raises TypeError when `functions` isn't a dict, or like `measure` for one of them; ValueError
    when it is empty or two labels read the same; what a function raises passes through.
    """
    if not isinstance(functions, Mapping):
        raise TypeError(
            'compare cần một dict như {"tên": hàm, …}, '
            f"không phải {type(functions).__name__}: {functions!r}"
        )
    if not functions:
        raise ValueError('compare cần ít nhất một hàm: compare({"tên": hàm, …})')
    for f in functions.values():
        _check_callable(f)
    labels = list(map(str, functions))
    if len(set(labels)) < len(labels):
        raise ValueError(f"compare cần mỗi hàm một tên khác nhau, mà ở đây là {labels}")
    results = _measure_all(list(functions.values()))
    return Comparison(zip(labels, results, strict=True))


def in_units(seconds: float) -> str:
    """Return a duration with three digits in s, ms, µs or ns, whichever reads best."""
    scale, unit = _unit(seconds)
    return f"{three_digits(seconds / scale)} {unit}"


def three_digits(number: float) -> str:
    """Return a number with three significant digits and a decimal comma, whole from 100 on."""
    return f"{number:.{0 if number >= 99.95 else 1 if number >= 9.995 else 2}f}".replace(".", ",")


def _unit(seconds: float) -> tuple[float, str]:
    for scale, unit in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        # 0.9995 is where three digits round up to the next unit.
        if seconds >= 0.9995 * scale:
            return scale, unit
    return 1e-9, "ns"


def _measure_all(calls: list[Callable[[], object]]) -> list[Measurement]:
    prepared = [_warm_up(call) for call in calls]
    runs: list[list[float]] = [[] for _ in calls]
    spent, rounds = 0.0, 0
    while not _enough(rounds, spent / len(calls)):
        for i in range(len(calls)):
            which = (rounds + i) % len(calls)
            repeats = prepared[which][0]
            seconds = _time(calls[which], repeats)
            runs[which].append(seconds / repeats)
            spent += seconds
        rounds += 1
    return [
        Measurement(own_runs, warmups, repeats, device)
        for own_runs, (repeats, warmups, device) in zip(runs, prepared, strict=True)
    ]


def _enough(runs: int, seconds: float) -> bool:
    return (runs >= MANY_RUNS and seconds >= TIME_FOR_MANY) or (
        runs >= FEW_RUNS and seconds >= TIME_FOR_FEW
    )


def _warm_up(call: Callable[[], object]) -> tuple[int, list[float], str]:
    """Return how many calls make a run, the seconds per call of each warm-up, and the device."""
    timer = Timer()
    result = call()
    warmups = [timer.stop()]
    _check_ran(result)
    arguments = (call.args, call.keywords) if isinstance(call, partial) else ()
    device = _device(result, *arguments)
    del result
    # The first call may be slow for reasons of its own: it says nothing about the pace.
    repeats, spent = 1, 0.0
    while True:
        seconds = _time(call, repeats)
        warmups.append(seconds / repeats)
        spent += seconds
        if seconds < RUN:
            repeats *= 2
        elif spent >= WARM_UP:
            return repeats, warmups, device


def _time(call: Callable[[], object], repeats: int) -> float:
    timer = Timer()
    for _ in range(repeats):
        call()
    return timer.stop()


def _device(*places: object) -> str:
    mxnet = sys.modules.get("mxnet")
    if mxnet is None:
        return "cpu(0)"
    for place in places:
        contexts = [str(array.ctx) for array in _flat(place) if isinstance(array, mxnet.nd.NDArray)]
        if contexts:
            return ", ".join(dict.fromkeys(contexts))
    return str(mxnet.current_context())


def _flat(value: object) -> Iterator[Any]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _flat(item)
    else:
        yield value


def _check_callable(f: object) -> None:
    if not callable(f):
        raise TypeError(
            f"cần một hàm chứ không phải kết quả của nó, mà đây là {type(f).__name__}: "
            "hãy viết measure(f, x) thay cho measure(f(x)), "
            'và compare({"tên": lambda: f(x)}) thay cho compare({"tên": f(x)})'
        )


def _check_ran(result: object) -> None:
    way_out = "hãy đo một hàm chạy nó đến hết, chẳng hạn lambda: list(f(x))"
    if isinstance(result, Coroutine | AsyncGenerator):
        way_out = "measure và compare chỉ đo hàm thông thường, không đo hàm async"
        if isinstance(result, Coroutine):
            result.close()  # else Python warns that nobody awaited it
    elif not (
        isinstance(result, Generator | map | filter | zip) or type(result).__module__ == "itertools"
    ):
        return
    raise TypeError(f"hàm cần đo trả về một {type(result).__name__}, thứ chưa chạy gì: {way_out}")
