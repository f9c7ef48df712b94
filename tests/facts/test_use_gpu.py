"""What the section on GPUs says about MXNet, as far as a machine without one can tell."""

import mmap
import os
import subprocess
import sys
import time

import mxnet
import numpy
import pytest
from mxnet import autograd, cpu, current_context, gluon, gpu, init, libinfo, np, npx
from mxnet.gluon import nn

import d2lutil
from authoring import notebook
from tests.course import FOLDER
from tests.facts.claims import claim

CELLS = {cell.id: cell.source for cell in notebook.read(FOLDER / "use-gpu_vn.ipynb").cells}
PAIR = [cpu(0), cpu(1)]
SHAPE = (2, 3)


def ready(ctx):
    layer = nn.Dense(2, in_units=3)
    layer.initialize(ctx=ctx)
    return layer


def impossible():
    return np.random.normal(0, -1, size=2)


def values(parameter):
    return [data.asnumpy().tolist() for data in parameter.list_data()]


@claim("use-gpu", "names-text", "A context is only a name")
def test_a_gpus_context_needs_no_gpu():
    assert str(gpu(99)) == "gpu(99)"
    with pytest.raises(mxnet.MXNetError):
        np.ones(1, ctx=gpu(99)).item()


@claim("use-gpu", "names-text", "yet `cpu(1)` is another *name*")
def test_names_of_the_cpu_are_not_equal():
    assert cpu() == cpu(0) != cpu(1)


@claim("use-gpu", "names-text", "`gpu()` is `gpu(0)`")
def test_the_first_gpu_needs_no_number():
    assert gpu() == gpu(0) == npx.gpu()


@claim("use-gpu", "make-there-text", "it is made on the current context, `cpu(0)`")
def test_arrays_are_made_on_the_current_context():
    assert np.ones(SHAPE).ctx == current_context() == cpu(0)
    with cpu(1):
        assert np.ones(SHAPE).ctx == np.random.uniform(size=SHAPE).ctx == cpu(1)
    assert np.ones(SHAPE, ctx=cpu(1)).ctx == cpu(1)


@claim("use-gpu", "crossing-text", "copies only if `x` is elsewhere")
@claim("use-gpu", "rule-text", "since `alias` *is* `x`")
def test_as_in_ctx_copies_only_where_it_must():
    x = np.ones(SHAPE)
    assert x.as_in_ctx(cpu(0)) is x
    moved, copied = x.as_in_ctx(cpu(1)), x.copyto(cpu(0))
    x[:] = 7
    assert (moved == 1).all()
    assert (copied == 1).all()


@claim("use-gpu", "rule-text", "`copyto` also takes an array instead of a context, and fills it")
def test_copyto_fills_an_array():
    target = np.zeros(SHAPE, ctx=cpu(1))
    assert np.ones(SHAPE).copyto(target) is target
    assert (target.asnumpy() == 1).all()
    assert target.ctx == cpu(1)


@claim("use-gpu", "silent-text", "the layer looked for its weight where the input is")
def test_a_layer_looks_for_its_parameters_where_the_input_is():
    with pytest.raises(RuntimeError, match=r"on context cpu\(0\).*only initialized on \[cpu\(1\)"):
        ready(cpu(1))(np.ones(SHAPE))


@claim("use-gpu", "silent-text", "and the output lives on the far bank too")
def test_results_live_where_the_inputs_are():
    assert ready(cpu(1))(np.ones(SHAPE, ctx=cpu(1))).ctx == cpu(1)


@claim("use-gpu", "silent-text", "`CachedOp requires all inputs to live on the same context`")
def test_a_graph_compares_the_exact_contexts():
    net = nn.HybridSequential()
    net.add(nn.Dense(2, in_units=3))
    net.initialize(ctx=cpu(1))
    net.hybridize()
    with pytest.raises(mxnet.MXNetError, match="CachedOp requires all inputs to live on the same"):
        net(np.ones(SHAPE))


@claim("use-gpu", "silent-text", "`require all inputs live on the same context`")
def test_the_engine_has_a_message_for_mixed_devices():
    (path, *_) = libinfo.find_lib_path()
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as library:
        assert library.find(b"require all inputs live on the same context") > 0


@claim("use-gpu", "gradient-text", "the result lives where the first array does")
def test_names_of_the_cpu_mix_in_silence():
    a, b = (np.ones(SHAPE, ctx=device) for device in PAIR)
    assert [(a + b).ctx, (b + a).ctx] == PAIR


@claim("use-gpu", "ex-there-text", "the gradient comes back over it")
@claim("use-gpu", "ex-there-text", "is a new one, and has none")
@claim("use-gpu", "ex-there-text", "then call `attach_grad` on what arrived")
def test_gradients_cross_only_while_recording():
    w = np.ones(3)
    w.attach_grad()
    assert w.as_in_ctx(cpu(1)).grad is None
    with autograd.record():
        total = (3 * w.as_in_ctx(cpu(1))).sum()
    total.backward()
    assert w.grad.asnumpy().tolist() == [3, 3, 3]
    moved = w.as_in_ctx(cpu(1))
    moved.attach_grad()
    with autograd.record():
        total = (3 * moved).sum()
    total.backward()
    assert moved.grad.asnumpy().tolist() == [3, 3, 3]


@claim("use-gpu", "errors", "`encoding' must be str, not Context`")
def test_array_equal_stumbles_over_contexts():
    a, b = (np.ones(SHAPE, ctx=device) for device in PAIR)
    with pytest.raises(TypeError, match="encoding' must be str, not Context"):
        np.array_equal(a, b)
    assert np.array_equal(a, b.as_in_ctx(a.ctx))


@claim("use-gpu", "errors", "`is not implemented for GPU`")
def test_a_build_for_the_cpu_refuses_a_gpu():
    with pytest.raises(mxnet.MXNetError, match="is not implemented for GPU"):
        np.ones(1, ctx=gpu())


@claim("use-gpu", "early-trainer-text", "every device gets its own copy of each parameter")
def test_reset_ctx_gives_each_device_a_copy():
    layer = ready(cpu(0))
    before = layer.weight.data().asnumpy()
    layer.collect_params().reset_ctx(PAIR)
    assert layer.weight.list_ctx() == PAIR
    for device, data in zip(PAIR, layer.weight.list_data(), strict=True):
        assert numpy.array_equal(data.asnumpy(), before)
        assert layer(np.ones(SHAPE, ctx=device)).ctx == device


@claim("use-gpu", "early-trainer-text", "reads a file straight to its place")
def test_a_file_is_read_to_its_place(tmp_path):
    layer = ready(cpu(0))
    layer.save_parameters(str(tmp_path / "a.params"))
    other = nn.Dense(2, in_units=3)
    other.load_parameters(str(tmp_path / "a.params"), ctx=cpu(1))
    assert other.weight.list_ctx() == [cpu(1)]


@claim("use-gpu", "naive-text", "the trainer knows only the copy that was there")
@claim("use-gpu", "naive-text", "it brings both to $-1$")
@pytest.mark.parametrize("late", [False, True])
def test_a_trainer_knows_the_copies_that_are_there_when_it_is_made(late, recwarn):
    layer = nn.Dense(1, in_units=2)
    layer.initialize(init.One())
    settings = layer.collect_params(), "sgd", {"learning_rate": 1}
    trainer = gluon.Trainer(*settings)
    layer.collect_params().reset_ctx(PAIR)
    if late:
        trainer = gluon.Trainer(*settings)
    with autograd.record():
        losses = [layer(np.ones((1, 2), ctx=device)).sum() for device in PAIR]
    autograd.backward(losses)
    trainer.step(1)
    assert values(layer.weight) == ([[[-1, -1]]] * 2 if late else [[[0, 0]], [[1, 1]]])
    assert not recwarn.list


@claim("use-gpu", "honest-text", "comes back at once with an array that has a shape but no values")
@claim("use-gpu", "late-text", "nobody notices until somebody asks for its values")
def test_an_operation_returns_before_it_is_carried_out():
    noise = impossible()
    assert noise.shape == (2,)
    with pytest.raises(ValueError, match="scale < 0"):
        noise.wait_to_read()


@claim("use-gpu", "waits-text", "Whatever needs *values*: `item()`, `asnumpy()`, `float()`")
def test_whatever_needs_values_waits_and_brings_errors():
    waits = [
        lambda noise: npx.waitall(),
        lambda noise: noise.asnumpy(),
        lambda noise: noise[0].item(),
        lambda noise: print(noise),
        lambda noise: float(noise[0]),
    ]
    for wait in waits:
        noise = impossible()
        with pytest.raises(ValueError, match="scale < 0"):
            wait(noise)


@claim("use-gpu", "ex-stopwatch-text", "`item()` waits for its own array only")
@claim("use-gpu", "honest-text", "waits until everything in the queue is done")
def test_a_value_waits_for_its_own_array_only():
    one, square = np.ones(1), np.ones((1200, 1200))
    npx.waitall()
    for wait in (one.item, one.asnumpy, one.wait_to_read, lambda: float(one), lambda: str(one)):
        products = [np.dot(square, square) for _ in range(6)]
        start = time.perf_counter()
        wait()
        own = time.perf_counter() - start
        npx.waitall()
        everything = time.perf_counter() - start
        assert own < everything / 2
        assert len(products) == 6


MEMORY = """
import sys, numpy
from mxnet import autograd, gluon, np, npx
from mxnet.gluon import nn
npx.set_np()

def used():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6

data, every = numpy.ones((256, 1024), "float32"), int(sys.argv[1])
net = nn.Sequential()
net.add(nn.Dense(1024, activation="relu"), nn.Dense(1))
net.initialize()
trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1e-4})
for step in range(-3, 100):
    if step == 0:
        npx.waitall()
        start = most = used()
    X = np.array(data)
    with autograd.record():
        loss = (net(X) ** 2).mean()
    loss.backward()
    trainer.step(1)
    if step < 0 or every and step % every == 0:
        loss.item()
    if step > 0:
        most = max(most, used())
print(most - start)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="reads Linux's own count")
@claim("use-gpu", "pays-text", "each batch in the queue stays in memory until its turn comes")
@claim("use-gpu", "pays-text", "some 70 MB more without asking, and some 15 MB when every tenth")
def test_a_loop_that_never_asks_lets_memory_grow():
    def grown(every):
        command = [sys.executable, "-c", MEMORY, every]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(run.stdout)

    # On a busy machine Python may not get far ahead of the engine.
    assert any(grown("0") > 20 + grown("10") for _ in range(4))


@claim("use-gpu", "pays-text", "as it waits for its turn before it writes the numbers")
def test_an_array_of_given_numbers_waits_for_its_turn():
    square, numbers = np.ones((1200, 1200)), numpy.ones(3)
    npx.waitall()
    products = [np.dot(square, square) for _ in range(4)]
    start = time.perf_counter()
    made = np.array(numbers)
    waited = time.perf_counter() - start
    npx.waitall()
    everything = time.perf_counter() - start
    assert waited > everything / 2
    assert len(products) == 4
    assert made.shape == (3,)


@claim("use-gpu", "train-run-text", "turns an output into a probability and compares it")
def test_sigmoid_bce_takes_scores():
    score, label = np.array([0.3, -2.0]), np.array([1.0, 0.0])
    chance = npx.sigmoid(score)
    expected = -(label * np.log(chance) + (1 - label) * np.log(1 - chance))
    loss = gluon.loss.SigmoidBCELoss()(score.reshape(-1, 1), label.reshape(-1, 1))
    assert numpy.allclose(loss.asnumpy(), expected.asnumpy(), atol=1e-6)


@claim("use-gpu", "fit-text", "the two numbers that Adam remembers for each")
@claim("use-gpu", "errors", "Weights, gradients and Adam take 16 bytes for each weight")
def test_adam_remembers_two_numbers_for_each_weight():
    layer = ready(cpu())
    trainer = gluon.Trainer(layer.collect_params(), "adam", update_on_kvstore=False)
    with autograd.record():
        loss = layer(np.ones(SHAPE)).sum()
    loss.backward()
    trainer.step(1)
    states = trainer._updaters[0].states.values()
    assert sum(array.size for state in states for array in state) == 2 * (6 + 2)
    assert layer.weight.data().dtype == numpy.float32


@claim("use-gpu", "busy-text", "`mxnet.context.gpu_memory_info(0)` gives the free and the total")
def test_there_is_a_way_to_ask_for_the_memory_of_a_card():
    doc = " ".join(mxnet.context.gpu_memory_info.__doc__.split())
    assert "free and total" in doc


@claim("use-gpu", "copies-text", "`data()` alone takes that of the *current* context")
def test_data_gives_the_copy_of_the_current_context():
    layer = ready(PAIR)
    assert layer.weight.data().ctx == cpu(0)
    with cpu(1):
        assert layer.weight.data().ctx == cpu(1)


@claim("use-gpu", "ex-shift-text", "A `HybridBlock` gets the right copy as an argument")
def test_a_hybrid_block_gets_the_copy_of_its_inputs_device():
    class Shift(nn.HybridBlock):
        def __init__(self):
            super().__init__()
            self.shift = self.params.get("shift", shape=(3,), init="ones")

        def hybrid_forward(self, F, x, shift):
            return x + shift

    for hybridized in (False, True):
        layer = Shift()
        layer.initialize(ctx=PAIR)
        layer.hybridize(hybridized)
        layer.shift.data(cpu(1))[:] = 10
        results = [layer(np.zeros(SHAPE, ctx=device)) for device in PAIR]
        assert [(result.ctx, result[0, 0].item()) for result in results] == [
            (cpu(0), 1),
            (cpu(1), 10),
        ]


@claim("use-gpu", "ex-step-text", "nothing but rounding (less than a millionth)")
def test_training_on_two_devices_differs_by_rounding_only():
    names = {}
    for cell in ("setup", "train", "parallel"):
        source = CELLS[cell]
        # The last line of the first cell starts a lesson.
        exec(source.rpartition("\n")[0] if cell == "setup" else source, names)
    one, two = names["train_on"](PAIR[:1]), names["train_on"](PAIR)
    for a, (first, second) in zip(one, two, strict=True):
        assert abs(a[0] - first).max() < 1e-6
        assert abs(first - second.as_in_ctx(cpu(0))).max() < 1e-6


@claim("use-gpu", "parallel-text", "adds up the gradients of all copies")
@claim("use-gpu", "ex-step-text", "the gradient of a sum is the sum of the gradients")
def test_a_step_on_several_devices_is_one_on_their_sum():
    layer = ready(PAIR)
    start = layer.weight.data(cpu(0)).asnumpy()
    trainer = gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 1.0})
    gradients = []
    for device, factor in zip(PAIR, (1, 10), strict=True):
        with autograd.record():
            loss = layer(np.full(SHAPE, factor, ctx=device)).sum()
        loss.backward()
        gradients.append(layer.weight.grad(device).asnumpy().copy())
    trainer.step(4)
    first, second = (data.asnumpy() for data in layer.weight.list_data())
    assert numpy.array_equal(first, second)
    assert numpy.allclose(first, start - sum(gradients) / 4, atol=1e-5)


@claim("use-gpu", "parallel-text", "which wants `even_split=False`")
def test_split_and_load_divides_evenly_unless_told():
    batch = np.ones((9, 2))
    with pytest.raises(ValueError, match="cannot be evenly split"):
        gluon.utils.split_and_load(batch, PAIR)
    parts = gluon.utils.split_and_load(batch, PAIR, even_split=False)
    assert [part.shape for part in parts] == [(5, 2), (4, 2)]
    assert [part.ctx for part in parts] == PAIR


def weights_after(devices, *batches, fresh=False):
    """Train a layer that starts with ones; each batch goes to as many devices as it can."""
    layer = nn.Dense(1, in_units=2, use_bias=False)
    layer.initialize(init.One(), ctx=devices)
    trainer = gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 0.01})
    for rows in batches:
        parts, _ = d2lutil.split_batch(np.array(rows), np.ones(len(rows)), devices[: len(rows)])
        if fresh:
            layer.collect_params().zero_grad()
        with autograd.record():
            totals = [layer(part).sum() for part in parts]
        autograd.backward(totals)
        trainer.step(len(rows))
    return values(layer.weight)


@claim("use-gpu", "parallel-text", "a copy that gets no part hands in its old gradient once more")
@claim("use-gpu", "parallel-text", "or split it over `devices[:len(X)]` and call")
def test_a_copy_without_a_part_hands_in_its_old_gradient():
    batches = [[1.0, 2.0], [10.0, 20.0]], [[3.0, 4.0]]
    ((right,),) = weights_after(PAIR[:1], *batches)
    for (trained,) in weights_after(PAIR, *batches, fresh=True):
        assert trained == pytest.approx(right)
    for (trained,) in weights_after(PAIR, *batches):
        assert trained == pytest.approx([right[0] - 0.1, right[1] - 0.2])


@claim("use-gpu", "ex-shift-text", "only while a copy has never had a gradient")
@claim("use-gpu", "ex-shift-text", "uses an old gradient again without a word")
@claim("deferred-init", "ex-heads-text", "without a new gradient, on one device")
@pytest.mark.parametrize(("devices", "last"), [(PAIR[:1], 0.9), (PAIR, 0.7)])
def test_stale_gradients_are_noticed_on_one_device_only(devices, last):
    used, left = (nn.Dense(1, in_units=1, use_bias=False) for _ in range(2))
    net = nn.Sequential()
    net.add(used, left)
    net.initialize(init.One(), ctx=devices)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    for step in range(3):
        with autograd.record():
            totals = []
            for place in devices:
                x = np.ones((1, 1), ctx=place)
                totals.append(used(x) + left(x) if step == 0 else used(x))
        autograd.backward(totals)
        if step == 1 and len(devices) == 1:
            with pytest.raises(UserWarning, match="has not been updated by backward"):
                trainer.step(1)
        else:
            trainer.step(len(devices), ignore_stale_grad=step == 2)
    assert [trained for ((trained,),) in values(left.weight)] == pytest.approx(
        [last] * len(devices)
    )


@claim("use-gpu", "ex-step-text", "the running statistics are kept for each device")
def test_running_statistics_are_kept_for_each_device():
    layer = nn.BatchNorm(in_channels=3)
    layer.initialize(ctx=PAIR)
    trainer = gluon.Trainer(layer.collect_params(), "sgd")
    # The first step gives every copy the values of the first one; after that they are on their own.
    for _ in range(2):
        for device, number in zip(PAIR, (1, 10), strict=True):
            with autograd.record():
                loss = layer(np.full(SHAPE, number, ctx=device)).sum()
            loss.backward()
        trainer.step(4)
    first, second = values(layer.running_mean)
    assert first[0] == pytest.approx(0.1 * 0.9 + 0.1)
    assert second[0] == pytest.approx(0.1 * 0.9 + 1)


@claim("use-gpu", "ex-step-text", "takes only arrays of the older kind and fails in NumPy mode")
@pytest.mark.parametrize("hybridized", [False, True])
def test_the_batch_norm_that_exchanges_is_for_older_arrays(hybridized):
    from mxnet.gluon.contrib.nn import SyncBatchNorm

    net = SyncBatchNorm(in_channels=3, num_devices=2)
    net.initialize(ctx=PAIR)
    net.hybridize(hybridized)
    with pytest.raises(TypeError, match=r"SyncBatchNorm.*legacy"):
        net(np.ones(SHAPE))


@claim("use-gpu", "profile-text", "writes a report to `filename`, in place of whatever is there")
def test_the_profiler_replaces_what_it_is_given(tmp_path):
    # As root, it would replace even /dev/null.
    target = tmp_path / "pipe"
    os.mkfifo(target)
    program = (
        "import d2lutil, sys; from mxnet import np, npx, profiler\n"
        "profiler.set_config(profile_imperative=True, filename=sys.argv[1])\n"
        "profiler.set_state('run'); np.ones(1).item(); profiler.set_state('stop')"
    )
    subprocess.run([sys.executable, "-c", program, target], check=True)
    assert target.is_file()


@claim("use-gpu", "growth-text", "a `Dense` layer in 16 bits")
def test_the_cpu_has_no_dense_layer_of_sixteen_bits():
    layer = ready(cpu())
    layer.cast("float16")
    with pytest.raises(mxnet.MXNetError, match="float16 fully connected layer"):
        layer(np.ones(SHAPE, dtype="float16")).asnumpy()


@claim("use-gpu", "growth-text", "2049 doesn't exist")
@claim("use-gpu", "growth-text", "a gradient of $10^{-8}$ becomes 0")
def test_sixteen_bits_have_few_digits():
    numbers = np.array([2049, 1e-8, 1024e-8], dtype="float16").asnumpy()
    assert numbers[0] == 2048
    assert numbers[1] == 0
    assert numbers[2] > 0


# In a process of its own, since `amp.init` replaces functions of MXNet for good. With "bfloat16",
# because the CPU has no dense layer of the kind "float16".
CASTS = """
import sys
from mxnet import gluon, nd, np, npx
from mxnet.contrib import amp

arrays = {"nd": nd, "np": np}[sys.argv[1]]
if arrays is np:
    npx.set_np()
amp.init("bfloat16")
casts, cast = [], nd.amp_cast
nd.amp_cast = lambda *args, **kwargs: casts.append(1) or cast(*args, **kwargs)
net = gluon.nn.Dense(2, in_units=3)
net.initialize()
net(arrays.ones((1, 3)))
print(len(casts))
"""

SCALING = """
from mxnet import autograd, gluon, np, npx
from mxnet.contrib import amp

npx.set_np()
amp.init()
net = gluon.nn.Dense(1, in_units=3)
net.initialize()
trainer = gluon.Trainer(net.collect_params(), "sgd", update_on_kvstore=False)
amp.init_trainer(trainer)
with autograd.record():
    loss = net(np.ones((2, 3)))
    with amp.scale_loss(loss, trainer) as scaled:
        autograd.backward(scaled)
try:
    trainer.step(2)
except TypeError as error:
    print(error)
"""


def told(*arguments):
    command = [sys.executable, "-c", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@claim("use-gpu", "growth-text", "In NumPy mode MXNet's `mxnet.contrib.amp` changes nothing")
@claim("use-gpu", "growth-text", "and its loss scaling fails")
def test_mixed_precision_is_for_older_arrays():
    assert int(told(CASTS, "nd")) > 0
    assert int(told(CASTS, "np")) == 0
    assert "legacy operator" in told(SCALING)


@claim("use-gpu", "growth-text", "was still 1 without it, and 0.998 with it")
@pytest.mark.filterwarnings("ignore:Accumulating with float16")
@pytest.mark.parametrize(("kept", "expected"), [(False, 1), (True, 0.998)])
def test_weights_are_kept_in_32_bits(kept, expected):
    weight = gluon.Parameter("weight", shape=(1,), dtype="float16", init=init.One())
    weight.initialize()
    settings = {"learning_rate": 1e-4, "multi_precision": kept}
    trainer = gluon.Trainer({"weight": weight}, "sgd", settings)
    for _ in range(20):
        with autograd.record():
            loss = weight.data().sum()
        loss.backward()
        trainer.step(1)
    assert weight.data().item() == pytest.approx(expected, abs=2e-4)


@claim("use-gpu", "pays-text", "prepares batches in advance with `num_workers` processes")
def test_a_data_loader_takes_workers_and_pinned_memory():
    data = gluon.data.ArrayDataset(np.arange(6).reshape(6, 1))
    loader = gluon.data.DataLoader(data, batch_size=3, num_workers=0, pin_memory=False)
    assert [batch.shape for batch in loader] == [(3, 1), (3, 1)]
