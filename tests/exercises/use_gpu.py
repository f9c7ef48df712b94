"""Answers that readers may write to the exercises of use-gpu: right and wrong ones."""

import time

from mxnet import autograd, cpu, gluon, init, nd, np, npx
from mxnet.gluon import nn

import d2lutil

# What these give is a number, not an array.
PLAIN = {"use-gpu/2", "use-gpu/4", "use-gpu/6"}
# What the reader writes down.
VALUES = {"use-gpu/3"}

# 1: on the device, without a needless copy


def asks_first(x, device):
    return x if x.ctx == device else x.copyto(device)


def as_in_context(x, device):
    return x.as_in_context(device)


def fills_an_array_only_elsewhere(x, device):
    if x.context == device:
        return x
    return x.copyto(np.empty(x.shape, ctx=device))


def always_copies(x, device):
    return x.copyto(device)


def stays(x, device):
    return x


def always_the_second(x, device):
    return x.as_in_ctx(cpu(1))


def makes_another(x, device):
    return np.array(x, ctx=device)


def only_zeros(x, device):
    return np.zeros(x.shape, ctx=device)


def through_numpy(x, device):
    return x.asnumpy()


def moves_in_vain(x, device):
    x.as_in_ctx(device)


# 4: arithmetic intensity


def counted_apart(n, k):
    multiply = add = n * n * k
    read, written = 4 * (n * n + n * k), 4 * n * k
    return (multiply + add) / (read + written)


def shortened(n, k):
    return n * k / (2 * n + 4 * k)


def multiplications_only(n, k):
    return shortened(n, k) / 2


def numbers_for_bytes(n, k):
    return 4 * shortened(n, k)


def bytes_over_operations(n, k):
    return 1 / shortened(n, k)


def result_forgotten(n, k):
    return 2 * n * n * k / (4 * (n * n + n * k))


def eight_bytes_a_number(n, k):
    return 2 * n * n * k / (8 * (n * n + 2 * n * k))


def of_the_cell_above(n, k):
    return 2 * 1024**2 * k / (4 * (1024**2 + 2 * 1024 * k))


def matrix_only(n, k):
    return k / 2


def exact_additions(n, k):
    return n * (2 * n - 1) * k / (4 * (n * n + 2 * n * k))


def guessed(n, k):
    return 3


def intensity_as_text(n, k):
    return f"{shortened(n, k):.2f}"


def intensity_printed(n, k):
    print(shortened(n, k))


# 2: an honest stopwatch


def by_timer(f):
    timer = d2lutil.Timer()
    f()
    return timer.stop()


def by_nd_waitall(f):
    nd.waitall()
    start = time.time()
    f()
    nd.waitall()
    return time.time() - start


def waits_twice(f):
    for _ in range(2):
        npx.waitall()
    start = time.monotonic()
    f()
    for _ in range(2):
        npx.waitall()
    end = time.monotonic()
    return end - start


def by_timer_started_again(f):
    timer = d2lutil.Timer(wait=False)
    npx.waitall()
    timer.start()
    f()
    npx.waitall()
    timer.stop()
    return timer.sum()


def never_waits(f):
    start = time.perf_counter()
    f()
    return time.perf_counter() - start


def waits_only_before(f):
    npx.waitall()
    start = time.perf_counter()
    f()
    return time.perf_counter() - start


def waits_only_after(f):
    start = time.perf_counter()
    f()
    npx.waitall()
    return time.perf_counter() - start


def watch_before_waiting(f):
    start = time.perf_counter()
    npx.waitall()
    f()
    npx.waitall()
    return time.perf_counter() - start


def watch_stopped_too_early(f):
    npx.waitall()
    start = time.perf_counter()
    f()
    end = time.perf_counter()
    npx.waitall()
    return end - start


ready = np.ones(1)


def waits_for_an_unrelated_array(f):
    ready.item()
    start = time.perf_counter()
    f()
    ready.item()
    return time.perf_counter() - start


def as_given(f):
    start = time.perf_counter()
    f()
    ready.wait_to_read()
    return time.perf_counter() - start


def waits_for_one_array_before(f):
    ready.wait_to_read()
    start = time.perf_counter()
    f()
    npx.waitall()
    return time.perf_counter() - start


def waits_for_the_last_array(f):
    npx.waitall()
    start = time.perf_counter()
    f().asnumpy()
    return time.perf_counter() - start


def fixed(f):
    npx.waitall()
    f()
    npx.waitall()
    return 0.01


def fixed_to_pass(f):
    npx.waitall()
    start = time.perf_counter()
    f()
    npx.waitall()
    return max(time.perf_counter() - start, 0.0605)


def of_the_process(f):
    npx.waitall()
    start = time.process_time()
    f()
    npx.waitall()
    return time.process_time() - start


def milliseconds(f):
    return 1000 * by_timer(f)


def backwards(f):
    return -by_timer(f)


def f_not_called(f):
    npx.waitall()
    start = time.perf_counter()
    npx.waitall()
    return time.perf_counter() - start


def warms_up(f):
    f()
    return by_timer(f)


def the_timer_itself(f):
    timer = d2lutil.Timer()
    f()
    timer.stop()
    return timer


def time_not_returned(f):
    by_timer(f)


# 5: a layer for every device


class WithoutSuper(nn.Block):
    def __init__(self, units):
        self.shift = self.params.get("shift", shape=(units,), init="zeros")


class WithoutForward(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.shift = self.params.get("shift", shape=(units,), init="zeros")


class ShiftWithoutNumber(nn.Block):
    def __init__(self, units):
        super().__init__()
        with self.name_scope():
            self.bias = self.params.get("bias", shape=(units,), init=init.Zero())

    def forward(self, x):
        for device in self.bias.list_ctx():
            if device == x.ctx:
                return self.bias.data(device) + x
        raise ValueError(x.ctx)


class ShiftHybrid(nn.HybridBlock):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.shift = self.params.get("shift", shape=(units,), init="zeros")

    def hybrid_forward(self, F, x, shift):
        return x + shift


class ShiftInContext(ShiftWithoutNumber):
    def forward(self, x):
        with x.ctx:
            return x + self.bias.data()


def shift_factory(units):
    return ShiftHybrid(units)


class DataWithoutPlace(ShiftWithoutNumber):
    def forward(self, x):
        return x + self.bias.data()


class AlwaysFirstDevice(ShiftWithoutNumber):
    def forward(self, x):
        return x.as_in_ctx(cpu(0)) + self.bias.data(cpu(0))


class ShiftMoved(ShiftWithoutNumber):
    def forward(self, x):
        return x + self.bias.data(cpu(1)).as_in_ctx(x.ctx)


class PlainArray(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.shift = np.zeros(units)

    def forward(self, x):
        return x + self.shift.as_in_ctx(x.ctx)


class RandomStart(ShiftWithoutNumber):
    def __init__(self, units):
        super().__init__(units)
        self.bias.init = None


class NoShift(ShiftWithoutNumber):
    def forward(self, x):
        return x


class WrongShape(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.shift = self.params.get("shift", shape=(1, units), init="zeros")

    def forward(self, x):
        return x + self.shift.data(x.ctx)


class ReadyTooEarly(ShiftWithoutNumber):
    def __init__(self, units):
        super().__init__(units)
        self.initialize()


class ConstantShift(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.shift = self.params.get_constant("shift", np.zeros(units))

    def forward(self, x):
        return x + self.shift.data(x.ctx)


class Detached(ShiftWithoutNumber):
    def forward(self, x):
        return x + self.bias.data(x.ctx).detach()


class LearnsInACopy(ShiftWithoutNumber):
    def forward(self, x):
        copy = self.bias.data(x.ctx).copy()
        copy.attach_grad()
        return x + copy


# 6: one step on all devices


def step_with_loop_backward(net, trainer, loss, X, y, devices):
    X_parts, y_parts = d2lutil.split_batch(X, y, devices)
    with autograd.record():
        losses = [loss(net(X_parts[i]), y_parts[i]) for i in range(len(devices))]
    for part in losses:
        part.backward()
    trainer.step(X.shape[0])
    return float(np.concatenate([part.as_in_ctx(cpu(0)) for part in losses]).mean())


def step_split_by_hand(net, trainer, loss, X, y, devices):
    bounds = [len(X) * i // len(devices) for i in range(len(devices) + 1)]
    total, losses = 0.0, []
    for device, a, b in zip(devices, bounds, bounds[1:], strict=False):
        with autograd.record():
            losses.append(loss(net(X[a:b].as_in_ctx(device)), y[a:b].as_in_ctx(device)))
        losses[-1].backward()
    trainer.step(len(X))
    for part in losses:
        total += sum(part.asnumpy().tolist())
    return total / len(X)


def step_rescaled(net, trainer, loss, X, y, devices):
    X_parts, y_parts = d2lutil.split_batch(X, y, devices)
    with autograd.record():
        sums = [
            loss(net(part), label).sum() / len(X)
            for part, label in zip(X_parts, y_parts, strict=True)
        ]
    autograd.backward(sums)
    trainer.step(1)
    return sum(part.item() for part in sums)


def losses_of(net, loss, X, y, devices):
    X_parts, y_parts = d2lutil.split_batch(X, y, devices)
    return [loss(net(part), label) for part, label in zip(X_parts, y_parts, strict=True)]


def recorded(net, loss, X, y, devices):
    with autograd.record():
        losses = losses_of(net, loss, X, y, devices)
    autograd.backward(losses)
    return losses


def mean_of(losses):
    return sum(part.sum().item() for part in losses) / sum(map(len, losses))


def step_by_part(net, trainer, loss, X, y, devices):
    losses = recorded(net, loss, X, y, devices)
    trainer.step(len(losses[0]))
    return mean_of(losses)


def step_by_one(net, trainer, loss, X, y, devices):
    losses = recorded(net, loss, X, y, devices)
    trainer.step(1)
    return mean_of(losses)


def last_part_only(net, trainer, loss, X, y, devices, quiet=False):
    with autograd.record():
        losses = losses_of(net, loss, X, y, devices)
    losses[-1].backward()
    trainer.step(len(X), ignore_stale_grad=quiet)
    return mean_of(losses)


def last_part_only_and_quiet(*given):
    return last_part_only(*given, quiet=True)


def whole_batch_everywhere(net, trainer, loss, X, y, devices):
    with autograd.record():
        losses = [loss(net(X.as_in_ctx(d)), y.as_in_ctx(d)) for d in devices]
    autograd.backward(losses)
    trainer.step(len(X))
    return mean_of(losses)


def first_device_alone(net, trainer, loss, X, y, devices):
    with autograd.record():
        losses = loss(net(X.as_in_ctx(devices[0])), y.as_in_ctx(devices[0]))
    losses.backward()
    trainer.step(len(X), ignore_stale_grad=True)
    return losses.mean().item()


def whole_batch_in_a_larger_step(net, trainer, loss, X, y, devices):
    with autograd.record():
        losses = [loss(net(X.as_in_ctx(d)), y.as_in_ctx(d)) for d in devices]
    autograd.backward(losses)
    trainer.step(len(X) * len(devices))
    return mean_of(losses)


def moves_the_model(net, trainer, loss, X, y, devices):
    net.collect_params().reset_ctx(devices[0])
    return first_device_alone(net, trainer, loss, X, y, devices)


def one_step_a_device(net, trainer, loss, X, y, devices):
    losses = recorded(net, loss, X, y, devices)
    for _ in devices:
        trainer.step(len(X), ignore_stale_grad=True)
    return mean_of(losses)


def step_inside(net, trainer, loss, X, y, devices):
    with autograd.record():
        losses = losses_of(net, loss, X, y, devices)
        autograd.backward(losses)
        trainer.step(len(X))
    return mean_of(losses)


def split_evenly(net, trainer, loss, X, y, devices):
    X_parts, y_parts = (gluon.utils.split_and_load(batch, devices) for batch in (X, y))
    with autograd.record():
        losses = [loss(net(part), label) for part, label in zip(X_parts, y_parts, strict=True)]
    autograd.backward(losses)
    trainer.step(len(X))
    return mean_of(losses)


def means_then_step(size):
    def step(net, trainer, loss, X, y, devices):
        with autograd.record():
            losses = losses_of(net, loss, X, y, devices)
            means = [part.mean() for part in losses]
        autograd.backward(means)
        trainer.step(size(X, devices))
        return mean_of(losses)

    return step


means_by_one = means_then_step(lambda X, devices: 1)
means_by_devices = means_then_step(lambda X, devices: len(devices))
means_by_batch = means_then_step(lambda X, devices: len(X))


def no_step(net, trainer, loss, X, y, devices):
    losses = recorded(net, loss, X, y, devices)
    return mean_of(losses)


def not_recorded(net, trainer, loss, X, y, devices):
    losses = losses_of(net, loss, X, y, devices)
    trainer.step(len(X), ignore_stale_grad=True)
    return mean_of(losses)


def batch_not_moved(net, trainer, loss, X, y, devices):
    with autograd.record():
        losses = loss(net(X), y)
    losses.backward()
    trainer.step(len(X))
    return losses.mean().item()


def mean_of_means(net, trainer, loss, X, y, devices):
    losses = recorded(net, loss, X, y, devices)
    trainer.step(len(X))
    return sum(part.mean().item() for part in losses) / len(losses)


def loss_as_array(net, trainer, loss, X, y, devices):
    losses = recorded(net, loss, X, y, devices)
    trainer.step(len(X))
    return losses[0].mean()


def loss_not_returned(net, trainer, loss, X, y, devices):
    mean_of_means(net, trainer, loss, X, y, devices)


RIGHT = {
    "use-gpu/1": [asks_first, as_in_context, fills_an_array_only_elsewhere],
    "use-gpu/3": ["E, D, B", ("b", "d", "e"), ["D", "E", "B"], "B, D và E"],
    "use-gpu/4": [counted_apart, shortened, exact_additions],
    "use-gpu/2": [by_timer, by_nd_waitall, waits_twice, by_timer_started_again],
    "use-gpu/5": [ShiftWithoutNumber, ShiftHybrid, ShiftInContext, shift_factory],
    "use-gpu/6": [step_with_loop_backward, step_split_by_hand, step_rescaled],
}

# Each known misconception with words that only its own sentence has.
WRONG = {
    "use-gpu/3": [
        ("ABDE", "riêng việc ấy đã mất 50 ms"),
        ("BCDE", "Card còn phải thêm hai chuyến"),
        ("ABCDE", "riêng việc ấy đã mất 50 ms"),
        ("BE", "chẳng có gì sang sông"),
        ("DE", "ba ma trận 67 MB"),
        ("BD", "các trọng số ở hẳn bên đó"),
        ("", "Chưa đủ"),
        ("BDEF", "24 GB"),
        ("BDEG", "Không có công việc nào mang chữ G"),
        (3, "cần các chữ cái"),
    ],
    "use-gpu/1": [
        (always_copies, "không phải `copyto` hay `np.array`"),
        (makes_another, "không phải `copyto` hay `np.array`"),
        (stays, "cho một mảng nằm ở `cpu(0)`"),
        (always_the_second, "`answer(x, cpu(0))` cho một mảng nằm ở `cpu(1)`"),
        (only_zeros, "đúng hình dạng nhưng sai giá trị"),
        (through_numpy, "cho một giá trị kiểu `numpy.ndarray`"),
        (moves_in_vain, "còn thiếu `return`"),
    ],
    "use-gpu/4": [
        (multiplications_only, "chỉ bằng một nửa"),
        (eight_bytes_a_number, "chỉ bằng một nửa"),
        (of_the_cell_above, "thay cho $n$"),
        (numbers_for_bytes, "Mỗi số chiếm 4 byte"),
        (bytes_over_operations, "lộn ngược"),
        (result_forgotten, "đếm thiếu một ma trận"),
        (matrix_only, "mới đếm các byte của ma trận"),
        (guessed, "cho `3`, cần `23.86`"),
        (intensity_as_text, "cho một giá trị kiểu `str`"),
        (intensity_printed, "chứ không trả về kết quả"),
    ],
    "use-gpu/2": [
        (never_waits, "Không lúc nào bạn đợi engine"),
        (waits_for_an_unrelated_array, "chỉ đợi một mảng. Vì thế việc trên các mảng khác"),
        (as_given, "chỉ đợi một mảng. Vì thế việc trên các mảng khác"),
        (waits_for_one_array_before, "Bạn đợi như thế trước khi gọi `f`"),
        (waits_for_the_last_array, "Bạn đợi như thế sau khi gọi `f`"),
        (fixed, "nhỏ hơn thời gian mà `f`"),
        (fixed_to_pass, "Với một `f` gần như không làm gì"),
        (of_the_process, "`time.process_time()` không tính lúc đợi"),
        (waits_only_before, "không đợi engine sau khi gọi `f`"),
        (waits_only_after, "không đợi engine trước khi bấm giờ"),
        (watch_before_waiting, "gồm cả thời gian đợi"),
        (watch_stopped_too_early, "nhỏ hơn thời gian mà `f`"),
        (milliseconds, "không tính bằng giây"),
        (backwards, "số âm"),
        (f_not_called, "chưa gọi `f` lần nào"),
        (warms_up, "gọi `f` đến 2 lần"),
        (the_timer_itself, "cho một giá trị kiểu `d2lutil.timing.Timer`"),
        (time_not_returned, "còn thiếu `return`"),
    ],
    "use-gpu/5": [
        (DataWithoutPlace, "Với `x` ở `cpu(1)`, khối dùng bản sao của `shift` ở `cpu(0)`"),
        (AlwaysFirstDevice, "khối dùng bản sao của `shift` ở `cpu(0)`"),
        (ShiftMoved, "Với `x` ở `cpu(0)`, khối dùng bản sao của `shift` ở `cpu(1)`"),
        (PlainArray, "`collect_params()` không thấy tham số nào"),
        (RandomStart, "không bắt đầu từ 0"),
        (NoShift, "khối chưa cộng `shift`"),
        (WrongShape, "cần đúng một tham số hình dạng `(3,)`"),
        (Detached, "bản ấy không học được gì"),
        (LearnsInACopy, "bản ấy không học được gì"),
        (WithoutSuper, "`super().__init__()` ở dòng đầu tiên"),
        (WithoutForward, "chưa có phương thức `forward`"),
        (ReadyTooEarly, "tự khởi tạo tham số ngay lúc được tạo"),
        (ConstantShift, "nó là một hằng số"),
    ],
    "use-gpu/6": [
        (step_by_part, "phải nhận số mẫu của cả batch"),
        (step_by_one, "phải nhận số mẫu của cả batch"),
        (last_part_only, "Chỉ một thiết bị góp gradient"),
        (last_part_only_and_quiet, "Chỉ một thiết bị góp gradient"),
        (whole_batch_everywhere, "Thiết bị nào cũng nhận cả batch"),
        (first_device_alone, "đã tính 7 trong 7 mẫu"),
        (whole_batch_in_a_larger_step, "đã tính 7 trong 7 mẫu"),
        (moves_the_model, "Hàm của bạn dời mô hình"),
        (one_step_a_device, "được gọi 2 lần"),
        (step_inside, "sau khối `with autograd.record()`"),
        (split_evenly, "chia được cả batch lẻ"),
        (means_by_one, "mẫu ở phần nhỏ nặng hơn"),
        (means_by_devices, "mẫu ở phần nhỏ nặng hơn"),
        (means_by_batch, "chia hai lần"),
        (no_step, "được gọi 0 lần"),
        (not_recorded, "Các tham số không thay đổi"),
        (batch_not_moved, "Chỉ một thiết bị góp gradient"),
        (mean_of_means, "chia cho số mẫu của cả batch"),
        (loss_as_array, "cho một giá trị kiểu `mxnet.numpy.ndarray`"),
        (loss_not_returned, "còn thiếu `return`"),
    ],
}
