"""The exercises of the section deferred-init, Khởi tạo trễ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from d2lutil.exercises import probe
from d2lutil.exercises.exercise import Exercise, Solution
from d2lutil.exercises.guard import Wrong, call, code


def _state(parameter: Any) -> str:
    from mxnet.gluon.parameter import DeferredInitializationError

    try:
        parameter.data()
    except DeferredInitializationError:
        return "deferred"
    except RuntimeError:
        return "uninitialized"
    return "ready"


def _names(net: Any, *states: str) -> list[str]:
    return [parameter.name for parameter in probe.parameters(net) if _state(parameter) in states]


def _dense(units: int, name: str, **options: Any) -> Any:
    # Zeros: MXNet draws nothing, whatever the answer does.
    from mxnet.gluon import nn

    return nn.Dense(units, weight_initializer="zeros", prefix=f"{name}_", **options)


def _check_shapes(answer: Any) -> None:
    probe.function(answer, "answer(shape, sizes)")
    for shape, sizes in (((3, 7), [6, 4, 2]), ((5, 6), [1]), ((2, 3, 4, 5), [9, 8])):
        _try_shapes(answer, shape, sizes)


def _try_shapes(answer: Any, shape: tuple[int, ...], sizes: list[int]) -> None:
    shown = f"answer({shape}, {sizes})"
    result = probe.sequence(call(shown, answer, shape, list(sizes)), shown)
    for item in result:
        if not isinstance(item, (list, tuple)):
            raise Wrong(
                f"Trong kết quả của `{shown}` có {code(str(item))}, không phải một bộ. "
                "Hình dạng của một vector 6 số là `(6,)`, với dấu phẩy."
            )
    got = [tuple(item) for item in result]

    def shapes(first: int, *, inputs: Sequence[int] = ()) -> list[tuple[int, ...]]:
        inputs = inputs or [first, *sizes[:-1]]
        pairs = zip(sizes, inputs, strict=True)
        return [item for units, d in pairs for item in ((units, d), (units,))]

    features = math.prod(shape[1:])
    right = shapes(features)
    known = [
        (
            [item[::-1] for item in right],
            "Các trọng số đang viết theo thứ tự (đầu vào, đầu ra). "
            "Gluon lưu trọng số theo thứ tự (đầu ra, đầu vào).",
        ),
        (
            right[::2],
            "Danh sách chỉ có trọng số. Mỗi tầng `Dense` còn có hệ số điều chỉnh, "
            "hình dạng `(số đầu ra,)`.",
        ),
        (
            right[::2] + right[1::2],
            "Các hình dạng đều đúng nhưng sai thứ tự: "
            "sau mỗi trọng số phải là hệ số điều chỉnh của chính tầng ấy.",
        ),
        (
            shapes(shape[0]),
            "Tầng đầu đang lấy cỡ batch làm số đầu vào. Trục đầu tiên đếm số mẫu, "
            "không vào tham số nào.",
        ),
        (
            shapes(math.prod(shape)),
            "Tầng đầu đang nhân cả cỡ batch vào số đầu vào. Hãy bỏ trục đầu tiên: `shape[1:]`.",
        ),
        (
            shapes(features, inputs=[features] * len(sizes)),
            "Mọi tầng đang nhận đầu vào của tầng đầu. "
            "Đầu vào của mỗi tầng là đầu ra của tầng đứng trước.",
        ),
        (
            shapes(-1, inputs=[-1] * len(sizes)),
            "Các hình dạng còn `-1`: chưa có dữ liệu nào đi qua. "
            "Hãy cho một batch hình dạng `shape` qua mạng trước khi đọc.",
        ),
        *(
            (
                shapes(axis),
                "Khi batch có nhiều hơn hai trục, `Dense` duỗi thẳng mỗi mẫu: "
                "số đầu vào là tích của mọi trục trừ trục đầu tiên.",
            )
            for axis in (shape[1], shape[-1])
        ),
    ]
    probe.compare(shown, got, right, known)


SHAPES = Exercise(
    id="deferred-init/1",
    check=_check_shapes,
    praise=(
        "Mọi hình dạng đều đúng, kể cả khi batch có nhiều trục: "
        "mỗi tầng nhận đúng số đầu ra của tầng đứng trước."
    ),
    hints=(
        "Trọng số của một tầng `Dense` có hình dạng (số đầu ra, số đầu vào), "
        "hệ số điều chỉnh có hình dạng `(số đầu ra,)`.",
        "Số đầu vào của tầng đầu là tích các số trong `shape[1:]`; "
        "số đầu vào của mỗi tầng sau là số đầu ra của tầng đứng trước.",
        "Giữ số đầu vào trong một biến: trong vòng lặp qua `sizes`, dùng nó, "
        "rồi gán cho nó số đầu ra của tầng vừa xong.",
    ),
    solution=Solution(
        code="""\
import math


def answer(shape, sizes):
    shapes = []
    inputs = math.prod(shape[1:])
    for units in sizes:
        shapes += [(units, inputs), (units,)]
        inputs = units
    return shapes
""",
        reason=(
            "Đây chính là phép suy ra hình dạng: số đầu vào được trao tay từ tầng này sang tầng "
            "kia, còn cỡ batch không vào tham số nào. Dựng một mạng rồi chạy nháp cũng cho cùng "
            "kết quả."
        ),
    ),
)


def _check_waiting(answer: Any) -> None:
    from mxnet import np

    probe.function(answer, "answer(net)")
    x = np.zeros((2, 5))

    def build(**options: Any) -> Any:
        inner = probe.sequential(_dense(4, "a", **options), _dense(3, "b"))
        return probe.sequential(inner, _dense(2, "c"))

    deferred = build()
    deferred.initialize()
    _try_waiting(answer, deferred, "đã khởi tạo và chưa thấy dữ liệu")

    mixed = build(in_units=5)
    mixed.initialize()
    probe.parameters(mixed)[2].set_data(np.ones((3, 4)))
    _try_waiting(answer, mixed, "có một tầng viết sẵn `in_units` và một tầng vừa nhận `set_data`")

    _try_waiting(answer, build(), "chưa khởi tạo")

    ready = build()
    ready.initialize()
    ready(x)
    _try_waiting(answer, ready, "đã chạy một lượt")


def _try_waiting(answer: Any, net: Any, kind: str) -> None:
    shown = "answer(net)"
    before = [(_state(parameter), parameter.shape) for parameter in probe.parameters(net)]
    waiting = _names(net, "deferred")
    blank = [parameter.name for parameter in probe.parameters(net) if -1 in parameter.shape]
    got = probe.sequence(call(shown, answer, net), shown)
    if [(_state(parameter), parameter.shape) for parameter in probe.parameters(net)] != before:
        raise Wrong(
            f"Với mạng {kind}, sau khi gọi `{shown}`, trạng thái của mạng đã khác trước. "
            "Hãy chỉ đọc tham số, đừng khởi tạo mạng hay cho dữ liệu đi qua."
        )
    if got and not all(isinstance(item, str) for item in got):
        raise Wrong(
            f"Danh sách có một giá trị kiểu `{type(got[0]).__name__}`; "
            "bài này cần tên của tham số, tức là `param.name`."
        )
    if got == waiting:
        return
    if got == blank:
        raise Wrong(
            f"Với mạng {kind}, hàm của bạn chọn theo dấu `-1` trong hình dạng. Hình dạng không "
            "cho biết trạng thái: một tham số chưa khởi tạo cũng có `-1`, còn một tham số vừa "
            "nhận `set_data` thì đủ hình dạng mà vẫn hoãn. Hãy thử đọc `data()`."
        )
    if got == _names(net, "deferred", "uninitialized"):
        raise Wrong(
            f"Với mạng {kind}, danh sách có cả những tham số chưa khởi tạo: "
            "`except RuntimeError` bắt cả hai lỗi. "
            "Hãy chỉ bắt `DeferredInitializationError`."
        )
    if got == _names(net, "ready", "uninitialized"):
        raise Wrong(
            f"Với mạng {kind}, danh sách có đúng những tham số *không* bị hoãn. "
            "Hãy chọn những tham số mà `data()` báo `DeferredInitializationError`."
        )
    if sorted(got) == sorted(waiting):
        raise Wrong("Tên thì đúng, nhưng sai thứ tự. Hãy giữ thứ tự của `collect_params()`.")
    if not got or got == waiting[:1]:
        raise Wrong(
            f"Với mạng {kind}, danh sách của bạn là {code(str(got))}, thiếu vài tham số đang hoãn. "
            "Hãy đi qua mọi tham số trong `net.collect_params()`, và đặt `return` sau vòng lặp."
        )
    raise Wrong(f"Với mạng {kind}, `answer(net)` cho {code(str(got))}, cần {code(str(waiting))}.")


WAITING = Exercise(
    id="deferred-init/2",
    check=_check_waiting,
    praise=(
        "Danh sách có đúng những tham số đang hoãn, cả khi hình dạng đã đủ, và mạng vẫn như trước."
    ),
    hints=(
        "`net.collect_params().values()` cho từng tham số, kể cả của các khối con; "
        "`param.name` là tên của nó.",
        "Chỉ có một cách chắc chắn để biết trạng thái: thử gọi `param.data()` rồi bắt lỗi.",
        "`try: param.data()`, rồi `except DeferredInitializationError:` ghi tên, "
        "`except RuntimeError:` bỏ qua. Lỗi con phải đứng trước.",
    ),
    solution=Solution(
        code="""\
from mxnet.gluon.parameter import DeferredInitializationError


def answer(net):
    waiting = []
    for param in net.collect_params().values():
        try:
            param.data()
        except DeferredInitializationError:
            waiting.append(param.name)
        except RuntimeError:
            pass
    return waiting
""",
        reason=(
            "Dấu `-1` trong hình dạng không đủ để phân biệt: tham số chưa khởi tạo cũng có nó, còn "
            "tham số nhận `set_data` khi đang hoãn thì không. Chính loại lỗi mà `data()` báo mới "
            "cho biết trạng thái."
        ),
    ),
)


Births = list[tuple[str, tuple[int, ...]]]


def _check_diary(answer: Any) -> None:
    from mxnet.gluon import nn

    class Crossing(nn.Block):  # type: ignore[misc]
        # Uses its layers in another order than it names them.
        def __init__(self) -> None:
            super().__init__()
            self.last = nn.Dense(2, prefix="last_")
            self.first = nn.Dense(6, prefix="first_")
            self.middle = nn.Dense(4, in_units=6, prefix="middle_")

        def forward(self, x: Any) -> Any:
            return self.last(self.middle(self.first(x)))

    probe.function(answer, "answer(net, x)")
    straight = probe.sequential(nn.Dense(5, prefix="one_"), nn.Dense(3, prefix="two_"))
    _try_diary(answer, straight, [("one_weight", (5, 4)), ("two_weight", (3, 5))])
    born: Births = [("middle_weight", (4, 6)), ("first_weight", (6, 4)), ("last_weight", (2, 4))]
    _try_diary(answer, Crossing(), born)


def _try_diary(answer: Any, net: Any, right: Births) -> None:
    from mxnet import np

    shown = "answer(net, x)"
    advice = {
        "RecursionError": (
            "Bộ khởi tạo của bạn gọi lại chính nó. Hãy tự điền mảng trong `_init_weight`: "
            "`data[:] = 0.5`."
        ),
        "NotImplementedError": "Phương thức cần viết tên là `_init_weight(self, name, data)`.",
    }
    x = np.array(probe.random(1, 2, 4))
    result = probe.sequence(call(shown, answer, net, x, advice=advice), shown)
    pairs = [
        (str(item[0]), tuple(item[1]))
        if isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[1], (list, tuple))
        else item
        for item in result
    ]
    if waiting := _names(net, "deferred", "uninitialized"):
        raise Wrong(
            f"Sau `{shown}`, tham số `{waiting[0]}` vẫn chưa có giá trị. "
            "Hãy khởi tạo mạng rồi cho `x` đi qua."
        )
    _explain_diary(net, pairs, right)
    for parameter in probe.parameters(net):
        values = parameter.data().asnumpy()
        if len(parameter.shape) == 2 and not (values == 0.5).all():
            raise Wrong(
                f"Nhật ký đúng, nhưng `{parameter.name}` không bằng 0,5 ở mọi chỗ. "
                "Bộ khởi tạo còn phải điền mảng: `data[:] = 0.5`."
            )


def _explain_diary(net: Any, got: list[Any], right: Births) -> None:
    listed = [(parameter.name, parameter.shape) for parameter in probe.parameters(net)]
    blank = [(name, (shape[0], -1)) for name, shape in right]
    known = [
        (
            [item for item in listed if item in right],
            "Nhật ký theo thứ tự của `collect_params()`, không phải thứ tự ra đời. "
            "Hãy để chính bộ khởi tạo ghi, vào lúc nó được gọi.",
        ),
        (
            listed,
            "Nhật ký có cả hệ số điều chỉnh, theo thứ tự của `collect_params()`. "
            "Hãy để bộ khởi tạo ghi: nó chỉ được gọi cho trọng số, vào lúc chúng ra đời.",
        ),
        (
            right * 2,
            "Mỗi trọng số có mặt hai lần, trong khi nó chỉ ra đời một lần. "
            "Hãy cho nhật ký bắt đầu rỗng, và khởi tạo mạng đúng một lần.",
        ),
        (
            [name for name, _ in right],
            "Nhật ký chỉ có tên. Mỗi mục là một cặp `(tên, hình dạng)`.",
        ),
        (
            [shape for _, shape in right],
            "Nhật ký chỉ có hình dạng. Mỗi mục là một cặp `(tên, hình dạng)`.",
        ),
        (
            [],
            "Nhật ký rỗng: bộ khởi tạo chưa được gọi lần nào trước khi bạn trả kết quả. "
            "Hãy đưa nó cho `net.initialize` và cho `x` đi qua mạng.",
        ),
    ]
    if any(item in blank for item in got):
        raise Wrong(
            "Trong nhật ký có hình dạng còn `-1`: nó được ghi trước khi dữ liệu đi qua. "
            "Hãy để bộ khởi tạo ghi `data.shape`."
        )
    probe.compare("answer(net, x)", got, right, known)


DIARY = Exercise(
    id="deferred-init/3",
    check=_check_diary,
    praise=(
        "Nhật ký theo đúng thứ tự ra đời, kể cả khi các tầng chạy khác thứ tự được kể tên "
        "và một tầng viết sẵn `in_units`."
    ),
    hints=(
        "Viết một lớp kế thừa `init.Initializer`; phương thức `_init_weight(self, name, data)` "
        "được gọi đúng lúc một trọng số ra đời.",
        "Trong phương thức ấy, hãy thêm `(name, data.shape)` vào nhật ký rồi điền mảng: "
        "`data[:] = 0.5`.",
        "Lớp có thể nằm bên trong hàm, nhờ vậy nó nhìn thấy danh sách `diary = []` của hàm. "
        "Sau đó `net.initialize(Diary())`, `net(x)`, rồi trả về `diary`.",
    ),
    solution=Solution(
        code="""\
from mxnet import init


def answer(net, x):
    diary = []

    class Diary(init.Initializer):
        def _init_weight(self, name, data):
            diary.append((name, data.shape))
            data[:] = 0.5

    net.initialize(Diary())
    net(x)
    return diary
""",
        reason=(
            "Bộ khởi tạo được gọi đúng lúc giá trị ra đời: với tầng viết sẵn `in_units` là ngay "
            "trong `initialize`, với các tầng khác là khi dữ liệu đến nơi. "
            "Thứ tự của `collect_params()` là thứ tự kể tên, có thể khác hẳn."
        ),
    ),
)


def _check_total(answer: Any) -> None:
    import numpy
    from mxnet.gluon import nn

    probe.function(answer, "answer(net, shape)")
    plain = probe.sequential(_dense(6, "a"), _dense(2, "b"))
    _try_total(answer, plain, (3, 5), 6 * 5 + 6 + 2 * 6 + 2)

    shared = _dense(4, "shared")
    tied = probe.sequential(
        shared, nn.Dense(4, params=shared.params), _dense(3, "c", use_bias=False)
    )
    _try_total(answer, tied, (2, 4), 4 * 4 + 4 + 3 * 4)

    filters = nn.Conv2D(5, kernel_size=3, weight_initializer="zeros", prefix="d_")
    net = probe.sequential(filters, _dense(2, "e"))
    _try_total(answer, net, (1, 3, 6, 7), 140 + 2 * 5 * 4 * 5 + 2)

    used = probe.sequential(_dense(3, "f", in_units=4), _dense(2, "g", in_units=3))
    used.initialize()
    probe.fill(probe.parameters(used), seed=10)
    before = [parameter.data().asnumpy() for parameter in probe.parameters(used)]
    _try_total(answer, used, (2, 4), 3 * 4 + 3 + 2 * 3 + 2)
    for parameter, values in zip(probe.parameters(used), before, strict=True):
        if not numpy.array_equal(parameter.data().asnumpy(), values):
            raise Wrong(
                "Mạng đang được sử dụng đã mất các giá trị của nó. "
                "Đừng dùng `force_reinit=True`: `initialize()` tự bỏ qua tham số đã sẵn sàng."
            )


def _try_total(answer: Any, net: Any, shape: tuple[int, ...], right: int) -> None:
    shown = f"answer(net, {shape})"
    early = sum(math.prod(parameter.shape) for parameter in probe.parameters(net))
    advice = {
        "has not been initialized": (
            "Hãy gọi `net.initialize()`, rồi cho một batch đi qua, rồi mới đọc giá trị."
        ),
        # What the engine has still to do may fail: an empty batch does so, after its shapes.
        "delay_alloc": "Batch rỗng không tính được. Hãy chạy nháp với `np.zeros(shape)`.",
    }
    total = probe.whole(call(shown, answer, net, shape, advice=advice), shown)
    parameters = probe.parameters(net)
    known = [
        (
            early,
            f"`{shown}` cho {early}: bạn đã đếm khi hình dạng còn `-1`. "
            "Hãy cho dữ liệu đi qua mạng trước khi đếm.",
        ),
        (
            len(parameters),
            "Hàm của bạn đếm số tham số, không phải số con số bên trong chúng. "
            "`param.data().size` cho biết một tham số chứa bao nhiêu con số.",
        ),
        (
            sum(math.prod(p.shape) for p in parameters if len(p.shape) > 1),
            "Tổng chỉ có các trọng số. Hệ số điều chỉnh cũng là tham số.",
        ),
        (
            sum(
                math.prod(parameter.shape)
                for layer in net
                for parameter in layer.collect_params().values()
            ),
            "Tham số dùng chung bị đếm hai lần. Hãy đi theo `net.collect_params()`, "
            "nơi mỗi tham số chỉ được liệt kê một lần.",
        ),
    ]
    probe.compare(shown, total, right, known)
    if waiting := _names(net, "deferred", "uninitialized"):
        raise Wrong(
            f"Con số đúng, nhưng sau đó tham số `{waiting[0]}` vẫn chưa sẵn sàng. "
            "Hãy khởi tạo mạng rồi cho một batch đi qua."
        )


TOTAL = Exercise(
    id="deferred-init/4",
    check=_check_total,
    praise=(
        "Tổng đúng với mạng kết nối đầy đủ, mạng tích chập và mạng dùng chung tham số; "
        "giá trị có từ trước vẫn nguyên vẹn."
    ),
    hints=(
        "Trước hết phải có đủ hình dạng: khởi tạo mạng, rồi chạy nháp với `np.zeros(shape)`.",
        "`net.initialize()` không đụng đến những tham số đã sẵn sàng, "
        "nên gọi nó lúc nào cũng an toàn với mạng đang được sử dụng.",
        "Cộng `param.data().size` với mọi `param` trong `net.collect_params().values()`.",
    ),
    solution=Solution(
        code="""\
from mxnet import np, npx

npx.set_np()


def answer(net, shape):
    net.initialize()
    net(np.zeros(shape))
    return sum(param.data().size for param in net.collect_params().values())
""",
        reason=(
            "Chạy nháp điền mọi chỗ trống, `data().size` không thể nói dối như tích của một hình "
            "dạng còn `-1`, và `collect_params()` kể mỗi tham số dùng chung một lần. "
            "Không có `force_reinit=True`, lời gọi `initialize` để yên những giá trị đã có."
        ),
    ),
)


def _check_camera(answer: Any) -> None:
    probe.block_class(answer, "answer(filters, grades)")
    net = _new_camera(answer, 5, 4)
    _try_camera(net, "answer(5, 4)(x)", (2, 3, 12, 15))
    _try_camera(net, "answer(5, 4)(x)", (3, 3, 9, 20))
    for channels in (1, 7):
        another = _new_camera(answer, 2, 3)
        if another is net:
            raise Wrong(
                "Hai lần gọi `answer` trả về cùng một thực thể. Hãy tạo mạng mới bên trong hàm."
            )
        net = another
        _try_camera(
            net,
            "answer(2, 3)(x)",
            (2, channels, 8, 8),
            f"Mạng không nhận ảnh có {channels} kênh: số kênh đã được viết sẵn. "
            "Hãy bỏ `in_channels` (và `in_units`) để dữ liệu tự điền vào.",
        )


def _new_camera(answer: Any, filters: int, grades: int) -> Any:
    from mxnet import init

    net, _ = probe.build(answer, filters, grades)
    net.initialize(init.Zero())
    return net


_WRITTEN = (
    "Ảnh đầu tiên đã không qua được: số kênh hay số đầu vào viết sẵn trong mạng không khớp. "
    "Hãy bỏ `in_channels` và `in_units` để dữ liệu tự điền vào."
)


def _try_camera(net: Any, shown: str, shape: tuple[int, ...], on_mismatch: str = _WRITTEN) -> None:
    from mxnet import np

    x = np.array(probe.random(1, *shape))
    advice = {
        "Shape inconsistent": on_mismatch,
        "kernel size exceed": (
            "Hãy để tầng tích chập đứng trước, rồi mới lấy trung bình của mỗi kênh."
        ),
    }
    probe.output(net, shown, x, advice=advice)
    parameters = probe.parameters(net)
    probe.fill(parameters, seed=10)
    known, right = _camera_results(parameters, x)
    probe.compare(shown, probe.output(net, shown, x), right, known)


def _camera_results(parameters: list[Any], x: Any) -> tuple[list[tuple[Any, str]], Any]:
    import numpy
    from mxnet import npx

    kernels = [p.data() for p in parameters if len(p.shape) == 4]
    weights = [p.data().asnumpy() for p in parameters if len(p.shape) == 2]
    biases = {p.shape: p.data() for p in parameters if len(p.shape) == 1}
    if len(kernels) != 1 or len(weights) != 1 or kernels[0].shape[2:] != (3, 3):
        raise Wrong(
            r"Mạng cần đúng một tầng tích chập với bộ lọc $3 \times 3$ và một tầng `Dense`. "
            f"Các trọng số của bạn có hình dạng "
            f"{code(str([p.shape for p in parameters if len(p.shape) > 1]))}."
        )
    kernel, weight = kernels[0], weights[0]
    filters, grades = len(kernel), len(weight)

    def maps(pad: int) -> Any:
        bias = biases.get((filters,))
        extra = [] if bias is None else [bias]
        options = {"kernel": (3, 3), "pad": (pad, pad), "num_filter": filters}
        return npx.convolution(x, kernel, *extra, no_bias=bias is None, **options).asnumpy()

    def scores(features: Any) -> Any:
        bias = biases.get((grades,))
        return features @ weight.T + (0 if bias is None else bias.asnumpy())

    plain = maps(0)
    kept = numpy.maximum(plain, 0)
    if weight.shape[1] != filters:
        raise Wrong(
            f"Tầng `Dense` đang nhận {weight.shape[1]} con số; sau khi lấy trung bình của mỗi "
            f"kênh, chỉ còn {filters}. Hãy đặt `nn.GlobalAvgPool2D()` trước tầng ấy."
        )
    right = scores(kept.mean(axis=(2, 3)))
    known = [
        (
            scores(plain.mean(axis=(2, 3))),
            'Tầng tích chập chưa có ReLU. Hãy thêm `activation="relu"`.',
        ),
        (
            scores(numpy.maximum(plain.mean(axis=(2, 3)), 0)),
            "ReLU đang đứng sau phép lấy trung bình. "
            "Hãy đặt nó ngay sau tầng tích chập, trước khi lấy trung bình.",
        ),
        (
            scores(kept.max(axis=(2, 3))),
            "Mỗi kênh đang được thay bằng giá trị lớn nhất. "
            "Bài này cần trung bình: `nn.GlobalAvgPool2D()`.",
        ),
        (
            numpy.maximum(right, 0),
            "ReLU đang tác động cả lên các điểm số. Tầng `Dense` không có hàm kích hoạt.",
        ),
        (
            scores(numpy.maximum(maps(1), 0).mean(axis=(2, 3))),
            "Tầng tích chập đang đệm thêm viền quanh ảnh. Hãy bỏ `padding`.",
        ),
    ]
    return known, right


CAMERA = Exercise(
    id="deferred-init/5",
    check=_check_camera,
    praise=(
        "Một mạng nhận ảnh đủ cỡ, và cùng một dòng dựng được mạng "
        "cho ảnh một, ba hay bảy kênh: dữ liệu điền mọi chỗ trống."
    ),
    hints=(
        '`nn.Conv2D(filters, kernel_size=3, activation="relu")` không cần `in_channels`: '
        "số kênh được đọc từ ảnh đầu tiên.",
        "Tầng `Dense` đông cứng theo số đầu vào của lượt đầu tiên, "
        "nên trước nó phải là thứ luôn cho cùng một lượng con số.",
        "`nn.GlobalAvgPool2D()` thay mỗi kênh bằng trung bình của nó. "
        "Đặt nó giữa tầng tích chập và tầng `Dense`.",
    ),
    solution=Solution(
        code="""\
from mxnet.gluon import nn


def answer(filters, grades):
    net = nn.Sequential()
    net.add(
        nn.Conv2D(filters, kernel_size=3, activation="relu"),
        nn.GlobalAvgPool2D(),
        nn.Dense(grades),
    )
    return net
""",
        reason=(
            "Trọng số của tầng tích chập chỉ chờ số kênh, không chờ cỡ ảnh. Phép lấy trung bình "
            "để lại đúng một con số cho mỗi bộ lọc, nên tầng `Dense` lúc nào cũng nhận "
            "`filters` con số, ảnh cỡ nào cũng vậy."
        ),
    ),
)

EXERCISES = (SHAPES, WAITING, DIARY, TOTAL, CAMERA)
