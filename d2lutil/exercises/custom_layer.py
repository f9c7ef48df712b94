"""The exercises of the section custom-layer, Tầng tùy chỉnh."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from d2lutil.exercises import probe
from d2lutil.exercises.exercise import Exercise, Solution
from d2lutil.exercises.guard import Wrong, call, code

_NO_GRADIENT = (
    "Kết quả đúng, nhưng gradient không truyền đúng qua tầng này. "
    "Hãy chỉ dùng các phép tính của MXNet, đừng rời sang NumPy bằng `asnumpy()`."
)


def _try_gradient(
    net: Any,
    shown: str,
    given: list[Any],
    right: Callable[..., list[Any]],
    sentence: str = _NO_GRADIENT,
    parameters: Iterable[Any] = (),
    within: float = 1e-4,
) -> None:
    """Raise Wrong with `sentence` unless gradients reach the inputs `given` as `right` says.

    `right` takes the gradient of the output and returns those of the inputs. Raises Wrong also
    when one of the `parameters` gets no gradient.
    """
    import numpy
    from mxnet import autograd, np

    inputs = [np.array(x) for x in given]
    for x in inputs:
        x.attach_grad()
    for parameter in parameters:
        parameter.grad()[:] = 0
    with autograd.record():
        output = call(shown, net, *inputs)
    slopes = probe.random(90, *output.shape)
    probe.backward(output, slopes, sentence)
    found = [x.grad.asnumpy() for x in inputs]
    if not all(probe.same(a, b, within) for a, b in zip(found, right(slopes), strict=True)):
        raise Wrong(sentence)
    for parameter in parameters:
        if not numpy.any(parameter.grad().asnumpy()):
            raise Wrong(
                f"Kết quả đúng, nhưng không gradient nào về đến tham số `{parameter.name}`, nên nó "
                "không bao giờ học. Đừng dùng `detach` hay `asnumpy` với nó."
            )


def _try_file(make: Callable[[], Any], shown: str, given: list[Any]) -> None:
    """Raise Wrong unless the parameters of one layer that `make` gives load into another one."""
    from mxnet import init

    nets = saved, loaded = [probe.sequential(make()) for _ in range(2)]
    for seed, net in enumerate(nets):
        net.initialize(init.Zero())  # draws nothing
        probe.output(net[0], shown, *given)  # fixes shapes that wait for data
        probe.fill(probe.parameters(net), seed=50 + 10 * seed)
    with probe.folder():
        saved.save_parameters("net.params")
        loaded.load_parameters("net.params")
    before, after = (probe.output(net[0], shown, *given) for net in nets)
    if not probe.same(before, after):
        raise Wrong(
            "Tệp tham số thiếu tham số của tầng này, nên nạp vào một tầng khác thì mất. "
            "Hãy gán mỗi tham số cho một thuộc tính riêng, đừng cất chúng trong danh sách."
        )


def _learned(net: Any, shown: str) -> list[Any]:
    """Return the parameters of `net`; raise Wrong when there is none or one is not trained."""
    parameters = probe.parameters(net)
    if not parameters:
        raise Wrong(
            f"`{shown}` không có tham số nào: một mảng đơn thuần không được đăng ký. "
            "Hãy tạo từng tham số bằng `self.params.get`."
        )
    if any(parameter.grad_req == "null" for parameter in parameters):
        raise Wrong(
            "Có tham số không nhận gradient, nên nó không bao giờ học. "
            "Hãy dùng `self.params.get`, đừng dùng `get_constant` hay `grad_req='null'`."
        )
    return parameters


def _parameters(net: Any, shown: str, shapes: list[tuple[int, ...]]) -> list[Any]:
    """Return the parameters of `net` like `_learned`; raise Wrong unless they have the shapes."""
    parameters = _learned(net, shown)
    found = sorted(parameter.shape for parameter in parameters)
    if found != sorted(shapes):
        raise Wrong(
            f"Tham số của `{shown}` có hình dạng {code(str(found))}, "
            f"cần {code(str(sorted(shapes)))}."
        )
    return parameters


_OUTSIDE = {
    "has not been initialized": (
        "Tham số này không có trong `collect_params`, nên `initialize` không tới được nó. "
        "Hãy tạo nó bằng `self.params.get`, đừng gán `gluon.Parameter`."
    )
}


def _check_calibration(answer: Any) -> None:
    from mxnet import init

    probe.block_class(answer, "answer(units)")
    for units in (3, 5):
        net, shown = probe.build(answer, units)
        net.initialize(init.Constant(7))
        shown_pass = f"{shown}(x)"
        x = probe.random(1, 6, units)
        got = probe.output(net, shown_pass, x, advice=_OUTSIDE)
        parameters = _learned(net, shown)
        known = [
            (
                7 * x + 7,
                "Cả hai tham số lấy giá trị từ bộ khởi tạo của mạng. "
                "Hãy ghi `init='ones'` và `init='zeros'` trong `self.params.get`.",
            ),
            (
                x + 7,
                "Số để cộng lấy giá trị từ bộ khởi tạo của mạng, nên tầng mới dựng đã làm đổi dữ "
                "liệu. Hãy ghi `init='zeros'` trong `self.params.get`.",
            ),
            (
                7 * x,
                "Số để nhân lấy giá trị từ bộ khởi tạo của mạng, nên tầng mới dựng đã làm đổi dữ "
                "liệu. Hãy ghi `init='ones'` trong `self.params.get`.",
            ),
            (
                0 * x,
                "Số để nhân đang bắt đầu từ 0, nên tầng xóa sạch dữ liệu. Nó phải bắt đầu từ 1.",
            ),
        ]
        probe.compare(shown_pass, got, x, known)
        _try_calibration(net, shown, x, parameters)
        _try_file(partial(call, shown, answer, units), shown_pass, [x])


def _try_calibration(net: Any, shown: str, x: Any, parameters: list[Any]) -> None:
    """Raise Wrong unless each column has a factor and a term, each moved by a parameter."""
    import numpy

    def line() -> tuple[Any, Any]:
        term = probe.output(net, f"{shown}(x)", 0 * x)[0]
        return probe.output(net, f"{shown}(x)", 0 * x + 1)[0] - term, term

    probe.fill(parameters, seed=10)
    factor, term = line()
    probe.compare(f"{shown}(x)", probe.output(net, f"{shown}(x)", x), x * factor + term)
    for values, what in ((factor, "để nhân"), (term, "để cộng")):
        if probe.same(values, numpy.full_like(values, values[0])):
            raise Wrong(
                f"Mọi cột đang chung một con số {what}, hay số ấy không học được. "
                "Mỗi cột cần một con số riêng, lấy từ một tham số có `units` số."
            )
    for parameter in parameters:
        value = parameter.data().copy()
        parameter.set_data(value + 1)
        moved = [not probe.same(new, old) for new, old in zip(line(), (factor, term), strict=True)]
        parameter.set_data(value)
        # One parameter with both numbers of each column moves both.
        if all(moved) and parameter.data().size == x.shape[1]:
            raise Wrong("Tầng đang cộng trước rồi mới nhân. Hãy nhân trước, rồi cộng.")
    _try_gradient(net, f"{shown}(x)", [x], lambda slopes: [slopes * factor], parameters=parameters)


CALIBRATION = Exercise(
    id="custom-layer/1",
    check=_check_calibration,
    praise=(
        "Tầng bắt đầu bằng việc không làm gì, học được một con số để nhân và một con số để cộng "
        "cho mỗi cột, và lưu được ra tệp."
    ),
    hints=(
        "Cần hai lời gọi `self.params.get` với `shape=(units,)`, mỗi kết quả gán cho một thuộc "
        "tính.",
        "Tham số không nói gì về `init` thì nhận giá trị từ bộ khởi tạo của mạng. Hãy ghi "
        "`init='ones'` cho số để nhân và `init='zeros'` cho số để cộng.",
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
            "Một tầng bắt đầu bằng phép đồng nhất thì lúc mới thêm vào chưa làm mạng thay đổi gì; "
            "sau đó việc huấn luyện mới chỉnh nó. Muốn thế thì `init` phải ghi ngay ở tham số, vì "
            "bộ khởi tạo chung do người dùng tầng chọn."
        ),
    ),
)


def _check_pressure(answer: Any) -> None:
    import numpy

    probe.block_class(answer, "answer(units)")
    for units in (3, 2):
        net, shown = probe.build(answer, units)
        shown_pass = f"{shown}(v)"
        net.initialize()
        v = probe.random(1, 6, units)
        probe.output(net, shown_pass, v, advice=_OUTSIDE)
        k, b = (_named(net, name, shown) for name in "kb")
        start = probe.output(net, shown_pass, v)
        probe.compare(shown_pass, start, v**2, [(0 * v, "Lúc mới dựng, `k` phải bằng 1.")])
        probe.fill([k, b], seed=10)
        factor, term = (parameter.data().asnumpy().ravel() for parameter in (k, b))
        known = [
            (
                factor * v**2 - term,
                "Giá trị còn sai: `b` đang bị trừ đi. Tầng mới dựng có `b` bằng 0 nên chưa lộ ra; "
                "hãy cho `b` những giá trị khác 0 rồi so với công thức.",
            ),
            (factor * v**2, "Số hạng `b` chưa được cộng vào."),
            (factor * v + term, "Tốc độ chưa được bình phương."),
            (factor * v * numpy.abs(v) + term, "Với `v` âm, $v^2$ vẫn là số dương."),
        ]
        probe.compare(shown_pass, probe.output(net, shown_pass, v), factor * v**2 + term, known)
        _try_slopes(net, shown_pass, v, k, b)


def _named(net: Any, name: str, shown: str) -> Any:
    from mxnet import gluon

    parameter = getattr(net, name, None)
    if not isinstance(parameter, gluon.Parameter) or parameter.grad_req == "null":
        raise Wrong(
            f"`{shown}.{name}` không phải một tham số học được. Bài này giữ nguyên tên `k` và `b`, "
            "và cả hai đều học: hãy tạo chúng bằng `self.params.get`."
        )
    return parameter


def _try_slopes(net: Any, shown: str, v: Any, k: Any, b: Any) -> None:
    from mxnet import autograd, np

    speed = np.array(v)
    speed.attach_grad()
    with autograd.record():
        output = call(shown, net, speed)
    slopes = probe.random(90, *v.shape)
    probe.backward(output, slopes, _NO_GRADIENT)
    factor = k.data().asnumpy().ravel()
    known = [
        (
            slopes * factor * v,
            "Giá trị đúng, nhưng gradient theo `v` chỉ bằng một nửa: `detach` giấu một thừa số "
            "`v` khỏi băng ghi.",
        ),
        (0 * v, "Giá trị đúng, nhưng không gradient nào về đến `v`: nó đã rời khỏi băng ghi."),
    ]
    probe.compare("gradient theo `v`", speed.grad.asnumpy(), 2 * slopes * factor * v, known)
    for parameter, right in ((k, slopes * v**2), (b, slopes)):
        found = parameter.grad().asnumpy().ravel()
        if not probe.same(found, right.sum(axis=0)):
            raise Wrong(f"Giá trị đúng, nhưng gradient của `{parameter.name}` sai.")


PRESSURE = Exercise(
    id="custom-layer/2",
    check=_check_pressure,
    praise="Giá trị đúng cả khi `b` khác 0, và gradient đến đủ nơi.",
    hints=(
        "Hãy dựng `Pressure(3)`, gọi `initialize()`, rồi hỏi `d2lutil.gradient_gaps` xem độ lệch "
        "nào khác 0.",
        "Độ lệch của đầu vào là một nửa, tức là thiếu một nửa gradient. `v.detach()` là một bản "
        "sao của `v` mà băng ghi không thấy.",
        "Để thấy lỗi kia, hãy cho `b` giá trị khác 0 bằng `set_data`, rồi so với $k v^2 + b$.",
    ),
    solution=Solution(
        code="""\
from mxnet.gluon import nn


class Pressure(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.k = self.params.get("k", shape=(units,), init="ones")
        self.b = self.params.get("b", shape=(units,), init="zeros")

    def forward(self, v):
        k, b = self.k.data(v.ctx), self.b.data(v.ctx)
        return k * v * v + b


answer = Pressure
""",
        reason=(
            "`v * v.detach()` có giá trị của $v^2$ nhưng chỉ có một nửa đạo hàm: kiểm tra gradient "
            "cho thấy. `- b` có gradient đúng cho hàm `- b`: chỉ giá trị cho thấy, và chỉ khi `b` "
            "khác 0. Không phép kiểm tra nào thay được phép kia."
        ),
    ),
)


def _check_blend(answer: Any) -> None:
    import numpy
    from mxnet import init

    probe.block_class(answer, "answer(units)")
    for units in (4, 3):
        net, shown = probe.build(answer, units)
        shown_pass = f"{shown}(x)"
        net.initialize(init.Zero())
        x = probe.random(1, 6, units)
        probe.output(net, shown_pass, x, advice=_OUTSIDE)
        parameters = _learned(net, shown)
        matrices = [p for p in parameters if p.shape == (units, units)]
        vectors = [p for p in parameters if p.data().size == units]
        if len(matrices) != 2 or len(vectors) != 1 or len(parameters) != 3:
            found = sorted(parameter.shape for parameter in parameters)
            raise Wrong(
                f"Tham số được huấn luyện của `{shown}` có hình dạng {code(str(found))}. Cần hai "
                "ma trận, và `shift`: một mảng đơn thuần không phải tham số."
            )
        if vectors[0].init is None:
            raise Wrong(
                "`shift` không có bộ khởi tạo riêng, nên không chắc bắt đầu từ 0. "
                "Hãy ghi `init='zeros'`."
            )
        if numpy.any(vectors[0].data().asnumpy()):
            raise Wrong("Lúc mới dựng, `shift` phải bằng 0. Hãy ghi `init='zeros'`.")
        _try_blend(net, shown_pass, x, matrices, vectors[0])
        _try_file(partial(call, shown, answer, units), shown_pass, [x])


def _try_blend(net: Any, shown: str, x: Any, matrices: list[Any], vector: Any) -> None:
    import itertools

    import numpy

    probe.fill([*matrices, vector], seed=10)
    got = probe.output(net, shown, x)
    shift = vector.data().asnumpy().ravel()
    values = [matrix.data().asnumpy() for matrix in matrices]

    def blended(first: Any, second: Any) -> Any:
        return numpy.tanh(numpy.tanh(x @ first) @ second)

    # The reader may have made the second matrix first, or keep both transposed.
    transposed = [value.T for value in values]
    forms = [order[::step] for order, step in itertools.product((values, transposed), (1, -1))]
    form = next((f for f in forms if probe.same(got, blended(*f) + shift)), values)
    known = [(blended(*f), "`shift` chưa được cộng vào.") for f in forms]
    probe.compare(shown, got, blended(*form) + shift, known)

    def gradients(slopes: Any) -> list[Any]:
        first, second = form
        inner = numpy.tanh(x @ first)
        back = (slopes * (1 - numpy.tanh(inner @ second) ** 2)) @ second.T
        return [(back * (1 - inner**2)) @ first.T]

    _try_gradient(net, shown, [x], gradients, parameters=[*matrices, vector])


BLEND = Exercise(
    id="custom-layer/3",
    check=_check_blend,
    praise=(
        "Cả ba tham số được huấn luyện và được lưu, `shift` bắt đầu từ 0, và tầng nhận được "
        "`Xavier`."
    ),
    hints=(
        "Ma trận trong danh sách: được huấn luyện, không được lưu. Mảng `shift`: không được cả "
        "hai, vì nó không phải tham số.",
        "Việc lưu đi theo thuộc tính: `self.w0 = self.params.get(...)`, và `self.w1` cũng vậy.",
        "`self.shift = self.params.get('shift', shape=(units,), init='zeros')`, rồi trong "
        "`forward` đọc nó bằng `self.shift.data(x.ctx)`.",
    ),
    solution=Solution(
        code="""\
from mxnet import np, npx
from mxnet.gluon import nn

npx.set_np()


class Blend(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.w0 = self.params.get("w0", shape=(units, units))
        self.w1 = self.params.get("w1", shape=(units, units))
        self.shift = self.params.get("shift", shape=(units,), init="zeros")

    def forward(self, x):
        for weight in (self.w0, self.w1):
            x = np.tanh(np.dot(x, weight.data(x.ctx)))
        return x + self.shift.data(x.ctx)


answer = Blend
""",
        reason=(
            "`params.get` đưa một tham số đến bộ huấn luyện, thuộc tính đưa nó vào tệp; cần cả "
            "hai. `shift` là vector, nên phải tự nói `init='zeros'` thì `Xavier` mới bỏ qua nó."
        ),
    ),
)


def _check_clock(answer: Any) -> None:
    probe.block_class(answer, "answer(period)")
    for period in (24, 12.5):
        _try_clock(answer, period)


def _try_clock(answer: Any, period: float) -> None:
    import numpy
    from mxnet import np

    net, shown = probe.build(answer, period)
    if any(parameter.grad_req != "null" for parameter in probe.parameters(net)):
        raise Wrong(
            "Tầng này có tham số học được, mà `period` là con số ta chọn, không học. "
            "Hãy giữ nó trong một thuộc tính thông thường."
        )
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
    id="custom-layer/4",
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


# The numbers of `nn.SELU`, from G. Klambauer et al., Self-Normalizing Neural Networks (2017).
_ALPHA, _LAMBDA = 1.6732632, 1.0507010


def _check_selu(answer: Any) -> None:
    import numpy
    from mxnet.gluon import nn

    # An `nn.Lambda` around a function can be called like the function.
    if not isinstance(answer, nn.Lambda):
        probe.function(answer, "answer(x)")
    x = 3 * probe.random(1, 6, 4)
    below = numpy.exp(numpy.minimum(x, 0))
    right = _LAMBDA * numpy.where(x > 0, x, _ALPHA * (below - 1))
    others = {
        'nn.Activation("tanh")': numpy.tanh(x),
        'nn.Activation("sigmoid")': 1 / (1 + numpy.exp(-x)),
        'nn.Activation("softrelu")': numpy.log1p(numpy.exp(x)),
        "nn.ELU()": numpy.where(x > 0, x, below - 1),
        "nn.Swish()": x / (1 + numpy.exp(-x)),
    }
    known = [
        (
            value,
            f"Đó là giá trị của `{name}`, mà gradient của tầng ấy đúng. "
            "Hãy hỏi `d2lutil.gradient_gaps` về từng hàm một.",
        )
        for name, value in others.items()
    ]
    known.append(
        (
            numpy.where(x > 0, x, _ALPHA * (below - 1)),
            "Bạn đã tìm đúng hàm, nhưng giá trị còn thiếu thừa số $\\lambda$.",
        )
    )
    probe.compare("answer(x)", probe.output(answer, "answer(x)", x), right, known, within=1e-3)

    def gradients(slopes: Any) -> list[Any]:
        return [slopes * _LAMBDA * numpy.where(x > 0, 1, _ALPHA * below)]

    _try_gradient(answer, "answer(x)", [x], gradients, _WRONG_SELU, within=1e-3)


_WRONG_SELU = (
    "Bạn đã tìm đúng hàm và giá trị đúng, nhưng gradient vẫn sai. Hãy viết giá trị bằng những "
    "phép tính khác của MXNet, để autograd tự lo đạo hàm; đừng dùng lại `nn.SELU`."
)

SELU = Exercise(
    id="custom-layer/5",
    check=_check_selu,
    praise="Bạn đã tìm ra `nn.SELU`, và hàm của bạn có đúng giá trị ấy cùng gradient đúng.",
    hints=(
        "Hãy gọi `d2lutil.gradient_gaps` cho từng hàm, với một mảng có cả số dương lẫn số âm.",
        "Hàm sai là `nn.SELU`: $\\lambda x$ khi $x > 0$, còn không thì "
        "$\\lambda \\alpha (e^x - 1)$. Hai hằng số là `1.6732632` cho $\\alpha$ và `1.0507010` cho "
        "$\\lambda$.",
        "Nó bằng $\\lambda$ lần `nn.ELU(alpha)(x)`, mà gradient của `nn.ELU` thì đúng.",
    ),
    solution=Solution(
        code="""\
from mxnet.gluon import nn


def answer(x):
    return 1.0507010 * nn.ELU(1.6732632)(x)
""",
        reason=(
            "Với $x < 0$, lượt truyền ngược của `nn.SELU` trong MXNet 1.9.1 tính "
            "$\\lambda (\\alpha + y)$ thay vì $\\lambda \\alpha + y$, trong đó $y$ là đầu ra. "
            "`nn.ELU` có công thức đúng, và nhân với một số thì autograd lo được."
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
            slopes * (numpy.abs(slopes) <= limit),
            "Những số vượt mức đang bị xóa về 0. Chúng phải dừng lại ở mức ấy.",
        ),
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
    id="custom-layer/6",
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
            "Hình dạng của trọng số có chỗ trống mà không được phép chờ, nên `initialize` báo lỗi. "
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
        "for @": "Ký hiệu không có phép `@`. Hãy viết `F.np.dot(x, weight.T)`.",
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
            "Hãy tạo nó trong `__init__` với chỗ trống là `-1`, đừng tự gieo số."
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
    _try_gradient(
        net,
        shown_pass,
        [x],
        lambda slopes: [(slopes * (right > 0)) @ w.T],
        parameters=parameters,
    )


WAITING = Exercise(
    id="custom-layer/7",
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


def _check_noise(answer: Any) -> None:
    import numpy
    from mxnet import autograd, np

    probe.block_class(answer, "answer(sigma)")
    for sigma in (0.5, 2):
        net, shown = probe.build(answer, sigma)
        net.initialize()
        shown = f"{shown}(x)"
        x = probe.random(1, 400, 100)
        got = probe.output(net, shown, x)
        if got.shape == x.shape and not probe.same(got, x):
            raise Wrong(
                "Ở chế độ dự đoán, kết quả sai giá trị: tầng vẫn làm đổi các con số. "
                "Hãy hỏi `autograd.is_training()` trong `forward`."
            )
        probe.compare(shown, got, x)
        given = np.array(x)
        given.attach_grad()
        with autograd.record():
            output = call(shown, net, given)
            again = call(shown, net, given)
        first, second = (probe.array(each, shown) - x for each in (output, again))
        _try_draws(shown, sigma, x, first, second)
        slopes = probe.random(2, *x.shape)
        probe.backward(output, slopes, _NO_GRADIENT)
        if not probe.same(given.grad.asnumpy(), slopes):
            raise Wrong(_NO_GRADIENT)
        with autograd.record(train_mode=False):
            output = call(shown, net, given)
        if not numpy.array_equal(probe.array(output, shown), x):
            raise Wrong(
                "Tầng hỏi xem băng có đang ghi không (`is_recording`), chứ không hỏi chế độ. "
                "Hãy dùng `autograd.is_training()`."
            )
        with autograd.train_mode():
            output = call(shown, net, given)
        if numpy.array_equal(probe.array(output, shown), x):
            raise Wrong(
                "Ở chế độ huấn luyện mà băng không ghi, tầng không thêm nhiễu. "
                "Hãy chỉ hỏi `autograd.is_training()`."
            )


def _try_draws(shown: str, sigma: float, x: Any, first: Any, second: Any) -> None:
    """Raise Wrong unless two draws of noise are independent and from the right distribution."""
    import numpy

    if probe.same(first, 0 * first):
        raise Wrong(
            "Ở chế độ huấn luyện, tầng không thêm nhiễu nào. "
            "`autograd.is_training()` phải được hỏi trong `forward`, ở mỗi lần gọi."
        )
    if probe.same(first, second):
        raise Wrong("Hai lần gọi cho cùng một nhiễu. Hãy rút số mới trong `forward`.")
    for axis, what in ((0, "hàng"), (1, "cột")):
        if numpy.std(first, axis=axis).min() < 0.1 * sigma:
            raise Wrong(
                f"Mọi {what} nhận cùng một nhiễu. Mỗi con số cần nhiễu riêng: hãy rút một mảng có "
                "hình dạng `x.shape`."
            )
    near, far = first[numpy.abs(x) < 0.5].std(), first[numpy.abs(x) > 1].std()
    if abs(near / far - 1) > 0.1:
        raise Wrong("Nhiễu đang lớn nhỏ theo `x`. Hãy cộng một con số không phụ thuộc vào `x`.")
    mean, spread = float(first.mean()), float(first.std())
    # The messages name no measured number: the next draw would give another one.
    if abs(mean) > 0.1 * sigma:
        raise Wrong("Trung bình của nhiễu không phải là 0.")
    if abs(spread - sigma) > 0.05 * sigma:
        known = [
            (sigma**0.5, "Đối số thứ hai của `normal` là độ lệch chuẩn, không phải phương sai."),
            (sigma**2, "Đừng bình phương `sigma`."),
        ]
        advice = [sentence for value, sentence in known if abs(spread - value) < 0.05 * value]
        told = f"Độ lệch chuẩn của nhiễu không phải là `sigma`, ở đây là `{sigma}`."
        raise Wrong(" ".join([told, *advice]))
    # For a uniform distribution this share is 0.58, for the normal one 0.68.
    share = float((numpy.abs(first) < spread).mean())
    if not 0.65 < share < 0.72:
        raise Wrong("Nhiễu không theo phân phối chuẩn. Hãy dùng `np.random.normal`.")
    # Of so many normal numbers, about a hundred are beyond.
    if numpy.abs(first).max() < 3 * spread:
        raise Wrong(
            "Nhiễu không có số nào vượt ba lần độ lệch chuẩn, nên không theo phân phối chuẩn. "
            "Đừng cắt bớt những số lớn."
        )


NOISE = Exercise(
    id="custom-layer/8",
    check=_check_noise,
    praise="Có nhiễu khi huấn luyện, không có khi dự đoán, và gradient truyền qua nguyên vẹn.",
    hints=(
        "`autograd.is_training()` cho biết chế độ; hãy hỏi nó trong `forward`.",
        "`np.random.normal(scale=sigma, size=x.shape)` rút mỗi chỗ một con số riêng.",
        "Cộng nhiễu vào `x` thì gradient truyền qua nguyên vẹn, vì đạo hàm của phép cộng là 1.",
    ),
    solution=Solution(
        code="""\
from mxnet import autograd, np, npx
from mxnet.gluon import nn

npx.set_np()


class Noise(nn.Block):
    def __init__(self, sigma, **kwargs):
        super().__init__(**kwargs)
        self.sigma = sigma

    def forward(self, x):
        if not autograd.is_training():
            return x
        return x + np.random.normal(scale=self.sigma, size=x.shape, ctx=x.ctx)


answer = Noise
""",
        reason=(
            "Chế độ do `record` chuyển, và `forward` hỏi nó ở mỗi lần gọi. `sigma` là con số do ta "
            "chọn, không học, nên giữ trong một thuộc tính là đủ."
        ),
    ),
)


def _check_bilinear(answer: Any) -> None:
    probe.block_class(answer, "answer(units, left, right)")
    for sizes in ((2, 3, 3), (3, 2, 4), (1, 5, 2)):
        _try_bilinear(answer, *sizes)


def _try_bilinear(answer: Any, units: int, left: int, right: int) -> None:
    import numpy
    from mxnet import init

    net, shown = probe.build(answer, units, left, right)
    shown_pass = f"{shown}(a, b)"
    make = partial(call, shown, answer, units, left, right)
    parameters = _parameters(net, shown, [(units, left, right), (units,)])
    net.initialize(init.Zero())
    probe.fill(parameters, seed=10)
    values = {len(parameter.shape): parameter.data().asnumpy() for parameter in parameters}
    weight, offset = values[3], values[1]
    a, b = probe.random(1, 6, left), probe.random(2, 6, right)
    got = probe.output(net, shown_pass, a, b)
    product = _product(a, weight, b)
    known = [
        (product, "Số hạng $c_k$ chưa được cộng vào."),
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

    _try_gradient(net, shown_pass, [a, b], gradients, parameters=parameters)
    _try_file(make, shown_pass, [a, b])

    net = make()
    net.initialize(init.Constant(0.5))
    got = probe.output(net, shown_pass, a, b)
    product = _product(a, numpy.full_like(weight, 0.5), b)
    sentence = "Số hạng $c_k$ lấy giá trị từ bộ khởi tạo của mạng. Hãy ghi `init='zeros'` cho nó."
    probe.compare(shown_pass, got, product, [(product + 0.5, sentence)])


def _product(a: Any, weight: Any, b: Any) -> Any:
    import numpy

    return numpy.einsum("ni,kij,nj->nk", a, weight, b)


BILINEAR = Exercise(
    id="custom-layer/9",
    check=_check_bilinear,
    praise=(
        "Giá trị, gradient và tệp đều đúng: tầng của bạn đứng cạnh tầng của thư viện được rồi."
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
            "Mỗi đầu ra có một ma trận riêng, cân mọi tích của một con số trong `a` với một con số "
            "trong `b`. `einsum` viết phép cộng hai chỉ số ấy trên một dòng, và autograd biết đạo "
            "hàm của nó, nên không cần lượt truyền ngược tự viết."
        ),
    ),
)

EXERCISES = (
    CALIBRATION,
    PRESSURE,
    BLEND,
    CLOCK,
    SELU,
    BRAKE,
    WAITING,
    NOISE,
    BILINEAR,
)
