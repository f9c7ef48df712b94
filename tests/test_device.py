import mxnet as mx
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from d2lutil import device
from d2lutil.device import cpu, gpu, gpu_problem, num_gpus, split_batch, try_all_gpus, try_gpu

NOT_AN_INDEX = [-1, numpy.int64(-1), True, numpy.bool_(False), 1.0, "0", None, [0]]


@pytest.fixture
def setting(monkeypatch):
    """Set `D2L_DEVICE`, or take it away with None."""

    def change(value):
        if value is None:
            monkeypatch.delenv("D2L_DEVICE", raising=False)
        else:
            monkeypatch.setenv("D2L_DEVICE", value)

    return change


# Contexts.


def test_contexts_are_those_of_mxnet():
    assert [cpu(), cpu(1), gpu(), gpu(2)] == [mx.cpu(), mx.cpu(1), mx.gpu(), mx.gpu(2)]
    assert gpu(numpy.int32(3)) == mx.gpu(3)


@pytest.mark.parametrize("i", NOT_AN_INDEX)
@pytest.mark.parametrize("function", [cpu, gpu, try_gpu, gpu_problem])
def test_bad_index_is_named(function, i):
    with pytest.raises(ValueError, match="phải là số nguyên 0, 1, 2, …") as error:
        function(i)
    assert repr(i) in str(error.value)


# The choice among GPUs, for machines described by what is wrong with each of their GPUs.


def machine(*problems):
    def problem(i):
        return problems[i] if i < len(problems) else "không có"

    return lambda: len(problems), problem


NONE = machine()
TWO = machine(None, None)
SECOND_OF_THREE = machine("hỏng", None, "hỏng")


@pytest.mark.parametrize(
    ("setting", "gpus", "all_chosen", "each_chosen"),
    [
        (None, NONE, [], [None, None]),
        ("", TWO, [0, 1], [0, 1, None]),
        (None, TWO, [0, 1], [0, 1, None]),
        (None, SECOND_OF_THREE, [1], [None, 1, None, None]),
        ("cpu", NONE, [], [None]),
        ("cpu", TWO, [], [None, None]),
        ("gpu", TWO, [0, 1], [0, 1, None]),
        ("gpu:0", TWO, [0, 1], [0, 1, None]),
        ("gpu:1", TWO, [1, 0], [1, 0, None]),
        ("gpu:2", machine(None, None, None, "hỏng"), [2, 0, 1], [2, 0, 1, None, None]),
        ("gpu:1", SECOND_OF_THREE, [1], [1, None, None, None]),
    ],
)
def test_choice(setting, gpus, all_chosen, each_chosen):
    assert device.select_all(setting, *gpus) == all_chosen
    assert [device.select(i, setting, *gpus) for i in range(len(each_chosen))] == each_chosen


@pytest.mark.parametrize(
    ("setting", "gpus", "reason"),
    [
        ("gpu", NONE, r"D2L_DEVICE=gpu đòi gpu\(0\).* không có;"),
        ("gpu", SECOND_OF_THREE, r"gpu\(0\).* hỏng;"),
        ("gpu:2", SECOND_OF_THREE, r"D2L_DEVICE=gpu:2 đòi gpu\(2\).* hỏng;"),
        ("gpu:7", TWO, r"gpu\(7\).* không có; đặt D2L_DEVICE=cpu"),
    ],
)
def test_demanded_gpu_that_does_not_work_is_never_a_silent_cpu(setting, gpus, reason):
    for choose in (
        lambda: device.select_all(setting, *gpus),
        lambda: device.select(1, setting, *gpus),
    ):
        with pytest.raises(RuntimeError, match=reason):
            choose()


@pytest.mark.parametrize("setting", [" cpu", "CPU", "gpu:", "gpu:-1", "gpu:x", "gpu1", "tpu", "0"])
def test_unknown_setting_lists_the_allowed_ones(setting):
    for choose in (
        lambda: device.select_all(setting, *TWO),
        lambda: device.select(0, setting, *TWO),
    ):
        with pytest.raises(ValueError, match="được phép là cpu, gpu hoặc gpu:N") as error:
            choose()
        assert repr(setting) in str(error.value)


def test_only_the_gpu_in_question_is_tried():
    tried = []

    def problem(i):
        tried.append(i)

    assert device.select(2, None, lambda: 4, problem) == 2
    assert tried == [2]


def test_cpu_setting_does_not_touch_the_driver():
    def touched(*_):
        raise AssertionError

    assert device.select_all("cpu", touched, touched) == []
    assert device.select(0, "cpu", touched, touched) is None


# This machine. The test environment has MXNet's CPU build, which has no GPU to offer.


@pytest.mark.parametrize("value", ["cpu", "", None])
def test_helpers_without_a_gpu(setting, value):
    setting(value)
    assert num_gpus() == 0
    assert try_gpu() == try_gpu(3) == cpu()
    assert try_all_gpus() == [cpu()]
    assert gpu_problem() is not None


@pytest.mark.parametrize("value", ["gpu", "gpu:1"])
@pytest.mark.parametrize("helper", [num_gpus, try_gpu, try_all_gpus])
def test_demanding_a_gpu_of_this_machine(setting, helper, value):
    setting(value)
    with pytest.raises(RuntimeError, match="bản MXNet này chỉ chạy trên CPU"):
        helper()


@pytest.mark.parametrize("helper", [num_gpus, try_gpu, try_all_gpus])
def test_helpers_read_the_setting_at_each_call(setting, helper):
    setting("tpu")
    with pytest.raises(ValueError, match="'tpu'"):
        helper()
    setting("cpu")
    helper()


def test_problem_says_what_hides_the_gpu(setting):
    setting("cpu")
    assert "D2L_DEVICE=cpu" in gpu_problem()
    setting(None)
    assert gpu_problem(1) == "bản MXNet này chỉ chạy trên CPU"


def test_operation_is_really_tried():
    device._try_operation(mx.cpu(1))
    with pytest.raises(mx.MXNetError, match="not implemented for GPU") as error:
        device._try_operation(mx.gpu(0))
    reason = device._reason(str(error.value))
    assert "not implemented for GPU" in reason
    assert "\n" not in reason


def test_reason_for_a_gpu_that_is_too_new():
    message = "Traceback\n  File\nName: Check failed: no kernel image is available on the device\n"
    assert device._reason(message).startswith("MXNet không có mã cho đời GPU này")


# Batches.


@given(
    n=st.integers(1, 40),
    k=st.integers(1, 8),
    new=st.booleans(),
)
def test_parts_are_even_ordered_and_on_their_devices(n, k, new):
    make = mx.np.array if new else mx.nd.array
    X, y = numpy.arange(n * 6.0).reshape(n, 2, 3), numpy.arange(n * 1.0)
    devices = [cpu(i) for i in range(k)]
    if n < k:
        with pytest.raises(ValueError, match=f"chỉ có {n} mẫu, không đủ chia cho {k} thiết bị"):
            split_batch(make(X), make(y), devices)
        return
    parts = split_batch(make(X), make(y), devices)
    for part, whole in zip(parts, (X, y), strict=True):
        assert [piece.ctx for piece in part] == devices
        assert {type(piece) for piece in part} == {type(make(whole))}
        sizes = [len(piece) for piece in part]
        assert sizes == sorted(sizes, reverse=True)
        assert sizes[0] - sizes[-1] <= 1
        assert (numpy.concatenate([piece.asnumpy() for piece in part]) == whole).all()


@pytest.mark.parametrize("several", [tuple, list])
@pytest.mark.parametrize("make", [mx.np.array, mx.nd.array, numpy.array])
def test_several_inputs_of_each_example_are_split_alike(make, several):
    tokens, mask = numpy.arange(6.0).reshape(2, 3), numpy.ones((2, 1))
    devices = [cpu(0), cpu(1)]
    X, y = split_batch(several([make(tokens), make(mask)]), [5, 6], devices)
    assert [[array.asnumpy().tolist() for array in part] for part in X] == [
        [[[0, 1, 2]], [[1]]],
        [[[3, 4, 5]], [[1]]],
    ]
    assert [{array.ctx for array in part} for part in X] == [{device} for device in devices]
    assert [part.asnumpy().tolist() for part in y] == [[5], [6]]
    # As many arrays as examples: each array is an input all the same.
    X, y = split_batch(make(tokens), several([make(tokens), make(tokens)]), devices)
    assert [part.shape for part in X] == [(1, 3), (1, 3)]
    assert [[array.shape for array in part] for part in y] == [[(1, 3)] * 2] * 2


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("make", [mx.np.array, mx.nd.array, list])
def test_splitting_warns_of_nothing(make):
    X, _ = split_batch(make([1, 2, 3]), make([1, 2, 3]), [cpu(0), cpu(1)])
    assert [part.ctx for part in X] == [cpu(0), cpu(1)]


@pytest.mark.parametrize("devices", [[gpu(0)], [cpu(), gpu(3)]])
def test_a_gpu_that_does_not_work_is_named(devices):
    with pytest.raises(RuntimeError, match=r"devices chứa gpu\(\d\), nhưng .*: bản MXNet này chỉ"):
        split_batch([1, 2], [1, 2], devices)


def test_a_part_that_is_on_its_device_is_no_copy():
    X = mx.np.zeros((4, 2))
    (first, _), _ = split_batch(X, X, [cpu(0), cpu(1)])
    first[:] = 1
    assert X.asnumpy().tolist() == [[1, 1], [1, 1], [0, 0], [0, 0]]


def test_numpy_arrays_and_lists_can_be_split():
    X, y = split_batch(numpy.ones((4, 2)), [1, 2, 3, 4], (cpu(0), cpu(1)))
    assert [part.shape for part in X] == [(2, 2), (2, 2)]
    assert [part.asnumpy().tolist() for part in y] == [[1, 2], [3, 4]]
    assert [part.ctx for part in y] == [cpu(0), cpu(1)]


def test_gradients_flow_through_the_parts():
    X = mx.np.ones((4, 2))
    X.attach_grad()
    with mx.autograd.record():
        (first, second), _ = split_batch(X, X, [cpu(0), cpu(1)])
        losses = [2 * first, 3 * second]
    mx.autograd.backward(losses)
    assert X.grad.asnumpy().tolist() == [[2, 2], [2, 2], [3, 3], [3, 3]]


@pytest.mark.parametrize(
    ("X", "y", "devices", "reason"),
    [
        ([1, 2, 3], [1, 2], [cpu()], "X có 3 mẫu nhưng y có 2"),
        ([1, 2], [1, 2], [], "devices rỗng"),
        ([1, 2], [1, 2], cpu(), r"danh sách thiết bị như \[cpu\(\)\], không phải cpu\(0\)"),
        ([1, 2], [1, 2], None, "không phải None"),
        ([1, 2], [1, 2], ["gpu"], "devices chứa 'gpu'"),
        ([], [], [cpu()], "chỉ có 0 mẫu"),
        (1, [1], [cpu()], "X chỉ là một con số"),
        ([1], mx.np.array(2), [cpu()], "y chỉ là một con số"),
        ([[1, 2], [3]], [1, 2], [cpu()], "X không đổi được thành mảng"),
        ([1], ["mèo"], [cpu()], "y không đổi được thành mảng: .*mèo"),
        (None, [1], [cpu()], "X phải là một mảng hay danh sách các số, không phải NoneType"),
        ([1], {"a": 1}, [cpu()], "y phải là .*, không phải dict"),
        ((x for x in [1]), [1], [cpu()], "không phải generator"),
        (numpy.ones(2, "uint16"), [1, 2], [cpu()], r"X chứa uint16, kiểu mà .*astype\('float32'\)"),
        ((mx.np.ones(2), mx.np.ones(3)), [1, 2], [cpu()], r"X\[0\] có 2 mẫu nhưng X\[1\] có 3"),
        ([mx.np.ones(2)] * 3, [1, 2, 3], [cpu()], r"X\[0\] có 2 .*là một mẫu, .*bằng np\.stack"),
        ((mx.np.ones(2), ["mèo", 2]), [1, 2], [cpu()], r"X\[1\] không đổi được"),
    ],
)
def test_bad_batches_are_explained(X, y, devices, reason):
    with pytest.raises(ValueError, match=reason):
        split_batch(X, y, devices)
