"""MXNet 1.9.1 on Pythons and NumPys newer than it: what is mended while it is imported, and why.

MXNet's files stay as they are. Its modules run with builtins of their own, by which they see a
NumPy that still has the names they were written for, and a module that Python no longer has. The
reader's NumPy stays as it is: all that can be seen outside of MXNet is `NDArray.__array__`.

What can't be mended here is NumPy 2's own arithmetic, where MXNet computes with a scalar it is
given. Those of 8 or 16 bits keep their width: `LSTM(np.int8(100))` and `split_data(x, np.int8(3))`
with 300 rows overflow, steps of np.int8 in a scheduler may never end, a learning rate in np.float16
rounds. `np.bool` is no index. States of a trainer whose rates are NumPy scalars can be read where
NumPy is 1.26 or newer.
"""

from __future__ import annotations

import builtins
import ctypes
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

import numpy

_import = builtins.__import__


def find_spec(
    name: str, path: Sequence[str] | None, target: ModuleType | None
) -> ModuleSpec | None:
    """Return the spec that Python finds for a module of MXNet, with the mends in its loader."""
    spec = PathFinder.find_spec(name, path, target)
    if spec is not None and type(spec.loader) is SourceFileLoader:
        if name == "mxnet":
            package = Path(spec.loader.path).parent
            load_libraries(package / "libmxnet.so", package.parent)
            if target is None:
                # An import that failed before d2lutil was there leaves modules without mends.
                for other in [other for other in sys.modules if other.startswith("mxnet.")]:
                    del sys.modules[other]
        spec.loader = _Loader(name, spec.loader.path)
    return spec


class _Loader(SourceFileLoader):
    """Runs a module of MXNet from its own file, mended."""

    def exec_module(self, module: ModuleType) -> None:
        own = {**vars(builtins), "__import__": _import_for_mxnet}
        if self.name in _WRITERS:
            own["str"] = _str
        vars(module)["__builtins__"] = own
        super().exec_module(module)
        if self.name == "mxnet.ndarray.ndarray":
            module.NDArray.__array__ = _array_of
        if self.name == "mxnet.numpy.multiarray":
            names = vars(module)
            names["_as_mx_np_array"] = _plain_tuples(names["_as_mx_np_array"])
            names["_get_np_op"] = _weak_scalars(names["_get_np_op"])
        if self.name == "mxnet.metric":
            module.EvalMetric.sum_metric = _Sum("sum_metric")
            module.EvalMetric.global_sum_metric = _Sum("global_sum_metric")

    def get_code(self, fullname: str) -> CodeType | None:
        code = super().get_code(fullname)
        return _mended(code) if code and fullname in _CHANGED else code

    def source_to_code(self, data: Any, path: Any) -> CodeType:  # type: ignore[override]
        # Since Python 3.12 escapes like "\d" in MXNet's sources are told to whoever imports it.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return super().source_to_code(data, path)


# distutils left Python with 3.12. MXNet compares versions with it.


class _Version:
    def __init__(self, text: str) -> None:
        self.numbers = [int(number) for number in re.findall(r"\d+", text)[:3]]

    def __ge__(self, other: _Version) -> bool:
        return self.numbers >= other.numbers


_distutils_version = SimpleNamespace(LooseVersion=_Version, StrictVersion=_Version)


def _import_for_mxnet(
    name: str,
    globals: Any = None,
    locals: Any = None,
    fromlist: Sequence[str] = (),
    level: int = 0,
) -> Any:
    if name == "distutils.version" and level == 0:
        return _distutils_version
    module = _import(name, globals, locals, fromlist, level)
    return _numpy if module is numpy else module


# Names that NumPy has lost since 1.23, or will lose: they were aliases, or are a line.


def _in1d(ar1: Any, ar2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    return numpy.isin(numpy.ravel(ar1), ar2, assume_unique=assume_unique, invert=invert)


def _msort(a: Any) -> Any:
    return numpy.sort(a, axis=0)


def _array(object: Any, dtype: Any = None, **options: Any) -> Any:
    try:
        return numpy.array(object, dtype=dtype, **options)
    except OverflowError:
        # NumPy 2 refuses integers that the dtype can't hold; before, it cut off their high bits.
        return numpy.array(object, **options).astype(dtype)


def _gone(name: str) -> Callable[..., Any]:
    def function(*_: Any, **__: Any) -> Any:
        raise RuntimeError(f"numpy.{name} was removed in NumPy 1.20, see numpy_financial")

    return function


_numpy = ModuleType("numpy", numpy.__doc__)
vars(_numpy).update(vars(numpy))
vars(_numpy).update(
    __getattr__=lambda name: getattr(numpy, name),
    array=_array,
    alltrue=numpy.all,
    bool=bool,
    compat=SimpleNamespace(basestring=str),
    in1d=_in1d,
    Inf=numpy.inf,
    int=int,
    msort=_msort,
    NaN=numpy.nan,
    NAN=numpy.nan,
    NINF=-numpy.inf,
    NZERO=-0.0,
    PINF=numpy.inf,
    product=numpy.prod,
    PZERO=0.0,
    round_=numpy.round,
    sometrue=numpy.any,
    trapz=getattr(numpy, "trapezoid", getattr(numpy, "trapz", None)),
    **{name: _gone(name) for name in ("mirr", "npv", "pmt", "ppmt", "pv", "rate")},
)


# NumPy 2 shows its scalars in a tuple as np.int64(3), which MXNet's C side can't read. These
# modules write out arguments of operators, iterators and attributes for it.
_WRITERS = {
    "mxnet._ctypes.ndarray",
    "mxnet._ctypes.symbol",
    "mxnet.io.io",
    "mxnet.symbol.symbol",
}


class _Writing(type):
    def __call__(cls, value: Any) -> str:
        text = str(value)
        if "np." in text and not isinstance(value, str):
            with numpy.printoptions(legacy="1.25"):
                return str(value)
        return text

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, str)


class _str(metaclass=_Writing):
    """What is `str` to the writers."""


class _Empty(tuple[()]):
    # Without this NumPy takes part in a comparison with (), and says neither yes nor no.
    __array_ufunc__ = None


# Modules that call ndarray.tostring, which is gone (tobytes does the same), or compare with ().
_CHANGED = {
    "mxnet.ndarray.numpy.random",
    "mxnet.ndarray.numpy_extension.random",
    "mxnet.numpy.multiarray",
    "mxnet.recordio",
    "mxnet.symbol.numpy.random",
    "mxnet.symbol.numpy_extension.random",
}


def _mended(code: CodeType) -> CodeType:
    return code.replace(
        co_names=tuple("tobytes" if name == "tostring" else name for name in code.co_names),
        co_consts=tuple(
            _mended(value) if isinstance(value, CodeType) else _Empty() if value == () else value
            for value in code.co_consts
        ),
    )


def _plain_tuples(convert: Callable[..., Any]) -> Callable[..., Any]:
    # Of linalg.qr and others NumPy 2 gives a tuple with names, which is not made from one list.
    def converted(object: Any, ctx: Any = None) -> Any:
        return convert(tuple(object) if isinstance(object, tuple) else object, ctx)

    return converted


def _weak_scalars(get: Callable[[str], Any]) -> Callable[[str], Any]:
    # Where MXNet has NumPy compute, in x // np.int64(2), NumPy 2 lets the scalar widen the result.
    def weak(name: str) -> Any:
        def function(*inputs: Any, **options: Any) -> Any:
            plain = [x.item() if isinstance(x, numpy.generic) else x for x in inputs]
            return get(name)(*plain, **options)

        return function

    return weak


class _Sum:
    """A sum of numbers in a metric: of float32 and a float NumPy 2 makes float32, not float64."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __set__(self, metric: Any, value: Any) -> None:
        vars(metric)[self.name] = numpy.float64(value) if isinstance(value, _FLOATS) else value


_FLOATS = (numpy.float16, numpy.float32)


def _array_of(self: Any, dtype: Any = None, copy: bool | None = None) -> Any:
    """Return an NDArray's values for NumPy.

    Without this method NumPy takes it for lists in lists, without an end: at 32 it stopped with an
    array of objects, at 64, which it allows now, it raises an error.
    """
    if copy is False:
        raise ValueError("an NDArray can only be copied into a NumPy array")
    array = self.asnumpy()
    return array if dtype is None else array.astype(dtype, copy=False)


def load_libraries(library: Path, site: Path) -> bool:
    """Load a shared library, first what it lacks, from NVIDIA's wheels in `site`; say if it went.

    So CUDA builds of MXNet need no LD_LIBRARY_PATH. What is in no wheel MXNet itself will miss.
    """
    missing = ""
    while True:
        try:
            ctypes.CDLL(str(library))
            return True
        except OSError as error:
            # "libcublas.so.11: cannot open shared object file: No such file or directory"
            name = str(error).partition(":")[0]
        path = next(site.glob(f"nvidia/*/lib/{name}"), None)
        if name == missing or path is None or not load_libraries(path, site):
            return False
        missing = name
