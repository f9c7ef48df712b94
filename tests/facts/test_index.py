"""What the index says about MXNet."""

import inspect
import re
import subprocess
import sys

import mxnet
import numpy
import pytest
from mxnet import autograd, gluon, np, npx
from mxnet.gluon import nn
from mxnet.gluon.parameter import DeferredInitializationError

from tests.facts.claims import claim


@claim("index", "tools-autograd-question", "`attach_grad` makes room for the gradient")
def test_attach_grad_makes_room():
    x = np.ones((2, 3))
    assert x.grad is None
    x.attach_grad()
    assert np.array_equal(x.grad, np.zeros((2, 3)))


@claim("index", "unit-neurons-question", "The `seed` makes the random numbers the same")
@claim("model-construction", "setup-text", "The seed makes every run give the same random numbers")
def test_seed_fixes_random_numbers():
    draws = []
    for _ in range(2):
        npx.random.seed(1)
        draws.append(np.random.normal(size=5).tolist())
    assert draws[0] == draws[1] != np.random.normal(size=5).tolist()


@claim("index", "gluon-net-question", "Gluon keeps a weight as (outputs, inputs)")
@claim("index", "test-1-solution", "A fully connected layer is this very product")
def test_dense_is_a_matrix_product():
    x, dense = np.random.normal(size=(2, 3)), nn.Dense(4, in_units=3)
    dense.initialize()
    assert dense.weight.shape == (4, 3)
    assert np.allclose(dense(x), np.dot(x, dense.weight.data().T) + dense.bias.data(), atol=1e-6)


@claim("index", "gluon-net-question", "The biases of a `Dense` layer start at 0")
def test_dense_biases_start_at_0():
    dense = nn.Dense(4, in_units=3)
    dense.initialize()
    assert dense.bias.data().tolist() == [0, 0, 0, 0]


@claim("index", "gluon-train-question", "`L2Loss` is half the squared error")
def test_l2_loss_is_half_the_squared_error():
    guess, truth = np.array([[1.0], [5.0]]), np.array([[3.0], [2.0]])
    assert gluon.loss.L2Loss()(guess, truth).tolist() == [2.0, 4.5]


@claim(
    "index",
    "gluon-train-question",
    "`step(len(X))` divides the gradients by the number of points",
)
def test_step_divides_by_the_batch_size():
    dense = nn.Dense(1, in_units=1, use_bias=False)
    dense.initialize("ones")
    trainer = gluon.Trainer(dense.collect_params(), "sgd", {"learning_rate": 0.5})
    with autograd.record():
        loss = dense(np.full((4, 1), 2.0)).sum()
    loss.backward()
    trainer.step(4)
    assert dense.weight.data().item() == 1 - 0.5 * 8 / 4


@claim("index", "power-after-question", "the second number is `-1`: unknown")
@claim("model-construction", "seq-order-text", 'would say `-1`, meaning "not known yet"')
@claim("deferred-init", "works-text", '`-1` means "not known yet"')
def test_unknown_dimension_is_minus_1():
    dense = nn.Dense(4)
    assert dense.weight.shape == (4, -1)
    assert repr(dense) == "Dense(-1 -> 4, linear)"


@claim("index", "power-after-question", "there is not one number yet")
def test_a_deferred_weight_has_no_numbers():
    dense = nn.Dense(4)
    dense.initialize()
    with pytest.raises(DeferredInitializationError):
        dense.weight.data()


@claim(
    "index",
    "test-4-solution",
    "each `backward` *writes over* the old gradient, unless you ask for addition with "
    '`attach_grad(grad_req="add")`',
)
def test_backward_writes_over_the_gradient():
    found = {}
    for request in ("write", "add"):
        x = np.array([1, 2, 3])
        x.attach_grad(grad_req=request)
        for _ in range(2):
            with autograd.record():
                loss = (x * x).sum()
            loss.backward()
        found[request] = x.grad.tolist()
    assert found == {"write": [2, 4, 6], "add": [4, 8, 12]}


@claim("index", "test-6-solution", "Two linear layers in a row are one linear layer")
def test_two_linear_layers_are_one():
    x, net = np.random.normal(size=(5, 3)), nn.Sequential()
    net.add(nn.Dense(8, in_units=3), nn.Dense(2, in_units=8))
    net.initialize()
    product = np.dot(net[1].weight.data(), net[0].weight.data())
    assert np.allclose(net(x), np.dot(x, product.T), atol=1e-6)


@claim("index", "self-test-recap", "`mxnet.np` works almost like NumPy")
@claim("model-construction", "setup-text", "makes MXNet's arrays behave like NumPy's")
def test_arrays_broadcast_like_numpys():
    row, table = np.arange(3), np.ones((2, 3))
    expected = numpy.ones((2, 3)) + numpy.arange(3)
    assert np.array_equal(table + row, np.array(expected))
    assert np.array([1, 2]).sum().shape == ()


@claim("index", "run-reading", "By itself MXNet 1.9.1 stops at NumPy 1.23")
def test_without_its_mends_mxnet_is_not_imported():
    # NumPy 1.24 took out this name, and NumPy 2 others.
    assert re.search(r"\bonp\.bool\b", inspect.getsource(mxnet.numpy.utils))
    alone = "import sys; sys.meta_path.pop(0); import mxnet"
    done = subprocess.run([sys.executable, "-c", alone], capture_output=True, text=True)
    assert "AttributeError: `np.PZERO` was removed" in done.stderr
