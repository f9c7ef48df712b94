"""The exercises of the section deferred-init, Khởi tạo trễ."""

from __future__ import annotations

import contextlib
import itertools
import math
import os
from collections.abc import Iterator, Sequence
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


_READY = {
    "B": "B có hình dạng `(6,)`: mỗi bộ lọc một số, mà số bộ lọc thì đã viết.",
    "G": "G có hình dạng `(10, 6)`: `in_units=6` đã điền chỗ trống.",
    "H": "H có hình dạng `(10,)`: chỉ cần số đầu ra, mà số ấy đã viết.",
}
_CHANNELS = "`BatchNorm` giữ một con số cho mỗi kênh, mà tầng này chưa biết có bao nhiêu kênh"
_NOT_READY = {
    "A": "A đang hoãn: hình dạng là `(6, -1, 3, 3)`, số kênh của ảnh còn trống.",
    "C": f"C đang hoãn: {_CHANNELS}.",
    "D": f"D đang hoãn, dù là số cộng thêm như một hệ số điều chỉnh: {_CHANNELS}.",
    "E": f"E đang hoãn: {_CHANNELS}.",
    "F": f"F đang hoãn: {_CHANNELS}.",
}


def _check_ready(answer: Any) -> None:
    chosen = probe.letters(answer, "ABCDEFGH", "tham số")
    # One sentence at a time, so that the rest stays to be found.
    for letter in sorted(chosen & set(_NOT_READY)):
        raise Wrong(_NOT_READY[letter])
    for letter in sorted(set(_READY) - chosen):
        raise Wrong(f"Chưa đủ. {_READY[letter]}")


READY = Exercise(
    id="deferred-init/1",
    check=_check_ready,
    praise=(
        "Ba hình dạng ấy không cần số nào của dữ liệu. "
        "Năm tham số kia đều chờ số kênh đi tới tầng của chúng."
    ),
    hints=(
        "Hãy viết ra hình dạng của từng tham số, chỗ nào chưa biết thì ghi dấu hỏi.",
        "`initialize` xét riêng từng tham số, và một tầng không nhìn thấy tầng đứng trước nó: "
        "`BatchNorm` không biết `Conv2D` có 6 bộ lọc.",
        "`in_units=6` là số đầu vào của `Dense`.",
    ),
    solution=Solution(
        code='answer = "BGH"\n',
        reason=(
            "Hình dạng của B, G và H là `(6,)`, `(10, 6)` và `(10,)`: không còn chỗ trống. "
            "A chờ số kênh của ảnh; C, D, E và F chờ số kênh mà `Conv2D` đưa tới."
        ),
    ),
)


def _check_slip(answer: Any) -> None:
    if not isinstance(answer, (list, tuple)):
        raise Wrong(
            f"`answer` là một giá trị kiểu `{type(answer).__name__}`; bài này cần một danh sách "
            "gồm bốn hình dạng."
        )
    for item in answer:
        if not isinstance(item, (list, tuple)):
            raise Wrong(
                f"Trong `answer` có {code(str(item))}, không phải một bộ. "
                "Hình dạng của một vector 10 số là `(10,)`, với dấu phẩy."
            )
    got = [tuple(probe.whole(number, "answer") for number in item) for item in answer]
    right = [(10, 5), (10,), (4, 30), (4,)]
    known = [
        (
            [(10, 5), (10,), (4, 60), (4,)],
            "Những hình dạng ấy là của lời gọi `net(batch)`. Ở đây `batch[0]` có hình dạng "
            "`(2, 3, 5)`, và trục đầu của nó bị coi là trục batch.",
        ),
        (
            [(10, 15), (10,), (4, 10), (4,)],
            "Bạn gộp các trục ngay ở tầng thứ nhất. Tầng ấy có `flatten=False`: "
            "nó làm việc theo trục cuối, các trục khác để nguyên.",
        ),
        (
            [(10, 30), (10,), (4, 10), (4,)],
            "Bạn tính cho `net(batch)` và bỏ qua `flatten=False`. Mảng đi vào là `batch[0]`, "
            "hình dạng `(2, 3, 5)`; tầng thứ nhất làm việc theo trục cuối.",
        ),
        (
            [(10, 5), (10,), (4, 10), (4,)],
            "Tầng thứ hai không có `flatten=False`: nó gộp mọi trục, trừ trục đầu, "
            "của thứ mà tầng thứ nhất đưa ra.",
        ),
        (right[::2], "Danh sách chỉ có trọng số. Mỗi tầng còn có hệ số điều chỉnh."),
    ]
    for mistaken, sentence in known:
        if got == mistaken:
            raise Wrong(sentence)
    if len(got) != 4:
        raise Wrong(f"Danh sách có {len(got)} hình dạng; hai tầng có bốn tham số.")
    names = ("trọng số", "hệ số điều chỉnh")
    for number, (mine, shape) in enumerate(zip(got, right, strict=True)):
        if mine == shape:
            continue
        if number % 2:
            advice = "Hệ số điều chỉnh là một vector: mỗi đầu ra một số."
        elif mine == shape[::-1]:
            advice = "Gluon lưu trọng số theo thứ tự (đầu ra, đầu vào); bạn đang viết ngược lại."
        else:
            advice = "Hãy viết ra hình dạng của mảng đi vào tầng ấy."
        raise Wrong(
            f"Hình dạng {code(str(mine))} chưa đúng cho {names[number % 2]} của tầng thứ "
            f"{'nhất' if number < 2 else 'hai'}. {advice}"
        )


SLIP = Exercise(
    id="deferred-init/2",
    check=_check_slip,
    praise=(
        "Không thấy lỗi nào, nhưng trọng số thứ hai đã thành `(4, 30)`: mọi batch đúng, vốn đòi "
        "`(4, 60)`, đều bị từ chối."
    ),
    hints=(
        "`batch[0]` có hình dạng `(2, 3, 5)`. Thư viện coi trục đầu của nó là trục batch.",
        "`flatten=False` làm việc theo trục cuối: `(2, 3, 5)` thành `(2, 3, 10)`.",
        "Tầng thứ hai gộp mọi trục của `(2, 3, 10)`, trừ trục đầu.",
    ),
    solution=Solution(
        code="answer = [(10, 5), (10,), (4, 30), (4,)]\n",
        reason=(
            "`batch[0]` có hình dạng `(2, 3, 5)`. Tầng thứ nhất đọc số 5 ở trục cuối và cho ra "
            "`(2, 3, 10)`; tầng thứ hai coi đó là hai mẫu, mỗi mẫu $3 \\cdot 10 = 30$ số."
        ),
    ),
)


def _two_heads() -> Any:
    from mxnet import init, np
    from mxnet.gluon import nn

    class Given(init.Initializer):  # type: ignore[misc]
        # Draws nothing, and gives the same values whenever it is called.
        def _init_weight(self, name: str, data: Any) -> None:
            data[:] = np.array(probe.random(len(data), *data.shape))

    class TwoHeads(nn.Block):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.body = self.dense(6, "body_", activation="relu")
            self.grade = self.dense(4, "grade_")
            self.price = self.dense(2, "price_")

        def dense(self, units: int, prefix: str, **options: Any) -> Any:
            given = Given()
            return nn.Dense(
                units, weight_initializer=given, bias_initializer=given, prefix=prefix, **options
            )

        def forward(self, x: Any, want_price: bool = False) -> Any:
            h = self.body(x)
            return self.price(h) if want_price else self.grade(h)

    return TwoHeads()


def _check_heads(answer: Any) -> None:
    from mxnet import autograd, gluon, np

    probe.function(answer, "answer(net, x, path)")
    x = np.array(probe.random(1, 5, 3))
    right = _two_heads()
    right.initialize()
    right(x, True)
    before = right(x).asnumpy()
    trainer = gluon.Trainer(right.collect_params("body|grade"), "sgd", {"learning_rate": 0.1})
    with autograd.record():
        loss = right(x).sum()
    loss.backward()
    trainer.step(len(x))

    shown = "answer(net, x, path)"
    advice = {
        "was deferred": (
            "Tham số được nêu tên chưa có giá trị: chưa có dữ liệu nào đi tới tầng của nó. "
            "Hãy cho `x` đi qua cả nhánh ấy trước."
        ),
        "has not been updated by backward": (
            "Đó là việc thứ hai: hãy báo cho bộ huấn luyện rằng ta cố ý để yên đầu đoán giá."
        ),
    }
    net = _two_heads()
    layers = {name: getattr(net, name) for name in ("body", "grade", "price")}
    with probe.folder():
        result = probe.block(call(shown, answer, net, x, "net.params", advice=advice), shown)
        if result is not net:
            raise Wrong(f"`{shown}` phải trả về chính mạng `net` mà nó nhận.")
        if waiting := _names(net, "deferred", "uninitialized"):
            raise Wrong(f"Sau `{shown}`, tham số `{waiting[0]}` vẫn chưa có giá trị.")
        for name, layer in layers.items():
            if getattr(net, name) is not layer:
                raise Wrong(
                    f"`net.{name}` đã bị thay bằng tầng khác. "
                    "Hãy giữ tầng cũ và cho `x` đi qua nhánh của nó."
                )
        known = [
            (
                before,
                "Phần thân và đầu xếp loại vẫn giữ giá trị ban đầu: "
                "bước huấn luyện đã không đến được với chúng.",
            )
        ]
        _try_price(net, right)
        probe.compare("net(x)", probe.output(net, "net(x)", x), right(x).asnumpy(), known)
        _try_heads_file(net)


def _try_price(net: Any, right: Any) -> None:
    for parameter, expected in zip(
        probe.parameters(net.price), probe.parameters(right.price), strict=True
    ):
        if parameter.shape != expected.shape:
            raise Wrong(
                f"`{parameter.name}` có hình dạng {code(str(parameter.shape))}, không hợp với thứ "
                "mà phần thân đưa ra. Hãy cho `x` đi qua cả nhánh đoán giá."
            )
        if not probe.same(parameter.data().asnumpy(), expected.data().asnumpy()):
            raise Wrong(
                f"`{parameter.name}` không còn giá trị ban đầu. Bước này chỉ huấn luyện việc xếp "
                "loại; đầu đoán giá phải để nguyên."
            )


def _try_heads_file(net: Any) -> None:
    if not os.path.exists("net.params"):
        raise Wrong("Bước huấn luyện đúng, nhưng không có tệp nào ở `path`: mạng chưa được lưu.")
    loaded = _two_heads()
    try:
        loaded.load_parameters("net.params")
    except (AssertionError, ValueError):
        raise Wrong(
            "Bước huấn luyện đúng, nhưng tệp không nạp được vào một mạng mới: "
            "nó phải chứa đúng sáu tham số của `net`."
        ) from None
    for parameter, saved in zip(probe.parameters(net), probe.parameters(loaded), strict=True):
        if not probe.same(parameter.data().asnumpy(), saved.data().asnumpy()):
            raise Wrong(
                f"Trong tệp, `{parameter.name}` khác với trong mạng. Hãy lưu sau bước huấn luyện."
            )


HEADS = Exercise(
    id="deferred-init/3",
    check=_check_heads,
    praise=(
        "Phần thân và đầu xếp loại đã được cập nhật một bước, đầu đoán giá giữ nguyên, "
        "và tệp có đủ sáu tham số."
    ),
    hints=(
        "Hàm dừng hai lần, vì hai lý do. Hãy sửa lý do thứ nhất rồi chạy lại để gặp lý do thứ hai.",
        "Việc thứ nhất: sau `net.initialize()`, cho `x` đi qua cả hai nhánh. "
        "`net(x, True)` đi qua phần thân và đầu đoán giá.",
        'Việc thứ hai: `net.collect_params("body|grade")` chỉ lấy những gì được huấn luyện.',
    ),
    solution=Solution(
        code="""\
from mxnet import autograd, gluon


def train_and_save(net, x, path):
    net.initialize()
    net(x, True)
    trained = net.collect_params("body|grade")
    trainer = gluon.Trainer(trained, "sgd", {"learning_rate": 0.1})
    with autograd.record():
        loss = net(x).sum()
    loss.backward()
    trainer.step(len(x))
    net.save_parameters(path)
    return net


answer = train_and_save
""",
        reason=(
            "Lần chạy nháp qua nhánh đoán giá cho trọng số của nó giá trị, nên lưu được. Bộ huấn "
            "luyện chỉ giữ phần thân và đầu xếp loại, nên không coi đầu đoán giá là bị bỏ quên."
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
    _try_diary(answer, Crossing(), born, used=[born[1], born[0], born[2]])


def _try_diary(answer: Any, net: Any, right: Births, used: Births | None = None) -> None:
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
    if waiting := _names(net, "deferred", "uninitialized"):
        raise Wrong(
            f"Sau `{shown}`, tham số `{waiting[0]}` vẫn chưa có giá trị. "
            "Hãy khởi tạo mạng rồi cho `x` đi qua."
        )
    _explain_diary(net, list(map(_birth, result)), right, used)
    for parameter in probe.parameters(net):
        values = parameter.data().asnumpy()
        if len(parameter.shape) == 2 and not (values == 0.5).all():
            raise Wrong(
                f"Nhật ký đúng, nhưng `{parameter.name}` không bằng 0,5 ở mọi chỗ. "
                "Bộ khởi tạo còn phải điền mảng: `data[:] = 0.5`. Nếu nó đã điền thì một bước "
                "huấn luyện đã đổi giá trị: chỉ cần một lượt truyền xuôi."
            )


def _birth(item: Any) -> Any:
    # The shape may be a list or an array of numbers.
    try:
        name, shape = item
        return str(name), tuple(map(int, shape))
    except (TypeError, ValueError):
        return item


def _explain_diary(net: Any, got: list[Any], right: Births, used: Births | None) -> None:
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
            used,
            "Nhật ký theo thứ tự các tầng chạy. Nhưng `middle` viết sẵn `in_units`, nên trọng số "
            "của nó ra đời ngay trong `initialize`.",
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
    id="deferred-init/4",
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

    used = probe.sequential(_dense(3, "f", in_units=4), _dense(2, "g", in_units=3), seed=10)
    _try_values_kept(answer, used, "đang được sử dụng")
    grown = probe.sequential(_dense(3, "h", in_units=4), seed=20)
    grown.add(_dense(2, "new"))
    _try_values_kept(answer, grown, "đang được sử dụng mà vừa thêm một tầng mới")


def _try_values_kept(answer: Any, net: Any, kind: str) -> None:
    import numpy

    ready = [parameter for parameter in probe.parameters(net) if _state(parameter) == "ready"]
    before = [parameter.data().asnumpy() for parameter in ready]
    _try_total(answer, net, (2, 4), 3 * 4 + 3 + 2 * 3 + 2)
    for parameter, values in zip(ready, before, strict=True):
        if not numpy.array_equal(parameter.data().asnumpy(), values):
            raise Wrong(
                f"Ở một mạng {kind}, `{parameter.name}` không còn giá trị như trước. "
                "`initialize()` và một lượt truyền xuôi để yên tham số đã sẵn sàng; "
                "`force_reinit=True`, `set_data` hay một bước huấn luyện thì không."
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
    id="deferred-init/5",
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


def _check_copy(answer: Any) -> None:
    from mxnet import init, np
    from mxnet.gluon import nn

    probe.function(answer, "answer(net, layers)")
    for number, sizes in enumerate(([4, 4, 3], [3, 5, 5, 2])):
        layers = [
            (
                probe.random(10 * number + i, *pair).astype("float64"),
                probe.random(50 + 10 * number + i, pair[1]).astype("float64"),
            )
            for i, pair in enumerate(itertools.pairwise(sizes))
        ]
        net = probe.sequential(
            *(nn.Dense(size, activation="relu") for size in sizes[1:-1]), nn.Dense(sizes[-1])
        )
        net.initialize(init.Zero())  # draws nothing
        _try_copy(answer, net, layers, np.array(probe.random(1, 6, sizes[0])))


def _try_copy(answer: Any, net: Any, layers: list[Any], x: Any) -> None:
    shown = "answer(net, layers)"
    advice = {
        "expected float32, got float64": (
            "Các mảng của chương trình kia có 64 bit, mạng cần 32 bit: "
            '`np.array(matrix.T, dtype="float32")`.'
        ),
        "'numpy.ndarray' object has no attribute 'copyto'": (
            "`set_data` đã nhận một mảng NumPy, nhưng chỉ mảng của MXNet mới dùng được: "
            '`np.array(matrix.T, dtype="float32")`.'
        ),
        "is incompatible with given shape": (
            "`Expected` là mảng bạn đưa, `given` là tham số. Gluon cần trọng số theo thứ tự "
            "(đầu ra, đầu vào), như `matrix.T`."
        ),
        "Shape inconsistent": (
            "Số đầu vào của một tầng không khớp với ma trận của nó, "
            "vốn có hình dạng (đầu vào, đầu ra)."
        ),
    }
    copy = [(matrix.copy(), vector.copy()) for matrix, vector in layers]
    result = probe.block(call(shown, answer, net, copy, advice=advice), shown)
    if result is not net:
        raise Wrong(f"`{shown}` phải trả về chính mạng `net` mà nó nhận.")
    got = probe.output(net, "net(x)", x, advice=advice)

    def outputs(*, transposed: bool = False, biases: bool = True) -> Any:
        y = x.asnumpy()
        for number, (matrix, vector) in enumerate(layers):
            square = matrix.shape[0] == matrix.shape[1]
            y = y @ (matrix.T if transposed and square else matrix) + biases * vector
            y = y.clip(0) if number < len(layers) - 1 else y
        return y

    known = [
        (
            outputs(transposed=True),
            "Ma trận vuông không báo lỗi khi quên chuyển vị, nhưng kết quả sai. "
            "Hãy đặt `matrix.T` vào mọi trọng số.",
        ),
        (
            outputs(biases=False),
            "Các trọng số đã đúng, nhưng hệ số điều chỉnh vẫn là 0. "
            "Mỗi cặp còn có một vector: `layer.bias.set_data(...)`.",
        ),
    ]
    right = outputs().astype("float32")
    if not probe.same(got, right):
        _explain_copy(net, layers)
    probe.compare("net(x)", got, right, known)


def _explain_copy(net: Any, layers: list[Any]) -> None:
    values = [parameter.data().asnumpy() for parameter in probe.parameters(net)]
    for weight, bias, (matrix, vector) in zip(values[::2], values[1::2], layers, strict=False):
        if probe.same(bias, vector) and not any(probe.same(weight, m) for m in (matrix, matrix.T)):
            raise Wrong(
                "Có trọng số không phải là ma trận đã cho, dù hệ số điều chỉnh thì đúng. "
                "Nếu bạn gọi `initialize` sau `set_data` thì mảng bị vứt đi."
            )


COPY = Exercise(
    id="deferred-init/6",
    check=_check_copy,
    praise=(
        "Mạng tính ra đúng những gì chương trình kia tính, kể cả khi ma trận vuông: "
        "chuyển vị, 32 bit, và cả hệ số điều chỉnh."
    ),
    hints=(
        "Đi song song qua hai danh sách: `for layer, (matrix, vector) in zip(net, layers):`.",
        "Gluon cần (đầu ra, đầu vào), tức là `matrix.T`.",
        '`np.array(matrix.T, dtype="float32")` cho một mảng MXNet 32 bit; '
        "đưa nó vào `layer.weight.set_data`.",
    ),
    solution=Solution(
        code="""\
from mxnet import np, npx

npx.set_np()


def answer(net, layers):
    for layer, (matrix, vector) in zip(net, layers, strict=True):
        layer.weight.set_data(np.array(matrix.T, dtype="float32"))
        layer.bias.set_data(np.array(vector, dtype="float32"))
    return net
""",
        reason=(
            "`set_data` cất mảng vào lời hẹn và điền luôn hình dạng, nên không cần batch nào. "
            "Kiểu 64 bit hay một ma trận vuông quên chuyển vị thì lúc ấy chưa báo lỗi."
        ),
    ),
)


def _perceptron(parameters: Sequence[Any], x: Any, last_relu: bool = False) -> Any:
    # What Dense layers make of NumPy rows, ReLU between them.
    y, last = x, len(parameters) - 2
    for i in range(0, len(parameters), 2):
        weight, bias = (parameter.data().asnumpy() for parameter in parameters[i : i + 2])
        y = y @ weight.T + bias
        if i < last or last_relu:
            y = y.clip(0)
    return y


def _check_rebuild(answer: Any) -> None:
    probe.function(answer, "answer(path)")
    long = [4, 3, 5, 4, 3, 4, 5, 3, 4, 3, 5, 6, 2]
    for seed, sizes in enumerate(([5, 4, 3], [3, 6, 6, 2], [4, 2], long)):
        saved = probe.sequential(
            *(_dense(units, f"s{i}", in_units=d) for i, (d, units) in _layers(sizes)), seed=seed
        )
        with probe.folder():
            saved.save_parameters("net.params")
            _try_rebuild(answer, probe.parameters(saved), sizes)


def _layers(sizes: Sequence[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    return enumerate(itertools.pairwise(sizes))


def _try_rebuild(answer: Any, saved: list[Any], sizes: list[int]) -> None:
    import numpy

    shown = "answer(path)"
    of_file = f"Với tệp của một mạng có các tầng `{sizes}` (số đầu vào đứng đầu)"
    net = probe.block(call(shown, answer, "net.params"), shown)
    if waiting := _names(net, "deferred", "uninitialized"):
        raise Wrong(
            f"{of_file}, tham số `{waiting[0]}` vẫn chưa sẵn sàng. "
            "Hãy nạp tệp vào mạng trước khi trả về: `net.load_parameters(path)`."
        )
    kept, in_file = (sum(math.prod(p.shape) for p in ps) for ps in (probe.parameters(net), saved))
    if kept != in_file:
        raise Wrong(
            f"{of_file}, các tham số của mạng chứa {kept} con số, tệp chứa {in_file}. "
            "Các giá trị trong tệp phải nằm trong những tham số của mạng."
        )
    x = probe.random(1, 7, sizes[0])
    got = probe.output(net, f"{shown}(x)", x)
    right = _perceptron(saved, x)
    linear = x
    for weight, bias in zip(saved[::2], saved[1::2], strict=True):
        linear = linear @ weight.data().asnumpy().T + bias.data().asnumpy()
    known = [
        (
            numpy.maximum(right, 0),
            f"{of_file}, ReLU đang tác động cả lên tầng cuối, nên đầu ra không bao giờ âm.",
        ),
        (
            linear,
            f"{of_file}, các tầng chưa có ReLU. Tệp không kể hàm kích hoạt: "
            "hãy thêm ReLU sau mọi tầng, trừ tầng cuối.",
        ),
    ]
    probe.compare(f"{shown}(x)", got, right, known)


REBUILD = Exercise(
    id="deferred-init/7",
    check=_check_rebuild,
    praise="Tệp nào cũng dựng lại được, hai tầng hay mười hai tầng, mà không cần batch nào.",
    hints=(
        'Số tầng là một nửa số khóa trong tệp; `arrays[f"{i}.weight"].shape[0]` là số đầu ra '
        "của tầng thứ `i`.",
        "Dựng mạng bằng vòng lặp, ReLU ở mọi tầng trừ tầng cuối. Không cần `in_units`: "
        "tệp sẽ điền.",
        "Sau đó `net.load_parameters(path)` cho mọi tham số hình dạng và giá trị.",
    ),
    solution=Solution(
        code="""\
from mxnet import npx
from mxnet.gluon import nn

npx.set_np()


def answer(path):
    arrays = npx.load(path)
    depth = len(arrays) // 2
    net = nn.Sequential()
    for i in range(depth):
        units = len(arrays[f"{i}.weight"])
        net.add(nn.Dense(units, activation="relu" if i < depth - 1 else None))
    net.load_parameters(path)
    return net
""",
        reason=(
            "Tệp chứa giá trị và hình dạng, nên không cần `initialize`, không cần dữ liệu. "
            "Nó không chứa cấu tạo: số đầu ra ta đọc từ hình dạng, ReLU thì phải được cho biết."
        ),
    ),
)


def _check_start(answer: Any) -> None:
    probe.function(answer, "answer(seed, rows)")
    first, second = _try_start(answer, 3, 9, 5), _try_start(answer, 3, 14, 5)
    if not all(map(probe.same, first, second)):
        raise Wrong(
            "Với `seed = 3`, mạng có trọng số khác nhau khi `rows` có 9 hàng và khi có 14 hàng: "
            "việc xáo vẫn rút số trước khi trọng số ra đời."
        )
    if any(map(probe.same, first, _try_start(answer, 4, 9, 5))):
        raise Wrong(
            "Với `seed = 3` và `seed = 4`, mạng có cùng trọng số. "
            "Hạt giống khác thì trọng số phải khác."
        )
    _try_start(answer, 3, 6, 2)


def _try_start(answer: Any, seed: int, count: int, columns: int) -> list[Any]:
    import numpy
    from mxnet import np

    shown = f"answer({seed}, rows)"
    kept = probe.random(1, count, columns)
    rows = np.array(kept)
    advice = {
        "Shape inconsistent": (
            f"Lần này `rows` có {columns} cột, và số đầu vào viết sẵn không khớp. "
            "`rows.shape[1]` là số cột."
        ),
    }
    with _watched(rows) as (seeds, calls):
        net = probe.block(call(shown, answer, seed, rows, advice=advice), shown)
    after = rows.asnumpy()
    if any(numpy.array_equal(after, order) for order in (kept, kept[::-1])):
        raise Wrong(
            f"Sau `{shown}`, các hàng vẫn theo thứ tự cũ hoặc chỉ bị lật ngược. "
            "Chúng vẫn phải được xáo."
        )
    if sorted(map(tuple, after)) != sorted(map(tuple, kept)):
        raise Wrong(f"Sau `{shown}`, `rows` không còn gồm đúng những hàng ban đầu.")
    if waiting := _names(net, "deferred", "uninitialized"):
        raise Wrong(f"Sau `{shown}`, tham số `{waiting[0]}` vẫn chưa có giá trị.")
    parameters = probe.parameters(net)
    if [parameter.shape for parameter in parameters] != [(6, columns), (6,), (2, 6), (2,)]:
        raise Wrong("Mạng phải vẫn là mạng cũ: một tầng 6 đầu ra có ReLU, rồi một tầng 2 đầu ra.")
    if len(seeds) != 1 or not numpy.array_equal(seeds[0], kept):
        late = ", sau khi xáo" if len(seeds) == 1 else ""
        raise Wrong(
            f"`{shown}` gieo hạt giống {len(seeds)} lần{late}. "
            "Bài này cần đúng một lần, trước khi xáo."
        )
    once = "Bài này gọi mạng đúng một lần, sau khi xáo"
    if not all(numpy.array_equal(order, after) for _, order in calls):
        raise Wrong(
            f"`{shown}` cho dữ liệu đi qua trước khi xáo. "
            f"{once}: hãy cho trọng số ra đời ngay trong `initialize`."
        )
    passes = sum(block is net for block, _ in calls)
    if passes != 1:
        raise Wrong(f"`{shown}` gọi mạng {passes} lần. {once}.")
    weights = [parameter.data().asnumpy() for parameter in parameters[::2]]
    if not all(map(numpy.ptp, weights)):
        raise Wrong(
            "Mọi trọng số của một tầng bằng nhau. "
            "Hãy giữ bộ khởi tạo mặc định: trọng số phải được rút ngẫu nhiên."
        )
    got = probe.output(net, f"{shown}(x)", rows)
    probe.compare(f"{shown}(x)", got, _perceptron(parameters, after))
    return weights


@contextlib.contextmanager
def _watched(rows: Any) -> Iterator[tuple[list[Any], list[tuple[Any, Any]]]]:
    # What `rows` is whenever the seed is set, and whenever data pass through a block.
    from unittest import mock

    import mxnet as mx
    from mxnet import np
    from mxnet.gluon import nn

    seeds: list[Any] = []
    calls: list[tuple[Any, Any]] = []
    seed, forward = mx.random.seed, nn.Block.__call__  # npx.random.seed calls the first

    def watched_seed(*arguments: Any, **options: Any) -> None:
        seeds.append(rows.asnumpy())
        seed(*arguments, **options)

    def watched_call(block: Any, *arguments: Any) -> Any:
        # Symbols only tell shapes: no data pass.
        if any(isinstance(argument, np.ndarray) for argument in arguments):
            calls.append((block, rows.asnumpy()))
        return forward(block, *arguments)

    with (
        mock.patch.object(mx.random, "seed", watched_seed),
        mock.patch.object(nn.Block, "__call__", watched_call),
    ):
        yield seeds, calls


START = Exercise(
    id="deferred-init/8",
    check=_check_start,
    praise=(
        "Cùng hạt giống thì cùng trọng số, có bao nhiêu hàng cũng vậy; "
        "hạt giống khác thì trọng số khác; các hàng vẫn được xáo."
    ),
    hints=(
        "`initialize` chưa rút số nào: trọng số ra đời ở `net(rows)`, sau khi việc xáo đã rút số.",
        "Gieo một lần, gọi mạng một lần: trong ba cách chỉ còn cách không hoãn trọng số.",
        "Tầng thứ nhất: `in_units=rows.shape[1]`; tầng thứ hai: `in_units=6`.",
    ),
    solution=Solution(
        code="""\
from mxnet import np, npx
from mxnet.gluon import nn

npx.set_np()


def start(seed, rows):
    npx.random.seed(seed)
    net = nn.Sequential()
    net.add(nn.Dense(6, activation="relu", in_units=rows.shape[1]), nn.Dense(2, in_units=6))
    net.initialize()
    np.random.shuffle(rows)
    net(rows)
    return net


answer = start
""",
        reason=(
            "Khi mọi `in_units` đã viết, trọng số ra đời ngay trong `initialize`, trước khi việc "
            "xáo rút số. Ngoài bài này, chạy nháp `net(rows[:1])` trước khi xáo cũng được như vậy."
        ),
    ),
)


def _check_again(answer: Any) -> None:
    from mxnet.gluon import nn

    probe.function(answer, "answer(net, initializers, x)")

    def layers(*in_units: int) -> Any:
        first, second = in_units
        return (
            nn.Dense(4, activation="relu", in_units=first, prefix="a_"),
            nn.Dense(2, in_units=second, prefix="b_"),
        )

    used = probe.sequential(*layers(3, 4), seed=10)
    _try_again(answer, used, "đang được sử dụng", (0.5, 2.0, 0.25))
    _try_again(answer, probe.sequential(*layers(0, 0)), "vừa dựng", (1.0, 0.25))


def _try_again(answer: Any, net: Any, kind: str, values: Sequence[float]) -> None:
    import numpy
    from mxnet import init, np

    # Positive, so that no ReLU hides a weight.
    x = numpy.abs(probe.random(1, 2, 3)) + 0.1
    shown = "answer(net, initializers, x)"
    ready = [p for p in probe.parameters(net) if _state(p) == "ready"]
    old = [p.data().asnumpy() for p in ready]
    stuck = _perceptron(ready, x) if ready else None
    initializers = [init.Constant(value) for value in values]
    result = probe.sequence(call(shown, answer, net, initializers, np.array(x)), shown)
    outputs = [probe.array(item, shown) for item in result]
    if len(outputs) != len(values):
        raise Wrong(
            f"Với {len(values)} bộ khởi tạo, danh sách có {len(outputs)} đầu ra. "
            "Mỗi bộ khởi tạo cho một đầu ra."
        )

    def expected(value: float, bias_1: Any = 0.0, bias_2: Any = 0.0) -> Any:
        hidden = x @ numpy.full((3, 4), value) + bias_1
        return (hidden.clip(0) @ numpy.full((4, 2), value) + bias_2).astype("float32")

    right = [expected(value) for value in values]
    if not all(map(probe.same, outputs, right)):
        if all(probe.same(output, right[0] if stuck is None else stuck) for output in outputs):
            raise Wrong(
                f"Với mạng {kind}, mọi đầu ra đều bằng nhau: mạng không bắt đầu lại. Những tham "
                "số đã sẵn sàng chỉ được thay khi `initialize` có `force_reinit=True`."
            )
        if old and all(map(probe.same, outputs, (expected(v, old[1], old[3]) for v in values))):
            raise Wrong(
                "Trọng số thì mới, nhưng hệ số điều chỉnh vẫn là của lần trước. "
                "`net.initialize(initializer, force_reinit=True)` thay cả hai."
            )
        raise Wrong(
            f"Với mạng {kind}, có đầu ra không phải của một mạng vừa khởi tạo bằng bộ khởi tạo "
            "tương ứng."
        )
    weights = [p.data().asnumpy() for p in probe.parameters(net) if _state(p) == "ready"]
    if not weights or not (weights[0] == values[-1]).all():
        raise Wrong("Các đầu ra đúng, nhưng không phải của `net`: bài này không dựng mạng khác.")


AGAIN = Exercise(
    id="deferred-init/9",
    check=_check_again,
    praise="Mỗi đầu ra chỉ phụ thuộc vào bộ khởi tạo của nó, dù trước đó mạng ra sao.",
    hints=(
        "Hãy nhìn các cảnh báo khi hàm chạy: chúng nói `already initialized, ignoring`.",
        "Cảnh báo ấy cũng nêu cách gỡ: một đối số của `initialize`.",
    ),
    solution=Solution(
        code="""\
def starts(net, initializers, x):
    outputs = []
    for initializer in initializers:
        net.initialize(initializer, force_reinit=True)
        outputs.append(net(x))
    return outputs


answer = starts
""",
        reason=(
            "Không có `force_reinit=True`, `initialize` chỉ lo cho những tham số chưa sẵn sàng. "
            "Có nó thì trọng số và hệ số điều chỉnh đều mới, còn hình dạng vẫn giữ."
        ),
    ),
)


def _check_camera(answer: Any) -> None:
    probe.block_class(answer, "answer(filters, grades)")
    net = _new_camera(answer, 5, 4)
    _try_camera(net, (5, 4), (2, 3, 12, 15))
    _try_camera(net, (5, 4), (3, 3, 9, 20))
    for channels in (1, 7):
        another = _new_camera(answer, 2, 3)
        if another is net:
            raise Wrong(
                "Hai lần gọi `answer` trả về cùng một thực thể. Hãy tạo mạng mới bên trong hàm."
            )
        net = another
        refused = f"Mạng không nhận ảnh có {channels} kênh: {_SETTLED}"
        _try_camera(net, (2, 3), (2, channels, 8, 8), refused)


def _new_camera(answer: Any, filters: int, grades: int) -> Any:
    from mxnet import init

    net, _ = probe.build(answer, filters, grades)
    net.initialize(init.Zero())
    return net


_SETTLED = (
    "số kênh hay số đầu vào đã bị ấn định, do viết sẵn `in_channels`, `in_units` hay do chạy nháp "
    "bên trong hàm. Hãy để batch đầu tiên tự điền."
)


def _try_camera(
    net: Any,
    arguments: tuple[int, int],
    shape: tuple[int, ...],
    on_mismatch: str = f"Ảnh đầu tiên đã không qua được: {_SETTLED}",
) -> None:
    from mxnet import np

    shown = f"answer{arguments}(x)"
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
    known, right = _camera_results(parameters, x, *arguments)
    probe.compare(shown, probe.output(net, shown, x), right, known)


def _camera_results(
    parameters: list[Any], x: Any, filters: int, grades: int
) -> tuple[list[tuple[Any, str]], Any]:
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
    if len(kernel) != filters:
        raise Wrong(
            f"Mạng phải có {filters} bộ lọc, như đối số `filters`; mạng của bạn có {len(kernel)}."
        )
    if len(weight) != grades:
        raise Wrong(
            f"Tầng `Dense` phải cho {grades} điểm số, như đối số `grades`; "
            f"tầng của bạn cho {len(weight)}."
        )

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
    if weight.shape[1] == 1 != filters:
        raise Wrong(
            f"Tầng `Dense` đang nhận 1 con số, thay vì {filters}, mỗi kênh một con số. "
            "Nếu tầng ấy có `flatten=False`, hãy bỏ đi."
        )
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
    id="deferred-init/10",
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

EXERCISES = (READY, SLIP, HEADS, DIARY, TOTAL, COPY, REBUILD, START, AGAIN, CAMERA)
