"""Trying a reader's answer: what every check needs, each with its sentence when it fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from d2lutil.exercises.guard import NoValue, Wrong, code


def function(answer: Any, shown: str) -> None:
    """Raise Wrong unless `answer` is a function (or any other callable, but not a block)."""
    _callable(answer, shown, "hàm")


def block_class(answer: Any, shown: str) -> None:
    """Raise Wrong unless `answer` can be called to make a block; a function may do that too."""
    _callable(answer, shown, "lớp")


def _callable(answer: Any, shown: str, kind: str) -> None:
    from mxnet.gluon import Block

    name = type(answer).__name__
    if isinstance(answer, Block):
        raise Wrong(
            f"`answer` đang là một thực thể của `{name}`, "
            f"còn bài này cần một {kind} để gọi `{shown}`."
        )
    if not callable(answer):
        raise Wrong(
            f"`answer` đang là một giá trị kiểu `{name}`, "
            f"còn bài này cần một {kind} để gọi `{shown}`."
        )


def block(value: Any, shown: str) -> None:
    """Raise Wrong unless `value`, which the call `shown` gave, is an instance of a Gluon block."""
    from mxnet.gluon import Block

    _some(value, shown)
    if isinstance(value, type):
        raise Wrong(f"`{shown}` cho một lớp; hãy tạo thực thể của lớp ấy rồi trả về.")
    if not isinstance(value, Block):
        raise Wrong(f"`{shown}` cho một giá trị kiểu `{_kind(value)}`, không phải một khối Gluon.")


def array(value: Any, shown: str) -> Any:
    """Return the array `value`, which the call `shown` gave, as a NumPy array.

    Raises Wrong when it is no `mxnet.np` array, or when it holds NaN or infinity.
    """
    import numpy
    from mxnet import np

    _some(value, shown)
    if not isinstance(value, np.ndarray):
        raise Wrong(
            f"`{shown}` cho một giá trị kiểu `{_kind(value)}`; bài này cần một mảng `mxnet.np`."
        )
    values = value.asnumpy()
    if not numpy.isfinite(values).all():
        raise Wrong(
            f"Kết quả của `{shown}` chứa `nan` hoặc `inf`. "
            "Hãy tìm phép chia cho 0, phép tính không xác định hoặc giá trị quá lớn."
        )
    return values


def _some(value: Any, shown: str) -> None:
    if value is None:
        raise NoValue(f"`{shown}` trả về `None`. Có lẽ mã của bạn còn thiếu `return`.")


def _kind(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def same(a: Any, b: Any) -> bool:
    """Tell whether two NumPy arrays are equal up to the rounding of single precision."""
    import numpy

    return a.shape == b.shape and numpy.allclose(a, b, rtol=1e-4, atol=1e-4)


def compare(shown: str, got: Any, right: Any, known: Iterable[tuple[Any, str]] = ()) -> None:
    """Raise Wrong unless the array `got`, which the call `shown` gave, equals `right`.

    `known` has the array that each known mistake gives, and the sentence about that mistake.
    """
    if same(got, right):
        return
    for mistaken, sentence in known:
        if same(got, mistaken):
            raise Wrong(sentence)
    if got.shape != right.shape:
        raise Wrong(
            f"`{shown}` cho kết quả có kích thước {code(str(got.shape))}, "
            f"cần {code(str(right.shape))}."
        )
    raise Wrong(f"`{shown}` cho kết quả đúng kích thước nhưng sai giá trị.")


def random(seed: int, *shape: int) -> Any:
    """Return a NumPy array of reproducible values, both signs, of no generator but its own."""
    import numpy

    return numpy.random.RandomState(seed).normal(size=shape).astype("float32")


def fill(parameters: Iterable[Any], seed: int) -> None:
    """Give Gluon parameters of known shape reproducible values, all different."""
    from mxnet import np

    for number, parameter in enumerate(parameters):
        parameter.set_data(np.array(random(seed + number, *parameter.shape)))


def holds(net: Any, blocks: Iterable[Any]) -> bool:
    """Tell whether `net` knows every parameter of `blocks`, that is, whether it registered them."""
    known = {id(parameter) for parameter in net.collect_params().values()}
    return all(id(p) in known for block in blocks for p in block.collect_params().values())
