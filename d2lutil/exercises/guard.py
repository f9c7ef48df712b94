"""Running a reader's answer so that nothing it does breaks the notebook.

The answer may raise, print or loop without end: `trouble` turns each into a sentence and leaves
the reader's kernel as it found it.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import linecache
import os
import signal
import sysconfig
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

LIMIT = 5.0  # seconds for a whole check
_AGAIN = 0.01  # seconds between two attempts to stop an answer that swallows the first
_PATIENCE = 1.0  # seconds for a check to clean up once its answer has been stopped
_LIBRARIES = (
    *(sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    str(Path(__file__).resolve().parents[1]) + os.sep,
)

_inside = False  # whether `call` is running the reader's code


class Wrong(Exception):
    """An answer that is not right; `str()` is the Vietnamese sentence for its author."""


class NoValue(Wrong):
    """An answer that gave None where a value was due."""


class Raised(Exception):
    """An exception that left the reader's code.

    `shown` is the call as a reader would write it, `advice` a sentence to add, where there is one.
    """

    def __init__(self, shown: str, error: BaseException, advice: str = "") -> None:
        self.shown, self.error, self.advice = shown, error, advice
        super().__init__(str(error))


class TimeUp(BaseException):
    """The limit of time is reached; no Exception, so that an `except Exception` lets it pass."""

    shown: str | None = None


def call(shown: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call the reader's code and return what it returns.

    `shown` is how the call reads in a message, for example "answer([6, 4])". Raises Raised with
    whatever the code raised, in Python or in the computations that it left to MXNet's engine.
    """
    import mxnet as mx

    global _inside
    before, _inside = _inside, True
    try:
        value = function(*arguments)
        # MXNet computes after Python has gone on: an error must not come up in a later check.
        mx.nd.waitall()
        return value
    except TimeUp as time_up:
        _inside = before  # first: from here on nothing needs to be stopped again
        time_up.shown = shown
        raise
    except (Exception, SystemExit) as error:
        raise Raised(shown, error) from error
    finally:
        _inside = before


def trouble(check: Callable[[], None]) -> str | None:
    """Run `check`, which tries an answer; return what is wrong in a Vietnamese sentence, or None.

    The answer runs on the CPU, in NumPy mode, outside of any recording, with names counted apart
    (so that the reader's next layer is still `dense0`), with printing caught and warnings silent;
    all of it is put back afterwards.

    After `LIMIT` seconds the answer is stopped. In the main thread, where Jupyter runs cells, the
    timer signal does that; another timer that was running continues afterwards. In other threads,
    and on systems without that signal, an exception is sent to the thread: it arrives with the
    next Python instruction, so a `time.sleep` is waited for. Neither can stop a single call
    inside MXNet's C++ code; restarting the kernel can.
    """
    import mxnet as mx

    printed = _Printed()
    try:
        with (
            mx.cpu(),
            mx.name.Prefix("check_"),
            mx.util.np_shape(True),
            mx.util.np_array(True),
            mx.autograd.pause(),
            warnings.catch_warnings(),
            contextlib.redirect_stdout(printed),
        ):
            warnings.simplefilter("ignore")
            _within(LIMIT, check)
    except NoValue as wrong:
        if printed.text:
            return f"Mã của bạn in ra{printed} chứ không trả về kết quả. Hãy dùng `return`."
        return str(wrong)
    except Wrong as wrong:
        return str(wrong)
    except Raised as raised:
        return _on_error(raised.error, raised.shown, raised.advice)
    except TimeUp as time_up:
        return _on_time_up(time_up)
    except (Exception, SystemExit) as error:
        return _on_error(error)
    if printed.text:
        return (
            f"Kết quả đúng, nhưng mã của bạn còn in ra{printed}. "
            "Hãy bỏ `print` rồi kiểm tra lại: câu trả lời chỉ cần trả về giá trị."
        )
    return None


class _Printed(io.TextIOBase):
    """Keeps the beginning of what is printed: an endless loop may print without end."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text = (self.text + text[:100])[:100]
        return len(text)

    def __str__(self) -> str:
        words = " ".join(self.text.split())
        return f" ({code(words, 40)})" if words else ""


def _on_error(error: BaseException, shown: str = "", advice: str = "") -> str:
    name = type(error).__name__
    lines = str(error).strip().splitlines() or [""]
    # An error from MXNet's C++ code begins with the places there; its last line says what is wrong.
    reason = lines[-1 if lines[0].startswith("Traceback") else 0].removeprefix(f"{name}: ")
    told = code(f"{name}: {reason}" if reason else name)
    subject = f"Khi gọi `{shown}`, mã" if shown else "Mã"
    line = readers_line(error.__traceback__)
    sentence = f"{subject} của bạn báo lỗi {told}{f' ở {line}' if line else ''}."
    missing = ("'_children'", "'_forward_pre_hooks'")  # made by Block's __init__
    if isinstance(error, AttributeError) and reason.endswith(missing):
        advice = "Hãy gọi `super().__init__()` ở dòng đầu tiên của `__init__`."
    return f"{sentence} {advice}".strip()


def _on_time_up(time_up: TimeUp) -> str:
    subject = f"`{time_up.shown}`" if time_up.shown else "Mã của bạn"
    line = readers_line(time_up.__traceback__)
    where = f" ở {line}" if line else ""
    seconds = f"{LIMIT:g}".replace(".", ",")
    return (
        f"{subject} chưa chạy xong sau {seconds} giây nên đã bị dừng{where}. "
        "Có lẽ một vòng lặp không bao giờ kết thúc."
    )


def code(text: str, width: int = 200) -> str:
    """Return `text` as a Markdown code span, shortened to `width` characters."""
    text = text.replace("`", "'")
    return f"`{text if len(text) <= width else text[: width - 1] + '…'}`"


def readers_line(trace: TracebackType | None) -> str | None:
    """Name the innermost line of a traceback that is not a library's, or None without one."""
    named = (named_line(*place) for place in reversed(list(traceback.walk_tb(trace))))
    return next(filter(None, named), None)


def named_line(frame: FrameType, number: int) -> str | None:
    """Name line `number` of the code that `frame` runs, or return None if it is a library's."""
    name = frame.f_code.co_filename
    # MXNet makes its operators at import from text, whose file is called "<string>".
    if name == "<string>" or name.startswith("<frozen") or name.startswith(_LIBRARIES):
        return None
    source = linecache.getline(name, number).strip()
    return f"dòng {number}: {code(source, 80)}" if source else f"dòng {number}"


def _within(seconds: float, function: Callable[[], None]) -> None:
    """Call `function`; raise TimeUp inside it once it has run for `seconds`."""
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        _within_by_signal(seconds, function)
    else:
        _within_by_thread(seconds, function)


def _is_due(first: float | None) -> bool:
    """Tell whether to interrupt, when that was first done at the time `first`.

    The reader's code is interrupted again and again. Outside of it a check may be cleaning up,
    say, deleting a folder: that gets some time.
    """
    return first is None or _inside or time.monotonic() > first + _PATIENCE


def _within_by_signal(seconds: float, function: Callable[[], None]) -> None:
    running, first = True, None

    def stop(number: int, frame: object) -> None:
        nonlocal first
        if running and _is_due(first):
            first = first or time.monotonic()
            raise TimeUp

    started = time.monotonic()
    handler = signal.signal(signal.SIGALRM, stop)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        function()
    finally:
        running = False  # first and without a call, between which the signal could still strike
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:
            left -= time.monotonic() - started
            signal.setitimer(signal.ITIMER_REAL, max(left, _AGAIN), interval)


def _within_by_thread(seconds: float, function: Callable[[], None]) -> None:
    thread, time_up = ctypes.c_ulong(threading.get_ident()), ctypes.py_object(TimeUp)
    running, done = True, threading.Event()
    send = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch() -> None:
        first = None
        stopped = done.wait(seconds)
        while running and not stopped:
            if _is_due(first):
                first = first or time.monotonic()
                # No other thread runs between these two lines (CPython gives way at calls and
                # jumps back), so nothing is sent once `running` is False.
                if running:
                    send(thread, time_up)
            stopped = done.wait(_AGAIN)

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
        function()
    finally:
        # First and without a call, at which an exception could arrive: the watcher would send to
        # whatever thread gets the number of this one.
        running = False
        try:
            done.set()
            watcher.join()
        except TimeUp:  # sent at the last moment
            done.set()
            watcher.join()
