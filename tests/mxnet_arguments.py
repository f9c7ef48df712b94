"""Calls of MXNet that a NumPy scalar answers like a Python number of the same value.

Prints what differs: nothing, and nothing on Python 3.11 with NumPy 1.23.5 alone.
"""

import contextlib
import io

import mxnet as mx
import numpy as onp
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import data, nn, rnn  # noqa: F401  (for the calls)

npx.set_np()
v = mx.sym.Variable("v")
x0, n0 = np.array([[0, 1, 2], [3, 4, 5.5]]), mx.nd.array([[0, 1, 2], [3, 4, 5.5]])
k0 = np.array([[0, 1, 2], [3, 1, 2]], dtype="int32")
images, image = np.ones((1, 1, 4, 4)), np.ones((4, 4, 3), dtype="uint8")


def put(array, index, value):
    array[index] = value
    return array


def seeded(seed):
    mx.random.seed(seed)
    return np.random.uniform(size=3)


def symbol(node):
    return node.bind(mx.cpu(), {"v": n0}).forward()


def net(block, given=None):
    results = []
    for hybrid in (False, True):
        block.initialize(init.Constant(0.5), force_reinit=True)
        block.hybridize(hybrid)
        results.append(block(x0 if given is None else given))
    return results + [parameter.shape for parameter in block.collect_params().values()]


def parameter(shape=(2, 2), **options):
    parameter = gluon.Parameter("weight", shape=shape, **options)
    parameter.initialize(init.Constant(0.5))
    return [
        parameter.data(),
        {k: float(s) for k, s in parameter.var().list_attr().items() if "mult" in k},
    ]


def graded(function):
    y = x0.copy()
    y.attach_grad()
    with autograd.record():
        z = function(y)
    z.backward()
    return [z, y.grad]


def trained(optimizer, batch, **options):
    block = nn.Dense(2, in_units=3)
    block.initialize(init.Constant(0.5))
    trainer = gluon.Trainer(block.collect_params(), optimizer, options)
    for _ in range(2):
        with autograd.record():
            loss = (block(x0) ** 2).mean()
        loss.backward()
        trainer.step(batch)
    return block.weight.data()


def summary(block):
    block.initialize()
    with contextlib.redirect_stdout(io.StringIO()) as text:
        block.summary(x0)
    return text.getvalue().partition("Total params")[2]


def outcome(value):
    if isinstance(value, (mx.nd.NDArray, onp.ndarray)):
        array = value if isinstance(value, onp.ndarray) else value.asnumpy()
        kept = onp.round(array.astype("float64"), 5).tolist()
        return [type(value).__name__, str(array.dtype), array.shape, kept]
    if isinstance(value, (list, tuple)):
        return [outcome(part) for part in value]
    return value if isinstance(value, (dict, str)) else f"{value}" if value == value else "nan"


def call(text, make):
    mx.random.seed(3)
    onp.random.seed(3)
    names = {"x": x0.copy(), "n": n0.copy(), "k": k0.copy(), "S": make}
    return outcome(eval(text, {**globals(), **names}))


# Where MXNet knows no other integers of NumPy.
INDICES = """
net(rnn.GRU(S(2), S(1)), np.ones((2, 2, 3)))
list(data.BatchSampler(data.SequentialSampler(S(3)), S(2), "keep"))
data.SimpleDataset([1, 2]).take(S(1))[0]
np.array_split(x, S(2))
np.pad(x, ((S(1), S(1)), (S(0), S(2))))
np.delete(x, S(1), axis=S(1))
x[S(1)]
x[S(0), S(1)]
x[None, S(1)]
put(x, S(1), S(2))
put(x, (slice(S(0), S(1)), S(1)), S(2))
n[S(1)]
put(n, S(1), S(2))
seeded(S(7))
gluon.utils.split_data(x, S(2), S(0))
"""
INTEGERS = """
np.ones(S(2))
np.ones((S(2), 3))
np.zeros([S(2), S(1)])
np.full((S(2),), 7)
np.eye(S(2), k=S(1))
np.arange(S(0), S(4), S(2))
np.linspace(0, 1, S(3))
np.indices((S(2), 2))
np.array([S(2), S(1)], dtype="int8")
np.array([[S(2)]], dtype="float64")
np.array([S(2), 1.5])
x.reshape(S(3), 2)
x.reshape((S(3), -1))
x.transpose((S(1), S(0)))
np.moveaxis(x, S(0), S(1))
np.expand_dims(x, S(1))
np.squeeze(np.ones((1, 1, 2)), axis=(S(0), S(1)))
np.tile(x, (S(2), 1))
np.broadcast_to(np.ones((1, 3)), (S(2), S(3)))
np.repeat(x, S(2), axis=S(1))
np.flip(x, S(1))
np.sum(x, axis=(S(0), S(1)))
x.mean(axis=S(1))
np.max(x, axis=(S(1),))
np.var(x, axis=S(0))
np.argmax(x, axis=S(1))
np.sort(x, axis=S(1))
np.cumsum(x, axis=S(1))
np.concatenate([x, x], axis=S(1))
np.stack([x, x], axis=S(1))
np.split(x, [S(1), S(2)], axis=1)
np.roll(x, (S(1), S(2)), axis=(S(0), S(1)))
np.rot90(x, S(1), (S(0), 1))
np.tensordot(x, x.T, S(1))
np.tensordot(x, x, axes=([S(0), S(1)], [S(0), S(1)]))
np.diff(x, n=S(1), axis=S(1))
np.diag(x, k=S(1))
np.unravel_index(S(2), (2, 3))
np.around(x, S(1))
x[S(0):S(2), ::S(2)]
x[[S(0), S(1)], [S(1), S(2)]]
put(k, slice(None), [S(0), S(1), S(2)])
npx.one_hot(np.array([0, 1]), S(2))
npx.topk(x, k=S(2), axis=S(1))
npx.softmax(x, axis=S(1))
npx.pick(x, np.array([0, 1]), axis=S(1))
npx.reshape(x, (S(3), S(2)))
npx.pooling(images, kernel=(S(2), S(2)), stride=(S(1), S(2)))
mx.nd.ones((S(2), S(3)))
mx.nd.zeros(S(2))
mx.nd.arange(S(0), S(4), repeat=S(2))
mx.nd.eye(S(2))
n.reshape((S(3), S(2)))
n.transpose((S(1), 0))
n.sum(axis=(S(0), S(1)))
n.broadcast_to((S(2), S(3)))
mx.nd.slice(n, begin=(S(0), None), end=(None, S(2)))
mx.nd.split(n, num_outputs=S(2), axis=S(0))
mx.nd.concat(n, n, dim=S(1))
mx.nd.tile(n, reps=(S(2), S(1)))
n[S(0):S(1)]
mx.nd.sparse.zeros("csr", (S(2), S(3))).asnumpy()
mx.nd.topk(n, k=S(2), axis=S(1))
mx.nd.random.normal(shape=(S(2), S(1)))
np.random.uniform(size=(S(2),))
np.random.normal(size=S(2))
np.random.randint(S(0), S(9), size=S(2))
np.random.choice(S(5), size=S(2))
symbol(mx.sym.reshape(v, shape=(S(3), S(2))))
symbol(mx.sym.sum(v, axis=(S(0), S(1))))
symbol(mx.sym.slice(v, begin=(S(0), S(1)), end=(S(2), S(2))))
symbol(v + S(2))
symbol(S(2) - v)
symbol(mx.sym.ones((S(2), S(3))) + v)
symbol(mx.sym.FullyConnected(v, num_hidden=S(2)).get_internals()[0])
mx.sym.Variable("w", shape=(S(2), S(3)), lr_mult=S(2)).list_attr()
v.infer_shape(v=(S(2), S(3)))
net(nn.Dense(S(2)))
net(nn.Embedding(S(6), S(2)))
net(nn.BatchNorm(axis=S(1)))
net(nn.Dropout(S(0)))
net(nn.Conv2D(S(2), S(2), strides=(S(1), S(1)), padding=S(1)), images)
net(nn.LayerNorm(axis=S(1)))
net(nn.Conv2DTranspose(S(2), kernel_size=(S(2), S(2))), images)
net(nn.MaxPool2D(S(2), S(1)), images)
net(nn.HybridLambda(lambda F, x: F.np.sum(x, axis=(S(0),))))
parameter(shape=(S(2), S(3)))
trained("sgd", S(2))
mx.cpu(S(0))
summary(nn.Dense(S(2)))
gluon.utils.split_and_load(x, [mx.cpu(S(0)), mx.cpu(S(1))])
list(data.DataLoader(data.ArrayDataset(x, x), S(2)))
[batch.data for batch in mx.io.NDArrayIter(onp.ones((4, 2)), batch_size=S(2))]
data.vision.transforms.Resize((S(2), S(2)))(image)
mx.metric.TopKAccuracy(S(2)).get()
mx.lr_scheduler.FactorScheduler(S(2), 0.5, base_lr=1.0)(3)
"""
NUMBERS = """
x + S(2)
S(2) + x
x - S(2)
S(2) - x
x * S(2)
S(2) * x
x / S(2)
x ** S(2)
S(2) ** x
x % S(2)
x == S(2)
x < S(2)
x >= S(2)
n + S(2)
S(2) + n
n * S(2)
S(2) * n
S(2) - n
n / S(2)
n == S(2)
symbol(v * S(2))
symbol(S(2) * v)
symbol(v ** S(2))
symbol(v / S(2))
symbol(S(2) - v)
np.full((2,), S(2), dtype="float32")
mx.nd.full((2,), S(2))
mx.nd.array([S(2)])
np.maximum(x, S(2))
np.clip(x, S(1), S(2))
np.where(x > S(1), x, S(0))
mx.nd.clip(n, a_min=S(1), a_max=S(2))
put(x, 0, S(2))
np.pad(x, ((1, 1), (0, 0)), mode="constant", constant_values=S(2))
npx.leaky_relu(x, slope=S(2))
npx.smooth_l1(x, scalar=S(2))
np.random.normal(S(1), S(0), size=(2,))
mx.nd.random.uniform(S(1), S(1))
graded(lambda y: y * S(2))
graded(lambda y: S(2) * y)
graded(lambda y: y ** S(2))
graded(lambda y: S(1) - y)
net(nn.Dropout(S(0)))
net(nn.LeakyReLU(S(2)))
net(nn.LayerNorm(epsilon=S(1)))
parameter(lr_mult=S(2))
trained("sgd", 1, learning_rate=S(1), momentum=S(0), wd=S(1), clip_gradient=S(2))
trained("adam", 1, learning_rate=S(1), beta1=S(0), beta2=S(0), epsilon=S(1))
trained("sgd", 1, learning_rate=S(1), rescale_grad=S(2))
gluon.utils.clip_global_norm([n, n * 2], S(2))
gluon.loss.L2Loss(weight=S(2))(x, x + 1)
mx.lr_scheduler.FactorScheduler(1, factor=0.5, base_lr=float(S(2)))(3)
"""
WHOLE = ("int8", "int16", "int32", "int64", "longlong", "uint8", "uint16", "uint32", "uint64")
REAL = ("float16", "float32", "float64", "longdouble")
TRIALS = [
    (int, ("int32", "int64"), INDICES),
    (int, WHOLE, INTEGERS.strip() + NUMBERS),
    (float, REAL, NUMBERS),
]

for python, kinds, calls in TRIALS:
    for text in calls.strip().splitlines():
        expected = call(text, python)
        for kind in kinds:
            try:
                found = call(text, getattr(onp, kind))
            except Exception as error:
                found = repr(error)
            if found != expected:
                print(text, kind, found, "in place of", expected)
