"""What the section on layers and blocks says about MXNet."""

import pytest
from mxnet import MXNetError, autograd, cpu, gluon, init, np, npx
from mxnet.base import NotImplementedForSymbol
from mxnet.gluon import nn

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


@claim("model-construction", "why-blocks", "there is one class, `nn.Block`, for every size")
def test_layers_and_containers_are_blocks():
    kinds = nn.Dense, nn.Activation, nn.Sequential, nn.HybridSequential, gluon.loss.L2Loss
    assert all(issubclass(kind, nn.Block) for kind in kinds)


@claim("model-construction", "seq-order-text", "`net[0]` fetches the first one")
@claim("model-construction", "seq-order-text", "The order of `add` is the order of the computation")
def test_add_order_is_the_order():
    first = nn.Dense(3)
    net = ready(first, nn.Dense(8))
    assert net[0] is first
    assert net(np.ones((2, 4))).shape == (2, 8)


@claim("model-construction", "seq-order-read", "Each layer adapts its input size")
def test_layers_adapt_their_input_size():
    net = ready(nn.Dense(3), nn.Dense(8))
    net(np.ones((2, 4)))
    assert [layer.weight.shape for layer in net] == [(3, 4), (8, 3)]


@claim("model-construction", "call", "the hooks registered to come before;")
@claim("model-construction", "call", "the hooks registered to come after.")
@claim("model-construction", "call-path", "Both hooks stay silent.")
def test_call_runs_the_hooks_forward_does_not():
    log, double = [], Doubler()
    double.register_forward_pre_hook(lambda block, inputs: log.append("before"))
    double.register_forward_hook(lambda block, inputs, output: log.append(output.item()))
    double.forward(np.array(3.0))
    assert log == []
    double(np.array(3.0))
    assert log == ["before", 6.0]


@claim("model-construction", "call-path", "`net(x=x)` raises a `TypeError`")
def test_call_takes_positions_only():
    with pytest.raises(TypeError, match="__call__"):
        Doubler()(x=np.array(3.0))


@claim("index", "tools-autograd-question", "`record` writes down the calculation")
@claim("model-construction", "call-path", "The right side exists only inside `autograd.record()`")
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


@claim("model-construction", "draw-text", "a child stands before its parent")
@claim("model-construction", "draw-text", "each row counts only what the block holds itself")
@claim("model-construction", "draw-text", "the two `Sequential` have no row at all")
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


@claim("model-construction", "own-mlp-read", "every block knows, `prefix` and `params`")
def test_blocks_know_prefix_and_params():
    first = nn.Dense(3, in_units=2, prefix="mine_")
    second = nn.Dense(3, in_units=2, params=first.params)
    assert first.weight.name == "mine_weight"
    assert second.weight is first.weight


@claim("model-construction", "own-mlp-read", "under the name of the attribute")
@claim("model-construction", "list-fails-text", "A block or a parameter is entered in the register")
def test_assignments_to_self_are_registered():
    block = nn.Block()
    block.hidden = nn.Dense(8)
    block.offset = gluon.Parameter("offset", shape=(3,))
    block.others = (nn.Dense(2),)
    assert list(block._children) == ["hidden"]
    assert list(block._reg_params) == ["offset"]


@claim("model-construction", "no-super-read", "because `Block.__init__` has never run")
def test_no_register_before_block_init():
    class Forgetful(nn.Block):
        def __init__(self):
            self.hidden = nn.Dense(8)

    with pytest.raises(AttributeError, match="_children"):
        Forgetful()


@claim("model-construction", "two-instances-text", "autograd knows the derivative of each")
def test_nobody_writes_backward():
    x, double = np.array(X), Doubler()
    x.attach_grad()
    recorded(double, x)
    assert x.grad.tolist() == [[2, 2], [2, 2]]
    assert not hasattr(double, "backward")


@claim("model-construction", "container", "each instance has parameters of its own")
@claim("model-construction", "container", "each drew its own random numbers")
def test_instances_have_their_own_parameters():
    one, two = (ready(nn.Dense(3, in_units=2)) for _ in range(2))
    assert not np.allclose(one[0].weight.data(), two[0].weight.data())
    before = two[0].weight.data().copy()
    one[0].weight.set_data(np.zeros((3, 2)))
    assert np.array_equal(two[0].weight.data(), before)


@claim("model-construction", "list-fails-text", "A list is just a list; nobody looks inside.")
@claim("model-construction", "list-fails-text", "is an unregistered container with Blocks")
@claim("model-construction", "refuse-read", "`broken(x)` stops with an error")
@claim("model-construction", "list-fails-read", "these layers are not in it")
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


@claim("model-construction", "list-fails-read", "it takes the next position as the key")
@claim("model-construction", "twice-text", "Names as keys have a second flaw")
@claim("model-construction", "constants", "the second entry overwrote the first")
def test_positions_keep_a_block_added_twice():
    named, numbered, shared = NamedChain(), Chain(), nn.Dense(4)
    for container in (named, numbered):
        container.add(shared)
        container.add(shared)
    assert list(named._children) == [shared.name]
    assert list(numbered._children) == ["0", "1"]


@claim("model-construction", "chain-run-text", "in the order in which they went in")
def test_children_keep_their_order():
    layers = [nn.Dense(units) for units in (5, 3, 8, 1)]
    assert list(stack(*layers)._children.values()) == layers


@claim("model-construction", "by-name-load-text", "each new `Dense` gets the next number")
@claim("parameters", "names", "From a counter: each new `Dense` gets the next number.")
@claim("read-write", "bytes-text", "A counter hands out these names")
def test_names_come_from_a_counter():
    first, second = (int(nn.Dense(2).name.removeprefix("dense")) for _ in range(2))
    assert second == first + 1


@claim("model-construction", "by-name-load-text", "the keys become the names in the file")
@claim("model-construction", "by-name-load-read", "the next error will ask for `ignore_extra=True`")
@claim("model-construction", "by-name-load-read", "silently keeps its random values")
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


@claim("model-construction", "by-name-load-read", "the same layer stands under the same key")
def test_positions_load_into_a_second_model():
    old, new = (ready(nn.Dense(3, in_units=2), nn.Dense(1, in_units=3)) for _ in range(2))
    old.save_parameters("net.params")
    new.load_parameters("net.params")
    assert np.array_equal(old(np.array(X)), new(np.array(X)))


@claim("model-construction", "constants", "like a parameter that is not trained")
@claim("model-construction", "settle-text", "no gradient is kept, so a trainer has nothing")
@claim("model-construction", "settle-text", "Yet `collect_params` lists both constants.")
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


@claim("model-construction", "constants", "they belong to the model")
@claim("model-construction", "constant-facts-text", "it would be missing from the saved file")
@claim("model-construction", "constant-facts-text", "A constant is in the register.")
def test_files_keep_constants_not_plain_arrays():
    ready(Centre([3, 4])).save_parameters("net.params")
    assert list(npx.load("net.params")) == ["0.mean"]
    other = ready(Centre([7, 8]))
    other.load_parameters("net.params")
    assert other[0].mean.data().tolist() == [3, 4]


@claim("model-construction", "constant-facts-text", "would stay behind when the model moves")
def test_a_plain_array_stays_behind():
    net = ready(Centre([3, 4]))
    net.collect_params().reset_ctx(cpu(1))
    assert net[0].mean.list_ctx() == [cpu(1)]
    assert net[0].plain.ctx == cpu(0)


@claim("model-construction", "standardize-text", "on the device where the input lives")
def test_data_of_a_device_lives_there():
    centre = Centre([3, 4])
    centre.initialize(ctx=[cpu(0), cpu(1)])
    for device in (cpu(0), cpu(1)):
        assert centre.mean.data(device).ctx == device
        assert centre(np.array(X, ctx=device)).ctx == device


@claim("model-construction", "settle-grad-text", "It sees the operations that were really carried")
@claim("model-construction", "wrap-up", "autograd records what was really done")
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


@claim("model-construction", "in-place", "its gradient is the sum over all rounds")
@claim("model-construction", "in-place", "reuse costs no parameters")
def test_a_reused_layer_sums_its_gradients():
    layer = nn.Dense(1, in_units=1, use_bias=False)
    net = stack(layer, layer)
    net.initialize(init.Constant(3))
    recorded(net, np.array([[5.0]]))
    assert len(net.collect_params().keys()) == 1
    assert layer.weight.grad().item() == 5 * 3 + 5 * 3


@claim("model-construction", "damp-record-text", "It works.")
@claim("model-construction", "damp-read", "The engine refuses")
@claim("model-construction", "damp-read", "names the usual culprits: `+=`, `*=`, `y[idx]=x`")
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


@claim("model-construction", "damp-read", "`h = h * 0.5` instead of `h *= 0.5`")
def test_a_new_array_can_be_recorded():
    x = np.ones(3)
    x.attach_grad()
    with autograd.record():
        h = x * 4
        h = h * 0.5
    h.backward()
    assert x.grad.tolist() == [2, 2, 2]


@claim("model-construction", "summary-text", "reached every block in the tree")
def test_initialize_reaches_the_whole_tree():
    leaf = nn.Dense(2, in_units=2)
    ready(stack(stack(leaf)))
    assert leaf.weight.data().shape == (2, 2)


@claim("model-construction", "sixty-text", "in a parameter file under `1.0.hidden.weight`")
@claim("read-write", "names-text", "Every key is a path through the tree: child `0`, its `weight`.")
def test_file_keys_are_paths_in_the_tree():
    inner = nn.Block()
    inner.hidden = nn.Dense(2, in_units=2, prefix="other_", use_bias=False)
    net = ready(Doubler(), stack(inner))
    net.save_parameters("net.params")
    assert list(npx.load("net.params")) == ["1.0.hidden.weight"]


@claim("model-construction", "sixty-text", "The second argument of `Dense` is `activation`")
@claim("model-construction", "python-cost", "forty activations, which are blocks as well")
def test_the_activation_is_a_child_block():
    (activation,) = nn.Dense(3, "relu")._children.values()
    assert isinstance(activation, nn.Activation)


@claim("model-construction", "sixty-text", "it calls a function for every block")
def test_apply_calls_for_every_block():
    seen, net = [], stack(nn.Dense(2, "relu"), nn.Sequential())
    net.apply(lambda block: seen.append(type(block).__name__))
    assert seen == ["Activation", "Dense", "Sequential", "Sequential"]


@claim("model-construction", "hybrid-text", "`nn.Sequential` and our own `Forecaster` are not")
def test_layers_are_hybrid_sequential_is_not():
    layers = nn.Dense, nn.Activation, nn.Conv2D, nn.LayerNorm, nn.Dropout, nn.HybridSequential
    assert all(issubclass(layer, nn.HybridBlock) for layer in layers)
    assert not issubclass(nn.Sequential, nn.HybridBlock)


@claim("model-construction", "measure-text", "The outputs agree, up to rounding.")
def test_hybridize_keeps_the_outputs():
    net, x = ready(nn.Dense(8, "tanh"), nn.Dense(2), kind=nn.HybridSequential), np.array(X)
    before = net(x)
    net.hybridize()
    assert np.allclose(net(x), before, atol=1e-6)


@claim("model-construction", "measure-read", "the module of array functions, or")
@claim("model-construction", "frozen-text", "once more for recording the graph")
@claim("model-construction", "frozen-text", "After that the Python code doesn't run at all.")
@claim("model-construction", "wrap-up", "in return Python runs only once")
def test_a_graph_runs_python_once():
    x, scale = np.array(X), Scale()
    scale(x)
    assert (scale.calls, scale.functions) == (1, "mxnet.ndarray")
    scale.hybridize()
    for _ in range(3):
        scale(x)
    assert (scale.calls, scale.functions) == (2, "mxnet.symbol")


@claim("model-construction", "frozen-text", "anything it reads from `self` is frozen")
@claim("model-construction", "branch-text", "`hybridize()` was called again")
@claim("model-construction", "branch-text", "switch it off with `net.hybridize(False)`")
def test_a_graph_freezes_attributes():
    x, scale = np.array(X), Scale()
    scale.hybridize()
    for factor, again, expected in ((2, None, 2), (5, None, 2), (5, True, 5), (7, False, 7)):
        scale.factor = factor
        if again is not None:
            scale.hybridize(again)
        assert np.array_equal(scale(x), expected * x)


@claim("model-construction", "branch-text", "there are no values yet, only symbols")
@claim("model-construction", "branch-read", "a symbol has none to give")
@claim("model-construction", "branch-read", "the operator `bool`, it says")
def test_a_symbol_has_no_truth_value():
    x, flip = np.array(X), Flip()
    assert np.array_equal(flip(-x), x)
    flip.hybridize()
    with pytest.raises(NotImplementedForSymbol, match="bool"):
        flip(x)


@claim("model-construction", "branch-read", "for instance with `F.np.where`")
@claim("model-construction", "branch-read", "A loop with a fixed number of rounds is no problem")
def test_where_and_fixed_loops_hybridize():
    for block in (Where(), Thrice()):
        for x in (np.array(X), -np.array(X)):
            block.hybridize(False)
            before = block(x)
            block.hybridize()
            assert np.allclose(block(x), before, atol=1e-6)
    assert np.array_equal(Where()(-np.array(X)), np.array(X))


@claim("model-construction", "branch-read", "hybridize only the parts around it")
@claim(
    "model-construction", "ex-open-text", "a `Sequential` may contain hybridized parts around one"
)
def test_a_sequential_mixes_hybrid_and_plain():
    net = ready(nn.Dense(3), Doubler(), nn.Dense(1))
    net.hybridize()
    assert net(np.array(X)).shape == (2, 1)
    assert [isinstance(child, nn.HybridBlock) for child in net] == [True, False, True]


@claim("model-construction", "branch-read", "refuses a plain `Block` as a child")
@claim("model-construction", "refuse-read", "must be `HybridBlock` as well")
def test_hybrid_blocks_refuse_plain_children():
    with pytest.raises(ValueError, match="must also be HybridBlock"):
        nn.HybridSequential().add(Doubler())
    with pytest.raises(ValueError, match="must also be HybridBlock"):
        Flip().child = Doubler()
    nn.HybridSequential().add(Scale())


@claim("model-construction", "refuse-read", "in Gluon it is ignored")
def test_what_a_hook_returns_is_ignored():
    double = Doubler()
    double.register_forward_hook(lambda block, inputs, output: output + 100)
    assert double(np.array(3.0)).item() == 6


@claim("model-construction", "call-path", "is taken off again")
def test_a_hook_can_be_taken_off():
    log, double = [], Doubler()
    handle = double.register_forward_hook(lambda *_: log.append("heard"))
    double(np.array(3.0))
    handle.detach()
    double(np.array(3.0))
    assert log == ["heard"]
