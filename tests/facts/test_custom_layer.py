"""What the section on layers of one's own says about MXNet."""

import contextlib
import io
import warnings

import numpy
import pytest
from mxnet import MXNetError, autograd, cpu, gluon, init, np, npx
from mxnet.gluon import nn
from mxnet.gluon.parameter import DeferredInitializationError

from tests.facts.claims import claim

CONTEXTS = [cpu(0), cpu(1)]


class Own(nn.Block):
    """A fully connected layer; `get` asks for a value on the input's context."""

    def __init__(self, units, in_units, **kwargs):
        super().__init__(**kwargs)
        self.weight = self.params.get("weight", shape=(units, in_units))
        self.bias = self.params.get("bias", shape=(units,), init="zeros")

    def get(self, parameter, x):
        return parameter.data(x.ctx)

    def forward(self, x):
        return np.dot(x, self.get(self.weight, x).T) + self.get(self.bias, x)


class WithoutContext(Own):
    def get(self, parameter, x):
        return parameter.data()


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


@claim("custom-layer", "fit-run-text", "`nn.Lambda` turns a function into a block")
def test_lambda_makes_a_block():
    block = nn.Lambda(lambda x: x / 2)
    assert isinstance(block, nn.Block)
    assert block(np.ones(2)).tolist() == [0.5, 0.5]


@claim("custom-layer", "params", "makes it if there is none")
@claim("custom-layer", "names-clash-text", "The old one, the very same object")
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
    "get-twice-text",
    "the name of the class in small letters and a number from a counter",
)
def test_names_begin_with_a_prefix():
    first, second = Own(3, 4), Own(3, 4)
    numbers = [int(layer.name.removeprefix("own")) for layer in (first, second)]
    assert numbers[1] == numbers[0] + 1
    assert list(first.collect_params()) == [f"own{numbers[0]}_weight", f"own{numbers[0]}_bias"]
    assert list(Own(3, 4, prefix="sky_").collect_params()) == ["sky_weight", "sky_bias"]


@claim("custom-layer", "get-twice-text", "there a key is a place in the tree, as in `0.weight`")
def test_files_use_places_for_keys():
    net = in_container(Own(3, 4, prefix="sky_"))
    net.save_parameters("net.params")
    assert sorted(npx.load("net.params")) == ["0.bias", "0.weight"]


@claim("custom-layer", "in-model-text", "`initialize` calls `collect_params`")
def test_equal_prefixes_are_an_error():
    net = nn.Sequential()
    net.add(Own(4, 4, prefix="sky_"), Own(4, 4, prefix="sky_"))
    with pytest.raises(AssertionError, match="different Parameters with the same name"):
        net.initialize()


@claim("custom-layer", "gradient-gap-text", "A limit of $10^{-6}$ is then wide enough")
def test_finite_differences_are_exact_enough_in_double_precision_only():
    for dtype, least, most in (("float32", 1e-6, 1), ("float64", 0, 1e-8)):
        x = data().astype(dtype)
        with_gradient(x)
        with autograd.record():
            loss = np.tanh(x).sum()
        loss.backward()
        gaps = []
        for h in (10.0**-k for k in range(13)):
            found = (np.tanh(x + h) - np.tanh(x - h)) / (2 * h)
            gaps.append(np.abs(found - x.grad).max().item())
        assert least < min(gaps) < most


@claim("custom-layer", "mistakes", "`asnumpy` has cut the tape, and nothing flows back to `x`")
def test_asnumpy_cuts_the_tape():
    layer, x = ready(Own(3, 4)), data()
    with_gradient(x)
    with autograd.record():
        loss = layer(np.array(x.asnumpy())).sum()
    loss.backward()
    assert not np.any(x.grad)
    assert np.any(layer.weight.grad())


@claim("custom-layer", "bias-xavier-text", "random numbers between $-0.07$ and $0.07$")
@claim("custom-layer", "bias-xavier-text", "The name `bias` has no magic")
def test_a_parameter_without_initializer_is_random():
    layer = nn.Block()
    bias = layer.params.get("bias", shape=(1000,))
    layer.initialize()
    assert 0.06 < np.abs(bias.data()).max().item() <= 0.07
    dense = nn.Dense(4, in_units=3)
    dense.initialize()
    assert not np.any(dense.bias.data())


@claim("custom-layer", "list-params-text", "it `cannot be applied to vector shift0_bias`")
def test_xavier_refuses_vectors():
    layer = nn.Block()
    layer.params.get("bias", shape=(4,))
    with pytest.raises(ValueError, match=r"cannot be applied to vector .*bias"):
        layer.initialize(init.Xavier())


@claim("custom-layer", "list-saved-text", "so they are initialized and trained")
@claim("custom-layer", "list-repaired-text", "No error, no warning")
@claim("custom-layer", "list-repaired-text", "A parameter that is no attribute has no key")
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


@claim("custom-layer", "devices", "MXNet 1.9.1 takes it for a file in the old format")
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


def halves():
    x = data()
    return x, [x[:1], x[1:].as_in_ctx(cpu(1))]


def gradients_of_halves(layer, parts):
    for part in parts:
        with autograd.record():
            loss = layer(part).sum()
        loss.backward()
    return [grad[0].asnumpy() for grad in layer.weight.list_grad()]


@claim("custom-layer", "homebody-text", "The copy on `cpu(0)` holds the first row of `x`")
@claim("custom-layer", "homebody-text", "A trainer will add the two up")
def test_each_copy_gets_the_gradient_of_its_half():
    layer = ready(Own(3, 4), ctx=CONTEXTS)
    x, parts = halves()
    assert numpy.allclose(gradients_of_halves(layer, parts), x.asnumpy())
    before = layer.weight.data(cpu(0)).copy()
    gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 1}).step(1)
    for context in CONTEXTS:
        step = before - layer.weight.data(context).as_in_ctx(cpu(0))
        assert np.allclose(step[0], x.sum(axis=0), atol=1e-5)


@claim("custom-layer", "stale-text", "`data()` takes the copy of the current context")
@claim("custom-layer", "stale-text", "Fortunately there is one more guard, the trainer")
def test_data_without_a_context_loses_half_of_the_gradient():
    layer = ready(WithoutContext(3, 4), ctx=CONTEXTS)
    x, parts = halves()
    first, second = gradients_of_halves(layer, parts)
    assert numpy.allclose(first, x[1].asnumpy())
    assert not second.any()
    trainer = gluon.Trainer(layer.collect_params(), "sgd")
    with pytest.raises(UserWarning, match=r"on context cpu\(1\) has not been updated by backward"):
        trainer.step(2)


@claim("custom-layer", "deferred", "the message says where it can be found")
def test_a_parameter_elsewhere_is_an_error():
    layer = ready(Own(3, 4), ctx=cpu(1))
    with pytest.raises(RuntimeError, match=r"on context cpu\(0\).* only .*\[cpu\(1\)\]"):
        layer(data())


@claim("custom-layer", "lazy-block-text", "the error comes with the first call")
def test_a_wrong_size_shows_at_the_first_call():
    layer = ready(Own(3, 5))
    with pytest.raises(MXNetError, match=r"Provided = \[2,4\], inferred shape=\[-1,5\]"):
        layer(data())


@claim("custom-layer", "hybrid-dense-text", "A `Block` only calls `forward`")
def test_a_block_infers_no_shapes():
    class Lazy(nn.Block):
        def __init__(self):
            super().__init__()
            self.weight = self.params.get("weight", shape=(3, -1), allow_deferred_init=True)

        def forward(self, x):
            return np.dot(x, self.weight.data(x.ctx).T)

    layer = ready(Lazy())
    with pytest.raises(DeferredInitializationError, match="Please pass one batch of data"):
        layer(data())


@claim("custom-layer", "lazy-block-text", "the permission to wait")
def test_waiting_needs_permission():
    layer = nn.HybridBlock()
    layer.weight = layer.params.get("weight", shape=(3, -1))
    with pytest.raises(ValueError, match="invalid shape"):
        layer.initialize()


@claim("custom-layer", "hybrid-dense-text", "The product answers: (3, 4)")
@claim("custom-layer", "hybrid-dense-text", "taken from the right context")
@claim("custom-layer", "hybrid-equal-text", "The `-1` has become 4")
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


@claim("custom-layer", "function-check-text", "returns one for each input, in the same order")
@claim("custom-layer", "function-check-text", "`dy` arrives as an array of the old kind")
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


@claim("custom-layer", "function-check-text", "Each call needs a fresh instance")
def test_a_function_can_be_called_once():
    twice = Twice()
    twice(np.ones(2))
    with pytest.raises(AssertionError, match="only be called once"):
        twice(np.ones(2))


@claim("custom-layer", "function-add-text", "stops at the first argument that needs none")
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


@claim("custom-layer", "forms", "Nothing has been added")
def test_a_function_ignores_the_request_to_add():
    x = np.ones(3)
    x.attach_grad(grad_req="add")
    for _ in range(2):
        with autograd.record():
            y = Twice()(x)
        y.backward()
    assert x.grad.tolist() == [0, 0, 0]


@claim("custom-layer", "forms", "It can't be hybridized")
def test_a_function_cannot_be_hybridized():
    class Block(nn.HybridBlock):
        def hybrid_forward(self, F, x):
            return Dense()(np.ones((3, 4)), np.zeros(3), x)

    block = Block()
    block(data())
    block.hybridize()
    with pytest.raises(AssertionError, match="must have NDArray type"):
        block(data())


@claim("custom-layer", "forms", "silently forgets your way back")
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


@claim("custom-layer", "forms", "an error in it shows only when you read a gradient")
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
    "custom-layer", "forms", "an array that you change before that time makes the gradient wrong"
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


@claim("custom-layer", "norm-infer-text", "four numbers would fit, but a single one would fit")
@claim("custom-layer", "norm-infer-text", "The method `infer_shape` takes the input")
def test_elementwise_products_do_not_infer_shapes():
    with pytest.raises(ValueError, match="shape cannot be inferred"):
        ready(Scale())(data())
    layer = ready(ShapedScale())
    layer(data())
    assert layer.gamma.shape == (4,)


@claim("custom-layer", "norm-model-text", "never asks the `infer_shape` of a layer inside it")
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


@claim("custom-layer", "norm-checks-text", "always add up to 0")
def test_the_sum_of_a_normalized_row_has_no_gradient():
    norm, x = ready(nn.LayerNorm()), data()
    with_gradient(x)
    with autograd.record():
        loss = norm(x).sum()
    loss.backward()
    assert np.abs(x.grad).max().item() < 1e-5


@claim("custom-layer", "pytorch", "$\\epsilon$ is the same")
def test_layer_norm_is_the_formula():
    norm, x = ready(nn.LayerNorm()), data()
    rows = x.asnumpy()
    centered = rows - rows.mean(axis=1, keepdims=True)
    right = centered / numpy.sqrt(rows.var(axis=1, keepdims=True) + 1e-5)
    assert numpy.allclose(norm(x).asnumpy(), right, atol=1e-5)
