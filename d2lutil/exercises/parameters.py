"""The exercises of the section parameters, Quản lý tham số."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from d2lutil.exercises import probe
from d2lutil.exercises.exercise import Exercise, Solution
from d2lutil.exercises.guard import Wrong, call

_NO_ARRAY = "Đó là một `Parameter`, còn mảng nằm bên trong: hãy gọi `.data()`."
_ADVICE = {
    "'Parameter'": _NO_ARRAY,
    "got Parameter": _NO_ARRAY,
    "num_args": (
        "Danh sách cần nối đang rỗng. Nếu bạn chọn tham số theo tên: "
        "biểu thức chính quy phải khớp từ đầu tên."
    ),
}


def _check_flat(answer: Any) -> None:
    from mxnet.gluon import nn

    probe.function(answer, "answer(net)")
    plain = probe.sequential(
        nn.Dense(3, in_units=4, activation="relu"), nn.Dense(2, in_units=3), seed=10
    )
    _try_flat(answer, plain, [plain[0], plain[1]])

    shared = nn.Dense(3, in_units=3)
    inner = probe.sequential(shared, nn.Dense(3, in_units=3, params=shared.params))
    # The first layer is made last: its name is not the first one.
    tied = probe.sequential(nn.Dense(3, in_units=4), inner, seed=20)
    _try_flat(answer, tied, [tied[0], shared, shared])


def _try_flat(answer: Any, net: Any, layers: Sequence[Any]) -> None:
    import numpy

    def flat(parameters: Sequence[Any]) -> Any:
        return numpy.concatenate([parameter.data().asnumpy().ravel() for parameter in parameters])

    shown = "answer(net)"
    result = call(shown, answer, net, advice=_ADVICE)
    if isinstance(result, (list, tuple)):
        raise Wrong(
            f"`{shown}` trả về một danh sách Python. "
            "Hãy nối các mảng thành một vector bằng `np.concatenate`."
        )
    got = probe.array(result, shown)
    named = net.collect_params()
    parameters = list(named.values())
    right = flat(parameters)
    weights = [parameter for parameter in parameters if len(parameter.shape) == 2]
    biases = [parameter for parameter in parameters if len(parameter.shape) == 1]
    repeated = [parameter for layer in layers for parameter in (layer.weight, layer.bias)]
    known = [
        (
            numpy.zeros_like(right),
            "Vector chỉ chứa số 0: đó là gradient, chưa được lượt truyền ngược nào ghi. "
            "Giá trị của tham số nằm trong `data()`.",
        ),
        (flat(weights), "Vector chỉ có các trọng số. Hãy lấy cả hệ số điều chỉnh."),
        (
            flat([*weights, *biases]),
            "Mọi số đều có, nhưng sai thứ tự: các trọng số đứng trước mọi hệ số điều chỉnh. "
            "Hãy giữ thứ tự của `collect_params()`.",
        ),
        (
            flat(repeated),
            "Tham số dùng chung có mặt hai lần. Hãy đi theo `collect_params()`, "
            "nơi mỗi tham số chỉ được liệt kê một lần.",
        ),
        (
            flat([named[name] for name in sorted(named.keys())]),
            "Mọi số đều có, nhưng các tham số đang xếp theo tên. "
            "Hãy giữ thứ tự của `collect_params()`.",
        ),
        (
            numpy.array([parameter.data().size for parameter in parameters]),
            "Vector chứa số phần tử của từng tham số, không phải các giá trị của chúng.",
        ),
    ]
    probe.compare(shown, got, right, known)


FLAT = Exercise(
    id="parameters/1",
    check=_check_flat,
    praise=(
        "Mọi giá trị đều có mặt, theo đúng thứ tự, "
        "và tham số dùng chung chỉ được lấy một lần, cả trong mạng lồng nhau."
    ),
    hints=(
        "`net.collect_params().values()` cho từng `Parameter`; `.data()` cho mảng bên trong.",
        "`array.reshape(-1)` trải một mảng thành vector.",
        "`np.concatenate([...])` nối một danh sách vector thành một vector dài.",
    ),
    solution=Solution(
        code="""\
from mxnet import np, npx

npx.set_np()


def answer(net):
    params = net.collect_params().values()
    return np.concatenate([param.data().reshape(-1) for param in params])
""",
        reason=(
            "`collect_params` đi khắp cây khối và liệt kê mỗi tham số đúng một lần, "
            "nên tham số dùng chung không bị lặp. Thứ tự của nó là thứ tự của các tầng."
        ),
    ),
)


def _check_frozen(answer: Any) -> None:
    from mxnet.gluon import nn

    probe.function(answer, "answer(net)")
    flat = probe.sequential(
        nn.Dense(5, in_units=4, activation="relu"),
        nn.Dense(6, in_units=5, activation="relu"),
        nn.Dense(3, in_units=6),
        seed=10,
    )
    _try_frozen(answer, flat)

    body = probe.sequential(nn.Dense(5, in_units=4, activation="relu"), nn.Dense(5, in_units=5))
    head = probe.sequential(nn.Dense(6, in_units=5, activation="relu"), nn.Dense(2, in_units=6))
    _try_frozen(answer, probe.sequential(body, head, seed=20))


def _try_frozen(answer: Any, net: Any) -> None:
    from mxnet import np

    x = np.array(probe.random(1, 8, 4))
    right = net(x).asnumpy()
    if probe.block(call("answer(net)", answer, net), "answer(net)") is not net:
        raise Wrong("`answer(net)` trả về một khối khác. Hãy đóng băng rồi trả về chính `net`.")
    probe.compare("answer(net)(x)", probe.output(net, "answer(net)(x)", x), right)

    children = list(net._children.values())
    last = probe.parameters(children[-1])
    others = [p for child in children[:-1] for p in probe.parameters(child)]
    frozen = [parameter.grad_req == "null" for parameter in others]
    if all(frozen):
        if any(parameter.grad_req == "null" for parameter in last):
            raise Wrong("Khối con cuối cùng cũng bị đóng băng, nên không còn gì để huấn luyện.")
        return
    if all(parameter.grad_req == "null" for parameter in last):
        raise Wrong("Khối con cuối cùng lại bị đóng băng; chính nó mới phải học tiếp.")
    if any(frozen):
        left = [p.name for p, done in zip(others, frozen, strict=True) if not done]
        raise Wrong(
            f"Mới đóng băng được một phần: `{left[0]}` vẫn còn nhận gradient. "
            "Hãy đi qua mọi tham số của mọi khối con đứng trước khối cuối."
        )
    blocks: list[Any] = []
    net.apply(blocks.append)
    if any("grad_req" in vars(block) for block in blocks):
        raise Wrong(
            "`grad_req` đang được gán cho khối, nơi nó không có tác dụng gì. "
            "Hãy gán cho từng `Parameter` trong `collect_params()`."
        )
    if any(parameter.lr_mult == 0 for parameter in others):
        raise Wrong(
            "`lr_mult = 0` giữ nguyên giá trị nhưng gradient vẫn được tính. "
            'Bài này cần `grad_req = "null"`.'
        )
    raise Wrong(
        "Chưa tham số nào bị đóng băng. Nếu bạn chọn theo tên, hãy nhớ rằng biểu thức chính quy "
        "phải khớp từ đầu tên: một biểu thức không khớp gì thì không báo lỗi."
    )


FROZEN = Exercise(
    id="parameters/2",
    check=_check_frozen,
    praise=(
        "Mọi khối con trừ khối cuối đều đứng yên, khối cuối vẫn học, "
        "và đầu ra của mạng không thay đổi."
    ),
    hints=(
        "`len(net)` cho số khối con, `net[i]` cho khối con thứ `i`.",
        "Mỗi khối con có `collect_params()` riêng, đi đến cả các khối lồng bên trong nó.",
        '`block.collect_params().setattr("grad_req", "null")` đóng băng mọi tham số của `block`.',
    ),
    solution=Solution(
        code="""\
def answer(net):
    for i in range(len(net) - 1):
        net[i].collect_params().setattr("grad_req", "null")
    return net
""",
        reason=(
            "Đi theo vị trí thì không phụ thuộc vào tên tham số. `setattr` của `collect_params()` "
            "đến mọi tham số trong khối con, kể cả những tham số nằm sâu bên trong."
        ),
    ),
)


def _check_identity(answer: Any) -> None:
    probe.function(answer, "answer(units)")
    for units, features in ((4, 4), (3, 5), (5, 3)):
        _try_identity(answer, units, features)


def _try_identity(answer: Any, units: int, features: int) -> None:
    import numpy
    from mxnet import init

    net, shown = probe.build(answer, units)
    call("net.initialize()", net.initialize, init.Zero())
    shown = f"{shown}(x)"
    x = probe.random(1, 6, features)
    got = probe.output(net, shown, x)
    right = x @ numpy.eye(features, units, dtype=x.dtype)
    mirrored = x @ numpy.fliplr(numpy.eye(features, units, dtype=x.dtype))
    total = numpy.repeat(x.sum(axis=1, keepdims=True), units, axis=1)
    known = [
        (
            numpy.zeros_like(right),
            "Trọng số vẫn bằng 0, nên bộ khởi tạo của bạn chưa ghi được gì. "
            "Hãy đưa nó vào tầng qua `weight_initializer` (bộ khởi tạo đưa vào `initialize` sẽ "
            "bị lần khởi tạo sau thay thế), và viết `data[:] = ...`, vì `data = ...` không ghi "
            "vào mảng.",
        ),
        (
            total,
            "Mọi trọng số đều bằng 1, nên đầu ra là tổng của các đặc trưng. "
            "Chỉ đường chéo bằng 1, còn lại bằng 0: hãy dùng `np.eye`.",
        ),
        (mirrored, "Số 1 nằm trên đường chéo kia: đặc trưng ra theo thứ tự ngược."),
        (
            numpy.maximum(right, 0),
            "Đầu ra âm bị cắt mất. Tầng này không có hàm kích hoạt.",
        ),
    ]
    biases = [p.data().asnumpy() for p in probe.parameters(net) if len(p.shape) == 1]
    if any(bias.any() for bias in biases):
        raise Wrong("Hệ số điều chỉnh của tầng phải bắt đầu từ 0.")
    probe.compare(shown, got, right, known)
    net.initialize(init.Zero(), force_reinit=True)
    if not probe.same(probe.output(net, shown, x), right):
        raise Wrong(
            "Đầu ra đúng, nhưng mất đi sau `initialize(..., force_reinit=True)`: giá trị được ghi "
            "một lần vào mảng. Hãy đưa một bộ khởi tạo vào tầng qua `weight_initializer`."
        )


IDENTITY = Exercise(
    id="parameters/3",
    check=_check_identity,
    praise=(
        "Tầng trả lại các đặc trưng, dù đầu vào rộng bằng, rộng hơn hay hẹp hơn đầu ra, "
        "và khởi tạo lại cũng không mất."
    ),
    hints=(
        "Viết một lớp kế thừa `init.Initializer` với phương thức `_init_weight(self, name, data)`.",
        "`np.eye(*data.shape)` có số 1 trên đường chéo; ghi nó vào mảng bằng `data[:] = ...`.",
        "`nn.Dense(units, weight_initializer=...)` nhận một thực thể của lớp ấy.",
    ),
    solution=Solution(
        code="""\
from mxnet import init, np, npx
from mxnet.gluon import nn

npx.set_np()


class Identity(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = np.eye(*data.shape)


def answer(units):
    return nn.Dense(units, weight_initializer=Identity())
""",
        reason=(
            "Bộ khởi tạo được gọi khi hình dạng đã biết, nên một lớp đúng cho mọi hình dạng. "
            "Bộ khởi tạo riêng của tham số được ưu tiên hơn bộ đưa vào `initialize`, "
            "vì vậy nó còn nguyên sau mỗi lần khởi tạo."
        ),
    ),
)


def _check_autoencoder(answer: Any) -> None:
    probe.block_class(answer, "answer(inputs, hidden)")
    for inputs, hidden in ((5, 3), (4, 6)):
        _try_autoencoder(answer, inputs, hidden)


def _try_autoencoder(answer: Any, inputs: int, hidden: int) -> None:
    import numpy
    from mxnet import autograd, init, np

    net, shown = probe.build(answer, inputs, hidden)
    net.initialize(init.Zero())
    shown = f"{shown}(x)"
    x = probe.random(1, 8, inputs)
    probe.output(net, shown, x, advice=_ADVICE)
    parameters = probe.parameters(net)
    weight, bias = _weight_and_bias(parameters, inputs, hidden)
    probe.fill(parameters, seed=10)
    with autograd.record():
        output = call(shown, net, np.array(x))
    got = probe.array(output, shown)

    flipped = weight.shape == (inputs, hidden)
    w = weight.data().asnumpy().T if flipped else weight.data().asnumpy()
    b = bias.data().asnumpy()
    z = x @ w.T + b
    h = numpy.maximum(z, 0)
    known = [
        (z @ w, "Chiều đi chưa có ReLU."),
        (
            numpy.maximum(h @ w, 0),
            "ReLU đang tác động cả lên đầu ra, nên đầu ra không bao giờ âm.",
        ),
        (h, "Kết quả mới chỉ là chiều đi. Hãy nhân tiếp với ma trận trọng số để quay lại."),
        (
            numpy.zeros_like(x),
            "Sau khi trọng số được ghi giá trị mới, đầu ra vẫn tính bằng giá trị cũ. "
            "Hãy gọi `weight.data()` trong `forward`, không phải trong `__init__`.",
        ),
    ]
    probe.compare(shown, got, h @ w, known)

    slopes = probe.random(2, *x.shape)
    probe.backward(output, slopes, _ONE_WAY)
    encoding = ((slopes @ w.T) * (z > 0)).T @ x
    decoding = h.T @ slopes
    grad = weight.grad().asnumpy()
    if not probe.same(grad.T if flipped else grad, encoding + decoding):
        raise Wrong(_ONE_WAY)


_ONE_WAY = (
    "Đầu ra đúng, nhưng gradient của trọng số không gom đủ cả hai lần dùng. "
    "Hãy tính bằng các phép tính của MXNet trên `weight.data()`, không qua bản sao nào."
)


def _weight_and_bias(parameters: list[Any], inputs: int, hidden: int) -> tuple[Any, Any]:
    shapes = [parameter.shape for parameter in parameters]
    weights = [p for p in parameters if sorted(p.shape) == sorted((inputs, hidden))]
    biases = [p for p in parameters if p.shape == (hidden,)]
    if len(weights) == 2:
        raise Wrong(
            "Khối có hai ma trận trọng số, mỗi chiều một ma trận. "
            "Hãy dùng chính ma trận của chiều đi cho chiều về."
        )
    if (inputs,) in shapes:
        raise Wrong("Chiều về có hệ số điều chỉnh riêng; bài này không cần.")
    if len(weights) != 1 or len(biases) != 1 or len(shapes) != 2:
        raise Wrong(
            f"Với `inputs = {inputs}`, `hidden = {hidden}`, khối cần đúng một ma trận "
            f"`({hidden}, {inputs})` và một vector `({hidden},)`; khối của bạn có `{shapes}`."
        )
    return weights[0], biases[0]


AUTOENCODER = Exercise(
    id="parameters/4",
    check=_check_autoencoder,
    praise=("Một ma trận phục vụ cả hai chiều, và gradient của nó là tổng của hai lần dùng."),
    hints=(
        'Trong `__init__`: `self.encode = nn.Dense(hidden, activation="relu")`.',
        "`self.encode.weight` có hình dạng `(hidden, inputs)`: "
        "nhân một mảng `(batch, hidden)` với nó thì được `(batch, inputs)`.",
        "Trong `forward`, `np.dot(h, self.encode.weight.data(x.ctx))` là chiều về.",
    ),
    solution=Solution(
        code="""\
from mxnet import np, npx
from mxnet.gluon import nn

npx.set_np()


class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, hidden, **kwargs):
        super().__init__(**kwargs)
        self.encode = nn.Dense(hidden, activation="relu", in_units=inputs)

    def forward(self, x):
        h = self.encode(x)
        return np.dot(h, self.encode.weight.data(x.ctx))


answer = TiedAutoencoder
""",
        reason=(
            "`weight.data()` là chính mảng mà tầng `encode` dùng, nên autograd thấy một mảng "
            "được dùng hai lần và cộng hai phần gradient. Gọi nó trong `forward` thì luôn có "
            "giá trị mới nhất, ở đúng thiết bị của `x`."
        ),
    ),
)


def _check_unit_variance(answer: Any) -> None:
    from mxnet.gluon import nn

    probe.function(answer, "answer(net, x)")
    for widths, use_bias in (((6, 5, 3), True), ((4, 7, 5, 2), False)):
        layers = [
            nn.Dense(
                units,
                in_units=features,
                use_bias=use_bias,
                activation="relu" if number + 1 < len(widths) else None,
            )
            for number, (units, features) in enumerate(zip(widths, (4, *widths), strict=False))
        ]
        _try_unit_variance(answer, probe.sequential(*layers, seed=10))


def _try_unit_variance(answer: Any, net: Any) -> None:
    from mxnet import np

    x = probe.random(1, 64, 4)
    for parameter in net.collect_params(".*bias").values():
        parameter.set_data(np.zeros(parameter.shape))
    weights = [layer.weight.data().asnumpy() for layer in net]
    shown = "answer(net, x)"
    if probe.block(call(shown, answer, net, np.array(x), advice=_ADVICE), shown) is not net:
        raise Wrong(f"`{shown}` trả về một khối khác. Hãy sửa trọng số rồi trả về chính `net`.")
    got = probe.output(net, f"{shown}(x)", x)

    right, divided = _scaled_forward(x, weights, lambda h: h.std())
    by_variance, _ = _scaled_forward(x, weights, lambda h: h.var())
    untouched, _ = _scaled_forward(x, weights, lambda h: 1.0)
    # All measured before the first weight was changed.
    measured = (h.std() for h in untouched)
    at_once, _ = _scaled_forward(x, weights, lambda h: next(measured))
    known = [
        (
            by_variance[-1],
            "Trọng số đang được chia cho phương sai. Nhân trọng số với $c$ thì phương sai nhân "
            "với $c^2$, nên phải chia cho độ lệch chuẩn.",
        ),
        (
            at_once[-1],
            "Các độ lệch chuẩn đều được đo trên mạng ban đầu. Chỉnh xong một tầng, đầu vào của "
            "tầng sau đã khác: hãy đo tầng ấy sau khi tầng trước được chỉnh.",
        ),
        (untouched[-1], "Trọng số chưa hề thay đổi. Hãy ghi giá trị mới bằng `set_data`."),
    ]
    probe.compare(f"{shown}(x)", got, right[-1], known)
    for number, (layer, weight) in enumerate(zip(net, divided, strict=True)):
        if not probe.same(layer.weight.data().asnumpy(), weight):
            raise Wrong(
                f"Đầu ra cuối cùng đúng, nhưng đầu ra của tầng `net[{number}]` "
                "không có phương sai 1. Hãy chỉnh từng tầng, không chỉ tầng cuối."
            )


def _scaled_forward(x: Any, weights: Sequence[Any], scale: Any) -> tuple[list[Any], list[Any]]:
    """Return the outputs of the ReLU network's layers, each divided by `scale` of it in turn.

    The second value is the list of divided weights.
    """
    import numpy

    outputs, divided = [], []
    for number, weight in enumerate(weights, 1):
        h = x @ weight.T
        if number < len(weights):
            h = numpy.maximum(h, 0)
        factor = scale(h)
        x = h / factor
        outputs.append(x)
        divided.append(weight / factor)
    return outputs, divided


UNIT_VARIANCE = Exercise(
    id="parameters/5",
    check=_check_unit_variance,
    praise=(
        "Trên batch đã cho, đầu ra của mỗi tầng có phương sai 1: "
        "mạng tự tìm ra độ lớn trọng số của mình, không cần công thức nào."
    ),
    hints=(
        "Đi qua các tầng theo thứ tự; giữ trong một biến đầu vào của tầng đang xét.",
        "`layer.weight.set_data(layer.weight.data() / layer(x).std())` chỉnh một tầng.",
        "Chỉnh xong, viết `x = layer(x)` một lần nữa: tầng sau phải nhận đầu ra đã chỉnh.",
    ),
    solution=Solution(
        code="""\
def answer(net, x):
    for layer in net:
        layer.weight.set_data(layer.weight.data() / layer(x).std())
        x = layer(x)
    return net
""",
        reason=(
            "Với hệ số điều chỉnh bằng 0, chia trọng số cho $s$ thì đầu ra, cả sau ReLU, cũng "
            "chia cho $s$: chia cho độ lệch chuẩn là vừa đủ. Làm từ tầng đầu đến tầng cuối, vì "
            "mỗi lần chỉnh lại đổi đầu vào của tầng sau."
        ),
    ),
)

EXERCISES = (FLAT, FROZEN, IDENTITY, AUTOENCODER, UNIT_VARIANCE)
