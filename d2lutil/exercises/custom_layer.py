"""The exercises of the section custom-layer, Tầng tùy chỉnh."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from d2lutil.exercises import probe
from d2lutil.exercises.exercise import Exercise, Solution
from d2lutil.exercises.guard import Wrong, call, code

_NO_CONTEXT = (
    "Trên `cpu(1)`, tầng của bạn không dùng bản tham số ở đó, nên gradient về nhầm chỗ. "
    "Hãy lấy giá trị bằng `data(x.ctx)`, đừng viết `data()`."
)
_NO_GRADIENT = (
    "Kết quả đúng, nhưng gradient không truyền đúng qua tầng này. "
    "Hãy chỉ dùng các phép tính của MXNet, đừng rời sang NumPy bằng `asnumpy()`."
)


def _try_gradient(net: Any, shown: str, given: list[Any], right: Callable[..., list[Any]]) -> None:
    """Raise Wrong unless gradients reach the inputs `given`, NumPy arrays, as `right` says.

    `right` takes the gradient of the output and returns those of the inputs.
    """
    from mxnet import autograd, np

    inputs = [np.array(x) for x in given]
    for x in inputs:
        x.attach_grad()
    with autograd.record():
        output = call(shown, net, *inputs)
    slopes = probe.random(90, *output.shape)
    probe.backward(output, slopes, _NO_GRADIENT)
    found = [x.grad.asnumpy() for x in inputs]
    if not all(probe.same(a, b) for a, b in zip(found, right(slopes), strict=True)):
        raise Wrong(_NO_GRADIENT)


def _try_contexts(net: Any, shown: str, given: list[Any], parameters: list[Any]) -> None:
    """Raise Wrong unless `net`, initialized on two contexts, is right on both.

    `given` are NumPy arrays with an even number of rows: one half goes to each context, and both
    halves together must give every parameter the gradient that one context gives it.
    """
    import mxnet as mx
    from mxnet import autograd, np

    def gradients(parts: list[tuple[Any, slice]]) -> list[Any]:
        for parameter in parameters:
            for grad in parameter.list_grad():
                grad[:] = 0
        found = []
        for context, rows in parts:
            inputs = [np.array(x[rows], ctx=context) for x in given]
            with autograd.record():
                output = call(shown, net, *inputs)
            if output.ctx != context:
                raise Wrong(_NO_CONTEXT)
            output.backward()
            found.append([parameter.grad(context).asnumpy() for parameter in parameters])
        return [sum(of_one) for of_one in zip(*found, strict=True)]

    middle = len(given[0]) // 2
    halves = [(mx.cpu(0), slice(middle)), (mx.cpu(1), slice(middle, None))]
    together = gradients([(mx.cpu(0), slice(None))])
    if not all(probe.same(a, b) for a, b in zip(gradients(halves), together, strict=True)):
        raise Wrong(_NO_CONTEXT)


def _try_file(make: Callable[[], Any], shown: str, given: list[Any]) -> None:
    """Raise Wrong unless the parameters of one layer that `make` gives load into another one."""
    nets = saved, loaded = [probe.sequential(make(), seed=seed) for seed in (50, 60)]
    with probe.folder():
        saved.save_parameters("net.params")
        loaded.load_parameters("net.params")
    before, after = (probe.output(net[0], shown, *given) for net in nets)
    if not probe.same(before, after):
        raise Wrong(
            "Tệp tham số thiếu tham số của tầng này, nên nạp vào một tầng khác thì mất. "
            "Hãy gán mỗi tham số cho một thuộc tính riêng, đừng cất chúng trong danh sách."
        )


def _parameters(net: Any, shown: str, shapes: list[tuple[int, ...]]) -> list[Any]:
    """Return the parameters of `net`; raise Wrong unless they are trained and have the shapes."""
    parameters = probe.parameters(net)
    found = [parameter.shape for parameter in parameters]
    if not found:
        raise Wrong(
            f"`{shown}` không có tham số nào: một mảng đơn thuần không được đăng ký. "
            "Hãy tạo từng tham số bằng `self.params.get`."
        )
    if sorted(found) != sorted(shapes):
        raise Wrong(
            f"Tham số của `{shown}` có hình dạng {code(str(sorted(found)))}, "
            f"cần {code(str(sorted(shapes)))}."
        )
    if any(parameter.grad_req == "null" for parameter in parameters):
        raise Wrong(
            "Có tham số không nhận gradient, nên nó không bao giờ học. "
            "Hãy dùng `self.params.get`, đừng dùng `get_constant` hay `grad_req='null'`."
        )
    return parameters


def _check_clock(answer: Any) -> None:
    probe.block_class(answer, "answer(period)")
    for period in (24, 12.5):
        _try_clock(answer, period)


def _try_clock(answer: Any, period: float) -> None:
    import numpy
    from mxnet import np

    net, shown = probe.build(answer, period)
    net.initialize()
    shown = f"{shown}(t)"
    t = 10 * probe.random(1, 6, 1)
    output = call(shown, net, np.array(t))
    if isinstance(output, (list, tuple)):
        raise Wrong(
            "Lượt truyền xuôi trả về hai mảng rời nhau. "
            "Hãy nối chúng thành hai cột bằng `np.concatenate(..., axis=-1)`."
        )
    got = probe.array(output, shown)
    turn = 2 * numpy.pi / period
    sin, cos = numpy.sin(turn * t), numpy.cos(turn * t)
    known = [
        (
            numpy.concatenate([cos, sin], axis=-1),
            "Hai cột đang đổi chỗ. Cột sin phải đứng trước, cột cos đứng sau.",
        ),
        (
            numpy.concatenate([sin, cos], axis=0),
            "Hai kết quả đang xếp chồng lên nhau theo trục 0. Hãy nối theo trục cuối: `axis=-1`.",
        ),
        (
            _circle(t / period),
            "Góc còn thiếu thừa số $2\\pi$: một vòng tròn dài $2\\pi$ *radian*.",
        ),
        (
            _circle(turn / 2 * t),
            "Góc chỉ bằng một nửa: một vòng tròn dài $2\\pi$ *radian*, không phải $\\pi$.",
        ),
        (
            _circle(numpy.radians(t)),
            "Tầng đang coi `t` là số độ và bỏ qua `period`. "
            "Một vòng phải ứng với `period`, không phải với 360.",
        ),
        (
            _circle(2 * numpy.pi * t * period),
            "Góc đang nhân với `period`. Càng nhiều giờ trong một vòng thì mỗi giờ càng "
            "quay ít: hãy chia.",
        ),
        (
            _circle(360 / period * t),
            "Góc đang tính bằng độ, còn `np.sin` và `np.cos` cần *radian*. "
            "Hãy thay 360 bằng `2 * np.pi`.",
        ),
    ]
    probe.compare(shown, got, _circle(turn * t), known)

    def gradients(slopes: Any) -> list[Any]:
        return [turn * (slopes[:, :1] * cos - slopes[:, 1:] * sin)]

    _try_gradient(net, shown, [t], gradients)


def _circle(angle: Any) -> Any:
    import numpy

    return numpy.concatenate([numpy.sin(angle), numpy.cos(angle)], axis=-1)


CLOCK = Exercise(
    id="custom-layer/1",
    check=_check_clock,
    praise=(
        "Hai cột là sin và cos của góc, một vòng ứng với `period`, và gradient truyền qua được."
    ),
    hints=(
        "`__init__(self, period)` gọi `super().__init__()` trước tiên, rồi giữ `period` trong một "
        "thuộc tính.",
        "`forward` rất giống của `Compass`, chỉ có góc là khác: 360 độ nay là `period`.",
        "Góc là `t * (2 * np.pi / self.period)`. Nối sin và cos của nó theo trục cuối.",
    ),
    solution=Solution(
        code="""\
from mxnet import np, npx
from mxnet.gluon import nn

npx.set_np()


class Clock(nn.Block):
    def __init__(self, period, **kwargs):
        super().__init__(**kwargs)
        self.period = period

    def forward(self, t):
        angle = t * (2 * np.pi / self.period)
        return np.concatenate([np.sin(angle), np.cos(angle)], axis=-1)


answer = Clock
""",
        reason=(
            "Một vòng là $2\\pi$ *radian* và dài `period`. `period` là một con số do ta chọn, "
            "không học, nên giữ trong một thuộc tính là đủ; nó không phải là tham số."
        ),
    ),
)


def _check_calibration(answer: Any) -> None:
    import mxnet as mx
    from mxnet import init

    probe.block_class(answer, "answer(units)")
    for units in (3, 5):
        net, shown = probe.build(answer, units)
        net.initialize(init.Constant(7), ctx=[mx.cpu(0), mx.cpu(1)])
        shown_pass = f"{shown}(x)"
        x = probe.random(1, 6, units)
        got = probe.output(net, shown_pass, x)
        known = [
            (
                7 * x + 7,
                "Cả hai tham số lấy giá trị từ bộ khởi tạo của mạng. "
                "Hãy ghi `init='ones'` và `init='zeros'` trong `self.params.get`.",
            ),
            (
                x + 7,
                "Độ dời lấy giá trị từ bộ khởi tạo của mạng, nên tầng mới dựng đã làm đổi dữ liệu. "
                "Hãy ghi `init='zeros'` trong `self.params.get`.",
            ),
            (
                7 * x,
                "Tỉ lệ lấy giá trị từ bộ khởi tạo của mạng, nên tầng mới dựng đã làm đổi dữ liệu. "
                "Hãy ghi `init='ones'` trong `self.params.get`.",
            ),
            (
                0 * x,
                "Tỉ lệ đang bắt đầu từ 0, nên tầng xóa sạch dữ liệu. Nó phải bắt đầu từ 1.",
            ),
        ]
        parameters = _parameters(net, shown, [(units,), (units,)])
        probe.compare(shown_pass, got, x, known)
        _try_calibration(net, shown_pass, x, parameters)
        _try_contexts(net, shown_pass, [x], parameters)
        _try_file(partial(call, shown, answer, units), shown_pass, [x])


def _try_calibration(net: Any, shown: str, x: Any, parameters: list[Any]) -> None:
    probe.fill(parameters, seed=10)
    got = probe.output(net, shown, x)
    first, second = (parameter.data().asnumpy() for parameter in parameters)
    orders = [(first, second), (second, first)]
    used = next((o for o in orders if probe.same(got, x * o[0] + o[1])), orders[0])
    known = [
        ((x + shift) * scale, "Tầng đang cộng trước rồi mới nhân. Hãy nhân trước, rồi cộng.")
        for scale, shift in orders
    ]
    scale, shift = used
    probe.compare(shown, got, x * scale + shift, known)
    _try_gradient(net, shown, [x], lambda slopes: [slopes * scale])


CALIBRATION = Exercise(
    id="custom-layer/2",
    check=_check_calibration,
    praise=(
        "Tầng bắt đầu bằng việc không làm gì, học được cả hai tham số, đúng trên hai bối cảnh, "
        "và lưu được ra tệp."
    ),
    hints=(
        "Cần hai lời gọi `self.params.get` với `shape=(units,)`, mỗi kết quả gán cho một thuộc "
        "tính.",
        "Tham số không nói gì về `init` thì nhận giá trị từ bộ khởi tạo của mạng. Hãy ghi "
        "`init='ones'` cho tỉ lệ và `init='zeros'` cho độ dời.",
        "Trong `forward`, lấy `self.scale.data(x.ctx)` và `self.shift.data(x.ctx)`, "
        "rồi nhân trước, cộng sau.",
    ),
    solution=Solution(
        code="""\
from mxnet.gluon import nn


class Calibration(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.scale = self.params.get("scale", shape=(units,), init="ones")
        self.shift = self.params.get("shift", shape=(units,), init="zeros")

    def forward(self, x):
        return x * self.scale.data(x.ctx) + self.shift.data(x.ctx)


answer = Calibration
""",
        reason=(
            "Một tầng bắt đầu bằng phép đồng nhất thì thêm vào đâu cũng không làm hỏng mạng; "
            "việc huấn luyện sẽ kéo nó ra khỏi đó. Chỉ `init` ghi ngay ở tham số mới bảo đảm "
            "điều ấy, vì bộ khởi tạo chung do người dùng tầng chọn."
        ),
    ),
)


def _check_waiting(answer: Any) -> None:
    probe.block_class(answer, "answer(units)")
    for units, columns in ((4, 3), (4, 6), (5, 2)):
        _try_waiting(answer, units, columns)


def _try_waiting(answer: Any, units: int, columns: int) -> None:
    import numpy
    from mxnet import init
    from mxnet.gluon import nn

    net, shown = probe.build(answer, units)
    blocks: list[Any] = []
    net.apply(blocks.append)
    if any(isinstance(block, nn.Dense) for block in blocks):
        raise Wrong(
            "Tầng của bạn dùng lại `nn.Dense`. Bài này cần tham số do bạn tự tạo bằng "
            "`self.params.get`."
        )
    try:
        net.initialize(init.Constant(0.5))
    except ValueError as error:
        if "invalid shape" not in str(error):
            raise
        raise Wrong(
            "Trọng số có chiều chưa biết mà không được phép chờ, nên `initialize` báo lỗi. "
            "Hãy ghi `allow_deferred_init=True` trong `self.params.get`."
        ) from None
    shown_pass = f"{shown}(x)"
    x = probe.random(1, 8, columns)
    advice = {
        "DeferredInitializationError": (
            "Ở lượt đầu tiên, trọng số vẫn chưa có hình dạng: `Block` đơn thuần không suy ra "
            "được. Hãy kế thừa `nn.HybridBlock` và viết `hybrid_forward`."
        ),
        "Shape inconsistent": (
            f"Với đầu vào có {columns} cột, phép nhân báo sai hình dạng. "
            "Số cột phải để ngỏ: hãy ghi `-1` trong `shape`."
        ),
    }
    got = probe.output(net, shown_pass, x, advice=advice)
    shapes = [parameter.shape for parameter in probe.parameters(net)]
    right_shape = (columns, units) if (columns, units) in shapes else (units, columns)
    parameters = _parameters(net, shown, [right_shape, (units,)])
    half = numpy.full((columns, units), 0.5, dtype=x.dtype)
    known = [
        (
            numpy.maximum(x @ half + 0.5, 0),
            "Hệ số điều chỉnh lấy giá trị từ bộ khởi tạo của mạng. "
            "Hãy ghi `init='zeros'` trong `self.params.get`.",
        ),
        (x @ half, "Kết quả có số âm: tầng còn thiếu ReLU. Hãy dùng `npx.relu`."),
    ]
    weight = next(p for p in parameters if len(p.shape) == 2)
    if not numpy.all(weight.data().asnumpy() == 0.5):
        raise Wrong(
            "Trọng số không nhận giá trị từ `initialize` của mạng. "
            "Hãy tạo nó trong `__init__` với chiều chưa biết là `-1`, đừng tự gieo số."
        )
    probe.compare(shown_pass, got, numpy.maximum(x @ half, 0), known)

    probe.fill(parameters, seed=10)
    values = {len(parameter.shape): parameter.data().asnumpy() for parameter in parameters}
    w, b = values[2], values[1]
    w = w.T if w.shape == (units, columns) else w
    right = numpy.maximum(x @ w + b, 0)
    known = [
        (
            numpy.maximum(x @ w, 0),
            "Hệ số điều chỉnh chưa được cộng vào. Công thức là `x` nhân trọng số, cộng `b`.",
        )
    ]
    probe.compare(shown_pass, probe.output(net, shown_pass, x), right, known)
    _try_gradient(net, shown_pass, [x], lambda slopes: [(slopes * (right > 0)) @ w.T])


WAITING = Exercise(
    id="custom-layer/3",
    check=_check_waiting,
    praise=(
        "Tầng tự tìm ra 3, 6 và 2 cột, trọng số nhận giá trị từ bộ khởi tạo của mạng, "
        "và hệ số điều chỉnh bắt đầu từ 0."
    ),
    hints=(
        "Hãy kế thừa `nn.HybridBlock`: nó suy ra hình dạng từ các toán tử trong `hybrid_forward`.",
        "Chiều chưa biết là `-1`, kèm `allow_deferred_init=True`: "
        "`self.params.get('weight', shape=(units, -1), allow_deferred_init=True)`.",
        "`hybrid_forward(self, F, x, weight, bias)` trả về "
        "`F.npx.relu(F.np.dot(x, weight.T) + bias)`.",
    ),
    solution=Solution(
        code="""\
from mxnet.gluon import nn


class WaitingDense(nn.HybridBlock):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.weight = self.params.get("weight", shape=(units, -1), allow_deferred_init=True)
        self.bias = self.params.get("bias", shape=(units,), init="zeros")

    def hybrid_forward(self, F, x, weight, bias):
        return F.npx.relu(F.np.dot(x, weight.T) + bias)


answer = WaitingDense
""",
        reason=(
            "Trước lượt đầu tiên, `HybridBlock` hỏi phép nhân ma trận cần `weight` hình dạng gì, "
            "và điền số cột vào chỗ `-1`. Trọng số không ghi `init`, nên người dùng tầng được "
            "chọn; hệ số điều chỉnh ghi `init='zeros'`, nên lúc nào cũng bắt đầu từ 0."
        ),
    ),
)


def _check_brake(answer: Any) -> None:
    import numpy
    from mxnet import autograd

    probe.function(answer, "answer(limit)")
    if isinstance(answer, autograd.Function):
        raise Wrong(
            "`answer` đang là một thực thể, mà mỗi thực thể chỉ gọi được một lần. "
            "Hãy để `answer` là lớp, để gọi `answer(limit)`."
        )
    for limit in (0.5, 2):
        shown = f"answer({limit})(x)"
        x = 3 * probe.random(1, 6, 4)
        got = probe.output(_function(answer, limit), shown, x)
        known = [
            (
                numpy.clip(x, -limit, limit),
                "Lượt xuôi đang cắt cả giá trị. `forward` phải để `x` nguyên vẹn; "
                "chỉ gradient bị cắt.",
            ),
        ]
        probe.compare(shown, got, x, known)
        _try_brake(_function(answer, limit), shown, limit, x)


def _function(answer: Any, limit: float) -> Any:
    from mxnet import autograd

    function = call(f"answer({limit})", answer, limit)
    if not isinstance(function, autograd.Function):
        raise Wrong(
            f"`answer({limit})` cho một giá trị kiểu `{type(function).__name__}`, "
            "không phải một `autograd.Function`. Hãy kế thừa lớp ấy."
        )
    if not hasattr(function, "saved_tensors"):
        raise Wrong(
            "`__init__` của `autograd.Function` chưa chạy. "
            "Hãy gọi `super().__init__()` ở dòng đầu tiên của `__init__`."
        )
    return function


def _try_brake(function: Any, shown: str, limit: float, x: Any) -> None:
    import numpy
    from mxnet import autograd, np

    given = np.array(x)
    given.attach_grad()
    advice = {
        "already in a computational graph": (
            "`forward` trả về chính `x`, mà `x` đã có chỗ trên băng ghi, nên MXNet từ chối. "
            "Hãy trả về một mảng mới: `x.copy()`."
        )
    }
    with autograd.record():
        output = call(shown, function, given, advice=advice)
    slopes = 2 * probe.random(2, *x.shape)
    found = _gradient_of_function(output, slopes, given)
    largest = numpy.sqrt((slopes**2).sum())
    known = [
        (slopes, f"Gradient vẫn đi qua nguyên vẹn, không bị cắt ở mức `{limit}`."),
        (0 * slopes, "Gradient về đến `x` toàn là 0. Hãy trả về gradient đã cắt từ `backward`."),
        (
            numpy.minimum(slopes, limit),
            f"Gradient mới bị cắt ở phía trên. Những số nhỏ hơn `{-limit}` cũng phải bị cắt.",
        ),
        (
            numpy.maximum(slopes, -limit),
            f"Gradient mới bị cắt ở phía dưới. Những số lớn hơn `{limit}` cũng phải bị cắt.",
        ),
        (
            numpy.clip(x, -limit, limit),
            "`backward` đang cắt `x`. Nó phải cắt `dy`, gradient của đầu ra.",
        ),
        (
            slopes * (numpy.abs(x) <= limit),
            "Gradient đang bị xóa ở chỗ `x` vượt mức. Phải cắt chính gradient, không nhìn `x`.",
        ),
        (
            numpy.sign(slopes) * limit,
            "Mọi số đều bị đẩy ra đúng mức giới hạn. Những số nhỏ hơn mức ấy phải giữ nguyên.",
        ),
        (
            slopes * min(1, limit / largest),
            "Cả gradient bị co lại theo độ dài của nó. Bài này cắt riêng từng con số.",
        ),
    ]
    probe.compare(f"gradient của {shown}", found, numpy.clip(slopes, -limit, limit), known)


def _gradient_of_function(output: Any, slopes: Any, given: Any) -> Any:
    """Return the gradient of the recorded `output` with respect to `given`, as a NumPy array.

    The backward pass of a Function runs on a thread of the engine, where an error is printed.
    """
    from mxnet import base, np

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            output.backward(np.array(slopes))
            return given.grad.asnumpy()
        except base.MXNetError:
            errors = re.findall(r"(?m)^(?:\w+\.)*\w+Error\b.*", printed.getvalue())
    if not errors:
        raise Wrong(
            "Kết quả không có trên băng ghi, nên không có gradient. "
            "Hãy để `answer(limit)(x)` chạy `__call__` của `autograd.Function`."
        )
    told = f"Lượt truyền ngược báo lỗi {code(errors[-1])}."
    if "ndarray" in errors[-1]:
        told += (
            " `dy` là mảng kiểu cũ, và gradient trả về cũng phải như vậy: hãy tính với "
            "`dy.as_np_ndarray()`, rồi trả về kết quả `.as_nd_ndarray()`."
        )
    raise Wrong(told)


BRAKE = Exercise(
    id="custom-layer/4",
    check=_check_brake,
    praise="Lượt xuôi để `x` nguyên vẹn, lượt ngược cắt từng con số của gradient ở hai phía.",
    hints=(
        "`__init__(self, limit)` gọi `super().__init__()`, rồi giữ `limit`. "
        "`forward(self, x)` trả về `x.copy()`.",
        "`backward(self, dy)` nhận mảng kiểu cũ: `dy.as_np_ndarray()` đổi nó sang kiểu mới, "
        "`.as_nd_ndarray()` đổi kết quả trở lại.",
        "`np.clip(gradient, -self.limit, self.limit)` cắt từng con số ở hai phía.",
    ),
    solution=Solution(
        code="""\
from mxnet import autograd, np, npx

npx.set_np()


class Brake(autograd.Function):
    def __init__(self, limit):
        super().__init__()
        self.limit = limit

    def forward(self, x):
        return x.copy()

    def backward(self, dy):
        gradient = np.clip(dy.as_np_ndarray(), -self.limit, self.limit)
        return gradient.as_nd_ndarray()


answer = Brake
""",
        reason=(
            "Đạo hàm thật của phép đồng nhất là 1, nên autograd sẽ để gradient đi qua nguyên vẹn. "
            "`Function` cho phép ta trả về một gradient khác với đạo hàm ấy. Sai phân hữu hạn sẽ "
            "phản đối, và lần này ta cố ý như vậy."
        ),
    ),
)


def _check_bilinear(answer: Any) -> None:
    probe.block_class(answer, "answer(units, left, right)")
    for sizes in ((2, 3, 3), (3, 2, 4), (1, 5, 2)):
        _try_bilinear(answer, *sizes)


def _try_bilinear(answer: Any, units: int, left: int, right: int) -> None:
    import mxnet as mx
    import numpy
    from mxnet import init

    net, shown = probe.build(answer, units, left, right)
    shown_pass = f"{shown}(a, b)"
    make = partial(call, shown, answer, units, left, right)
    parameters = _parameters(net, shown, [(units, left, right), (units,)])
    net.initialize(init.Zero(), ctx=[mx.cpu(0), mx.cpu(1)])
    probe.fill(parameters, seed=10)
    values = {len(parameter.shape): parameter.data(mx.cpu()).asnumpy() for parameter in parameters}
    weight, offset = values[3], values[1]
    a, b = probe.random(1, 6, left), probe.random(2, 6, right)
    got = probe.output(net, shown_pass, a, b)
    product = _product(a, weight, b)
    known = [
        (product, "Độ dời $c_k$ chưa được cộng vào."),
        (
            numpy.tile(product.sum(axis=0), (6, 1)) + offset,
            "Các mẫu trong batch đang bị cộng lẫn vào nhau. Mỗi hàng của `a` chỉ gặp hàng "
            "tương ứng của `b`.",
        ),
        (
            numpy.maximum(product + offset, 0),
            "Kết quả không bao giờ âm: tầng này không có hàm kích hoạt.",
        ),
    ]
    if left == right:
        swapped = _product(b, weight, a) + offset
        sentence = (
            "`a` và `b` đang đổi chỗ: `a` nhân với trục thứ hai của trọng số, `b` với trục thứ ba."
        )
        known.append((swapped, sentence))
    probe.compare(shown_pass, got, product + offset, known)

    def gradients(slopes: Any) -> list[Any]:
        return [
            numpy.einsum("nk,kij,nj->ni", slopes, weight, b),
            numpy.einsum("nk,kij,ni->nj", slopes, weight, a),
        ]

    _try_gradient(net, shown_pass, [a, b], gradients)
    _try_contexts(net, shown_pass, [a, b], parameters)
    _try_file(make, shown_pass, [a, b])

    net = make()
    net.initialize(init.Constant(0.5))
    got = probe.output(net, shown_pass, a, b)
    product = _product(a, numpy.full_like(weight, 0.5), b)
    sentence = "Độ dời lấy giá trị từ bộ khởi tạo của mạng. Hãy ghi `init='zeros'` cho nó."
    probe.compare(shown_pass, got, product, [(product + 0.5, sentence)])


def _product(a: Any, weight: Any, b: Any) -> Any:
    import numpy

    return numpy.einsum("ni,kij,nj->nk", a, weight, b)


BILINEAR = Exercise(
    id="custom-layer/5",
    check=_check_bilinear,
    praise=(
        "Giá trị, gradient, hai bối cảnh và tệp đều đúng: tầng của bạn đứng cạnh tầng của "
        "thư viện được rồi."
    ),
    hints=(
        "Khi gọi khối, mọi đầu vào được chuyển tiếp: hãy viết `forward(self, a, b)`.",
        "`np.einsum('ni,kij,nj->nk', a, weight, b)` viết đúng công thức: `n` là mẫu, `k` là đầu "
        "ra, còn `i` và `j` bị cộng dồn.",
        "Không dùng `einsum` cũng được: `np.dot(a, weight)` có hình dạng `(n, units, right)`; "
        "nhân với `b[:, None, :]` rồi cộng theo trục cuối.",
    ),
    solution=Solution(
        code="""\
from mxnet import np, npx
from mxnet.gluon import nn

npx.set_np()


class Bilinear(nn.Block):
    def __init__(self, units, left, right, **kwargs):
        super().__init__(**kwargs)
        self.weight = self.params.get("weight", shape=(units, left, right))
        self.bias = self.params.get("bias", shape=(units,), init="zeros")

    def forward(self, a, b):
        weight, bias = self.weight.data(a.ctx), self.bias.data(a.ctx)
        return np.einsum("ni,kij,nj->nk", a, weight, b) + bias


answer = Bilinear
""",
        reason=(
            "Mỗi đầu ra có một ma trận riêng, cân mọi tích của một số trong `a` với một số trong "
            "`b`. `einsum` viết phép cộng hai chỉ số ấy trên một dòng, và autograd biết đạo hàm "
            "của nó, nên không cần lượt truyền ngược tự viết."
        ),
    ),
)

EXERCISES = (CLOCK, CALIBRATION, WAITING, BRAKE, BILINEAR)
