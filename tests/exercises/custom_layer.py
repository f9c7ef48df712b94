"""Answers that readers may write to the exercises of custom-layer: right and wrong ones."""

import numpy
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn

# 4: a clock


class Periodic(nn.Block):
    def __init__(self, period, **kwargs):
        super().__init__(**kwargs)
        self.period = period


class ClockStack(Periodic):
    def forward(self, t):
        angle = 2 * np.pi * t[:, 0] / self.period
        return np.stack([np.sin(angle), np.cos(angle)], axis=1)


class ClockHybrid(nn.HybridBlock):
    def __init__(self, period):
        super().__init__()
        self.turn = 6.283185307 / period

    def hybrid_forward(self, F, t):
        return F.np.concatenate([F.np.sin(t * self.turn), F.np.cos(t * self.turn)], axis=1)


class ClockOfConstant(nn.Block):
    def __init__(self, period):
        super().__init__()
        self.period = self.params.get_constant("period", np.array([period]))

    def forward(self, t):
        angle = 2 * np.pi * t / self.period.data(t.ctx)
        return np.hstack([np.sin(angle), np.cos(angle)])


def clock_of_lambda(period):
    return nn.Lambda(
        lambda t: np.concatenate(
            [np.sin(2 * np.pi * t / period), np.cos(2 * np.pi * t / period)], -1
        )
    )


class CosineFirst(Periodic):
    def forward(self, t):
        angle = 2 * np.pi * t / self.period
        return np.concatenate([np.cos(angle), np.sin(angle)], axis=-1)


class WithoutTwoPi(Periodic):
    def forward(self, t):
        return np.concatenate([np.sin(t / self.period), np.cos(t / self.period)], axis=-1)


class HalfATurn(Periodic):
    def forward(self, t):
        angle = np.pi * t / self.period
        return np.concatenate([np.sin(angle), np.cos(angle)], axis=-1)


class CompassAgain(Periodic):
    def forward(self, t):
        angle = t * (np.pi / 180)
        return np.concatenate([np.sin(angle), np.cos(angle)], axis=-1)


class TimesPeriod(Periodic):
    def forward(self, t):
        angle = 2 * np.pi * t * self.period
        return np.concatenate([np.sin(angle), np.cos(angle)], axis=-1)


class InDegrees(Periodic):
    def forward(self, t):
        angle = 360 / self.period * t
        return np.concatenate([np.sin(angle), np.cos(angle)], axis=-1)


class ConcatenatesRows(Periodic):
    def forward(self, t):
        angle = 2 * np.pi * t / self.period
        return np.concatenate([np.sin(angle), np.cos(angle)])


class GivesTwoArrays(Periodic):
    def forward(self, t):
        angle = 2 * np.pi * t / self.period
        return np.sin(angle), np.cos(angle)


class ClockThroughNumPy(ClockStack):
    def forward(self, t):
        return super().forward(np.array(t.asnumpy()))


class LearnedPeriod(nn.Block):
    def __init__(self, period):
        super().__init__()
        self.period = self.params.get("period", shape=(1,), init=init.Constant(period))

    def forward(self, t):
        angle = 2 * np.pi * t / self.period.data(t.ctx)
        return np.concatenate([np.sin(angle), np.cos(angle)], axis=-1)


class OnlySine(Periodic):
    def forward(self, t):
        return np.sin(2 * np.pi * t / self.period)


# 1: calibration


class CalibrationHybrid(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        with self.name_scope():
            self.shift = self.params.get("b", shape=(units,), init="zeros")
            self.scale = self.params.get("a", shape=units, init="ones")

    def hybrid_forward(self, F, x, scale, shift):
        return F.np.add(shift, x * scale)


class CalibrationDeferred(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        for name, start in (("scale", "ones"), ("shift", "zeros")):
            waiting = {"shape": (-1,), "init": start, "allow_deferred_init": True}
            setattr(self, name, self.params.get(name, **waiting))

    def infer_shape(self, x):
        self.scale.shape = self.shift.shape = (x.shape[-1],)

    def hybrid_forward(self, F, x, scale, shift):
        return x * scale + shift


class CalibrationOfRows(nn.Block):
    """Keeps rows, and what is to be added to the input once more."""

    def __init__(self, units):
        super().__init__()
        self.more = self.params.get("more", shape=(1, units), init="zeros")
        self.shift = self.params.get("shift", shape=(1, units), init="zeros")

    def forward(self, x):
        return x + x * self.more.data(x.ctx) + self.shift.data(x.ctx)


class CalibrationOfTwoBlocks(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.scaling, self.shifting = ScaleOnly(units), ShiftOnly(units)

    def forward(self, x):
        return self.shifting(self.scaling(x))


class ScaleOnly(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.scale = self.params.get("scale", shape=(units,), init="ones")

    def forward(self, x):
        return x * self.scale.data(x.ctx)


class ShiftOnly(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.shift = self.params.get("shift", shape=(units,), init="zeros")

    def forward(self, x):
        return x + self.shift.data(x.ctx)


class TwoParameters(nn.Block):
    starts = ("ones", "zeros")

    def __init__(self, units):
        super().__init__()
        scale, shift = self.starts
        self.scale = self.params.get("scale", shape=(units,), init=scale)
        self.shift = self.params.get("shift", shape=(units,), init=shift)

    def forward(self, x):
        return x * self.scale.data(x.ctx) + self.shift.data(x.ctx)


class NothingSaidOfInit(TwoParameters):
    starts = (None, None)


class ShiftWithoutInit(TwoParameters):
    starts = ("ones", None)


class ScaleWithoutInit(TwoParameters):
    starts = (None, "zeros")


class ScaleOfZeros(TwoParameters):
    starts = ("zeros", "zeros")


class AddsFirst(TwoParameters):
    def forward(self, x):
        return (x + self.shift.data(x.ctx)) * self.scale.data(x.ctx)


class PlainArrays(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.scale, self.shift = np.ones(units), np.zeros(units)

    def forward(self, x):
        return x * self.scale + self.shift


class Constants(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.scale = self.params.get_constant("scale", np.ones(units))
        self.shift = self.params.get_constant("shift", np.zeros(units))

    def forward(self, x):
        return x * self.scale.data(x.ctx) + self.shift.data(x.ctx)


class CalibrationOfOneParameter(nn.Block):
    """Keeps what is to be added to the input once more, and the shift, as two rows."""

    def __init__(self, units):
        super().__init__()
        self.rows = self.params.get("rows", shape=(2, units), init="zeros")

    def forward(self, x):
        more, shift = self.rows.data(x.ctx)
        return x * (1 + more) + shift


class CalibrationDetached(TwoParameters):
    def forward(self, x):
        return x * self.scale.data(x.ctx).detach() + self.shift.data(x.ctx).detach()


class CalibrationOfCopies(TwoParameters):
    def forward(self, x):
        scale = np.array(self.scale.data(x.ctx).asnumpy())
        return x * scale + self.shift.data(x.ctx)


class ParametersInAList(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.both = [
            self.params.get("scale", shape=(units,), init="ones"),
            self.params.get("shift", shape=(units,), init="zeros"),
        ]

    def forward(self, x):
        scale, shift = (parameter.data(x.ctx) for parameter in self.both)
        return x * scale + shift


class OneNumberForAll(TwoParameters):
    def __init__(self, units):
        super().__init__(1)


class ParameterOutsideParams(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.scale = gluon.Parameter("scale", shape=(units,), init="ones")
        self.shift = gluon.Parameter("shift", shape=(units,), init="zeros")

    def forward(self, x):
        return x * self.scale.data() + self.shift.data()


class ScaleForgotten(TwoParameters):
    def forward(self, x):
        return x + self.shift.data(x.ctx)


class CalibrationThroughNumPy(TwoParameters):
    def forward(self, x):
        return super().forward(np.array(x.asnumpy(), ctx=x.ctx))


# 7: a layer that waits for the data


class WaitingOperator(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.weight = self.params.get("weight", shape=(units, 0), allow_deferred_init=True)
        self.bias = self.params.get("bias", shape=(units,), init="zeros")

    def hybrid_forward(self, F, x, weight, bias):
        return F.npx.relu(F.npx.fully_connected(x, weight, bias, num_hidden=self.units))


class WaitingTransposed(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.weight = self.params.get("weight", shape=(-1, units), allow_deferred_init=True)
        self.bias = self.params.get("bias", shape=(units,), init="zeros")

    def hybrid_forward(self, F, x, weight, bias):
        return F.np.maximum(F.np.dot(x, weight) + bias, 0)


class WaitingInferred(WaitingTransposed):
    def infer_shape(self, x):
        self.weight.shape = (x.shape[1], self.weight.shape[1])


class WaitingSigned(WaitingTransposed):
    def hybrid_forward(self, F, x, weight, bias):
        return F.npx.relu(x @ weight + bias)


class WaitingBlock(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.weight = self.params.get("weight", shape=(units, -1), allow_deferred_init=True)
        self.bias = self.params.get("bias", shape=(units,), init="zeros")
        self.relu = nn.Activation("relu")

    def forward(self, x):
        self.weight.shape = (self.units, x.shape[1])
        self.weight._finish_deferred_init()
        return self.relu(np.dot(x, self.weight.data(x.ctx).T) + self.bias.data(x.ctx))


class WaitingDetached(WaitingBlock):
    def forward(self, x):
        self.weight.shape = (self.units, x.shape[1])
        self.weight._finish_deferred_init()
        weight, bias = self.weight.data(x.ctx).detach(), self.bias.data(x.ctx).detach()
        return self.relu(np.dot(x, weight.T) + bias)


class Waiting(nn.HybridBlock):
    start, may_wait = "zeros", True

    def __init__(self, units):
        super().__init__()
        weight = {"shape": (units, -1), "allow_deferred_init": self.may_wait}
        self.weight = self.params.get("weight", **weight)
        self.bias = self.params.get("bias", shape=(units,), init=self.start)

    def hybrid_forward(self, F, x, weight, bias):
        return F.npx.relu(F.np.dot(x, weight.T) + bias)


class BiasWithoutInit(Waiting):
    start = None


class ForgetsReLU(Waiting):
    def hybrid_forward(self, F, x, weight, bias):
        return F.np.dot(x, weight.T) + bias


class ForgetsBias(Waiting):
    def hybrid_forward(self, F, x, weight, bias):
        return F.npx.relu(F.np.dot(x, weight.T) + 0 * bias)


class WithoutBias(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.weight = self.params.get("weight", shape=(units, -1), allow_deferred_init=True)

    def hybrid_forward(self, F, x, weight):
        return F.npx.relu(F.np.dot(x, weight.T))


class PlainBlockWaits(WaitingBlock):
    def forward(self, x):
        return npx.relu(np.dot(x, self.weight.data(x.ctx).T) + self.bias.data(x.ctx))


class CountsByHand(Waiting):
    def __init__(self, units):
        super().__init__(units)
        self.weight.shape = (units, 3)


class MayNotWait(Waiting):
    may_wait = False


class DrawsItsOwnWeight(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.bias = self.params.get("bias", shape=(units,), init="zeros")

    def forward(self, x):
        weight = self.params.get("weight", shape=(self.units, x.shape[1]))
        if weight._data is None:
            weight.initialize()
        return npx.relu(np.dot(x, weight.data(x.ctx).T) + self.bias.data(x.ctx))


class NewWeightAtEachCall(DrawsItsOwnWeight):
    def forward(self, x):
        weight = np.random.normal(size=(x.shape[1], self.units))
        return npx.relu(np.dot(x, weight) + self.bias.data(x.ctx))


class DenseInside(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.dense = nn.Dense(units, activation="relu")

    def forward(self, x):
        return self.dense(x)


# 6: a brake for gradients


class BrakeByMinimum(autograd.Function):
    def __init__(self, limit):
        super().__init__()
        self.limit = limit

    def forward(self, x):
        return x * 1

    def backward(self, dy):
        capped = np.minimum(np.maximum(dy.as_np_ndarray(), -self.limit), self.limit)
        return [capped.as_nd_ndarray()]


class BrakeOfOldArrays(BrakeByMinimum):
    def backward(self, dy):
        return dy.clip(-self.limit, self.limit)


def brake_factory(limit):
    return BrakeOfOldArrays(limit)


class ClipsValues(BrakeOfOldArrays):
    def forward(self, x):
        return np.clip(x, -self.limit, self.limit)


class LetsAllThrough(BrakeOfOldArrays):
    def backward(self, dy):
        return dy


class SendsZeros(BrakeOfOldArrays):
    def backward(self, dy):
        return 0 * dy


class CapsAboveOnly(BrakeOfOldArrays):
    def backward(self, dy):
        return dy.clip(-1e9, self.limit)


class CapsBelowOnly(BrakeOfOldArrays):
    def backward(self, dy):
        return dy.clip(-self.limit, 1e9)


class ClipsTheInput(BrakeOfOldArrays):
    def forward(self, x):
        self.save_for_backward(x)
        return x.copy()

    def backward(self, dy):
        (x,) = self.saved_tensors
        return np.clip(x, -self.limit, self.limit).as_nd_ndarray()


class GradientOfClip(BrakeOfOldArrays):
    def forward(self, x):
        self.save_for_backward(np.abs(x) <= self.limit)
        return x.copy()

    def backward(self, dy):
        (inside,) = self.saved_tensors
        return (dy.as_np_ndarray() * inside).as_nd_ndarray()


class SignsOnly(BrakeOfOldArrays):
    def backward(self, dy):
        return dy.sign() * self.limit


class ErasesLarge(BrakeOfOldArrays):
    def backward(self, dy):
        return dy * (dy.abs() <= self.limit)


class ShrinksTheWhole(BrakeOfOldArrays):
    def backward(self, dy):
        length = float(dy.square().sum().asscalar()) ** 0.5
        return dy * min(1, self.limit / length)


class MixesKinds(BrakeOfOldArrays):
    def backward(self, dy):
        return np.clip(dy, -self.limit, self.limit)


class GivesNewKind(BrakeOfOldArrays):
    def backward(self, dy):
        return np.clip(dy.as_np_ndarray(), -self.limit, self.limit)


class BackwardFails(BrakeOfOldArrays):
    def backward(self, dy):
        return dy.clip(-self.limits, self.limit)


class BackwardForgotten(autograd.Function):
    def __init__(self, limit):
        super().__init__()

    def forward(self, x):
        return x.copy()


class GivesTheInputItself(BrakeOfOldArrays):
    def forward(self, x):
        return x


class BrakeWithoutSuper(BrakeOfOldArrays):
    def __init__(self, limit):
        self.limit = limit


class BrakeBlock(nn.Block):
    def __init__(self, limit):
        super().__init__()
        self.limit = limit

    def forward(self, x):
        return BrakeOfOldArrays(self.limit)(x)


def clip_function(limit):
    return lambda x: np.clip(x, -limit, limit)


# 9: two inputs that meet


class BilinearDot(nn.Block):
    def __init__(self, units, left, right):
        super().__init__()
        self.offset = self.params.get("offset", shape=(units,), init="zeros")
        self.weight = self.params.get("weight", shape=(units, left, right))

    def forward(self, a, b):
        product = np.dot(a, self.weight.data(a.ctx)) * b[:, None, :]
        return product.sum(axis=-1) + self.offset.data(a.ctx)


class BilinearLoop(BilinearDot):
    def forward(self, a, b):
        columns = [(np.dot(a, matrix) * b).sum(axis=1) for matrix in self.weight.data(a.ctx)]
        return np.stack(columns, axis=1) + self.offset.data(b.ctx)


class BilinearHybrid(nn.HybridBlock):
    def __init__(self, units, left, right):
        super().__init__()
        self.weight = self.params.get("weight", shape=(units, left, right))
        self.bias = self.params.get("bias", shape=(units,), init="zeros")

    def hybrid_forward(self, F, a, b, weight, bias):
        return F.np.einsum("ni,kij,nj->nk", a, weight, b) + bias


class BilinearOuter(BilinearDot):
    def forward(self, a, b):
        weight = self.weight.data(a.ctx)
        pairs = (a[:, :, None] * b[:, None, :]).reshape(len(a), -1)
        return np.dot(pairs, weight.reshape(len(weight), -1).T) + self.offset.data(a.ctx)


class OffsetWithoutInit(BilinearDot):
    def __init__(self, units, left, right):
        super().__init__(units, left, right)
        self.offset.init = None


class ForgetsOffset(BilinearDot):
    def forward(self, a, b):
        return super().forward(a, b) - self.offset.data(a.ctx)


class MixesExamples(BilinearDot):
    def forward(self, a, b):
        product = np.einsum("ni,kij,nj->k", a, self.weight.data(a.ctx), b)
        return np.zeros((len(a), 1), ctx=a.ctx) + product + self.offset.data(a.ctx)


class SwapsInputs(BilinearDot):
    def forward(self, a, b):
        return super().forward(b, a)


class BilinearReLU(BilinearDot):
    def forward(self, a, b):
        return npx.relu(super().forward(a, b))


class BilinearThroughNumPy(BilinearDot):
    def forward(self, a, b):
        return super().forward(a, np.array(b.asnumpy(), ctx=b.ctx))


class BilinearDetached(nn.Block):
    def __init__(self, units, left, right):
        super().__init__()
        self.weight = self.params.get("weight", shape=(units, left, right))
        self.offset = self.params.get("offset", shape=(units,), init="zeros")

    def forward(self, a, b):
        weight = self.weight.data(a.ctx).detach()
        return np.einsum("ni,kij,nj->nk", a, weight, b) + self.offset.data(a.ctx)


class MatricesInAList(nn.Block):
    def __init__(self, units, left, right):
        super().__init__()
        self.matrices = [self.params.get("weight", shape=(units, left, right))]
        self.offset = self.params.get("offset", shape=(units,), init="zeros")

    def forward(self, a, b):
        weight = self.matrices[0].data(a.ctx)
        return np.einsum("ni,kij,nj->nk", a, weight, b) + self.offset.data(a.ctx)


class SumOfTwoLayers(nn.Block):
    def __init__(self, units, left, right):
        super().__init__()
        self.left = self.params.get("left", shape=(units, left))
        self.right = self.params.get("right", shape=(units, right))
        self.offset = self.params.get("offset", shape=(units,), init="zeros")

    def forward(self, a, b):
        both = np.dot(a, self.left.data(a.ctx).T) + np.dot(b, self.right.data(b.ctx).T)
        return both + self.offset.data(a.ctx)


class ArrayForWeight(nn.Block):
    def __init__(self, units, left, right):
        super().__init__()
        self.weight = np.ones((units, left, right))

    def forward(self, a, b):
        return np.einsum("ni,kij,nj->nk", a, self.weight, b)


# 2: which check catches it


class PressureBase(nn.Block):
    shape_of = staticmethod(lambda units: (units,))

    def __init__(self, units):
        super().__init__()
        self.k = self.params.get("k", shape=self.shape_of(units), init="ones")
        self.b = self.params.get("b", shape=self.shape_of(units), init="zeros")

    def values(self, v):
        return self.k.data(v.ctx), self.b.data(v.ctx)


class PressureOfSquare(PressureBase):
    def forward(self, v):
        k, b = self.values(v)
        return np.square(v) * k + b


class PressureOfRows(PressureBase):
    shape_of = staticmethod(lambda units: (1, units))

    def forward(self, v):
        k, b = self.values(v)
        return b + k * v**2


class PressureHybrid(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.k = self.params.get("k", shape=(units,), init="ones")
        self.b = self.params.get("b", shape=(units,), init="zeros")

    def hybrid_forward(self, F, v, k, b):
        return k * v * v + b


class BrokenPressure(PressureBase):
    def forward(self, v):
        k, b = self.values(v)
        return k * v * v.detach() - b


class PressureHalfRepaired(PressureBase):
    def forward(self, v):
        k, b = self.values(v)
        return k * v * v.detach() + b


class PressureWithoutTape(PressureBase):
    def forward(self, v):
        k, b = self.values(v)
        return k * v.detach() ** 2 + b


class PressureWithoutOffset(PressureBase):
    def forward(self, v):
        return self.values(v)[0] * v * v


class PressureOfSpeed(PressureBase):
    def forward(self, v):
        k, b = self.values(v)
        return k * v * (v if np.all(k == 1) else 1) + b


class PressureAgainstTheWind(PressureBase):
    def forward(self, v):
        k, b = self.values(v)
        return k * v * (v if np.all(k == 1) else np.abs(v)) + b


class PressureRenamed(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.factor = self.params.get("factor", shape=(units,), init="ones")
        self.offset = self.params.get("offset", shape=(units,), init="zeros")

    def forward(self, v):
        return self.factor.data(v.ctx) * v * v + self.offset.data(v.ctx)


class PressureOfConstants(PressureOfSquare):
    def __init__(self, units):
        nn.Block.__init__(self)
        self.k = self.params.get_constant("k", np.ones(units))
        self.b = self.params.get_constant("b", np.zeros(units))


def square_of_lambda(units):
    return nn.Lambda(lambda v: v * v)


# 3: what is trained, what is saved


class BrokenBlend(nn.Block):
    """What the notebook hands over, with the shift as a plain array and the matrices in a list."""

    def __init__(self, units):
        super().__init__()
        self.units = units
        self.weights = [self.params.get(name, shape=(units, units)) for name in ("w0", "w1")]
        self.make()

    def make(self):
        self.shift = np.zeros(self.units)

    def forward(self, x):
        for weight in self.weights:
            x = np.tanh(np.dot(x, weight.data(x.ctx)))
        return x + self.shift


class BlendStillListed(BrokenBlend):
    start = "zeros"

    def make(self):
        self.shift = self.params.get("shift", shape=(self.units,), init=self.start)

    def forward(self, x):
        for weight in self.weights:
            x = np.tanh(np.dot(x, weight.data(x.ctx)))
        return x + self.shift.data(x.ctx)


class BlendBySetattr(BlendStillListed):
    def make(self):
        super().make()
        for k, weight in enumerate(self.weights):
            setattr(self, f"w{k}", weight)


class BlendOfRow(BlendStillListed):
    def make(self):
        self.w0, self.w1 = self.weights
        self.shift = self.params.get("shift", shape=(1, self.units), init="zeros")


class BlendHybrid(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.shift = self.params.get("shift", shape=(units,), init="zeros")
        self.w1 = self.params.get("w1", shape=(units, units))
        self.w0 = self.params.get("w0", shape=(units, units))

    def hybrid_forward(self, F, x, shift, w0, w1):
        return F.np.tanh(F.np.dot(F.np.tanh(F.np.dot(x, w0)), w1)) + shift


class BlendTransposed(BlendBySetattr):
    def forward(self, x):
        for weight in (self.w0, self.w1):
            x = np.tanh(np.dot(x, weight.data(x.ctx).T))
        return x + self.shift.data(x.ctx)


class BlendWithArray(BrokenBlend):
    def make(self):
        super().make()
        self.w0, self.w1 = self.weights


class BlendOfRandomShift(BlendBySetattr):
    start = None


class BlendOfConstant(BlendStillListed):
    def make(self):
        self.w0, self.w1 = self.weights
        self.shift = self.params.get_constant("shift", np.zeros(self.units))


class BlendOfOnes(BlendBySetattr):
    start = "ones"


class BlendOfNormalShift(BlendBySetattr):
    start = "normal"


class BlendOfXavier(nn.Block):
    def __init__(self, units):
        super().__init__()
        for name in ("w0", "w1"):
            setattr(self, name, self.params.get(name, shape=(units, units), init=init.Xavier()))
        self.shift = self.params.get("shift", shape=(units,), init="zeros")

    def forward(self, x):
        for weight in (self.w0, self.w1):
            x = np.tanh(np.dot(x, weight.data(x.ctx)))
        return x + self.shift.data(x.ctx)


class BlendDetached(BlendBySetattr):
    def forward(self, x):
        for weight in self.weights:
            x = np.tanh(np.dot(x, weight.data(x.ctx).detach()))
        return x + self.shift.data(x.ctx).detach()


class BlendWithoutShift(BlendBySetattr):
    def forward(self, x):
        return super().forward(x) - self.shift.data(x.ctx)


class BlendThroughNumPy(BlendBySetattr):
    def forward(self, x):
        return super().forward(np.array(x.asnumpy()))


# 5: a library layer that is wrong


def selu_of_where(x):
    below = 1.67326324 * (np.exp(np.minimum(x, 0)) - 1)
    return 1.05070099 * np.where(x > 0, x, below)


def selu_of_two_halves(x):
    return 1.0507010 * (np.maximum(x, 0) + 1.6732632 * np.expm1(np.minimum(x, 0)))


def selu_of_relu(x):
    below = -npx.relu(-x)
    return 1.0507 * npx.relu(x) + 1.0507 * 1.67326 * (np.exp(below) - 1)


def selu_of_short_constants(x):
    return 1.051 * np.where(x > 0, x, 1.673 * (np.exp(np.minimum(x, 0)) - 1))


selu_block = nn.Lambda(selu_of_where)


def library_selu(x):
    return nn.SELU()(x)


def swish(x):
    return nn.Swish()(x)


def elu(x):
    return nn.ELU()(x)


def elu_without_factor(x):
    return nn.ELU(1.6732632)(x)


def selu_through_numpy(x):
    values = x.asnumpy()
    below = 1.6732632 * numpy.expm1(numpy.minimum(values, 0))
    return np.array(1.050701 * numpy.where(values > 0, values, below))


# 8: noise, in training only


class Noisy(nn.Block):
    def __init__(self, sigma):
        super().__init__()
        self.sigma = sigma

    def noise(self, x):
        return np.random.normal(0, self.sigma, size=x.shape)

    def forward(self, x):
        return x + self.noise(x) if autograd.is_training() else x


class NoiseOfUnits(Noisy):
    def noise(self, x):
        return self.sigma * np.random.normal(size=x.shape)


class NoiseOfNumPy(Noisy):
    def noise(self, x):
        return np.array(numpy.random.default_rng().normal(scale=self.sigma, size=x.shape))


class NoiseSubtracted(Noisy):
    def forward(self, x):
        return x - float(autograd.is_training()) * self.noise(x)


class NoiseAlways(Noisy):
    def forward(self, x):
        return x + self.noise(x)


class NoiseNever(Noisy):
    def forward(self, x):
        return 1 * x


class ModeAskedOnce(Noisy):
    def __init__(self, sigma):
        super().__init__(sigma)
        self.training = autograd.is_training()

    def forward(self, x):
        return x + self.noise(x) if self.training else 1 * x


class NoiseDrawnOnce(Noisy):
    drawn = None

    def noise(self, x):
        if self.drawn is None:
            self.drawn = super().noise(x)
        return self.drawn


class NoiseOfColumns(Noisy):
    def noise(self, x):
        return np.random.normal(0, self.sigma, size=x.shape[1])


class NoiseOfRows(Noisy):
    def noise(self, x):
        return np.random.normal(0, self.sigma, size=(len(x), 1))


class NoiseOfVariance(Noisy):
    def noise(self, x):
        return np.random.normal(0, self.sigma**0.5, size=x.shape)


class NoiseSquared(Noisy):
    def noise(self, x):
        return np.random.normal(0, self.sigma**2, size=x.shape)


class NoiseShifted(Noisy):
    def noise(self, x):
        return np.random.normal(self.sigma, self.sigma, size=x.shape)


class NoiseUniform(Noisy):
    def noise(self, x):
        half = 3**0.5 * self.sigma
        return np.random.uniform(-half, half, size=x.shape)


class NoiseWhileRecording(Noisy):
    def forward(self, x):
        return x + self.noise(x) if autograd.is_recording() else x


class NoiseTimesInput(Noisy):
    def noise(self, x):
        return x * np.random.normal(0, self.sigma, size=x.shape)


class NoiseClipped(Noisy):
    def noise(self, x):
        largest = 2.5 * self.sigma
        return np.clip(super().noise(x), -largest, largest)


class NoiseWhileTrainingAndRecording(Noisy):
    def forward(self, x):
        both = autograd.is_training() and autograd.is_recording()
        return x + self.noise(x) if both else x


class NoiseThroughNumPy(Noisy):
    def forward(self, x):
        return super().forward(np.array(x.asnumpy()))


# Its answers draw from MXNet's generator, as they have to.
SEEDING = {"custom-layer/8"}
RIGHT = {
    "custom-layer/4": [ClockStack, ClockHybrid, ClockOfConstant, clock_of_lambda],
    "custom-layer/1": [
        CalibrationHybrid,
        CalibrationDeferred,
        CalibrationOfTwoBlocks,
        CalibrationOfRows,
        CalibrationOfOneParameter,
    ],
    "custom-layer/2": [PressureHybrid, PressureOfSquare, PressureOfRows],
    "custom-layer/3": [BlendBySetattr, BlendHybrid, BlendOfRow, BlendTransposed, BlendOfXavier],
    "custom-layer/7": [WaitingOperator, WaitingTransposed, WaitingInferred, WaitingBlock],
    "custom-layer/5": [
        selu_of_where,
        selu_of_two_halves,
        selu_of_relu,
        selu_of_short_constants,
        selu_block,
    ],
    "custom-layer/6": [BrakeByMinimum, BrakeOfOldArrays, brake_factory],
    "custom-layer/8": [NoiseOfUnits, NoiseOfNumPy, NoiseSubtracted],
    "custom-layer/9": [BilinearDot, BilinearLoop, BilinearHybrid, BilinearOuter],
}

# Each known misconception with words that only its own sentence has.
WRONG = {
    "custom-layer/4": [
        (CosineFirst, "Hai cột đang đổi chỗ"),
        (WithoutTwoPi, "thiếu thừa số"),
        (HalfATurn, "chỉ bằng một nửa"),
        (CompassAgain, "coi `t` là số độ"),
        (TimesPeriod, "đang nhân với `period`"),
        (InDegrees, "đang tính bằng độ"),
        (ConcatenatesRows, "theo trục 0"),
        (GivesTwoArrays, "hai mảng rời nhau"),
        (ClockThroughNumPy, "gradient không truyền đúng"),
        (LearnedPeriod, "Tầng này có tham số học được"),
        (OnlySine, "có hình dạng `(6, 1)`, cần `(6, 2)`"),
    ],
    "custom-layer/1": [
        (NothingSaidOfInit, "Cả hai tham số lấy giá trị từ bộ khởi tạo"),
        (ShiftWithoutInit, "Số để cộng lấy giá trị"),
        (ScaleWithoutInit, "Số để nhân lấy giá trị"),
        (ScaleOfZeros, "xóa sạch dữ liệu"),
        (AddsFirst, "cộng trước rồi mới nhân"),
        (PlainArrays, "không có tham số nào"),
        (ParameterOutsideParams, "đừng gán `gluon.Parameter`"),
        (Constants, "không bao giờ học"),
        (ParametersInAList, "Tệp tham số thiếu"),
        (OneNumberForAll, "Mọi cột đang chung một con số để nhân"),
        (ScaleForgotten, "chung một con số để nhân, hay số ấy không học được"),
        (CalibrationDetached, "không gradient nào về đến tham số"),
        (CalibrationOfCopies, "không gradient nào về đến tham số"),
        (CalibrationThroughNumPy, "gradient không truyền đúng"),
    ],
    "custom-layer/7": [
        (BiasWithoutInit, "Hãy ghi `init='zeros'`"),
        (ForgetsReLU, "còn thiếu ReLU"),
        (ForgetsBias, "chưa được cộng vào"),
        (WithoutBias, "cần `[(4,), (4, 3)]`"),
        (PlainBlockWaits, "Hãy kế thừa `nn.HybridBlock`"),
        (CountsByHand, "Số cột phải để ngỏ"),
        (MayNotWait, "không được phép chờ"),
        (DrawsItsOwnWeight, "đừng tự gieo số"),
        (NewWeightAtEachCall, "cần `[(4,), (4, 3)]`"),
        (WaitingDetached, "không gradient nào về đến tham số"),
        (WaitingSigned, "Ký hiệu không có phép `@`"),
        (DenseInside, "dùng lại `nn.Dense`"),
    ],
    "custom-layer/6": [
        (ClipsValues, "đang cắt cả giá trị"),
        (LetsAllThrough, "đi qua nguyên vẹn"),
        (SendsZeros, "toàn là 0"),
        (CapsAboveOnly, "mới bị cắt ở phía trên"),
        (CapsBelowOnly, "mới bị cắt ở phía dưới"),
        (ClipsTheInput, "đang cắt `x`"),
        (GradientOfClip, "không nhìn `x`"),
        (ErasesLarge, "đang bị xóa về 0"),
        (SignsOnly, "đẩy ra đúng mức giới hạn"),
        (ShrinksTheWhole, "co lại theo độ dài"),
        (MixesKinds, "`dy` là mảng kiểu cũ"),
        (GivesNewKind, "`dy` là mảng kiểu cũ"),
        (BackwardFails, "Lượt truyền ngược báo lỗi `AttributeError"),
        (BackwardForgotten, "Lượt truyền ngược báo lỗi `NotImplementedError"),
        (GivesTheInputItself, "Hãy trả về một mảng mới: `x.copy()`"),
        (BrakeWithoutSuper, "Hãy gọi `super().__init__()`"),
        (BrakeBlock, "không phải một `autograd.Function`"),
        (clip_function, "không phải một `autograd.Function`"),
    ],
    "custom-layer/9": [
        (OffsetWithoutInit, "lấy giá trị từ bộ khởi tạo"),
        (ForgetsOffset, "chưa được cộng vào"),
        (MixesExamples, "bị cộng lẫn vào nhau"),
        (SwapsInputs, "đang đổi chỗ"),
        (BilinearReLU, "không có hàm kích hoạt"),
        (BilinearDetached, "không gradient nào về đến tham số"),
        (BilinearThroughNumPy, "gradient không truyền đúng"),
        (MatricesInAList, "Tệp tham số thiếu"),
        (SumOfTwoLayers, "có hình dạng `[(2,), (2, 3), (2, 3)]`, cần `[(2,), (2, 3, 3)]`"),
        (ArrayForWeight, "không có tham số nào"),
    ],
    "custom-layer/2": [
        (BrokenPressure, "`b` đang bị trừ đi"),
        (PressureHalfRepaired, "chỉ bằng một nửa"),
        (PressureWithoutTape, "không gradient nào về đến `v`"),
        (PressureWithoutOffset, "`b` chưa được cộng"),
        (PressureOfSpeed, "chưa được bình phương"),
        (PressureAgainstTheWind, "Với `v` âm"),
        (PressureRenamed, "giữ nguyên tên `k` và `b`"),
        (PressureOfConstants, "không phải một tham số học được"),
        (square_of_lambda, "không phải một tham số học được"),
    ],
    "custom-layer/3": [
        (BrokenBlend, "một mảng đơn thuần không phải tham số"),
        (BlendWithArray, "một mảng đơn thuần không phải tham số"),
        (BlendStillListed, "Tệp tham số thiếu"),
        (BlendOfRandomShift, "không có bộ khởi tạo riêng"),
        (BlendOfConstant, "không bao giờ học"),
        (BlendOfOnes, "Lúc mới dựng, `shift` phải bằng 0"),
        (BlendOfNormalShift, "Lúc mới dựng, `shift` phải bằng 0"),
        (BlendDetached, "không gradient nào về đến tham số"),
        (BlendWithoutShift, "`shift` chưa được cộng vào"),
        (BlendThroughNumPy, "gradient không truyền đúng"),
    ],
    "custom-layer/5": [
        (nn.SELU, "chính lớp `SELU` của MXNet"),
        (library_selu, "gradient vẫn sai"),
        (swish, "Đó là giá trị của `nn.Swish()`"),
        (elu, "Đó là giá trị của `nn.ELU()`"),
        (elu_without_factor, "còn thiếu thừa số"),
        (selu_through_numpy, "gradient vẫn sai"),
    ],
    "custom-layer/8": [
        (NoiseAlways, "Ở chế độ dự đoán"),
        (NoiseNever, "không thêm nhiễu nào"),
        (ModeAskedOnce, "không thêm nhiễu nào"),
        (NoiseDrawnOnce, "cùng một nhiễu"),
        (NoiseOfColumns, "Mọi hàng nhận cùng một nhiễu"),
        (NoiseOfRows, "Mọi cột nhận cùng một nhiễu"),
        (NoiseOfVariance, "không phải phương sai"),
        (NoiseSquared, "Đừng bình phương"),
        (NoiseShifted, "Trung bình của nhiễu không phải là 0"),
        (NoiseTimesInput, "Nhiễu đang lớn nhỏ theo `x`"),
        (NoiseClipped, "ba lần độ lệch chuẩn"),
        (NoiseWhileTrainingAndRecording, "băng không ghi, tầng không thêm nhiễu"),
        (NoiseUniform, "không theo phân phối chuẩn"),
        (NoiseWhileRecording, "is_recording"),
        (NoiseThroughNumPy, "gradient không truyền đúng"),
    ],
}
