import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import warnings

import pytest
from mxnet import np, npx
from mxnet.gluon import nn

from d2lutil.exercises import guard
from d2lutil.exercises.guard import NoValue, TimeUp, Wrong, call, trouble

npx.set_np()


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(guard, "LIMIT", 0.2)


def loop():
    while True:
        pass


def loop_past_every_exception():
    while True:
        with contextlib.suppress(BaseException):
            sum(range(100))


def loop_past_one_exception():
    with contextlib.suppress(BaseException):
        loop()
    loop()


def loop_printing():
    while True:
        print("x" * 1000)


def in_thread(function):
    """Run `function` in a thread of its own and return its result."""
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


@pytest.mark.parametrize("where", [lambda function: function(), in_thread])
@pytest.mark.parametrize("endless", [loop, loop_past_every_exception, loop_printing])
def test_an_endless_loop_ends(short, where, endless):
    sentence = where(lambda: trouble(lambda: call("answer(1)", endless)))
    assert "`answer(1)` chưa chạy xong sau 0,2 giây" in sentence
    assert "ở dòng" in sentence


@pytest.mark.parametrize("where", [lambda function: function(), in_thread])
def test_cleaning_up_after_an_interruption_is_not_interrupted(short, where):
    cleaned = []

    def check():
        try:
            call("answer(1)", loop)
        finally:
            for _ in range(20):
                time.sleep(0.01)
            cleaned.append(True)

    sentence = where(lambda: trouble(check))
    assert cleaned == [True]
    assert "`answer(1)` chưa chạy xong sau 0,2 giây" in sentence
    assert "ở dòng" in sentence


def test_an_endless_loop_of_the_check_itself_ends_too(short):
    assert "chưa chạy xong" in trouble(loop_past_one_exception)


def test_a_long_sleep_ends_in_the_main_thread(short):
    assert "chưa chạy xong" in trouble(lambda: time.sleep(60))


@pytest.mark.parametrize("where", [lambda function: function(), in_thread])
def test_what_ends_in_time_is_left_alone(short, where):
    done = []
    assert where(lambda: trouble(lambda: done.append(1))) is None
    assert done == [1]


@pytest.mark.parametrize("where", [lambda function: function(), in_thread])
def test_no_interruption_follows_work_that_ends_with_the_limit(where):
    # The end of the work and of the time meet in every order.
    for number in range(40):
        seconds = 0.004
        until = time.monotonic() + seconds - 0.001 + number * 0.00005

        def work(until=until):
            while time.monotonic() < until:
                pass

        def within(seconds=seconds, work=work):
            with contextlib.suppress(TimeUp):
                guard._within(seconds, work)
            time.sleep(0.002)
            return "alive"

        assert where(within) == "alive"


def test_the_handler_and_a_timer_that_ran_before_are_put_back(short):
    rings = []
    handler = signal.signal(signal.SIGALRM, lambda *_: rings.append(time.monotonic()))
    try:
        mine = signal.getsignal(signal.SIGALRM)
        signal.setitimer(signal.ITIMER_REAL, 60, 30)
        trouble(lambda: None)
        assert signal.getsignal(signal.SIGALRM) is mine
        left, interval = signal.setitimer(signal.ITIMER_REAL, 0.05)
        assert (59 < left <= 60, interval) == (True, 30)
        trouble(loop)
        deadline = time.monotonic() + 5
        while not rings and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(rings) == 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def test_an_interrupt_by_the_reader_passes_and_everything_is_put_back():
    def interrupted():
        raise KeyboardInterrupt

    handler, out, filters = signal.getsignal(signal.SIGALRM), sys.stdout, list(warnings.filters)
    with pytest.raises(KeyboardInterrupt):
        trouble(lambda: call("answer()", interrupted))
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert sys.stdout is out
    assert warnings.filters == filters


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


def test_an_error_of_mxnet_is_told_by_its_last_line():
    from mxnet import np

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


@pytest.fixture
def busy():
    """A machine with more to do than it has cores: threads wait for their turn everywhere."""
    count = (os.cpu_count() or 1) + 1
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    yield
    for other in others:
        other.kill()
        other.wait()


@pytest.mark.long
def test_a_call_that_ends_while_it_is_stopped_leaves_no_watcher_behind(monkeypatch, busy):
    monkeypatch.setattr(guard, "_AGAIN", 0)
    monkeypatch.setattr(guard, "_PATIENCE", 0)

    def stubborn():
        end = time.perf_counter() + 0.003
        while time.perf_counter() < end:
            with contextlib.suppress(TimeUp):
                while time.perf_counter() < end:
                    pass

    def guarded():
        with contextlib.suppress(TimeUp):
            guard._within_by_thread(0.001, stubborn)

    # A watcher that went on would stop whatever thread comes next, even pytest's own.
    before = threading.active_count()
    for _ in range(300):
        in_thread(guarded)
        deadline = time.monotonic() + 2
        while threading.active_count() > before and time.monotonic() < deadline:
            time.sleep(0.001)
        assert threading.active_count() == before
