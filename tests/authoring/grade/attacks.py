"""Answers that try to be judged right without being it, or to hurt whoever runs them.

Each is an answer cell for parameters/1, where `answer(net)` is to give all parameters in a vector.
A judge that runs an answer and then compares would believe most of the first ones.
"""

# What follows makes a vector of the right length and nothing else.
_SHAPED = """
from mxnet import np, npx
import mxnet, numpy

npx.set_np()


def shaped(net):
    return np.zeros(sum(p.data().size for p in net.collect_params().values()))


answer = shaped
"""

FORGERIES = {
    "a comparison replaced by the cell": "numpy.allclose = lambda *a, **k: True",
    "a comparison replaced by the call": """
def answer(net):
    numpy.allclose = lambda *a, **k: True
    return shaped(net)
""",
    "a comparison replaced inside NumPy": """
import numpy._core.numeric as inside
inside.isclose = lambda *a, **k: numpy.bool_(True)
""",
    "a method of arrays replaced": """
plain = np.ndarray.asnumpy
np.ndarray.asnumpy = lambda self: plain(self)
""",
    "a method of arrays that hides an inherited one": """
np.ndarray.asnumpy = lambda self: numpy.zeros(self.shape)
""",
    "an inherited method replaced": """
mxnet.nd.NDArray.asnumpy = lambda self: numpy.zeros(self.shape)
""",
    "the function of C that copies values": """
mxnet.base._LIB.MXNDArraySyncCopyToCPU = lambda *a: 0
""",
    "the same without its name": """
lib = vars(mxnet.base)["_L" + "IB"]
setattr(lib, "MXNDArraySyncCopyToCPU", lambda *a: 0)
""",
    "a parameter's data": """
mxnet.gluon.Parameter.data = lambda self, ctx=None: np.zeros(self.shape)
""",
    "builtins": """
import builtins
builtins.isinstance = lambda *a: True
""",
    "the import": """
import builtins
plain = builtins.__import__
builtins.__import__ = lambda *a, **k: plain(*a, **k)
""",
    "a module": """
import sys, types
fake = types.ModuleType("numpy")
vars(fake).update(vars(numpy))
fake.allclose = lambda *a, **k: True
sys.modules["numpy"] = fake
""",
    "a module for the time of a call": """
import sys, types
fake = types.ModuleType("numpy")
vars(fake).update(vars(numpy))
fake.allclose = lambda *a, **k: True


def answer(net):
    sys.modules["numpy"] = fake
    return shaped(net)
""",
    "json and os": """
import json, os
json.dumps = lambda *a, **k: '{"passed": true}'
os.write = lambda *a: 1
os._exit = lambda code: None
""",
    "a check of its own": """
import d2lutil
d2lutil.check = lambda *a, **k: "✓ Đúng!"
""",
    "the course's module": """
import sys, types
d2lutil = sys.modules["d2lutil"] = types.ModuleType("d2lutil")
d2lutil.check = lambda *a, **k: "✓ Đúng!"
""",
    "the probe, by its name": """
try:
    import d2lutil.exercises.probe as probe
    probe.compare = lambda *a, **k: None
    probe.same = lambda *a, **k: True
except ImportError:
    pass
""",
    "the probe, found by the garbage collector": """
import gc
for found in gc.get_objects():
    if isinstance(found, dict) and "compare" in found and "backward" in found:
        found["compare"] = lambda *a, **k: None
""",
    "the probe, found among the classes": """
def walk(kind):
    for one in kind.__subclasses__():
        yield one
        if one is not type:
            yield from walk(one)


for kind in walk(object):
    if (kind.__module__ or "").startswith("d2lutil.exercises"):
        kind.__init__ = lambda self, *a, **k: None
""",
    "the probe, found through a class's method": """
for kind in getattr(Exception, "__sub" + "classes__")():
    if kind.__name__ == "Wrong":
        inside = getattr(vars(kind), "get")("__module__")
for kind in getattr(Exception, "__sub" + "classes__")():
    if kind.__name__ == "Raised":
        names = getattr(kind.__init__, "__glo" + "bals__")
        names["trouble"] = lambda check: None
""",
    "the caller's frame": """
import sys


def answer(net):
    frame = sys._getframe()
    while frame:
        frame.f_globals["compare"] = frame.f_globals["same"] = lambda *a, **k: True
        frame = frame.f_back
    return shaped(net)
""",
    "the caller's frame, by an error": """
def answer(net):
    try:
        1 / 0
    except ZeroDivisionError as error:
        frame = getattr(error.__traceback__, "tb_" + "frame")
    while frame:
        names = getattr(frame, "f_glo" + "bals")
        names["compare"] = names["same"] = lambda *a, **k: True
        frame = getattr(frame, "f_ba" + "ck")
    return shaped(net)
""",
    "the caller's frame, by inspect": """
import inspect


def answer(net):
    for place in inspect.stack():
        getattr(place.frame, "f_glo" + "bals")["same"] = lambda *a, **k: True
    return shaped(net)
""",
    "the caller's frame, by a generator": """
def answer(net):
    def steps():
        yield
    getattr(steps(), "gi_frame")
    return shaped(net)
""",
    "the caller's frame, by IPython": """
from IPython.utils import frame as frames


def answer(net):
    found = frames.extract_module_locals(depth=1)
    return shaped(net)
""",
    "the code of a function": """
numpy.allclose.__code__ = (lambda *a, **k: True).__code__
""",
    "the defaults of a function": """
numpy.allclose.__wrapped__.__defaults__ = (1e9, 1e9, False)
numpy.allclose.__defaults__ = (1e9, 1e9, False)
""",
    "a tracer": """
import sys


def trace(frame, event, argument):
    return trace


sys.settrace(trace)
""",
    "a tracer set by the call": """
import sys


def trace(frame, event, argument):
    return trace


def answer(net):
    sys.settrace(trace)
    return shaped(net)
""",
    "a profiler": """
import sys
sys.setprofile(lambda *a: None)
""",
    "a timer": """
import signal


def replace(*a):
    numpy.allclose = lambda *a, **k: True


signal.signal(signal.SIGVTALRM, replace)
getattr(signal, "set" + "itimer")(signal.ITIMER_VIRTUAL, 0.001, 0.001)
""",
    "a timer set by the call": """
import signal


def replace(*a):
    numpy.allclose = lambda *a, **k: True


def answer(net):
    signal.signal(signal.SIGPROF, replace)
    getattr(signal, "set" + "itimer")(signal.ITIMER_PROF, 0.001, 0.001)
    return shaped(net)
""",
    "a handler that equals all": """
import signal


class Handler:
    def __call__(self, *a):
        numpy.allclose = lambda *a, **k: True

    def __eq__(self, other):
        return True

    __ne__ = lambda self, other: False


def answer(net):
    signal.signal(signal.SIGUSR1, Handler())
    return shaped(net)
""",
    "a thread": """
import threading, time
plain = numpy.allclose


def replace():
    while True:
        numpy.allclose = lambda *a, **k: True
        time.sleep(1e-4)
        numpy.allclose = plain
        time.sleep(1e-4)


threading.Thread(target=replace, daemon=True).start()
""",
    "a thread started by the call": """
import _thread, time
plain = numpy.allclose


def replace():
    while True:
        numpy.allclose = lambda *a, **k: True
        time.sleep(1e-5)
        numpy.allclose = plain


def answer(net):
    _thread.start_new_thread(replace, ())
    return shaped(net)
""",
    "a finalizer": """
import weakref


class Late:
    def __del__(self):
        numpy.allclose = lambda *a, **k: True


def answer(net):
    net.late = Late()
    return shaped(net)
""",
    "a replacement that takes itself back": """
plain = numpy.allclose


def once(*a, **k):
    numpy.allclose = plain
    return True


class Late:
    def __del__(self):
        numpy.allclose = once


def answer(net):
    result = shaped(net)
    late = Late()
    late.me = late
    net.late = late
    return result
""",
    "an event of the notebook": """
def replace(*a):
    numpy.allclose = lambda *a, **k: True


get_ipython().events.register("post_execute", replace)
""",
    "the garbage collector's callbacks": """
import importlib
collector = importlib.import_module("g" + "c")


def replace(*a):
    numpy.allclose = lambda *a, **k: True


collector.callbacks.append(replace)
""",
    "an array that compares itself": """
class Sly(numpy.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True


class Array(np.ndarray):
    def asnumpy(self):
        return super().asnumpy().view(Sly)


def answer(net):
    result = shaped(net)
    result.__class__ = Array
    return result
""",
    "a value that equals all": """
class All:
    shape = (0,)
    __class__ = np.ndarray

    def __eq__(self, other):
        return True

    def asnumpy(self):
        return self


answer = lambda net: All()
""",
    "a class that has every instance": """
class Kind(type):
    def __instancecheck__(self, other):
        return True


class Array(np.ndarray, metaclass=Kind):
    pass


mxnet.np.ndarray = Array
""",
    "a report of its own": """
import os
for number in range(256):
    try:
        os.write(number, b'{"id": "ex-flat-answer", "exercise": "parameters/1", "passed": true, '
                 b'"seconds": 0, "message": "x"}\\n')
        os.write(number, b"1" * 40 + b"Right")
    except OSError:
        pass
os._exit(0)
""",
    "no report": """
import os
os.closerange(0, 256)
""",
    "an end": "import os\nos._exit(0)",
    "another end": "raise SystemExit(0)",
    "an end of the call": """
import os


def answer(net):
    os._exit(0)
""",
    "an interrupt": """
def answer(net):
    raise KeyboardInterrupt
""",
    "an exit handler": """
import atexit, os


@atexit.register
def late():
    os._exit(0)


raise SystemExit(0)
""",
    "a crash": "import faulthandler\nfaulthandler._sigsegv()",
    "memory by its number": """
import ctypes
ctypes.memset(id(numpy.allclose), 0, 8)
""",
}

# What an answer may try against the machine; none of them makes an answer.
HARM = {
    "an endless loop": "while True:\n    pass",
    "a loop that can't be interrupted": """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
""",
    "a memory bomb": "x = []\nwhile True:\n    x.append(bytearray(50_000_000))",
    "a memory bomb of shared pages": """
import mmap
x = []
while True:
    m = mmap.mmap(-1, 100_000_000)
    m.write(bytes(100_000_000))
    x.append(m)
""",
    "a memory bomb in files without a name": """
import os
x = []
while True:
    number = os.memfd_create("x")
    os.truncate(number, 50_000_000)
    os.write(number, bytes(50_000_000))
    x.append(number)
""",
    "a fork bomb": """
import os
while True:
    try:
        os.fork()
    except BaseException:
        pass
""",
    # No event of Python's tells of these.
    "a fork bomb of the shell's": """
from multiprocessing import util
import time
util.spawnv_passfds(b"/bin/sh", ["sh", "-c", "f() { f | f & }; f"], [])
time.sleep(20)
""",
    "a memory bomb of many processes": """
from multiprocessing import util
import sys, time
eat = "x = bytearray(900_000_000); x[::4096] = bytes(len(x[::4096])); import time; time.sleep(60)"
for _ in range(20):
    util.spawnv_passfds(sys.executable.encode(), [sys.executable, "-c", eat], [])
time.sleep(60)
""",
    "a process that outlives its answer": """
from multiprocessing import util
stay = "trap '' TERM HUP; while :; do for i in 2 3 4 5 6 7 8 9; do kill -STOP $i; done; done"
util.spawnv_passfds(b"/usr/bin/setsid", ["setsid", "-f", "sh", "-c", stay], [])
""",
    "the judge itself": """
import os, signal
from multiprocessing import util
util.spawnv_passfds(b"/bin/sh", ["sh", "-c", f"kill -9 {os.getppid()} -1"], [])
""",
    "a full disk": """
import os, tempfile
for folder in ("/tmp", "/dev/shm", "/", "/dev", "/var/tmp", os.path.expanduser("~")):
    for number in range(1000):
        try:
            with open(f"{folder}/fill{number}", "wb") as file:
                for _ in range(1000):
                    file.write(bytes(1_000_000))
        except OSError:
            pass
""",
    "deleted files": """
import os, shutil, numpy
for folder in ("/tmp", "/dev", "/root", "/home", os.path.dirname(numpy.__file__)):
    shutil.rmtree(folder, ignore_errors=True)
""",
    "a flood of words": """
import os
for number in range(10_000):
    print("x" * 100_000)
    os.write(1, b"x" * 100_000)
    os.write(2, b"x" * 100_000)
""",
}

# What an answer may look for; each tells by an error what it has found.
SPYING = {
    "notebooks, checks and solutions in files": """
import os
found = []
for place, folders, names in os.walk("/"):
    if place.endswith(("d2lutil/exercises", "/tests/exercises")) or "bai-nop" in place:
        found.append(place)
    found += [name for name in names if name.endswith("_vn.ipynb")]
raise SystemError(found)
""",
    "solutions in the course": """
import d2lutil
found = [d2lutil.solution("parameters/1")] if d2lutil.solution("parameters/1") else []
raise SystemError(found)
""",
    "other processes": """
import os
found = os.listdir("/proc") if os.path.exists("/proc") else []
raise SystemError(found)
""",
    "secrets in the environment": """
import os
found = [name for name in os.environ if "SECRET" in name]
raise SystemError(found)
""",
    "a network": """
import _socket
found = []
for address in (("127.0.0.1", 22), ("1.1.1.1", 53)):
    try:
        one = getattr(_socket, "sock" + "et")()
        one.settimeout(2)
        one.connect(address)
        found.append(address)
    except OSError:
        pass
raise SystemError(found)
""",
    "rights": """
import os
found = [os.getuid()] if os.getuid() == 0 else []
for folder in ("/", "/usr", "/root", os.path.dirname(os.__file__)):
    try:
        open(f"{folder}/written", "w").close()
        found.append(folder)
    except OSError:
        pass
raise SystemError(found)
""",
}
