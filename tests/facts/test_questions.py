"""What the quick questions say of MXNet; their wording is in `d2lutil/questions/`."""

import warnings

import pytest
from mxnet import MXNetError, autograd, gluon, init, np, npx
from mxnet.gluon import nn

import d2lutil
from tests.facts.layers import Lazy

# Layers and blocks


def stack(*layers):
    net = nn.Sequential()
    net.add(*layers)
    return net


def names(net):
    return list(net.collect_params())


@pytest.mark.parametrize(("flatten", "shape"), [(True, (32, 3)), (False, (32, 10, 3))])
def test_dense_merges_the_axes_after_the_first(flatten, shape):
    dense = nn.Dense(3, flatten=flatten)
    dense.initialize()
    assert dense(np.ones((32, 10, 4))).shape == shape


@pytest.mark.parametrize(
    ("keep", "found"), [(list, 0), (lambda layers: dict(enumerate(layers)), 0), (None, 4)]
)
def test_a_sequential_registers_what_a_list_or_a_dictionary_hides(keep, found):
    class Branches(nn.Block):
        def __init__(self):
            super().__init__()
            layers = nn.Dense(4), nn.Dense(4)
            self.branches = keep(layers) if keep else stack(*layers)

        def forward(self, x):
            return self.branches[0](x) + self.branches[1](x)

    block = Branches()
    for number in range(2):
        block.branches[number].initialize()
    assert block(np.ones((2, 3))).shape == (2, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(names(block)) == found
        block.save_parameters("block.params")
    assert len(npx.load("block.params") if found else []) == found


def test_a_layer_added_twice_runs_twice_and_has_two_parameters():
    layer = nn.Dense(8)
    net = stack(layer, layer)
    net.initialize()
    runs = []
    layer.register_forward_hook(lambda *_: runs.append(1))
    net(np.ones((2, 8)))
    assert (len(runs), len(names(net))) == (2, 2)


def test_numpy_in_the_middle_cuts_the_way_back_of_what_comes_before():
    first, last = nn.Dense(3, in_units=2), nn.Dense(1, in_units=3)
    net = stack(first, nn.Lambda(lambda h: np.array(h.asnumpy() * 2)), last)
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    with autograd.record():
        loss = net(np.ones((4, 2))).sum()
    loss.backward()
    assert abs(last.weight.grad()).max() > 0
    assert abs(first.weight.grad()).max() == 0
    with pytest.raises(UserWarning, match="has not been updated by backward"):
        trainer.step(4)


def test_with_weights_of_0_only_the_skip_connection_brings_x_through():
    change = stack(nn.Dense(3, activation="relu"), nn.Dense(3))
    change.initialize(init.Zero())
    x = np.array([[1.0, -2.0, 3.0]])
    assert (x + change(x) == x).all()
    assert not change(x).any()


# Parameters


def sky():
    net = nn.Sequential(prefix="sky_")
    with net.name_scope():
        net.add(nn.Dense(3, in_units=2), nn.Dense(1, in_units=3))
    net.initialize()
    return net


def on_the_layer(net):
    net[0].grad_req = "null"


def by_a_part_of_the_name(net):
    net.collect_params("dense0").setattr("grad_req", "null")


def misspelt(net):
    net[0].collect_params().setattr("lr_mul", 0)


def on_the_boxes(net):
    net[0].collect_params().setattr("grad_req", "null")


@pytest.mark.parametrize(
    ("freeze", "moves"),
    [
        (on_the_layer, True),
        (by_a_part_of_the_name, True),
        (misspelt, True),
        (on_the_boxes, False),
    ],
)
def test_what_freezes_the_first_child(freeze, moves):
    net = sky()
    assert names(net)[:2] == ["sky_dense0_weight", "sky_dense0_bias"]
    freeze(net)
    old = net[0].weight.data().copy()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    with autograd.record():
        loss = net(np.ones((4, 2))).sum()
    loss.backward()
    trainer.step(4)
    assert bool((net[0].weight.data() != old).any()) is moves


def test_without_a_step_each_backward_writes_the_same_gradient():
    net = sky()
    found = []
    for _ in range(100):
        with autograd.record():
            loss = (net(np.ones((4, 2))) ** 2).sum()
        loss.backward()
        found.append(net[0].weight.grad().copy())
    assert abs(found[0]).max() > 0
    assert (found[0] == found[-1]).all()


def test_who_decides_the_first_bias():
    own, usual = nn.Dense(8, bias_initializer=init.Constant(0.1)), nn.Dense(8)
    net = stack(own, usual)
    for initializer in (init.Constant(0.1), init.Normal(1)):
        net.initialize(initializer, force_reinit=True)
        net(np.ones((1, 4)))
        assert (own.bias.data() == np.full(8, 0.1)).all()
        assert not usual.bias.data().any()
    with pytest.raises(TypeError):
        usual.bias = np.full(8, 0.1)


@pytest.mark.parametrize("way", ["copied", "seeded", "shared"])
def test_only_a_shared_weight_stays_the_same_in_both_layers(way):
    first = nn.Dense(8, activation="tanh", in_units=8)
    second = nn.Dense(8, in_units=8, params=first.params if way == "shared" else None)
    for layer in (first, second):
        npx.random.seed(3)
        layer.initialize(init.Normal(0.5), force_reinit=True)
    if way == "copied":
        second.weight.set_data(first.weight.data())
    assert (first.weight.data() == second.weight.data()).all()
    net = stack(first, second)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    with autograd.record():
        loss = (net(np.ones((2, 8))) ** 2).sum()
    loss.backward()
    trainer.step(2)
    same = bool((first.weight.data() == second.weight.data()).all())
    assert same is (way == "shared")


def test_the_box_of_a_built_layer_is_not_replaced():
    first, second = nn.Dense(8), nn.Dense(8)
    with pytest.raises(AssertionError, match="Overriding Parameter attribute"):
        second.weight = first.weight


@pytest.mark.parametrize(
    ("initializer", "least", "most"),
    [
        (init.Constant(0.01), 2.3, 2.8),
        (init.Xavier(), 0.6, 0.8),
        (init.MSRAPrelu(slope=0), 0.9, 1.1),
        (init.Normal(1), 10, 13),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_by_how_much_a_layer_multiplies_the_signal(initializer, least, most, seed):
    npx.random.seed(seed)
    net = stack(*(nn.Dense(256, activation="relu") for _ in range(20)))
    net.initialize(initializer)
    signal, sizes = np.random.normal(size=(64, 256)), []
    for layer in net:
        signal = layer(signal)
        sizes.append(float((signal.asnumpy().astype("float64") ** 2).mean() ** 0.5))
    assert least < (sizes[-1] / sizes[0]) ** (1 / 19) < most


# Deferred initialization


def unread(net):
    found = []
    for name, parameter in net.collect_params().items():
        try:
            parameter.data()
        except gluon.parameter.DeferredInitializationError:
            found.append(name)
    return found


def test_only_a_shape_with_a_blank_is_deferred():
    net = stack(nn.Dense(4, in_units=6), nn.Dense(2, prefix="second_"))
    net.initialize()
    assert unread(net) == ["second_weight"]
    assert net[0].weight.shape == (4, 6)
    assert net[1].bias.shape == (2,)


def test_a_batch_of_pictures_gives_dense_all_axes_but_the_first():
    dense = nn.Dense(10)
    dense.initialize()
    dense(np.ones((32, 3, 8, 8)))
    assert dense.weight.shape == (10, 192)
    assert dense(np.ones((5, 3, 8, 8))).shape == (5, 10)


def test_initializing_anew_keeps_a_wrong_shape():
    net, x = stack(nn.Dense(16), nn.Dense(3)), np.ones((4, 5))
    net.initialize()
    net(x[0])
    net.initialize(force_reinit=True)
    assert net[0].weight.shape == (16, 1)
    with pytest.raises(MXNetError, match=r"Provided = \[16,1\], inferred shape=\(16,5\)"):
        net(x).asnumpy()


class TwoHeads(nn.Block):
    def __init__(self):
        super().__init__()
        self.grade, self.price = nn.Dense(3), nn.Dense(1, prefix="price_")

    def forward(self, x, want_price=False):
        return self.price(x) if want_price else self.grade(x)


@pytest.mark.parametrize(
    ("way_out", "saves"),
    [
        (lambda net, x: net.initialize(force_reinit=True), False),
        (lambda net, x: [net(x) for _ in range(10)], False),
        (lambda net, x: net(x, True), True),
    ],
)
def test_what_lets_a_network_with_an_unused_head_be_saved(way_out, saves):
    net, x = TwoHeads(), np.ones((4, 5))
    net.initialize()
    net(x)
    learnt = net.grade.weight.data().copy()
    way_out(net, x)
    if saves:
        net.save_parameters("net.params")
        assert (net.grade.weight.data() == learnt).all()
        return
    with pytest.raises(gluon.parameter.DeferredInitializationError, match="price_weight"):
        net.save_parameters("net.params")


def test_a_weight_is_born_when_data_gets_to_its_layer():
    told = []

    class Tells(init.Normal):
        def _init_weight(self, name, data):
            told.append(f"born {name}")
            super()._init_weight(name, data)

    net = stack(
        nn.Dense(4, in_units=5, prefix="a_"),
        nn.Dense(3, prefix="b_"),
        nn.Dense(2, prefix="c_"),
    )
    for layer in net:
        layer.register_forward_hook(lambda layer, *_: told.append(f"done {layer.name}"))
    net.initialize(Tells())
    assert told == ["born a_weight"]
    net(np.ones((2, 5)))
    assert told[1:] == ["done a", "born b_weight", "done b", "born c_weight", "done c"]


# Custom layers


class Own(nn.Block):
    """A layer that makes something of its own in `__init__`, and does something with it."""

    def __init__(self, make, use):
        super().__init__()
        make(self)
        self.use = use

    def forward(self, x):
        return self.use(self, x)


def saved_keys(net):
    net.save_parameters("net.params")
    return sorted(npx.load("net.params"))


def test_a_plain_array_is_neither_listed_nor_saved():
    layer = Own(lambda self: setattr(self, "scale", np.ones(4)), lambda self, x: x * self.scale)
    net = stack(layer, nn.Dense(1, in_units=4))
    net.initialize()
    assert net(np.ones((2, 4))).shape == (2, 1)
    assert len(names(net)) == 2
    assert saved_keys(net) == ["1.bias", "1.weight"]


def test_only_a_hybrid_block_finds_its_number_of_inputs():
    class Hybrid(nn.HybridBlock):
        def __init__(self):
            super().__init__()
            self.weight = self.params.get("weight", shape=(3, -1), allow_deferred_init=True)

        def hybrid_forward(self, F, x, weight):
            return F.np.dot(x, weight.T)

    x, lazy, hybrid = np.ones((2, 4)), Lazy(), Hybrid()
    lazy.initialize()
    for again in (lambda: None, lambda: None, lazy.initialize):
        again()
        with pytest.raises(gluon.parameter.DeferredInitializationError):
            lazy(x)
    hybrid.initialize()
    assert hybrid(x).shape == (2, 3)


def test_the_gradient_of_a_wrong_function_can_be_right():
    def make(self):
        self.weight = self.params.get("weight", shape=(3, 4))
        self.bias = self.params.get("bias", shape=(3,), init="zeros")

    wrong = Own(make, lambda s, x: np.dot(x, s.weight.data(x.ctx).T) - s.bias.data(x.ctx))
    wrong.initialize(init.Normal(0.5))
    x = np.random.normal(size=(2, 4))
    assert max(d2lutil.gradient_gaps(wrong, x).values()) < 1e-6
    library = nn.Dense(3, in_units=4)
    library.initialize()
    library.weight.set_data(wrong.weight.data())
    assert abs(library(x) - wrong(x)).max() < 1e-6  # as long as the bias is 0
    library.bias.set_data(np.ones(3))
    wrong.bias.set_data(np.ones(3))
    assert abs(library(x) - wrong(x)).max() > 1


def in_a_list(self):
    self.found = [self.params.get(name, shape=(4, 4)) for name in ("w0", "w1")]


def as_attributes(self):
    self.w0, self.w1 = (self.params.get(name, shape=(4, 4)) for name in ("w0", "w1"))
    self.found = [self.w0, self.w1]


def under_one_name(self):
    self.w0, self.w1 = (self.params.get("w", shape=(4, 4)) for _ in range(2))
    self.found = [self.w0, self.w1]


def with_an_own_bias(self):
    self.bias = self.params.get("bias", shape=(4, 1))
    self.found = [self.bias]


@pytest.mark.parametrize(
    ("make", "lost"),
    [(in_a_list, True), (as_attributes, False), (under_one_name, False), (with_an_own_bias, False)],
)
def test_what_is_trained_but_lost_on_the_way_to_another_machine(make, lost):
    def use(self, x):
        for parameter in self.found:
            x = x + np.dot(x, parameter.data(x.ctx)).sum(axis=1, keepdims=True)
        return x

    def build():
        net = stack(Own(make, use), nn.Dense(1, in_units=4))
        net.initialize(init.Normal(0.5))
        return net

    old, new, x = build(), build(), np.ones((2, 4))
    assert {id(parameter) for parameter in old[0].found} <= {
        id(parameter) for parameter in old.collect_params().values()
    }
    old.save_parameters("net.params")
    new.load_parameters("net.params")
    assert bool((old(x) != new(x)).any()) is lost


def own_parameter(self):
    self.mean = gluon.Parameter("mean", shape=(4,), init="zeros", grad_req="null")


def with_a_gradient(self):
    self.mean = self.params.get("mean", shape=(4,), init="zeros")


def without_a_gradient(self):
    self.mean = self.params.get("mean", shape=(4,), init="zeros", grad_req="null")


@pytest.mark.parametrize(("make", "moves"), [(with_a_gradient, True), (without_a_gradient, False)])
def test_the_trainer_leaves_alone_only_what_has_no_gradient(make, moves):
    net = stack(Own(make, lambda self, x: x - self.mean.data(x.ctx)), nn.Dense(1, in_units=4))
    net.initialize()
    assert "0.mean" in saved_keys(net)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    with autograd.record():
        loss = net(np.ones((2, 4))).sum()
    loss.backward()
    trainer.step(2)
    assert bool(net[0].mean.data().any()) is moves


def test_a_parameter_that_is_not_made_by_params_is_not_initialized():
    net = stack(Own(own_parameter, lambda self, x: x - self.mean.data(x.ctx)))
    net.initialize()
    assert names(net) == []
    with pytest.raises(RuntimeError, match="has not been initialized"):
        net(np.ones((2, 4)))


# Reading and writing


def perceptron(activation="relu", outputs=3):
    return stack(nn.Dense(8, activation=activation), nn.Dense(outputs))


@pytest.fixture
def saved():
    net, x = perceptron(), np.random.normal(size=(2, 4))
    net.initialize()
    y = net(x)
    net.save_parameters("net.params")
    return x, y


def test_only_another_activation_loads_without_an_error(saved):
    x, y = saved
    for activation, same in {"relu": True, "tanh": False}.items():
        net = perceptron(activation)
        net.load_parameters("net.params")
        assert bool((net(x) == y).all()) is same
    longer = perceptron()
    longer.add(nn.Dense(2))
    with pytest.raises(AssertionError, match="is missing in file"):
        longer.load_parameters("net.params")


def test_how_a_body_is_loaded_below_another_output_layer(saved):
    x, _ = saved
    wider = perceptron(outputs=5)
    wider.initialize()
    wider(x)
    with pytest.raises(AssertionError, match="shape incompatible"):
        wider.load_parameters("net.params", allow_missing=True, ignore_extra=True)
    wider = perceptron(outputs=5)
    wider.initialize()
    wider(x)
    own = wider[1].weight.data().copy()
    stored = npx.load("net.params")
    npx.save("body.params", {key: stored[key] for key in stored if key.startswith("0.")})
    wider.load_parameters("body.params", allow_missing=True)
    assert (wider[0].weight.data() == stored["0.weight"]).all()
    assert (wider[1].weight.data() == own).all()
    added = perceptron()
    added.load_parameters("net.params")
    added.add(nn.Dense(5))
    added[2].initialize()
    assert added(x).shape == (2, 5)
    assert added[2].weight.shape == (5, 3)


# GPUs


@pytest.mark.parametrize(("place", "changes"), [(npx.cpu(0), True), (npx.cpu(1), False)])
def test_as_in_ctx_gives_the_array_itself_where_it_is_there_already(place, changes):
    x = np.ones(3)
    there = x.as_in_ctx(place)
    there[:] = 2 * there
    assert bool((x == 2).all()) is changes


def test_two_names_of_the_cpu_hide_a_sum_across_devices():
    a, b = np.ones(2), np.ones(2, ctx=npx.cpu(1))
    assert (a + b).ctx == npx.cpu(0)


def test_half_a_batch_halves_the_activations_only():
    net = perceptron()
    net.initialize()
    sizes = {}
    for batch in (64, 32):
        x = np.ones((batch, 4))
        outputs = [x := layer(x) for layer in net]
        parameters = net.collect_params().values()
        sizes[batch] = (
            sum(output.size for output in outputs),
            sum(parameter.grad().size for parameter in parameters),
        )
    assert sizes[64] == (2 * sizes[32][0], sizes[32][1])


def test_half_of_the_time_50_times_as_fast_makes_almost_2():
    assert round(1 / (0.5 + 0.5 / 50), 2) == 1.96
