import builtins
import contextlib
import decimal
import gc
import locale
import logging
import os
import random
import shutil
import signal
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import matplotlib
import mxnet as mx
import numpy
import pytest
from mxnet import autograd, npx

import d2lutil
from d2lutil import exercises
from d2lutil.exercises import guard, probe, session
from d2lutil.exercises.guard import Wrong, call, trouble

npx.set_np()


def seen():
    """Return what belongs to the session, not to an answer."""
    return {
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "umask": session._umask(),
        "NumPy mode": (npx.is_np_array(), npx.is_np_shape()),
        "recording": (autograd.is_recording(), autograd.is_training()),
        "context": mx.current_context(),
        "recursion": sys.getrecursionlimit(),
        "switches": sys.getswitchinterval(),
        "collection": gc.isenabled(),
        "print options": numpy.get_printoptions(),
        "errors of floats": (numpy.geterr(), numpy.geterrcall()),
        "decimal digits": decimal.getcontext().prec,
        "locale": locale.setlocale(locale.LC_ALL),
        "logging": (logging.root.level, list(logging.root.handlers)),
        "generators": (random.getstate(), numpy.random.get_state()[1].tolist()),
        "streams": (sys.stdin, sys.stdout, sys.stderr, sys.displayhook, sys.excepthook),
        "path": (id(sys.path), list(sys.path)),
        "builtins": (print, sum, open),
        "pictures": matplotlib.rcParams["figure.figsize"],
        "interrupt": signal.getsignal(signal.SIGINT),
        "warnings": list(warnings.filters),
        "checks": (probe.compare, guard.call, guard.LIMIT, d2lutil.check, exercises.check),
    }


def record_without_end():
    with autograd.record():
        yield


SPOILS = {
    "reset_np": npx.reset_np,
    "set_recording": lambda: autograd.set_recording(True),
    "set_training": lambda: autograd.set_training(True),
    "record": lambda: autograd.record().__enter__(),
    "context": lambda: mx.cpu(1).__enter__(),
    "chdir": lambda: os.chdir("/"),
    "environ": lambda: os.environ.update(D2L_DEVICE="gpu", HOME="/"),
    "environ, less": lambda: os.environ.clear(),
    "umask": lambda: os.umask(0o707),
    "setrecursionlimit": lambda: sys.setrecursionlimit(5000),
    "setswitchinterval": lambda: sys.setswitchinterval(1),
    "gc": gc.disable,
    "printoptions": lambda: numpy.set_printoptions(precision=2),
    "seterr": lambda: numpy.seterr(all="raise"),
    "seterrcall": lambda: numpy.seterrcall(lambda *_: None),
    "decimal": lambda: setattr(decimal.getcontext(), "prec", 5),
    "setlocale": lambda: locale.setlocale(locale.LC_ALL, "C"),
    "logging": lambda: logging.basicConfig(level=1, force=True),
    "random": lambda: (random.seed(1), numpy.random.seed(1)),
    "stdout": lambda: setattr(sys, "stdout", sys.__stderr__),
    "stderr": lambda: setattr(sys, "stderr", None),
    "excepthook": lambda: setattr(sys, "excepthook", None),
    "path": lambda: sys.path.insert(0, "/"),
    "another path": lambda: setattr(sys, "path", []),
    "rcParams": lambda: matplotlib.rcParams.update({"figure.figsize": (1, 1)}),
    "builtins": lambda: setattr(builtins, "sum", len),
    "signal": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    "warnings": lambda: warnings.simplefilter("error"),
    "compare": lambda: setattr(probe, "compare", print),
    "check": lambda: setattr(d2lutil, "check", print),
    "check of the module": lambda: setattr(exercises, "check", print),
    "limit": lambda: setattr(guard, "LIMIT", 0),
}


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("numpy_mode", [True, False])
@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_the_session_is_put_back_whatever_an_answer_sets(spoil, numpy_mode, recorded):
    (npx.set_np if numpy_mode else npx.reset_np)()
    try:
        with autograd.record() if recorded else contextlib.nullcontext():
            before = seen()
            assert trouble(lambda: call("answer(1)", spoil)) is None
            assert seen() == before
    finally:
        npx.set_np()


def test_the_session_is_put_back_after_an_interrupt_by_the_reader():
    def interrupted():
        for spoil in SPOILS.values():
            spoil()
        raise KeyboardInterrupt

    before = seen()
    with pytest.raises(KeyboardInterrupt):
        trouble(lambda: call("answer()", interrupted))
    assert seen() == before


def test_off_the_main_thread_everything_is_put_back_too():
    """Handlers of signals can't be set there."""

    def check():
        before = seen()
        assert trouble(lambda: call("answer()", SPOILS["environ"])) is None
        return seen() == before

    with ThreadPoolExecutor() as threads:
        assert threads.submit(check).result()


def test_a_folder_that_is_gone_is_nobodys_fault(tmp_path):
    here = os.getcwd()
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    try:
        shutil.rmtree(gone)
        inside = os.stat(os.curdir).st_ino
        assert trouble(lambda: call("answer()", os.chdir, "/")) is None
        assert os.stat(os.curdir).st_ino == inside
    finally:
        os.chdir(here)


def test_a_recording_that_a_generator_holds_ends_with_the_check():
    held = record_without_end()
    assert trouble(lambda: call("answer(1)", next, held)) is None
    assert not autograd.is_recording()


@pytest.mark.parametrize("spoil", ["reset_np", "record", "compare"])
def test_what_one_call_spoils_the_check_does_not_meet(spoil):
    """The folder and the like stay as the answer left them until the check is over."""
    own = "NumPy mode", "recording", "checks"

    def check():
        before = seen()
        call("answer(1)", SPOILS[spoil])
        if any(seen()[setting] != before[setting] for setting in own):
            raise Wrong("Đã đổi.")

    assert trouble(check) is None


def test_an_answer_that_silences_the_comparison_is_compared_all_the_same():
    def answer(sizes):
        probe.compare = probe.same = probe.block = lambda *_, **__: None
        return 3

    result = exercises.check("model-construction/1", answer)
    assert result.passed is False
    assert exercises.check("model-construction/1", answer) == result


def test_checks_in_threads_leave_each_other_alone():
    """Half of them spoil all they can, and none waits for another in the answer itself."""
    together = threading.Barrier(4)

    def check(number):
        together.wait(60)
        spoils = [lambda: print("xong"), *SPOILS.values()][number % 2 :]
        return trouble(lambda: [call("answer()", spoil) for spoil in spoils])

    before = seen()
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(check, range(4)))
    assert seen() == before
    # Only the main thread may set a handler, which is the last thing that goes wrong here.
    assert all("signal only works in main thread" in sentence for sentence in told)
