import collections
import contextlib
import dataclasses
import functools
import inspect
import json
import signal
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import mypy.build
import numpy
import pytest
import zmq
from fontTools.misc import bezierTools
from mxnet import np, npx
from mxnet.gluon import nn

from d2lutil.exercises import guard, probe
from d2lutil.exercises.guard import NoValue, TimeUp, Wrong, call, trouble

npx.set_np()

STOPPED = "`answer(1)` chưa chạy xong sau 10 giây nên đã bị dừng ở dòng"


def hurry():
    """Let the time be up right here, however slow the machine is."""
    _, again = signal.getitimer(signal.ITIMER_REAL)
    signal.setitimer(signal.ITIMER_REAL, 0.001, again)


def loop():
    hurry()
    while True:
        pass


def loop_past_every_exception():
    hurry()
    while True:
        with contextlib.suppress(BaseException):
            sum(range(100))


def loop_printing():
    hurry()
    while True:
        print("x" * 1000)


def sleep():
    hurry()
    time.sleep(600)


@pytest.mark.parametrize("endless", [loop, loop_past_every_exception, loop_printing, sleep])
def test_what_does_not_end_is_stopped_and_located(endless):
    assert trouble(lambda: call("answer(1)", endless)).startswith(STOPPED)


def test_the_time_is_that_of_the_whole_check():
    left = []
    trouble(lambda: left.append(signal.getitimer(signal.ITIMER_REAL)))
    ((seconds, again),) = left
    assert 0 < seconds <= guard.LIMIT
    assert again == pytest.approx(guard._AGAIN)


def test_an_answer_stopped_again_on_its_way_out_is_located_all_the_same():
    def check():
        try:
            call("answer(1)", loop)
        except TimeUp as first:
            raise TimeUp(None) from first

    assert trouble(check).startswith(STOPPED)


def test_cleaning_up_after_an_interruption_is_not_interrupted(monkeypatch):
    monkeypatch.setattr(guard, "_PATIENCE", 600)
    cleaned = []

    def check():
        try:
            call("answer(1)", loop)
        finally:
            for _ in range(20):
                signal.raise_signal(signal.SIGALRM)
            cleaned.append(True)

    assert trouble(check).startswith(STOPPED)
    assert cleaned == [True]


def test_a_check_that_goes_on_after_its_end_is_interrupted_again(monkeypatch):
    monkeypatch.setattr(guard, "_PATIENCE", 0)

    def check():
        with contextlib.suppress(BaseException):
            loop()
        loop()

    assert trouble(check).startswith("Mã của bạn chưa chạy xong sau 10 giây")


def test_off_the_main_thread_nothing_is_stopped():
    """There the timer belongs to somebody else."""
    timers = []
    assert guard.can_stop()
    with ThreadPoolExecutor() as threads:
        check = threads.submit(trouble, lambda: timers.append(guard.can_stop()))
    assert check.result() is None
    assert timers == [False]


def test_no_interruption_follows_work_that_ends_with_the_limit():
    # The end of the work and of the time meet in every order.
    for number in range(40):
        until = time.monotonic() + 0.003 + number * 0.00005

        def work(until=until):
            while time.monotonic() < until:
                pass

        with contextlib.suppress(TimeUp):
            guard._within(0.004, work)
        time.sleep(0.002)


def test_the_handler_and_a_timer_that_ran_before_are_put_back():
    rings = []
    handler = signal.signal(signal.SIGALRM, lambda *_: rings.append(True))
    try:
        mine = signal.getsignal(signal.SIGALRM)
        started = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 600, 30)
        trouble(lambda: time.sleep(0.05))
        left, interval = signal.setitimer(signal.ITIMER_REAL, 0.05)
        assert signal.getsignal(signal.SIGALRM) is mine
        assert 599.99 - (time.monotonic() - started) < left < 599.96
        assert interval == 30
        trouble(loop)
        while not rings:
            time.sleep(0.01)
        assert rings == [True]
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def test_checks_in_two_threads_take_turns():
    inside, both = threading.Event(), []
    out = sys.stdout

    def first():
        inside.set()
        # The second one is waiting by now, or will do so: it must not get in between.
        for _ in range(50):
            time.sleep(0.001)
            both.append("first")

    def second():
        both.append("second")

    with ThreadPoolExecutor() as threads:
        threads.submit(trouble, first)
        threads.submit(lambda: inside.wait() and trouble(second))
    assert both == ["first"] * 50 + ["second"]
    assert sys.stdout is out


# Compiled by Cython from .pyx, which is there or not, and from .py; by mypyc; made from text.
OF_LIBRARIES = {
    "pyx": lambda: numpy.random.normal(size=(-1,)),
    "py by Cython": lambda: bezierTools.calcQuadraticArcLength(1, 2, 3),
    "zmq": lambda: zmq.Context.instance().socket(99),
    "mypyc": lambda: mypy.build.build(1, 2),
    "exec": lambda: exec("\n1 / 0"),
    "exec with names of its own": lambda: exec("def f():\n    1 / 0\nf()", {}),
    "namedtuple": lambda: Pair(1),
    "dataclass": lambda: Sum(1, "a"),
    "operator of MXNet": lambda: np.dot(1, 2),
    "json": lambda: json.loads("{"),
}


Pair = collections.namedtuple("Pair", "first second")


@dataclasses.dataclass(order=True)
class Sum:
    first: int

    def __hash__(self):
        return 1


@pytest.mark.parametrize("answer", OF_LIBRARIES.values(), ids=OF_LIBRARIES)
def test_a_line_of_a_library_is_not_the_readers(answer):
    source = inspect.getsource(answer).strip()
    sentence = trouble(lambda: call("answer()", answer))
    assert sentence.endswith(f" ở dòng {answer.__code__.co_firstlineno}: `{source}`.")


def test_advice_is_given_for_the_error_it_is_meant_for():
    def fail():
        raise ValueError("cái này")

    def told(advice):
        return trouble(lambda: call("answer()", fail, advice=advice))

    plain = told(None)
    assert told({"KeyError": "Một.", "ValueError": "Hai.", "cái này": "Ba."}) == f"{plain} Hai."
    assert told({"cái kia": "Một.", "cái này": "Hai."}) == f"{plain} Hai."
    assert told({"cái kia": "Một."}) == plain


def test_an_interrupt_by_the_reader_passes_and_everything_is_put_back():
    def interrupted():
        raise KeyboardInterrupt

    handler = signal.getsignal(signal.SIGALRM)
    with pytest.raises(KeyboardInterrupt):
        trouble(lambda: call("answer()", interrupted))
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_sentences_of_the_check_are_passed_on():
    def wrong():
        raise Wrong("Sai rồi.")

    assert trouble(wrong) == "Sai rồi."
    assert trouble(lambda: None) is None


def test_printing_is_told_shortened_and_kept_from_the_screen(capsys):
    def shout():
        for _ in range(1000):
            print("to lắm", end=" ")

    assert trouble(shout) == (
        "Kết quả đúng, nhưng mã của bạn còn in ra (`to lắm to lắm to lắm to lắm to lắm to l…`). "
        "Hãy bỏ `print` rồi kiểm tra lại: câu trả lời chỉ cần trả về giá trị."
    )
    assert capsys.readouterr().out == ""


def test_an_empty_line_is_printing_too():
    assert "còn in ra. Hãy" in trouble(print)


def test_printing_without_returning_is_told_as_such():
    def printed():
        print("kết quả")
        raise NoValue("`answer()` trả về `None`.")

    assert (
        trouble(printed)
        == "Mã của bạn in ra (`kết quả`) chứ không trả về kết quả. Hãy dùng `return`."
    )


def test_an_error_of_the_check_is_not_blamed_on_the_reader():
    assert trouble(functools.partial(probe.random, 1, -1)) == (
        "Phép kiểm tra không dùng được câu trả lời của bạn: nó gặp lỗi "
        "`ValueError: negative dimensions are not allowed`."
    )


def test_an_error_of_mxnet_is_told_by_its_last_line():
    def add():
        return np.ones((2, 3)) + np.ones((2, 4))

    sentence = trouble(lambda: call("answer()", add))
    assert sentence == (
        "Khi gọi `answer()`, mã của bạn báo lỗi `MXNetError: Check failed: l == 1 || r == 1: "
        "operands could not be broadcast together with shapes [2,3] [2,4]` "
        f"ở dòng {add.__code__.co_firstlineno + 1}: `return np.ones((2, 3)) + np.ones((2, 4))`."
    )


def test_an_error_of_the_reader_is_told_by_its_first_line():
    def fail():
        raise ValueError("`một`\nhai")

    line = fail.__code__.co_firstlineno + 1
    assert trouble(fail) == (
        f"Mã của bạn báo lỗi `ValueError: 'một'` ở dòng {line}: "
        "`raise ValueError(\"'một'\\nhai\")`."
    )


def test_code_spans_hold_any_text():
    assert guard.code("a `b`") == "`a 'b'`"
    assert guard.code("abcdef", 4) == "`abc…`"


def test_warnings_stay_silent_and_are_not_lost_afterwards():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert trouble(lambda: warnings.warn("một", stacklevel=1)) is None
        warnings.warn("hai", stacklevel=1)
    assert [str(warning.message) for warning in seen] == ["hai"]


def test_an_error_of_mxnets_engine_belongs_to_the_call_that_caused_it():
    def empty_batch():
        net = nn.Dense(3)
        net.initialize()
        net(np.zeros((0, 4)))

    sentence = trouble(lambda: call("answer()", empty_batch))
    assert sentence.startswith("Khi gọi `answer()`, mã của bạn báo lỗi `MXNetError")
    assert trouble(lambda: None) is None


class Childless(nn.Block):
    def __init__(self):
        pass


class Parent(nn.Block):
    def __init__(self):
        self.child = nn.Dense(2)


@pytest.mark.parametrize("use", [Parent, lambda: Childless()(np.ones(2))])
def test_a_forgotten_super_init_is_told(use):
    assert "Hãy gọi `super().__init__()`" in trouble(lambda: call("answer()", use))
