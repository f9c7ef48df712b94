"""What the section on GPUs says about MXNet, as far as a machine without one can tell."""

import mmap

import mxnet
import numpy
import pytest
from mxnet import autograd, cpu, current_context, gluon, gpu, libinfo, np, npx
from mxnet.gluon import nn

from tests.facts.claims import claim

PAIR = [cpu(0), cpu(1)]
SHAPE = (2, 3)


def ready(ctx):
    layer = nn.Dense(2, in_units=3)
    layer.initialize(ctx=ctx)
    return layer


def impossible():
    return np.random.normal(0, -1, size=2)


@claim("use-gpu", "names-read", "A context is only an address")
def test_a_gpus_context_needs_no_gpu():
    assert str(gpu(99)) == "gpu(99)"
    with pytest.raises(mxnet.MXNetError):
        np.ones(1, ctx=gpu(99)).item()


@claim("use-gpu", "names-read", "Yet `cpu(0)` and `cpu(1)` are different *names*")
def test_names_of_the_cpu_are_not_equal():
    assert cpu() == cpu(0) != cpu(1)


@claim("use-gpu", "names-read", "`gpu()` is `gpu(0)`")
def test_the_first_gpu_needs_no_number():
    assert gpu() == gpu(0) == npx.gpu()


@claim("use-gpu", "make-there-text", "it is made on the current context, which is `cpu(0)`")
def test_arrays_are_made_on_the_current_context():
    assert np.ones(SHAPE).ctx == current_context() == cpu(0)
    with cpu(1):
        assert np.ones(SHAPE).ctx == np.random.uniform(size=SHAPE).ctx == cpu(1)
    assert np.ones(SHAPE, ctx=cpu(1)).ctx == cpu(1)


@claim("use-gpu", "alias-text", "`as_in_ctx` handed back the very same object, `copyto` a new one")
def test_as_in_ctx_copies_only_where_it_must():
    x = np.ones(SHAPE)
    assert x.as_in_ctx(cpu(0)) is x
    moved, copied = x.as_in_ctx(cpu(1)), x.copyto(cpu(0))
    x[:] = 7
    assert (moved == 1).all()
    assert (copied == 1).all()


@claim("use-gpu", "alias-read", "`copyto` also takes an array instead of a context")
def test_copyto_fills_an_array():
    shelf = np.zeros(SHAPE, ctx=cpu(1))
    assert np.ones(SHAPE).copyto(shelf) is shelf
    assert (shelf.asnumpy() == 1).all()
    assert shelf.ctx == cpu(1)


@claim("use-gpu", "rule-read", "`was not initialized on context cpu(0)`")
def test_a_layer_looks_for_its_parameters_where_the_input_is():
    with pytest.raises(RuntimeError, match=r"on context cpu\(0\).*only initialized on \[cpu\(1\)"):
        ready(cpu(1))(np.ones(SHAPE))


@claim("use-gpu", "silent-text", "The result lives on the far bank too")
def test_results_live_where_the_inputs_are():
    assert ready(cpu(1))(np.ones(SHAPE, ctx=cpu(1))).ctx == cpu(1)


@claim("use-gpu", "silent-text", "requires `all inputs live on the same context`")
def test_the_engine_has_a_message_for_mixed_devices():
    (path, *_) = libinfo.find_lib_path()
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as library:
        assert library.find(b"require all inputs live on the same context") > 0


@claim("use-gpu", "silent-read", "the result takes the place of the first")
def test_names_of_the_cpu_mix_in_silence():
    a, b = (np.ones(SHAPE, ctx=device) for device in PAIR)
    assert [(a + b).ctx, (b + a).ctx] == PAIR


@claim("use-gpu", "stumble-read", "and stumbled over its own sentence")
def test_array_equal_stumbles_over_contexts():
    a, b = (np.ones(SHAPE, ctx=device) for device in PAIR)
    with pytest.raises(TypeError, match="encoding"):
        np.array_equal(a, b)
    assert np.array_equal(a, b.as_in_ctx(a.ctx))


@claim("use-gpu", "reset-text", "*every* device gets its own copy of each parameter")
def test_reset_ctx_gives_each_device_a_copy():
    layer = ready(cpu(0))
    before = layer.weight.data().asnumpy()
    layer.collect_params().reset_ctx(PAIR)
    assert layer.weight.list_ctx() == PAIR
    for device, data in zip(PAIR, layer.weight.list_data(), strict=True):
        assert numpy.array_equal(data.asnumpy(), before)
        assert layer(np.ones(SHAPE, ctx=device)).ctx == device


@claim("use-gpu", "which-copy-read", "That of the current context")
def test_data_gives_the_copy_of_the_current_context():
    layer = ready(PAIR)
    assert layer.weight.data().ctx == cpu(0)
    with cpu(1):
        assert layer.weight.data().ctx == cpu(1)


@claim("use-gpu", "naive-text", "comes back at once with an array that has a shape but no values")
@claim("use-gpu", "late-raise-text", "an order has a shape")
def test_an_operation_returns_before_it_is_carried_out():
    noise = impossible()
    assert noise.shape == (2,)
    with pytest.raises(ValueError, match="scale < 0"):
        noise.wait_to_read()


@claim("use-gpu", "late-text", "everything that needs the *values*")
@claim("use-gpu", "late-read", "the one that *waited*")
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


@claim("use-gpu", "train-text", "adds up the gradients of all copies")
@claim("use-gpu", "train-pair-read", "the copies are equal to the last bit")
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


@claim("use-gpu", "train-run-text", "turns a score into a probability and compares it")
def test_sigmoid_bce_takes_scores():
    score, label = np.array([0.3, -2.0]), np.array([1.0, 0.0])
    chance = npx.sigmoid(score)
    expected = -(label * np.log(chance) + (1 - label) * np.log(1 - chance))
    loss = gluon.loss.SigmoidBCELoss()(score.reshape(-1, 1), label.reshape(-1, 1))
    assert numpy.allclose(loss.asnumpy(), expected.asnumpy(), atol=1e-6)
