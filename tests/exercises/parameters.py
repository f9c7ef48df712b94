"""Answers that readers may write to the exercises of parameters: right and wrong ones."""

import numpy
from mxnet import autograd, init, np, npx
from mxnet.gluon import nn

# 1: every value of a network in one vector


def flat_by_loop(net):
    vector = np.zeros(0)
    for param in net.collect_params().values():
        vector = np.append(vector, param.data().flatten())
    return vector


def flat_by_items(net):
    params = net.collect_params()
    return np.concatenate([params[name].data().reshape((-1,)) for name in params], axis=0)


def flat_by_reading_numpy(net):
    arrays = [param.data().asnumpy().ravel() for param in net.collect_params().values()]
    return np.array(numpy.concatenate(arrays))


def flat_by_pattern(net):
    return np.hstack([p.data().reshape(-1) for p in net.collect_params(".*weight|.*bias").values()])


def flat_gradients(net):
    return np.concatenate([p.grad().reshape(-1) for p in net.collect_params().values()])


def flat_weights(net):
    return np.concatenate([p.data().reshape(-1) for p in net.collect_params(".*weight").values()])


def flat_weights_then_biases(net):
    biases = [p.data().reshape(-1) for p in net.collect_params(".*bias").values()]
    return np.concatenate([flat_weights(net), *biases])


def flat_of_leaves(net):
    vectors = []

    def visit(block):
        vectors.extend(param.data().reshape(-1) for param in block.params.values())

    net.apply(visit)
    return np.concatenate(vectors)


def flat_sorted_by_name(net):
    params = net.collect_params()
    return np.concatenate([params[name].data().reshape(-1) for name in sorted(params.keys())])


def flat_sizes(net):
    return np.array([param.data().size for param in net.collect_params().values()])


def flat_list(net):
    return [param.data().reshape(-1) for param in net.collect_params().values()]


def flat_empty_pattern(net):
    return np.concatenate([p.data().reshape(-1) for p in net.collect_params("weight").values()])


def flat_parameters_themselves(net):
    return np.concatenate([param.reshape(-1) for param in net.collect_params().values()])


def flat_without_return(net):
    flat_by_loop(net)


# 2: freeze all but the last child


def frozen_by_children(net):
    *others, _ = net._children.values()
    for block in others:
        for param in block.collect_params().values():
            param.grad_req = "null"
    return net


def frozen_all_then_last_again(net):
    net.collect_params().setattr("grad_req", "null")
    net[len(net) - 1].collect_params().setattr("grad_req", "write")
    return net


def frozen_with_adding_head(net):
    net.collect_params().setattr("grad_req", "null")
    net[-1].collect_params().setattr("grad_req", "add")
    return net


def frozen_by_identity(net):
    kept = {id(param) for param in net[len(net) - 1].collect_params().values()}
    for param in net.collect_params().values():
        if id(param) not in kept:
            param.grad_req = "null"
    return net


def freezes_everything(net):
    net.collect_params().setattr("grad_req", "null")
    return net


def freezes_the_last(net):
    net[len(net) - 1].collect_params().setattr("grad_req", "null")
    return net


def freezes_the_first(net):
    net[0].collect_params().setattr("grad_req", "null")
    return net


def freezes_weights(net):
    for i in range(len(net) - 1):
        net[i].collect_params(".*weight").setattr("grad_req", "null")
    return net


def freezes_the_blocks(net):
    for i in range(len(net) - 1):
        net[i].grad_req = "null"
    return net


def freezes_by_rate(net):
    for i in range(len(net) - 1):
        net[i].collect_params().setattr("lr_mult", 0)
    return net


def freezes_nothing(net):
    for i in range(len(net) - 1):
        net[i].collect_params("weight|bias").setattr("grad_req", "null")
    return net


def freezes_a_part(net):
    head = nn.Sequential()
    for i in range(len(net) - 1):
        net[i].collect_params().setattr("grad_req", "null")
        head.add(net[i])
    return head


def frozen_without_return(net):
    freezes_everything(net)


def frozen_and_emptied(net):
    frozen_by_children(net)
    for param in net.collect_params().values():
        param.set_data(np.zeros(param.shape))
    return net


# 3: a layer that starts as the identity


class Diagonal(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = 0
        for i in range(min(data.shape)):
            data[i, i] = 1


def identity_by_loop(units):
    return nn.Dense(units, weight_initializer=Diagonal())


class IdentityDense(nn.Dense):
    def __init__(self, units):
        super().__init__(units, weight_initializer=Diagonal(), bias_initializer="zeros")


class IdentityBlock(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.dense = nn.Dense(units, use_bias=False, weight_initializer=Diagonal())

    def forward(self, x):
        return self.dense(x)


def identity_in_a_sequence(units):
    net = nn.HybridSequential()
    net.add(nn.Dense(units, weight_initializer=Diagonal()))
    net.initialize()
    return net


@init.register
class IdentityByName(Diagonal):
    pass


def identity_by_name(units):
    return nn.Dense(units, weight_initializer="identitybyname")


class Rebinds(init.Initializer):
    def _init_weight(self, name, data):
        data = np.eye(*data.shape)


class MirroredDiagonal(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = np.fliplr(np.eye(*data.shape))


class WrongMethod(init.Initializer):
    def init_weight(self, name, data):
        data[:] = np.eye(*data.shape)


class Square(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = np.eye(data.shape[0])


def identity_rebound(units):
    return nn.Dense(units, weight_initializer=Rebinds())


def identity_of_ones(units):
    return nn.Dense(units, weight_initializer=init.One())


def identity_mirrored(units):
    return nn.Dense(units, weight_initializer=MirroredDiagonal())


def identity_with_relu(units):
    return nn.Dense(units, weight_initializer=Diagonal(), activation="relu")


def identity_with_bias(units):
    return nn.Dense(units, weight_initializer=Diagonal(), bias_initializer="ones")


def identity_by_initialize(units):
    layer = nn.Dense(units)
    layer.initialize(Diagonal())
    return layer


class SetsOnce(nn.Dense):
    def forward(self, x):
        if self.weight.shape[1] == -1:
            self.weight.set_data(np.eye(self._units, x.shape[1]))
        return super().forward(x)


def identity_set_once(units):
    layer = SetsOnce(units)
    layer.initialize(init.Zero())
    return layer


def identity_wrong_method(units):
    return nn.Dense(units, weight_initializer=WrongMethod())


def identity_square(units):
    return nn.Dense(units, weight_initializer=Square())


def identity_initializer_itself(units):
    return Diagonal()


# 4: one matrix for both directions


class AutoencoderMatmul(nn.Block):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.encode = nn.Dense(hidden)

    def forward(self, x):
        return npx.relu(self.encode(x)) @ self.encode.weight.data()


class AutoencoderParameters(nn.Block):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.bias = self.params.get("bias", shape=(hidden,), init="zeros")
        self.weight = self.params.get("weight", shape=(inputs, hidden))

    def forward(self, x):
        w = self.weight.data(x.ctx)
        return np.dot(npx.relu(np.dot(x, w) + self.bias.data(x.ctx)), w.T)


class AutoencoderHybrid(nn.HybridBlock):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.weight = self.params.get("weight", shape=(hidden, inputs))
        self.bias = self.params.get("bias", shape=(hidden,))

    def hybrid_forward(self, F, x, weight, bias):
        h = F.npx.relu(F.npx.fully_connected(x, weight, bias, num_hidden=weight.shape[0]))
        return F.np.dot(h, weight)


def autoencoder_factory(inputs, hidden):
    return AutoencoderMatmul(inputs, hidden)


class Encoder(nn.Block):
    activation, use_bias = "relu", True

    def __init__(self, inputs, hidden):
        super().__init__()
        options = {"activation": self.activation, "use_bias": self.use_bias}
        self.encode = nn.Dense(hidden, in_units=inputs, **options)

    def forward(self, x):
        return np.dot(self.encode(x), self.encode.weight.data())


class TwoMatrices(nn.Sequential):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.add(nn.Dense(hidden, activation="relu"), nn.Dense(inputs, use_bias=False))


class BiasBack(Encoder):
    def __init__(self, inputs, hidden):
        super().__init__(inputs, hidden)
        self.back = self.params.get("back", shape=(inputs,), init="zeros")

    def forward(self, x):
        return super().forward(x) + self.back.data()


class NoBias(Encoder):
    use_bias = False


class NoReLU(Encoder):
    activation = None


class ReLUBack(Encoder):
    def forward(self, x):
        return npx.relu(super().forward(x))


class OnlyEncodes(Encoder):
    def forward(self, x):
        return self.encode(x)


class ReadsInInit(Encoder):
    def __init__(self, inputs, hidden):
        super().__init__(inputs, hidden)
        self.encode.initialize(init.Zero())
        self.matrix = self.encode.weight.data().copy()

    def forward(self, x):
        return np.dot(self.encode(x), self.matrix)


class ReadsTooEarly(Encoder):
    def __init__(self, inputs, hidden):
        super().__init__(inputs, hidden)
        self.matrix = self.encode.weight.data()


class UsesTheParameter(Encoder):
    def forward(self, x):
        return np.dot(self.encode(x), self.encode.weight)


class CopiesOnTheWayBack(Encoder):
    def forward(self, x):
        return np.dot(self.encode(x), np.array(self.encode.weight.data().asnumpy()))


class PausesOnTheWayThere(Encoder):
    def forward(self, x):
        with autograd.pause():
            h = self.encode(x)
        return np.dot(h, self.encode.weight.data())


class RecordsNothing(Encoder):
    def forward(self, x):
        with autograd.pause():
            return super().forward(x)


# 5: unit variance, layer by layer


def unit_variance_by_index(net, x):
    for i in range(len(net)):
        y = net[i](x)
        with autograd.pause():
            net[i].weight.data()[:] = net[i].weight.data() / np.sqrt(y.var())
        x = y / y.std()
    return net


def unit_variance_in_place(net, x):
    for layer in net:
        weight = layer.weight.data()
        weight /= layer(x).std()
        x = layer(x)
    return net


def unit_variance_from_the_top(net, x):
    for depth in range(1, len(net) + 1):
        y = x
        for layer in list(net._children.values())[:depth]:
            y = layer(y)
        layer.weight.set_data(layer.weight.data() / y.std())
    return net


def divides_by_variance(net, x):
    for layer in net:
        layer.weight.set_data(layer.weight.data() / layer(x).var())
        x = layer(x)
    return net


def measures_first(net, x):
    spreads = []
    y = x
    for layer in net:
        y = layer(y)
        spreads.append(y.std())
    for layer, spread in zip(net, spreads, strict=True):
        layer.weight.set_data(layer.weight.data() / spread)
    return net


def scales_only_the_last(net, x):
    last = net[len(net) - 1]
    last.weight.set_data(last.weight.data() / net(x).std())
    return net


def scales_a_copy(net, x):
    for layer in net:
        weight = layer.weight.data()
        weight = weight / layer(x).std()
        x = layer(x)
    return net


def feeds_every_layer_the_input(net, x):
    for layer in net:
        layer.weight.set_data(layer.weight.data() / layer(x).std())
    return net


def xavier_for_unit_variance(net, x):
    net.initialize(init.Constant(0.5), force_reinit=True)
    return net


def unit_variance_of_a_new_net(net, x):
    new = nn.Sequential()
    new.add(*unit_variance_in_place(net, x))
    return new


def unit_variance_without_return(net, x):
    unit_variance_in_place(net, x)


RIGHT = {
    "parameters/1": [flat_by_loop, flat_by_items, flat_by_reading_numpy, flat_by_pattern],
    "parameters/2": [
        frozen_by_children,
        frozen_all_then_last_again,
        frozen_with_adding_head,
        frozen_by_identity,
    ],
    "parameters/3": [
        identity_by_loop,
        IdentityDense,
        IdentityBlock,
        identity_in_a_sequence,
        identity_by_name,
    ],
    "parameters/4": [
        AutoencoderMatmul,
        AutoencoderParameters,
        AutoencoderHybrid,
        autoencoder_factory,
    ],
    "parameters/5": [unit_variance_by_index, unit_variance_in_place, unit_variance_from_the_top],
}

# Each known misconception with words that only its own sentence has.
WRONG = {
    "parameters/1": [
        (flat_gradients, "chưa được lượt truyền ngược nào ghi"),
        (flat_weights, "chỉ có các trọng số"),
        (flat_weights_then_biases, "trọng số đứng trước mọi hệ số điều chỉnh"),
        (flat_of_leaves, "có mặt hai lần"),
        (flat_sorted_by_name, "đang xếp theo tên"),
        (flat_sizes, "số phần tử của từng tham số"),
        (flat_list, "một danh sách Python"),
        (flat_empty_pattern, "phải khớp từ đầu tên"),
        (flat_parameters_themselves, "mảng nằm bên trong"),
        (flat_without_return, "còn thiếu `return`"),
    ],
    "parameters/2": [
        (freezes_everything, "không còn gì để huấn luyện"),
        (freezes_the_last, "chính nó mới phải học tiếp"),
        (freezes_the_first, "Mới đóng băng được một phần"),
        (freezes_weights, "_bias` vẫn còn nhận gradient"),
        (freezes_the_blocks, "đang được gán cho khối"),
        (freezes_by_rate, "gradient vẫn được tính"),
        (freezes_nothing, "phải khớp từ đầu tên"),
        (freezes_a_part, "trả về một khối khác"),
        (frozen_without_return, "còn thiếu `return`"),
        (frozen_and_emptied, "đúng hình dạng nhưng sai giá trị"),
    ],
    "parameters/3": [
        (identity_rebound, "`data = ...` không ghi vào mảng"),
        (identity_of_ones, "tổng của các đặc trưng"),
        (identity_mirrored, "đường chéo kia"),
        (identity_with_relu, "bị cắt mất"),
        (identity_with_bias, "phải bắt đầu từ 0"),
        (identity_by_initialize, "khởi tạo sau thay thế"),
        (identity_set_once, "mất đi sau `initialize(..., force_reinit=True)`"),
        (identity_wrong_method, "Must override it"),
        (identity_square, "is not broadcastable to [3,5]` ở dòng"),
        (identity_initializer_itself, "không phải một khối Gluon"),
    ],
    "parameters/4": [
        (TwoMatrices, "hai ma trận trọng số"),
        (BiasBack, "hệ số điều chỉnh riêng"),
        (NoBias, "cần đúng một ma trận `(3, 5)`"),
        (NoReLU, "chưa có ReLU"),
        (ReLUBack, "không bao giờ âm"),
        (OnlyEncodes, "mới chỉ là chiều đi"),
        (ReadsInInit, "không phải trong `__init__`"),
        (ReadsTooEarly, "has not been initialized"),
        (UsesTheParameter, "mảng nằm bên trong"),
        (CopiesOnTheWayBack, "không gom đủ cả hai lần dùng"),
        (PausesOnTheWayThere, "không gom đủ cả hai lần dùng"),
        (RecordsNothing, "không gom đủ cả hai lần dùng"),
    ],
    "parameters/5": [
        (divides_by_variance, "chia cho phương sai"),
        (measures_first, "đo trên mạng ban đầu"),
        (scales_only_the_last, "không chỉ tầng cuối"),
        (scales_a_copy, "Trọng số chưa hề thay đổi"),
        (feeds_every_layer_the_input, "inferred shape=(5,4)` ở dòng"),
        (xavier_for_unit_variance, "đúng hình dạng nhưng sai giá trị"),
        (unit_variance_of_a_new_net, "trả về một khối khác"),
        (unit_variance_without_return, "còn thiếu `return`"),
    ],
}
