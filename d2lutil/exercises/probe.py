"""Trying a reader's answer: what every check needs, each with its sentence when it fails.

`shown` is always the call as a reader would write it, for messages: "answer([6, 4])(x)".
"""

from __future__ import annotations

import contextlib
import math
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from numbers import Real
from pathlib import Path
from typing import Any

from d2lutil.exercises.guard import NoValue, Wrong, call, code


def function(answer: Any, shown: str) -> None:
    """Raise Wrong unless `answer` can be called; a block is no answer, nor is a class of MXNet."""
    _callable(answer, shown, "hàm")


def block_class(answer: Any, shown: str) -> None:
    """Raise Wrong like `function`; it may be a function too, if that makes a block."""
    _callable(answer, shown, "lớp")


def _callable(answer: Any, shown: str, kind: str) -> None:
    from mxnet.gluon import Block

    if isinstance(answer, Block):
        what = f"một thực thể của `{type(answer).__name__}`"
    elif not callable(answer):
        what = f"một giá trị kiểu `{type(answer).__name__}`"
    elif isinstance(answer, type) and answer.__module__.startswith("mxnet."):
        what = f"chính lớp `{answer.__name__}` của MXNet"
    else:
        return
    raise Wrong(f"`answer` đang là {what}, còn bài này cần một {kind} để gọi `{shown}`.")


def build(answer: Any, *arguments: Any) -> tuple[Any, str]:
    """Call `answer` to make a block; return the block, and the call as a reader would write it.

    Raises Wrong when it gives no block, and Raised like `guard.call`.
    """
    shown = f"answer({', '.join(map(repr, arguments))})"
    return block(call(shown, answer, *arguments), shown), shown


def block(value: Any, shown: str) -> Any:
    """Return `value`; raise Wrong unless it is an instance of a Gluon block."""
    from mxnet.gluon import Block

    _some(value, shown)
    if isinstance(value, type):
        raise Wrong(f"`{shown}` cho một lớp; hãy tạo thực thể của lớp ấy rồi trả về.")
    if isinstance(value, (list, tuple)):
        raise Wrong(
            f"`{shown}` trả về một danh sách Python, không phải một mạng. "
            "Hãy thêm từng tầng vào một `nn.Sequential` rồi trả về khối ấy."
        )
    if not isinstance(value, Block):
        raise Wrong(f"`{shown}` cho một giá trị kiểu `{_kind(value)}`, không phải một khối Gluon.")
    return value


def output(net: Any, shown: str, *inputs: Any, advice: Mapping[str, str] | None = None) -> Any:
    """Return what `net` makes of the inputs (NumPy or `mxnet.np` arrays), as a NumPy array.

    Raises Wrong like `array`, and Raised with `advice` like `guard.call`.
    """
    from mxnet import np

    return array(call(shown, net, *map(np.array, inputs), advice=advice), shown)


def array(value: Any, shown: str) -> Any:
    """Return the array `value` as a NumPy array.

    Raises Wrong when it is no `mxnet.np` array, or when it holds NaN or infinity.
    """
    import numpy
    from mxnet import np

    _of_kind(value, shown, np.ndarray, "một mảng `mxnet.np`")
    values = value.asnumpy()
    if not numpy.isfinite(values).all():
        raise Wrong(
            f"Kết quả của `{shown}` chứa `nan` hoặc `inf`. "
            "Hãy tìm phép chia cho 0, phép tính không xác định hoặc giá trị quá lớn."
        )
    return values


def number(value: Any, shown: str) -> float:
    """Return the number `value`; raise Wrong when it is of another kind or not finite."""
    _of_kind(value, shown, Real, "một con số của Python")
    if not math.isfinite(value):
        raise Wrong(f"`{shown}` cho `{value}`, không phải một con số hữu hạn.")
    return float(value)


def whole(value: Any, shown: str) -> int:
    """Return the whole number `value`, also a float or an array of one; raise Wrong otherwise."""
    _some(value, shown)
    try:
        found = int(value)
        if found == value and not isinstance(value, bool):
            return found
    except (TypeError, ValueError, OverflowError):
        pass
    raise _wrong_kind(value, shown, "số nguyên")


def sequence(value: Any, shown: str) -> list[Any]:
    """Return the list or tuple `value` as a list; raise Wrong when it is of another kind."""
    _of_kind(value, shown, (list, tuple), "một danh sách")
    return list(value)


def letters(answer: Any, known: str, what: str) -> set[str]:
    """Return the letters that the reader wrote down, as a text or in a list or set.

    Raises Wrong when `answer` is of another kind, or has a letter that is none of `known`; each
    stands for one `what`.
    """
    if not isinstance(answer, (str, list, tuple, set, frozenset)):
        raise Wrong(
            f"`answer` là một giá trị kiểu `{_kind(answer)}`; bài này cần các chữ cái, "
            'ví dụ `answer = "AB"`.'
        )
    text = answer if isinstance(answer, str) else " ".join(map(str, answer))
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text.lower()))
    around = {"các", "và", "and", *what.split()}
    chosen = set("".join(word for word in words if word not in around).upper())
    if unknown := sorted(chosen - set(known)):
        raise Wrong(
            f"Không có {what} nào mang chữ {', '.join(unknown)}: "
            f"các {what} là {known[0]} đến {known[-1]}."
        )
    return chosen


def _of_kind(value: Any, shown: str, kind: Any, wanted: str) -> None:
    _some(value, shown)
    # True is a whole number for Python, not for a reader.
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _wrong_kind(value, shown, wanted)


def _wrong_kind(value: Any, shown: str, wanted: str) -> Wrong:
    return Wrong(f"`{shown}` cho một giá trị kiểu `{_kind(value)}`; bài này cần {wanted}.")


def _some(value: Any, shown: str) -> None:
    if value is None:
        raise NoValue(f"`{shown}` trả về `None`. Có lẽ mã của bạn còn thiếu `return`.")


def _kind(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def same(a: Any, b: Any, within: float = 1e-4) -> bool:
    """Tell whether two values are equal; NumPy arrays and floats need to be so `within` a ratio."""
    import numpy

    if isinstance(a, numpy.ndarray):
        return a.shape == b.shape and numpy.allclose(a, b, rtol=within, atol=within)
    return math.isclose(a, b, rel_tol=within) if isinstance(a, float) else bool(a == b)


def compare(
    shown: str,
    got: Any,
    right: Any,
    known: Iterable[tuple[Any, str]] = (),
    within: float = 1e-4,
) -> None:
    """Raise Wrong unless `got` and `right` are the same: arrays, numbers, lists or texts.

    `known` has what each known mistake gives, and the sentence about that mistake.
    """
    if same(got, right, within):
        return
    for mistaken, sentence in known:
        if same(got, mistaken, within):
            raise Wrong(sentence)
    if not hasattr(right, "shape"):
        values = (f"{v:.4g}" if isinstance(v, float) else str(v) for v in (got, right))
        raise Wrong(f"`{shown}` cho {code(next(values))}, cần {code(next(values))}.")
    if got.shape != right.shape:
        raise Wrong(
            f"`{shown}` cho kết quả có hình dạng {code(str(got.shape))}, "
            f"cần {code(str(right.shape))}."
        )
    raise Wrong(f"`{shown}` cho kết quả đúng hình dạng nhưng sai giá trị.")


def backward(array: Any, slopes: Any, sentence: str) -> None:
    """Send the gradient `slopes`, a NumPy array, back from a recorded array.

    Raises Wrong with `sentence` when the array was not recorded.
    """
    from mxnet import MXNetError, np

    try:
        array.backward(np.array(slopes, dtype=array.dtype, ctx=array.ctx))
    except MXNetError:
        raise Wrong(sentence) from None


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Work in an empty folder: what an answer writes without a path goes away with it."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        yield Path(name).resolve()


def random(seed: int, *shape: int) -> Any:
    """Return a NumPy array of reproducible values, both signs, of no generator but its own."""
    import numpy

    return numpy.random.RandomState(seed).normal(size=shape).astype("float32")


def sequential(*layers: Any, seed: int | None = None) -> Any:
    """Return an `nn.Sequential` of the layers; with a seed, their shapes known, it has values."""
    from mxnet import init
    from mxnet.gluon import nn

    net = nn.Sequential()
    net.add(*layers)
    if seed is not None:
        net.initialize(init.Zero())  # draws nothing
        fill(parameters(net), seed)
    return net


def parameters(net: Any) -> list[Any]:
    """Return the parameters that `net` has registered, in the order of `collect_params`."""
    return list(net.collect_params().values())


def fill(parameters: Iterable[Any], seed: int) -> None:
    """Give Gluon parameters of known shape reproducible values, all different."""
    from mxnet import np

    for number, parameter in enumerate(parameters):
        parameter.set_data(np.array(random(seed + number, *parameter.shape)))


def holds(net: Any, blocks: Iterable[Any]) -> bool:
    """Tell whether `net` knows every parameter of `blocks`, that is, whether it registered them."""
    known = set(map(id, parameters(net)))
    return all(id(p) in known for block in blocks for p in parameters(block))
