import itertools
import re
import threading
import time

import mxnet as mx
import pytest
from matplotlib import colors, pyplot

from d2lutil import Benchmark, Timer, compare, measure, plotting, timing


class Clock:
    """A clock that moves only when told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def work(self, seconds):
        """Return a function that takes so long."""

        def f():
            self.now += seconds

        return f


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(timing, "_clock", clock)
    return clock


class Queued(mx.operator.CustomOp):
    """Work that MXNet's engine does when its turn comes, which takes 2 seconds of a clock."""

    clock = None
    held = threading.Event()  # while this is clear, the engine doesn't get on

    def forward(self, is_train, req, in_data, out_data, aux):
        self.held.wait(60)
        time.sleep(0.01)  # who doesn't wait is gone by then
        self.clock.now += 2
        self.assign(out_data[0], req[0], in_data[0])


@mx.operator.register("queued_for_tests")
class QueuedProperties(mx.operator.CustomOpProp):
    def create_operator(self, context, shapes, types):
        return Queued()


@pytest.fixture
def queue(clock, monkeypatch):
    """A function that queues work for the engine, which takes 2 seconds of the clock."""
    mx.npx.waitall()
    monkeypatch.setattr(Queued, "clock", clock)
    Queued.held.set()
    yield lambda: mx.nd.Custom(mx.nd.ones(1), op_type="queued_for_tests")
    Queued.held.set()
    mx.npx.waitall()


# Timer.


def test_timer_keeps_laps(clock):
    timer = Timer()
    clock.now += 2
    assert timer.stop() == 2
    clock.now += 1
    assert timer.stop() == 3, "the second stop counts from the same start"
    timer.start()
    clock.now += 4
    assert timer.stop() == 4
    assert timer.times == [2, 3, 4]
    assert type(timer.times) is list
    assert (timer.avg(), timer.sum(), timer.cumsum()) == (3, 9, [2, 5, 9])


def test_start_discards_the_time_before(clock):
    timer = Timer()
    clock.now += 5
    timer.start()
    clock.now += 1
    assert timer.stop() == 1


def test_empty_timer():
    timer = Timer()
    assert (timer.times, timer.sum(), timer.cumsum()) == ([], 0, [])
    with pytest.raises(ValueError, match=r"hãy gọi stop\(\) trước khi gọi avg\(\)"):
        timer.avg()


def test_sums_have_full_precision():
    timer = Timer()
    timer.times = [1e8, 1e-7, 1e-7]
    assert timer.cumsum() == [1e8, 1e8 + 1e-7, 1e8 + 1e-7 + 1e-7]
    assert timer.sum() == timer.cumsum()[-1] != 1e8


def test_timer_measures_real_time():
    timer = Timer()
    time.sleep(0.02)
    assert timer.stop() >= 0.02


def test_timer_echo(clock):
    timer = Timer()
    assert repr(timer) == "Timer: chưa đo lần nào"
    clock.now += 0.25
    timer.stop()
    assert repr(timer) == "Timer: 1 lần đo, tổng 250 ms"


def test_waiting_makes_the_difference(queue):
    hasty, right = Timer(wait=False), Timer()
    Queued.held.clear()
    queue()
    assert hasty.stop() == 0
    Queued.held.set()
    assert right.stop() == 2


def test_work_queued_before_is_not_charged(queue):
    timer = Timer()
    queue()
    timer.start()
    assert timer.stop() == 0
    queue()
    assert timer.stop() == 2


# Benchmark.


def test_benchmark_prints_seconds(clock, capsys):
    with Benchmark() as benchmark:
        clock.now += 0.12344
    with Benchmark("Nhân ma trận"):
        clock.now += 61
    assert capsys.readouterr().out == "Done: 0.1234 sec\nNhân ma trận: 61.0000 sec\n"
    assert benchmark.description == "Done"
    assert benchmark.timer.times == [pytest.approx(0.12344)]


def test_benchmark_waits_for_the_engine(queue, capsys):
    queue()
    with Benchmark("right") as right:
        queue()
    Queued.held.clear()
    with Benchmark("hasty", wait=False) as hasty:
        queue()
    assert (right.timer.times, hasty.timer.times) == ([2], [0])


def test_benchmark_can_be_used_again(clock):
    benchmark = Benchmark()
    for seconds in (1, 2):
        clock.now += 10
        with benchmark:
            clock.now += seconds
    assert benchmark.timer.times == [1, 2]


def test_benchmark_lets_the_block_s_own_error_through(clock, capsys):
    def fail():
        with Benchmark("lỗi"):
            clock.now += 1
            # Fails in the engine: waiting for it would raise MXNetError instead.
            mx.nd.random.normal(0, -1, (2, 2))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert capsys.readouterr().out == "lỗi: 1.0000 sec\n"
    with pytest.raises(mx.MXNetError):
        mx.npx.waitall()


# measure.


@pytest.mark.parametrize(
    ("seconds", "repeats", "runs"),
    [
        (60, 1, 3),
        (1, 1, 3),
        (0.5, 1, 6),
        (0.1, 1, 9),
        (0.01, 1, 50),
        (0.001, 2, 250),
        (1e-6, 2048, 245),
    ],
)
def test_runs_are_enough_and_bounded(clock, seconds, repeats, runs):
    # Half a tick more, so that sums of rounded numbers can't fall on the limits.
    result = measure(clock.work(seconds * (1 + 1e-9)))
    assert (result.repeats, len(result.runs)) == (repeats, runs)
    assert result.runs == [pytest.approx(seconds)] * runs
    assert result.median == pytest.approx(seconds)
    assert result.spread == pytest.approx(0, abs=1e-6 * seconds)


def test_warm_ups_are_kept_apart(clock):
    durations = iter([7.0])

    def f():
        clock.now += next(durations, 0.001)

    result = measure(f)
    assert result.warmups[0] == pytest.approx(7)
    assert result.warmups[1:] == [pytest.approx(0.001)] * (len(result.warmups) - 1)
    assert sum(result.warmups[1:]) >= 0.05
    assert result.runs == [pytest.approx(0.001)] * len(result.runs)


def test_real_work_of_known_length():
    result = measure(time.sleep, 0.01)
    assert len(result.runs) >= timing.FEW_RUNS
    assert min(result.runs) >= 0.01
    assert result.median >= 0.01


def test_measure_waits_for_the_engine(queue):
    queue()
    result = measure(queue)
    assert {*result.warmups, *result.runs} == {2}


def test_arguments_all_go_to_the_function(clock):
    seen = []

    def f(*args, **kwargs):
        seen.append((args, kwargs))
        clock.now += 1

    measure(f, 1, 2, f=3, args=4, wait=5, repeats=6)
    assert seen[0] == ((1, 2), {"f": 3, "args": 4, "wait": 5, "repeats": 6})
    assert all(call == seen[0] for call in seen)


def test_spread_is_the_middle_half():
    result = timing.Measurement([1.0, 2.0, 3.0, 4.0, 100.0], [], 1, "cpu(0)")
    assert (result.median, result.quartiles, result.spread) == (3, (2, 4), 2)


@pytest.mark.parametrize(
    ("runs", "text", "warning"),
    [
        ([0.00123] * 3, "1,23 ms, độ phân tán 0,00 ns (3 lần đo, cpu(0))", ""),
        (
            [1.0, 1.2, 1.4],
            "1,20 s, độ phân tán 200 ms (3 lần đo, cpu(0))",
            " ⚠ phân tán rộng, nên đo lại khi máy rảnh",
        ),
        ([1.0, 1.1, 1.2], "1,10 s, độ phân tán 100 ms (3 lần đo, cpu(0))", ""),
    ],
)
def test_measurement_echo(runs, text, warning):
    assert repr(timing.Measurement(runs, [], 1, "cpu(0)")) == text + warning


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0,00 ns"),
        (3e-10, "0,30 ns"),
        (9.996e-9, "10,0 ns"),
        (9.994e-7, "999 ns"),
        (9.996e-7, "1,00 µs"),
        (12.34e-6, "12,3 µs"),
        (1.234e-3, "1,23 ms"),
        (0.9996, "1,00 s"),
        (99.96, "100 s"),
        (12345, "12345 s"),
    ],
)
def test_units(seconds, text):
    assert timing.in_units(seconds) == text


@pytest.mark.parametrize(
    ("f", "args", "device"),
    [
        (lambda: mx.np.ones(1, ctx=mx.cpu(1)), (), "cpu(1)"),
        (lambda: {"a": [mx.nd.ones(1, ctx=mx.cpu(i)) for i in (1, 0, 1)]}, (), "cpu(1), cpu(0)"),
        (lambda x: x.as_in_ctx(mx.cpu(2)), (mx.np.ones(1, ctx=mx.cpu(1)),), "cpu(2)"),
        (lambda x: x.asnumpy(), (mx.np.ones(1, ctx=mx.cpu(1)),), "cpu(1)"),
        (lambda: None, (), "cpu(0)"),
    ],
)
def test_device_is_where_the_arrays_are(clock, f, args, device):
    def slowly(*args):
        clock.now += 1
        return f(*args)

    assert measure(slowly, *args).device == device


def test_device_of_a_function_without_arrays_is_the_current_context(clock):
    with mx.cpu(3):
        assert measure(clock.work(1)).device == "cpu(3)"


@pytest.mark.parametrize("f", [3.5, None, mx.np.ones(1)])
def test_result_in_place_of_a_function(f):
    with pytest.raises(TypeError, match=r"measure\(f, x\) thay cho measure\(f\(x\)\)"):
        measure(f)
    with pytest.raises(TypeError, match=r"compare\({\"tên\": lambda: f\(x\)}\)"):
        compare({"a": f})


def generator():
    yield 1


async def coroutine():
    return 1


async def asynchronous_generator():
    yield 1


@pytest.mark.parametrize(
    ("f", "kind"),
    [
        (generator, "generator"),
        (lambda: (x for x in [1]), "generator"),
        (coroutine, "coroutine"),
        (asynchronous_generator, "async_generator"),
        (lambda: map(abs, [1]), "map"),
        (lambda: filter(None, [1]), "filter"),
        (lambda: zip([1], [2], strict=True), "zip"),
        (lambda: itertools.chain([1]), "chain"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_what_has_yet_to_run_is_not_measured(f, kind):
    way_out = "async$" if "async" in kind or kind == "coroutine" else r"list\(f\(x\)\)$"
    for use in (lambda: measure(f), lambda: compare({"a": int, "b": f})):
        with pytest.raises(TypeError, match=f"trả về một {kind}, thứ chưa chạy gì: .*{way_out}"):
            use()


@pytest.mark.parametrize("result", [[1], iter([1]), {1: 2}.items(), range(3), open])
def test_other_results_are_measured(clock, result):
    assert measure(lambda: (clock.work(1)(), result)[1]).median == 1


def test_errors_of_the_function_pass_through():
    with pytest.raises(ZeroDivisionError):
        measure(lambda: 1 / 0)
    with pytest.raises(mx.MXNetError):
        measure(lambda: mx.nd.random.normal(0, -1, (2, 2)))


# compare.


def test_runs_are_interleaved_and_take_turns_at_being_first(clock):
    order = []

    def work(name, seconds):
        def f():
            order.append(name)
            clock.now += seconds

        return f

    results = compare({"a": work("a", 1), "b": work("b", 2), "c": work("c", 3)})
    assert "".join(order) == "aa" + "bb" + "cc" + "abc" + "bca" + "cab"
    assert {label: result.runs for label, result in results.items()} == {
        "a": [1] * 3,
        "b": [2] * 3,
        "c": [3] * 3,
    }


def test_a_machine_that_slows_down_does_not_change_the_ratio(clock):
    def work(seconds):
        def f():
            clock.now += seconds * (clock.now / 100) ** 40

        return f

    results = compare({"một": work(0.05), "hai": work(0.1)})
    assert results["một"].runs[-1] > 1.5 * results["một"].runs[0]
    assert results.ratios == {"một": 1, "hai": pytest.approx(2, rel=0.1)}


def test_comparison_echo(clock):
    results = compare(
        {
            "cộng cả mảng": clock.work(0.02),
            "từng phần tử": clock.work(0.5),
            "ở giữa": clock.work(0.02),
            "nhanh": clock.work(0.004),
        }
    )
    text = re.sub(r"\d,\d\d ns", "0,00 ns", repr(results))
    assert text == (
        "              trung vị  độ phân tán  so với dòng đầu\n"
        "cộng cả mảng  20,0 ms   0,00 ns      1\n"
        "từng phần tử  500 ms    0,00 ns      chậm gấp 25,0 lần\n"
        "ở giữa        20,0 ms   0,00 ns      ngang nhau\n"
        "nhanh         4,00 ms   0,00 ns      nhanh gấp 5,00 lần"
    )


def test_comparison_warns_of_a_wide_spread():
    steady = timing.Measurement([1.0, 1.0, 1.0], [], 1, "cpu(0)")
    shaky = timing.Measurement([0.5, 1.0, 2.0], [], 1, "cpu(0)")
    text = repr(timing.Comparison({"a": steady, "b": shaky}))
    assert text.splitlines()[2:] == [
        "b  1,00 s    750 ms ⚠     ngang nhau",
        "⚠ phân tán rộng, nên đo lại khi máy rảnh",
    ]
    assert "⚠" not in repr(timing.Comparison({"a": steady}))


def test_comparison_plot():
    results = timing.Comparison(
        {
            "cả mảng": timing.Measurement([0.001, 0.002, 0.003], [], 1, "cpu(0)"),
            "từng phần tử": timing.Measurement([0.2, 0.2, 0.3], [], 1, "cpu(0)"),
        }
    )
    results.plot()
    axes = pyplot.gca()
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([2, 200])
    assert [label.get_text() for label in axes.get_yticklabels()] == list(results)
    assert [text.get_text() for text in axes.texts] == ["2,00 ms", "200 ms"]
    assert axes.get_xlabel() == "thời gian một lượt gọi (ms)"
    assert axes.get_xlim()[0] == 0
    (whiskers,) = axes.containers[1].errorbar.lines[2]
    assert [(a[0], b[0]) for a, b in whiskers.get_segments()] == [
        pytest.approx((1.5, 2.5)),
        pytest.approx((200, 250)),
    ]
    assert colors.to_hex(axes.patches[0].get_facecolor()) == plotting.COLORS["b"]
    pyplot.close("all")


def test_comparison_plot_empties_the_axes_first():
    result = timing.Measurement([0.2, 0.2, 0.3], [], 1, "cpu(0)")
    plotting.plot([1, 2])
    for _ in range(2):
        timing.Comparison({"a": result}).plot()
    assert (len(pyplot.gca().lines), len(pyplot.gca().patches)) == (2, 1)  # a whisker has caps
    pyplot.close("all")


def test_compare_wants_labels_that_read_differently():
    with pytest.raises(ValueError, match=r"tên khác nhau, mà ở đây là \['1', 'a', '1'\]"):
        compare({1: len, "a": len, "1": len})


@pytest.mark.parametrize("functions", [[len], len, None])
def test_compare_wants_a_dict(functions):
    with pytest.raises(TypeError, match="compare cần một dict"):
        compare(functions)


def test_compare_wants_at_least_one_function():
    with pytest.raises(ValueError, match="ít nhất một hàm"):
        compare({})
