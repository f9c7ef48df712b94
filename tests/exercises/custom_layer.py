"""Answers that readers may write to the exercises of custom-layer: right and wrong ones."""

from mxnet import autograd, cpu, gluon, np, npx
from mxnet.gluon import nn

# 1: a clock


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


class OnlySine(Periodic):
    def forward(self, t):
        return np.sin(2 * np.pi * t / self.period)


# 2: calibration


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
        for name, init in (("scale", "ones"), ("shift", "zeros")):
            setattr(self, name, self.params.get(name, shape=(units,), init=init))

    def hybrid_forward(self, F, x, scale, shift):
        return x * scale + shift


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


class DataWithoutContext(TwoParameters):
    def forward(self, x):
        return x * self.scale.data() + self.shift.data()


class DataOfTheFirstContext(TwoParameters):
    def forward(self, x):
        here = x.as_in_ctx(cpu())
        return here * self.scale.data(cpu()) + self.shift.data(cpu())


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
        self.scale.initialize()
        self.shift.initialize()

    def forward(self, x):
        return x * self.scale.data() + self.shift.data()


class CalibrationThroughNumPy(TwoParameters):
    def forward(self, x):
        return super().forward(np.array(x.asnumpy(), ctx=x.ctx))


# 3: a layer that waits for the data


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


# 4: a brake for gradients


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


# 5: two inputs that meet


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


class BilinearWithoutContext(BilinearDot):
    def forward(self, a, b):
        product = np.dot(a, self.weight.data()) * b[:, None, :]
        return product.sum(axis=-1) + self.offset.data()


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


RIGHT = {
    "custom-layer/1": [ClockStack, ClockHybrid, ClockOfConstant, clock_of_lambda],
    "custom-layer/2": [CalibrationHybrid, CalibrationDeferred, CalibrationOfTwoBlocks],
    "custom-layer/3": [WaitingOperator, WaitingTransposed, WaitingInferred, WaitingBlock],
    "custom-layer/4": [BrakeByMinimum, BrakeOfOldArrays, brake_factory],
    "custom-layer/5": [BilinearDot, BilinearLoop, BilinearHybrid, BilinearOuter],
}

# Each known misconception with words that only its own sentence has.
WRONG = {
    "custom-layer/1": [
        (CosineFirst, "Hai cột đang đổi chỗ"),
        (WithoutTwoPi, "thiếu thừa số"),
        (HalfATurn, "chỉ bằng một nửa"),
        (CompassAgain, "coi `t` là số độ"),
        (TimesPeriod, "đang nhân với `period`"),
        (InDegrees, "đang tính bằng độ"),
        (ConcatenatesRows, "theo trục 0"),
        (GivesTwoArrays, "hai mảng rời nhau"),
        (ClockThroughNumPy, "gradient không truyền đúng"),
        (OnlySine, "có hình dạng `(6, 1)`, cần `(6, 2)`"),
    ],
    "custom-layer/2": [
        (NothingSaidOfInit, "Cả hai tham số lấy giá trị từ bộ khởi tạo"),
        (ShiftWithoutInit, "Độ dời lấy giá trị từ bộ khởi tạo"),
        (ScaleWithoutInit, "Tỉ lệ lấy giá trị từ bộ khởi tạo"),
        (ScaleOfZeros, "xóa sạch dữ liệu"),
        (AddsFirst, "cộng trước rồi mới nhân"),
        (DataWithoutContext, "đừng viết `data()`"),
        (DataOfTheFirstContext, "không dùng bản tham số ở đó"),
        (PlainArrays, "không có tham số nào"),
        (ParameterOutsideParams, "Hãy tạo từng tham số bằng `self.params.get`"),
        (Constants, "không bao giờ học"),
        (ParametersInAList, "Tệp tham số thiếu"),
        (OneNumberForAll, "có hình dạng `[(1,), (1,)]`, cần `[(3,), (3,)]`"),
        (CalibrationThroughNumPy, "gradient không truyền đúng"),
    ],
    "custom-layer/3": [
        (BiasWithoutInit, "Hãy ghi `init='zeros'`"),
        (ForgetsReLU, "còn thiếu ReLU"),
        (ForgetsBias, "chưa được cộng vào"),
        (WithoutBias, "cần `[(4,), (4, 3)]`"),
        (PlainBlockWaits, "Hãy kế thừa `nn.HybridBlock`"),
        (CountsByHand, "Số cột phải để ngỏ"),
        (MayNotWait, "không được phép chờ"),
        (DrawsItsOwnWeight, "đừng tự gieo số"),
        (NewWeightAtEachCall, "cần `[(4,), (4, 3)]`"),
        (DenseInside, "dùng lại `nn.Dense`"),
    ],
    "custom-layer/4": [
        (ClipsValues, "đang cắt cả giá trị"),
        (LetsAllThrough, "đi qua nguyên vẹn"),
        (SendsZeros, "toàn là 0"),
        (CapsAboveOnly, "mới bị cắt ở phía trên"),
        (CapsBelowOnly, "mới bị cắt ở phía dưới"),
        (ClipsTheInput, "đang cắt `x`"),
        (GradientOfClip, "không nhìn `x`"),
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
    "custom-layer/5": [
        (OffsetWithoutInit, "Độ dời lấy giá trị từ bộ khởi tạo"),
        (ForgetsOffset, "chưa được cộng vào"),
        (MixesExamples, "bị cộng lẫn vào nhau"),
        (SwapsInputs, "đang đổi chỗ"),
        (BilinearReLU, "không có hàm kích hoạt"),
        (BilinearThroughNumPy, "gradient không truyền đúng"),
        (BilinearWithoutContext, "đừng viết `data()`"),
        (MatricesInAList, "Tệp tham số thiếu"),
        (SumOfTwoLayers, "có hình dạng `[(2,), (2, 3), (2, 3)]`, cần `[(2,), (2, 3, 3)]`"),
        (ArrayForWeight, "không có tham số nào"),
    ],
}
