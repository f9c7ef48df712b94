"""The exercises of the section model-construction, Tầng và khối."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations, product
from typing import Any

from d2lutil.exercises import probe
from d2lutil.exercises.exercise import Exercise, Solution
from d2lutil.exercises.guard import Wrong, call


def _check_mlp(answer: Any) -> None:
    probe.function(answer, "answer(sizes)")
    earlier = None
    for sizes in ([5], [6, 4], [7, 5, 4, 2], [4, 6, 4, 4]):
        net, shown = probe.build(answer, list(sizes))
        if net is earlier:
            raise Wrong(
                "Hai lần gọi `answer` trả về cùng một thực thể, nên mạng cứ dài thêm. "
                "Hãy tạo `nn.Sequential()` mới ở bên trong hàm."
            )
        earlier = net
        _try_mlp(net, shown, sizes)


def _try_mlp(net: Any, shown: str, sizes: list[int]) -> None:
    import numpy
    from mxnet import init

    x = probe.random(1, 8, 3)
    shown_pass = f"{shown}(x)"
    net.initialize(init.Zero())
    probe.output(net, shown_pass, x)
    parameters = probe.parameters(net)
    _refuse_unused(parameters, shown_pass)
    probe.fill(parameters, seed=10)
    # A weight's shape says which layer it belongs to, a bias's only where no size comes twice.
    if len(set(sizes)) < len(sizes):
        for parameter in parameters:
            if len(parameter.shape) == 1:
                parameter.set_data(parameter.data() * 0)
    got = probe.output(net, shown_pass, x)

    values = {parameter.shape: parameter.data().asnumpy() for parameter in parameters}
    found = [parameter.shape for parameter in parameters if len(parameter.shape) == 2]
    if sorted(found) != sorted(_weight_shapes(sizes)):
        if sorted(found) == sorted(_weight_shapes(sizes[::-1])):
            raise Wrong(
                f"Với `sizes = {sizes}`, các tầng đang xếp theo thứ tự ngược. "
                f"Tầng đầu tiên phải có {sizes[0]} đầu ra."
            )
        if [units for units, _ in found] == sizes:
            raise Wrong(
                f"Với `sizes = {sizes}`, mỗi số có một tầng, nhưng các tầng không nối đuôi nhau "
                f"theo đúng thứ tự: số đầu vào của chúng là `{[inputs for _, inputs in found]}`, "
                f"cần `{[inputs for _, inputs in _weight_shapes(sizes)]}`."
            )
        raise Wrong(
            f"Với `sizes = {sizes}`, các tầng kết nối đầy đủ của bạn có số đầu ra là "
            f"`{[units for units, _ in found]}`; cần đúng như `sizes`."
        )
    right = linear = x
    for number, shape in enumerate(_weight_shapes(sizes), 1):
        weight, bias = values[shape].T, values.get(shape[:1], 0)
        right, linear = right @ weight + bias, linear @ weight + bias
        if number < len(sizes):
            right = numpy.maximum(right, 0)
    known = [
        (
            numpy.maximum(right, 0),
            "ReLU đang tác động cả lên tầng cuối, nên đầu ra không bao giờ âm. "
            "Hãy bỏ hàm kích hoạt ở tầng cuối.",
        ),
        (
            linear,
            "Các tầng ẩn chưa có ReLU, nên cả mạng chỉ tương đương một tầng. "
            "Hãy thêm ReLU sau mọi tầng, trừ tầng cuối.",
        ),
    ]
    probe.compare(shown_pass, got, right, known)


def _refuse_unused(parameters: list[Any], shown: str) -> None:
    # Gluon finds out the number of inputs when a layer is called for the first time.
    for parameter in parameters:
        if any(size <= 0 for size in parameter.shape or (0,)):
            raise Wrong(
                f"Sau `{shown}`, tham số `{parameter.name}` vẫn chưa biết hình dạng: tầng chứa nó "
                "đã được tạo nhưng `forward` không dùng tới."
            )


def _weight_shapes(sizes: list[int]) -> list[tuple[int, int]]:
    return list(zip(sizes, [3, *sizes[:-1]], strict=True))


MLP = Exercise(
    id="model-construction/5",
    check=_check_mlp,
    praise=(
        "Với một, hai và bốn tầng, mỗi tầng có đúng số đầu ra trong `sizes`, "
        "và ReLU đứng sau mọi tầng trừ tầng cuối."
    ),
    hints=(
        "Bắt đầu bằng `net = nn.Sequential()` bên trong hàm, rồi gọi `net.add` trong một vòng lặp.",
        "`sizes[:-1]` là số đầu ra của mọi tầng trừ tầng cuối: chỉ những tầng ấy có ReLU.",
        '`nn.Dense(size, activation="relu")` là một tầng kèm ReLU. '
        "Sau vòng lặp, thêm `nn.Dense(sizes[-1])` rồi trả về `net`.",
    ),
    solution=Solution(
        code="""\
from mxnet.gluon import nn


def answer(sizes):
    net = nn.Sequential()
    for size in sizes[:-1]:
        net.add(nn.Dense(size, activation="relu"))
    net.add(nn.Dense(sizes[-1]))
    return net
""",
        reason=(
            "Nếu không có ReLU ở giữa, nhiều tầng kết nối đầy đủ chỉ tương đương một tầng. "
            "Tầng cuối không có ReLU để đầu ra nhận được mọi giá trị, kể cả giá trị âm."
        ),
    ),
)


def _dense(units: int, in_units: int = 0, seed: int | None = None) -> Any:
    # For inputs of any number of axes; with a seed it is ready to use, whoever registers it.
    from mxnet import init
    from mxnet.gluon import nn

    layer = nn.Dense(units, in_units=in_units, flatten=False)
    if seed is not None:
        layer.initialize(init.Zero())
        probe.fill(probe.parameters(layer), seed)
    return layer


def _check_parallel(answer: Any) -> None:
    import numpy
    from mxnet import init, np

    probe.block_class(answer, "answer(first, second)")
    x = np.array(probe.random(1, 2, 3, 4))
    first, second = _dense(4, 4, seed=10), _dense(4, 4, seed=20)
    net = probe.block(call("answer(first, second)", answer, first, second), "answer(first, second)")
    shown = "answer(first, second)(x)"
    given = x.copy()
    output = call(shown, net, given)
    if not probe.same(given.asnumpy(), x.asnumpy()):
        raise Wrong("`forward` ghi đè lên chính đầu vào `x`. Hãy tạo mảng mới.")
    if isinstance(output, (list, tuple)):
        raise Wrong(
            "Lượt truyền xuôi trả về hai kết quả rời nhau. "
            "Hãy nối chúng thành một mảng bằng `np.concatenate(..., axis=-1)`."
        )
    got = probe.array(output, shown)
    a, b, chained = (y.asnumpy() for y in (first(x), second(x), second(first(x))))
    known = [
        (
            a + b,
            "Khối của bạn cộng hai kết quả, nên không còn tách được chúng ra. "
            "Hãy nối chúng bằng `np.concatenate(..., axis=-1)`.",
        ),
        (
            numpy.concatenate([a, b], axis=0),
            "Hai kết quả đang được nối theo trục 0, tức là nối thêm mẫu vào batch. "
            "Hãy nối theo trục cuối: `axis=-1`.",
        ),
        (
            numpy.concatenate([a, b], axis=1),
            "Hai kết quả đang được nối theo trục 1, chỉ trùng với trục cuối khi `x` có hai trục. "
            "Hãy viết `axis=-1` để đúng với mọi đầu vào.",
        ),
        (
            chained,
            "Hai khối đang nối tiếp nhau: `second` nhận kết quả của `first`. "
            "Hãy cho cả hai cùng nhận `x`.",
        ),
        (
            numpy.concatenate([b, a], axis=-1),
            "Hai phần của kết quả đang đổi chỗ. Kết quả của `first` phải đứng trước.",
        ),
    ]
    right = numpy.concatenate([a, b], axis=-1)
    probe.compare(shown, got, right, known)
    for name, block in (("first", first), ("second", second)):
        if block not in _all_blocks(net):
            raise Wrong(
                f"Kết quả đúng, nhưng `{name}` không có trong danh bạ của khối, nên không được "
                f"khởi tạo, huấn luyện hay lưu. Hãy gán chính khối ấy cho một thuộc tính riêng, "
                f"như `self.{name} = {name}`; danh sách hay từ điển Python không đăng ký gì."
            )

    # Layers of other sizes, which learn their inputs only now.
    first, second = _dense(5), _dense(2)
    net = call("answer(first, second)", answer, first, second)
    net.initialize(init.Zero())
    x = np.array(probe.random(2, 6, 3))
    probe.output(net, shown, x)
    probe.fill(probe.parameters(net), seed=30)
    right = numpy.concatenate([first(x).asnumpy(), second(x).asnumpy()], axis=-1)
    probe.compare(shown, probe.output(net, shown, x), right)


PARALLEL = Exercise(
    id="model-construction/1",
    check=_check_parallel,
    praise=(
        "Hai khối con cùng nhận `x`, kết quả được nối theo trục cuối, "
        "và tham số của cả hai đều được đăng ký."
    ),
    hints=(
        "Viết một lớp kế thừa `nn.Block`, với `__init__(self, first, second)` "
        "gọi `super().__init__()` trước tiên.",
        "`self.first = first` vừa giữ khối con vừa đăng ký nó.",
        "Trong `forward`, `np.concatenate([self.first(x), self.second(x)], axis=-1)` "
        "nối hai kết quả theo trục cuối.",
    ),
    solution=Solution(
        code="""\
from mxnet import np, npx
from mxnet.gluon import nn

npx.set_np()


class ParallelBlock(nn.Block):
    def __init__(self, first, second, **kwargs):
        super().__init__(**kwargs)
        self.first = first
        self.second = second

    def forward(self, x):
        return np.concatenate([self.first(x), self.second(x)], axis=-1)


answer = ParallelBlock
""",
        reason=(
            "Gán một khối cho một thuộc tính là đăng ký nó, nên `initialize` và `collect_params` "
            "đến được tham số của nó. Trục cuối chứa các đặc trưng: nối ở đó giữ nguyên số mẫu."
        ),
    ),
)


def _check_container(answer: Any) -> None:
    from mxnet import np

    probe.block_class(answer, "answer(*blocks)")
    x = np.array(probe.random(1, 3, 4))
    a, b, c = _dense(4, 4, seed=10), _dense(4, 4, seed=20), _dense(4, 4, seed=30)
    net = probe.block(call("answer(a, b, c)", answer, a, b, c), "answer(a, b, c)")
    shown = "answer(a, b, c)(x)"
    given = x.copy()
    output = call(shown, net, given)
    if not probe.same(given.asnumpy(), x.asnumpy()):
        raise Wrong("`forward` ghi đè lên chính đầu vào `x`. Hãy tạo mảng mới.")
    if isinstance(output, (list, tuple)):
        raise Wrong(
            "Lượt truyền xuôi trả về kết quả của từng khối. "
            "Vật chứa tuần tự chỉ trả về kết quả của khối cuối cùng."
        )
    got = probe.array(output, shown)
    keeps_one = probe.holds(net, [c]) and not probe.holds(net, [a])
    known = [
        (
            a(b(c(x))).asnumpy(),
            "Các khối đang chạy theo thứ tự ngược. Khối được đưa vào trước phải chạy trước.",
        ),
        (
            a(x).asnumpy(),
            "Chỉ khối đầu tiên được chạy: có lẽ `return` nằm bên trong vòng lặp.",
        ),
        (
            c(x).asnumpy(),
            "Ba lần đăng ký có chung một khóa (hay một thuộc tính), nên khối sau đè lên khối trước "
            "và chỉ khối cuối còn lại. Hãy đặt khóa theo vị trí."
            if keeps_one
            else "Mọi khối đều nhận `x` ban đầu, nên chỉ còn lại kết quả của khối cuối. "
            "Hãy đưa kết quả của khối trước vào khối sau.",
        ),
    ]
    probe.compare(shown, got, c(b(a(x))).asnumpy(), known)
    for name, block in zip("abc", (a, b, c), strict=True):
        if block not in _all_blocks(net):
            raise Wrong(
                f"Thứ tự đúng, nhưng khối `{name}` không có trong danh bạ. Danh sách Python không "
                "đăng ký khối nào, từ điển cũng vậy: hãy gọi `self.register_child(block)`."
            )

    net, y = call("answer(a)", answer, a), a(x)
    probe.compare("answer(a)(x)", probe.output(net, "answer(a)(x)", x), y.asnumpy())

    net, shown = call("answer(a, b, a)", answer, a, b, a), "answer(a, b, a)(x)"
    known = [
        (
            b(a(x)).asnumpy(),
            "Trong `answer(a, b, a)`, khối `a` chỉ chạy một lần: hai lần thêm có chung một khóa. "
            "Hãy đặt khóa theo vị trí, đừng theo `block.name`.",
        ),
    ]
    probe.compare(shown, probe.output(net, shown, x), a(b(a(x))).asnumpy(), known)
    own = {id(parameter) for block in (a, b) for parameter in probe.parameters(block)}
    if {id(p) for child in _all_blocks(net) for p in child._reg_params.values()} != own:
        raise Wrong(
            "Trong `answer(a, b, a)`, một trong hai lần chạy dùng một bản sao của `a`, với tham số "
            "riêng. Hãy đăng ký chính khối được đưa vào, cả hai lần."
        )

    many = [a, a, a, b, c, b, c, b, c, b, a, c]
    shown = "answer(a, a, a, b, c, b, c, b, c, b, a, c)"
    net = call(shown, answer, *many)
    y = x
    for block in many:
        y = block(y)
    y = y.asnumpy()
    probe.compare(f"{shown}(x)", probe.output(net, f"{shown}(x)", x), y)
    _try_file(answer, x)


def _all_blocks(net: Any) -> list[Any]:
    found: list[Any] = []
    net.apply(found.append)
    return found


def _try_file(answer: Any, x: Any) -> None:
    saved = call("answer(a, b)", answer, _dense(4, 4, seed=10), _dense(4, 4, seed=20))
    loaded = call("answer(a, b)", answer, _dense(4, 4, seed=30), _dense(4, 4, seed=40))
    with probe.folder():
        call(
            'answer(a, b).save_parameters("net.params")',
            saved.save_parameters,
            "net.params",
            advice={'(not "int")': "Khóa phải là chuỗi, như `str(i)`, không phải số."},
        )
        try:
            loaded.load_parameters("net.params")
        except (AssertionError, ValueError):
            raise Wrong(
                "Tệp tham số của thực thể này không nạp được vào thực thể khác, "
                "vì khóa của khối con (như `block.name`) mỗi lần một khác. "
                'Hãy đặt khóa theo vị trí: `"0"`, `"1"`…'
            ) from None
    if not probe.same(probe.output(loaded, "answer(a, b)(x)", x), saved(x).asnumpy()):
        raise Wrong(
            "`load_parameters` không báo lỗi, nhưng thực thể thứ hai không cho cùng kết quả: "
            "có tham số không được lưu, hoặc được lưu nhưng không được nạp."
        )


CONTAINER = Exercise(
    id="model-construction/2",
    check=_check_container,
    praise=(
        "Các khối chạy đúng thứ tự, một khối dùng được hai lần, "
        "và tệp tham số nạp được vào một thực thể khác."
    ),
    hints=(
        "Cả hai chỗ hỏng có chung một nguyên nhân: khóa mà `register_child` nhận.",
        "`block.name` giống nhau khi cùng một khối được thêm hai lần, và khác nhau ở hai thực thể.",
        "`self.register_child(block)` đặt khóa theo vị trí khi ta không đưa tên.",
    ),
    solution=Solution(
        code="""\
from mxnet.gluon import nn


class Stack(nn.Block):
    def __init__(self, *blocks, **kwargs):
        super().__init__(**kwargs)
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self._children.values():
            x = block(x)
        return x


answer = Stack
""",
        reason=(
            "Không có tên, `register_child` lấy vị trí làm khóa: cùng một khối có thể đứng ở hai "
            "vị trí, và tên trong tệp tham số (`0.weight`, `1.weight`…) giống nhau ở mọi thực thể."
        ),
    ),
)


def _check_stack(answer: Any) -> None:
    probe.function(answer, "answer(make_block, n)")
    for n in (3, 1, 4):
        _try_stack(answer, n)


def _try_stack(answer: Any, n: int) -> None:
    from mxnet import np

    made: list[Any] = []

    def make_block() -> Any:
        # No HybridBlock, like Residual in the task.
        made.append(probe.sequential(_dense(4, 4, seed=10 * len(made))))
        return made[-1]

    shown = f"answer(make_block, {n})"
    advice = {
        "must also be HybridBlock": "Xưởng được đưa khối bất kỳ, như `Residual(8)`: hãy dùng "
        "`nn.Sequential`, không phải `nn.HybridSequential`."
    }
    net = probe.block(call(shown, answer, make_block, n, advice=advice), shown)
    if not made:
        raise Wrong(
            f"`{shown}` chưa gọi `make_block` lần nào. "
            "`make_block` là hàm, còn `make_block()` mới là một khối mới."
        )
    x = np.array(probe.random(1, 3, 4))
    got = probe.output(net, f"{shown}(x)", x)
    try:
        probe.parameters(net)
    except AssertionError:
        raise Wrong(
            "Trong mạng có những tham số khác nhau mang cùng một tên: các khối là bản sao của "
            "nhau. Hãy lấy mỗi khối từ một lần gọi `make_block()`."
        ) from None
    used = [made_block for made_block in made if probe.holds(net, [made_block])]
    repeated = x
    for _ in range(n):
        repeated = made[0](repeated)
    if n > 1 and len(used) == 1 and probe.same(got, repeated.asnumpy()):
        raise Wrong(
            f"Cả {n} tầng là cùng một khối, nên chúng dùng chung tham số. "
            "Hãy gọi `make_block()` một lần cho mỗi tầng."
        )
    if len(used) < n == len(made):
        raise Wrong(
            f"`make_block` đã được gọi đủ {n} lần, nhưng chỉ {len(used)} khối được đăng ký trong "
            "mạng trả về. Hãy thêm mỗi khối vào mạng ấy bằng `net.add`."
        )
    if len(used) != n:
        raise Wrong(
            f"Với `n = {n}`, mạng của bạn có {len(used)} khối do `make_block` tạo ra. "
            "Hãy đếm lại số lần gọi `make_block()`."
        )
    # The blocks are alike, so any order is right.
    chains = []
    for order in permutations(used):
        y = x
        for made_block in order:
            y = made_block(y)
        chains.append(y.asnumpy())
    if not any(probe.same(got, chain) for chain in chains):
        probe.compare(f"{shown}(x)", got, chains[0])


STACK = Exercise(
    id="model-construction/6",
    check=_check_stack,
    praise="Mạng có đúng `n` khối, chạy nối tiếp, và mỗi khối có tham số của riêng mình.",
    hints=(
        "`make_block` là một hàm: mỗi lần gọi `make_block()` ta có một khối mới.",
        "Lặp `n` lần bằng `for _ in range(n):`, mỗi lần thêm một khối vào `nn.Sequential`.",
        "Hãy gọi `make_block()` ở bên trong vòng lặp: `net.add(make_block())`.",
    ),
    solution=Solution(
        code="""\
from mxnet.gluon import nn


def answer(make_block, n):
    net = nn.Sequential()
    for _ in range(n):
        net.add(make_block())
    return net
""",
        reason=(
            "Mỗi lần gọi `make_block()` tạo ra một thực thể với tham số riêng. "
            "Gọi một lần rồi thêm `n` lần sẽ cho `n` tầng dùng chung tham số."
        ),
    ),
)

_IN_PLACE = (
    "Phép gán tại chỗ như `+=` ghi đè lên một mảng mà `autograd` còn cần, "
    "nên khối này không huấn luyện được. Hãy tạo mảng mới: `y = x + y`."
)
_NO_GRADIENT = (
    "Gradient không đi hết được qua khối này, nên nó không huấn luyện được. "
    "Hãy tìm chỗ rời băng ghi, như `asnumpy()`, `detach()` hay `autograd.pause()`."
)
_NOT_REGISTERED = (
    "Tầng ấy chưa được đăng ký, nên `initialize` không tới được. "
    "Hãy tạo nó trong `__init__` và gán cho một thuộc tính riêng."
)


def _is_trained(parameter: Any) -> bool:
    from mxnet.gluon import Constant

    return not isinstance(parameter, Constant) and getattr(parameter, "_differentiable", True)


def _check_residual(answer: Any) -> None:
    probe.block_class(answer, "answer(units)")
    for units in (5, 6):
        _try_residual(answer, units)


def _try_residual(answer: Any, units: int) -> None:
    from mxnet import autograd, init, np

    net, _ = probe.build(answer, units)
    _refuse_unregistered_layers(net)
    net.initialize(init.Zero())
    shown = f"answer({units})(x)"
    x = probe.random(1, 8, units)
    call(shown, net, np.array(x), advice={"has not been initialized": _NOT_REGISTERED})
    # Constants and the statistics of BatchNorm keep their values; a frozen weight is told below.
    parameters = [p for p in probe.parameters(net) if _is_trained(p)]
    _refuse_unused(parameters, shown)
    probe.fill(parameters, seed=10)

    given = np.array(x)
    got = probe.array(call(shown, net, given), shown)
    layers = _find_layers(shown, got, x, parameters)
    if not probe.same(given.asnumpy(), x):
        raise Wrong(_IN_PLACE)

    given = np.array(x)
    given.attach_grad()
    with autograd.record():
        output = call(shown, net, given, advice={"inplace operations": _IN_PLACE})
    trained = probe.array(output, shown)
    if not probe.same(trained, got):
        raise Wrong(
            f"`{shown}` cho kết quả khác đi trong chế độ huấn luyện (bên trong "
            "`autograd.record()`). Hãy tính cùng một công thức ở cả hai chế độ."
        )
    for parameter in parameters:
        if parameter.grad_req == "null":
            raise Wrong(
                f"Tham số `{parameter.name}` có `grad_req` là `'null'`, nên không bao giờ được "
                "huấn luyện."
            )
    _try_gradient(given, output, layers, parameters)


def _refuse_unregistered_layers(net: Any) -> None:
    from mxnet.gluon import Block

    if probe.parameters(net):
        return
    for value in (value for name, value in vars(net).items() if name != "_children"):
        kind = "từ điển" if isinstance(value, dict) else "danh sách"
        value = value.values() if isinstance(value, dict) else value
        if isinstance(value, Iterable) and any(isinstance(item, Block) for item in value):
            raise Wrong(
                f"Các tầng nằm trong {kind} Python nên chưa được đăng ký. "
                "Hãy gán mỗi tầng cho một thuộc tính riêng."
            )
    raise Wrong(
        "Sau `__init__`, khối chưa đăng ký tham số nào. Hãy tạo các tầng trong `__init__`, không "
        "phải trong lượt truyền xuôi, và gán mỗi tầng cho một thuộc tính riêng của `self`."
    )


def _find_layers(shown: str, got: Any, x: Any, parameters: list[Any]) -> tuple[Any, ...]:
    """Return weight and bias of the first and of the second layer, in the order of use."""
    import numpy

    units = x.shape[1]
    values = [parameter.data().asnumpy() for parameter in parameters]
    weights = [value for value in values if value.ndim == 2]
    biases = [value for value in values if value.ndim == 1]
    if [weight.shape for weight in weights] != [(units, units)] * 2:
        raise Wrong(
            f"Với `units = {units}`, khối cần đúng hai tầng kết nối đầy đủ có {units} đầu ra. "
            f"Các tầng của bạn có số đầu ra là `{[len(weight) for weight in weights]}`."
        )
    if len(biases) > 2:
        raise Wrong(
            f"Ngoài hai tầng kết nối đầy đủ, khối còn {len(biases) - 2} tham số khác có thể huấn "
            "luyện; bài này chỉ cần hai tầng ấy."
        )
    biases += [numpy.zeros(units, dtype=x.dtype)] * (2 - len(biases))
    # A class may make its layers in any order: look for the one in which they are used.
    orders = [
        (w1, b1, w2, b2)
        for pair, (b1, b2) in product(permutations(weights), permutations(biases, 2))
        # Whoever writes x @ w stores a weight the other way round.
        for w1, w2 in product(*((w, w.T) for w in pair))
    ]
    used = next((o for o in orders if probe.same(got, x + _perceptron(x, *o))), orders[0])
    known = [mistake for order in orders for mistake in _residual_mistakes(x, order)]
    probe.compare(shown, got, x + _perceptron(x, *used), known)
    return used


def _perceptron(x: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    import numpy

    return numpy.maximum(x @ w1.T + b1, 0) @ w2.T + b2


def _residual_mistakes(x: Any, layers: tuple[Any, ...]) -> list[tuple[Any, str]]:
    import numpy

    w1, b1, w2, b2 = layers
    inner = _perceptron(x, *layers)
    return [
        (inner, "Kết quả chỉ là phần perceptron. Hãy cộng thêm đầu vào: `x + ...`."),
        (
            x + numpy.maximum(inner, 0),
            "ReLU đang tác động cả lên tầng thứ hai. Chỉ tầng thứ nhất có hàm kích hoạt.",
        ),
        (
            numpy.maximum(x + inner, 0),
            "ReLU đang tác động lên cả tổng. Chỉ tầng thứ nhất có hàm kích hoạt.",
        ),
        (
            x + (x @ w1.T + b1) @ w2.T + b2,
            "Tầng thứ nhất chưa có ReLU, nên hai tầng chỉ tương đương một tầng.",
        ),
    ]


def _try_gradient(x: Any, output: Any, layers: tuple[Any, ...], parameters: list[Any]) -> None:
    import numpy

    slopes = probe.random(2, *output.shape)
    probe.backward(output, slopes, _NO_GRADIENT)
    w1, b1, w2, _ = layers
    on = x.asnumpy() @ w1.T + b1 > 0
    right = slopes + ((slopes @ w2) * on) @ w1
    if not probe.same(x.grad.asnumpy(), right) or any(
        parameter.grad_req == "null" or not numpy.any(parameter.grad().asnumpy())
        for parameter in parameters
    ):
        raise Wrong(_NO_GRADIENT)


RESIDUAL = Exercise(
    id="model-construction/3",
    check=_check_residual,
    praise="Khối cộng `x` với kết quả của perceptron, và gradient đến được mọi tham số.",
    hints=(
        'Tạo hai tầng trong `__init__`: `nn.Dense(units, activation="relu")` '
        "rồi `nn.Dense(units)`.",
        "Trong `forward(self, x)`, cho `x` đi qua hai tầng rồi cộng với chính `x`.",
        "Kết quả là `x + self.output(self.hidden(x))`: một mảng mới, không dùng `+=`.",
    ),
    solution=Solution(
        code="""\
from mxnet.gluon import nn


class Residual(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Dense(units, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return x + self.output(self.hidden(x))


answer = Residual
""",
        reason=(
            "Tầng thứ hai cũng có `units` đầu ra, nhờ vậy cộng được với `x`. "
            "Phép cộng tạo mảng mới, nên `autograd` tính được gradient."
        ),
    ),
)

_HYBRID = "ACE"
_NOT_HYBRID = {
    "B": "B hỏi `x.shape`, mà ký hiệu không có hình dạng: nó báo `AttributeError`.",
    "D": "D không báo lỗi, nhưng chế độ của lời gọi ghi đồ thị bị đông cứng: về sau nó cho cùng "
    "một công thức ở cả hai chế độ.",
    "F": "F hỏi giá trị của `x` để biết còn lặp hay không, mà ký hiệu không có giá trị.",
}
_IS_HYBRID = {
    "A": "A chỉ gọi một tầng và cộng: ký hiệu nào cũng làm được.",
    "C": "C chọn bằng `F.np.where`: phép chọn ấy nằm trong đồ thị, không hỏi giá trị nào.",
    "E": "E lặp đúng ba vòng, bất kể `x` là gì: đồ thị chứa cả ba.",
}


def _check_hybrid(answer: Any) -> None:
    chosen = probe.letters(answer, "ABCDEF", "hàm")
    # One sentence at a time, so that the rest stays to be found.
    for letter in sorted(chosen):
        if letter in _NOT_HYBRID:
            raise Wrong(_NOT_HYBRID[letter])
    for letter in _HYBRID:
        if letter not in chosen:
            raise Wrong(f"Chưa đủ. {_IS_HYBRID[letter]}")


HYBRID = Exercise(
    id="model-construction/4",
    check=_check_hybrid,
    praise="Ba hàm ấy không hỏi hình dạng, giá trị hay chế độ nào, nên đồ thị giữ trọn phép tính.",
    hints=(
        "Trong lúc ghi đồ thị, `x` là một ký hiệu: không có giá trị, không có hình dạng.",
        "Python chỉ chạy một lần, lúc ghi. Điều gì Python quyết định thì lần sau không quyết lại.",
        "Vòng lặp có số vòng cố định thì ghi được: đồ thị chứa mọi vòng.",
    ),
    solution=Solution(
        code='answer = "ACE"\n',
        reason=(
            "A, C và E chỉ gồm những phép tính trên cả mảng. B hỏi hình dạng và F hỏi giá trị, nên "
            "báo lỗi khi ghi. D lặng lẽ giữ chế độ của lời gọi ghi đồ thị."
        ),
    ),
)

EXERCISES = (PARALLEL, CONTAINER, RESIDUAL, HYBRID, MLP, STACK)
