"""What the section on deferred initialization says about MXNet."""

import math

import numpy
import pytest
from mxnet import MXNetError, autograd, gluon, init, np, npx, optimizer
from mxnet.gluon import nn
from mxnet.gluon.parameter import DeferredInitializationError

from tests.facts.claims import claim

X = [[1.0, -2.0, 0.5], [3.0, 4.0, -1.0]]


class Log(init.Xavier):
    """Writes down the name of every parameter that it fills."""

    def __init__(self):
        super().__init__()
        self.names = []

    def _init_weight(self, name, data):
        self.names.append(name)
        super()._init_weight(name, data)


class TwoHeads(nn.Block):
    def __init__(self):
        super().__init__()
        self.common = nn.Dense(4, prefix="common_")
        self.rare = nn.Dense(1, prefix="rare_")

    def forward(self, x, ask=False):
        h = self.common(x)
        return self.rare(h) if ask else h


def mlp(*in_units, kind=nn.Sequential):
    net = kind()
    sizes = dict(zip(("a_", "b_"), in_units, strict=False))
    for prefix, units in (("a_", 4), ("b_", 2)):
        net.add(nn.Dense(units, in_units=sizes.get(prefix, 0), prefix=prefix))
    return net


def ready(*in_units, kind=nn.Sequential):
    net = mlp(*in_units, kind=kind)
    net.initialize()
    return net


def two_heads(rare_has_run):
    net = TwoHeads()
    net.initialize()
    net(np.array(X))
    if rare_has_run:
        net(np.array(X), True)
    return net


def state(param):
    try:
        param.data()
    except DeferredInitializationError:
        return "deferred"
    except RuntimeError:
        return "not initialized"
    return "ready"


def states(net):
    return [state(param) for param in net.collect_params().values()]


def train(net, trainer, **options):
    with autograd.record():
        loss = net(np.array(X)).sum()
    loss.backward()
    trainer.step(2, **options)


@claim("deferred-init", "unsaid-text", "names that stay the same on every run")
def test_prefix_names_the_parameters():
    names = ["a_weight", "a_bias", "b_weight", "b_bias"]
    assert list(mlp().collect_params()) == list(mlp().collect_params()) == names


@claim("deferred-init", "unsaid-text", "Such names must be unique within a model.")
def test_names_given_twice_clash():
    net = nn.Sequential()
    net.add(nn.Dense(1, prefix="a_"), nn.Dense(2, prefix="a_"))
    with pytest.raises(AssertionError, match="different Parameters with the same name"):
        net.collect_params()


@claim("deferred-init", "works-text", "it meets the one before it when data pass")
@claim("deferred-init", "wrong-in-units-text", "nothing is inferred until data pass")
def test_a_layer_does_not_see_the_one_before():
    assert mlp(3)[1].weight.shape == (2, -1)
    assert states(ready(3)) == ["ready", "ready", "deferred", "ready"]


@claim(
    "deferred-init", "states-intro", "As long as a shape contains `-1`, don't calculate with it."
)
def test_sizes_with_a_blank_are_negative():
    shapes = [param.shape for param in mlp().collect_params().values()]
    assert shapes == [(4, -1), (4,), (2, -1), (2,)]
    assert sum(map(math.prod, shapes)) == 0


@claim("deferred-init", "after-init-text", "A `RuntimeError`")
@claim("deferred-init", "machine", "Not initialized: reading raises `RuntimeError`.")
@claim("deferred-init", "state-text", "Another error, a `DeferredInitializationError`.")
def test_two_errors_before_there_are_values():
    net = mlp()
    with pytest.raises(RuntimeError) as plain:
        net[0].weight.data()
    assert plain.type is RuntimeError
    net.initialize()
    with pytest.raises(DeferredInitializationError, match="in_units"):
        net[0].weight.data()
    assert issubclass(DeferredInitializationError, (MXNetError, RuntimeError))


@claim("deferred-init", "machine", "The three biases.")
@claim("deferred-init", "machine", "the three biases are already in the last one")
@claim("deferred-init", "works-text", "how many elements the weights have")
@claim("deferred-init", "machine", "defers those whose shape has a blank")
@claim("deferred-init", "state-text", "So `initialize` gave no value to this weight.")
def test_only_blank_shapes_are_deferred():
    assert states(mlp()) == ["not initialized"] * 4
    assert states(ready()) == ["deferred", "ready", "deferred", "ready"]


@claim("deferred-init", "inference", "after `initialize` is long over")
@claim("deferred-init", "inference", "so `Announce` never hears of them")
@claim("deferred-init", "inference", "The second pass has nothing left to make.")
@claim("deferred-init", "wrap-up", "The promise is kept just once, when data reach the layer")
def test_weights_are_born_once_in_order():
    net, log = mlp(), Log()
    net.initialize(log)
    assert log.names == []
    for _ in range(2):
        net(np.array(X))
        assert log.names == ["a_weight", "b_weight"]
    assert net[0].bias.data().tolist() == [0] * 4


@claim("deferred-init", "inference", "each weight is made when the data reach its layer")
@claim("deferred-init", "wrap-up", "it infers its shapes, makes its values, then computes")
def test_each_layer_waits_for_its_turn():
    net, film = ready(), []
    for layer in net:
        layer.register_forward_hook(lambda *_: film.append(states(net)[::2]))
    net(np.array(X))
    assert film == [["ready", "deferred"], ["ready", "ready"]]


@claim("deferred-init", "inference", "of all axes but the first")
@claim("deferred-init", "inference", "it works along the last axis")
@claim("deferred-init", "fixed", "`last` keeps all axes")
def test_dense_flattens_unless_told_not_to():
    for flatten, size, shape in ((True, 30, (4, 7)), (False, 5, (4, 2, 3, 7))):
        layer = nn.Dense(7, flatten=flatten)
        layer.initialize()
        assert layer(np.zeros((4, 2, 3, 5))).shape == shape
        assert layer.weight.shape == (7, size)


@claim("deferred-init", "fixed", "so afterwards one mango may come, or a thousand")
@claim("deferred-init", "one-mango-text", "The library doesn't fill in anew")
def test_the_first_batch_fixes_the_features():
    net = ready()
    net(np.array(X))
    for rows in (1, 1000):
        assert net(np.ones((rows, 3))).shape == (rows, 2)
    with pytest.raises(MXNetError, match=r"Provided = \[4,3\], inferred shape=\(4,6\)"):
        net(np.ones((1, 6)))
    assert net[0].weight.shape == (4, 3)


@claim("deferred-init", "one-mango-text", "`Provided` is the shape that some array *has*")
@claim("deferred-init", "one-mango-text", "In `Dense` and `Conv2D` that array is the parameter")
@pytest.mark.parametrize(
    ("build", "right", "wrong", "provided", "inferred"),
    [
        (lambda: nn.Dense(4), (2, 3), (2, 6), r"\[4,3\]", r"\(4,6\)"),
        (lambda: nn.Conv2D(6, 3), (1, 3, 8, 8), (1, 4, 8, 8), r"\[6,3,3,3\]", r"\(6,4,3,3\)"),
        (nn.LayerNorm, (2, 5), (2, 6), r"\[5\]", r"\[6\]"),
    ],
)
def test_provided_is_the_parameter_inferred_what_would_fit(build, right, wrong, provided, inferred):
    layer = build()
    layer.initialize()
    layer(np.zeros(right))
    with pytest.raises(MXNetError, match=f"Provided = {provided}, inferred shape={inferred}"):
        layer(np.zeros(wrong))


@claim("deferred-init", "one-mango-text", "In `np.dot` it is the left factor.")
@pytest.mark.parametrize("columns", [4, 7])
def test_provided_is_the_left_factor_of_a_product(columns):
    words = rf"Provided = \[2,{columns}\], inferred shape=\[-1,5\]"
    for product in (np.dot, np.matmul):
        with pytest.raises(MXNetError, match=words):
            product(np.zeros((2, columns)), np.zeros((5, 3)))


@claim("deferred-init", "no-forgetting-text", "By default `Dense` takes the first axis for the")
@claim("deferred-init", "no-forgetting-text", "every right batch that follows is refused")
@claim("deferred-init", "ex-slip-text", "new values, the old shape")
@claim("deferred-init", "wrap-up", "gives new values and keeps the shapes")
def test_a_forgotten_batch_axis_freezes():
    net = ready()
    assert net(np.array(X[0])).shape == (3, 2)
    before = net[0].weight.data().copy()
    with pytest.raises(MXNetError, match=r"Provided = \[4,1\]"):
        net(np.array(X))
    net.initialize(force_reinit=True)
    assert net[0].weight.shape == (4, 1)
    assert not np.array_equal(net[0].weight.data(), before)


@claim("deferred-init", "first-only-text", "In return, `x[0]` is refused at once")
def test_written_inputs_refuse_a_lost_batch_axis():
    with pytest.raises(MXNetError, match=r"Provided = \[4,3\], inferred shape=\(4,1\)"):
        ready(3, 4)(np.array(X)[0])


@claim("deferred-init", "first-only-text", "`rnn.GRU` can't do without it")
def test_a_gru_with_lengths_needs_its_input_size():
    def lengths_counted(**sizes):
        layer = gluon.rnn.GRU(6, use_sequence_length=True, **sizes)
        layer.initialize()
        return layer(np.ones((5, 2, 4)), sequence_length=np.array([5, 3]))

    assert lengths_counted(input_size=4).shape == (5, 2, 6)
    with pytest.raises(ValueError, match="shape cannot be inferred"):
        lengths_counted()


@claim("deferred-init", "ex-slip-text", "which keeps the batch axis")
def test_one_row_keeps_its_batch_axis():
    net = ready()
    assert net(np.array(X)[:1]).shape == (1, 2)
    assert net[0].weight.shape == (4, 3)


@claim("deferred-init", "two-heads-save-text", "No data have reached the price head")
@claim("deferred-init", "two-heads-step-text", "Go by the *name* in the message")
@claim("deferred-init", "two-heads-step-text", "then nothing is deferred any more")
def test_a_forgotten_layer_stays_deferred():
    net = two_heads(rare_has_run=False)
    for _ in range(100):
        net(np.array(X))
    with pytest.raises(DeferredInitializationError, match="rare_weight"):
        net.save_parameters("net.params")
    net(np.array(X), True)
    net.save_parameters("net.params")


@claim("deferred-init", "two-heads-save-text", "a file has to hold every value")
def test_a_refused_save_leaves_the_file_alone(tmp_path):
    (tmp_path / "net.params").write_bytes(b"old")
    with pytest.raises(DeferredInitializationError):
        ready().save_parameters("net.params")
    assert (tmp_path / "net.params").read_bytes() == b"old"


@claim("deferred-init", "wrap-up", "stops `save_parameters`, and `step` if the trainer holds it")
@pytest.mark.parametrize("options", [{}, {"ignore_stale_grad": True}])
def test_a_trainer_stops_at_a_deferred_parameter(options):
    net = two_heads(rare_has_run=False)
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    with pytest.raises(DeferredInitializationError, match="rare_weight"):
        train(net, trainer, **options)


@claim("deferred-init", "ex-heads-text", "because a warning is raised as an error")
@claim("deferred-init", "ex-heads-text", "The price head is ready now, but unused")
@claim("deferred-init", "wrap-up", "if `step` raised it, the next row as well")
@claim("deferred-init", "wrap-up", "still has to be told that the step doesn't use it")
def test_a_dry_run_alone_is_half_the_repair():
    net = two_heads(rare_has_run=True)
    with pytest.raises(UserWarning, match=r"`rare_\w+` .* has not been updated"):
        train(net, gluon.Trainer(net.collect_params(), "sgd"))


@claim("deferred-init", "ex-heads-text", "`price_bias` is merely the first name in the alphabet")
@claim("deferred-init", "ex-heads-text", "No parameter has been changed.")
def test_a_refused_step_changes_nothing_and_goes_by_the_alphabet():
    net = two_heads(rare_has_run=True)
    for param in net.rare.collect_params().values():
        param.set_data(np.ones_like(param.data()))
    before = [param.data().copy() for param in net.collect_params().values()]
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1})
    with pytest.raises(UserWarning, match="`rare_bias`"):
        train(net, trainer)
    after = [param.data() for param in net.collect_params().values()]
    assert all(map(np.array_equal, before, after))


@claim("deferred-init", "ex-heads-text", "hand over only what is trained")
@claim("deferred-init", "ex-heads-text", "skip parameters without a new gradient")
@claim("deferred-init", "ex-heads-text", "declare that the head needs no gradient")
@pytest.mark.parametrize("way", ["subset", "ignore", "null"])
@pytest.mark.parametrize("in_units", [True, False])
def test_three_ways_leave_an_unused_head_alone(way, in_units):
    net = TwoHeads()
    if in_units:
        net.rare = nn.Dense(1, in_units=4, prefix="rare_")
    net.initialize()
    net(np.array(X), not in_units)
    before, common = net.rare.weight.data().copy(), net.common.weight.data().copy()
    if way == "null":
        net.rare.collect_params().setattr("grad_req", "null")
    params = net.collect_params("common" if way == "subset" else None)
    trainer = gluon.Trainer(params, "sgd", {"learning_rate": 1})
    train(net, trainer, **({"ignore_stale_grad": True} if way == "ignore" else {}))
    assert np.array_equal(net.rare.weight.data(), before)
    assert not np.array_equal(net.common.weight.data(), common)
    net.save_parameters("net.params")


@claim("deferred-init", "ex-heads-text", "the whole repair has two halves")
@claim("deferred-init", "wrap-up", "and `step` if the trainer holds it")
def test_a_trainer_of_a_part_still_cannot_save():
    net = two_heads(rare_has_run=False)
    train(net, gluon.Trainer(net.collect_params("common"), "sgd"))
    with pytest.raises(DeferredInitializationError):
        net.save_parameters("net.params")


@claim("deferred-init", "forced", 'its default, 0, means "not known yet"')
@claim("deferred-init", "forced", "the inputs are written down")
def test_in_units_makes_initialize_act_at_once():
    assert mlp(0, 0)[0].weight.shape == (4, -1)
    net, log = mlp(3, 4), Log()
    net.initialize(log)
    assert log.names == ["a_weight", "b_weight"]
    assert states(net) == ["ready"] * 4


@claim("deferred-init", "forced", "the shapes are known from before")
def test_known_shapes_make_initialize_act_at_once():
    net, log = ready(), Log()
    net(np.array(X))
    net.initialize(log, force_reinit=True)
    assert log.names == ["a_weight", "b_weight"]


@claim("deferred-init", "load-early-text", "Only the third does: to the layer by itself")
@claim("deferred-init", "which-layer-text", "the message doesn't say which one")
@claim("deferred-init", "which-operator-text", "a failed pass leaves a network half filled")
def test_a_wrong_size_shows_at_the_pass():
    net = mlp(0, 7)
    net.add(nn.Dense(3, prefix="c_"))
    net.initialize()
    with pytest.raises(MXNetError, match=r"Provided = \[2,7\], inferred shape=\(2,4\)") as error:
        net(np.array(X))
    assert "b_" not in str(error.value)
    assert states(net)[::2] == ["ready", "ready", "deferred"]


@claim("deferred-init", "machine", "or a file, makes the parameter ready")
@claim("deferred-init", "wrap-up", "a file holds shapes as well as values")
@claim("read-write", "load-net-read", "it needed neither `initialize` nor a first batch")
def test_a_file_fills_a_network_just_built():
    net = ready()
    before = net(np.array(X))
    net.save_parameters("net.params")
    for fresh in (mlp(), ready()):
        fresh.load_parameters("net.params")
        assert states(fresh) == ["ready"] * 4
        assert np.array_equal(fresh(np.array(X)), before)


@claim("deferred-init", "wrap-up", "`expected (16, 6) vs saved (16, 5)`")
def test_a_file_of_other_shapes_is_refused():
    net = ready()
    net(np.array(X))
    net.save_parameters("net.params")
    other = ready()
    other(np.zeros((1, 6)))
    with pytest.raises(AssertionError, match=r"expected \(4, 6\) vs saved \(4, 3\)"):
        other.load_parameters("net.params")


@claim("deferred-init", "wrap-up", "`expected float64, got float32`")
def test_64_bits_are_refused():
    data = numpy.ones((2, 3))
    with pytest.raises(MXNetError, match="expected float64, got float32"):
        ready()(np.array(data))
    assert ready()(np.array(data, dtype="float32")).shape == (2, 2)


@claim("deferred-init", "ex-diary-text", "All three layers are done before the first weight")
@claim("deferred-init", "ex-diary-text", "walks through the layers with a *symbol*")
@claim("deferred-init", "ex-diary-text", "only then does the graph compute")
@pytest.mark.filterwarnings("ignore:register_op_hook is experimental")
def test_a_hybridized_network_is_made_at_once():
    net, seen = ready(kind=nn.HybridSequential), []
    net.hybridize()
    for layer in net:
        layer.register_forward_hook(
            lambda block, x, output: seen.append((type(output).__name__, states(net)[::2]))
        )
    net.register_op_hook(lambda *_: seen.append(states(net)))
    net(np.array(X))
    assert seen == [("_Symbol", ["deferred"] * 2)] * 2 + [["ready"] * 4] * 2


@claim("deferred-init", "ex-diary-text", "A layer of the library does the same on a small scale")
def test_the_first_pass_walks_with_a_symbol():
    layer, seen = nn.Dense(4, "relu"), []
    layer.initialize()
    layer.act.register_forward_hook(
        lambda block, x, output: seen.append((type(output).__name__, state(layer.weight)))
    )
    layer(np.array(X))
    layer(np.array(X))
    assert seen == [("_Symbol", "deferred"), ("ndarray", "ready"), ("ndarray", "ready")]


@claim("deferred-init", "fit-text", "`infer_shape` of a `HybridSequential` does only the first")
def test_infer_shape_makes_no_values():
    for net, found in (
        (mlp(kind=nn.HybridSequential), ["not initialized"] * 4),
        (ready(kind=nn.HybridSequential), ["deferred", "ready", "deferred", "ready"]),
    ):
        net.infer_shape(np.array(X))
        assert [layer.weight.shape for layer in net] == [(4, 3), (2, 4)]
        assert states(net) == found


@claim("deferred-init", "ex-total-text", "the values are made at once")
@claim("deferred-init", "ex-total-text", "That alone, without any data, asks for")
def test_initialize_after_infer_shape_makes_everything():
    net = mlp(kind=nn.HybridSequential)
    net.infer_shape(np.array(X))
    net.initialize()
    assert states(net) == ["ready"] * 4
    for param in net.collect_params().values():
        assert param.grad().size == param.data().size > 0


@claim("parameters", "ex-flat-text", "an optimizer such as Adam keeps two more arrays for every")
def test_what_optimizers_keep_for_each_element():
    weight = np.zeros((3, 4))

    def kept(kind, **options):
        found = optimizer.create(kind, **options).create_state(0, weight)
        found = found if isinstance(found, tuple) else (found,)
        return sum(array.size for array in found if array is not None) / weight.size

    assert [kept("sgd"), kept("sgd", momentum=0.9), kept("adam")] == [0, 1, 2]


@claim("deferred-init", "values", "names the layer")
@claim("deferred-init", "values", "show the shape that went in")
@claim("deferred-init", "which-operator-text", "it accepts only `HybridBlock` children")
def test_infer_shape_names_the_operator(capfd):
    net = ready(0, 7, kind=nn.HybridSequential)
    with pytest.raises(MXNetError, match="Error in operator b_fwd: Shape inconsistent"):
        net.infer_shape(np.array(X))
    assert "data: (2, 3)" in capfd.readouterr().out
    with pytest.raises(ValueError, match="must also be HybridBlock"):
        net.add(TwoHeads())


@claim("deferred-init", "machine", "another `initialize` looks at the shape again")
def test_a_second_promise_replaces_the_first():
    net = mlp()
    net.initialize(init.Constant(1))
    with pytest.warns(UserWarning, match="bias' is already initialized") as caught:
        net.initialize(init.Constant(2))
    net(np.array(X))
    assert len(caught) == 2
    assert net[0].weight.data()[0, 0].item() == 2


@claim("deferred-init", "first-only-text", "`initialize` leaves ready parameters alone, and warns")
@claim("parameters", "initializers", "without it the old values stay, and a warning says so")
@claim("parameters", "errors", "| `already initialized, ignoring` (a warning) | a second")
def test_a_second_initialize_keeps_the_values():
    net = mlp(3, 4)
    net.initialize(init.Constant(1))
    with pytest.warns(UserWarning, match="already initialized, ignoring") as caught:
        net.initialize(init.Constant(2))
    assert len(caught) == 4
    assert net[0].weight.data()[0, 0].item() == 1
    net.initialize(init.Constant(2), force_reinit=True)
    assert net[0].weight.data()[0, 0].item() == 2


@claim("deferred-init", "ex-copy-text", "Still deferred, although the shape is complete")
@claim("deferred-init", "ex-copy-text", "in place of the initializer")
def test_set_data_is_kept_as_a_promise():
    net = ready()
    net[0].weight.set_data(np.full((4, 3), 7))
    assert net[0].weight.shape == (4, 3)
    assert state(net[0].weight) == "deferred"
    net(np.array(X))
    assert net[0].weight.data()[0, 0].item() == 7


@claim("deferred-init", "ex-copy-text", "`set_data` raises an `AssertionError`")
@claim("deferred-init", "ex-copy-text", "and fills in the shape all the same")
def test_set_data_needs_an_initialize():
    weight = mlp()[0].weight
    with pytest.raises(AssertionError, match="has not been initialized"):
        weight.set_data(np.full((4, 3), 7))
    assert weight.shape == (4, 3)


@claim("deferred-init", "ex-copy-text", "an `initialize` *after* `set_data` throws the array away")
@claim("deferred-init", "ex-copy-text", "so it makes new values at once and promises nothing")
@claim("deferred-init", "machine", "another `initialize` looks at the shape again")
@pytest.mark.filterwarnings("ignore:.*already initialized")
def test_a_later_initialize_drops_set_data():
    net = ready()
    net[0].weight.set_data(np.full((4, 3), 7))
    assert states(net) == ["deferred", "ready", "deferred", "ready"]
    net.initialize(init.Constant(2))
    assert states(net) == ["ready", "ready", "deferred", "ready"]
    assert net[0].weight.data()[0, 0].item() == 2


@claim("deferred-init", "ex-copy-text", "a transposed array of the shape (5, 16) is refused at")
@claim("parameters", "tied", "An `AssertionError` with two of its words swapped")
def test_set_data_swaps_expected_and_given():
    with pytest.raises(AssertionError, match=r"Expected shape \(3, 4\) .* given shape \(4, 0\)"):
        ready()[0].weight.set_data(np.ones((3, 4)))
    with pytest.raises(AssertionError, match=r"Expected shape \(3, 4\) .* given shape \(4, 3\)"):
        ready(3, 4)[0].weight.set_data(np.ones((3, 4)))


@claim("deferred-init", "ex-copy-text", "both fail only in the first pass")
@pytest.mark.parametrize(
    ("array", "error", "message"),
    [
        (numpy.ones((4, 9), "float32"), ValueError, r"Provided = \[4,9\], inferred shape=\(4,3\)"),
        (numpy.ones((4, 3), "float64"), MXNetError, "expected float32, got float64"),
    ],
)
def test_wrong_inputs_of_set_data_show_late(array, error, message):
    net = ready()
    net[0].weight.set_data(np.array(array))
    with pytest.raises(error, match=message):
        net(np.array(X))


def first_weights(detour, *in_units, seed=7, dry_run=False, again=False):
    npx.random.seed(seed)
    net = ready(*in_units)
    if dry_run:
        net(np.zeros((1, 3)))
    detour()
    if again:
        npx.random.seed(seed)
    net(np.array(X))
    return net[0].weight.data().tolist()


def nothing():
    pass


def data_loader():
    rows = gluon.data.ArrayDataset(np.zeros((9, 3)))
    list(gluon.data.DataLoader(rows, batch_size=2, shuffle=True))


def shuffle():
    np.random.shuffle(np.arange(4))


def second_network():
    ready(3, 4)


@claim("deferred-init", "seed-text", "are drawn late, too: in the first pass")
@claim(
    "deferred-init",
    "ex-start-text",
    "Only the last two, and only in the network without `in_units`.",
)
@claim("deferred-init", "ex-start-text", "`DataLoader` shuffles with the generator of NumPy.")
@claim("deferred-init", "ex-start-text", "Another seed gives other numbers but the same pattern")
@claim("deferred-init", "pytorch", "Had he shuffled with `DataLoader`")
@pytest.mark.parametrize("seed", range(1, 11))
def test_random_numbers_are_drawn_in_the_pass(seed):
    plain = first_weights(nothing, seed=seed)
    assert first_weights(nothing, seed=seed + 100) != plain
    for detour, changes in ((data_loader, False), (shuffle, True), (second_network, True)):
        assert (first_weights(detour, seed=seed) != plain) is changes
        written = first_weights(nothing, 3, 4, seed=seed)
        assert first_weights(detour, 3, 4, seed=seed) == written


@claim("deferred-init", "ex-start-text", "It has a seed of its own, `numpy.random.seed`")
def test_the_order_of_a_data_loader_follows_numpys_seed():
    def order(mxnet_seed, numpy_seed):
        npx.random.seed(mxnet_seed)
        numpy.random.seed(numpy_seed)
        rows = gluon.data.ArrayDataset(np.arange(50))
        return [int(row) for row in gluon.data.DataLoader(rows, batch_size=1, shuffle=True)]

    assert order(1, 1) == order(2, 1) != order(1, 2)


@claim("deferred-init", "ex-start-text", "Three ways out: a dry run right after `initialize`")
def test_three_ways_to_the_same_weights():
    for options in ({"dry_run": True}, {"again": True}):
        assert first_weights(shuffle, **options) == first_weights(nothing, **options)
    assert first_weights(shuffle, 3, 4) == first_weights(nothing, 3, 4)


@claim("deferred-init", "conv-other-text", "The 3 that was filled in is the number of channels.")
@claim("deferred-init", "conv-pool-text", "The convolutional layer had no objection.")
def test_a_convolution_waits_for_channels():
    conv = nn.Conv2D(6, kernel_size=3)
    conv.initialize()
    assert conv.weight.shape == (6, -1, 3, 3)
    shapes = [conv(np.zeros((2, 3, 32, width))).shape for width in (32, 40)]
    assert shapes == [(2, 6, 30, 30), (2, 6, 30, 38)]
    assert conv.weight.shape == (6, 3, 3, 3)


@claim("deferred-init", "conv-pool-text", "`GlobalAvgPool2D` replaces each channel by its mean")
def test_global_pooling_leaves_a_mean_a_channel():
    pictures = np.random.normal(size=(2, 3, 4, 5))
    pooled = nn.GlobalAvgPool2D()(pictures)
    assert np.allclose(pooled[:, :, 0, 0], pictures.mean(axis=(2, 3)), atol=1e-6)


@claim("deferred-init", "ex-camera-text", "for pictures of 32 channels")
@claim("deferred-init", "ex-slip-text", "Read the shapes that it filled in")
@claim("deferred-init", "ex-camera-text", "The repair is `photos.transpose(0, 3, 1, 2)`.")
def test_channels_come_second():
    photos = np.zeros((2, 32, 40, 3))
    for pictures, channels in ((photos, 32), (photos.transpose(0, 3, 1, 2), 3)):
        conv = nn.Conv2D(6, kernel_size=3)
        conv.initialize()
        conv(pictures)
        assert conv.weight.shape == (6, channels, 3, 3)


@claim("deferred-init", "progress-text", "running mean and running variance move in the")
@claim("deferred-init", "progress-text", "a dry run without `backward` leaves `BatchNorm`")
def test_batch_norm_learns_at_backward():
    norm = nn.BatchNorm()
    norm.initialize()
    zeros, seen = np.zeros((2, 3)), []
    for record in (False, True):
        with autograd.record() if record else autograd.pause():
            y = norm(zeros)
        npx.waitall()
        seen.append(norm.running_var.data()[0].item())
    y.backward()
    seen.append(round(norm.running_var.data()[0].item(), 6))
    assert seen == [1, 1, 0.9]  # no step of a Trainer


@claim("deferred-init", "ex-ready-text", "four vectors with one number for each channel")
def test_the_letters_of_exercise_1():
    net = nn.Sequential()
    net.add(nn.Conv2D(6, kernel_size=3), nn.BatchNorm(), nn.Dense(10, in_units=6))
    net.initialize()
    shapes = [param.shape for param in net.collect_params().values()]
    assert shapes == [(6, -1, 3, 3), (6,), *[(-1,)] * 4, (10, 6), (10,)]
    assert [i for i, found in enumerate(states(net)) if found == "ready"] == [1, 6, 7]


@claim("deferred-init", "ex-slip-text", "its very first call is `net(batch[0])`, by mistake")
def test_the_shapes_of_exercise_2():
    net = nn.Sequential()
    net.add(nn.Dense(10, flatten=False), nn.Dense(4))
    net.initialize()
    net(np.zeros((32, 2, 3, 5))[0])
    shapes = [param.shape for param in net.collect_params().values()]
    assert shapes == [(10, 5), (10,), (4, 30), (4,)]
    with pytest.raises(MXNetError, match=r"Provided = \[4,30\], inferred shape=\(4,60\)"):
        net(np.zeros((32, 2, 3, 5)))
