"""Answers that readers may write to the exercises of parameters: right and wrong ones."""

import numpy
from mxnet import autograd, gluon, init, np, npx
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


def flat_as_handed_over(net):
    params = net.params.values()
    return np.concatenate([param.reshape(-1) for param in params])


def flat_with_data_only(net):
    return np.concatenate([param.data().reshape(-1) for param in net.params.values()])


def flat_constant(net):
    return np.ones(23)


def flat_zeros(net):
    return np.zeros(flat_by_loop(net).size)


def flat_after_a_new_start(net):
    net.initialize(force_reinit=True)
    return flat_by_loop(net)


def flat_of_an_emptied_net(net):
    net.initialize(init.Zero(), force_reinit=True)
    return np.zeros(flat_by_loop(net).size)


def flat_without_return(net):
    flat_by_loop(net)


# 2: a layer that starts as the identity


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


def identity_initialized_already(units):
    layer = nn.Dense(units, weight_initializer=Diagonal(), bias_initializer=init.Zero())
    layer.initialize()
    return layer


class IdentityBlock(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.dense = nn.Dense(units, weight_initializer=Diagonal())

    def forward(self, x):
        return self.dense(x)


def identity_in_a_sequence(units):
    net = nn.HybridSequential()
    net.add(nn.Dense(units, weight_initializer=Diagonal()))
    return net


def identity_without_bias(units):
    return nn.Dense(units, use_bias=False, weight_initializer=Diagonal())


def identity_with_any_bias(units):
    return nn.Dense(units, weight_initializer=Diagonal(), bias_initializer=None)


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


class IdentityOnlyOnce(nn.Dense):
    def initialize(self, *args, **kwargs):
        super().initialize(Diagonal(), force_reinit=True)


class NoParameters(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.units = units

    def forward(self, x):
        return np.dot(x, np.eye(x.shape[1], self.units))


def identity_as_handed_over(units):
    layer = nn.Dense(units)
    layer.initialize(Rebinds())
    return layer


def identity_initializer_itself(units):
    return Diagonal()


# 3: freeze the first child, slow down the second, speed up the weights of the last


def tune_by_loops(net):
    first, second, last = net._children.values()
    for param in first.collect_params().values():
        param.grad_req = "null"
    for param in second.collect_params().values():
        param.lr_mult = 0.1
    for name, param in last.collect_params().items():
        param.lr_mult = 10 if name.endswith("weight") else 1
    return net


def tune_from_the_top(net):
    net.collect_params().setattr("grad_req", "null")
    for child in (net[1], net[2]):
        child.collect_params().setattr("grad_req", "write")
    net[1].collect_params().setattr("lr_mult", 1 / 10)
    net[-1].collect_params(".*_weight$").setattr("lr_mult", 10.0)
    return net


def tune_and_add(net):
    tune_by_loops(net)
    net[2].collect_params().setattr("grad_req", "add")
    return net


def tune_and_exempt(net):
    tune_by_loops(net)
    net[1].collect_params(".*bias").setattr("wd_mult", 0)
    return net


def tune_all_then_biases(net):
    net[0].collect_params().setattr("grad_req", "null")
    net[0].collect_params().setattr("lr_mult", 0)
    net[1].collect_params().setattr("lr_mult", 0.1)
    net[2].collect_params().setattr("lr_mult", 10)
    net[2].collect_params(".*bias").setattr("lr_mult", 1)
    return net


def tune_as_handed_over(net):
    net[0].grad_req = "null"
    net[1].collect_params().setattr("lr_mul", 0.1)
    net[2].collect_params("weight").setattr("lr_mult", 10)
    return net


def freezes_first(net):
    net[0].collect_params().setattr("grad_req", "null")
    return net


def tune_misspelt(net):
    freezes_first(net)
    net[1].collect_params().setattr("lr_mul", 0.1)
    net[2].collect_params(".*weight").setattr("lr_mult", 10)
    return net


def tune_rate_on_the_layer(net):
    freezes_first(net)
    net[1].lr_mult = 0.1
    net[2].collect_params(".*weight").setattr("lr_mult", 10)
    return net


def tune_without_match(net):
    freezes_first(net)
    net[1].collect_params().setattr("lr_mult", 0.1)
    net[2].collect_params("weight").setattr("lr_mult", 10)
    return net


def tune_biases_too(net):
    freezes_first(net)
    net[1].collect_params().setattr("lr_mult", 0.1)
    net[2].collect_params().setattr("lr_mult", 10)
    return net


def tune_weights_of_second(net):
    freezes_first(net)
    net[1].collect_params(".*weight").setattr("lr_mult", 0.1)
    net[2].collect_params(".*weight").setattr("lr_mult", 10)
    return net


def tune_everything_frozen(net):
    tune_by_loops(net)
    net.collect_params().setattr("grad_req", "null")
    return net


def tune_frozen_by_rate(net):
    tune_by_loops(net)
    net[0].collect_params().setattr("grad_req", "write")
    net[0].collect_params().setattr("lr_mult", 0)
    return net


def tune_frozen_weights(net):
    tune_by_loops(net)
    net[0].collect_params(".*bias").setattr("grad_req", "write")
    return net


def tune_first_by_pattern(net):
    tune_by_loops(net)
    net[0].collect_params().setattr("grad_req", "write")
    net[0].collect_params("weight|bias").setattr("grad_req", "null")
    return net


def tune_another_net(net):
    tune_by_loops(net)
    new = nn.Sequential()
    new.add(*net)
    return new


def tune_and_empty(net):
    tune_by_loops(net)
    for param in net.collect_params().values():
        param.set_data(np.zeros(param.shape))
    return net


def tune_without_return(net):
    tune_by_loops(net)


# 4: unit variance, layer by layer


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


def unit_variance_of_a_sample(net, x):
    for layer in net:
        values = layer(x).asnumpy()
        layer.weight.set_data(layer.weight.data() / float(values.std(ddof=1)))
        x = layer(x)
    return net


def measures_before_relu(net, x):
    for layer in net:
        z = np.dot(x, layer.weight.data().T)
        layer.weight.set_data(layer.weight.data() / z.std())
        x = layer(x)
    return net


def divides_by_root_mean_square(net, x):
    for layer in net:
        layer.weight.set_data(layer.weight.data() / np.sqrt((layer(x) ** 2).mean()))
        x = layer(x)
    return net


def scales_each_neuron(net, x):
    for layer in net:
        spread = layer(x).std(axis=0) + 1e-3
        layer.weight.set_data(layer.weight.data() / spread.reshape(-1, 1))
        x = layer(x)
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


# 5: one matrix for both directions


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


class DetachesTheBias(Encoder):
    def forward(self, x):
        weight = self.encode.weight.data()
        h = npx.relu(np.dot(x, weight.T) + self.encode.bias.data().detach())
        return np.dot(h, weight)


class FreezesTheBias(Encoder):
    def __init__(self, inputs, hidden):
        super().__init__(inputs, hidden)
        self.encode.bias.grad_req = "null"


class RecordsNothing(Encoder):
    def forward(self, x):
        with autograd.pause():
            return super().forward(x)


# 6: one batch in parts


def accumulate_by_adding(net, loss, x, y, parts):
    params = [p for p in net.collect_params().values() if p.grad_req != "null"]
    for param in params:
        param.grad_req = "add"
        param.grad()[:] = 0
    step = len(x) // parts
    for start in range(0, len(x), step):
        with autograd.record():
            total = loss(net(x[start : start + step]), y[start : start + step]).sum()
        total.backward()
    return net


def accumulate_by_hand(net, loss, x, y, parts):
    params = [p for p in net.collect_params().values() if p.grad_req != "null"]
    totals = [np.zeros(param.shape) for param in params]
    for some_x, some_y in zip(np.split(x, parts), np.split(y, parts), strict=True):
        with autograd.record():
            losses = loss(net(some_x), some_y)
        losses.backward()
        totals = [total + param.grad() for total, param in zip(totals, params, strict=True)]
    for total, param in zip(totals, params, strict=True):
        param.grad()[:] = total
    return net


def accumulate_one_by_one(net, loss, x, y, parts):
    net.collect_params().zero_grad()
    _add(net)
    for i in range(len(x)):
        with autograd.record():
            losses = loss(net(x[i : i + 1]), y[i : i + 1])
        losses.backward()
    return net


def accumulate_and_write_again(net, loss, x, y, parts):
    accumulate_by_hand(net, loss, x, y, parts)
    return net


def _add(net):
    for param in net.collect_params().values():
        if param.grad_req == "write":
            param.grad_req = "add"


def _parts(net, loss, x, y, parts, reduce=lambda losses: losses):
    for some_x, some_y in zip(np.split(x, parts), np.split(y, parts), strict=True):
        with autograd.record():
            losses = reduce(loss(net(some_x), some_y))
        losses.backward()


def accumulate_nothing(net, loss, x, y, parts):
    return net


def accumulate_without_zero(net, loss, x, y, parts):
    _add(net)
    _parts(net, loss, x, y, parts)
    return net


def accumulate_by_writing(net, loss, x, y, parts):
    _parts(net, loss, x, y, parts)
    return net


def accumulate_all_at_once(net, loss, x, y, parts):
    with autograd.record():
        losses = loss(net(x), y)
    losses.backward()
    return net


def accumulate_unfreezing(net, loss, x, y, parts):
    net.collect_params().setattr("grad_req", "add")
    net.collect_params().zero_grad()
    _parts(net, loss, x, y, parts)
    return net


def accumulate_means(net, loss, x, y, parts):
    _add(net)
    net.collect_params().zero_grad()
    _parts(net, loss, x, y, parts, lambda losses: losses.mean())
    return net


def accumulate_mean_over_the_batch(net, loss, x, y, parts):
    _add(net)
    net.collect_params().zero_grad()
    _parts(net, loss, x, y, parts, lambda losses: losses.mean() / parts)
    return net


def accumulate_then_write_again(net, loss, x, y, parts):
    accumulate_by_adding(net, loss, x, y, parts)
    for param in net.collect_params().values():
        if param.grad_req == "add":
            param.grad_req = "write"
    return net


def accumulate_with_zero_between(net, loss, x, y, parts):
    _add(net)
    for some_x, some_y in zip(np.split(x, parts), np.split(y, parts), strict=True):
        net.collect_params().zero_grad()
        _parts(net, loss, some_x, some_y, 1)
    return net


def accumulate_past_the_first_layer(net, loss, x, y, parts):
    h = npx.relu(np.dot(x, net[0].weight.data().T) + net[0].bias.data())
    with autograd.record():
        for layer in list(net)[1:]:
            h = layer(h)
        losses = loss(h, y)
    losses.backward()
    return net


def accumulate_average(net, loss, x, y, parts):
    _add(net)
    net.collect_params().zero_grad()
    _parts(net, loss, x, y, parts, lambda losses: losses / parts)
    return net


def accumulate_first_only(net, loss, x, y, parts):
    step = len(x) // parts
    accumulate_all_at_once(net, loss, x[:step], y[:step], 1)
    return net


def accumulate_and_train(net, loss, x, y, parts):
    accumulate_by_adding(net, loss, x, y, parts)
    gluon.Trainer(net.collect_params(), "sgd").step(len(x))
    return net


def accumulate_frozen(net, loss, x, y, parts):
    accumulate_by_adding(net, loss, x, y, parts)
    net[1].collect_params().setattr("grad_req", "null")
    return net


def accumulate_without_return(net, loss, x, y, parts):
    accumulate_by_adding(net, loss, x, y, parts)


RIGHT = {
    "parameters/1": [flat_by_loop, flat_by_items, flat_by_reading_numpy, flat_by_pattern],
    "parameters/2": [
        identity_by_loop,
        IdentityDense,
        identity_initialized_already,
        identity_by_name,
    ],
    "parameters/3": [tune_by_loops, tune_from_the_top, tune_all_then_biases],
    "parameters/4": [
        unit_variance_by_index,
        unit_variance_in_place,
        unit_variance_from_the_top,
        unit_variance_of_a_sample,
    ],
    "parameters/5": [
        AutoencoderMatmul,
        AutoencoderParameters,
        AutoencoderHybrid,
        autoencoder_factory,
    ],
    "parameters/6": [
        accumulate_by_adding,
        accumulate_by_hand,
        accumulate_one_by_one,
        accumulate_and_write_again,
    ],
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
        (flat_as_handed_over, "`net.params` không có tham số của các khối con"),
        (flat_with_data_only, "`net.params` không có tham số của các khối con"),
        (flat_zeros, "Nếu bạn lấy `grad()`"),
        (flat_after_a_new_start, "chỉ được đọc"),
        (flat_of_an_emptied_net, "chỉ được đọc"),
        (flat_constant, "đúng hình dạng nhưng sai giá trị"),
        (flat_list, "một danh sách Python"),
        (flat_empty_pattern, "phải khớp từ đầu tên"),
        (flat_parameters_themselves, "mảng nằm bên trong"),
        (flat_without_return, "còn thiếu `return`"),
    ],
    "parameters/2": [
        (identity_rebound, "chưa ghi gì vào mảng"),
        (identity_of_ones, "tổng của các đặc trưng"),
        (identity_mirrored, "đường chéo kia"),
        (identity_with_relu, "bị cắt mất"),
        (identity_with_bias, "phải bắt đầu từ 0"),
        (identity_with_any_bias, "phải bắt đầu từ 0"),
        (identity_without_bias, "không có hệ số điều chỉnh; bài này cần"),
        (IdentityBlock, "phải trả về một tầng `nn.Dense`"),
        (identity_in_a_sequence, "phải trả về một tầng `nn.Dense`"),
        (identity_by_initialize, "giá trị của lần khởi tạo sau"),
        (identity_set_once, "mất đi sau khi cả mạng được khởi tạo lại"),
        (IdentityOnlyOnce, "giá trị của lần khởi tạo sau"),
        (NoParameters, "phải trả về một tầng `nn.Dense`"),
        (identity_as_handed_over, "giá trị của lần khởi tạo sau"),
        (identity_wrong_method, "Must override it"),
        (identity_square, "is not broadcastable to [3,5]` ở dòng"),
        (identity_initializer_itself, "không phải một khối Gluon"),
    ],
    "parameters/3": [
        (tune_as_handed_over, "đang được gán cho khối"),
        (freezes_first, "vẫn học với tốc độ thông thường"),
        (tune_misspelt, "Tên đúng là `lr_mult`"),
        (tune_rate_on_the_layer, "`lr_mult` đang được gán cho khối"),
        (tune_without_match, "Khối con cuối: `"),
        (tune_biases_too, "_bias` có `lr_mult = 10`, cần `1`"),
        (tune_weights_of_second, "_bias` vẫn học với tốc độ thông thường"),
        (tune_everything_frozen, "`grad_req` bằng `null`, lẽ ra là `write`"),
        (tune_and_add, "`grad_req` bằng `add`, lẽ ra là `write`"),
        (tune_and_exempt, "có `wd_mult = 0`"),
        (tune_frozen_by_rate, "gradient vẫn được tính"),
        (tune_frozen_weights, "mới đóng băng được một phần"),
        (tune_first_by_pattern, "phải khớp từ đầu tên"),
        (tune_another_net, "trả về một khối khác"),
        (tune_without_return, "còn thiếu `return`"),
        (tune_and_empty, "đúng hình dạng nhưng sai giá trị"),
    ],
    "parameters/4": [
        (divides_by_variance, "chia cho phương sai"),
        (measures_first, "đo trên mạng ban đầu"),
        (scales_only_the_last, "Đầu ra của `net[0]` có phương sai"),
        (scales_a_copy, "Trọng số chưa hề thay đổi"),
        (feeds_every_layer_the_input, "inferred shape=(5,4)` ở dòng"),
        (xavier_for_unit_variance, "không phải là trọng số ban đầu nhân với một con số dương"),
        (measures_before_relu, "đo trước hàm kích hoạt"),
        (divides_by_root_mean_square, "căn của trung bình bình phương"),
        (scales_each_neuron, "không phải là trọng số ban đầu nhân với một con số dương"),
        (unit_variance_of_a_new_net, "trả về một khối khác"),
        (unit_variance_without_return, "còn thiếu `return`"),
    ],
    "parameters/5": [
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
        (DetachesTheBias, "hệ số điều chỉnh không nhận đúng gradient"),
        (FreezesTheBias, "hệ số điều chỉnh không nhận đúng gradient"),
        (RecordsNothing, "không gom đủ cả hai lần dùng"),
    ],
    "parameters/6": [
        (accumulate_without_return, "còn thiếu `return`"),
        (accumulate_nothing, "lời gọi này chưa ghi gì"),
        (accumulate_without_zero, "gồm cả những gì có sẵn từ trước"),
        (accumulate_by_writing, "Chỉ còn gradient của phần cuối cùng"),
        (accumulate_all_at_once, "mạng thấy 12 mẫu một lúc"),
        (accumulate_unfreezing, "Tham số đã đóng băng bị mở ra"),
        (accumulate_means, "lấy trung bình giá trị hàm mất mát"),
        (accumulate_mean_over_the_batch, "chia cho số mẫu"),
        (accumulate_then_write_again, "Mọi gradient đều bằng 0"),
        (accumulate_with_zero_between, "đừng xóa gradient giữa các phần"),
        (accumulate_past_the_first_layer, "mạng thấy 12 mẫu một lúc"),
        (accumulate_average, "chia cho số phần"),
        (accumulate_first_only, "mỗi mẫu có được dùng đúng một lần không"),
        (accumulate_and_train, "đã thay đổi. Bài này chỉ tính gradient"),
        (accumulate_frozen, "mà trước đó nó vẫn học"),
    ],
}
