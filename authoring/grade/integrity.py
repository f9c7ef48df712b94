"""What an answer may not touch while it is judged, and how it is noticed.

An answer and the check that judges it live in one process, since a check looks at living objects.
So a determined author of native tricks (a pointer made from a number, say) can in principle do
anything here. What can be noticed is noticed: library functions that were replaced, attempts to
reach the check's own frames, processes, sockets, threads and timers left behind, and values that
answer comparisons themselves. None of it earns anything, and the row asks for a teacher's eye.
"""

from __future__ import annotations

import ast
import functools
import gc
import re
import signal
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from operator import is_, itemgetter
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any

WATCHED = {"numpy", "mxnet", "d2lutil", "authoring"}  # packages, besides Python's own library
# Those through which an answer may do what it may not do by itself: they ask for what they need.
_LIBRARIES = {"numpy", "mxnet", "matplotlib", "d2lutil", "authoring"}
_REFUSED = {
    *("sys._getframe", "sys._current_frames", "sys._current_exceptions", "sys.settrace"),
    *("sys.setprofile", "sys.addaudithook", "sys.monitoring.register_callback"),
    *("object.__getattr__", "object.__setattr__", "code.__new__", "signal.pthread_kill", "compile"),
    *("os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.kill"),
    *("os.killpg", "pty.spawn", "_thread.start_new_thread", "_thread.start_joinable_thread"),
}
_REFUSED_FAMILIES = {"ctypes", "gc", "socket", "subprocess"}
_FRAMES = {"tb_frame", "gi_frame", "cr_frame", "ag_frame"}
# No exercise needs them; no event of Python's tells of them.
_SUSPICIOUS = {
    *("ctypes", "_LIB", "_ctypes", "gc", "as_strided", "__array_interface__", "__array_struct__"),
    *("__array_ufunc__", "__array_function__", "__globals__", "__closure__", "cell_contents"),
    *("f_back", "f_globals", "f_locals", "tb_frame", "_getframe", "__subclasses__"),
    *("__builtins__", "setitimer"),
}
_COMPARISONS = {
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__class__"),
    *("__array__", "__array_ufunc__", "__array_function__", "__array_interface__"),
    *("__getattribute__", "__instancecheck__", "__subclasscheck__"),
}
_PLAIN = (int, float, str, list, tuple, dict, set, frozenset)
_READING = {"__iter__", "__getitem__", "__len__", "__float__", "__int__", "__index__", "__str__"}
_THREAD = "để một luồng chạy tiếp"
_TYPED = ("<string>", "<unknown>")  # what a library may call code that it compiles
_STANDARD = tuple({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})
# Where Python's library looks at frames for its own needs, and tells nobody.
_HARMLESS = ("/collections/__init__.py", "/enum.py", "/typing.py", "/dataclasses.py", "/abc.py")


def prepare() -> None:
    """Look up every function of MXNet's library that its modules may ask for.

    They become attributes when first asked for; an answer must not be the first to set one.
    """
    import mxnet

    for module_name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and module_name.startswith("mxnet."):
            for name in re.findall(r"\b_LIB\.(\w+)", Path(file).read_text("utf-8")):
                getattr(mxnet.base._LIB, name, None)


def suspicious(source: str) -> set[str]:
    """Return the names in the source of an answer that no exercise needs and tricks are made of."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.FunctionDef(name=name):
                found.add(name)
            case ast.Constant(value=str(text)):
                found.add(text)
            case ast.Import(names=aliases):
                found |= {alias.name.split(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module)):
                found.add(module.split(".")[0])
                found |= {alias.name for alias in node.names}
    return found & _SUSPICIOUS


class Tampering(BaseException):
    """An answer has replaced something that its check stands on; no `except Exception` stops it."""


class Watch:
    """Watches one answer from `start` on, in the process that will judge it and nothing else."""

    def __init__(self, exercises: Iterable[ModuleType], lesson: set[str]) -> None:
        """Remember everything as it is: `exercises` are the modules of the checks.

        `lesson` has the names of the files that the lesson's own code was compiled as.
        """
        self.refused: set[str] = set()  # what the answer does, in words after "its code"
        self.replaced: str | None = None  # the first name that it replaced
        self._lesson = lesson
        self._busy = True
        sys.settrace = self._only_for_checks(sys.settrace)
        modules = dict(sys.modules)
        own = list(exercises)
        for module in own:
            _call_watched(module, self)
        watched = [
            *(m for name, m in modules.items() if name.split(".")[0] in WATCHED and m not in own),
            *own,
            *(m for name, m in modules.items() if name.split(".")[0] in sys.stdlib_module_names),
        ]
        watched = [module for module in watched if isinstance(module, ModuleType)]
        self._all = _Snapshot({module.__name__: module for module in reversed(watched)}.values())
        self._near = _Snapshot([m for m in watched if _is_near(m.__name__)])
        self._modules = _Names("sys.modules", sys.modules, modules)
        self._classes = set(map(id, _classes()))
        self._state = _state()

    def start(self) -> None:
        """Refuse from here on what an answer may not do; it is remembered in `refused`."""
        self._busy = False
        sys.addaudithook(self._on_event)

    def verify(self, everything: bool = False) -> None:
        """Raise Tampering, now and ever after, once a watched function or class is another."""
        if not self.replaced:
            self._busy, before = True, self._busy
            snapshot = self._all if everything else self._near
            self.replaced = self._modules.changed() or snapshot.changed()
            self._busy = before
        if self.replaced:
            raise Tampering(self.replaced)

    def left_behind(self, before: Any = None) -> None:
        """Note a thread, timer, handler or hook that is other than `before`, or at the start."""
        for what, value in _state().items():
            expected = (before or self._state)[what]
            if value > expected if what == _THREAD else value != expected:
                self.refused.add(what)

    def look_at(self, value: Any) -> None:
        """Note a value whose class answers comparisons as it likes."""
        values = [value]
        for part in (list, tuple, set, frozenset):
            if type(value) is part:
                values += value
        if type(value) is dict:
            values += value.values()
        for part in values[:1000]:
            for kind in type.mro(type(part)) + type.mro(type(type(part))):
                if id(kind) in self._classes:
                    continue
                own = vars(kind).keys()
                if (
                    own & _COMPARISONS
                    or (own & _READING and issubclass(kind, _PLAIN))
                    or issubclass(kind, _arrays())
                ):
                    self.refused.add(f"có lớp `{kind.__name__}` tự trả lời phép so sánh")

    def judging(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function`, of the check, with a look before and after at what it stands on."""

        @functools.wraps(function)
        def watched(*arguments: Any, **options: Any) -> Any:
            self.verify()
            before = _state()
            try:
                value = function(*arguments, **options)
                self.look_at(value)
                return value
            finally:
                self.left_behind(before)
                self.verify()

        return watched

    def _only_for_checks(self, function: Callable[..., None]) -> Callable[..., None]:
        """Return `sys.settrace` for whoever may use it.

        The event alone doesn't tell who asks: a tracer that raises an error is taken away by
        Python itself, in the frame that it traced.
        """

        def settrace(tracer: Any) -> None:
            if self._is_reached_from(sys._getframe(1)):
                self.refused.add("dùng `sys.settrace`")
                raise PermissionError("khi chấm, câu trả lời không được dùng sys.settrace")
            function(tracer)

        return settrace

    def _on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._busy or not (event in _REFUSED or event.split(".")[0] in _REFUSED_FAMILIES):
            return
        self._busy = True
        try:
            if self._is_refused(event, arguments, sys._getframe(1)):
                name = arguments[1] if event.startswith("object.__") else event
                self.refused.add(f"dùng `{name}`")
                raise PermissionError(f"khi chấm, câu trả lời không được dùng {name}")
        finally:
            self._busy = False

    def _is_refused(self, event: str, arguments: tuple[Any, ...], frame: FrameType) -> bool:
        if event == "sys.settrace" and _of_a_check(sys.gettrace()):
            return False
        if event == "compile":
            name = arguments[1]
            name = name.decode(errors="replace") if isinstance(name, bytes) else name
            if name is None or name in _TYPED:
                return False
        elif event == "object.__getattr__" and arguments[1] == "tb_frame":
            # Printing a traceback is no trick; asking that module for the frames is.
            if frame.f_code.co_name == "walk_tb" and frame.f_back is not None:
                return self._kind(frame.f_back) == "answer"
        elif event.startswith("object.__") and arguments[1] not in _FRAMES:
            # With its own functions an answer may do what it likes.
            function = arguments[0]
            if not isinstance(function, FunctionType) or self._is_own(function):
                return False
        if frame.f_code.co_filename.endswith(_HARMLESS) and self._kind(frame) == "python":
            return False
        return self._is_reached_from(frame)

    def _is_reached_from(self, frame: FrameType) -> bool:
        """Tell whether an answer has asked for what `frame` does, and no library for itself."""
        place: FrameType | None = frame
        while place is not None:
            kind = self._kind(place)
            if kind == "library":
                return False
            if kind == "answer":
                return True
            place = place.f_back
        return False

    def _is_own(self, function: FunctionType) -> bool:
        return self._kind_of(function.__code__.co_filename) == "answer"

    def _kind(self, frame: FrameType) -> str:
        kind = self._kind_of(frame.f_code.co_filename)
        # What a module does while it is imported is its own affair.
        return "library" if kind == "python" and frame.f_code.co_name == "<module>" else kind

    def _kind_of(self, file: str) -> str:
        if file in self._lesson:
            return "library"
        if file.startswith("<"):
            return "python" if file.startswith("<frozen ") else "answer"
        parts = Path(file).parts
        if "site-packages" in parts:
            package = parts[parts.index("site-packages") + 1].removesuffix(".py")
            return "library" if package in _LIBRARIES else "python"
        if file.startswith(_STANDARD):
            return "python"
        return "library" if file.startswith(_HERE) or not Path(file).is_absolute() else "answer"


_getsignal = import_module("_signal").getsignal
_HERE = str(Path(__file__).resolve().parents[2])


def _arrays() -> tuple[type, ...]:
    import mxnet
    import numpy

    return numpy.ndarray, numpy.generic, mxnet.nd.NDArray


def _call_watched(module: ModuleType, watch: Watch) -> None:
    for name, value in list(vars(module).items()):
        if isinstance(value, FunctionType) and not name.startswith("_"):
            where = value.__module__.rpartition(".")[2]
            if (where == "guard" and name == "call") or where == "probe":
                setattr(module, name, _once(value, watch))


@functools.cache
def _once(function: Callable[..., Any], watch: Watch) -> Callable[..., Any]:
    if function.__name__ == "folder":  # a context, which runs nothing of an answer
        return function
    return watch.judging(function)


def _is_near(name: str) -> bool:
    """Tell whether checks use the module `name` between two calls of an answer."""
    top = name.split(".")[0]
    return top in ("d2lutil", "builtins", "math", "os", "json", "time") or name in (
        *("numpy", "mxnet", "mxnet.base", "mxnet.ndarray.ndarray", "mxnet.numpy.multiarray"),
        *("mxnet.gluon.block", "mxnet.gluon.parameter", "mxnet.autograd", "mxnet.util"),
        *("numpy._core.numeric", "numpy._core.fromnumeric", "numpy._core._methods"),
    )


class _Names:
    """Names of a module or class, with the functions, classes and modules that they stand for."""

    def __init__(self, label: str, owner: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        self.label, self.owner = label, owner
        self.names = tuple(values)
        # Two of them at least: of one, itemgetter gives no tuple.
        self.get = itemgetter(*self.names, *self.names[:1]) if values else None
        self.values = (*values.values(), *list(values.values())[:1])

    def changed(self) -> str | None:
        if self.get is None:
            return None
        try:
            if all(map(is_, self.get(self.owner), self.values)):
                return None
        except KeyError:
            pass
        missing = object()
        for name, value in zip(self.names, self.values, strict=False):
            found = self.owner.get(name, missing)
            if found is not value and not _of_a_check(found):
                return f"{self.label}.{name}"
        return None


def _of_a_check(value: Any) -> bool:
    """Tell whether a check has made this function while it ran, to see what an answer calls."""
    if not isinstance(value, FunctionType) or "<locals>" not in value.__qualname__:
        return False
    return value.__code__.co_filename.startswith(f"{_HERE}/d2lutil/exercises/")


class _Snapshot:
    def __init__(self, modules: Iterable[ModuleType]) -> None:
        self.names: list[_Names] = []
        self.sizes: list[tuple[type, int]] = []
        seen: set[int] = set()
        for module in modules:
            found = {
                name: value
                for name, value in vars(module).items()
                if callable(value) or isinstance(value, ModuleType)
                # The last error is no function that a check may need.
                if not (module is sys and name.startswith("last_"))
            }
            self.names.append(_Names(module.__name__, vars(module), found))
            for value in list(found.values()):
                if isinstance(value, type) and id(value) not in seen:
                    seen.add(id(value))
                    if value.__flags__ & (1 << 9):  # made by a class statement: it can be changed
                        label = f"{value.__module__}.{value.__name__}"
                        self.names.append(_Names(label, vars(value), dict(vars(value))))
                        self.sizes.append((value, _size(value)))
            library = vars(module).get("_LIB")
            if library is not None:
                self.names.append(_Names("mxnet.base._LIB", vars(library), dict(vars(library))))

    def changed(self) -> str | None:
        for names in self.names:
            if found := names.changed():
                return found
        for kind, size in self.sizes:
            # A new name may hide an inherited one.
            if _size(kind) != size:
                return f"{kind.__module__}.{kind.__name__}"
        return None


def _size(kind: type) -> int:
    return len(vars(kind)) - ("__slotnames__" in vars(kind))  # which copying leaves behind


def _classes() -> Iterable[type]:
    found, waiting = [object], [object]
    while waiting:
        for kind in type.__subclasses__(waiting.pop()):
            found.append(kind)
            # The subclasses of `type` are asked as its instances are, but for the argument.
            waiting.append(kind)
    return [*found, type]


def _state() -> dict[str, Any]:
    # By their numbers, and without the module that is written in Python: an object may say itself
    # what it is equal to.
    handlers = {number: id(_getsignal(number)) for number in signal.valid_signals()}
    tracer = sys.gettrace()
    virtual = [signal.getitimer(which) for which in (signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)]
    return {
        "đổi cách xử lý tín hiệu": handlers,
        "đặt hẹn giờ": any(map(any, virtual)),
        _THREAD: len(sys._current_frames()),
        "gắn thêm việc vào bộ dọn rác": [*map(id, gc.callbacks)],
        "theo dõi từng dòng mã": 0 if tracer is None or _of_a_check(tracer) else id(tracer),
        "đổi cách Python nạp mô-đun": [*map(id, sys.meta_path)],
    }
