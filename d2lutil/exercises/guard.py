"""Running a reader's answer so that nothing it does breaks the notebook.

The answer may raise, print or loop without end: `trouble` turns each into a sentence and leaves
the reader's kernel as it found it.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import signal
import sys
import sysconfig
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from d2lutil.exercises import session

# In the words of JupyterLab's menu, with the English ones for a place that has no Vietnamese menu.
RUN_ABOVE = (
    "hãy chọn ô trả lời rồi chọn **Chạy**, **Chạy tất cả ô phía trên** "
    "(tiếng Anh: `Run`, `Run All Above Selected Cell`)"
)
LIMIT = 10.0  # seconds for a whole check, on a busy machine too
_AGAIN = 0.01  # seconds between two attempts to stop an answer that swallows the first
_PATIENCE = 1.0  # seconds for a check to clean up once its answer has been stopped
_LIBRARIES = {
    Path(sysconfig.get_path("stdlib")),
    Path(sysconfig.get_path("platstdlib")),
    Path(__file__).resolve().parents[1],
}
# What somebody typed has such a name; other names in such brackets are of text that a library made.
_TYPED = ("<ipython-input", "<python-input", "<stdin>")

_one_at_a_time = threading.RLock()  # `sys.stdout`, the folder and others belong to all threads
_inside: str | None = None  # the call of the reader's code that is running


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
    """The limit of time is reached; no Exception, so that an `except Exception` lets it pass.

    `shown` is the call of the reader's code that was running, None between two calls.
    """

    def __init__(self, shown: str | None) -> None:
        self.shown = shown
        super().__init__()


def call(
    shown: str,
    function: Callable[..., Any],
    *arguments: Any,
    advice: Mapping[str, str] | None = None,
) -> Any:
    """Call the reader's code and return what it returns.

    `shown` is how the call reads in a message, for example "answer([6, 4])". Raises Raised with
    whatever the code raised, in Python or in the computations that it left to MXNet's engine.
    `advice` has a sentence to add for errors that don't explain themselves; its key is a part of
    "ValueError: the message".
    """
    # Outside of `_call`: where the reader's code is running it may be interrupted anywhere.
    with session.kept(*session.ground()):
        return _call(shown, function, *arguments, advice=advice or {})


def _call(
    shown: str, function: Callable[..., Any], *arguments: Any, advice: Mapping[str, str]
) -> Any:
    import mxnet as mx

    global _inside
    before, _inside = _inside, shown
    try:
        value = function(*arguments)
        # MXNet computes after Python has gone on: an error must not come up in a later check.
        mx.nd.waitall()
        return value
    # Others pass: the reader's own interrupt, the end of the time, and what a check itself raises.
    except (Exception, SystemExit, GeneratorExit) as error:
        told = f"{type(error).__name__}: {error}"
        found = (sentence for words, sentence in advice.items() if words in told)
        raise Raised(shown, error, next(found, "")) from error
    finally:
        _inside = before  # first: from here on nothing needs to be stopped again


def trouble(check: Callable[[], None]) -> str | None:
    """Run `check`, which tries an answer; return what is wrong in a Vietnamese sentence, or None.

    The answer runs with the session's settings as `_own_settings` says. After `LIMIT` seconds it
    is stopped where `can_stop()`; not even there in the middle of one call inside MXNet's C++
    code, which only restarting the kernel ends. One answer is tried at a time: a second thread
    waits.
    """
    printed = _Printed()
    try:
        with _one_at_a_time, _own_settings(printed):
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


def can_stop() -> bool:
    """Tell whether an answer that runs too long is stopped here.

    The timer signal does that. It reaches the main thread only, where Jupyter runs cells, and not
    every system has it.
    """
    return threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")


@contextlib.contextmanager
def _own_settings(printed: io.TextIOBase) -> Iterator[None]:
    """Set what an answer finds, and put the session back as it was, whatever the answer did to it.

    Inside: the CPU, NumPy mode, no recording, names counted apart (so that the reader's next layer
    is still `dense0`), no warnings, and printing goes to `printed`.
    """
    import mxnet as mx
    from mxnet import autograd

    matplotlib = sys.modules.get("matplotlib")
    with contextlib.ExitStack() as stack:
        for setting in (
            session.kept(*session.settings(), *session.ground()),
            mx.util.np_shape(True),
            mx.util.np_array(True),
            autograd.pause(),
            mx.cpu(),
            mx.name.Prefix("check_"),
            warnings.catch_warnings(),
            matplotlib.rc_context() if matplotlib else contextlib.nullcontext(),
            contextlib.redirect_stdout(printed),
        ):
            stack.enter_context(setting)
        warnings.simplefilter("ignore")
        yield


class _Printed(io.TextIOBase):
    """Keeps the beginning of what is printed: an endless loop may print without end."""

    def __init__(self) -> None:
        self.text = ""

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
    line = readers_line(error.__traceback__)
    if not shown and not line:
        return f"Phép kiểm tra không dùng được câu trả lời của bạn: nó gặp lỗi {told}."
    subject = f"Khi gọi `{shown}`, mã" if shown else "Mã"
    sentence = f"{subject} của bạn báo lỗi {told}{f' ở {line}' if line else ''}."
    missing = ("'_children'", "'_forward_pre_hooks'", "'_params'")  # made by Block's __init__
    if isinstance(error, AttributeError) and reason.endswith(missing):
        advice = "Hãy gọi `super().__init__()` ở dòng đầu tiên của `__init__`."
    if type(error) is NameError and not advice:
        advice = f"Nếu một ô của bài học tạo ra tên ấy thì trước hết {RUN_ABOVE}."
    return f"{sentence} {advice}".strip()


def _on_time_up(time_up: TimeUp) -> str:
    # It may have struck again on its way out: the first one tells where the code was.
    while isinstance(time_up.__context__, TimeUp):
        time_up = time_up.__context__
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
    if name.startswith("<") and not name.startswith(_TYPED):
        return None
    # Compiled code names the source that it came from, without its folder; its module knows it.
    if any(map(_is_of_a_library, (name, frame.f_globals.get("__file__") or name))):
        return None
    source = linecache.getline(name, number).strip()
    return f"dòng {number}: {code(source, 80)}" if source else f"dòng {number}"


def _is_of_a_library(path: str) -> bool:
    folders = Path(path).parents
    return any(
        folder in _LIBRARIES or folder.name in ("site-packages", "dist-packages")
        for folder in folders
    )


def _within(seconds: float, function: Callable[[], None]) -> None:
    """Call `function`; raise TimeUp inside it, where that is possible, once `seconds` are over."""
    if not can_stop():
        return function()
    running, first = True, None

    def stop(number: int, frame: object) -> None:
        nonlocal first
        # The reader's code is interrupted again and again. Outside of it a check may be cleaning
        # up, say, deleting a folder: that gets some time.
        if running and (first is None or _inside or time.monotonic() > first + _PATIENCE):
            first = first or time.monotonic()
            raise TimeUp(_inside)

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
