"""The exercises of the section use-gpu, GPU."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from d2lutil.exercises import probe
from d2lutil.exercises.exercise import Exercise, Solution
from d2lutil.exercises.guard import Wrong, call


def _check_there(answer: Any) -> None:
    from mxnet import cpu, np

    probe.function(answer, "answer(x, device)")
    for near, far in ((cpu(0), cpu(1)), (cpu(1), cpu(0))):
        x = np.array(probe.random(1, 3, 4), ctx=near)
        shown = f"answer(x, {far})"
        moved = call(shown, answer, x, far)
        _compare_place(shown, moved, x, far)
        shown = f"answer(x, {near})"
        stayed = call(shown, answer, x, near)
        _compare_place(shown, stayed, x, near)
        # `as_in_context` gives another object for the same numbers: no copy either.
        stayed[:] = 0
        if x.asnumpy().any():
            raise Wrong(
                f"`x` đã nằm ở `{near}` rồi mà `{shown}` vẫn chép ra một mảng mới. "
                "Hãy dùng phương thức chỉ chép khi cần, không phải `copyto` hay `np.array`."
            )


def _compare_place(shown: str, moved: Any, x: Any, device: Any) -> None:
    probe.compare(shown, probe.array(moved, shown), x.asnumpy())
    if moved.ctx != device:
        raise Wrong(
            f"Với `x` ở `{x.ctx}`, `{shown}` cho một mảng nằm ở `{moved.ctx}`. "
            f"Kết quả phải nằm ở `{device}`."
        )


THERE = Exercise(
    id="use-gpu/1",
    check=_check_there,
    praise="Mảng đến đúng thiết bị, và khi đã ở đó rồi thì không bị chép thêm lần nào.",
    hints=(
        "Mảng có hai phương thức để sang thiết bị khác. Một cái lúc nào cũng chép.",
        "`x.as_in_ctx(device)` trả lại chính `x` khi `x` đã ở trên `device`.",
    ),
    solution=Solution(
        code="""\
def answer(x, device):
    return x.as_in_ctx(device)
""",
        reason=(
            "`as_in_ctx` chỉ chép khi mảng đang ở nơi khác, nên gọi thừa cũng không tốn gì. "
            "`copyto` thì lần nào cũng tạo mảng mới, kể cả khi không cần sang đâu."
        ),
    ),
)


# How long the parts of the trial last, in seconds: what was queued before, the call, its work.
EARLIER, CALLED, QUEUED = 0.15, 0.02, 0.04
CLOCKS = 0.005  # seconds by which two clocks may differ


def _check_stopwatch(answer: Any) -> None:
    probe.function(answer, "answer(f)")
    calls: list[str] = []
    got, _, most = _time(answer, calls, called=0, busy=0)
    if "f" not in calls:
        raise Wrong("`answer(f)` chưa gọi `f` lần nào. `f` là hàm, còn `f()` mới là lời gọi.")
    if calls.count("f") > 1:
        raise Wrong(f"`answer(f)` gọi `f` đến {calls.count('f')} lần; bài này chỉ cho gọi một lần.")
    at = calls.index("f")
    before, after = calls[:at], calls[at:]
    if "all" not in calls:
        raise Wrong(
            f"{_ONE_ARRAY} Vì thế việc trên các mảng khác bị bỏ sót hoặc bị tính lẫn vào. Hãy gọi "
            "`npx.waitall()` trước khi bấm giờ và trước khi dừng."
            if "one" in calls
            else "Không lúc nào bạn đợi engine, nên đồng hồ chỉ đo việc giao việc. "
            "Hãy gọi `npx.waitall()` trước khi bấm giờ và trước khi dừng."
        )
    if "all" not in before:
        raise Wrong(
            f"{_ONE_ARRAY} Bạn đợi như thế trước khi gọi `f`, nên việc xếp hàng từ trước cho các "
            "mảng khác vẫn còn dở. Hãy gọi `npx.waitall()` trước khi bấm giờ."
            if "one" in before
            else "Bạn không đợi engine trước khi bấm giờ, nên việc xếp hàng từ trước bị tính cho "
            "`f`. Hãy gọi `npx.waitall()` trước khi xem đồng hồ lần đầu."
        )
    if "all" not in after:
        raise Wrong(
            f"{_ONE_ARRAY} Bạn đợi như thế sau khi gọi `f`, mà `f` có thể đã xếp hàng việc cho "
            "nhiều mảng. Hãy gọi `npx.waitall()` trước khi dừng."
            if "one" in after
            else "Bạn không đợi engine sau khi gọi `f`, nên phần việc còn trong hàng đợi bị bỏ "
            "sót. Hãy gọi `npx.waitall()` trước khi xem đồng hồ lần cuối."
        )
    _try_stopwatch(answer)
    # Where `f` does next to nothing, a number that was made up for the trial above is too large:
    # unless the machine was busy just then, so more than once.
    for _ in range(3):
        if got > most + CLOCKS:
            raise Wrong(
                "Với một `f` gần như không làm gì, kết quả vẫn lớn hơn thời gian đã trôi qua. "
                "Hãy trả về số giây đo được: lúc dừng trừ lúc bấm."
            )
        got, _, most = _time(answer, [], called=0, busy=0)


_ONE_ARRAY = "`item()`, `asnumpy()`, `wait_to_read()` chỉ đợi một mảng."


def _try_stopwatch(answer: Any) -> None:
    got, least, most = _time(answer, [], called=CALLED, busy=EARLIER)
    # Both bounds hold on a busy machine too: they are measured. What is left to chance is the
    # difference between two clocks.
    if got < 0:
        raise Wrong("Kết quả là số âm: hãy lấy lúc dừng trừ lúc bấm, đừng ngược lại.")
    if got < least - CLOCKS:
        raise Wrong(
            "Kết quả nhỏ hơn thời gian mà `f` và công việc của nó cần. Hãy xem đồng hồ lần đầu "
            "ngay trước khi gọi `f`, lần cuối sau khi đã đợi engine, và trả về số giây. "
            "`time.process_time()` không tính lúc đợi: hãy dùng `time.perf_counter()`."
        )
    if got > most + CLOCKS:
        raise Wrong(
            "Kết quả gồm cả thời gian đợi những việc xếp hàng từ trước, hoặc không tính bằng giây. "
            "Hãy đợi engine xong rồi mới xem đồng hồ lần đầu."
        )


def _time(answer: Any, calls: list[str], called: float, busy: float) -> tuple[float, float, float]:
    """Return what `answer(f)` says, and the seconds that it may say at least and at most.

    At least those from the call of `f` to the end of the next wait, at most those from the first
    wait's end to the return; 0 where there is no such wait. `f` takes `called` seconds, notes "f"
    in `calls`, and returns the last of the arrays that it makes; before it `busy` seconds of work
    are queued.
    """
    from mxnet import np

    started, least, most = float("inf"), 0.0, 0.0

    def f() -> Any:
        nonlocal started
        started = time.monotonic()
        time.sleep(called)
        calls.append("f")
        return np.ones(1)

    def watched() -> Any:
        nonlocal least, most
        # Only around the answer: `call` waits for the engine itself.
        with _engine(calls, busy) as waited:
            got = answer(f)
            most = time.monotonic() - waited[0] if waited else 0.0
        least = next((ended - started for ended in waited if ended > started), 0.0)
        return got

    return probe.number(call("answer(f)", watched), "answer(f)"), least, most


@contextmanager
def _engine(calls: list[str], busy: float) -> Iterator[list[float]]:
    """Note in `calls` each wait for MXNet's engine, and let it last as if work was queued.

    A wait for everything is "all", one for a single array "one". Yields the moments at which the
    former ended; the list fills as they end. The first of these before "f" is in `calls` takes
    `busy` seconds, the first one after it `QUEUED` seconds (both nothing when `busy` is 0). The
    queued work is that of arrays which the answer doesn't have, so only a wait for everything
    takes it in. Every way to wait is one of the engine's functions here.
    """
    # Takes as long to load as all exercises together, and the book needs only their texts.
    from unittest import mock

    from mxnet.base import _LIB as library

    ended: list[float] = []
    left = {"before": busy, "after": QUEUED if busy else 0.0}

    def noting(wait: Callable[..., int], kind: str) -> Callable[..., int]:
        def noted(*arguments: Any) -> int:
            calls.append(kind)
            if kind == "all":
                pending = ["before", "after"] if "f" in calls else ["before"]
                time.sleep(sum(left.pop(part, 0.0) for part in pending))
            status = wait(*arguments)
            if kind == "all":
                ended.append(time.monotonic())
            return status

        return noted

    waits = {"MXNDArrayWaitAll": "all"}
    waits |= dict.fromkeys(("MXNDArrayWaitToRead", "MXNDArraySyncCopyToCPU"), "one")
    patches: Any = {name: noting(getattr(library, name), kind) for name, kind in waits.items()}
    with mock.patch.multiple(library, **patches):
        yield ended


STOPWATCH = Exercise(
    id="use-gpu/2",
    check=_check_stopwatch,
    praise="Đồng hồ đợi mọi việc trước khi bấm và trước khi dừng: không bỏ sót, không tính thừa.",
    hints=(
        "`f()` có thể quay về trước khi việc của nó xong. "
        "Trước đó, hàng đợi cũng có thể đã có việc.",
        "`wait_to_read()` chỉ đợi mảng của nó, còn `npx.waitall()` đợi mọi việc trong hàng đợi. "
        "Bạn cần đợi mọi việc ở hai chỗ.",
        "`time.perf_counter()` cho số giây; hãy xem nó ngay trước `f()` "
        "và sau lần `npx.waitall()` thứ hai.",
    ),
    solution=Solution(
        code="""\
import time

from mxnet import npx


def answer(f):
    npx.waitall()
    start = time.perf_counter()
    f()
    npx.waitall()
    return time.perf_counter() - start
""",
        reason=(
            "Lần đợi đầu để việc cũ không bị tính vào, lần đợi sau để phần việc mà `f` đã xếp hàng "
            "không bị bỏ sót. `d2lutil.Timer` làm đúng như vậy."
        ),
    ),
)

# Why the card is slower for a piece of work or too small for it, or faster; the numbers are those
# of the task.
_CARD_LOSES = {
    "A": (
        "Với A, các con số phải sang sông rồi trở về: 800 MB qua bus, riêng việc ấy đã mất 50 ms. "
        "CPU đọc và ghi chừng ấy byte trong bộ nhớ của mình chỉ mất 40 ms."
    ),
    "C": (
        "Với C, phần số học chẳng đáng kể: cái tốn là khởi động vài phép tính, ở hai nơi như nhau. "
        "Card còn phải thêm hai chuyến sang sông."
    ),
    "F": (
        "Với F, trọng số, gradient và Adam cần 16 byte cho mỗi trọng số: 24 GB, "
        "mà bộ nhớ của T4 chỉ có 16 GB."
    ),
}
_CARD_WINS = {
    "B": (
        "Với B, CPU cần 1,4 s. Card cần 17 ms, cộng 13 ms cho ba ma trận 67 MB sang sông: hãy tính "
        "cả phần số học lẫn phần sang sông rồi so."
    ),
    "D": (
        "Với D, chẳng có gì sang sông. Khi ấy hai bộ nhớ đua với nhau: 800 MB chia cho 20 hay "
        "cho 320 GB mỗi giây."
    ),
    "E": (
        "Với E, các trọng số ở hẳn bên đó. Mỗi bước, CPU cần 0,8 s, card cần 10 ms cho phần số học "
        "và vài mili giây cho Adam, còn một batch 3 MB sang sông mất 0,2 ms."
    ),
}


def _check_pays(answer: Any) -> None:
    chosen = probe.letters(answer, "ABCDEF", "công việc")
    # One sentence at a time, so that the rest stays to be found.
    for letter in sorted(chosen & _CARD_LOSES.keys()):
        raise Wrong(_CARD_LOSES[letter])
    for letter in sorted(_CARD_WINS.keys() - chosen):
        raise Wrong(f"Chưa đủ. {_CARD_WINS[letter]}")


PAYS = Exercise(
    id="use-gpu/3",
    check=_check_pays,
    praise=(
        "Bạn đã xem có vừa bộ nhớ không, rồi so hai tổng: tính ở đây, hay tính ở kia cộng phần "
        "sang sông."
    ),
    hints=(
        "Tính ở đây: số phép tính chia $10^{11}$, hoặc số byte chia 20 GB, lấy số lớn hơn.",
        "Tính trên T4: số phép tính chia $8.1 \\times 10^{12}$, hoặc số byte chia 320 GB, rồi cộng "
        "số byte sang sông chia 16 GB.",
        "A và D có cùng phép tính. Điều khác nhau duy nhất là 800 MB có phải sang sông hay không.",
        "Hãy tính cả bộ nhớ: khi huấn luyện bằng Adam, mỗi trọng số cần 16 byte.",
    ),
    solution=Solution(
        code='answer = "BDE"\n',
        reason=(
            "A: 40 ms ở đây, 50 ms chỉ để sang sông. B: 1,4 s so với 30 ms. C: khởi động như nhau, "
            "card thêm hai chuyến sang sông. D: 40 ms so với 2,5 ms. E: 0,8 s một bước so với "
            "10 đến 20 ms. F: 16 byte nhân 1,5 tỉ là 24 GB, không vừa 16 GB."
        ),
    ),
)


def _check_intensity(answer: Any) -> None:
    probe.function(answer, "answer(n, k)")
    # With these sizes no two of the known mistakes give the same number.
    for n, k in ((300, 70), (1024, 1), (64, 64)):
        shown = f"answer({n}, {k})"
        got = probe.number(call(shown, answer, n, k), shown)
        work, numbers = 2 * n * n * k, n * n + 2 * n * k
        right = work / (4 * numbers)
        known = [
            (
                right / 2,
                "Kết quả chỉ bằng một nửa: mỗi cặp số có một phép nhân và một phép cộng, tức "
                "$2 n^2 k$ phép tính, và mỗi số chiếm 4 byte.",
            ),
            (
                right * 4,
                "Bạn đang chia cho số con số, không phải số byte. Mỗi số chiếm 4 byte.",
            ),
            (
                1 / right,
                "Thương bị lộn ngược: cường độ số học là số phép tính chia cho số byte.",
            ),
            (
                work / (4 * (n * n + n * k)),
                "Bạn đếm thiếu một ma trận $n \\times k$. "
                "Đầu vào được đọc một lần, và kết quả được ghi một lần.",
            ),
            (
                work / (4 * n * n),
                "Bạn mới đếm các byte của ma trận $n \\times n$. "
                "Còn các cột phải đọc và kết quả phải ghi.",
            ),
            (
                2 * 1024**2 * k / (4 * (1024**2 + 2 * 1024 * k)),
                "Bạn dùng 1024, con số của ô phía trên, thay cho $n$.",
            ),
        ]
        # Who counts n - 1 additions instead of n is right too.
        probe.compare(shown, got, right, known, within=1e-2)


INTENSITY = Exercise(
    id="use-gpu/4",
    check=_check_intensity,
    praise="Số phép tính và số byte đều đếm đúng, nên thương của chúng cũng đúng.",
    hints=(
        "Kết quả có $n k$ con số. Mỗi con số cần $n$ phép nhân và chừng ấy phép cộng.",
        "Byte: $n^2$ số của ma trận thứ nhất, $n k$ số của ma trận thứ hai, "
        "$n k$ số của kết quả, mỗi số 4 byte.",
    ),
    solution=Solution(
        code="""\
def answer(n, k):
    operations = 2 * n**2 * k
    numbers = n**2 + 2 * n * k
    return operations / (4 * numbers)
""",
        reason=(
            "Tử số tăng theo $k$, còn ma trận lớn chỉ phải đọc một lần. Vì thế nhiều cột hơn thì "
            "mỗi byte được dùng nhiều lần hơn, và thiết bị bớt phải đợi bộ nhớ."
        ),
    ),
)


def _check_shift(answer: Any) -> None:
    import mxnet as mx
    from mxnet import autograd, np
    from mxnet.gluon import Block

    probe.block_class(answer, "answer(units)")
    for units in (3, 5):
        net, _ = probe.build(answer, units)
        if type(net).forward is Block.forward:
            raise Wrong("Khối chưa có phương thức `forward`, nên không tính được gì.")
        _refuse_other_parameters(net, units)
        pair = [mx.cpu(0), mx.cpu(1)]
        net.initialize(init=mx.init.One(), ctx=pair)
        (shift,) = net.collect_params().values()
        if shift.list_ctx() != pair:
            raise Wrong(
                "Khối tự khởi tạo tham số ngay lúc được tạo, nên lần `initialize` trên hai thiết "
                "bị không còn tác dụng. Hãy bỏ lời gọi `initialize` trong lớp của bạn."
            )
        shown = f"answer({units})(x)"
        x = probe.random(1, 4, units)
        sentence = "`shift` không bắt đầu từ 0: hãy viết `init='zeros'` khi tạo tham số."
        known = [(x + shift.data(pair[0]).asnumpy(), sentence)]
        probe.compare(shown, probe.output(net, shown, x), x, known)
        for number, device in enumerate(pair):
            shift.data(device)[:] = np.array(probe.random(10 + number, units), ctx=device)
        for number, device in reversed(list(enumerate(pair))):
            given = np.array(x, ctx=device)
            with autograd.record():
                output = call(shown, net, given)
            got = probe.array(output, shown)
            own, other = (probe.random(10 + n, units) for n in (number, 1 - number))
            sentence = (
                f"Với `x` ở `{device}`, khối dùng bản sao của `shift` ở `{pair[1 - number]}`. "
                "Hãy lấy bản nằm cùng nơi với đầu vào: `self.shift.data(x.ctx)`."
            )
            known = [(x + other, sentence), (x, "Kết quả chỉ là `x`: khối chưa cộng `shift`.")]
            probe.compare(shown, got, x + own, known)
            if output.ctx != device:
                raise Wrong(
                    f"Với `x` ở `{device}`, kết quả lại nằm ở `{output.ctx}`. "
                    "Đừng dời đầu vào: hãy lấy bản sao của tham số ở nơi đầu vào nằm."
                )
            _try_gradient(output, shift, device)


def _refuse_other_parameters(net: Any, units: int) -> None:
    found = [parameter.shape for parameter in net.collect_params().values()]
    if not found:
        raise Wrong(
            "`collect_params()` không thấy tham số nào. Một mảng đơn thuần không được đăng ký và "
            "không theo khối sang thiết bị khác: hãy dùng `self.params.get`."
        )
    if found != [(units,)]:
        raise Wrong(
            f"Với `units = {units}`, khối có các tham số hình dạng `{found}`; "
            f"cần đúng một tham số hình dạng `({units},)`."
        )


def _try_gradient(output: Any, shift: Any, device: Any) -> None:
    import numpy

    if shift.grad_req == "null":
        raise Wrong(
            "`shift` không học được gì: nó là một hằng số hoặc đã bị đóng băng. "
            "Hãy tạo nó bằng `self.params.get`."
        )
    sentence = (
        f"Gradient không đến được bản sao của `shift` ở `{device}`, nên bản ấy không học được gì. "
        "Hãy cộng thẳng `x` với `self.shift.data(x.ctx)`."
    )
    probe.backward(output, numpy.ones(output.shape), sentence)
    if not numpy.any(shift.grad(device).asnumpy()):
        raise Wrong(sentence)


SHIFT = Exercise(
    id="use-gpu/5",
    check=_check_shift,
    praise="Đầu vào ở thiết bị nào thì khối dùng và huấn luyện bản sao ở thiết bị ấy.",
    hints=(
        'Trong `__init__`: `self.params.get("shift", shape=(units,), init="zeros")`.',
        "`self.shift.data()` lấy bản sao ở bối cảnh hiện hành, không phải ở nơi đầu vào nằm.",
        "`self.shift.data(x.ctx)` lấy bản sao nằm cùng nơi với `x`.",
    ),
    solution=Solution(
        code="""\
from mxnet.gluon import nn


class Shift(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.shift = self.params.get("shift", shape=(units,), init="zeros")

    def forward(self, x):
        return x + self.shift.data(x.ctx)


answer = Shift
""",
        reason=(
            "Mỗi thiết bị có một bản sao của tham số. `x.ctx` cho biết đầu vào ở đâu, nên khối "
            "chạy đúng trên mọi thiết bị mà không cần biết trước có bao nhiêu thiết bị."
        ),
    ),
)


_MISSING_PART = (
    "Chỉ một thiết bị góp gradient. "
    "Hãy truyền ngược hàm mất mát của mọi phần trước khi gọi `trainer.step`."
)

_STEP_ADVICE = {
    "has not been updated by backward": _MISSING_PART,
    "already in a computational graph": (
        "`trainer.step` đổi các tham số bên trong `autograd.record()`. "
        "Hãy gọi nó sau khối `with autograd.record()`, không phải bên trong."
    ),
    "cannot be evenly split": (
        "Batch này không chia đều được, mà cách chia của bạn đòi phải đều. "
        "`d2lutil.split_batch` chia được cả batch lẻ."
    ),
}


def _check_step(answer: Any) -> None:
    from mxnet import cpu

    probe.function(answer, "answer(net, trainer, loss, X, y, devices)")
    # With an odd batch the parts differ, which tells apart mistakes that an even one confuses.
    for devices, examples in (([cpu(0)], 4), ([cpu(0), cpu(1)], 7), ([cpu(1), cpu(0)], 8)):
        _try_step(answer, devices, examples)


def _try_step(answer: Any, devices: list[Any], examples: int) -> None:
    from mxnet import autograd, gluon, init, np
    from mxnet.gluon import nn

    shown = "answer(net, trainer, loss, X, y, devices)"
    X, y = probe.random(1, examples, 3), probe.random(2, examples, 1)
    weight, bias = probe.random(3, 1, 3), probe.random(4, 1)
    net = nn.Dense(1, in_units=3)
    net.initialize(init.Zero(), ctx=devices)
    net.weight.set_data(np.array(weight))
    net.bias.set_data(np.array(bias))
    steps: list[int] = []
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
    make_step = trainer.step

    def count_step(*sizes: Any, **options: Any) -> None:
        steps.append(1)
        make_step(*sizes, **options)

    trainer.step = count_step
    seen = dict.fromkeys(devices, 0)

    def count_examples(_: Any, inputs: Any) -> None:
        if autograd.is_recording():
            seen[inputs[0].ctx] = seen.get(inputs[0].ctx, 0) + len(inputs[0])

    net.register_forward_pre_hook(count_examples)
    where = ", ".join(map(str, devices))
    batch = np.array(X), np.array(y)
    given = (net, trainer, gluon.loss.L2Loss(), *batch, devices)
    got = probe.number(call(shown, answer, *given, advice=_STEP_ADVICE), shown)
    if net.weight.list_ctx() != devices:
        raise Wrong("Hàm của bạn dời mô hình. Hãy để các bản sao của tham số ở nguyên chỗ.")
    if len(steps) != 1:
        raise Wrong(
            f"Trên [{where}], bộ huấn luyện được gọi {len(steps)} lần. "
            "Hãy gọi `trainer.step` đúng một lần, sau khi mọi thiết bị đã truyền ngược."
        )
    error = X @ weight.T + bias - y
    gradient = error.T @ X / examples
    _compare_weights(net, devices, where, weight, gradient, (error, X))
    for device in devices:
        if not 0 < seen[device] < examples and len(devices) > 1:
            raise Wrong(
                f"Các tham số đúng, nhưng trên [{where}], thiết bị `{device}` đã tính "
                f"{seen[device]} trong {examples} mẫu của batch. "
                "Hãy chia batch: mỗi thiết bị một phần."
            )
    mean = float((error**2 / 2).mean())
    if not probe.same(got, mean, within=1e-3):
        raise Wrong(
            f"Trên [{where}], các tham số đúng nhưng giá trị hàm mất mát trả về là `{got:.4f}` "
            f"thay vì `{mean:.4f}`. Hãy cộng giá trị của mọi mẫu rồi chia cho số mẫu của cả batch."
        )


def _compare_weights(
    net: Any, devices: list[Any], where: str, start: Any, gradient: Any, batch: tuple[Any, Any]
) -> None:
    error, X = batch
    examples, parts = len(X), len(devices)
    size, larger = divmod(examples, parts)
    first = size + (larger > 0)
    cuts = (slice(first), slice(first, None)) if parts > 1 else (slice(None),)
    of_means = sum(error[cut].T @ X[cut] / len(X[cut]) for cut in cuts)
    mistakes = {
        "Bước này lớn gấp nhiều lần: `trainer.step` phải nhận số mẫu của cả batch, "
        "không phải của một phần hay số 1.": [
            gradient * examples,
            *(gradient * examples / n for n in {size, first} if n != examples),
        ],
        _MISSING_PART: [error[cut].T @ X[cut] / examples for cut in cuts] * (parts > 1),
        "Hàm mất mát bị chia hai lần: bạn lấy trung bình trong từng phần, rồi `trainer.step` lại "
        "chia nữa. Hãy để riêng giá trị của từng mẫu, và chỉ chia một lần trong `trainer.step`.": [
            of_means / examples
        ],
        "Bạn lấy trung bình trong từng phần, nên mẫu ở phần nhỏ nặng hơn mẫu ở phần lớn. "
        "Hãy để riêng giá trị của từng mẫu, và chia một lần trong `trainer.step(len(X))`.": [
            of_means,
            of_means / parts,
        ],
        "Thiết bị nào cũng nhận cả batch, nên gradient bị tính nhiều lần. "
        "Hãy chia batch bằng `d2lutil.split_batch`.": [gradient * parts] * (parts > 1),
        "Các tham số không thay đổi. Mất mát phải được tính trong `autograd.record()`, "
        "rồi truyền ngược.": [0 * gradient],
    }
    for device in devices:
        got = net.weight.data(device).asnumpy()
        if probe.same(got, start - 0.5 * gradient):
            continue
        for sentence, wrong in mistakes.items():
            if any(probe.same(got, start - 0.5 * value) for value in wrong):
                raise Wrong(sentence)
        raise Wrong(
            f"Sau một bước trên [{where}], các tham số ở `{device}` khác với một bước trên một "
            "thiết bị duy nhất."
        )


STEP = Exercise(
    id="use-gpu/6",
    check=_check_step,
    praise=(
        "Một bước trên một, hai thiết bị, với batch chẵn và lẻ, cho cùng tham số ở mọi bản sao, "
        "và giá trị trả về là trung bình của cả batch."
    ),
    hints=(
        "`d2lutil.split_batch(X, y, devices)` cho hai danh sách, mỗi thiết bị một phần.",
        "Trong `autograd.record()`: một danh sách giá trị hàm mất mát, mỗi phần một mảng. "
        "Sau đó `autograd.backward(losses)` truyền ngược tất cả.",
        "`trainer.step(len(X))` chia gradient cho số mẫu của cả batch. "
        "Chỉ sau đó mới đòi giá trị, bằng `item()`.",
    ),
    solution=Solution(
        code="""\
from mxnet import autograd

import d2lutil


def answer(net, trainer, loss, X, y, devices):
    parts = zip(*d2lutil.split_batch(X, y, devices), strict=True)
    with autograd.record():
        losses = [loss(net(part), label) for part, label in parts]
    autograd.backward(losses)
    trainer.step(len(X))
    return sum(part.sum().item() for part in losses) / len(X)
""",
        reason=(
            "Mọi thiết bị nhận việc trước khi ta đòi giá trị đầu tiên, nên chúng làm cùng lúc. "
            "Các phần có thể dài ngắn khác nhau, vì thế ta cộng trước rồi mới chia, "
            "chứ không lấy trung bình của các trung bình."
        ),
    ),
)

EXERCISES = (THERE, STOPWATCH, PAYS, INTENSITY, SHIFT, STEP)
