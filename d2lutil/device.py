"""Where arrays live and work runs: the CPU, or a GPU that really works.

A GPU that MXNet sees may still be unable to run its code, so one tiny operation on it decides,
once a process. The environment variable `D2L_DEVICE` overrides the choice: `cpu` hides every
GPU, `gpu` or `gpu:N` puts that GPU first and makes it an error where it does not work; empty is
as good as not set. It is read at each call.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import cache
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mxnet import Context

__all__ = ["cpu", "gpu", "gpu_problem", "num_gpus", "split_batch", "try_all_gpus", "try_gpu"]


def cpu(i: int = 0) -> Context:
    """Return the CPU as a context; every `i` is the same memory and the same cores.

    Raises ValueError when `i` is not an integer from 0 on.
    """
    from mxnet import context

    return context.cpu(_index(i))


def gpu(i: int = 0) -> Context:
    """Return GPU number `i` as a context, without asking whether there is one.

    Raises ValueError when `i` is not an integer from 0 on.
    """
    from mxnet import context

    return context.gpu(_index(i))


def num_gpus() -> int:
    """Return how many GPUs work.

    Raises ValueError when `D2L_DEVICE` has a value that means nothing, RuntimeError when it
    demands a GPU that does not work.
    """
    return len(select_all(os.environ.get("D2L_DEVICE"), count, _problem))


def try_gpu(i: int = 0) -> Context:
    """Return `gpu(i)` if it exists and works, else `cpu()`.

    With `D2L_DEVICE=gpu:N` the GPU N has the place 0 and those before it move up by one. Only
    the GPU in question is tried, the others stay untouched.

    Raises ValueError when `i` is not an integer from 0 on or `D2L_DEVICE` has a value that means
    nothing, RuntimeError when it demands a GPU that does not work.
    """
    chosen = select(_index(i), os.environ.get("D2L_DEVICE"), count, _problem)
    return cpu() if chosen is None else gpu(chosen)


def try_all_gpus() -> list[Context]:
    """Return every GPU that works, the one that `D2L_DEVICE` names first, or `[cpu()]`.

    Raises ValueError when `D2L_DEVICE` has a value that means nothing, RuntimeError when it
    demands a GPU that does not work.
    """
    chosen = select_all(os.environ.get("D2L_DEVICE"), count, _problem)
    return [gpu(i) for i in chosen] or [cpu()]


def gpu_problem(i: int = 0) -> str | None:
    """Return in Vietnamese why `gpu(i)` cannot be used, or None when it can.

    Raises ValueError when `i` is not an integer from 0 on.
    """
    index = _index(i)
    if os.environ.get("D2L_DEVICE") == "cpu":
        return "biến môi trường D2L_DEVICE=cpu không cho dùng GPU"
    return _problem(index)


def split_batch(X: Any, y: Any, devices: Sequence[Context]) -> tuple[list[Any], list[Any]]:
    """Split a batch among devices as evenly as possible and copy every part to its device.

    `X` and `y` are MXNet arrays of either kind, or whatever `mx.np.array` takes, with n examples
    along axis 0. A tuple or list of arrays is several inputs (or labels) for each example; each is
    split, and a part is then a tuple, as in `net(*part)`.

    Returns two lists with one part for each device, in order; sizes differ by one at most, the
    larger parts first. A part that already is on its device shares memory with the batch.

    Raises ValueError when the lengths differ, an array has no axis 0, `devices` is empty or
    holds something else than contexts, or there are fewer examples than devices; RuntimeError
    when one of `devices` is a GPU that does not work.
    """
    from mxnet import Context

    if not isinstance(devices, list | tuple):
        raise ValueError(
            f"devices phải là một danh sách thiết bị như [cpu()], không phải {devices!r}"
        )
    for device in devices:
        if not isinstance(device, Context):
            raise ValueError(
                f"devices chứa {device!r}, không phải một thiết bị như cpu() hay gpu(0)"
            )
        reason = _problem(device.device_id) if device.device_type == "gpu" else None
        if reason is not None:
            raise RuntimeError(
                f"devices chứa {device}, nhưng GPU này không dùng được: {reason}; "
                "try_all_gpus() chỉ cho những thiết bị dùng được"
            )
    if not devices:
        raise ValueError("devices rỗng: cần ít nhất một thiết bị, chẳng hạn try_all_gpus()")
    inputs, labels = _arrays("X", X), _arrays("y", y)
    (first, array), *others = [*inputs.items(), *labels.items()]
    n = len(array)
    for name, array in others:
        if len(array) != n:
            raise ValueError(
                f"{first} có {n} mẫu nhưng {name} có {len(array)}: mọi mảng của một batch cần cùng "
                "số mẫu" + ("" if "X" in inputs and "y" in labels else _STACK)
            )
    if n < len(devices):
        # With fewer devices, the copies on the others would hand in their old gradients again.
        raise ValueError(
            f"batch chỉ có {n} mẫu, không đủ chia cho {len(devices)} thiết bị: "
            "hãy bỏ batch này hoặc gộp nó vào batch trước"
        )
    size, larger = divmod(n, len(devices))
    starts = [i * size + min(i, larger) for i in range(len(devices) + 1)]
    places = list(zip(starts[:-1], starts[1:], devices, strict=True))
    return _parts(inputs, places), _parts(labels, places)


def select(
    i: int,
    setting: str | None,
    count: Callable[[], int],
    problem: Callable[[int], str | None],
) -> int | None:
    """Return the number of the GPU in place `i`, or None when there is none that works.

    `setting` is the value of `D2L_DEVICE`, None when it is not set; `count` tells how many GPUs
    there are; `problem` tells why a GPU does not work, None when it does. Raises as `try_gpu`.
    """
    order = _order(setting, count, problem)
    return order[i] if i < len(order) and problem(order[i]) is None else None


def select_all(
    setting: str | None, count: Callable[[], int], problem: Callable[[int], str | None]
) -> list[int]:
    """Return the numbers of all GPUs that work, in order; arguments and errors as `select`."""
    return [i for i in _order(setting, count, problem) if problem(i) is None]


def _order(
    setting: str | None, count: Callable[[], int], problem: Callable[[int], str | None]
) -> list[int]:
    if setting == "cpu":
        return []
    if not setting:
        return list(range(count()))
    match = re.fullmatch(r"gpu(?::([0-9]{1,4}))?", setting)
    if not match:
        raise ValueError(
            f"D2L_DEVICE={setting!r} không có nghĩa: giá trị được phép là cpu, gpu hoặc gpu:N "
            "với N = 0, 1, 2, …; bỏ biến này đi thì máy tự chọn"
        )
    first = int(match[1] or 0)
    reason = problem(first)
    if reason is not None:
        raise RuntimeError(
            f"D2L_DEVICE={setting} đòi gpu({first}), nhưng GPU này không dùng được: {reason}; "
            "đặt D2L_DEVICE=cpu để chạy trên CPU"
        )
    return [first, *(i for i in range(count()) if i != first)]


def _index(i: object) -> int:
    if isinstance(i, bool) or not isinstance(i, Integral) or i < 0:
        raise ValueError(f"số thứ tự thiết bị phải là số nguyên 0, 1, 2, …, không phải {i!r}")
    return int(i)


_STACK = "; nếu mỗi mảng trong danh sách là một mẫu, hãy gộp chúng bằng np.stack"


def _arrays(name: str, batch: Any) -> dict[str, Any]:
    """Return the array of a batch by its name, or each of several."""
    if isinstance(batch, list | tuple) and any(getattr(array, "ndim", 0) for array in batch):
        return {f"{name}[{i}]": _array(f"{name}[{i}]", array) for i, array in enumerate(batch)}
    return {name: _array(name, batch)}


def _array(name: str, values: Any) -> Any:
    from mxnet import base, nd, np

    if not isinstance(values, nd.NDArray):
        if not isinstance(values, list | tuple | range | Real) and not hasattr(values, "__array__"):
            raise ValueError(
                f"{name} phải là một mảng hay danh sách các số, không phải {type(values).__name__}"
            )
        try:
            values = np.array(values)
        except KeyError as error:
            raise ValueError(
                f"{name} chứa {error.args[0].__name__}, kiểu mà MXNet không có: "
                "hãy đổi trước, chẳng hạn bằng .astype('float32')"
            ) from error
        except (TypeError, ValueError, base.MXNetError) as error:
            raise ValueError(
                f"{name} không đổi được thành mảng: {error}; "
                "hãy đưa một mảng hoặc các danh sách số dài bằng nhau"
            ) from error
    if not values.shape:
        raise ValueError(f"{name} chỉ là một con số ({values}), không có trục nào để chia")
    return values


def _parts(arrays: dict[str, Any], places: list[tuple[int, int, Context]]) -> list[Any]:
    """Return for each place from `a` to `b` the part on its device, a tuple of several arrays."""
    parts = [tuple(_on(device, array[a:b]) for array in arrays.values()) for a, b, device in places]
    return [part[0] for part in parts] if {"X", "y"} & arrays.keys() else parts


def _on(device: Context, array: Any) -> Any:
    # The method for this has another name in each of the two kinds of arrays.
    return array if array.ctx == device else array.copyto(device)


@cache
def count() -> int:
    """Return how many GPUs MXNet sees, working or not."""
    from mxnet import base, context

    try:
        return int(context.num_gpus())
    except base.MXNetError:
        # A driver in trouble: `_problem` tells the reason.
        return 0


@cache
def _problem(i: int) -> str | None:
    from mxnet import base, context, runtime

    if not runtime.Features().is_enabled("CUDA"):
        return "bản MXNet này chỉ chạy trên CPU"
    try:
        count = context.num_gpus()
        if i >= count:
            return f"MXNet chỉ thấy {count} GPU, đánh số từ 0" if count else "MXNet không thấy GPU"
        _try_operation(context.gpu(i))
    except base.MXNetError as error:
        return _reason(str(error))
    return None


def _try_operation(device: Context) -> None:
    """Raise MXNetError unless a sum on `device` comes back."""
    from mxnet import np

    # Reading the result waits for it, and brings the errors of MXNet's own threads here.
    (np.ones(1, ctx=device) + 1).item()


def _reason(message: str) -> str:
    """Return the gist of MXNet's many lines."""
    if "no kernel image" in message:
        return (
            "MXNet không có mã cho đời GPU này (no kernel image is available), "
            "bản 1.9.1 chạy được trên compute capability 5.x đến 8.x"
        )
    lines = [line for line in message.splitlines() if line.strip()]
    return lines[-1].strip().removeprefix("MXNetError: ").rstrip(".") if lines else "không rõ lý do"
