"""Answers that readers may write to the exercises of deferred-init: right and wrong ones."""

import functools
import math

from mxnet import init, np
from mxnet.gluon import nn
from mxnet.gluon.parameter import DeferredInitializationError

# Exercises whose answers give plain Python values, not arrays or blocks.
PLAIN = {"deferred-init/1", "deferred-init/2", "deferred-init/3", "deferred-init/4"}

# 1: the shapes of a perceptron's parameters


def perceptron(sizes):
    net = nn.Sequential()
    for size in sizes:
        net.add(nn.Dense(size, weight_initializer="zeros"))
    net.initialize()
    return net


def shapes_of_a_dry_run(shape, sizes):
    net = perceptron(sizes)
    net(np.zeros(shape))
    return [param.shape for param in net.collect_params().values()]


def shapes_of_two_lists(shape, sizes):
    inputs = [math.prod(shape) // shape[0], *sizes]
    pairs = []
    for units, d in zip(sizes, inputs, strict=False):
        pairs.append([units, d])
        pairs.append([units])
    return tuple(pairs)


def chain(first, sizes):
    shapes = []
    for units in sizes:
        shapes += [(units, first), (units,)]
        first = units
    return shapes


def transposed(shape, sizes):
    return [s[::-1] for s in chain(math.prod(shape[1:]), sizes)]


def weights_only(shape, sizes):
    return chain(math.prod(shape[1:]), sizes)[::2]


def weights_then_biases(shape, sizes):
    shapes = chain(math.prod(shape[1:]), sizes)
    return shapes[::2] + shapes[1::2]


def batch_as_inputs(shape, sizes):
    return chain(shape[0], sizes)


def batch_multiplied_in(shape, sizes):
    return chain(math.prod(shape), sizes)


def inputs_never_handed_on(shape, sizes):
    return [s for units in sizes for s in ((units, math.prod(shape[1:])), (units,))]


def shapes_before_data(shape, sizes):
    return [param.shape for param in perceptron(sizes).collect_params().values()]


def second_axis_only(shape, sizes):
    return chain(shape[1], sizes)


def last_axis_only(shape, sizes):
    return chain(shape[-1], sizes)


def biases_as_numbers(shape, sizes):
    return [s if len(s) == 2 else s[0] for s in chain(math.prod(shape[1:]), sizes)]


def sum_of_axes(shape, sizes):
    return chain(sum(shape[1:]), sizes)


def shapes_as_an_array(shape, sizes):
    return np.array(sizes)


def shapes_without_return(shape, sizes):
    chain(math.prod(shape[1:]), sizes)


# 2: the names of the deferred parameters


def state(param):
    try:
        param.data()
    except RuntimeError as error:
        return "deferred" if isinstance(error, DeferredInitializationError) else "uninitialized"
    return "ready"


def waiting_by_kind_of_error(net):
    return [name for name, param in net.collect_params().items() if state(param) == "deferred"]


def waiting_by_promise(net):
    return [p.name for p in net.collect_params().values() if p._deferred_init]


def waiting_as_a_tuple(net):
    return tuple(waiting_by_kind_of_error(net))


def waiting_by_shape(net):
    return [param.name for param in net.collect_params().values() if -1 in param.shape]


def waiting_by_any_error(net):
    return [p.name for p in net.collect_params().values() if state(p) != "ready"]


def names_of_the_others(net):
    return [p.name for p in net.collect_params().values() if state(p) != "deferred"]


def parameters_for_names(net):
    return [p for p in net.collect_params().values() if state(p) == "deferred"]


def own_parameters_only(net):
    return [p.name for p in net.params.values() if state(p) == "deferred"]


def returns_inside_the_loop(net):
    names = []
    for param in net.collect_params().values():
        if state(param) == "deferred":
            names.append(param.name)
            return names
    return names


def waiting_backwards(net):
    return waiting_by_kind_of_error(net)[::-1]


def initializes_first(net):
    net.initialize()
    return waiting_by_kind_of_error(net)


def runs_first(net):
    names = waiting_by_kind_of_error(net)
    if names:
        net(np.zeros((1, 5)))
    return names


def how_many_wait(net):
    return len(waiting_by_kind_of_error(net))


def every_name(net):
    return list(net.collect_params().keys())


# 3: a diary of births


class Note(init.Initializer):
    def __init__(self, diary, value=0.5):
        super().__init__()
        self.diary, self.value = diary, value

    def _init_weight(self, name, data):
        self.diary.append((name, data.shape))
        data[:] = self.value


def diary_of_a_class(net, x):
    diary = []
    net.initialize(Note(diary))
    net(x)
    return diary


def diary_of_a_constant(net, x):
    diary = []

    class Diary(init.Constant):
        def _init_weight(self, name, data):
            diary.append([str(name), list(data.shape)])
            super()._init_weight(name, data)

    net.initialize(Diary(0.5))
    net(x)
    return tuple(diary)


def diary_of_a_function_call(net, x):
    diary = []

    class Diary(init.Initializer):
        def __call__(self, name, data):
            if name.endswith("weight"):
                diary.append((name, data.shape))
                data[:] = 0.5

    net.initialize(Diary())
    net(x)
    return diary


def diary_from_collect_params(net, x):
    net.initialize(init.Constant(0.5))
    net(x)
    return [(p.name, p.shape) for p in net.collect_params().values() if len(p.shape) == 2]


def diary_with_biases(net, x):
    net.initialize(init.Constant(0.5))
    net(x)
    return [(p.name, p.shape) for p in net.collect_params().values()]


def diary_before_data(net, x):
    net.initialize(init.Constant(0.5))
    diary = [(p.name, p.shape) for p in net.collect_params().values() if len(p.shape) == 2]
    net(x)
    return diary


def diary_without_filling(net, x):
    diary = []

    class Diary(init.Initializer):
        def _init_weight(self, name, data):
            diary.append((name, data.shape))

    net.initialize(Diary())
    net(x)
    return diary


def diary_of_names(net, x):
    return [name for name, _ in diary_of_a_class(net, x)]


def diary_of_shapes(net, x):
    return [shape for _, shape in diary_of_a_class(net, x)]


def diary_of_two_births(net, x):
    diary = diary_of_a_class(net, x)
    net.initialize(Note(diary), force_reinit=True)
    return diary


def diary_without_data(net, x):
    diary = []
    net.initialize(Note(diary))
    return diary


def diary_never_handed_over(net, x):
    diary = []
    Note(diary)
    net.initialize(init.Constant(0.5))
    net(x)
    return diary


def diary_that_calls_itself(net, x):
    diary, inner = [], init.Constant(0.5)

    class Diary(init.Initializer):
        def _init_weight(self, name, data):
            diary.append((name, data.shape))
            inner(name, data)

    net.initialize(Diary())
    net(x)
    return diary


def diary_with_another_method(net, x):
    diary = []

    class Diary(init.Initializer):
        def init_weight(self, name, data):
            diary.append((name, data.shape))

    net.initialize(Diary())
    net(x)
    return diary


def diary_of_pairs_reversed(net, x):
    return [(shape, name) for name, shape in diary_of_a_class(net, x)]


# 4: a count that doesn't lie


def ready(net, shape):
    net.initialize()
    net(np.zeros(shape))
    return net


def total_of_shapes(net, shape):
    return sum(math.prod(p.shape) for p in ready(net, shape).collect_params().values())


def total_of_values(net, shape):
    ready(net, np.ones(shape).shape)
    total = np.zeros(())
    for param in net.collect_params().values():
        total = total + np.ones_like(param.data()).sum()
    return total


def total_of_one_example(net, shape):
    ready(net, (1, *shape[1:]))
    return float(sum(len(p.data().reshape(-1)) for p in net.collect_params().values()))


def total_before_data(net, shape):
    total = sum(math.prod(p.shape) for p in net.collect_params().values())
    ready(net, shape)
    return total


def number_of_parameters(net, shape):
    return len(ready(net, shape).collect_params().keys())


def total_of_weights(net, shape):
    ready(net, shape)
    return sum(p.data().size for p in net.collect_params().values() if p.name.endswith("weight"))


def total_layer_by_layer(net, shape):
    ready(net, shape)
    return sum(p.data().size for layer in net for p in layer.collect_params().values())


def total_of_a_network_begun_anew(net, shape):
    net.initialize(force_reinit=True)
    return total_of_shapes(net, shape)


def total_without_initialize(net, shape):
    net(np.zeros(shape))
    return total_of_shapes(net, shape)


def total_without_data(net, shape):
    net.initialize()
    return sum(p.data().size for p in net.collect_params().values())


def total_of_shapes_only(net, shape):
    hybrid = nn.HybridSequential()
    hybrid.add(*net)
    hybrid.infer_shape(np.zeros(shape))
    return sum(math.prod(p.shape) for p in net.collect_params().values())


def total_of_an_empty_batch(net, shape):
    return total_of_shapes(net, (0, *shape[1:]))


def total_as_a_list(net, shape):
    return [p.data().size for p in ready(net, shape).collect_params().values()]


def total_of_bytes(net, shape):
    return 4 * total_of_shapes(net, shape)


# 5: a camera for everything


class Camera(nn.HybridBlock):
    def __init__(self, filters, grades):
        super().__init__()
        self.score = nn.Dense(grades, in_units=filters)
        self.filter = nn.Conv2D(filters, (3, 3))

    def hybrid_forward(self, F, x):
        return self.score(F.np.mean(F.npx.relu(self.filter(x)), axis=(2, 3)))


def camera(filters, grades, *middle, **options):
    net = nn.Sequential()
    net.add(nn.Conv2D(filters, **{"kernel_size": 3, "activation": "relu", **options}))
    net.add(*middle, nn.Dense(grades))
    return net


def camera_of_single_layers(filters, grades):
    net = nn.HybridSequential()
    net.add(nn.Conv2D(filters, 3), nn.Activation("relu"))
    net.add(nn.GlobalAvgPool2D(), nn.Flatten(), nn.Dense(grades))
    net.initialize()
    return net


def camera_without_biases(filters, grades):
    net = nn.Sequential()
    net.add(nn.Conv2D(filters, 3, use_bias=False, activation="relu"))
    net.add(nn.GlobalAvgPool2D(), nn.Dense(grades, use_bias=False))
    return net


def camera_connected_directly(filters, grades):
    return camera(filters, grades)


def camera_for_colour(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D(), in_channels=3)


def camera_for_grey(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D(), in_channels=1)


def camera_without_relu(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D(), activation=None)


def camera_with_late_relu(filters, grades):
    late = nn.Activation("relu")
    return camera(filters, grades, nn.GlobalAvgPool2D(), late, activation=None)


def camera_of_maxima(filters, grades):
    return camera(filters, grades, nn.GlobalMaxPool2D())


def camera_with_padding(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D(), padding=1)


def camera_with_large_windows(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D(), kernel_size=5)


def camera_with_relu_scores(filters, grades):
    net = camera(filters, grades, nn.GlobalAvgPool2D())
    net.add(nn.Activation("relu"))
    return net


def camera_that_pools_first(filters, grades):
    net = nn.Sequential()
    net.add(nn.GlobalAvgPool2D(), nn.Conv2D(filters, 3, activation="relu"), nn.Dense(grades))
    return net


class CameraOfWindows(nn.Block):
    """Four means a channel, for pictures of any size: not what was asked."""

    def __init__(self, filters, grades):
        super().__init__()
        self.filter = nn.Conv2D(filters, 3, activation="relu")
        self.score = nn.Dense(grades)

    def forward(self, x):
        y = self.filter(x)
        half = y.shape[2] // 2
        means = [part.mean(axis=(2, 3)) for part in (y[:, :, :half], y[:, :, half:])]
        return self.score(np.concatenate(means, axis=1))


@functools.cache
def the_same_network_again(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D())


def list_of_camera_layers(filters, grades):
    return [nn.Conv2D(filters, 3), nn.GlobalAvgPool2D(), nn.Dense(grades)]


RIGHT = {
    "deferred-init/1": [shapes_of_a_dry_run, shapes_of_two_lists],
    "deferred-init/2": [waiting_by_kind_of_error, waiting_by_promise, waiting_as_a_tuple],
    "deferred-init/3": [diary_of_a_class, diary_of_a_constant, diary_of_a_function_call],
    "deferred-init/4": [total_of_shapes, total_of_values, total_of_one_example],
    "deferred-init/5": [Camera, camera_of_single_layers, camera_without_biases],
}

# Each known misconception with words that only its own sentence has.
WRONG = {
    "deferred-init/1": [
        (transposed, "theo thứ tự (đầu vào, đầu ra)"),
        (weights_only, "Danh sách chỉ có trọng số"),
        (weights_then_biases, "sai thứ tự"),
        (batch_as_inputs, "lấy cỡ batch làm số đầu vào"),
        (batch_multiplied_in, "nhân cả cỡ batch"),
        (inputs_never_handed_on, "nhận đầu vào của tầng đầu"),
        (shapes_before_data, "còn `-1`"),
        (second_axis_only, "duỗi thẳng mỗi mẫu"),
        (last_axis_only, "duỗi thẳng mỗi mẫu"),
        (biases_as_numbers, "với dấu phẩy"),
        (sum_of_axes, "cần `[(9, 60), (9,), (8, 9), (8,)]`"),
        (shapes_as_an_array, "bài này cần một danh sách"),
        (shapes_without_return, "còn thiếu `return`"),
    ],
    "deferred-init/2": [
        (waiting_by_shape, "chọn theo dấu `-1`"),
        (waiting_by_any_error, "bắt cả hai lỗi"),
        (names_of_the_others, "*không* bị hoãn"),
        (parameters_for_names, "cần tên của tham số"),
        (own_parameters_only, "Hãy đi qua mọi tham số"),
        (returns_inside_the_loop, "đặt `return` sau vòng lặp"),
        (waiting_backwards, "sai thứ tự"),
        (initializes_first, "trạng thái của mạng đã khác trước"),
        (runs_first, "trạng thái của mạng đã khác trước"),
        (how_many_wait, "cần một danh sách"),
        (every_name, "cần `['a_weight', 'b_weight', 'c_weight']`"),
    ],
    "deferred-init/3": [
        (diary_from_collect_params, "không phải thứ tự ra đời"),
        (diary_with_biases, "cả hệ số điều chỉnh"),
        (diary_before_data, "hình dạng còn `-1`"),
        (diary_without_filling, "không bằng 0,5"),
        (diary_of_names, "Nhật ký chỉ có tên"),
        (diary_of_shapes, "Nhật ký chỉ có hình dạng"),
        (diary_of_two_births, "chỉ ra đời một lần"),
        (diary_without_data, "vẫn chưa có giá trị"),
        (diary_never_handed_over, "Nhật ký rỗng"),
        (diary_that_calls_itself, "gọi lại chính nó"),
        (diary_with_another_method, "tên là `_init_weight(self, name, data)`"),
        (diary_of_pairs_reversed, "cần `[('one_weight', (5, 4)), ('two_weight', (3, 5))]`"),
    ],
    "deferred-init/4": [
        (total_before_data, "khi hình dạng còn `-1`"),
        (number_of_parameters, "đếm số tham số"),
        (total_of_weights, "Tổng chỉ có các trọng số"),
        (total_layer_by_layer, "bị đếm hai lần"),
        (total_of_a_network_begun_anew, "Đừng dùng `force_reinit=True`"),
        (total_without_initialize, "Hãy gọi `net.initialize()`"),
        (total_without_data, "rồi cho một batch đi qua"),
        (total_of_shapes_only, "vẫn chưa sẵn sàng"),
        (total_of_an_empty_batch, "Batch rỗng không tính được"),
        (total_as_a_list, "bài này cần số nguyên"),
        (total_of_bytes, "cho `200`, cần `50`"),
    ],
    "deferred-init/5": [
        (camera_connected_directly, "con số; sau khi lấy trung bình"),
        (camera_for_colour, "Mạng không nhận ảnh có 1 kênh"),
        (camera_for_grey, "Ảnh đầu tiên đã không qua được"),
        (camera_without_relu, "chưa có ReLU"),
        (camera_with_late_relu, "đứng sau phép lấy trung bình"),
        (camera_of_maxima, "giá trị lớn nhất"),
        (camera_with_padding, "đang đệm thêm viền"),
        (camera_with_large_windows, "đúng một tầng tích chập"),
        (camera_with_relu_scores, "lên các điểm số"),
        (camera_that_pools_first, "Hãy để tầng tích chập đứng trước"),
        (CameraOfWindows, "con số; sau khi lấy trung bình"),
        (the_same_network_again, "trả về cùng một thực thể"),
        (list_of_camera_layers, "một danh sách Python"),
    ],
}
