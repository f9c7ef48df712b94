"""The gradient check: right layers pass, wrong ones don't, and nothing is touched."""

import numpy
import pytest
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn

from d2lutil import gradient_gaps


@pytest.fixture(autouse=True)
def numpy_mode():
    npx.set_np()
    npx.random.seed(3)
    yield
    npx.reset_np()


class Scaled(nn.Block):
    """Multiplies by a parameter, in a way of its own."""

    def __init__(self, way):
        super().__init__()
        self.way = way
        self.factor = self.params.get("factor", shape=(4,), init="ones")

    def forward(self, x):
        return self.way(x, self.factor.data(x.ctx))


def through_numpy(x):
    return np.array(x.asnumpy(), dtype=x.dtype)


def ready(layer):
    layer.initialize(init.Normal(0.5))
    return layer


def data():
    return np.random.normal(size=(3, 4))


def worst(layer, *inputs, **mode):
    return max(gradient_gaps(ready(layer), *inputs, **mode).values())


@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Dense(3),
        lambda: nn.Dense(3, in_units=4),
        nn.BatchNorm,
        nn.LayerNorm,
        lambda: nn.Dropout(0.5),
        lambda: nn.Activation("tanh"),
    ],
)
def test_layers_of_the_library_pass_in_both_modes(make, train):
    assert worst(make(), data(), train=train) < 1e-6


@pytest.mark.parametrize(
    "way",
    [
        lambda x, w: 1e6 * np.tanh(w * x),
        lambda x, w: 1e-7 * np.tanh(w * x),
        lambda x, w: w * (100 * x) ** 4,
        lambda x, w: w * np.exp(5 * np.abs(x) + 3),
    ],
)
def test_right_layers_pass_whatever_their_scale(way):
    assert worst(Scaled(way), data()) < 1e-6


@pytest.mark.parametrize(
    ("way", "wrong"),
    [
        (lambda x, w: 1e-7 * w * through_numpy(x), "input 0"),
        (lambda x, w: w * x * x.detach(), "input 0"),
        (lambda x, w: through_numpy(w) * x, "factor"),
        (lambda x, w: w * x * 1.001 - 0.001 * w.detach() * x, "factor"),
        (lambda x, w: npx.softmax(w * through_numpy(x)), "input 0"),
    ],
)
def test_wrong_layers_are_found_and_told_apart(way, wrong):
    gaps = gradient_gaps(ready(Scaled(way)), data())
    assert list(gaps) == ["input 0", "factor"]
    assert {name for name, gap in gaps.items() if gap > 1e-6} == {wrong}


def test_integers_and_what_has_no_gradient_are_left_out():
    tokens = np.array([1, 2], dtype="int32")
    assert list(gradient_gaps(ready(nn.Embedding(5, 3)), tokens)) == ["weight"]
    assert list(gradient_gaps(ready(nn.BatchNorm()), data())) == ["input 0", "gamma", "beta"]


def test_several_inputs_and_outputs():
    class Pair(nn.Block):
        def forward(self, a, b):
            return a * b, through_numpy(b)

    assert gradient_gaps(Pair(), data(), data()) == {"input 0": 0, "input 1": pytest.approx(1, 1)}


def test_statistics_that_a_layer_updates_are_the_same_at_each_pass():
    class Center(nn.Block):
        def __init__(self):
            super().__init__()
            self.mean = self.params.get("mean", shape=(4,), init="zeros", grad_req="null")

        def forward(self, x):
            mean = self.mean.data(x.ctx)
            centered = x - mean
            if autograd.is_training():
                with autograd.pause():
                    mean[:] = 0.9 * mean + 0.1 * x.mean(axis=0)
            return centered

    for train in (False, True):
        assert worst(Center(), data(), train=train) == 0


def state(layer):
    npx.waitall()
    return [
        (
            p.dtype,
            p.grad_req,
            p.data().asnumpy().tolist(),
            p.grad_req != "null" and p.grad().tolist(),
        )
        for p in layer.collect_params().values()
    ]


@pytest.mark.parametrize("hybridized", [False, True])
def test_a_layer_that_is_being_trained_stays_as_it_is(hybridized):
    net = nn.HybridSequential()
    net.add(nn.Dense(3, activation="tanh"), nn.BatchNorm(), nn.Dense(2))
    ready(net).hybridize(hybridized)
    net(data())
    net[0].weight.grad_req = "add"
    trainer = gluon.Trainer(net.collect_params(), "adam")

    def back():
        with autograd.record():
            loss = net(data()).sum()
        loss.backward()

    back()
    trainer.step(1)
    back()
    before = state(net)
    assert max(gradient_gaps(net, data(), train=True).values()) < 1e-6
    assert state(net) == before
    assert net(data()).dtype == numpy.float32
    trainer.step(1)  # its gradients are still fresh


def test_the_layer_stays_as_it_is_when_its_forward_fails():
    calls = []

    def fails(x, w):
        calls.append(w)
        if len(calls) > 5:
            raise KeyError("enough")
        return w * x

    layer = ready(Scaled(fails))
    before = state(layer)
    with pytest.raises(KeyError, match="enough"):
        gradient_gaps(layer, data())
    assert state(layer) == before


def test_a_layer_that_waits_for_its_input_size_still_waits_afterwards():
    layer = ready(nn.Dense(3))
    assert max(gradient_gaps(layer, data()).values()) < 1e-6
    assert layer.weight.shape == (3, -1)


def test_random_numbers_go_on_and_not_from_a_seed_of_its_own():
    gradient_gaps(nn.Dropout(0.5), data(), train=True)
    first = np.random.normal(size=(3,)).tolist()
    gradient_gaps(nn.Dropout(0.5), data(), train=True)
    assert np.random.normal(size=(3,)).tolist() != first


def test_another_type_is_told():
    layer = Scaled(lambda x, w: (w * x).astype("float32"))
    with pytest.raises(TypeError, match="float32"):
        gradient_gaps(ready(layer), data())
