"""What the section on parameters says about MXNet."""

import math

import numpy
import pytest
from mxnet import MXNetError, autograd, cpu, gluon, init, np, npx
from mxnet.gluon import nn
from mxnet.gluon.model_zoo import vision

from tests.facts.claims import claim

X = [[1.0, -2.0, 0.5], [3.0, 4.0, -1.0]]
SEEDS = range(1, 6)


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


def values(net):
    return [param.data().copy() for param in net.collect_params().values()]


# Inside a parameter


@claim("parameters", "after-backward-text", "`net[1].bias + 1` is a `TypeError`")
@claim("parameters", "after-backward-text", "inside there are two arrays of the same shape")
def test_a_parameter_is_no_array():
    weight = ready()[0].weight
    with pytest.raises(TypeError, match="'Parameter' and 'int'"):
        weight + 1
    assert weight.data().shape == weight.grad().shape == weight.shape


@claim("parameters", "box", "the array of the gradient was merely there, waiting to be written")
@claim("parameters", "box", "`backward` leaves the value alone")
def test_backward_writes_the_gradient_only():
    net = ready()
    value, gradient = net[0].weight.data().copy(), net[0].weight.grad().copy()
    backward(net)
    assert not gradient.any()
    assert net[0].weight.grad().any()
    assert np.array_equal(net[0].weight.data(), value)


# All at once, by name


@claim("parameters", "collect-text", "it walks the whole tree of blocks and gathers every")
@claim("parameters", "patterns-text", "in the order of the layers")
def test_collect_params_walks_the_tree():
    inner, last = nn.Dense(2, prefix="inner_"), nn.Dense(3, prefix="last_")
    found = stack(stack(inner), last).collect_params()
    assert list(found.values()) == [inner.weight, inner.bias, last.weight, last.bias]
    assert found["last_bias"] is last.bias


@claim("parameters", "counts-text", "must match from the *beginning* of the name; the end")
@claim("parameters", "counts-text", "an expression without a match says nothing")
def test_the_expression_matches_the_beginning():
    net = stack(nn.Dense(2, prefix="day_"), nn.Dense(3, prefix="night_"))
    assert list(net.collect_params("weight")) == []
    assert list(net.collect_params(".*weight")) == ["day_weight", "night_weight"]
    assert list(net.collect_params("day")) == ["day_weight", "day_bias"]
    net.collect_params("weight").setattr("grad_req", "null")
    assert net[0].weight.grad_req == "write"


@claim("parameters", "collect-text", "`name_scope` puts the parent's name in front and counts anew")
def test_name_scope_counts_anew():
    for _ in range(2):
        net = nn.Sequential(prefix="station_")
        with net.name_scope():
            net.add(nn.Dense(2), nn.Dense(3), nn.Dense(3, prefix="last_"))
        names = "station_dense0_", "station_dense1_", "station_last_"
        assert [layer.prefix for layer in net] == list(names)


@claim("parameters", "ex-flat-text", "`params` holds only what the block itself owns")
@claim("parameters", "errors", "`net.params` of a container is empty")
def test_params_of_a_container_is_empty():
    net = ready()
    assert list(net.params) == []
    assert list(net[0].params.values()) == [net[0].weight, net[0].bias]
    with pytest.raises(TypeError, match="'NoneType' object is not iterable"):
        gluon.Trainer(net.params, "sgd")


@claim("parameters", "ex-flat-text", "an optimizer such as Adam keeps two more arrays for every")
@claim("read-write", "ex-open-text", "Adam keeps two more arrays for each parameter")
def test_adam_keeps_two_arrays():
    net = ready()
    trainer = gluon.Trainer(net.collect_params(), "adam")
    backward(net)
    trainer.step(1)
    kept = [array for state in trainer._updaters[0].states.values() for array in state]
    assert sum(a.size for a in kept) == 2 * sum(a.size for a in values(net))


# First values


@claim("parameters", "initializers", "draws the weights from a *uniform distribution* between")
@claim("parameters", "bias-text", "4. named nowhere: `Uniform(0.07)`.")
def test_the_default_is_uniform():
    layer = nn.Dense(100, in_units=100)
    layer.initialize()
    weight = layer.weight.data()
    assert 0.069 < weight.max() <= 0.07
    assert -0.07 <= weight.min() < -0.069
    assert weight.std().item() == pytest.approx(0.07 / math.sqrt(3), rel=0.02)


@claim("parameters", "symmetry-text", "What you hand to the `initialize` of a block is just the")
@claim("parameters", "symmetry-text", "A parameter that has an initializer of its own keeps to it")
@claim("parameters", "bias-text", "an earlier call on the parameter itself no longer counts")
@claim("parameters", "bias-text", "Within one initialization, the first in the list wins")
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
    net.initialize(init.Constant(1), force_reinit=True)
    assert [corner(p.data()) for p in net.collect_params().values()] == [5, 6, 1, 0]


@claim("parameters", "bias-text", "or `init=` in a layer of your own")
def test_an_initializer_of_a_parameter_of_ones_own():
    block = nn.Block()
    block.scale = block.params.get("scale", shape=(2,), init="ones")
    block.initialize(init.Constant(7))
    assert block.scale.data().tolist() == [1, 1]


@claim("parameters", "bias-text", "| `Normal(s)` | normal, standard deviation $s$ |")
@claim("parameters", "bias-text", "| `Xavier()` | uniform, variance $2/(n + m)$ |")
@claim("parameters", "bias-text", "| `MSRAPrelu(slope=0)` | normal, variance $4/(n + m)$ |")
@claim("parameters", "wide-text", 'takes the mean, unless you say `"in"` or `"out"`')
def test_variances_of_initializers():
    n, m = 300, 100
    for initializer, variance in (
        (init.Uniform(0.2), 0.2**2 / 3),
        (init.Normal(0.2), 0.2**2),
        (init.Xavier(), 2 / (n + m)),
        (init.MSRAPrelu(slope=0), 4 / (n + m)),
        (init.MSRAPrelu("in", slope=0), 2 / n),
        (init.MSRAPrelu("out", slope=0), 2 / m),
    ):
        layer = nn.Dense(m, in_units=n)
        layer.initialize(initializer)
        weight = layer.weight.data()
        assert weight.var().item() == pytest.approx(variance, rel=0.05)
        even = isinstance(initializer, init.Uniform) or type(initializer) is init.Xavier
        assert (np.abs(weight).max() <= math.sqrt(3 * variance) * 1.0001) == even


@claim("parameters", "errors", "The default `slope` of 0.25 is for PReLU")
def test_the_default_slope_is_a_quarter():
    assert init.MSRAPrelu().dumps() == init.MSRAPrelu(slope=0.25).dumps()


@claim("parameters", "own", "The neurons start equal and are used equally by the next layer")
@claim("parameters", "end", "this layer and the next were most likely initialized with a constant")
def test_equal_neurons_used_equally_stay_equal():
    for used_equally in (True, False):
        npx.random.seed(1)
        net = mlp()
        net.initialize(init.Constant(0.1))
        if not used_equally:
            net[1].initialize(init.Normal(0.5), force_reinit=True)
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
        for _ in range(3):
            backward(net)
            trainer.step(1)
        weight = net[0].weight.data().asnumpy()
        assert len(numpy.unique(weight, axis=0)) == (1 if used_equally else 4)
        assert not numpy.allclose(weight[0], 0.1)


@claim("parameters", "own", "writes into `data`, the very array in the box")
@claim("parameters", "own", "It is called once the shape is known.")
def test_an_initializer_must_write_into_data():
    for initializer, value in ((Sevens(), 7), (Rebinds(), 0)):
        net = stack(nn.Dense(4), nn.Dense(2))
        net.initialize(initializer)
        net(np.array(X))
        assert np.array_equal(net[0].weight.data(), np.full((4, 3), value))


# Writing, copying, sharing


@claim("parameters", "direct", "`set_data` replaces the whole array")
@claim("parameters", "direct", "it hands out the very array in the box")
@claim("parameters", "set-shape-text", "`set_data` copies the numbers")
def test_data_is_the_array_set_data_copies():
    weight, given = ready()[0].weight, np.ones((4, 3))
    weight.set_data(given)
    given[:] = 5
    weight.data()[0, 0] = 100
    assert weight.data()[0].tolist() == [100, 1, 1]


@claim("parameters", "tied", "ends in an error, and the value is overwritten all the same")
@claim("parameters", "resnet", "It comes late: by then the array has been overwritten.")
def test_under_record_the_error_comes_after_the_write():
    for write in (
        lambda weight: weight.set_data(np.full((1, 1), 100)),
        lambda weight: weight.data().__setitem__(slice(None), 100),
    ):
        layer = nn.Dense(1, use_bias=False, in_units=1)
        layer.initialize(init.Constant(3))
        told = pytest.raises(MXNetError, match="already in a computational graph")
        with autograd.record(), told:
            write(layer.weight)
        assert layer.weight.data().item() == 100


@claim("parameters", "tied", "there is no error, and gradients may come out wrong")
@claim("parameters", "tied", "Write before the forward pass or after `backward`.")
def test_when_writing_is_safe():
    hundred = np.array([[100.0]])
    found = {}
    for moment in ("before", "paused", "recorded", "in place", "after"):
        first, second = (nn.Dense(1, use_bias=False, in_units=1) for _ in range(2))
        first.initialize(init.Constant(2))
        second.initialize(init.Constant(3))
        if moment == "before":
            second.weight.set_data(np.array([[4.0]]))
        with autograd.record():
            y = second(first(np.ones((1, 1))))
            if moment == "paused":
                with autograd.pause():
                    second.weight.set_data(hundred)
        if moment == "recorded":
            second.weight.set_data(hundred)
        if moment == "in place":
            second.weight.data()[:] = 100
        y.backward()
        if moment == "after":
            second.weight.set_data(hundred)
        found[moment] = first.weight.grad().item()
    # Right is the value of the forward pass: 4, then 3.
    assert found == {"before": 4, "paused": 100, "recorded": 100, "in place": 100, "after": 3}


@claim("parameters", "resnet", "Writing into a bias does no harm, as no gradient needs to read it")
def test_a_bias_may_be_written_before_backward():
    found = []
    for write in (False, True):
        first, second = nn.Dense(1, in_units=1), nn.Dense(1, in_units=1)
        first.initialize(init.Constant(2))
        second.initialize(init.Constant(3))
        with autograd.record():
            y = second(first(np.ones((1, 1))))
        if write:
            first.bias.set_data(np.array([100]))
            second.bias.set_data(np.array([100]))
        y.backward()
        found.append([corner(p.grad()) for net in (first, second) for p in (net.weight, net.bias)])
    assert found == [[3, 3, 2, 1]] * 2


@claim("parameters", "tied-grad-text", "The two boxes that are used twice are listed once")
@claim("parameters", "tied-grad-text", "Whatever is written through one layer is seen by the other")
@claim("parameters", "train", "The third row is the sum of the other two")
@claim("parameters", "ex-autoencoder-text", "A block that is added twice, as in `net.add(layer")
def test_tied_layers_share_their_parameters():
    first = nn.Dense(1, in_units=1, use_bias=False)
    second = nn.Dense(1, in_units=1, use_bias=False, params=first.params)
    for net in (stack(first, second), stack(first, first)):
        net.initialize(init.Constant(3), force_reinit=True)
        with autograd.record():
            loss = net(np.array([[5.0]]))
        loss.backward()
        assert net[1].weight is first.weight
        assert list(net.collect_params().values()) == [first.weight]
        assert first.weight.grad().item() == 5 * 3 + 5 * 3


@claim("parameters", "ex-autoencoder-text", "a layer looks for boxes by the end of their names")
@claim("parameters", "ex-autoencoder-text", "creates those that are missing, and insists on equal")
@claim("parameters", "errors", "`desired '(9, 0)' vs stored '(8, 8)'` (0: not known)")
def test_what_params_takes_over():
    embed = nn.Embedding(5, 3, prefix="words_")
    scores = nn.Dense(5, flatten=False, in_units=3, params=embed.params)
    assert scores.weight is embed.weight
    assert scores.bias.name == "words_bias"
    first = nn.Dense(8, in_units=8)
    with pytest.raises(AssertionError, match=r"desired '\(9, 0\)' vs stored '\(8, 8\)'"):
        nn.Dense(9, params=first.params)


# Which parameters learn


@claim("parameters", "freeze-text", "`setattr` of a group writes on the tags of all its boxes")
@claim("parameters", "lr-mult-text", "its parameters are *frozen* and need no gradient memory")
@claim("parameters", "ex-tune-text", "would keep the values too, but the gradient would still be")
@claim("parameters", "errors", "| `Cannot get gradient array` | the parameter is frozen |")
def test_frozen_parameters_keep_no_gradient():
    net = ready()
    net[0].collect_params().setattr("grad_req", "null")
    net[1].weight.lr_mult = 0
    before = values(net)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1})
    backward(net)
    trainer.step(1)
    with pytest.raises(RuntimeError, match="Cannot get gradient array"):
        net[0].weight.grad()
    assert net[0].weight._grad is None
    assert net[1].weight.grad().any()
    moved = [not np.array_equal(*pair) for pair in zip(before, values(net), strict=True)]
    assert moved == [False, False, False, True]


@claim("parameters", "lr-mult-text", "The first line gave no error and had no effect")
@claim(
    "parameters",
    "errors",
    "| no message | an expression without a match; `net[0].grad_req`; `lr_mul`",
)
def test_labels_elsewhere_do_nothing():
    net = ready()
    net[0].grad_req = "null"
    net[0].weight.lr_mul = 0
    net[0].collect_params().setattr("lr_mul", 0)
    before = net[0].weight.data().copy()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1})
    backward(net)
    trainer.step(1)
    assert net[0].weight.grad_req == "write"
    assert np.allclose(net[0].weight.data(), before - net[0].weight.grad(), atol=1e-5)


@claim("parameters", "lr-mult-text", "multiplies the learning rate of one parameter")
def test_lr_mult_multiplies_the_rate():
    net = ready()
    net[0].weight.lr_mult = 0.25
    before = net[0].weight.data().copy()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1})
    backward(net)
    trainer.step(1)
    assert np.allclose(net[0].weight.data(), before - net[0].weight.grad() / 4, atol=1e-5)


# Common errors


@claim("parameters", "errors", "`no attribute 'reshape'` | computing with the box")
@claim("parameters", "errors", "| `initializer must be of string type` | `init.Xavier` without")
@claim("parameters", "errors", "| `cannot be applied to vector` | Xavier given to a bias itself |")
@claim("parameters", "errors", "| `Cannot differentiate node` | no `record`, or everything frozen")
def test_messages():
    net = ready()
    with pytest.raises(AttributeError, match="no attribute 'reshape'"):
        net[0].bias.reshape(-1)
    with pytest.raises(AssertionError, match="initializer must be of string type"):
        net.initialize(init.Xavier, force_reinit=True)
    with pytest.raises(ValueError, match="cannot be applied to vector"):
        net[0].bias.initialize(init.Xavier(), force_reinit=True)
    net.initialize(force_reinit=True)
    with pytest.raises(MXNetError, match="Cannot differentiate node"):
        net(np.array(X)).sum().backward()
    net.collect_params().setattr("grad_req", "null")
    with pytest.raises(MXNetError, match="Cannot differentiate node"):
        backward(net)


@claim("parameters", "errors", "a layer added after the `Trainer` was made")
@claim("parameters", "frozen-norm-text", "The trainer must be made after the exchange")
def test_a_trainer_knows_what_was_there_when_it_was_made():
    net = ready()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1})
    net.add(nn.Dense(2, in_units=2))
    net[2].initialize()
    before = values(net)
    backward(net)
    trainer.step(1)
    moved = [not np.array_equal(*pair) for pair in zip(before, values(net), strict=True)]
    assert moved == [True] * 4 + [False] * 2


# Twenty layers


CANDIDATES = {
    "Constant": init.Constant(0.01),
    "Normal": init.Normal(0.01),
    "Xavier": init.Xavier(),
    "MSRAPrelu": init.MSRAPrelu(slope=0),
}


def deep(initializer, *last):
    layers = [nn.Dense(256, activation="relu") for _ in range(20)]
    net = stack(*layers, *last, kind=nn.HybridSequential)
    net.initialize(initializer)
    return net


def size(array):
    return float((array.asnumpy().astype("float64") ** 2).mean() ** 0.5)


@claim("parameters", "sizes-text", "`detach` takes the hooks off")
def test_a_hook_stays_until_it_is_detached():
    layer, calls = nn.Dense(2, in_units=3), []
    layer.initialize()
    handle = layer.register_forward_hook(lambda *_: calls.append(1))
    layer(np.array(X))
    layer(np.array(X))
    handle.detach()
    layer(np.array(X))
    assert len(calls) == 2


@claim("parameters", "sizes-text", "These lines work on a network that is a chain and isn't")
def test_hooks_of_a_hybridized_chain_are_not_called():
    for hybridized, expected in ((False, 2), (True, 0)):
        net, calls = stack(nn.Dense(2), nn.Dense(2), kind=nn.HybridSequential), []
        net.initialize()
        net(np.array(X))
        if hybridized:
            net.hybridize()
            net(np.array(X))
        for layer in net:
            layer.register_forward_hook(lambda *_, calls=calls: calls.append(1))
        net(np.array(X))
        assert len(calls) == expected


@claim("parameters", "learn-text", "From layer 2 on, every layer multiplies the signal by about")
@claim("parameters", "learn-text", "2.56, 0.113, 0.71 and 1 for the four candidates. The next seed")
@claim("parameters", "learn-text", "grows to millions, while that of `Normal` sinks to")
@claim("parameters", "learn-text", "`Xavier` loses a factor of a thousand")
@claim("parameters", "narrow-text", "and each layer multiplies by exactly $c n$, here 2.56")
@claim("parameters", "narrow-text", "the signal begins as small as that of `Normal`")
def test_sizes_of_the_signal():
    factors = {"Constant": 2.56, "Normal": 0.113, "Xavier": 0.71, "MSRAPrelu": 1}
    last = {"Constant": 7e6, "Normal": 1e-19, "Xavier": 1e-3, "MSRAPrelu": 1}
    for seed in SEEDS:
        starts = {}
        for name, initializer in CANDIDATES.items():
            npx.random.seed(seed)
            x, found = np.random.normal(size=(64, 256)), []
            for layer in deep(initializer):
                x = layer(x)
                found.append(size(x))
            measured = (found[19] / found[0]) ** (1 / 19)
            assert measured == pytest.approx(factors[name], rel=0.04)
            assert abs(math.log10(found[19] / last[name])) < 0.3
            starts[name] = found[0]
            if name == "Constant":
                assert found[19] / found[18] == pytest.approx(2.56, rel=1e-4)
                # The examples have size 1.
                assert 0.05 < found[0] < 0.25
        assert starts["Constant"] == pytest.approx(starts["Normal"], rel=0.6)


@claim("parameters", "deeper", "about $10^{-19}$ of the size is left, $10^{-38}$ of its")
@claim("parameters", "deeper", "a little less, as the mean isn't 0 after a ReLU")
def test_size_and_variance():
    npx.random.seed(1)
    output = deep(CANDIDATES["Normal"])(np.random.normal(size=(64, 256)))
    output = output.asnumpy().astype("float64")
    assert 0.2 < output.var() / (output**2).mean() < 0.95
    size_left = math.sqrt(256 * 0.01**2 / 2) ** 20
    assert math.log10(size_left) == pytest.approx(-19, abs=0.2)
    assert math.log10(size_left**2) == pytest.approx(-38, abs=0.2)


@claim("parameters", "far-ends-text", "each layer multiplies the size of the gradient by")
@claim("parameters", "wide-text", "For the weights it is equally small everywhere")
@claim("parameters", "end", "shrinking by the same factor towards the first layer, which the bias")
def test_where_the_gradient_vanishes():
    for seed in SEEDS:
        npx.random.seed(seed)
        net, x = deep(CANDIDATES["Normal"]), np.random.normal(size=(64, 256))
        with autograd.record():
            y = net(x)
        y.backward(np.random.normal(size=y.shape))
        weights = [size(layer.weight.grad()) for layer in net]
        biases = [size(layer.bias.grad()) for layer in net]
        assert max(weights) / min(weights) < 3
        assert (biases[0] / biases[19]) ** (1 / 19) == pytest.approx(0.113, rel=0.04)


def learn(initializer, seed, steps=20, optimizer="sgd", rate=0.01):
    npx.random.seed(seed)
    net, x = deep(initializer, nn.Dense(1)), np.random.normal(size=(32, 4))
    y = x[:, 0] - x[:, 1] + x[:, 2] > 0
    net.hybridize()
    loss = gluon.loss.SigmoidBinaryCrossEntropyLoss()
    trainer = gluon.Trainer(net.collect_params(), optimizer, {"learning_rate": rate})
    for _ in range(steps):
        with autograd.record():
            losses = loss(net(x), y)
        losses.backward()
        trainer.step(len(x))
    return net, x, y, net(x)[:, 0] > 0


@claim("parameters", "title", "one of them ends up right on nearly all 32")
@claim("parameters", "title", "the other gives every example the same answer")
@claim("parameters", "errors", "With these five seeds, the others give every example the same")
@claim("parameters", "errors", "18 is only the median of how often the more frequent answer is")
def test_who_learns_in_20_steps():
    right = []
    for seed in SEEDS:
        *_, y, answers = learn(CANDIDATES["MSRAPrelu"], seed)
        right.append((answers == y).sum().item())
        often = max(y.sum().item(), 32 - y.sum().item())
        for name in ("Constant", "Normal", "Xavier"):
            *_, y, answers = learn(CANDIDATES[name], seed)
            assert answers.sum().item() in (0, 32)
            assert (answers == y).sum().item() == often
    assert min(right) >= 25
    assert sorted(right)[2] >= 31


@claim("parameters", "errors", "nineteen gave 26 to 32 and one fewer")
def test_a_seed_in_twenty_learns_less():
    right = []
    for seed in range(1, 21):
        *_, y, answers = learn(CANDIDATES["MSRAPrelu"], seed)
        right.append((answers == y).sum().item())
    lowest, *others = sorted(right)
    assert lowest < 26 <= min(others)


@claim("parameters", "errors", "what changes most are the biases, and they can't tell one example")
def test_with_faint_weights_the_biases_move():
    for name in ("Normal", "Xavier"):
        moves = []
        for seed in SEEDS:
            start, end = (learn(CANDIDATES[name], seed, steps=n)[0] for n in (0, 20))
            pairs = zip(values(start), values(end), strict=True)
            moved = [np.abs(after - before).max().item() for before, after in pairs]
            moves.append(max(moved[1::2]))
            assert max(moved[0::2]) < max(moved[1::2]) / 10
        assert max(moves) > 0.01


@claim("parameters", "errors", "their outputs stay near 0.5, so `sizes` shows nothing")
@claim("parameters", "errors", "the gradients vanish all the same")
def test_sizes_does_not_see_that_sigmoid_vanishes():
    for seed in SEEDS:
        npx.random.seed(seed)
        net, x = stack(*[nn.Dense(256, activation="sigmoid") for _ in range(20)]), []
        net.initialize(init.Xavier())
        for layer in net:
            layer.register_forward_hook(lambda *found, x=x: x.append(size(found[2])))
        batch = np.random.normal(size=(64, 256))
        with autograd.record():
            y = net(batch)
        y.backward(np.random.normal(size=y.shape))
        assert all(0.4 < found < 0.6 for found in x)
        assert size(net[0].bias.grad()) < 1e-8 * size(net[19].bias.grad())


@claim("parameters", "errors", "throws the weights so far that from the second layer on every ReLU")
def test_a_step_from_constants_kills_the_units():
    for seed in SEEDS:
        net, x, *_ = learn(CANDIDATES["Constant"], seed, steps=1)
        for number, layer in enumerate(net[:20]):
            x = layer(x)
            assert bool(x.any()) == (number == 0)


@claim("parameters", "adam-text", "its own recent size plus $10^{-8}$, so small ones count as much")
@claim("parameters", "adam-text", "as long as they aren't far below $10^{-8}$")
@claim("parameters", "ex-unit-variance-text", "With Adam, `Xavier` learns in most runs; `Normal(0")
@claim("parameters", "ex-unit-variance-text", "the gradients of its weights lie far below")
def test_adam_lifts_gradients_down_to_its_epsilon():
    saved = 0
    for seed in SEEDS:
        *_, y, answers = learn(CANDIDATES["Xavier"], seed, optimizer="adam", rate=0.0005)
        saved += (answers == y).sum().item() >= 30
        *_, answers = learn(CANDIDATES["Normal"], seed, optimizer="adam", rate=0.0005)
        assert answers.sum().item() in (0, 32)
    assert saved >= 3
    for slope, least, most in ((1, 0.09, 0.11), (1e-5, 0.09, 0.11), (1e-12, 0, 1e-4)):
        layer = nn.Dense(1, in_units=1, use_bias=False)
        layer.initialize(init.Zero())
        trainer = gluon.Trainer(layer.collect_params(), "adam", {"learning_rate": 0.1})
        with autograd.record():
            y = layer(np.array([[slope]]))
        y.backward()
        trainer.step(1)
        assert least < abs(layer.weight.data().item()) < most
    npx.random.seed(1)
    net, x = deep(CANDIDATES["Normal"], nn.Dense(1)), np.random.normal(size=(32, 4))
    with autograd.record():
        y = net(x)
    y.backward()
    assert max(size(layer.weight.grad()) for layer in net[:20]) < 1e-12


# A real network


@claim("parameters", "resnet-head-text", "the *running mean* and variance of each of the twenty")
@claim("parameters", "resnet-head-text", "They are parameters, so files keep them")
def test_running_statistics_are_parameters_without_a_gradient(tmp_path):
    net = vision.resnet18_v1()
    params = net.collect_params()
    without = [name for name, param in params.items() if param.grad_req == "null"]
    assert len(without) == 40
    assert all(name.endswith(("running_mean", "running_var")) for name in without)
    norm = nn.BatchNorm(in_channels=2)
    norm.initialize()
    norm.save_parameters(str(tmp_path / "norm.params"))
    kept = npx.load(str(tmp_path / "norm.params"))
    assert {"running_mean", "running_var"} <= set(kept)


@claim("parameters", "resnet-head-text", "it isn't the trainer that changes them but a pass")
@claim("parameters", "memory-text", "freezing stops the gradient, not the mode")
@claim("parameters", "memory-text", "once `backward` has passed through it, its running statistics")
@claim("parameters", "memory-text", "run it outside `record` and only the output layer inside")
@claim("parameters", "memory-text", "build these layers with `use_global_stats=True`")
def test_a_frozen_norm_goes_on_measuring():
    x = np.array(X)
    for fixed in (False, True):
        norm = nn.BatchNorm(in_channels=4, use_global_stats=fixed)
        net = stack(nn.Dense(4, in_units=3), norm)
        net.initialize()
        norm.collect_params().setattr("grad_req", "null")
        predicted = net(x)
        mean = norm.running_mean.data().copy()
        with autograd.record():
            trained = net(x)
        assert np.allclose(predicted, trained, atol=1e-4) == fixed
        trained.backward()
        npx.waitall()
        assert np.array_equal(norm.running_mean.data(), mean) == fixed


@claim("parameters", "memory-text", "the networks of `model_zoo` don't take that option")
def test_resnet_takes_no_global_statistics():
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        vision.resnet18_v1(use_global_stats=True)


# Gradients, optimizers


@claim("parameters", "add-text", "`backward` then adds to what stands in the box")
@claim("parameters", "ex-accumulate-text", "`net.collect_params().zero_grad()` is due, or the old")
@claim("parameters", "ex-accumulate-text", "Changing `grad_req` clears the gradient too")
@claim("parameters", "ex-accumulate-text", "The method belongs to the group; a block has none.")
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
    assert not hasattr(net, "zero_grad")
    backward(net)
    net.collect_params().setattr("grad_req", "write")
    assert bias.grad().tolist() == [0, 0]


@claim("parameters", "decay-text", "On several devices our lines clip one copy only")
@claim("parameters", "decay-text", "scale every array of `list_grad()` by the same factor")
def test_clipping_on_several_devices():
    def trained(devices, everywhere):
        layer = nn.Dense(1, in_units=2, use_bias=False)
        layer.initialize(init.One(), ctx=devices)
        options = {"update_on_kvstore": False} if everywhere else {}
        params = layer.collect_params()
        trainer = gluon.Trainer(params, "sgd", {"learning_rate": 1}, **options)
        with autograd.record():
            totals = [layer(np.array([[3.0, 4.0]], ctx=place)).sum() for place in devices]
        autograd.backward(totals)
        if everywhere:
            trainer.allreduce_grads()
        first, *others = layer.weight.list_grad()
        factor = 1 / (first**2).sum().item() ** 0.5
        for grad in (first, *(others if everywhere else ())):
            grad *= factor
        (trainer.update if everywhere else trainer.step)(1)
        return [data.asnumpy().tolist() for data in layer.weight.list_data()]

    pair = [cpu(0), cpu(1)]
    for (weight,) in trained(pair, everywhere=True):
        assert weight == pytest.approx([1 - 0.6, 1 - 0.8])
    for (weight,) in trained(pair, everywhere=False):
        assert weight == pytest.approx([1 - 3.6, 1 - 4.8])


class Noting(init.Initializer):
    """Notes which of its methods is called for what."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def _init_weight(self, name, data):
        self.calls.append(str(name))
        data[:] = 5

    def _init_bias(self, name, data):
        raise AssertionError(name)

    _init_gamma = _init_beta = _init_default = _init_bias


@claim("parameters", "bias-text", "its `_init_weight` runs, for biases and for `gamma` too")
def test_one_method_of_an_initializer_runs_for_all():
    noting = Noting()
    dense = nn.Dense(2, in_units=3, prefix="d_", bias_initializer=noting)
    norm = nn.BatchNorm(in_channels=2, prefix="n_", gamma_initializer=noting)
    stack(dense, norm).initialize(noting)
    assert sorted(noting.calls) == ["d_bias", "d_weight", "n_gamma"]
    assert dense.bias.data().tolist() == norm.gamma.data().tolist() == [5, 5]


@claim("parameters", "clip-text", "refuses the arrays of `mxnet.np` with a `TypeError`")
def test_clip_global_norm_refuses_numpy_arrays():
    net = ready()
    backward(net)
    with pytest.raises(TypeError, match="legacy"):
        gluon.utils.clip_global_norm([net[0].weight.grad()], 1.0)


@claim("parameters", "decay-text", "it cuts each number by itself, which changes the direction")
def test_clip_gradient_cuts_each_number():
    layer = nn.Dense(1, in_units=2, use_bias=False)
    layer.initialize(init.Zero())
    options = {"learning_rate": 1, "clip_gradient": 1}
    trainer = gluon.Trainer(layer.collect_params(), "sgd", options)
    with autograd.record():
        loss = layer(np.array([[0.5, 30.0]]))
    loss.backward()
    trainer.step(1)
    assert layer.weight.data().tolist() == [[-0.5, -1]]


@claim("parameters", "decay-text", "`wd_mult` exempts a group")
@claim("parameters", "decay-text", "pulls all values towards 0, biases and the scale of")
@claim("parameters", "dtype", "Weight decay leaves frozen parameters alone.")
def test_weight_decay_reaches_all_but_the_frozen_and_the_exempt():
    first, last = (nn.Dense(2, in_units=2, bias_initializer="ones") for _ in range(2))
    net = stack(first, nn.BatchNorm(in_channels=2), last)
    net.initialize(init.Constant(1))
    net[0].weight.grad_req = "null"
    last.collect_params(".*bias").setattr("wd_mult", 0)
    options = {"learning_rate": 0.1, "wd": 0.5}
    trainer = gluon.Trainer(net.collect_params(), "sgd", options)
    with autograd.record():
        loss = 0 * net(np.ones((2, 2)))
    loss.backward()
    trainer.step(1)
    assert corner(net[0].weight.data()) == 1
    assert corner(net[0].bias.data()) == pytest.approx(0.95)
    assert corner(net[1].gamma.data()) == pytest.approx(0.95)
    assert corner(last.weight.data()) == pytest.approx(0.95)
    assert corner(last.bias.data()) == 1


# Types


@claim("parameters", "dtype", "`np.array` keeps the type of a NumPy array")
@claim("parameters", "dtype-kinds-text", "here `expected` means the data, `got` the parameter")
@claim("parameters", "half-text", "A NumPy array without `np.array` around it is refused")
@claim("parameters", "half-text", "once the box has a value, it converts to its type")
def test_types_must_match():
    net, x = ready(), numpy.array(X)
    with pytest.raises(MXNetError, match="expected float64, got float32"):
        net(np.array(x))
    with pytest.raises(ValueError, match="must be one NDArray or one Symbol"):
        net(x.astype("float32"))
    net[0].weight.set_data(np.ones((4, 3), dtype="float64"))
    assert net[0].weight.data().dtype == "float32"
    net.cast("float64")
    with pytest.raises(MXNetError, match="expected float32, got float64"):
        net(np.array(X))
    assert net(np.array(x)).dtype == "float64"


@claim("parameters", "half-text", "before that, the random initializers fail")
@claim(
    "parameters", "errors", "| `invalid shape. Expecting 0 got` | `cast` before there are values"
)
@pytest.mark.parametrize(
    "initializer", [init.Uniform(), init.Normal(), init.Xavier(), init.MSRAPrelu()]
)
def test_cast_before_there_are_values(initializer):
    layer = nn.Dense(2, in_units=2)
    layer.cast("float64")
    with pytest.raises(MXNetError, match=r"invalid shape\. Expecting 0 got 1"):
        layer.initialize(initializer)


@claim("parameters", "progress-text", "Casting works, computing doesn't")
@claim("parameters", "progress-text", "the error would come up only later")
def test_float16_fails_late_on_the_cpu():
    layer = nn.Dense(2, in_units=3)
    layer.initialize()
    layer.cast("float16")
    output = layer(np.array(X, dtype="float16"))
    with pytest.raises(MXNetError, match="float16 fully connected layer"):
        output.asnumpy()
