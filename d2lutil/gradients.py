"""The gradient check: what autograd says of a layer against finite differences."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from mxnet import np
    from mxnet.gluon import Block

__all__ = ["gradient_gaps"]

_STEPS = (1e-3, 1e-4, 1e-5, 1e-6)
# A gradient far below the size of the loss cannot be told from rounding.
_FLOOR = 1e-4


def gradient_gaps(layer: Block, *inputs: np.ndarray, train: bool = False) -> dict[str, float]:
    """Return how far autograd's gradients of `layer` are from finite differences.

    One relative gap for each input ("input 0", …) and each parameter that has a gradient: the
    largest difference of the array over its largest gradient, rounded to nine decimals. A right
    layer gives gaps below 1e-6. Arrays of integers and parameters with `grad_req="null"` have no
    gradient and are left out. With `train` the layer runs in training mode, with the same random
    numbers and the same running statistics at each pass.

    Everything is done in double precision with a copy of the layer: the layer itself stays as it
    is, also when its `forward` fails; what that raises is raised here too. Each number costs
    eight forward passes. MXNet's random generator moves on.

    Raises TypeError when the layer cannot be copied, or gives arrays of another type than float64.
    """
    from mxnet import autograd, npx

    seed = _draw()
    twin, given = _in_double_precision(layer, inputs)
    still = [p for p in twin.collect_params().values() if p.grad_req == "null"]
    kept = [(p.data(given[0].ctx), p.data(given[0].ctx).copy()) for p in still]

    def outputs() -> list[Any]:
        npx.random.seed(seed)
        with autograd.pause():
            for array, value in kept:
                array[:] = value
        found = twin(*given)
        return list(found) if isinstance(found, (list, tuple)) else [found]

    mode = autograd.train_mode if train else autograd.predict_mode
    with mode():
        factors = [_factors(output) for output in outputs()]

    def weighted() -> list[Any]:
        return [output * f for output, f in zip(outputs(), factors, strict=True)]

    def loss() -> Any:
        return sum(part.sum() for part in weighted())

    with mode():
        size = sum(abs(part).sum().item() for part in weighted())
    arrays = _arrays(layer, twin, given)
    with autograd.record(train_mode=train):
        value = loss()
    value.backward(train_mode=train)
    gradients = {name: array.grad.asnumpy() for name, array in arrays.items()}
    with mode():
        gaps = {name: _gap(loss, arrays[name], gradients[name], size) for name in arrays}
    npx.random.seed(_draw())
    return gaps


def _draw() -> int:
    from mxnet import np

    return int(np.random.randint(0, 2**31 - 1).item())


def _in_double_precision(layer: Any, inputs: Any) -> tuple[Any, list[Any]]:
    """Return a copy of the layer and the inputs, both ready for gradients."""
    from mxnet import autograd

    # Neither recorded graphs nor trainers can be copied, and the copy needs none of them.
    left: list[Any] = [parameter._trainer for parameter in layer.collect_params().values()]
    layer.apply(lambda block: left.append(getattr(block, "_cached_op", None)))
    memo: dict[int, Any] = {id(each): None for each in left}
    twin = copy.deepcopy(layer, memo)
    with autograd.predict_mode():
        twin(*inputs)  # gives values to parameters that still wait for their shape
    twin.cast("float64")
    for parameter in twin.collect_params().values():
        if parameter.grad_req == "add":
            parameter.grad_req = "write"
    given = [x.astype("float64") if _is_float(x) else x.copy() for x in inputs]
    for x in filter(_is_float, given):
        x.attach_grad()
    return twin, given


def _is_float(array: Any) -> bool:
    import numpy

    return bool(numpy.dtype(array.dtype).kind == "f")


def _factors(output: Any) -> Any:
    """Return one factor for each number: a plain sum hides errors, as behind a softmax."""
    import numpy
    from mxnet import np

    if numpy.dtype(output.dtype) != numpy.float64:
        raise TypeError(
            f"tầng trả về mảng {numpy.dtype(output.dtype)} cho đầu vào float64; "
            "hãy giữ kiểu của đầu vào trong `forward`"
        )
    generator = numpy.random.default_rng(0)
    signs = generator.choice([-1, 1], output.shape)
    factors = generator.uniform(0.5, 1.5, output.shape) * signs
    return np.array(factors, dtype="float64", ctx=output.ctx)


def _arrays(layer: Any, twin: Any, given: list[Any]) -> dict[str, Any]:
    """Return by name each array whose gradient is checked."""
    arrays = {f"input {k}": x for k, x in enumerate(given) if x.grad is not None}
    for parameter in twin.collect_params().values():
        if parameter.grad_req != "null":
            name = parameter.name.removeprefix(layer.params.prefix)
            arrays[name] = parameter.data(given[0].ctx)
    return arrays


def _gap(loss: Callable[[], Any], array: Any, gradient: Any, size: float) -> float:
    import numpy

    def gap(step: float) -> float:
        found = numpy.zeros(array.shape)
        for place in numpy.ndindex(array.shape):
            value = array[place].item()
            nudge = step * max(1.0, abs(value))
            array[place] = value + nudge
            above = loss().item()
            array[place] = value - nudge
            below = loss().item()
            array[place] = value
            found[place] = (above - below) / (2 * nudge)
        largest = max(abs(found).max(), abs(gradient).max(), _FLOOR * size, 1e-300)
        ratio = float(abs(found - gradient).max() / largest)
        return ratio if numpy.isfinite(ratio) else numpy.inf

    return round(min(map(gap, _STEPS)), 9)
