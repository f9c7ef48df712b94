"""What the section on layers of one's own says about MXNet."""

import contextlib
import io
import warnings

import numpy
import pytest
from mxnet import MXNetError, autograd, cpu, gluon, init, np, npx
from mxnet.gluon import nn
from mxnet.gluon.parameter import DeferredInitializationError
from mxnet.test_utils import check_numeric_gradient

from d2lutil import gradient_gaps
from tests.facts.claims import claim
from tests.facts.layers import Lazy

CONTEXTS = [cpu(0), cpu(1)]


class Own(nn.Block):
    """A fully connected layer."""

    def __init__(self, units, in_units, **kwargs):
        super().__init__(**kwargs)
        self.weight = self.params.get("weight", shape=(units, in_units))
        self.bias = self.params.get("bias", shape=(units,), init="zeros")

    def forward(self, x):
        return np.dot(x, self.weight.data(x.ctx).T) + self.bias.data(x.ctx)


class Leaky(Own):
    """Leaves the tape."""

    def forward(self, x):
        return super().forward(np.array(x.asnumpy(), dtype=x.dtype))


class Listed(nn.Block):
    """Keeps its parameters in a list."""

    def __init__(self):
        super().__init__()
        self.weights = [self.params.get(name, shape=(4, 4)) for name in ("w0", "w1")]

    def forward(self, x):
        for weight in self.weights:
            x = np.tanh(np.dot(x, weight.data(x.ctx)))
        return x


class Hybrid(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.weight = self.params.get("weight", shape=(units, -1), allow_deferred_init=True)
        self.bias = self.params.get("bias", shape=(units,), init="zeros")

    def hybrid_forward(self, F, x, weight, bias):
        return F.np.dot(x, weight.T) + bias


class Scale(nn.HybridBlock):
    """Its parameter is multiplied element by element."""

    def __init__(self):
        super().__init__()
        self.gamma = self.params.get("gamma", shape=(-1,), init="ones", allow_deferred_init=True)

    def hybrid_forward(self, F, x, gamma):
        return x * gamma


class ShapedScale(Scale):
    def infer_shape(self, x):
        self.gamma.shape = (x.shape[-1],)


class Dense(autograd.Function):
    def forward(self, weight, bias, x):
        self.save_for_backward(weight, x)
        return np.dot(x, weight.T) + bias

    def backward(self, dy):
        weight, x = self.saved_tensors
        dy = dy.as_np_ndarray()
        gradients = np.dot(dy.T, x), dy.sum(axis=0), np.dot(dy, weight)
        return [gradient.as_nd_ndarray() for gradient in gradients]


class Twice(autograd.Function):
    def forward(self, x):
        return 2 * x

    def backward(self, dy):
        return 2 * dy


def ready(layer, ctx=None):
    layer.initialize(init.Normal(0.5), ctx=ctx)
    return layer


def data():
    return np.random.normal(size=(2, 4))


def with_gradient(*arrays):
    for array in arrays:
        array.attach_grad()
    return arrays


def in_container(layer):
    net = nn.Sequential()
    net.add(layer)
    return ready(net)


@claim("custom-layer", "params", "`nn.Lambda` is enough too")
def test_lambda_makes_a_block():
    block = nn.Lambda(lambda x: x / 2)
    assert isinstance(block, nn.Block)
    assert block(np.ones(2)).tolist() == [0.5, 0.5]


@claim("custom-layer", "names-clash-text", "the very same object")
@claim("custom-layer", "names-clash-text", "With another shape it is an error")
@claim("custom-layer", "params", "a call in `__init__`: `self.params.get(name, shape=...)`")
def test_params_get_makes_or_fetches():
    layer = Own(3, 4)
    assert layer.params.get("weight") is layer.weight
    with pytest.raises(AssertionError):
        layer.params.get("weight", shape=(3, 5))
    assert layer.params.get("new", shape=(1,)).shape == (1,)


@claim("custom-layer", "my-dense-run-text", "It *keeps* arrays, one on each device")
def test_a_parameter_keeps_one_array_on_each_context():
    layer = ready(Own(3, 4), ctx=CONTEXTS)
    assert layer.weight.list_ctx() == CONTEXTS
    first, second = (layer.weight.data(context) for context in CONTEXTS)
    assert [first.ctx, second.ctx] == CONTEXTS
    assert np.array_equal(first, second.as_in_ctx(cpu(0)))


@claim(
    "custom-layer",
    "in-model-text",
    "the name of the class in small letters and a number from a counter",
)
@claim("custom-layer", "names-text", "Through `**kwargs` we may choose another one")
def test_names_begin_with_a_prefix():
    first, second = Own(3, 4), Own(3, 4)
    numbers = [int(layer.name.removeprefix("own")) for layer in (first, second)]
    assert numbers[1] == numbers[0] + 1
    assert list(first.collect_params()) == [f"own{numbers[0]}_weight", f"own{numbers[0]}_bias"]
    assert list(Own(3, 4, prefix="sky_").collect_params()) == ["sky_weight", "sky_bias"]


@claim("custom-layer", "names-clash-text", "there a key is a place in the tree, as in `0.weight`")
def test_files_use_places_for_keys():
    net = in_container(Own(3, 4, prefix="sky_"))
    net.save_parameters("net.params")
    assert sorted(npx.load("net.params")) == ["0.bias", "0.weight"]


@claim("custom-layer", "backward", "`different Parameters with the same name 'sky_weight'`")
def test_equal_prefixes_are_an_error():
    net = nn.Sequential()
    net.add(Own(4, 4, prefix="sky_"), Own(4, 4, prefix="sky_"))
    with pytest.raises(AssertionError, match="different Parameters with the same name"):
        net.initialize()


@claim("custom-layer", "list-params-text", "start at random between -0.07 and 0.07")
@claim("custom-layer", "list-params-text", "The name `bias` has no magic")
def test_a_parameter_without_initializer_is_random():
    layer = nn.Block()
    bias = layer.params.get("bias", shape=(1000,))
    layer.initialize()
    assert 0.06 < np.abs(bias.data()).max().item() <= 0.07
    dense = nn.Dense(4, in_units=3)
    dense.initialize()
    assert not np.any(dense.bias.data())


@claim("custom-layer", "list-params-text", "it `cannot be applied to vector`")
@claim("custom-layer", "numbers", "`Xavier initializer cannot be applied to vector`")
def test_xavier_refuses_vectors():
    layer = nn.Block()
    layer.params.get("bias", shape=(4,))
    with pytest.raises(ValueError, match=r"cannot be applied to vector .*bias"):
        layer.initialize(init.Xavier())


@claim("custom-layer", "list-repaired-text", "would have been trained, but they are in no file")
@claim("custom-layer", "list-repaired-text", "There is no error and no warning")
@claim("custom-layer", "list-repaired-text", "for parameters there are two")
def test_parameters_in_a_list_are_trained_but_not_saved():
    old, new, x = in_container(Listed()), in_container(Listed()), data()
    assert len(old.collect_params().keys()) == 2
    with autograd.record():
        loss = old(x).sum()
    loss.backward()
    assert all(np.any(weight.grad()) for weight in old[0].weights)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        old.save_parameters("net.params")
        new.load_parameters("net.params")
    assert len(npx.load("net.params")) == 0
    assert not np.allclose(old(x), new(x))
    for k, weight in enumerate(old[0].weights):
        setattr(old[0], f"w{k}", weight)
    old.save_parameters("net.params")
    assert sorted(npx.load("net.params")) == ["0.w0", "0.w1"]


@claim("custom-layer", "numbers", "file of a single layer")
@pytest.mark.parametrize("make", [Own, nn.Dense])
def test_the_file_of_a_single_layer_cannot_be_loaded(make):
    layer = ready(make(3, in_units=4))
    layer.save_parameters("layer.params")
    assert sorted(npx.load("layer.params")) == ["bias", "weight"]
    with pytest.raises(TypeError, match=r"Cannot assign mx\.nd\.NDArray to mxnet\.numpy\.ndarray"):
        layer.load_parameters("layer.params")
    net = nn.Sequential()
    net.add(layer)
    net.save_parameters("net.params")
    net.load_parameters("net.params")


@claim("custom-layer", "hybrid-dense-text", "A `Block` only calls our `forward`")
@claim("custom-layer", "numbers", "a `Block` infers nothing")
def test_a_block_infers_no_shapes():
    layer = ready(Lazy())
    with pytest.raises(DeferredInitializationError, match="Please pass one batch of data"):
        layer(data())


@claim("custom-layer", "deferred", "lets the parameter wait")
@claim("custom-layer", "numbers", "a blank in the shape, not allowed to wait")
def test_waiting_needs_permission():
    layer = nn.HybridBlock()
    layer.weight = layer.params.get("weight", shape=(3, -1))
    with pytest.raises(ValueError, match="invalid shape"):
        layer.initialize()


@claim("custom-layer", "hybrid-dense-text", "each operator tells which shape `weight` must have")
@claim("custom-layer", "hybrid-dense-text", "taken from the right device")
def test_a_hybrid_block_infers_shapes():
    layer = ready(Hybrid(3), ctx=CONTEXTS)
    assert layer.weight.shape == (3, -1)
    for context in CONTEXTS:
        assert layer(data().as_in_ctx(context)).ctx == context
    assert layer.weight.shape == (3, 4)


@claim("custom-layer", "round-function-text", "on every step the slope is 0")
def test_rounding_has_no_gradient():
    (x,) = with_gradient(np.array([0.2, 1.7]))
    with autograd.record():
        y = np.round(3 * x)
    y.backward()
    assert x.grad.tolist() == [0, 0]


@claim("custom-layer", "ex-brake-text", "returns the gradients in the order of the inputs")
@claim("custom-layer", "ex-brake-text", "`dy` arrives as an array of the old kind")
def test_a_function_differentiates_as_it_is_told():
    arrays = np.random.normal(size=(3, 4)), np.random.normal(size=(3,)), data()
    with_gradient(*arrays)
    with autograd.record():
        loss = (Dense()(*arrays) ** 2).sum()
    loss.backward()
    found = [array.grad.copy() for array in arrays]
    weight, bias, x = arrays
    with autograd.record():
        loss = ((np.dot(x, weight.T) + bias) ** 2).sum()
    loss.backward()
    for gradient, array in zip(found, arrays, strict=True):
        assert np.allclose(gradient, array.grad, rtol=1e-4, atol=1e-4)


@claim("custom-layer", "ex-brake-text", "Each call needs a new instance")
def test_a_function_can_be_called_once():
    twice = Twice()
    twice(np.ones(2))
    with pytest.raises(AssertionError, match="only be called once"):
        twice(np.ones(2))


@claim("custom-layer", "ex-brake-text", "those after one without a gradient get none")
def test_arguments_behind_one_without_gradient_get_none():
    class DataFirst(autograd.Function):
        def forward(self, x, weight):
            self.save_for_backward(x)
            return np.dot(x, weight.T)

        def backward(self, dy):
            slope = np.dot(dy.as_np_ndarray().T, self.saved_tensors[0])
            return (0 * self.saved_tensors[0]).as_nd_ndarray(), slope.as_nd_ndarray()

    x = data()
    (weight,) = with_gradient(np.ones((3, 4)))
    for function, arguments in (
        (DataFirst, (x, weight)),
        (Dense, (weight, np.zeros(3), x)),
    ):
        weight.grad[:] = 0
        with autograd.record():
            y = function()(*arguments)
        y.backward()
        assert np.any(weight.grad) == (function is Dense)


@claim("custom-layer", "ex-brake-text", '`grad_req="add"` is ignored')
def test_a_function_ignores_the_request_to_add():
    x = np.ones(3)
    x.attach_grad(grad_req="add")
    for _ in range(2):
        with autograd.record():
            y = Twice()(x)
        y.backward()
    assert x.grad.tolist() == [0, 0, 0]


@claim("custom-layer", "ex-brake-text", "the graph refuses it")
def test_a_function_cannot_be_hybridized():
    class Block(nn.HybridBlock):
        def hybrid_forward(self, F, x):
            return Dense()(np.ones((3, 4)), np.zeros(3), x)

    block = Block()
    block(data())
    block.hybridize()
    with pytest.raises(AssertionError, match="must have NDArray type"):
        block(data())


@claim("custom-layer", "ex-brake-text", "or forgets your `backward`")
def test_a_graph_forgets_the_backward_pass_of_a_function():
    class Fivefold(Twice):
        def backward(self, dy):
            return 5 * dy

    class Block(nn.HybridBlock):
        def hybrid_forward(self, F, x):
            return Fivefold()(x)

    block, found = Block(), []
    for hybridized in (False, True):
        block.hybridize(hybridized)
        block(np.ones(1))
        (x,) = with_gradient(np.ones(1))
        with autograd.record():
            y = block(x)
        y.backward()
        found.append(x.grad.item())
    assert found == [5, 2]


@claim(
    "custom-layer",
    "ex-brake-text",
    "an error is printed when it occurs and raised only when you read a gradient",
)
def test_errors_of_a_backward_pass_come_late():
    class Fails(Twice):
        def backward(self, dy):
            raise KeyError

    (x,) = with_gradient(np.ones(3))
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        with autograd.record():
            y = Fails()(x)
        y.backward()
        with pytest.raises(MXNetError):
            x.grad.asnumpy()
    assert "KeyError" in printed.getvalue()


@claim(
    "custom-layer", "ex-brake-text", "an array that you change before that makes the gradient wrong"
)
def test_a_backward_pass_reads_saved_arrays_late():
    import threading

    changed = threading.Event()

    class Square(autograd.Function):
        def forward(self, x):
            self.save_for_backward(x)
            return x * x

        def backward(self, dy):
            changed.wait(10)
            (x,) = self.saved_tensors
            return 2 * x.as_nd_ndarray() * dy

    (x,) = with_gradient(np.array([3.0]))
    with autograd.record():
        y = Square()(x)
    y.backward()
    x[:] = 100
    changed.set()
    assert x.grad.item() == 200


@claim("custom-layer", "ex-brake-text", "MXNet doesn't let a `Function` give back its own input")
def test_a_function_must_not_return_its_input():
    class Same(Twice):
        def forward(self, x):
            return x

    (x,) = with_gradient(np.ones(3))
    with autograd.record(), pytest.raises(MXNetError, match="already in a computational graph"):
        Same()(x)


@claim("custom-layer", "norm-infer-text", "four numbers would fit as well as a single one")
@claim("custom-layer", "norm-infer-text", "`infer_shape` takes the input")
@claim("custom-layer", "numbers", "the operators can't tell")
def test_elementwise_products_do_not_infer_shapes():
    with pytest.raises(ValueError, match="shape cannot be inferred"):
        ready(Scale())(data())
    layer = ready(ShapedScale())
    layer(data())
    assert layer.gamma.shape == (4,)


@claim("custom-layer", "norm-model-text", "doesn't ask the `infer_shape` of a layer inside it")
def test_a_hybridized_network_ignores_infer_shape_of_its_layers():
    for first_pass in (False, True):
        net = nn.HybridSequential()
        net.add(Hybrid(5), ShapedScale())
        ready(net)
        if first_pass:
            net(data())
            net.hybridize()
            net(data())
        else:
            net.hybridize()
            with pytest.raises(ValueError, match="shape cannot be inferred"):
                net(data())


@claim("custom-layer", "end", "$\\epsilon$ is the same")
def test_layer_norm_is_the_formula():
    norm, x = ready(nn.LayerNorm()), data()
    rows = x.asnumpy()
    centered = rows - rows.mean(axis=1, keepdims=True)
    right = centered / numpy.sqrt(rows.var(axis=1, keepdims=True) + 1e-5)
    assert numpy.allclose(norm(x).asnumpy(), right, atol=1e-5)


@claim("custom-layer", "radians-text", "To the library, layer and block are the same thing")
@claim("custom-layer", "radians-text", "no `initialize`, for there is nothing to learn")
def test_a_layer_is_a_block_and_may_need_no_initialize():
    class Plain(nn.Block):
        def forward(self, x):
            return 2 * x

    assert Plain()(np.ones(2)).tolist() == [2, 2]
    assert all(issubclass(kind, nn.Block) for kind in (Plain, nn.Dense, nn.Activation))
    net = nn.Sequential()
    net.add(Plain(), Plain())
    assert net(np.ones(2)).tolist() == [4, 4]


@claim("custom-layer", "params", "gets five services from the library")
def test_a_parameter_is_found_initialized_shared_moved_and_saved():
    net = in_container(Own(3, 4))
    layer = net[0]
    assert [layer.weight, layer.bias] == list(net.collect_params().values())
    assert np.any(layer.weight.data())
    assert Own(3, 4, params=layer.params).weight is layer.weight
    net.collect_params().reset_ctx(cpu(1))
    assert layer.weight.list_ctx() == [cpu(1)]
    net.save_parameters("net.params")
    other = in_container(Own(3, 4))
    other.load_parameters("net.params")
    saved = layer.weight.data(cpu(1)).asnumpy()
    assert numpy.array_equal(other[0].weight.data().asnumpy(), saved)


@claim("custom-layer", "my-dense-run-text", "`data()` alone is a fault that shows only on a second")
def test_data_without_a_context_takes_the_first_copy():
    parameter = ready(Own(3, 4), ctx=CONTEXTS).weight
    assert parameter.data().ctx == cpu(0)
    assert parameter.data(cpu(1)).ctx == cpu(1)


@claim("custom-layer", "hybrid-dense-text", "`mxnet.symbol` while the graph is recorded")
@claim(
    "custom-layer", "hybrid-equal-text", "once with symbols to find the shape, twice with arrays"
)
@claim("custom-layer", "hybrid-equal-text", "Python no longer calls `hybrid_forward`")
@claim("custom-layer", "hybrid-dense-text", "When a parameter still waits for its shape, it first")
def test_f_is_the_module_that_fits():
    seen = []

    class Watched(Hybrid):
        def hybrid_forward(self, F, x, weight, bias):
            seen.append(F.__name__)
            return super().hybrid_forward(F, x, weight, bias)

    layer = ready(Watched(3))
    layer(data())
    layer(data())
    assert seen == ["mxnet.symbol", "mxnet.ndarray", "mxnet.ndarray"]
    layer.hybridize()
    layer(data())
    seen.clear()
    layer(data())
    assert seen == []
    known = Watched(3)
    known.weight.shape = (3, 4)
    ready(known)(data())
    assert seen == ["mxnet.ndarray"]


def hybrid_of(body, name="weight"):
    """Return a hybrid layer that waits for its input size and computes `body(F, x, weight)`."""

    class Layer(nn.HybridBlock):
        def __init__(self):
            super().__init__()
            waiting = {"shape": (3, -1), "allow_deferred_init": True}
            setattr(self, name, self.params.get("weight", **waiting))

        def hybrid_forward(self, F, x, weight):
            return body(F, x, weight)

    return ready(Layer())


@claim("custom-layer", "hybrid-equal-text", "Symbols have no values and no `.shape`")
@claim("custom-layer", "numbers", "`'_Symbol' object has no attribute 'shape'`")
@claim("custom-layer", "numbers", "`got an unexpected keyword argument`")
@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        (lambda F, x, w: x / x.shape[0], "weight", "'_Symbol' object has no attribute 'shape'"),
        (lambda F, x, w: np.dot(x, w.T), "weight", "must have NDArray type"),
        (lambda F, x, w: F.np.dot(x, w.T), "scale", "got an unexpected keyword argument"),
    ],
)
def test_messages_of_a_hybrid_forward(body, name, message):
    with pytest.raises(ValueError, match=message):
        hybrid_of(body, name)(data())


@claim("custom-layer", "numbers", "| `has no attribute '_params'` or `'_forward_pre_hooks'` |")
@claim("custom-layer", "numbers", "`gluon.Parameter(...)` as attribute: not listed")
@claim(
    "custom-layer",
    "numbers",
    "| attribute that is a `gluon.Parameter(...)` | no | no | yes, once initialized by hand |",
)
@claim("custom-layer", "numbers", "what `self.params` didn't make isn't listed")
def test_messages_of_a_layer_that_was_not_set_up():
    class WithoutSuper(nn.Block):
        def __init__(self):
            self.weight = self.params.get("weight", shape=(3,))

    class OwnParameter(nn.Block):
        def __init__(self):
            super().__init__()
            self.weight = gluon.Parameter("weight", shape=(4,))

        def forward(self, x):
            return x * self.weight.data(x.ctx)

    class WithoutParameters(nn.Block):
        def __init__(self):
            self.period = 24

        def forward(self, x):
            return x

    with pytest.raises(AttributeError, match="has no attribute '_params'"):
        WithoutSuper()
    with pytest.raises(AttributeError, match="has no attribute '_forward_pre_hooks'"):
        WithoutParameters()(data())
    layer = ready(OwnParameter())
    assert list(layer.collect_params()) == []
    with pytest.raises(RuntimeError, match="'weight' has not been initialized"):
        layer(data())
    layer.weight.initialize()
    layer.save_parameters("layer.params")
    assert sorted(npx.load("layer.params")) == ["weight"]


def one_step(net, **options):
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    with autograd.record():
        loss = net(data()).sum()
    loss.backward()
    trainer.step(1, **options)


@claim("custom-layer", "ex-pressure-text", "At the front of a network that does no harm")
@claim("custom-layer", "ex-pressure-text", "`trainer.step` stops, but names one of *those*")
@claim("custom-layer", "numbers", "a later layer left the tape, or this step skips a branch")
def test_leaving_the_tape_in_the_middle_stops_the_trainer():
    first, middle = nn.Sequential(), nn.Sequential()
    first.add(Leaky(4, 4), nn.Dense(1))
    middle.add(nn.Dense(4), Leaky(4, 4), nn.Dense(1))
    one_step(ready(first))
    message = f"{middle[0].name}_(weight|bias)` .* has not been updated by backward"
    with pytest.raises(UserWarning, match=message):
        one_step(ready(middle))
    one_step(middle, ignore_stale_grad=True)


@claim("custom-layer", "ex-pressure-text", "With a way around it, as in")
def test_a_way_around_hides_a_layer_that_left_the_tape():
    class Residual(nn.Block):
        def __init__(self):
            super().__init__()
            self.inner = Leaky(4, 4)

        def forward(self, x):
            return x + self.inner(x)

    net = nn.Sequential()
    net.add(nn.Dense(4), Residual(), nn.Dense(1))
    ready(net)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            one_step(net)
    assert max(gradient_gaps(net[1], data()).values()) > 1e-3


@claim("custom-layer", "ex-pressure-text", "only the first two checks tell")
@claim("custom-layer", "end", "NumPy catches it, and so does the library")
def test_the_library_sees_a_bias_of_the_wrong_sign():
    library = ready(nn.Dense(3, in_units=4))
    library.bias.set_data(np.array([0.5, -1.0, 2.0]))
    x, weight, bias = data(), library.weight.data(), library.bias.data()
    assert not np.allclose(np.dot(x, weight.T) - bias, library(x))


@claim("custom-layer", "ex-pressure-text", "nothing flows back to `x`")
@claim("custom-layer", "ex-pressure-text", "has the right gradients of the wrong function")
@claim("custom-layer", "ex-selu-text", "a parameter that isn't used at all (0 equals 0)")
def test_what_the_gradient_check_sees_and_what_not():
    class Minus(Own):
        def forward(self, x):
            return super().forward(x) - 2 * self.bias.data(x.ctx)

    class Unused(Own):
        def forward(self, x):
            return np.dot(x, self.weight.data(x.ctx).T)

    gaps = gradient_gaps(ready(Leaky(3, 4)), data())
    assert gaps == {"input 0": 1, "weight": 0, "bias": 0}
    for layer in (Minus(3, 4), Unused(3, 4)):
        assert max(gradient_gaps(ready(layer), data()).values()) < 1e-6


@claim("custom-layer", "gap-run-text", "multiplying the output by a number doesn't matter")
def test_the_gap_is_relative():
    def scaled(factor, layer):
        class Scaled(layer):
            def forward(self, x):
                return factor * super().forward(x)

        return max(gradient_gaps(ready(Scaled(3, 4)), data()).values())

    for factor in (1e-7, 1e6):
        assert scaled(factor, Own) < 1e-6
        assert scaled(factor, Leaky) == 1


class OfInputs(nn.Block):
    """Computes `way(x, factor)` with a parameter `factor` of ones."""

    def __init__(self, way):
        super().__init__()
        self.way = way
        self.factor = self.params.get("factor", shape=(4,), init="ones")

    def forward(self, x):
        return self.way(x, self.factor.data(x.ctx))


@claim("custom-layer", "gap-run-text", "The inputs should be of a size near 1")
def test_small_inputs_may_raise_a_false_alarm():
    for scale, right in ((1, True), (1e-6, False)):
        layer = ready(OfInputs(lambda x, w, s=scale: np.tanh(x / s) * w))
        x = scale * np.array([[0.5, -1.0, 1.5, 0.2]])
        assert (gradient_gaps(layer, x)["input 0"] < 1e-6) == right


@claim("custom-layer", "ex-selu-text", "a gradient some $10^{10}$ times smaller than the outputs")
def test_a_tiny_gradient_is_not_seen():
    def half(factor):
        return ready(OfInputs(lambda x, w: x + factor * w * w.detach()))

    assert gradient_gaps(half(1e-11), data())["factor"] < 1e-6
    assert gradient_gaps(half(1e-8), data())["factor"] > 1e-6


@claim("custom-layer", "modes", "`autograd.is_training()` tells the mode")
def test_is_training_tells_the_mode():
    assert not autograd.is_training()
    with autograd.record():
        assert autograd.is_training()
    with autograd.record(train_mode=False):
        assert not autograd.is_training()


class Numbers(nn.Block):
    """Keeps numbers in every way that the section names."""

    def __init__(self):
        super().__init__()
        self.learned = self.params.get("learned", shape=(4,), init="ones")
        self.null = self.params.get("null", shape=(4,), init="ones", grad_req="null")
        self.constant = self.params.get_constant("constant", np.ones(4))
        self.listed = [self.params.get("listed", shape=(4,), init="ones")]
        self.array = np.ones(4)

    def all(self):
        kept = self.learned, self.null, self.constant, *self.listed
        return [*(parameter.data() for parameter in kept), self.array]

    def forward(self, x):
        for number in self.all():
            x = x * number
        return x


@claim(
    "custom-layer", "modes", "the trainer leaves it alone, but it is initialized, moved and saved"
)
@claim("custom-layer", "numbers", "| list of parameters from `params.get` | yes | yes | no |")
def test_the_table_of_numbers():
    net = in_container(Numbers())
    names = [name.removeprefix(net[0].prefix) for name in net.collect_params()]
    assert names == ["learned", "null", "constant", "listed"]
    one_step(net)
    changed = [bool(np.any(number != 1)) for number in net[0].all()]
    assert changed == [True, False, False, True, False]
    net.save_parameters("net.params")
    assert sorted(npx.load("net.params")) == ["0.constant", "0.learned", "0.null"]
    net.collect_params().reset_ctx(cpu(1))
    assert net[0].null.list_ctx() == [cpu(1)]


@claim("custom-layer", "numbers", "by the same rule, but on a CPU it updates it in the [backward")
def test_batch_norm_keeps_its_statistics_without_gradient():
    norm = ready(nn.BatchNorm())
    x = data()
    norm(x)
    with autograd.record():
        loss = norm(x).sum()
    assert not norm.running_mean.data().asnumpy().any()
    loss.backward()
    assert norm.running_mean.grad_req == "null"
    trained = norm.running_mean.data().asnumpy()
    assert numpy.allclose(trained, 0.1 * x.asnumpy().mean(axis=0))
    norm(10 * x)
    assert numpy.array_equal(norm.running_mean.data().asnumpy(), trained)


@claim(
    "custom-layer", "gradient-gap-text", "`mxnet.test_utils.check_numeric_gradient`, for symbols"
)
def test_the_librarys_own_gradient_check_wants_a_symbol():
    with pytest.raises(AttributeError, match="list_arguments"):
        check_numeric_gradient(ready(nn.Dense(1, in_units=4)), [data()])


class Center(nn.Block):
    """Subtracts a running mean, and then updates it in training."""

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


@claim("custom-layer", "center-run-text", "the gradient of a difference doesn't need `mean`")
def test_a_running_mean_that_is_updated_afterwards_has_the_right_gradient():
    assert gradient_gaps(ready(Center()), data(), train=True) == {"input 0": 0}


@claim("custom-layer", "numbers", "five steps go $1 - 0.9^5$ of the way to 3")
@claim("custom-layer", "numbers", "The prediction leaves it alone")
def test_a_running_mean_moves_a_tenth_of_the_way_at_each_step():
    layer, x = ready(Center()), 3 + data()
    for steps, share in ((5, 0.41), (45, 0.995)):
        for _ in range(steps):
            with autograd.record():
                layer(x)
        layer(10 * x)
        assert np.allclose(layer.mean.data(), share * x.mean(axis=0), rtol=0.01)


@claim("custom-layer", "ex-clock-text", "It learns 97 numbers, the network with `Compass` only 3")
@claim("custom-layer", "ex-clock-text", "knowledge pays most where data are missing")
@claim(
    "custom-layer",
    "ex-clock-text",
    "was 0.6 to 0.7 °C with all winds and 1.7 to 2.2 °C in the gap",
)
def test_a_hidden_layer_learns_the_circle_but_not_the_gap():
    directions = np.arange(0, 360, 10).reshape(-1, 1)
    angle = directions * (np.pi / 180)
    warmth = 22 - 6 * np.cos(angle - np.pi / 9)
    inputs = {"compass": np.concatenate([np.sin(angle), np.cos(angle)], axis=1)}
    inputs["hidden"] = directions / 180 - 1

    def error(name, seen, seed):
        npx.random.seed(seed)
        net = nn.Sequential()
        net.add(*([nn.Dense(32, activation="tanh")] if name == "hidden" else []), nn.Dense(1))
        net.initialize(init.Xavier())
        trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.1})
        for _ in range(600):
            with autograd.record():
                loss = (net(inputs[name][seen]) - warmth[seen]) ** 2 / 2
            loss.backward()
            trainer.step(len(warmth[seen]))
        size = sum(p.data().size for p in net.collect_params().values())
        return size, abs(net(inputs[name]) - warmth).max().item()

    every, without_north = slice(None), slice(4, 33)
    # The smallest and the largest error in the gap among the seeds 0 to 11.
    for seed, right in ((1, 1.7), (8, 2.2)):
        size, everywhere = error("hidden", every, seed)
        assert size == 97
        assert 0.55 <= everywhere < 0.75
        _, gap = error("hidden", without_north, seed)
        assert round(gap, 1) == right
    size, gap = error("compass", without_north, 1)
    assert size == 3
    assert gap < 0.5


@claim("custom-layer", "gradient-gap-text", "With 32 bits the gap stays above $10^{-5}$")
@pytest.mark.parametrize(("dtype", "low", "high"), [("float32", 1e-5, 1e-3), ("float64", 0, 1e-9)])
def test_finite_differences_need_double_precision(dtype, low, high):
    x = np.array([0.5, -1.0, 2.0], dtype=dtype)
    with_gradient(x)
    with autograd.record():
        loss = np.tanh(x).sum()
    loss.backward()
    gaps = []
    for h in (10.0**-k for k in range(13)):
        found = []
        for k in range(3):
            one = np.array(numpy.eye(3)[k] * h, dtype=dtype)
            change = np.tanh(x + one).sum().item() - np.tanh(x - one).sum().item()
            found.append(change / (2 * h))
        gaps.append(numpy.abs(found - x.grad.asnumpy()).max())
    assert low < min(gaps) < high


@claim("custom-layer", "ex-selu-text", "the probabilities add up to 1 whatever you do")
def test_the_sum_of_a_softmax_has_no_gradient():
    x = data()
    with_gradient(x)
    with autograd.record():
        loss = npx.softmax(x).sum()
    loss.backward()
    assert np.abs(x.grad).max().item() < 1e-6


@claim("custom-layer", "ex-selu-text", "one that doubles the scores")
def test_the_sum_of_a_wrong_softmax_has_no_gradient_either():
    x = data()
    with_gradient(x)
    with autograd.record():
        loss = npx.softmax(2 * x).sum()
    loss.backward()
    assert np.abs(x.grad).max().item() < 1e-6


@claim("custom-layer", "ex-selu-text", "it raises a false alarm")
def test_a_kink_is_a_false_alarm():
    for numbers in ([0.0], [0.0, 1.0], [0.0, 1.0, -2.0]):
        assert 0.4 < gradient_gaps(nn.Activation("relu"), np.array(numbers))["input 0"] <= 1


@claim("custom-layer", "ex-selu-text", "we saw up to $3 \\cdot 10^{-4}$")
@claim("custom-layer", "ex-selu-text", "one activation function of the library is really wrong")
@claim(
    "custom-layer", "ex-selu-text", "One of these activation functions has a wrong backward pass"
)
def test_activations_of_the_library():
    x = np.array([[0.5, -3.0, 2.0, -1.0, 0.1, -0.3]])

    def gap(layer):
        return gradient_gaps(ready(layer), x)["input 0"]

    right = [nn.Activation(name) for name in ("tanh", "sigmoid", "softrelu")]
    assert all(gap(layer) < 1e-8 for layer in (*right, nn.ELU(), nn.Swish()))
    assert all(1e-6 < gap(layer) < 1e-3 for layer in (nn.GELU(), nn.LeakyReLU(0.1)))
    assert gap(nn.LeakyReLU(0.01)) < 1e-6
    assert 2e-4 < gradient_gaps(nn.GELU(), np.array([[-3.0, -4.0]]))["input 0"] < 4e-4
    assert gap(nn.SELU()) > 0.01
    exact = numpy.where(x.asnumpy() > 0, x.asnumpy(), 0.1 * x.asnumpy().astype("float64"))
    values = nn.LeakyReLU(0.1)(x.astype("float64")).asnumpy()
    assert 1e-10 < abs(values / exact - 1).max() < 1e-6


@claim("custom-layer", "norm-close-text", "Ours returns two rows of *four* numbers")
@claim("custom-layer", "norm-close-text", "The library refuses, `Shape inconsistent`")
def test_broadcasting_hides_another_width():
    ours, library = ready(ShapedScale()), ready(nn.LayerNorm())
    ours(data())
    library(data())
    assert ours(np.ones((2, 1))).shape == (2, 4)
    with pytest.raises(MXNetError, match="Shape inconsistent"):
        library(np.ones((2, 1)))


@claim("custom-layer", "hybrid", "inside a hybridized network the layer gets symbols")
@claim("custom-layer", "hybrid", "there the fault is silent again")
def test_a_forward_sees_symbols_inside_a_hybridized_network():
    class Strict(ShapedScale):
        def forward(self, x, *args):
            known = self.gamma.shape[0]
            if known > 0 and hasattr(x, "shape") and x.shape[-1] != known:
                raise ValueError("columns")
            return super().forward(x, *args)

    net, narrow = nn.HybridSequential(), np.ones((2, 1))
    net.add(Strict())
    ready(net)(data())
    with pytest.raises(ValueError, match="columns"):
        net(narrow)
    net.hybridize()
    net(data())
    assert net(narrow).shape == (2, 4)


@claim("custom-layer", "norm-model-text", "the answer is frozen in it")
@claim("custom-layer", "norm-model-text", "do look at the mode at each call")
def test_a_graph_freezes_is_training():
    class Asks(nn.HybridBlock):
        def hybrid_forward(self, F, x):
            return 10 * x if autograd.is_training() else 1 * x

    class Drops(nn.HybridBlock):
        def hybrid_forward(self, F, x):
            return F.npx.dropout(x, p=0.5)

    for layer, same in ((Asks(), True), (Drops(), False)):
        layer.hybridize()
        with autograd.record():
            training = layer(np.ones(100))
        assert np.array_equal(training, layer(np.ones(100))) == same


@claim(
    "custom-layer", "norm-infer-text", "set `gamma.shape` and call `gamma._finish_deferred_init()`"
)
def test_a_block_may_finish_the_initialization_itself():
    class Waits(nn.Block):
        def __init__(self):
            super().__init__()
            waiting = {"shape": (-1,), "allow_deferred_init": True, "init": "ones"}
            self.gamma = self.params.get("gamma", **waiting)

        def forward(self, x):
            self.gamma.shape = (x.shape[-1],)
            self.gamma._finish_deferred_init()
            return x * self.gamma.data(x.ctx)

    assert ready(Waits())(np.ones((2, 4))).tolist() == np.ones((2, 4)).tolist()


@claim("custom-layer", "norm-model-text", "a `BatchNorm` gets wrong gradients unless you call")
def test_backward_has_a_mode_of_its_own():
    norm, x, factors = ready(nn.BatchNorm()), data(), data()
    with_gradient(x)
    found = []
    for train_mode in (True, False):
        with autograd.record(train_mode=False):
            loss = (norm(x) * factors).sum()
        loss.backward(train_mode=train_mode)
        found.append(np.allclose(x.grad, factors, atol=1e-4))
    assert found == [False, True]
