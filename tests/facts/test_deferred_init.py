"""What the section on deferred initialization says about MXNet."""

import pytest
from mxnet import MXNetError, autograd, gluon, init, np, npx
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
        self.common = nn.Dense(4)
        self.rare = nn.Dense(1)

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


@claim("deferred-init", "unsaid-text", "they are called the same on every run")
def test_prefix_names_the_parameters():
    names = ["a_weight", "a_bias", "b_weight", "b_bias"]
    assert list(mlp().collect_params()) == list(mlp().collect_params()) == names


@claim("deferred-init", "works-text", "it doesn't see the layer before it until data pass through")
@claim("deferred-init", "wrong-in-units-text", "shapes are inferred only when data come by")
def test_a_layer_does_not_see_the_one_before():
    assert mlp(3)[1].weight.shape == (2, -1)
    assert states(ready(3)) == ["ready", "ready", "deferred", "ready"]


@claim(
    "deferred-init", "states-intro", "As long as a shape contains `-1`, don't calculate with it."
)
def test_sizes_with_a_blank_are_negative():
    assert [param.shape for param in mlp().collect_params().values()] == [
        (4, -1),
        (4,),
        (2, -1),
        (2,),
    ]


@claim("deferred-init", "after-init-text", "A `RuntimeError`.")
@claim("deferred-init", "state-text", "`except RuntimeError` catches both")
@claim("deferred-init", "family-text", "but another one: `DeferredInitializationError`")
def test_two_errors_before_there_are_values():
    net = mlp()
    with pytest.raises(RuntimeError) as plain:
        net[0].weight.data()
    assert plain.type is RuntimeError
    net.initialize()
    with pytest.raises(DeferredInitializationError, match="in_units"):
        net[0].weight.data()
    assert issubclass(DeferredInitializationError, (MXNetError, RuntimeError))


@claim("deferred-init", "family-text", "`Conv2D` and `BatchNorm` is called `in_channels`")
def test_the_argument_is_called_in_channels():
    nn.Conv2D(6, kernel_size=3, in_channels=3)
    nn.BatchNorm(in_channels=3)
    for layer in (lambda **size: nn.Conv2D(6, 3, **size), nn.BatchNorm):
        with pytest.raises(TypeError, match="num_features"):
            layer(num_features=3)


@claim("deferred-init", "machine", "The biases are ready.")
@claim("deferred-init", "machine", "defers those whose shape has a blank")
@claim("deferred-init", "family-text", "So `initialize` is merely a promise.")
def test_only_blank_shapes_are_deferred():
    assert states(mlp()) == ["not initialized"] * 4
    assert states(ready()) == ["deferred", "ready", "deferred", "ready"]


@claim("deferred-init", "announce-run-text", "`initialize` has not made a single weight")
@claim("deferred-init", "announce-run-text", "so `Announce` never hears of them")
@claim("deferred-init", "announce-again-text", "in the order in which the data travel")
@claim("deferred-init", "film-text", "Every parameter is born once.")
def test_weights_are_born_once_in_order():
    net, log = mlp(), Log()
    net.initialize(log)
    assert log.names == []
    for _ in range(2):
        net(np.array(X))
        assert log.names == ["a_weight", "b_weight"]
    assert net[0].bias.data().tolist() == [0] * 4


@claim("deferred-init", "draw-text", "So each layer waits for its own turn.")
@claim("deferred-init", "inference", "it first fills in its own shapes, then computes")
def test_each_layer_waits_for_its_turn():
    net, film = ready(), []
    for layer in net:
        layer.register_forward_hook(lambda *_: film.append(states(net)[::2]))
    net(np.array(X))
    assert film == [["ready", "deferred"], ["ready", "ready"]]


@claim("deferred-init", "infer-only-text", "once with a *symbol*")
@claim("deferred-init", "infer-only-text", "In the second pass nothing is left to infer.")
@claim("deferred-init", "wrap-up", "In the first pass each layer infers its shapes with symbols")
def test_the_first_pass_walks_with_a_symbol():
    layer, seen = nn.Dense(4, "relu"), []
    layer.initialize()
    layer.act.register_forward_hook(lambda block, x, output: seen.append(type(output).__name__))
    layer(np.array(X))
    layer(np.array(X))
    assert seen == ["_Symbol", "ndarray", "ndarray"]


@claim("deferred-init", "infer-only-text", "an odd extra row with `_Symbol` for a network that has")
def test_summary_of_a_fresh_network_shows_a_symbol(capsys):
    net = nn.Sequential()
    net.add(nn.Dense(4, "relu"))
    net.initialize()
    for extra in (1, 0):
        net.summary(np.array(X))
        assert capsys.readouterr().out.count("_Symbol") == extra


@claim("deferred-init", "giant-text", "the shape is known, but nothing has been made")
@claim("deferred-init", "giant-text", "Shapes, then, cost no memory.")
def test_infer_shape_makes_no_values():
    net = ready(kind=nn.HybridSequential)
    net.infer_shape(np.array(X))
    assert [layer.weight.shape for layer in net] == [(4, 3), (2, 4)]
    assert states(net) == ["deferred", "ready", "deferred", "ready"]


@claim("deferred-init", "giant-text", "all its parameters are made before the first layer computes")
@pytest.mark.filterwarnings("ignore:register_op_hook is experimental")
def test_a_hybridized_network_is_made_at_once():
    net, seen = ready(kind=nn.HybridSequential), []
    net.hybridize()
    net.register_op_hook(lambda *_: seen.append(states(net)))
    net(np.array(X))
    assert seen == [["ready"] * 4] * 2


@claim("deferred-init", "flatten-text", "every axis but the first is multiplied together")
@claim("deferred-init", "flatten-text", "With `flatten=False` only the last axis counts.")
def test_dense_flattens_unless_told_not_to():
    for flatten, size in ((True, 30), (False, 5)):
        layer = nn.Dense(7, flatten=flatten)
        layer.initialize()
        layer(np.zeros((4, 2, 3, 5)))
        assert layer.weight.shape == (7, size)


@claim("deferred-init", "features-fixed-text", "Any number of mangoes will do.")
@claim("deferred-init", "one-mango-text", "`Provided` is the shape that the parameter has")
@claim("deferred-init", "one-mango-text", "The library doesn't guess anew")
def test_the_first_batch_fixes_the_features():
    net = ready()
    net(np.array(X))
    assert net(np.ones((100, 3))).shape == (100, 2)
    with pytest.raises(MXNetError, match=r"Provided = \[4,3\], inferred shape=\(4,6\)"):
        net(np.ones((1, 6)))
    assert net[0].weight.shape == (4, 3)


@claim("deferred-init", "no-forgetting-text", "The first axis is the batch axis")
@claim("deferred-init", "no-forgetting-text", "From now on every correct batch meets")
@claim("deferred-init", "forced", "new values, old shape")
def test_a_forgotten_batch_axis_freezes():
    net = ready()
    assert net(np.array(X[0])).shape == (3, 2)
    before = net[0].weight.data().copy()
    with pytest.raises(MXNetError, match=r"Provided = \[4,1\]"):
        net(np.array(X))
    net.initialize(force_reinit=True)
    assert net[0].weight.shape == (4, 1)
    assert not np.array_equal(net[0].weight.data(), before)


@claim("deferred-init", "forced", 'its default 0 means "not known yet"')
@claim("deferred-init", "first-only-text", "born during `initialize`, without any data")
def test_in_units_makes_initialize_act_at_once():
    assert mlp(0, 0)[0].weight.shape == (4, -1)
    net, log = mlp(3, 4), Log()
    net.initialize(log)
    assert log.names == ["a_weight", "b_weight"]
    assert states(net) == ["ready"] * 4


@claim("deferred-init", "which-layer-text", "`initialize` couldn't know")
@claim("deferred-init", "which-layer-text", "The message doesn't say")
@claim("deferred-init", "which-operator-text", "a failed pass leaves a network half finished")
def test_a_wrong_size_shows_at_the_pass():
    net = ready(0, 7)
    with pytest.raises(MXNetError, match=r"Provided = \[2,7\], inferred shape=\(2,4\)") as error:
        net(np.array(X))
    assert "b_" not in str(error.value)
    assert states(net) == ["ready"] * 4


@claim("deferred-init", "second-init-text", "This time the culprit is named")
@claim("deferred-init", "second-init-text", "are printed by the library")
def test_infer_shape_names_the_operator(capfd):
    net = ready(0, 7, kind=nn.HybridSequential)
    with pytest.raises(MXNetError, match="Error in operator b_fwd: Shape inconsistent"):
        net.infer_shape(np.array(X))
    assert "data: (2, 3)" in capfd.readouterr().out


@claim("deferred-init", "third-init-text", "took the place of the old one without a word")
@claim("deferred-init", "third-init-text", "Three warnings, one for each set of biases")
def test_a_second_promise_replaces_the_first():
    net = mlp()
    net.initialize(init.Constant(1))
    with pytest.warns(UserWarning, match="bias' is already initialized") as caught:
        net.initialize(init.Constant(2))
    net(np.array(X))
    assert len(caught) == 2
    assert net[0].weight.data()[0, 0].item() == 2


@claim("deferred-init", "force-text", "the network keeps all it has learned")
@claim("deferred-init", "values", "At once, and without data")
@claim("parameters", "constant-text", "Four parameters, four warnings: `already initialized")
@claim("parameters", "constant-text", "Who means it says `force_reinit=True`.")
def test_a_second_initialize_keeps_the_values():
    net = mlp(3, 4)
    net.initialize(init.Constant(1))
    with pytest.warns(UserWarning, match="already initialized, ignoring") as caught:
        net.initialize(init.Constant(2))
    assert len(caught) == 4
    assert net[0].weight.data()[0, 0].item() == 1
    net.initialize(init.Constant(2), force_reinit=True)
    assert net[0].weight.data()[0, 0].item() == 2


@claim("deferred-init", "set-used-text", "The shape is full, since it could be read off the array")
@claim("deferred-init", "set-used-text", "so `data()` still raises its error")
@claim("deferred-init", "set-used-text", "in place of the initializer")
def test_set_data_is_kept_as_a_promise():
    net = ready()
    net[0].weight.set_data(np.full((4, 3), 7))
    assert net[0].weight.shape == (4, 3)
    assert state(net[0].weight) == "deferred"
    net(np.array(X))
    assert net[0].weight.data()[0, 0].item() == 7


@claim("deferred-init", "set-wrong-text", "`set_data` is refused with an `AssertionError`")
def test_set_data_needs_an_initialize():
    with pytest.raises(AssertionError):
        mlp()[0].weight.set_data(np.full((4, 3), 7))


@claim(
    "deferred-init", "set-wrong-text", "an `initialize` *after* `set_data` throws the array away"
)
@pytest.mark.filterwarnings("ignore:.*already initialized")
def test_a_later_initialize_drops_set_data():
    net = ready()
    net[0].weight.set_data(np.full((4, 3), 7))
    net.initialize(init.Constant(2))
    net(np.array(X))
    assert net[0].weight.data()[0, 0].item() == 2


@claim("deferred-init", "seed-text", "`Expected shape (5, 16)` is the array that *we* gave")
@claim("deferred-init", "seed-text", "its `0` is the blank")
@claim("parameters", "set-record-text", "The two words are swapped in this version of MXNet.")
def test_set_data_swaps_expected_and_given():
    with pytest.raises(AssertionError, match=r"Expected shape \(3, 4\) .* given shape \(4, 0\)"):
        ready()[0].weight.set_data(np.ones((3, 4)))
    with pytest.raises(AssertionError, match=r"Expected shape \(3, 4\) .* given shape \(4, 3\)"):
        ready(3, 4)[0].weight.set_data(np.ones((3, 4)))


@claim("deferred-init", "seed-text", "comes to light only at the first pass")
def test_wrong_inputs_of_set_data_show_late():
    net = ready()
    net[0].weight.set_data(np.ones((4, 9)))
    with pytest.raises(ValueError, match=r"Provided = \[4,9\], inferred shape=\(4,3\)"):
        net(np.array(X))


@claim("deferred-init", "seed-text", "they are drawn in the first pass, not in `initialize`")
@claim("deferred-init", "pictures", "and all numbers are drawn")
def test_random_numbers_are_drawn_in_the_pass():
    def weight(detour, dry_run):
        npx.random.seed(1)
        net = ready()
        if dry_run:
            net(np.zeros((1, 3)))
        if detour:
            np.random.normal(size=1)
        net(np.array(X))
        return net[0].weight.data()[0, 0].item()

    assert weight(detour=False, dry_run=False) != weight(detour=True, dry_run=False)
    assert weight(detour=False, dry_run=True) == weight(detour=True, dry_run=True)


@claim("deferred-init", "conv-other-text", "Only one: the number of channels.")
@claim("deferred-init", "conv-pool-text", "The convolutional layer had no objection.")
def test_a_convolution_waits_for_channels():
    conv = nn.Conv2D(6, kernel_size=3)
    conv.initialize()
    assert conv.weight.shape == (6, -1, 3, 3)
    shapes = [conv(np.zeros((2, 3, 32, width))).shape for width in (32, 40)]
    assert shapes == [(2, 6, 30, 30), (2, 6, 30, 38)]
    assert conv.weight.shape == (6, 3, 3, 3)


@claim("deferred-init", "conv-pool-text", "`GlobalAvgPool2D` replaces each channel by its mean.")
def test_global_pooling_leaves_a_mean_a_channel():
    pictures = np.random.normal(size=(2, 3, 4, 5))
    pooled = nn.GlobalAvgPool2D()(pictures)
    assert np.allclose(pooled[:, :, 0, 0], pictures.mean(axis=(2, 3)), atol=1e-6)


@claim("deferred-init", "files", "for pictures of 32 channels")
@claim("deferred-init", "files", "The repair is `photos.transpose(0, 3, 1, 2)`.")
def test_channels_come_second():
    photos = np.zeros((2, 32, 40, 3))
    for pictures, channels in ((photos, 32), (photos.transpose(0, 3, 1, 2), 3)):
        conv = nn.Conv2D(6, kernel_size=3)
        conv.initialize()
        conv(pictures)
        assert conv.weight.shape == (6, channels, 3, 3)


@claim("deferred-init", "save-left-text", "To save is to read every parameter")
@claim("deferred-init", "two-heads-text", "the values are gathered before the file is opened")
def test_a_refused_save_leaves_the_file_alone(tmp_path):
    (tmp_path / "net.params").write_bytes(b"old")
    with pytest.raises(DeferredInitializationError):
        ready().save_parameters("net.params")
    assert (tmp_path / "net.params").read_bytes() == b"old"


@claim("deferred-init", "two-heads-save-text", "because no data have ever reached that layer")
@claim("deferred-init", "two-heads-both-text", "Go by the *name* in the message")
def test_a_forgotten_layer_stays_deferred():
    net = TwoHeads()
    net.initialize()
    net(np.array(X))
    with pytest.raises(DeferredInitializationError, match=net.rare.weight.name):
        net.save_parameters("net.params")
    net(np.array(X), True)
    net.save_parameters("net.params")


@claim("deferred-init", "two-heads-both-text", "A `Trainer` can be made without any data")
@claim("deferred-init", "two-heads-both-text", "its first `step` stops at this parameter too")
def test_a_trainer_stops_at_a_deferred_parameter():
    net = TwoHeads()
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    with autograd.record():
        loss = net(np.array(X)).sum()
    loss.backward()
    with pytest.raises(DeferredInitializationError, match=net.rare.weight.name):
        trainer.step(1)


@claim("deferred-init", "machine", "Loading a file leads from not initialized straight to ready.")
@claim("deferred-init", "pytorch", "the file contains shapes as well as values")
@claim("read-write", "load-net-read", "it needed neither `initialize` nor a first batch")
def test_a_file_fills_a_network_just_built():
    net = ready()
    before = net(np.array(X))
    net.save_parameters("net.params")
    fresh = mlp()
    fresh.load_parameters("net.params")
    assert states(fresh) == ["ready"] * 4
    assert np.array_equal(fresh(np.array(X)), before)
