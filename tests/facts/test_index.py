"""What the index says about MXNet."""

import inspect
import re
import subprocess
import sys

import mxnet
import numpy
import pytest
from mxnet import MXNetError, autograd, gluon, np, npx
from mxnet.gluon import model_zoo, nn

from authoring import notebook
from authoring.translation.index_page import INDEX
from tests.course import FOLDER
from tests.facts.claims import claim

CELLS = {cell.id: cell for cell in notebook.read(FOLDER / INDEX).cells}
TRAINING = ("unit-data", "unit-by-hand", "scratch-train", "gluon-net", "gluon-train")


def after(*cells, seed=1):
    """Return the names of the page after these code cells, where `seed(1)` may be another seed."""
    names = {"autograd": autograd, "gluon": gluon, "nn": nn, "np": np, "npx": npx}
    for cell in cells:
        exec(CELLS[cell].source.replace("npx.random.seed(1)", f"npx.random.seed({seed})"), names)
    return names


@claim("index", "tools", "`attach_grad` makes room for the gradient")
def test_attach_grad_makes_room():
    x = np.ones((2, 3))
    assert x.grad is None
    x.attach_grad()
    assert np.array_equal(x.grad, np.zeros((2, 3)))


@claim("index", "unit", "`seed` makes every run draw the same random numbers")
@claim("model-construction", "setup-text", "the seed makes every run draw the same random numbers")
def test_seed_fixes_random_numbers():
    draws = []
    for _ in range(2):
        npx.random.seed(1)
        draws.append(np.random.normal(size=5).tolist())
    assert draws[0] == draws[1] != np.random.normal(size=5).tolist()


@claim("index", "gluon-train-question", "Gluon keeps a weight as (outputs, inputs)")
@claim("index", "six-answers", "A fully connected layer is this very product")
def test_dense_is_a_matrix_product():
    x, dense = np.random.normal(size=(2, 3)), nn.Dense(4, in_units=3)
    dense.initialize()
    assert dense.weight.shape == (4, 3)
    assert np.allclose(dense(x), np.dot(x, dense.weight.data().T) + dense.bias.data(), atol=1e-6)


@claim("index", "gluon-train-question", "The biases of a `Dense` layer start at 0")
def test_dense_biases_start_at_0():
    dense = nn.Dense(4, in_units=3)
    dense.initialize()
    assert dense.bias.data().tolist() == [0, 0, 0, 0]


@claim("index", "gluon-net-question", "`L2Loss` is half the squared error")
def test_l2_loss_is_half_the_squared_error():
    guess, truth = np.array([[1.0], [5.0]]), np.array([[3.0], [2.0]])
    assert gluon.loss.L2Loss()(guess, truth).tolist() == [2.0, 4.5]


@claim(
    "index",
    "gluon-net-question",
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


@claim("index", "power-reading", "the second number is `-1`: unknown")
@claim("model-construction", "seq-order-text", 'the line says `-1`, "not known yet"')
@claim("deferred-init", "works-text", '`-1` means "not known yet"')
def test_unknown_dimension_is_minus_1():
    dense = nn.Dense(4)
    assert dense.weight.shape == (4, -1)
    assert repr(dense) == "Dense(-1 -> 4, linear)"


@claim(
    "index",
    "six-answers",
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


@claim("index", "six-answers", "Two linear layers in a row are one linear layer")
def test_two_linear_layers_are_one():
    x, net = np.random.normal(size=(5, 3)), nn.Sequential()
    net.add(nn.Dense(8, in_units=3), nn.Dense(2, in_units=8))
    net.initialize()
    product = np.dot(net[1].weight.data(), net[0].weight.data())
    assert np.allclose(net(x), np.dot(x, product.T), atol=1e-6)


@claim("index", "self-test", "makes MXNet's arrays work like NumPy's")
@claim("index", "self-test-recap", "`mxnet.np` works almost like NumPy")
@claim("model-construction", "setup-text", "makes MXNet's arrays work like NumPy's")
def test_arrays_broadcast_like_numpys():
    row, table = np.arange(3), np.ones((2, 3))
    expected = numpy.ones((2, 3)) + numpy.arange(3)
    assert np.array_equal(table + row, np.array(expected))
    assert np.array([1, 2]).sum().shape == ()


@claim("index", "run", "Left alone, MXNet 1.9.1 works only with NumPy up to 1.23")
def test_without_its_mends_mxnet_is_not_imported():
    # NumPy 1.24 took out this name, and NumPy 2 others.
    assert re.search(r"\bonp\.bool\b", inspect.getsource(mxnet.numpy.utils))
    alone = "import sys; sys.meta_path.pop(0); import mxnet"
    done = subprocess.run([sys.executable, "-c", alone], capture_output=True, text=True)
    assert "AttributeError: `np.PZERO` was removed" in done.stderr


def crossing(a, b, c, d):
    """Tell whether the segment from a to b crosses the one from c to d."""

    def side(p, q, r):
        return numpy.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    return side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b)


@claim("index", "unit-reading", "segments that join opposite corners would lie on different sides")
@claim("index", "bound", "In each of them the two segments between opposite clusters cross")
def test_segments_between_opposite_corners_cross():
    names = after("unit-data")
    clusters = names["X"].asnumpy().reshape(4, 50, 2)
    assert crossing(*names["corners"].asnumpy())
    assert all(crossing(*group) for group in clusters.transpose(1, 0, 2))


@claim("index", "unit-reading", "a million neurons would do no better")
@claim("index", "bound", "of our 10,000 random ones about 5 percent reach it")
def test_a_neuron_has_three_quarters_at_most():
    share = after("unit-data", "unit-neurons")["share"]
    assert 0.04 < (share == 0.75).mean() < 0.07
    names = after("unit-data")
    best = 0
    for _ in range(100):
        exec(CELLS["unit-neurons"].source, names)
        best = max(best, names["share"].max().item())
    assert best == 0.75


@claim("index", "unit-reading", "In the corner (1, 1) the first neuron says 2 and the second 0.")
def test_two_neurons_say_two_in_their_corners():
    names = after("unit-data", "unit-by-hand")
    W1, b1, _, _ = names["by_hand"]
    hidden = np.maximum(np.dot(names["corners"], W1) + b1, 0)
    assert hidden.tolist() == [[2, 0], [0, 2], [0, 0], [0, 0]]
    assert names["perceptron"](names["corners"], names["by_hand"]).tolist() == [1, 1, -1, -1]


@claim("index", "unit-by-hand-reading", "is at least 1.46 where the label is 1, at most 0.51")
def test_the_sum_tells_the_corners_apart():
    names = after("unit-data")
    size, label = np.abs(names["X"].sum(axis=1)).asnumpy(), names["y"].asnumpy()
    assert 1.46 <= size[label > 0].min() < 1.47
    assert 0.50 < size[label < 0].max() <= 0.51


@claim("index", "unit-by-hand-reading", "ResNet-152 is described as 50 *blocks*")
def test_resnet_152_has_50_blocks():
    net = model_zoo.vision.resnet152_v1()
    assert sum(len(stage) for stage in net.features[4:8]) == 50


@claim("index", "gluon-net-question", "of the seeds 1 to 30, 27 get there")
def test_of_30_seeds_27_get_all_points():
    cells = ("unit-data", "unit-by-hand", "scratch-train")
    shares = []
    for seed in range(1, 31):
        names = after(*cells, seed=seed)
        shares.append(names["accuracy"](names["perceptron"](names["X"], names["params"])))
    # "All 200 points are right" is not true of every start.
    assert shares.count(1) == 27


@claim("index", "twice-reading", "about 0.0000002, the size of a rounding error")
@claim("index", "twice-reading", "five decimals show no difference")
def test_the_two_perceptrons_agree():
    names = after(*TRAINING)
    # Not down to the last digit: float32 rounds.
    assert 0 < max(names["gaps"]) < 1e-6
    exec(CELLS["scratch-train"].source, names)
    exec(CELLS["gluon-train"].source, names)
    assert 0 < max(names["gaps"]) < 1e-6


@claim("model-construction", "end", "A layer is a block, and so is a loss function")
def test_l2_loss_is_a_block_without_parameters():
    loss = gluon.loss.L2Loss()
    assert isinstance(loss, nn.Block)
    assert not loss.collect_params().keys()


@claim("index", "ex-nan-text", "Nothing raises an error, yet `fit(build(), X, y)` returns `nan`")
def test_one_column_less_a_row_is_a_square():
    for seed in range(1, 6):
        names = after("unit-data", "gluon-net", "ex-nan-answer")
        npx.random.seed(seed)
        net = names["build"]()
        assert (net(names["X"]) - names["y"]).shape == (200, 200)
        assert numpy.isnan(names["fit"](net, names["X"], names["y"]))


@claim("index", "power-reading", "after 300 rounds all of them are")
@claim(
    "index", "power-reading", "Of the first 100 seeds some 40 get there in 100 rounds, but over 80"
)
def test_gluons_own_start_learns_more_slowly():
    names = after("unit-data", "unit-by-hand", "gluon-net")
    npx.random.seed(1)
    net = names["build"]()
    for _ in range(3):
        names["train"](net)
    assert names["accuracy"](net(names["X"]).reshape(-1)) == 1
    points, labels = names["X"].asnumpy(), names["y"].asnumpy()
    own, ours = [], []
    for seed in range(1, 101):
        npx.random.seed(seed)
        net = nn.Sequential()
        net.add(nn.Dense(4, in_units=2), nn.Dense(1, in_units=4))
        net.initialize()
        own.append([layer.weight.data().asnumpy().T for layer in net])
        npx.random.seed(seed)
        ours.append([np.random.normal(size=shape).asnumpy() for shape in ((2, 4), (4, 1))])
    assert 35 < trained(own, points, labels) < 45
    assert 80 < trained(ours, points, labels) < 90


def trained(starts, points, labels, rounds=100):
    """Train one network a start, all at once, and return how many get every point right."""
    w1, w2 = (numpy.stack(weights) for weights in zip(*starts, strict=True))
    b1, b2 = numpy.zeros((len(w1), 1, 4)), numpy.zeros((len(w1), 1, 1))
    for _ in range(rounds):
        hidden = numpy.maximum(points @ w1 + b1, 0)
        slopes = (hidden @ w2 + b2 - labels[:, None]) / len(points)
        back = slopes @ w2.transpose(0, 2, 1) * (hidden > 0)
        w2 = w2 - 0.1 * hidden.transpose(0, 2, 1) @ slopes
        b2 = b2 - 0.1 * slopes.sum(1, keepdims=True)
        w1, b1 = w1 - 0.1 * points.T @ back, b1 - 0.1 * back.sum(1, keepdims=True)
    outputs = (numpy.maximum(points @ w1 + b1, 0) @ w2 + b2)[..., 0]
    return ((outputs > 0) == (labels > 0)).all(axis=1).sum()


def message_of(action):
    with pytest.raises((MXNetError, AssertionError, UserWarning, ValueError)) as error:
        action()
    return str(error.value)


@claim("index", "errors", "(a square matrix it would take without a word)")
@claim("index", "errors", "Cannot differentiate node because it is not in a computational graph")
def test_the_errors_of_the_table():
    build = after("gluon-net")["build"]
    X, y = np.ones((3, 2)), np.ones(3)

    def step_without_backward():
        net = build()
        net(X)
        gluon.Trainer(net.collect_params(), "sgd").step(1)

    def without_np():
        npx.reset_np()
        try:
            build()(X)
        finally:
            npx.set_np()

    actions = [
        lambda: ((build()(X).reshape(-1) - y) ** 2).backward(),
        step_without_backward,
        lambda: build()[0].weight.set_data(np.ones((2, 4))),
        without_np,
        lambda: build()(np.array(numpy.ones((3, 2)), dtype="float64")),
        lambda: build()(numpy.ones((3, 2))),
    ]
    told = re.findall(r"^\| `([^|]+)` \|", CELLS["errors"].source, re.MULTILINE)
    told = told[: len(told) // 2]  # the English half's
    for words, action in zip(told, actions, strict=True):
        message = message_of(action)
        assert all(part in message for part in words.split("…")), (words, message)
    assert message_of(lambda: build()([[1, 2]])) == message_of(actions[-1])
    square = nn.Dense(2)
    square.initialize()
    square.weight.set_data(np.array([[1, 2], [3, 4]]))
    mended = np.array(numpy.ones((3, 2)), dtype="float64").astype("float32")
    assert build()(mended).shape == (3, 1)


@claim("index", "errors", "a shape as in Exercise 3, or `step(1)` where the loss isn't a mean yet")
@claim("index", "errors", "The loss doesn't move: `step` is missing.")
def test_silent_mistakes_of_a_training_loop():
    names = after("unit-data", "gluon-net")
    for line, wanted in (("trainer.step(1)", "nan"), ("pass", "the same")):
        exec(CELLS["gluon-net"].source.replace("trainer.step(len(X))", line), names)
        npx.random.seed(1)
        net = names["build"]()
        first, second = names["train"](net), names["train"](net)
        assert numpy.isnan(first) if wanted == "nan" else first == second


@claim(
    "index",
    "many-starts-reading",
    "Three other seeds that we tried give other counts, but the same tendency",
)
def test_more_neurons_learn_more_often():
    for seed in (2, 3, 4):
        all_right = after("unit-data", "many-starts", seed=seed)["all_right"]
        counts = [all_right(width) for width in (1, 2, 3, 4, 8)]
        assert counts == sorted(counts)
        assert counts[0] == 0
        assert counts[-1] >= 29


@claim("index", "equal", "keeps numbers of type `float32`, with about seven digits")
def test_float32_keeps_about_seven_digits():
    one = np.array(1.0)
    assert one.dtype == numpy.float32
    assert (one + 1e-6) - one > 0
    assert (one + 1e-8) - one == 0


@claim("index", "rounding-reading", "accepts a difference of `atol + rtol * abs(b)`")
def test_allclose_adds_a_fixed_and_a_relative_part():
    b = np.array([0.0, 100.0])
    for off, close in ((1.4, True), (1.6, False)):
        assert np.allclose(b + np.array([0.0, off]), b, atol=0.5, rtol=0.01) is close
    assert np.allclose(b + np.array([0.6, 0.0]), b, atol=0.5, rtol=0.01) is False


@claim("index", "rounding-reading", "whose bias is forgotten would differ by about 0.2")
@claim("index", "rounding-reading", "a learning rate of 0.09 instead of 0.1 by about 0.008")
def test_how_far_mistakes_show():
    for right, wrong, low, high in (
        ("nn.Dense(1)", "nn.Dense(1, use_bias=False)", 0.18, 0.22),
        ('"learning_rate": 0.1', '"learning_rate": 0.09', 0.007, 0.009),
    ):
        names = after(*TRAINING)
        exec(CELLS["gluon-net"].source.replace(right, wrong), names)
        exec(CELLS["gluon-train"].source.replace("strict=True", "strict=False"), names)
        assert low < max(names["gaps"]) < high
