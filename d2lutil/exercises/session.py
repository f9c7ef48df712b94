"""What an answer may change in the process that runs the notebook, and how it is put back."""

from __future__ import annotations

import builtins
import contextlib
import decimal
import gc
import locale
import logging
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from operator import setitem
from types import ModuleType
from typing import Any

Pair = tuple[Callable[[], Any], Callable[[Any], object]]  # how to read a setting, how to set it


def ground() -> Iterable[Pair]:
    """Return what a check stands on between two calls: MXNet's modes and the course's own code."""
    import mxnet as mx
    from mxnet import autograd

    own = [name for name in list(sys.modules) if name.split(".")[0] == "d2lutil"]
    return (
        (autograd.is_recording, autograd.set_recording),
        (autograd.is_training, autograd.set_training),
        (mx.util.is_np_shape, mx.util.set_np_shape),
        (mx.util.is_np_array, mx.util._set_np_array),
        *(_names_in(sys.modules[name]) for name in own),
    )


def settings() -> Iterable[Pair]:
    """Return what belongs to the whole process, from the folder to the way numbers are printed.

    Left alone are MXNet's generator of random numbers, which can't be read, open figures, imported
    modules and the inside of objects.
    """
    import numpy

    return (
        (random.getstate, random.setstate),
        (numpy.random.get_state, numpy.random.set_state),
        (numpy.get_printoptions, lambda options: numpy.set_printoptions(**options)),
        (numpy.geterr, lambda kinds: numpy.seterr(**kinds)),
        (numpy.geterrcall, numpy.seterrcall),
        (sys.getrecursionlimit, sys.setrecursionlimit),
        (sys.getswitchinterval, sys.setswitchinterval),
        (gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
        (lambda: decimal.getcontext().copy(), decimal.setcontext),
        (lambda: locale.setlocale(locale.LC_ALL), partial(locale.setlocale, locale.LC_ALL)),
        (lambda: logging.root.level, logging.root.setLevel),
        (logging.root.handlers.copy, partial(setitem, logging.root.handlers, slice(None))),
        (sys.path.copy, partial(setitem, sys.path, slice(None))),
        (os.environ.copy, _set_environment),
        (lambda: os.open(os.curdir, _FOLDER), _return_to),
        (_umask, os.umask),
        (_handlers, _set_handlers),
        _names_in(sys),
        _names_in(builtins),
    )


@contextlib.contextmanager
def kept(*pairs: Pair) -> Iterator[None]:
    """Put back afterwards what `pairs` read, whatever is done to it inside."""
    with contextlib.ExitStack() as stack:
        for read, put_back in pairs:
            stack.callback(put_back, read())
        yield


# A descriptor finds the folder again where a path would not: renamed, or removed.
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY)


def _return_to(folder: int) -> None:
    try:
        os.fchdir(folder)
    finally:
        os.close(folder)


def _names_in(module: ModuleType) -> Pair:
    return vars(module).copy, vars(module).update


def _set_environment(before: Mapping[str, str]) -> None:
    if os.environ != before:
        os.environ.clear()
        os.environ.update(before)


def _umask() -> int:
    present = os.umask(0o077)
    os.umask(present)
    return present


def _handlers() -> dict[int, Any]:
    # Only the main thread may set them.
    if threading.current_thread() is not threading.main_thread():
        return {}
    return {number: signal.getsignal(number) for number in signal.valid_signals()}


def _set_handlers(before: Mapping[int, Any]) -> None:
    for number, handler in before.items():
        # None: not one of Python's.
        if handler is not None and signal.getsignal(number) != handler:
            signal.signal(number, handler)
