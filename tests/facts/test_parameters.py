"""What the section on parameters says about MXNet."""

import math

import pytest
from mxnet import MXNetError, autograd, gluon, init, np, npx
from mxnet.gluon import nn

from tests.facts.claims import claim

X = [[1.0, -2.0, 0.5], [3.0, 4.0, -1.0]]


class Sevens(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = 7


class Rebinds(init.Initializer):
    def _init_weight(self, name, data):
        data = np.full(data.shape, 7)


def stack(*layers, kind=nn.Sequential):
    net = kind()
    net.add(*layers)
    return net


def mlp(**options):
    return stack(nn.Dense(4, in_units=3, **options), nn.Dense(2, in_units=4))


def ready():
    net = mlp()
    net.initialize()
    return net


def backward(net, times=1):
    for _ in range(times):
        with autograd.record():
            loss = net(np.array(X)).sum()
        loss.backward()


def corner(array):
    return array.reshape(-1)[0].item()


@claim(
    "parameters", "two-arrays-text", "`TypeError`: Python cannot add a `Parameter` and an `int`."
)
@claim("parameters", "two-arrays-text", "inside there are two arrays of the same shape")
def test_a_parameter_is_no_array():
    weight = ready()[0].weight
    with pytest.raises(TypeError, match="'Parameter' and 'int'"):
        weight + 1
    assert weight.data().shape == weight.grad().shape == weight.shape


@claim("parameters", "after-backward-text", "the gradient's array is only laid ready")
@claim("parameters", "box", "`backward` never touches the value.")
def test_backward_writes_the_gradient_only():
    net = ready()
    value, gradient = net[0].weight.data().copy(), net[0].weight.grad().copy()
    backward(net)
    assert not gradient.any()
    assert net[0].weight.grad().any()
    assert np.array_equal(net[0].weight.data(), value)


@claim("parameters", "collect-text", "`collect_params` walks the whole tree of blocks")
@claim("parameters", "patterns-text", "in the order of the layers")
def test_collect_params_walks_the_tree():
    inner, last = nn.Dense(2, prefix="inner_"), nn.Dense(3, prefix="last_")
    found = stack(stack(inner), last).collect_params()
    assert list(found.values()) == [inner.weight, inner.bias, last.weight, last.bias]


@claim("parameters", "footprint-text", "must match from the *beginning* of the name")
@claim("parameters", "footprint-text", "found nothing and said nothing")
@claim("parameters", "initializers", "the end of the name need not match")
def test_the_expression_matches_the_beginning():
    net = stack(nn.Dense(2, prefix="day_"), nn.Dense(3, prefix="night_"))
    assert list(net.collect_params("weight")) == []
    assert list(net.collect_params(".*weight")) == ["day_weight", "night_weight"]
    assert list(net.collect_params("day")) == ["day_weight", "day_bias"]


@claim("parameters", "names", "Adam keeps two more arrays for every parameter")
@claim("read-write", "ex-open-text", "Adam keeps two numbers more for each parameter")
def test_adam_keeps_two_arrays():
    net = ready()
    trainer = gluon.Trainer(net.collect_params(), "adam")
    backward(net)
    trainer.step(1)
    kept = [array for state in trainer._updaters[0].states.values() for array in state]
    values = [param.data() for param in net.collect_params().values()]
    assert sum(a.size for a in kept) == 2 * sum(a.size for a in values)


@claim("parameters", "names", '`net.cast("float16")` would halve the bytes')
def test_cast_halves_the_bytes():
    weight = ready()[0].weight
    before = weight.data().asnumpy().nbytes
    weight.cast("float16")
    assert weight.data().asnumpy().nbytes == before / 2


@claim("parameters", "names", "`name_scope` puts the parent's name in front and counts anew")
def test_name_scope_counts_anew():
    for _ in range(2):
        net = nn.Sequential(prefix="station_")
        with net.name_scope():
            net.add(nn.Dense(2), nn.Dense(3), nn.Dense(3, prefix="last_"))
        names = "station_dense0_", "station_dense1_", "station_last_"
        assert [layer.prefix for layer in net] == list(names)


@claim("parameters", "initializers", "The same box")
def test_a_name_leads_to_the_same_parameter():
    net = mlp()
    assert net.collect_params()[net[1].bias.name] is net[1].bias


@claim("parameters", "initializers", "evenly between $-0.07$ and $0.07$")
@claim("parameters", "per-layer-text", "if nobody said anything, `Uniform(0.07)`")
def test_the_default_is_uniform():
    layer = nn.Dense(100, in_units=100)
    layer.initialize()
    weight = layer.weight.data()
    assert 0.069 < weight.max() <= 0.07
    assert -0.07 <= weight.min() < -0.069
    assert weight.std().item() == pytest.approx(0.07 / math.sqrt(3), rel=0.02)


@claim("parameters", "bias-text", "The initializer that you hand to `initialize` is only the")
@claim("parameters", "bias-text", 'and `Dense` gives its bias one: `"zeros"`')
@claim(
    "parameters", "per-layer-text", "the initializer handed to the `initialize` of the parameter"
)
@claim("parameters", "per-layer-text", "the parameter's own, given by `weight_initializer=` or")
@claim("parameters", "per-layer-text", "the one handed to the `initialize` of a block or a group")
def test_who_wins_among_initializers():
    net = mlp(weight_initializer=init.Constant(5), bias_initializer=init.Constant(6))
    net.initialize(init.Constant(1))
    found = [corner(p.data()) for p in net.collect_params().values()]
    assert found == [5, 6, 1, 0]
    net.collect_params().initialize(init.Constant(2), force_reinit=True)
    found = [corner(p.data()) for p in net.collect_params().values()]
    assert found == [5, 6, 2, 0]
    for param in net.collect_params().values():
        param.initialize(init.Constant(3), force_reinit=True)
        assert corner(param.data()) == 3


@claim("parameters", "per-layer-text", "| `Normal(s)` | normal, standard deviation $s$ |")
@claim("parameters", "per-layer-text", "| `Xavier()` | even, variance $2/(n + m)$ |")
@claim("parameters", "per-layer-text", "| `MSRAPrelu(slope=0)` | normal, variance $4/(n + m)$ |")
def test_variances_of_initializers():
    n, m = 300, 100
    for initializer, variance in (
        (init.Uniform(0.2), 0.2**2 / 3),
        (init.Normal(0.2), 0.2**2),
        (init.Xavier(), 2 / (n + m)),
        (init.MSRAPrelu(slope=0), 4 / (n + m)),
    ):
        layer = nn.Dense(m, in_units=n)
        layer.initialize(initializer)
        weight = layer.weight.data()
        assert weight.var().item() == pytest.approx(variance, rel=0.05)
        even = isinstance(initializer, init.Uniform) or type(initializer) is init.Xavier
        assert (np.abs(weight).max() <= math.sqrt(3 * variance) * 1.0001) == even


@claim("parameters", "learn-read", "The default `slope` is 0.25")
def test_the_default_slope_is_a_quarter():
    assert init.MSRAPrelu().dumps() == init.MSRAPrelu(slope=0.25).dumps()


@claim("parameters", "depth", "The neurons start equal, get equal gradients, and stay equal")
def test_equal_neurons_stay_equal():
    net = mlp()
    net.initialize(init.Constant(0.1))
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    for _ in range(3):
        backward(net)
        trainer.step(1)
    weight = net[0].weight.data()
    assert np.array_equal(weight, np.broadcast_to(weight[0], weight.shape))
    assert not np.allclose(weight[0], 0.1)


def deep(initializer):
    npx.random.seed(2)
    layers = [nn.Dense(256, activation="relu") for _ in range(20)]
    net = stack(*layers, nn.Dense(1), kind=nn.HybridSequential)
    net.initialize(initializer)
    net.hybridize()
    x = np.random.normal(size=(32, 4))
    return net, x, x[:, 0] - x[:, 1] + x[:, 2] > 0


def train(net, x, y, steps, optimizer, rate):
    loss = gluon.loss.SigmoidBinaryCrossEntropyLoss()
    trainer = gluon.Trainer(net.collect_params(), optimizer, {"learning_rate": rate})
    for _ in range(steps):
        with autograd.record():
            errors = loss(net(x), y)
        errors.backward()
        trainer.step(len(x))


@claim(
    "parameters", "learn-read", "flings the weights so far that every ReLU from the second layer"
)
def test_a_step_from_constants_kills_the_units():
    net, x, y = deep(init.Constant(0.01))
    train(net, x, y, 1, "sgd", 0.01)
    assert np.array_equal(net(x), np.broadcast_to(net(x)[0], (32, 1)))
    for number, layer in enumerate(net[:3]):
        x = layer(x)
        assert bool(x.any()) == (number == 0)


@claim("parameters", "learn-read", "they give every example the same answer")
@claim("parameters", "learn-read", "the same Xavier network gets all 32 right in 20 steps")
@claim("parameters", "learn-read", "the one with `Normal(0.01)` stays at 18")
@pytest.mark.parametrize(
    ("initializer", "optimizer", "rate", "right"),
    [
        (init.Normal(0.01), "sgd", 0.01, 18),
        (init.Xavier(), "sgd", 0.01, 18),
        (init.Xavier(), "adam", 0.0005, 32),
        (init.Normal(0.01), "adam", 0.0005, 18),
    ],
)
def test_who_learns_in_20_steps(initializer, optimizer, rate, right):
    net, x, y = deep(initializer)
    train(net, x, y, 20, optimizer, rate)
    answers = net(x)[:, 0] > 0
    assert (answers == y).sum() == right
    assert (0 < answers.sum() < 32) == (right == 32)


@claim("parameters", "own", "it derives from `init.Initializer` and fills the array `data`")
@claim("parameters", "direct", "keeps the zeros it was created with")
@claim("parameters", "direct", "`data[:] = ...` writes into the box")
def test_an_initializer_must_write_into_data():
    for initializer, value in ((Sevens(), 7), (Rebinds(), 0)):
        net = mlp()
        net.initialize(initializer)
        assert np.array_equal(net[0].weight.data(), np.full((4, 3), value))


@claim("parameters", "direct", "`set_data` replaces the whole array.")
@claim("parameters", "direct", "it hands out the very array in the box")
@claim("parameters", "tied", "`set_data` copies.")
def test_data_is_the_array_set_data_copies():
    weight, values = ready()[0].weight, np.ones((4, 3))
    weight.set_data(values)
    values[:] = 5
    weight.data()[0, 0] = 100
    assert weight.data()[0].tolist() == [100, 1, 1]


@claim("parameters", "copy-text", "overwriting it would make the gradients wrong")
@claim("parameters", "copy-text", "Write outside of `record`, or inside `with autograd.pause():`.")
def test_no_writing_while_recording():
    weight = ready()[0].weight
    with autograd.record():
        with pytest.raises(MXNetError, match="already in a computational graph"):
            weight.set_data(np.ones((4, 3)))
        with pytest.raises(MXNetError, match="already in a computational graph"):
            weight.data()[:] = 1
        with autograd.pause():
            weight.set_data(np.ones((4, 3)))
            weight.data()[0, 0] = 2
    assert weight.data()[0].tolist() == [2, 1, 1]


@claim("parameters", "tied-grad-text", "the two boxes that are used twice are listed once")
@claim("parameters", "tie-size-text", "They add up, as the chain rule demands")
@claim("parameters", "tie-size-text", "`tied[1].params.grad()` is an `AttributeError`")
def test_tied_layers_share_their_parameters():
    first = nn.Dense(1, in_units=1, use_bias=False)
    net = stack(first, nn.Dense(1, in_units=1, use_bias=False, params=first.params))
    net.initialize(init.Constant(3))
    with autograd.record():
        loss = net(np.array([[5.0]]))
    loss.backward()
    assert net[1].weight is first.weight
    assert list(net.collect_params().values()) == [first.weight]
    assert first.weight.grad().item() == 5 * 3 + 5 * 3
    with pytest.raises(AttributeError):
        first.params.grad()


@claim("parameters", "tie-size-text", "Sharing needs equal shapes.")
@claim("parameters", "train", '(0 means "not known yet")')
def test_sharing_needs_equal_shapes():
    first = nn.Dense(8, in_units=8)
    with pytest.raises(AssertionError, match=r"desired '\(9, 0\)' vs stored '\(8, 8\)'"):
        nn.Dense(9, params=first.params)


@claim("parameters", "freeze-text", "`setattr` of a group turns the screw of all its boxes")
@claim("parameters", "lr-mult-text", "It costs no gradient memory any more")
@claim("parameters", "lr-mult-text", "`net[0].weight.grad()` is now a `RuntimeError`")
@claim("parameters", "lr-mult-text", "but the gradient would still be computed")
@claim("read-write", "freeze-text", "its parameters get no gradient, and the trainer leaves them")
def test_frozen_parameters_keep_no_gradient():
    net = ready()
    net[0].collect_params().setattr("grad_req", "null")
    net[1].weight.lr_mult = 0
    before = [param.data().copy() for param in net.collect_params().values()]
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1})
    backward(net)
    trainer.step(1)
    with pytest.raises(RuntimeError):
        net[0].weight.grad()
    assert net[0].weight._grad is None
    assert net[1].weight.grad().any()
    after = [param.data() for param in net.collect_params().values()]
    moved = [not np.array_equal(*pair) for pair in zip(before, after, strict=True)]
    assert moved == [False, False, False, True]


@claim("parameters", "lr-mult-text", '`net[0].grad_req = "null"` raises no error and does nothing')
@claim("parameters", "lr-mult-text", "A misspelt name, as in `weight.lr_mul = 0.1`, is swallowed")
def test_screws_elsewhere_do_nothing():
    net = ready()
    net[0].grad_req = "null"
    net[0].weight.lr_mul = 0
    before = net[0].weight.data().copy()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1})
    backward(net)
    trainer.step(1)
    assert net[0].weight.grad_req == "write"
    assert np.allclose(net[0].weight.data(), before - net[0].weight.grad(), atol=1e-5)


@claim("parameters", "lr-mult-text", "which multiplies the learning rate of a single parameter")
def test_lr_mult_multiplies_the_rate():
    net = ready()
    net[0].weight.lr_mult = 0.25
    before = net[0].weight.data().copy()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1})
    backward(net)
    trainer.step(1)
    assert np.allclose(net[0].weight.data(), before - net[0].weight.grad() / 4, atol=1e-5)


@claim("parameters", "pytorch", '`"write"` overwrites, `"add"` accumulates.')
@claim(
    "parameters", "pytorch", "then call `zero_grad()` on the parameters, or the old sum stays in"
)
def test_add_accumulates_until_zero_grad():
    net = ready()
    bias = net[1].bias
    for request, expected in (("write", 2), ("add", 4)):
        net.collect_params().setattr("grad_req", request)
        backward(net, times=2)
        assert bias.grad().tolist() == [expected] * 2
    gluon.Trainer(net.collect_params(), "sgd").step(1)
    backward(net)
    assert bias.grad().tolist() == [6, 6]
    net.collect_params().zero_grad()
    assert bias.grad().tolist() == [0, 0]
