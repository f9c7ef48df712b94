"""What the section on layers and blocks says about MXNet."""

from contextlib import nullcontext

import numpy
import pytest
from mxnet import MXNetError, autograd, cpu, gluon, init, np, npx
from mxnet.base import NotImplementedForSymbol
from mxnet.gluon import nn
from mxnet.gluon.model_zoo import vision

from d2lutil.exercises import solution
from tests.facts.claims import claim


class Doubler(nn.Block):
    def forward(self, x):
        return 2 * x


class ListNet(nn.Block):
    def __init__(self, *layers):
        super().__init__()
        self.layers = list(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class Centre(nn.Block):
    """Subtracts a constant and, kept as a plain array, the same number."""

    def __init__(self, mean):
        super().__init__()
        self.mean = self.params.get_constant("mean", np.array(mean))
        self.plain = np.array(mean)

    def forward(self, x):
        return x - self.mean.data(x.ctx)


class Chain(nn.Block):
    def add(self, block):
        self.register_child(block)


class NamedChain(nn.Block):
    def add(self, block):
        self.register_child(block, block.name)


class Scale(nn.HybridBlock):
    factor, calls = 2.0, 0

    def hybrid_forward(self, F, x):
        self.calls, self.functions = self.calls + 1, F.__name__
        return self.factor * x


class Flip(nn.HybridBlock):
    def hybrid_forward(self, F, x):
        return x if x.sum() > 0 else -x


class Where(nn.HybridBlock):
    def hybrid_forward(self, F, x):
        return F.np.where(x.sum() > 0, x, -x)


class Thrice(nn.HybridBlock):
    def hybrid_forward(self, F, x):
        for _ in range(3):
            x = F.np.tanh(x) + 1
        return x


def stack(*layers, kind=nn.Sequential):
    net = kind()
    net.add(*layers)
    return net


def ready(*layers, kind=nn.Sequential):
    net = stack(*layers, kind=kind)
    net.initialize()
    return net


def recorded(net, x):
    with autograd.record():
        loss = net(x).sum()
    loss.backward()


X = [[1.0, -2.0], [3.0, 4.0]]


@claim("model-construction", "why-blocks", "Gluon has one class for all sizes, `nn.Block`")
@claim("model-construction", "sequential", "`Dropout` and `L2Loss` have no parameters at all")
def test_layers_and_containers_are_blocks():
    kinds = nn.Dense, nn.Activation, nn.Sequential, nn.HybridSequential, gluon.loss.L2Loss
    assert all(issubclass(kind, nn.Block) for kind in kinds)


@claim("model-construction", "seq-order-text", "`net[0]` fetches the first")
@claim("model-construction", "sequential", "`add` takes them in order")
def test_add_order_is_the_order():
    first = nn.Dense(3)
    net = ready(first, nn.Dense(8))
    assert net[0] is first
    assert net(np.ones((2, 4))).shape == (2, 8)


@claim("model-construction", "flatten-text", "Each layer adapts its number of inputs")
def test_layers_adapt_their_input_size():
    net = ready(nn.Dense(3), nn.Dense(8))
    net(np.ones((2, 4)))
    assert [layer.weight.shape for layer in net] == [(3, 4), (8, 3)]


@claim("model-construction", "call", "then `forward`, then the hooks that come after")
@claim("model-construction", "call-path", "called directly, `forward` runs without its hooks")
def test_call_runs_the_hooks_forward_does_not():
    log, double = [], Doubler()
    double.register_forward_pre_hook(lambda block, inputs: log.append("before"))
    double.register_forward_hook(lambda block, inputs, output: log.append(output.item()))
    double.forward(np.array(3.0))
    assert log == []
    double(np.array(3.0))
    assert log == ["before", 6.0]


@claim("model-construction", "call-path", "exists only inside `autograd.record()`")
@claim("index", "tools", "`record` writes down the calculation")
def test_only_record_writes_the_tape():
    x = np.ones(3)
    x.attach_grad()
    assert not autograd.is_recording()
    with autograd.record():
        assert autograd.is_recording()
        recorded_loss = (3 * x).sum()
    with pytest.raises(MXNetError):
        (3 * x).sum().backward()
    recorded_loss.backward()
    assert x.grad.tolist() == [3, 3, 3]


@claim("model-construction", "ex-mlp-text", "the order of the rows in `net.summary(x)`")
def test_summary_lists_blocks_as_they_finish(capsys):
    class Pair(nn.Block):
        def __init__(self):
            super().__init__()
            self.inner = nn.Dense(3)

        def forward(self, x):
            return self.inner(x)

    net = ready(Pair(), stack(nn.Dense(2)))
    net(np.ones((1, 4)))
    net.summary(np.ones((1, 4)))
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if "(1, " in line]
    assert [(row[0], row[-1]) for row in rows] == [
        ("Input", "0"),
        ("Dense-1", "15"),
        ("Pair-2", "0"),
        ("Dense-3", "8"),
    ]


@claim("model-construction", "own-mlp-read", "`**kwargs` passes on two options")
def test_blocks_know_prefix_and_params():
    first = nn.Dense(3, in_units=2, prefix="mine_")
    second = nn.Dense(3, in_units=2, params=first.params)
    assert first.weight.name == "mine_weight"
    assert second.weight is first.weight


@claim("model-construction", "own-mlp-read", "under the name of the attribute")
@claim("model-construction", "list-fails-text", "a list is neither a block nor a parameter")
def test_assignments_to_self_are_registered():
    block = nn.Block()
    block.hidden = nn.Dense(8)
    block.offset = gluon.Parameter("offset", shape=(3,))
    block.others = (nn.Dense(2),)
    assert list(block._children) == ["hidden"]
    assert list(block._reg_params) == ["offset"]


@claim("model-construction", "train-step-text", "because `Block.__init__` has not run")
def test_no_register_before_block_init():
    class Forgetful(nn.Block):
        def __init__(self):
            self.hidden = nn.Dense(8)

    with pytest.raises(AttributeError, match="_children"):
        Forgetful()


@claim("model-construction", "train-step-text", "knows the derivative of each")
def test_nobody_writes_backward():
    x, double = np.array(X), Doubler()
    x.attach_grad()
    recorded(double, x)
    assert x.grad.tolist() == [[2, 2], [2, 2]]
    assert not hasattr(double, "backward")


@claim("model-construction", "ex-parallel-text", "each instance has parameters of its own")
def test_instances_have_their_own_parameters():
    one, two = (ready(nn.Dense(3, in_units=2)) for _ in range(2))
    assert not np.allclose(one[0].weight.data(), two[0].weight.data())
    before = two[0].weight.data().copy()
    one[0].weight.set_data(np.zeros((3, 2)))
    assert np.array_equal(two[0].weight.data(), before)


@claim("model-construction", "list-fails-text", "is an unregistered container with Blocks")
@claim("model-construction", "end", "`broken(x)` stops with an error")
@claim("model-construction", "list-fails-read", "these layers are not there")
def test_a_list_of_blocks_is_not_registered():
    net = ListNet(nn.Dense(8))
    with pytest.warns(UserWarning, match="unregistered container"):
        net.initialize()
    with pytest.warns(UserWarning, match="unregistered container"):
        assert len(net.collect_params().keys()) == 0
    with pytest.raises(RuntimeError, match="has not been initialized"):
        net(np.array(X))


@claim("model-construction", "list-fails-read", "goes through the register: initializing")
@pytest.mark.filterwarnings("ignore:.*unregistered container")
def test_all_operations_go_through_the_register():
    hidden, registered, chain = nn.Dense(3, in_units=2), nn.Dense(3, in_units=2), Chain()
    chain.add(registered)
    for net, layer, reached in ((ListNet(hidden), hidden, False), (chain, registered, True)):
        net.initialize()
        net.hybridize()
        net.save_parameters("net.params")
        assert len(net.collect_params().keys()) == len(npx.load("net.params")) == 2 * reached
        assert (layer.weight._data is not None) == layer._active == reached


@claim("model-construction", "list-fails-read", "its key is the next position")
@claim("model-construction", "mini-text", "the second entry overwrites the first")
def test_positions_keep_a_block_added_twice():
    named, numbered, shared = NamedChain(), Chain(), nn.Dense(4)
    for container in (named, numbered):
        container.add(shared)
        container.add(shared)
    assert list(named._children) == [shared.name]
    assert list(numbered._children) == ["0", "1"]


@claim("model-construction", "ex-container-text", "in the order in which they went in")
def test_children_keep_their_order():
    layers = [nn.Dense(units) for units in (5, 3, 8, 1)]
    assert list(stack(*layers)._children.values()) == layers


@claim("model-construction", "by-name-text", "which comes from a counter")
@claim("parameters", "collect-text", "By default, names come from a counter")
@claim("read-write", "ex-count-text", "The names come from a counter")
def test_names_come_from_a_counter():
    first, second = (int(nn.Dense(2).name.removeprefix("dense")) for _ in range(2))
    assert second == first + 1


@claim("model-construction", "by-position-text", "a second error that asks for `ignore_extra=True`")
@claim("model-construction", "by-position-text", "nothing is loaded and nothing is said")
def test_obeying_both_messages_loads_nothing():
    old, new = NamedChain(), NamedChain()
    for net in (old, new):
        net.add(nn.Dense(3, in_units=2))
        net.initialize()
    old.save_parameters("net.params")
    ((key, layer),) = new._children.items()
    before = layer.weight.data().copy()
    with pytest.raises(AssertionError, match=f"'{key}.weight' is missing .* allow_missing=True"):
        new.load_parameters("net.params")
    with pytest.raises(ValueError, match="ignore_extra=True"):
        new.load_parameters("net.params", allow_missing=True)
    new.load_parameters("net.params", allow_missing=True, ignore_extra=True)
    assert np.array_equal(layer.weight.data(), before)


@claim("model-construction", "by-position-text", "the same layer stands under the same key")
def test_positions_load_into_a_second_model():
    old, new = (ready(nn.Dense(3, in_units=2), nn.Dense(1, in_units=3)) for _ in range(2))
    old.save_parameters("net.params")
    new.load_parameters("net.params")
    assert np.array_equal(old(np.array(X)), new(np.array(X)))


@claim("model-construction", "constants", "registers them like parameters that are not trained")
@claim("model-construction", "in-place", "a trainer leaves the constant alone")
def test_constants_are_listed_but_not_trained():
    net = ready(Centre([3, 4]), nn.Dense(1, in_units=2))
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1})
    recorded(net, np.array(X))
    trainer.step(1)
    assert net[0].mean.grad_req == "null"
    assert net[0].mean.name in net.collect_params()
    assert net[0].mean.data().tolist() == [3, 4]
    with pytest.raises(RuntimeError):
        net[0].mean.grad()


@claim("model-construction", "in-place", "would be missing from the saved file")
def test_files_keep_constants_not_plain_arrays():
    ready(Centre([3, 4])).save_parameters("net.params")
    assert list(npx.load("net.params")) == ["0.mean"]
    other = ready(Centre([7, 8]))
    other.load_parameters("net.params")
    assert other[0].mean.data().tolist() == [3, 4]


@claim("model-construction", "in-place", "would stay behind when the model moves")
def test_a_plain_array_stays_behind():
    net = ready(Centre([3, 4]))
    net.collect_params().reset_ctx(cpu(1))
    assert net[0].mean.list_ctx() == [cpu(1)]
    assert net[0].plain.ctx == cpu(0)


@claim("model-construction", "constants", "on the device (`ctx`: *context*) where the input lives")
def test_data_of_a_device_lives_there():
    centre = Centre([3, 4])
    centre.initialize(ctx=[cpu(0), cpu(1)])
    for device in (cpu(0), cpu(1)):
        assert centre.mean.data(device).ctx == device
        assert centre(np.array(X, ctx=device)).ctx == device


@claim("model-construction", "settle-grad-text", "only the operations that were carried out")
@claim("model-construction", "constants", "autograd notes what was really carried out")
def test_autograd_sees_what_was_carried_out():
    x = np.array([1.0, 2.0])
    x.attach_grad()
    for rounds in (1, 3):
        with autograd.record():
            y = x
            for _ in range(rounds):
                y = y * x
        y.backward()
        assert np.allclose(x.grad, (rounds + 1) * x**rounds)


@claim(
    "model-construction",
    "settle-grad-text",
    "its gradient is the sum over all rounds, and reuse costs no parameters",
)
def test_a_reused_layer_sums_its_gradients():
    layer = nn.Dense(1, in_units=1, use_bias=False)
    net = stack(layer, layer)
    net.initialize(init.Constant(3))
    recorded(net, np.array([[5.0]]))
    assert len(net.collect_params().keys()) == 1
    assert layer.weight.grad().item() == 5 * 3 + 5 * 3


@claim(
    "model-construction",
    "ex-residual-text",
    "The line `damp(x)` before `record` passes, the one inside stops.",
)
def test_in_place_arithmetic_breaks_under_record():
    def add(y):
        y += 1

    def multiply(y):
        y *= 2

    def divide(y):
        y /= 2

    def assign(y):
        y[0] = 0

    x = np.ones(3)
    x.attach_grad()
    for in_place in (add, multiply, divide, assign):
        in_place(x * 4)
        with autograd.record():
            y = x * 4
            with pytest.raises(MXNetError, match="already in a computational graph"):
                in_place(y)


@claim("model-construction", "ex-residual-text", "Write `h = h * 0.5`, which makes a new array.")
def test_a_new_array_can_be_recorded():
    x = np.ones(3)
    x.attach_grad()
    with autograd.record():
        h = x * 4
        h = h * 0.5
    h.backward()
    assert x.grad.tolist() == [2, 2, 2]


@claim("model-construction", "errors", "is also the name in the parameter file")
@claim(
    "read-write",
    "ex-count-text",
    "Each key is a path through the tree of blocks: child `1`, its attribute `bias`.",
)
def test_file_keys_are_paths_in_the_tree():
    inner = nn.Block()
    inner.hidden = nn.Dense(2, in_units=2, prefix="other_", use_bias=False)
    net = ready(Doubler(), stack(inner))
    net.save_parameters("net.params")
    assert list(npx.load("net.params")) == ["1.0.hidden.weight"]


@claim(
    "model-construction",
    "tree",
    "calls a function for every block of the tree, children before parents",
)
def test_apply_calls_for_every_block():
    seen, net = [], stack(nn.Dense(2, "relu"), nn.Sequential())
    net.apply(lambda block: seen.append(type(block).__name__))
    assert seen == ["Activation", "Dense", "Sequential", "Sequential"]


@claim(
    "model-construction",
    "deeper",
    "Layers are `HybridBlock` already; instead of `nn.Sequential` we need",
)
def test_layers_are_hybrid_sequential_is_not():
    layers = nn.Dense, nn.Activation, nn.Conv2D, nn.LayerNorm, nn.Dropout, nn.HybridSequential
    assert all(issubclass(layer, nn.HybridBlock) for layer in layers)
    assert not issubclass(nn.Sequential, nn.HybridBlock)


@claim("model-construction", "deeper", "from then on the graph is handed over in one piece")
def test_hybridize_keeps_the_outputs():
    net, x = ready(nn.Dense(8, "tanh"), nn.Dense(2), kind=nn.HybridSequential), np.array(X)
    before = net(x)
    net.hybridize()
    assert np.allclose(net(x), before, atol=1e-6)


@claim(
    "model-construction",
    "traced-text",
    "`F` holds the functions for arrays, or, while the graph is recorded",
)
@claim("model-construction", "gain-text", "after that Python no longer runs")
def test_a_graph_runs_python_once():
    x, scale = np.array(X), Scale()
    scale(x)
    assert (scale.calls, scale.functions) == (1, "mxnet.ndarray")
    scale.hybridize()
    for _ in range(3):
        scale(x)
    assert (scale.calls, scale.functions) == (2, "mxnet.symbol")


@claim("model-construction", "gain-text", "and `factor`, read from `self`, is frozen")
@claim("model-construction", "gain-text", "`net.hybridize(False)` switches it all off")
def test_a_graph_freezes_attributes():
    x, scale = np.array(X), Scale()
    scale.hybridize()
    for factor, again, expected in ((2, None, 2), (5, None, 2), (5, True, 5), (7, False, 7)):
        scale.factor = factor
        if again is not None:
            scale.hybridize(again)
        assert np.array_equal(scale(x), expected * x)


@claim("model-construction", "flip-text", "A symbol has no values")
@claim(
    "model-construction",
    "ex-hybrid-text",
    "| `x if x.sum() > 0 else -x` | `NotImplementedForSymbol` | `F.np.where` |",
)
def test_a_symbol_has_no_truth_value():
    x, flip = np.array(X), Flip()
    assert np.array_equal(flip(-x), x)
    flip.hybridize()
    with pytest.raises(NotImplementedForSymbol, match="bool"):
        flip(x)


class Body(nn.HybridBlock):
    """A block whose body is given, with a parameter `gain`."""

    def __init__(self, body):
        super().__init__()
        self.body = body
        self.gain = self.params.get("gain", shape=(2,), init="ones")

    def hybrid_forward(self, F, x, gain):
        return self.body(F, x, gain)


@claim("model-construction", "ex-hybrid-text", "`legacy operator`, also before `hybridize()`")
@pytest.mark.parametrize("hybridized", [False, True])
def test_functions_of_old_code_refuse_numpy_arrays(hybridized):
    for relu, fails in ((lambda F: F.relu, True), (lambda F: F.npx.relu, False)):
        block = Body(lambda F, x, gain, relu=relu: gain * relu(F)(x))
        block.initialize()
        block.hybridize(hybridized)
        if fails:
            with pytest.raises(TypeError, match="legacy operator"):
                block(np.ones(2))
        else:
            block(np.ones(2))


@pytest.mark.filterwarnings("ignore:The 0-th input to HybridBlock is not used")
@claim("model-construction", "ex-hybrid-text", "`Cannot differentiate node` at `backward`")
@claim("model-construction", "ex-hybrid-text", "`return 1 * gain`")
def test_a_parameter_returned_as_it_is_has_no_gradient_once_hybridized():
    def backward(body, hybridized):
        block = Body(body)
        block.initialize()
        block.hybridize(hybridized)
        with autograd.record():
            total = (3 * block(np.ones(2))).sum()
        total.backward()
        return block.gain.grad().tolist()

    for hybridized in (False, True):
        assert backward(lambda F, x, gain: 1 * gain, hybridized) == [3, 3]
    assert backward(lambda F, x, gain: gain, False) == [3, 3]
    with pytest.raises(MXNetError, match="Cannot differentiate node"):
        backward(lambda F, x, gain: gain, True)


@claim("model-construction", "ex-hybrid-text", "a fixed number of rounds")
def test_where_and_fixed_loops_hybridize():
    for block in (Where(), Thrice()):
        for x in (np.array(X), -np.array(X)):
            block.hybridize(False)
            before = block(x)
            block.hybridize()
            assert np.allclose(block(x), before, atol=1e-6)
    assert np.array_equal(Where()(-np.array(X)), np.array(X))


@claim(
    "model-construction",
    "ex-hybrid-text",
    "A plain `Sequential` takes both kinds, and its `hybridize()` reaches those children",
)
def test_a_sequential_mixes_hybrid_and_plain():
    net = ready(nn.Dense(3), Doubler(), nn.Dense(1))
    net.hybridize()
    assert net(np.array(X)).shape == (2, 1)
    assert [isinstance(child, nn.HybridBlock) for child in net] == [True, False, True]


@claim("model-construction", "ex-hybrid-text", "A `HybridBlock` refuses a plain `Block` as a child")
def test_hybrid_blocks_refuse_plain_children():
    with pytest.raises(ValueError, match="must also be HybridBlock"):
        nn.HybridSequential().add(Doubler())
    with pytest.raises(ValueError, match="must also be HybridBlock"):
        Flip().child = Doubler()
    nn.HybridSequential().add(Scale())


@claim("model-construction", "end", "in Gluon it is ignored")
def test_what_a_hook_returns_is_ignored():
    double = Doubler()
    double.register_forward_hook(lambda block, inputs, output: output + 100)
    assert double(np.array(3.0)).item() == 6


@claim("model-construction", "tower-text", "a tower of sixty layers with eight neurons each")
@claim("model-construction", "shapes", "Every ten layers make the numbers some $10^{12}$ times")
@claim("model-construction", "shapes", "all between -0.07 and 0.07")
@claim("model-construction", "shapes", "only the bias of that layer changes")
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_plain_tower_forgets_its_input(seed):
    npx.random.seed(seed)
    tower, sizes = ready(*[nn.Dense(8, activation="relu") for _ in range(60)], nn.Dense(3)), []
    h = np.random.normal(size=(2, 4))
    recorded(tower, h)
    for layer in tower[:60]:
        h = layer(h)
        sizes.append(h.max().item())
        assert np.abs(layer.weight.data()).max() <= 0.07
    assert sizes[-1] == 0
    assert all(1e10 < sizes[i] / sizes[i + 10] < 1e14 for i in (0, 10))
    *others, last = tower.collect_params().values()
    assert np.all(last.grad())
    assert not any(np.any(parameter.grad()) for parameter in others)


class Residual(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.change = stack(nn.Dense(units, activation="relu"), nn.Dense(units))

    def forward(self, x):
        return x + self.change(x)


@claim("model-construction", "train-towers-text", "It reaches the top almost unchanged")
@claim("model-construction", "train-towers-text", "The gradient comes down by the same shortcuts.")
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_residual_tower_keeps_signal_and_gradient(seed):
    npx.random.seed(seed)
    x, tower = np.random.normal(size=(2, 4)), ready(nn.Dense(8), *[Residual(8) for _ in range(30)])
    recorded(tower, x)
    low, top = (np.abs(net(x)).max().item() for net in (tower[0], tower))
    assert 0.5 < top / low < 2
    assert np.abs(tower[0].weight.grad()).max() > 0.1


@claim("model-construction", "tree", "always to give the most frequent answer")
@claim("model-construction", "tree", "how far it gets in forty steps depends on the seed")
@pytest.mark.parametrize("seed", [1, 2])
def test_only_the_residual_tower_learns(seed):
    npx.random.seed(seed)
    x = np.random.normal(size=(200, 4))
    y = np.abs(x[:, :3]).argmax(axis=1)
    most = max((y == kind).mean().item() for kind in range(3))
    entropy, found = gluon.loss.SoftmaxCrossEntropyLoss(), []
    for blocks in (
        [nn.Dense(8, activation="relu") for _ in range(60)],
        [nn.Dense(8), *[Residual(8) for _ in range(30)]],
    ):
        net = ready(*blocks, nn.Dense(3))
        trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.005})
        for _ in range(40):
            with autograd.record():
                loss = entropy(net(x), y).mean()
            loss.backward()
            trainer.step(1)
        found.append((net(x).argmax(axis=1) == y).mean().item())
    assert found[0] <= most < 0.5 < 0.6 < found[1]


@claim("model-construction", "flatten-text", "takes eight scores as readily as three")
def test_cross_entropy_takes_more_scores_than_labels():
    loss = gluon.loss.SoftmaxCrossEntropyLoss()(np.ones((3, 8)), np.array([0, 1, 2]))
    assert loss.shape == (3,)


@claim("model-construction", "own-block", "`flatten=True` is the default: all axes but the first")
@claim("model-construction", "own-block", "then the layer works along the last axis")
@claim("model-construction", "end", "`Dense` flattens by default")
def test_dense_flattens_by_default():
    x, flat, last = np.ones((2, 5, 4)), nn.Dense(3), nn.Dense(3, flatten=False)
    shapes = []
    for layer in (flat, last):
        layer.initialize()
        shapes.append((layer(x).shape, layer.weight.shape))
    assert shapes == [((2, 3), (3, 20)), ((2, 5, 3), (3, 4))]


@claim("model-construction", "call-path", "it switches the blocks to *training mode*")
@claim("model-construction", "container", "drops numbers at random and doubles the others")
@claim("model-construction", "container", "`BatchNorm` has two modes as well.")
@claim("model-construction", "container", "`autograd.is_training()` tells")
@claim("model-construction", "end", "training mode by `record`")
def test_record_switches_to_training_mode():
    x = np.random.normal(size=(1000, 2)) + 5
    for block in (nn.Dropout(0.5), nn.BatchNorm()):
        block.initialize()
        predicted = block(x)
        with autograd.record():
            assert autograd.is_training()
            trained = block(x)
        assert not autograd.is_training()
        assert np.array_equal(block(x), predicted) or isinstance(block, nn.BatchNorm)
        assert not np.allclose(trained, predicted)
    with autograd.record():
        dropped = nn.Dropout(0.5)(np.ones(1000))
    assert set(dropped.tolist()) == {0.0, 2.0}
    assert 0.9 < dropped.mean() < 1.1


@claim("model-construction", "call-path", "operation on arrays that depend on parameters")
def test_other_arrays_may_be_overwritten_under_record():
    with autograd.record():
        h = np.ones(3) * 2
        h *= 0.5
        h[0] = 7
    assert h.tolist() == [7, 1, 1]


@claim("model-construction", "ex-residual-text", "`backward` passes; only `trainer.step` complains")
def test_asnumpy_leaves_the_tape():
    class Leaves(nn.Block):
        def forward(self, x):
            return np.array(x.asnumpy())

    net = ready(nn.Dense(2), Leaves(), nn.Dense(1))
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1})
    recorded(net, np.array(X))
    with pytest.raises(UserWarning, match="has not been updated by backward"):
        trainer.step(1)


@claim("model-construction", "resnet-source-text", "three of the convolutions sit on shortcuts")
@claim("model-construction", "errors", "a `downsample` on the shortcut where shapes change")
@claim("model-construction", "errors", "`features.5.0.body.0.weight`")
def test_what_stands_in_resnet18():
    net = vision.resnet18_v1()
    blocks = [block for stage in net.features[4:8] for block in stage]
    assert len(blocks) == 8
    changed = [block for block in blocks if block.downsample]
    assert [len(block.downsample) for block in changed] == [2, 2, 2]
    net.initialize()
    net(np.zeros((1, 3, 32, 32)))
    net.save_parameters("net.params")
    assert "features.5.0.body.0.weight" in npx.load("net.params")


@claim("model-construction", "why-blocks", "ResNet-152 has fifty groups of three layers")
def test_resnet152_has_fifty_blocks_of_three_layers():
    stages = vision.resnet152_v1().features[4:8]
    blocks = [block for stage in stages for block in stage]
    assert len(blocks) == 50
    assert {sum(isinstance(layer, nn.Conv2D) for layer in block.body) for block in blocks} == {3}


class InParent(nn.HybridBlock):
    def __init__(self, child):
        super().__init__()
        self.child = child

    def hybrid_forward(self, F, x):
        return self.child(x)


@claim("model-construction", "gain-text", "calling it on one of them leaves the result as it was")
def test_only_the_outermost_block_renews_the_graph():
    x, child = np.array(X), Scale()
    parent = InParent(child)
    parent.hybridize()
    assert np.array_equal(parent(x), 2 * x)
    child.factor = 100.0
    child.hybridize()
    assert np.array_equal(parent(x), 2 * x)
    parent.hybridize()
    assert np.array_equal(parent(x), 100 * x)


class Gain(nn.HybridBlock):
    def __init__(self):
        super().__init__()
        self.gain = self.params.get("gain", shape=(2,), init="ones")

    def hybrid_forward(self, F, x, gain):
        return gain * x


class WithoutArgument(Gain):
    def hybrid_forward(self, F, x):
        return x


@claim("model-construction", "gain-text", "arrive as arguments that have the names")
@claim("model-construction", "gain-text", "`got an unexpected keyword argument 'gain'`")
def test_parameters_arrive_as_arguments():
    x = np.array(X)
    gain, without = Gain(), WithoutArgument()
    for block in (gain, without):
        block.initialize()
    assert np.array_equal(gain(x), x)
    with pytest.raises(TypeError, match="unexpected keyword argument 'gain'"):
        without(x)


def body(forward):
    return type("Body", (nn.HybridBlock,), {"hybrid_forward": forward})()


def writes_a_row(self, F, x):
    h = x + 1
    h[0] = 0
    return h


def overwrites(self, F, x):
    h = x + 0
    h *= 0.5
    return h


@claim("model-construction", "ex-hybrid-text", "`x.shape`, `x.size`, `x.ndim` | `AttributeError`")
@claim("model-construction", "ex-hybrid-text", "| `for row in x`, `len(x)` | `TypeError` |")
@claim("model-construction", "ex-hybrid-text", "`NotImplementedForSymbol`, `NotImplementedError`")
@claim("model-construction", "ex-hybrid-text", "| `np.exp(x)` | `TypeError` | `F.np.exp(x)` |")
@pytest.mark.parametrize(
    ("forward", "error"),
    [
        (lambda self, F, x: x / x.shape[1], AttributeError),
        (lambda self, F, x: x / x.size, AttributeError),
        (lambda self, F, x: x / x.ndim, AttributeError),
        (lambda self, F, x: sum(row for row in x), TypeError),
        (lambda self, F, x: x * len(x), TypeError),
        (overwrites, NotImplementedForSymbol),
        (writes_a_row, NotImplementedError),
        (lambda self, F, x: np.exp(x), TypeError),
        (lambda self, F, x: F.np.exp(x), None),
    ],
)
def test_what_a_symbol_cannot_do(forward, error):
    block = body(forward)
    block(np.array(X))
    block.hybridize()
    with pytest.raises(error) if error else nullcontext():
        block(np.array(X))


@claim("model-construction", "ex-hybrid-text", "what the recording call found is frozen")
def test_the_mode_is_frozen():
    x, block = np.array(X), body(lambda self, F, x: x * (2 if autograd.is_training() else 1))
    block.hybridize()
    with autograd.record():
        block(x)
    assert np.array_equal(block(x), 2 * x)


@claim("model-construction", "ex-hybrid-text", "`nn.Dropout` for the modes")
def test_dropout_keeps_its_modes_in_a_graph():
    net, ones = stack(nn.Dropout(0.5), kind=nn.HybridSequential), np.ones((1, 100))
    net.hybridize()
    with autograd.record():
        net(ones)
    assert np.array_equal(net(ones), ones)


@claim("model-construction", "ex-hybrid-text", "Some give the same results after `hybridize()`")
@pytest.mark.parametrize("letter", "ABCDEF")
def test_the_letters_of_exercise_4(letter):
    def loops(self, F, x):
        for _ in range(3):
            x = self.dense(x)
        return x

    def halves(self, F, x):
        while F.np.abs(x).max() > 1:
            x = 0.5 * x
        return x

    bodies = {
        "A": lambda self, F, x: x + self.dense(x),
        "B": lambda self, F, x: x / x.shape[1],
        "C": lambda self, F, x: F.np.where(x > 0, x, 0.1 * x),
        "D": lambda self, F, x: x if autograd.is_training() else 0.5 * x,
        "E": loops,
        "F": halves,
    }
    block = body(bodies[letter])
    if letter in "AE":
        block.dense = nn.Dense(2, in_units=2)
    block.initialize()

    def results():
        found = []
        for x in (np.array(X), 10 * np.array(X)):
            for mode in (autograd.predict_mode, autograd.train_mode):
                with mode():
                    found.append(block(x).asnumpy())
        return found

    before = results()
    block.hybridize()
    try:
        same = all(numpy.allclose(a, b, atol=1e-6) for a, b in zip(before, results(), strict=True))
    except (AttributeError, NotImplementedForSymbol):
        same = False
    assert same == (letter in solution("model-construction/4").code)
