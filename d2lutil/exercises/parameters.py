"""The exercises of the section parameters, Quản lý tham số."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from d2lutil.exercises import probe
from d2lutil.exercises.exercise import Exercise, Solution
from d2lutil.exercises.guard import Wrong, call, code

_NO_ARRAY = "Đó là một `Parameter`, còn mảng nằm bên trong: hãy gọi `.data()`."
_ADVICE = {
    "'Parameter'": _NO_ARRAY,
    "got Parameter": _NO_ARRAY,
    "num_args": (
        "Danh sách cần nối đang rỗng. `net.params` không có tham số của các khối con: hãy dùng "
        "`net.collect_params()`. Nếu bạn chọn theo tên: biểu thức phải khớp từ đầu tên."
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

    named = net.collect_params()
    parameters = list(named.values())
    right = flat(parameters)
    shown = "answer(net)"
    result = call(shown, answer, net, advice=_ADVICE)
    if not probe.same(flat(parameters), right):
        raise Wrong("Giá trị của các tham số đã thay đổi. `answer(net)` chỉ được đọc.")
    if isinstance(result, (list, tuple)):
        raise Wrong(
            f"`{shown}` trả về một danh sách Python. "
            "Hãy nối các mảng thành một vector bằng `np.concatenate`."
        )
    got = probe.array(result, shown)
    weights = [parameter for parameter in parameters if len(parameter.shape) == 2]
    biases = [parameter for parameter in parameters if len(parameter.shape) == 1]
    repeated = [parameter for layer in layers for parameter in (layer.weight, layer.bias)]
    known = [
        (
            numpy.zeros_like(right),
            "Vector chỉ chứa số 0. Nếu bạn lấy `grad()`: đó là gradient, chưa được lượt truyền "
            "ngược nào ghi. Giá trị của tham số nằm trong `data()`.",
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
        "`net.params` của một `nn.Sequential` có gì? Hãy xem `list(net.params)`.",
        "`net.collect_params().values()` cho từng `Parameter` của cả cây khối.",
        "`reshape` là việc của mảng, không phải của chiếc hộp: hãy lấy mảng bằng `.data()` trước.",
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


def _check_identity(answer: Any) -> None:
    probe.function(answer, "answer(units)")
    for units, features in ((4, 4), (3, 5), (5, 3)):
        _try_identity(answer, units, features)


def _try_identity(answer: Any, units: int, features: int) -> None:
    import numpy
    from mxnet import init
    from mxnet.gluon import nn

    layer, shown = probe.build(answer, units)
    if not isinstance(layer, nn.Dense):
        raise Wrong(f"`{shown}` phải trả về một tầng `nn.Dense`.")
    if layer.bias is None:
        raise Wrong("Tầng này không có hệ số điều chỉnh; bài này cần, bắt đầu từ 0.")
    # A whole network around it: what the layer does in its own `initialize` doesn't count.
    net = nn.Sequential()
    net.add(layer)
    call("net.initialize()", net.initialize, init.Constant(3))
    shown = f"{shown}(x)"
    x = probe.random(1, 6, features)
    got = probe.output(layer, shown, x)
    eye = numpy.eye(features, units, dtype=x.dtype)
    right = x @ eye
    total = numpy.repeat(x.sum(axis=1, keepdims=True), units, axis=1)
    known = [
        (
            numpy.zeros_like(right),
            "Trọng số vẫn bằng 0: bộ khởi tạo của nó chưa ghi gì vào mảng. Viết `data[:] = ...`; "
            "`data = ...` chỉ gắn tên vào mảng khác.",
        ),
        (
            3 * total,
            "Trọng số lấy giá trị của lần khởi tạo sau: bộ khởi tạo đưa vào `initialize` chỉ có "
            "tác dụng cho lần gọi ấy. Hãy đưa nó vào tầng qua `weight_initializer`.",
        ),
        (
            total,
            "Mọi trọng số đều bằng 1, nên đầu ra là tổng của các đặc trưng. "
            "Chỉ đường chéo bằng 1, còn lại bằng 0: hãy dùng `np.eye`.",
        ),
        (x @ numpy.fliplr(eye), "Số 1 nằm trên đường chéo kia: đặc trưng ra theo thứ tự ngược."),
        (
            numpy.maximum(right, 0),
            "Đầu ra âm bị cắt mất. Tầng này không có hàm kích hoạt.",
        ),
    ]
    if layer.bias.data().asnumpy().any():
        raise Wrong("Hệ số điều chỉnh của tầng phải bắt đầu từ 0.")
    probe.compare(shown, got, right, known)
    if not probe.same(layer.weight.data().asnumpy(), eye.T):
        raise Wrong("Đầu ra đúng, nhưng trọng số không bằng 1 trên đường chéo và 0 ở chỗ khác.")
    net.initialize(init.Constant(3), force_reinit=True)
    if not probe.same(probe.output(layer, shown, x), right):
        raise Wrong(
            "Đầu ra đúng, nhưng mất đi sau khi cả mạng được khởi tạo lại bằng "
            "`initialize(..., force_reinit=True)`: giá trị chỉ được ghi một lần vào mảng. "
            "Hãy đưa một bộ khởi tạo vào tầng qua `weight_initializer`."
        )


IDENTITY = Exercise(
    id="parameters/2",
    check=_check_identity,
    praise=(
        "Tầng trả lại các đặc trưng, dù đầu vào rộng bằng, rộng hơn hay hẹp hơn đầu ra, "
        "và khởi tạo lại cũng không mất."
    ),
    hints=(
        "`data = ...` chỉ gắn cái tên `data` vào một mảng khác. Phải ghi *vào* mảng: "
        "`data[:] = ...`.",
        "Bộ khởi tạo đưa vào `initialize` chỉ có tác dụng cho lần gọi ấy. Khi cả mạng được khởi "
        "tạo lại, tham số lấy bộ khởi tạo riêng của nó.",
        "`nn.Dense(units, weight_initializer=Identity())` cho trọng số một bộ khởi tạo riêng.",
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


def _check_tune(answer: Any) -> None:
    from mxnet.gluon import nn

    probe.function(answer, "answer(net)")
    layers = [
        nn.Dense(5, in_units=4, activation="relu"),
        nn.Dense(6, in_units=5, activation="relu"),
        nn.Dense(3, in_units=6),
    ]
    _try_tune(answer, probe.sequential(*layers, seed=10))

    body = probe.sequential(nn.Dense(5, in_units=4, activation="relu"), nn.Dense(5, in_units=5))
    neck = probe.sequential(nn.Dense(6, in_units=5), nn.Dense(4, in_units=6, activation="relu"))
    head = probe.sequential(nn.Dense(6, in_units=4, activation="relu"), nn.Dense(2, in_units=6))
    _try_tune(answer, probe.sequential(body, neck, head, seed=20))


def _try_tune(answer: Any, net: Any) -> None:
    from mxnet import np

    x = np.array(probe.random(1, 8, 4))
    right = net(x).asnumpy()
    if probe.block(call("answer(net)", answer, net), "answer(net)") is not net:
        raise Wrong("`answer(net)` trả về một khối khác. Hãy trả về chính `net`.")
    probe.compare("answer(net)(x)", probe.output(net, "answer(net)(x)", x), right)

    first, second, last = (probe.parameters(child) for child in net._children.values())
    blocks: list[Any] = []
    net.apply(blocks.append)
    _frozen(first, blocks)
    for parameter in (*second, *last):
        if parameter.grad_req != "write":
            raise Wrong(
                f"`{parameter.name}` có `grad_req` bằng `{parameter.grad_req}`, lẽ ra là `write`."
            )
        if parameter.wd_mult != 1:
            raise Wrong(
                f"`{parameter.name}` có `wd_mult = {parameter.wd_mult:g}`; bài này không đổi nó."
            )
    on_block = any("lr_mult" in vars(block) for block in blocks)
    _rates("Khối con thứ hai", dict.fromkeys(second, 0.1), on_block)
    wanted = {parameter: 10.0 if len(parameter.shape) == 2 else 1.0 for parameter in last}
    _rates("Khối con cuối", wanted, on_block)


def _frozen(parameters: list[Any], blocks: list[Any]) -> None:
    left = [parameter for parameter in parameters if parameter.grad_req != "null"]
    if not left:
        return
    if len(left) < len(parameters):
        raise Wrong(
            f"Khối con đầu mới đóng băng được một phần: `{left[0].name}` vẫn còn nhận gradient."
        )
    if any("grad_req" in vars(block) for block in blocks):
        raise Wrong(
            "`grad_req` đang được gán cho khối, nơi nó không có tác dụng gì. "
            "Hãy gán cho từng `Parameter` trong `collect_params()`."
        )
    if any(parameter.lr_mult == 0 for parameter in left):
        raise Wrong(
            "`lr_mult = 0` giữ nguyên giá trị nhưng gradient vẫn được tính. "
            'Đóng băng là `grad_req = "null"`.'
        )
    raise Wrong(
        "Khối con đầu chưa bị đóng băng. Nếu bạn chọn theo tên, hãy nhớ rằng biểu thức chính quy "
        "phải khớp từ đầu tên: một biểu thức không khớp gì thì không báo lỗi."
    )


def _rates(where: str, wanted: dict[Any, float], on_block: bool) -> None:
    wrong = [p for p, rate in wanted.items() if not probe.same(float(p.lr_mult), rate)]
    if not wrong:
        return
    if any("lr_mul" in vars(parameter) for parameter in wrong):
        raise Wrong(f"{where}: `lr_mul` chỉ là một thuộc tính mới. Tên đúng là `lr_mult`.")
    if on_block:
        raise Wrong(
            f"{where}: `lr_mult` đang được gán cho khối, nơi nó không có tác dụng gì. "
            "Hãy gán cho từng `Parameter`."
        )
    if all(parameter.lr_mult == 1 for parameter in wrong):
        raise Wrong(
            f"{where}: `{wrong[0].name}` vẫn học với tốc độ thông thường, cần "
            f"`lr_mult = {wanted[wrong[0]]:g}`. Nếu bạn chọn theo tên: biểu thức phải khớp từ đầu "
            "tên, như `.*weight`."
        )
    raise Wrong(
        f"{where}: `{wrong[0].name}` có `lr_mult = {wrong[0].lr_mult:g}`, "
        f"cần `{wanted[wrong[0]]:g}`."
    )


TUNE = Exercise(
    id="parameters/3",
    check=_check_tune,
    praise=(
        "Khối con đầu đứng yên, khối con thứ hai học chậm, trọng số của khối con cuối học nhanh, "
        "và đầu ra của mạng không thay đổi."
    ),
    hints=(
        "Dòng đầu ghi lên tầng chứ không ghi lên các hộp: hãy đi qua `collect_params()`.",
        "Hãy đọc thật kỹ tên thuộc tính ở dòng thứ hai: `setattr` nhận mọi cái tên.",
        'Ở dòng thứ ba, `list(net[2].collect_params("weight"))` cho gì? '
        "Biểu thức phải khớp từ đầu tên.",
    ),
    solution=Solution(
        code="""\
def answer(net):
    net[0].collect_params().setattr("grad_req", "null")
    net[1].collect_params().setattr("lr_mult", 0.1)
    net[2].collect_params(".*weight").setattr("lr_mult", 10)
    return net
""",
        reason=(
            "Cả `grad_req` lẫn `lr_mult` là của tham số, không phải của khối. `setattr` của một "
            "nhóm đến mọi tham số trong nhóm, kể cả những tham số nằm sâu bên trong, và lặng lẽ "
            "không làm gì khi nhóm rỗng hay tên sai."
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
    biases = list(net.collect_params(".*bias").values())
    for bias in biases:
        bias.set_data(np.zeros(bias.shape))
    old = [layer.weight.data().asnumpy() for layer in net]
    shown = "answer(net, x)"
    if probe.block(call(shown, answer, net, np.array(x), advice=_ADVICE), shown) is not net:
        raise Wrong(f"`{shown}` trả về một khối khác. Hãy sửa trọng số rồi trả về chính `net`.")
    got = probe.output(net, f"{shown}(x)", x)
    new = [layer.weight.data().asnumpy() for layer in net]

    if any(bias.data().asnumpy().any() for bias in biases):
        raise Wrong("Hệ số điều chỉnh đã thay đổi. Bài này chỉ nhân các trọng số.")
    _recognize(x, old, new)
    outputs = _forward(x, new)
    probe.compare(f"{shown}(x)", got, outputs[-1])
    for number, (before, after, output) in enumerate(zip(old, new, outputs, strict=True)):
        factor = (after * before).sum() / (before * before).sum()
        if factor <= 0 or not probe.same(after, factor * before):
            raise Wrong(
                f"Trọng số của `net[{number}]` không phải là trọng số ban đầu nhân với một con "
                "số dương. Hãy nhân cả ma trận với cùng một con số."
            )
        variance = float(output.var())
        # Wide enough for a variance that divides by one less than the number of values.
        if abs(variance - 1) > 0.02:
            raise Wrong(
                f"Đầu ra của `net[{number}]` có phương sai {code(f'{variance:.3g}')}, cần 1."
            )


def _forward(x: Any, weights: Sequence[Any]) -> list[Any]:
    return _scaled(x, weights, lambda z, h: 1.0)[0]


def _recognize(x: Any, old: Sequence[Any], new: Sequence[Any]) -> None:
    """Raise Wrong when the new weights are those of a known mistake."""
    import numpy

    # All measured before the first weight was changed.
    measured = (h.std() for h in _forward(x, old))
    mistakes = [
        (lambda z, h: 1.0, "Trọng số chưa hề thay đổi. Hãy ghi giá trị mới bằng `set_data`."),
        (
            lambda z, h: h.var(),
            "Trọng số đang được chia cho phương sai. Nhân trọng số với $c$ thì phương sai nhân "
            "với $c^2$, nên phải chia cho độ lệch chuẩn.",
        ),
        (
            lambda z, h: next(measured),
            "Các độ lệch chuẩn đều được đo trên mạng ban đầu. Chỉnh xong một tầng, đầu vào của "
            "tầng sau đã khác: hãy đo tầng ấy sau khi tầng trước được chỉnh.",
        ),
        (
            lambda z, h: z.std(),
            "Độ lệch chuẩn đang được đo trước hàm kích hoạt. Hãy đo đầu ra của cả tầng, sau ReLU.",
        ),
        (
            lambda z, h: numpy.sqrt((h**2).mean()),
            "Trọng số đang được chia cho căn của trung bình bình phương. Sau ReLU, trung bình "
            "khác 0, nên phải trừ nó đi: đó là độ lệch chuẩn.",
        ),
    ]
    for scale, sentence in mistakes:
        wrong = _scaled(x, old, scale)[1]
        if all(probe.same(a, b) for a, b in zip(new, wrong, strict=True)):
            raise Wrong(sentence)


def _scaled(x: Any, weights: Sequence[Any], scale: Any) -> tuple[list[Any], list[Any]]:
    """Return the outputs of the ReLU network's layers, each divided by `scale` of it in turn.

    `scale` gets the output before and after ReLU. The second value is the list of divided weights.
    """
    import numpy

    outputs, divided = [], []
    for number, weight in enumerate(weights, 1):
        z = x @ weight.T
        h = numpy.maximum(z, 0) if number < len(weights) else z
        factor = scale(z, h)
        x = h / factor
        outputs.append(x)
        divided.append(weight / factor)
    return outputs, divided


UNIT_VARIANCE = Exercise(
    id="parameters/4",
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
    grad = None if bias.grad_req == "null" else bias.grad().asnumpy()
    if grad is None or not probe.same(grad, ((slopes @ w.T) * (z > 0)).sum(axis=0)):
        raise Wrong("Đầu ra đúng, nhưng hệ số điều chỉnh không nhận đúng gradient.")


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
    id="parameters/5",
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


def _check_accumulate(answer: Any) -> None:
    probe.function(answer, "answer(net, loss, x, y, parts)")
    for examples, parts in ((12, 3), (8, 4), (6, 1)):
        _try_accumulate(answer, examples, parts)


def _try_accumulate(answer: Any, examples: int, parts: int) -> None:
    from mxnet import autograd, gluon, np
    from mxnet.gluon import nn

    net = probe.sequential(
        nn.Dense(5, in_units=4, activation="relu"),
        nn.Dense(6, in_units=5, activation="relu"),
        nn.Dense(2, in_units=6),
        seed=10,
    )
    loss = gluon.loss.L2Loss()
    x, y = (np.array(probe.random(seed, examples, size)) for seed, size in ((1, 4), (2, 2)))
    net[0].collect_params().setattr("grad_req", "null")
    frozen, trained = probe.parameters(net[0]), [*probe.parameters(net[1])]
    trained += probe.parameters(net[2])

    def gradients(inputs: Any, targets: Any) -> list[Any]:
        with autograd.record():
            losses = loss(net(inputs), targets)
        losses.backward()
        return [parameter.grad().asnumpy().copy() for parameter in trained]

    step = examples // parts
    last = gradients(x[-step:], y[-step:])
    right = gradients(x, y)
    stale = gradients(2 * x, y)
    output = net(x).asnumpy()
    values = [parameter.data().asnumpy() for parameter in (*frozen, *trained)]
    seen: list[int] = []
    for layer in net:
        layer.register_forward_pre_hook(lambda block, inputs: seen.append(len(inputs[0])))
    shown = "answer(net, loss, x, y, parts)"
    # The first time `grad_req` may change, which clears the gradients.
    for inputs in (2 * x, x):
        seen.clear()
        if probe.block(call(shown, answer, net, loss, inputs, y, parts), shown) is not net:
            raise Wrong(f"`{shown}` trả về một khối khác. Hãy trả về chính `net`.")
        most = max(seen, default=0)
        for parameter, value in zip((*frozen, *trained), values, strict=True):
            if not probe.same(parameter.data().asnumpy(), value):
                raise Wrong(
                    f"Giá trị của `{parameter.name}` đã thay đổi. Bài này chỉ tính gradient."
                )
        probe.compare(f"{shown}(x)", probe.output(net, f"{shown}(x)", x), output)

    if any(parameter.grad_req != "null" for parameter in frozen):
        raise Wrong(
            "Tham số đã đóng băng bị mở ra: `setattr` trên cả nhóm đổi luôn `grad_req` của chúng. "
            'Hãy bỏ qua những tham số có `grad_req == "null"`.'
        )
    if any(parameter.grad_req == "null" for parameter in trained):
        raise Wrong("Có tham số bị đóng băng, mà trước đó nó vẫn học.")
    if most > step:
        raise Wrong(
            f"Với {examples} mẫu chia thành {parts} phần, mạng thấy {most} mẫu một lúc; "
            f"nhiều nhất là {step}."
        )
    got = [parameter.grad().asnumpy() for parameter in trained]
    mistakes = [
        (
            [0 * a for a in right],
            "Mọi gradient đều bằng 0: hoặc chưa có gì được ghi, hoặc `grad_req` được đổi sau "
            "`backward`, mà mỗi lần đổi thì gradient bắt đầu lại từ 0.",
        ),
        (
            stale,
            "Gradient vẫn là những gì có sẵn từ trước: lời gọi này chưa ghi gì vào đó.",
        ),
        (
            [a + b for a, b in zip(right, stale, strict=True)],
            "Lần gọi thứ hai, gradient gồm cả những gì có sẵn từ trước. "
            "Hãy gọi `zero_grad()` trước phần đầu tiên.",
        ),
        (
            last,
            "Chỉ còn gradient của phần cuối cùng: mỗi lượt truyền ngược ghi đè lên lượt trước. "
            'Hãy đặt `grad_req = "add"`, và đừng xóa gradient giữa các phần.',
        ),
        (
            [a / parts for a in right],
            "Gradient đang được chia cho số phần. Gradient của cả batch là tổng của các phần.",
        ),
        (
            [a / examples for a in right],
            "Gradient đang được chia cho số mẫu. Hãy gọi `backward` trên chính mảng mà `loss` trả "
            "về, như với cả batch.",
        ),
        (
            [a / step for a in right],
            "Mỗi phần đang lấy trung bình giá trị hàm mất mát. Hãy gọi `backward` trên chính mảng "
            "mà `loss` trả về, như với cả batch.",
        ),
    ]
    if _all_same(got, right):
        return
    for mistaken, sentence in mistakes:
        if _all_same(got, mistaken):
            raise Wrong(sentence)
    raise Wrong(
        f"Với {examples} mẫu chia thành {parts} phần, gradient không bằng gradient của cả batch. "
        "Hãy xem mỗi mẫu có được dùng đúng một lần không."
    )


def _all_same(got: list[Any], wanted: list[Any]) -> bool:
    return all(probe.same(a, b) for a, b in zip(got, wanted, strict=True))


ACCUMULATE = Exercise(
    id="parameters/6",
    check=_check_accumulate,
    praise=(
        "Cả batch đi qua từng phần, gradient vẫn như khi đi một lúc, "
        "số cũ không lẫn vào, và phần đóng băng vẫn đóng băng."
    ),
    hints=(
        'Đi qua các tham số; tham số nào chưa đóng băng thì đặt `grad_req = "add"`.',
        "`net.collect_params().zero_grad()` xóa những gì có sẵn, trước phần đầu tiên.",
        "`np.split(x, parts)` chia `x` thành các phần bằng nhau; với mỗi phần, làm lượt xuôi "
        "trong `record` rồi gọi `backward`.",
    ),
    solution=Solution(
        code="""\
from mxnet import autograd, np, npx

npx.set_np()


def answer(net, loss, x, y, parts):
    params = net.collect_params()
    for param in params.values():
        if param.grad_req != "null":
            param.grad_req = "add"
    params.zero_grad()
    for some_x, some_y in zip(np.split(x, parts), np.split(y, parts), strict=True):
        with autograd.record():
            losses = loss(net(some_x), some_y)
        losses.backward()
    return net
""",
        reason=(
            "Gradient của một tổng là tổng các gradient, nên các phần cộng lại thành cả batch. "
            '`"add"` không xóa gì, nên phải tự gọi `zero_grad()` khi bắt đầu một batch mới.'
        ),
    ),
)

EXERCISES = (FLAT, IDENTITY, TUNE, UNIT_VARIANCE, AUTOENCODER, ACCUMULATE)
