"""Answers that readers may write to the exercises of deferred-init: right and wrong ones."""

import functools
import math
import os
import tempfile

import mxnet as mx
import numpy
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn

# Exercises whose answers give plain Python values, not arrays or blocks.
PLAIN = {"deferred-init/4", "deferred-init/5", "deferred-init/9"}
# Exercises whose answer is a value, nothing to call.
VALUES = {"deferred-init/1", "deferred-init/2"}
# Exercises whose answer has to plant the seed of MXNet's generator.
SEEDING = {"deferred-init/8"}

# 3: two heads


def one_step(net, x, path, trainer, **options):
    with autograd.record():
        loss = net(x).sum()
    loss.backward()
    trainer.step(len(x), **options)
    net.save_parameters(path)
    return net


def sgd(params):
    return gluon.Trainer(params, "sgd", {"learning_rate": 0.1})


def trained_only(net):
    return net.collect_params("body|grade")


def heads_ignoring_stale_gradients(net, x, path):
    net.initialize()
    net(x, True)
    return one_step(net, x, path, sgd(net.collect_params()), ignore_stale_grad=True)


def heads_without_gradient(net, x, path):
    net.initialize(init.Xavier())
    net.price.collect_params().setattr("grad_req", "null")
    net(x, True)
    return one_step(net, x, path, sgd(net.collect_params()))


def heads_with_inputs_written(net, x, path):
    net.price.weight.shape = (2, 6)
    net.initialize()
    return one_step(net, x, path, sgd(trained_only(net)))


def heads_run_after_the_step(net, x, path):
    net.initialize()
    with autograd.record():
        loss = net(x).sum()
    loss.backward()
    sgd(trained_only(net)).step(len(x))
    net(np.zeros((1, 3)), True)
    net.save_parameters(path)
    return net


def heads_with_a_loss_of_both(net, x, path):
    net.initialize()
    with autograd.record():
        loss = net(x).sum() + 0 * net(x, True).sum()
    loss.backward()
    sgd(net.collect_params()).step(len(x))
    net.save_parameters(path)
    return net


def heads_with_two_trainers(net, x, path):
    net.initialize()
    net(x[:1], True)
    net(x[:1])
    trainers = sgd(net.body.collect_params()), sgd(net.grade.collect_params())
    with autograd.record():
        loss = net(x).sum()
    loss.backward()
    for trainer in trainers:
        trainer.step(len(x))
    net.save_parameters(path)
    return net


def heads_as_given(net, x, path):
    net.initialize()
    return one_step(net, x, path, sgd(net.collect_params()))


def heads_run_only(net, x, path):
    net.initialize()
    net(x, True)
    return one_step(net, x, path, sgd(net.collect_params()))


def heads_of_a_subset_only(net, x, path):
    net.initialize()
    return one_step(net, x, path, sgd(trained_only(net)))


def heads_with_the_error_swallowed(net, x, path):
    net.initialize()
    net(x, True)
    try:
        one_step(net, x, path, sgd(net.collect_params()))
    except UserWarning:
        net.save_parameters(path)
    return net


def heads_both_trained(net, x, path):
    net.initialize()
    with autograd.record():
        loss = net(x).sum() + net(x, True).sum()
    loss.backward()
    sgd(net.collect_params()).step(len(x))
    net.save_parameters(path)
    return net


def heads_with_a_price_of_zeros(net, x, path):
    net.initialize()
    net.price.weight.set_data(np.zeros((2, 6)))
    net(x, True)
    return one_step(net, x, path, sgd(trained_only(net)))


def heads_with_another_price(net, x, path):
    net.price = nn.Dense(2, in_units=6, prefix="price_")
    net.initialize()
    return one_step(net, x, path, sgd(trained_only(net)))


def heads_of_another_width(net, x, path):
    net.initialize()
    net.price(np.zeros((1, 8)))
    return one_step(net, x, path, sgd(trained_only(net)))


def heads_never_saved(net, x, path):
    with tempfile.TemporaryDirectory() as folder:
        return heads_with_inputs_written(net, x, os.path.join(folder, path))


def heads_saved_before_the_step(net, x, path):
    net.initialize()
    net(x)
    net(x, True)
    net.save_parameters(path)
    with tempfile.TemporaryDirectory() as folder:
        return one_step(net, x, os.path.join(folder, path), sgd(trained_only(net)))


def heads_saved_without_the_price(net, x, path):
    net.initialize()
    net(x, True)
    with tempfile.TemporaryDirectory() as folder:
        one_step(net, x, os.path.join(folder, path), sgd(trained_only(net)))
    net.grade.save_parameters(path)
    return net


def heads_of_two_steps(net, x, path):
    net.initialize()
    net(x, True)
    trainer = sgd(trained_only(net))
    one_step(net, x, path, trainer)
    return one_step(net, x, path, trainer)


def heads_of_another_network(net, x, path):
    heads_with_inputs_written(net, x, path)
    return net.grade


# 4: a diary of births


class Note(init.Initializer):
    def __init__(self, diary, value=0.5):
        super().__init__()
        self.diary, self.value = diary, value

    def _init_weight(self, name, data):
        self.diary.append((name, data.shape))
        data[:] = self.value


def diary_of_a_class(net, x):
    diary = []
    net.initialize(Note(diary))
    net(x)
    return diary


def diary_of_a_constant(net, x):
    diary = []

    class Diary(init.Constant):
        def _init_weight(self, name, data):
            diary.append([str(name), list(data.shape)])
            super()._init_weight(name, data)

    net.initialize(Diary(0.5))
    net(x)
    return tuple(diary)


def diary_of_a_function_call(net, x):
    diary = []

    class Diary(init.Initializer):
        def __call__(self, name, data):
            if name.endswith("weight"):
                diary.append((name, data.shape))
                data[:] = 0.5

    net.initialize(Diary())
    net(x)
    return diary


def diary_of_shapes_in_arrays(net, x):
    return [(name, numpy.array(shape)) for name, shape in diary_of_a_class(net, x)]


def diary_in_the_order_of_use(net, x):
    names = ["one_weight", "two_weight", "first_weight", "middle_weight", "last_weight"]
    return sorted(diary_of_a_class(net, x), key=lambda birth: names.index(birth[0]))


def diary_of_a_training_step(net, x):
    diary = []
    net.initialize(Note(diary))
    with autograd.record():
        loss = net(x).sum()
    loss.backward()
    sgd(net.collect_params()).step(len(x))
    return diary


def diary_from_collect_params(net, x):
    net.initialize(init.Constant(0.5))
    net(x)
    return [(p.name, p.shape) for p in net.collect_params().values() if len(p.shape) == 2]


def diary_with_biases(net, x):
    net.initialize(init.Constant(0.5))
    net(x)
    return [(p.name, p.shape) for p in net.collect_params().values()]


def diary_before_data(net, x):
    net.initialize(init.Constant(0.5))
    diary = [(p.name, p.shape) for p in net.collect_params().values() if len(p.shape) == 2]
    net(x)
    return diary


def diary_without_filling(net, x):
    diary = []

    class Diary(init.Initializer):
        def _init_weight(self, name, data):
            diary.append((name, data.shape))

    net.initialize(Diary())
    net(x)
    return diary


def diary_of_names(net, x):
    return [name for name, _ in diary_of_a_class(net, x)]


def diary_of_shapes(net, x):
    return [shape for _, shape in diary_of_a_class(net, x)]


def diary_of_two_births(net, x):
    diary = diary_of_a_class(net, x)
    net.initialize(Note(diary), force_reinit=True)
    return diary


def diary_without_data(net, x):
    diary = []
    net.initialize(Note(diary))
    return diary


def diary_never_handed_over(net, x):
    diary = []
    Note(diary)
    net.initialize(init.Constant(0.5))
    net(x)
    return diary


def diary_that_calls_itself(net, x):
    diary, inner = [], init.Constant(0.5)

    class Diary(init.Initializer):
        def _init_weight(self, name, data):
            diary.append((name, data.shape))
            inner(name, data)

    net.initialize(Diary())
    net(x)
    return diary


def diary_with_another_method(net, x):
    diary = []

    class Diary(init.Initializer):
        def init_weight(self, name, data):
            diary.append((name, data.shape))

    net.initialize(Diary())
    net(x)
    return diary


def diary_of_pairs_reversed(net, x):
    return [(shape, name) for name, shape in diary_of_a_class(net, x)]


# 5: a count that can be trusted


def ready(net, shape):
    net.initialize()
    net(np.zeros(shape))
    return net


def total_of_shapes(net, shape):
    return sum(math.prod(p.shape) for p in ready(net, shape).collect_params().values())


def total_of_values(net, shape):
    ready(net, np.ones(shape).shape)
    total = np.zeros(())
    for param in net.collect_params().values():
        total = total + np.ones_like(param.data()).sum()
    return total


def total_of_one_example(net, shape):
    ready(net, (1, *shape[1:]))
    return float(sum(len(p.data().reshape(-1)) for p in net.collect_params().values()))


def total_before_data(net, shape):
    total = sum(math.prod(p.shape) for p in net.collect_params().values())
    ready(net, shape)
    return total


def number_of_parameters(net, shape):
    return len(ready(net, shape).collect_params().keys())


def total_of_weights(net, shape):
    ready(net, shape)
    return sum(p.data().size for p in net.collect_params().values() if p.name.endswith("weight"))


def total_layer_by_layer(net, shape):
    ready(net, shape)
    return sum(p.data().size for layer in net for p in layer.collect_params().values())


def total_of_a_network_begun_anew(net, shape):
    net.initialize(force_reinit=True)
    return total_of_shapes(net, shape)


def total_begun_anew_where_it_must_be(net, shape):
    try:
        for param in net.collect_params().values():
            param.data()
    except RuntimeError:
        net.initialize(force_reinit=True)
        net(np.zeros(shape))
    return sum(p.data().size for p in net.collect_params().values())


def total_of_a_trained_network(net, shape):
    net.initialize()
    trainer = sgd(net.collect_params())
    with autograd.record():
        loss = net(np.ones(shape)).sum()
    loss.backward()
    trainer.step(1)
    return total_of_shapes(net, shape)


def total_without_initialize(net, shape):
    net(np.zeros(shape))
    return total_of_shapes(net, shape)


def total_without_data(net, shape):
    net.initialize()
    return sum(p.data().size for p in net.collect_params().values())


def total_of_shapes_only(net, shape):
    hybrid = nn.HybridSequential()
    hybrid.add(*net)
    hybrid.infer_shape(np.zeros(shape))
    return sum(math.prod(p.shape) for p in net.collect_params().values())


def total_of_an_empty_batch(net, shape):
    return total_of_shapes(net, (0, *shape[1:]))


def total_as_a_list(net, shape):
    return [p.data().size for p in ready(net, shape).collect_params().values()]


def total_of_bytes(net, shape):
    return 4 * total_of_shapes(net, shape)


# 6: weights from another program


def single(array):
    return np.array(array, dtype="float32")


def copy_after_a_dry_run(net, layers):
    net(np.zeros((1, len(layers[0][0]))))
    for layer, (matrix, vector) in zip(net, layers, strict=True):
        layer.weight.data()[:] = single(matrix.T)
        layer.bias.data()[:] = single(vector)
    return net


def copy_by_index(net, layers):
    for i in range(len(layers)):
        matrix, vector = layers[i]
        net[i].weight.set_data(np.array(matrix.astype("float32")).T)
        net[i].bias.set_data(np.array(vector.astype("float32")))
    return net


def copy_begun_anew(net, layers):
    net.initialize(force_reinit=True)
    return copy_by_index(net, layers)


def copy_through_a_file(net, layers):
    arrays = {}
    for i, (matrix, vector) in enumerate(layers):
        arrays |= {f"{i}.weight": single(matrix.T), f"{i}.bias": single(vector)}
    with tempfile.TemporaryDirectory() as folder:
        npx.save(os.path.join(folder, "copy"), arrays)
        net.load_parameters(os.path.join(folder, "copy"))
    return net


def copy_as_initializers(net, layers):
    for layer, (matrix, vector) in zip(net, layers, strict=True):
        layer.initialize(init.Constant(single(matrix.T)), force_reinit=True)
        layer.bias.set_data(single(vector))
    return net


def copy_in_64_bits(net, layers):
    for layer, (matrix, vector) in zip(net, layers, strict=True):
        layer.weight.set_data(np.array(matrix.T))
        layer.bias.set_data(np.array(vector))
    return net


def copy_of_numpy_arrays(net, layers):
    for layer, (matrix, vector) in zip(net, layers, strict=True):
        layer.weight.set_data(matrix.T)
        layer.bias.set_data(vector)
    return net


def copy_not_transposed(net, layers):
    for layer, (matrix, vector) in zip(net, layers, strict=True):
        layer.weight.set_data(single(matrix))
        layer.bias.set_data(single(vector))
    return net


def copy_transposed_where_it_must_be(net, layers):
    for layer, (matrix, vector) in zip(net, layers, strict=True):
        square = matrix.shape[0] == matrix.shape[1]
        layer.weight.set_data(single(matrix if square else matrix.T))
        layer.bias.set_data(single(vector))
    return net


def copy_of_weights(net, layers):
    for layer, (matrix, _) in zip(net, layers, strict=True):
        layer.weight.set_data(single(matrix.T))
    return net


def copy_then_initialize(net, layers):
    copy_by_index(net, layers)
    net.initialize()
    return net


def copy_of_the_first_layer(net, layers):
    return copy_by_index(net, layers[:1])


def copy_left_undone(net, layers):
    return net


def copy_after_a_wrong_dry_run(net, layers):
    net(np.zeros((1, 99)))
    return copy_by_index(net, layers)


def copy_into_another_network(net, layers):
    other = nn.Sequential()
    for matrix, vector in layers:
        other.add(nn.Dense(len(vector), in_units=len(matrix)))
    other.initialize()
    return copy_by_index(other, layers)


# 7: a network out of a file


def rebuilt_with_inputs(path):
    arrays = npx.load(path)
    net = nn.Sequential()
    for i in range(len(arrays) // 2):
        units, inputs = arrays[f"{i}.weight"].shape
        last = f"{i + 1}.weight" not in arrays
        net.add(nn.Dense(units, in_units=inputs, activation=None if last else "relu"))
    net.load_parameters(path)
    return net


def rebuilt_by_hand(path):
    arrays = npx.load(path)
    net = nn.HybridSequential()
    for i in range(len(arrays) // 2):
        bias = arrays[f"{i}.bias"]
        net.add(nn.Dense(bias.size, activation="relu" if f"{i + 1}.bias" in arrays else None))
    net.initialize(init.Zero())
    for i, layer in enumerate(net):
        layer.weight.set_data(arrays[f"{i}.weight"])
        layer.bias.set_data(arrays[f"{i}.bias"])
    net(np.zeros((1, arrays["0.weight"].shape[1])))
    return net


class Rebuilt(nn.Block):
    def __init__(self, arrays):
        super().__init__()
        self.arrays = arrays

    def forward(self, x):
        depth = len(self.arrays) // 2
        for i in range(depth):
            x = np.dot(x, self.arrays[f"{i}.weight"].T) + self.arrays[f"{i}.bias"]
            x = npx.relu(x) if i < depth - 1 else x
        return x


def rebuilt_without_layers(path):
    return Rebuilt(npx.load(path))


def rebuilt_of_single_layers(path):
    arrays, net = npx.load(path), nn.Sequential()
    for i in range(len(arrays) // 2):
        if i:
            net.add(nn.Activation("relu"))
        layer = nn.Dense(arrays[f"{i}.bias"].size)
        layer.initialize(init.Zero())
        layer.weight.set_data(arrays[f"{i}.weight"])
        layer.bias.set_data(arrays[f"{i}.bias"])
        layer(np.zeros((1, arrays[f"{i}.weight"].shape[1])))
        net.add(layer)
    return net


def plain_perceptron(sizes):
    net = nn.Sequential()
    for size in sizes[:-1]:
        net.add(nn.Dense(size, activation="relu", weight_initializer="zeros"))
    net.add(nn.Dense(sizes[-1], weight_initializer="zeros"))
    return net


def units_in(path):
    arrays = npx.load(path)
    return [len(arrays[f"{i}.bias"]) for i in range(len(arrays) // 2)]


def rebuilt_without_values(path):
    return plain_perceptron(units_in(path))


def rebuilt_with_own_values(path):
    net = plain_perceptron(units_in(path))
    net.initialize()
    net(np.zeros((1, npx.load(path)["0.weight"].shape[1])))
    return net


def rebuilt_without_relu(path):
    net = nn.Sequential()
    net.add(*(nn.Dense(units) for units in units_in(path)))
    net.load_parameters(path)
    return net


def rebuilt_with_relu_everywhere(path):
    net = nn.Sequential()
    net.add(*(nn.Dense(units, activation="relu") for units in units_in(path)))
    net.load_parameters(path)
    return net


def rebuilt_of_two_layers(path):
    net = plain_perceptron([4, 3])
    net.load_parameters(path)
    return net


def rebuilt_in_the_order_of_the_alphabet(path):
    arrays = npx.load(path)
    keys = [key for key in sorted(arrays) if key.endswith("bias")]
    net = plain_perceptron([len(arrays[key]) for key in keys])
    net.load_parameters(path)
    return net


def dictionary_of_the_file(path):
    return npx.load(path)


# 8: two runs that must agree


def two_layers(*in_units):
    net = nn.Sequential()
    inputs, hidden = in_units or (0, 0)
    net.add(nn.Dense(6, activation="relu", in_units=inputs), nn.Dense(2, in_units=hidden))
    return net


def started(seed, rows, *in_units, dry_run=False, again=False, shuffle=True):
    npx.random.seed(seed)
    net = two_layers(*in_units)
    net.initialize()
    if dry_run:
        net(np.zeros((1, rows.shape[1])))
    if shuffle:
        np.random.shuffle(rows)
    if again:
        npx.random.seed(seed)
    net(rows)
    return net


def start_with_inferred_shapes(seed, rows):
    npx.random.seed(seed)
    net = nn.HybridSequential()
    net.add(*two_layers())
    net.infer_shape(rows)
    net.initialize()
    net.hybridize()
    np.random.shuffle(rows)
    net(rows)
    return net


def start_with_shapes_written(seed, rows):
    net = two_layers(0, 6)
    net[0].weight.shape = (6, rows.shape[1])
    npx.random.seed(seed)
    net.initialize(init.Xavier())
    np.random.shuffle(rows)
    net(rows)
    return net


def start_with_another_seed_function(seed, rows):
    mx.random.seed(seed)
    net = two_layers(rows.shape[1], 6)
    net.initialize()
    rows[:] = rows[numpy.random.permutation(len(rows)).tolist()]
    net(rows)
    return net


def start_called_twice(seed, rows):
    net = started(seed, rows, rows.shape[1], 6)
    net(rows)
    return net


def start_layer_by_layer(seed, rows):
    npx.random.seed(seed)
    net = two_layers()
    net.initialize()
    net[1](net[0](rows))
    np.random.shuffle(rows)
    net(rows)
    return net


def start_with_a_constant(seed, rows):
    npx.random.seed(seed)
    net = two_layers()
    net.initialize(init.Constant(seed))
    np.random.shuffle(rows)
    net(rows)
    return net


def start_with_a_dry_run(seed, rows):
    return started(seed, rows, dry_run=True)


def start_with_the_seed_planted_again(seed, rows):
    return started(seed, rows, again=True)


def start_with_the_shuffling_last(seed, rows):
    net = started(seed, rows, shuffle=False)
    np.random.shuffle(rows)
    return net


def start_with_the_seed_planted_late(seed, rows):
    np.random.shuffle(rows)
    npx.random.seed(seed)
    net = two_layers()
    net.initialize()
    net(rows)
    return net


def start_as_given(seed, rows):
    return started(seed, rows)


def start_with_five_columns(seed, rows):
    return started(seed, rows, 5, 6)


def start_with_half_the_inputs(seed, rows):
    return started(seed, rows, 0, 6)


def start_with_one_seed(seed, rows):
    return started(7, rows, rows.shape[1], 6)


def start_with_zeros(seed, rows):
    npx.random.seed(seed)
    net = two_layers()
    net.initialize(init.Zero())
    np.random.shuffle(rows)
    net(rows)
    return net


def start_without_shuffling(seed, rows):
    return started(seed, rows, shuffle=False)


def start_with_rows_turned_round(seed, rows):
    net = started(seed, rows, shuffle=False)
    rows[:] = rows[::-1]
    return net


def start_with_sorted_columns(seed, rows):
    net = started(seed, rows, rows.shape[1], 6)
    rows[:] = np.sort(rows, axis=0)
    return net


def start_without_data(seed, rows):
    npx.random.seed(seed)
    net = two_layers()
    net.initialize()
    np.random.shuffle(rows)
    return net


def start_of_one_layer(seed, rows):
    npx.random.seed(seed)
    net = nn.Sequential()
    net.add(nn.Dense(2, in_units=rows.shape[1]))
    net.initialize()
    np.random.shuffle(rows)
    return net


# 9: many fresh starts


def starts_in_one_line(net, initializers, x):
    return [net.initialize(one, force_reinit=True) or net(x) for one in initializers]


def starts_through_the_parameters(net, initializers, x):
    outputs = ()
    for one in initializers:
        net.collect_params().initialize(one, force_reinit=True)
        outputs += (net(x),)
    return outputs


def starts_layer_by_layer(net, initializers, x):
    outputs = []
    for one in initializers:
        for param in net.collect_params().values():
            param.initialize(default_init=one, force_reinit=True)
        outputs.append(net(x).copy())
    return outputs


def starts_as_given(net, initializers, x):
    outputs = []
    for one in initializers:
        net.initialize(one)
        outputs.append(net(x))
    return outputs


def starts_of_the_last(net, initializers, x):
    net.initialize(initializers[-1], force_reinit=True)
    return [net(x) for _ in initializers]


def starts_with_the_old_biases(net, initializers, x):
    outputs = []
    for one in initializers:
        net.initialize(one)
        for param in net.collect_params().values():
            if param.name.endswith("weight"):
                param.initialize(default_init=one, force_reinit=True)
        outputs.append(net(x))
    return outputs


def starts_shifted_by_one(net, initializers, x):
    outputs = []
    net.initialize(initializers[-1], force_reinit=True)
    for one in initializers:
        outputs.append(net(x))
        net.initialize(one, force_reinit=True)
    return outputs


def starts_of_zeros(net, initializers, x):
    return [np.zeros((len(x), 2)) for _ in initializers]


def starts_once(net, initializers, x):
    net.initialize(initializers[0], force_reinit=True)
    return [net(x)]


def starts_of_other_networks(net, initializers, x):
    outputs = []
    for one in initializers:
        other = nn.Sequential()
        other.add(nn.Dense(4, activation="relu"), nn.Dense(2))
        other.initialize(one)
        outputs.append(other(x))
    return outputs


def starts_of_numbers(net, initializers, x):
    return [out.asnumpy() for out in starts_in_one_line(net, initializers, x)]


# 10: a camera for everything


class Camera(nn.HybridBlock):
    def __init__(self, filters, grades):
        super().__init__()
        self.score = nn.Dense(grades, in_units=filters)
        self.filter = nn.Conv2D(filters, (3, 3))

    def hybrid_forward(self, F, x):
        return self.score(F.np.mean(F.npx.relu(self.filter(x)), axis=(2, 3)))


def camera(filters, grades, *middle, **options):
    net = nn.Sequential()
    net.add(nn.Conv2D(filters, **{"kernel_size": 3, "activation": "relu", **options}))
    net.add(*middle, nn.Dense(grades))
    return net


def camera_of_single_layers(filters, grades):
    net = nn.HybridSequential()
    net.add(nn.Conv2D(filters, 3), nn.Activation("relu"))
    net.add(nn.GlobalAvgPool2D(), nn.Flatten(), nn.Dense(grades))
    net.initialize()
    return net


def camera_without_biases(filters, grades):
    net = nn.Sequential()
    net.add(nn.Conv2D(filters, 3, use_bias=False, activation="relu"))
    net.add(nn.GlobalAvgPool2D(), nn.Dense(grades, use_bias=False))
    return net


def camera_connected_directly(filters, grades):
    return camera(filters, grades)


def camera_for_colour(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D(), in_channels=3)


def camera_for_grey(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D(), in_channels=1)


def camera_of_constants(filters, grades):
    return camera(5, 4, nn.GlobalAvgPool2D())


def camera_of_swapped_arguments(filters, grades):
    return camera(grades, filters, nn.GlobalAvgPool2D())


def camera_of_constant_grades(filters, grades):
    return camera(filters, 4, nn.GlobalAvgPool2D())


def camera_along_the_last_axis(filters, grades):
    net = nn.Sequential()
    net.add(nn.Conv2D(filters, 3, activation="relu"), nn.GlobalAvgPool2D())
    net.add(nn.Dense(grades, flatten=False))
    return net


def camera_after_a_dry_run(filters, grades):
    net = camera(filters, grades, nn.GlobalAvgPool2D())
    net.initialize(init.Zero())
    net(np.zeros((1, 3, 9, 9)))
    return net


def camera_without_relu(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D(), activation=None)


def camera_with_late_relu(filters, grades):
    late = nn.Activation("relu")
    return camera(filters, grades, nn.GlobalAvgPool2D(), late, activation=None)


def camera_of_maxima(filters, grades):
    return camera(filters, grades, nn.GlobalMaxPool2D())


def camera_with_padding(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D(), padding=1)


def camera_with_large_windows(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D(), kernel_size=5)


def camera_with_relu_scores(filters, grades):
    net = camera(filters, grades, nn.GlobalAvgPool2D())
    net.add(nn.Activation("relu"))
    return net


def camera_that_pools_first(filters, grades):
    net = nn.Sequential()
    net.add(nn.GlobalAvgPool2D(), nn.Conv2D(filters, 3, activation="relu"), nn.Dense(grades))
    return net


class CameraOfWindows(nn.Block):
    """Four means a channel, for pictures of any size: not what was asked."""

    def __init__(self, filters, grades):
        super().__init__()
        self.filter = nn.Conv2D(filters, 3, activation="relu")
        self.score = nn.Dense(grades)

    def forward(self, x):
        y = self.filter(x)
        half = y.shape[2] // 2
        means = [part.mean(axis=(2, 3)) for part in (y[:, :, :half], y[:, :, half:])]
        return self.score(np.concatenate(means, axis=1))


@functools.cache
def the_same_network_again(filters, grades):
    return camera(filters, grades, nn.GlobalAvgPool2D())


def list_of_camera_layers(filters, grades):
    return [nn.Conv2D(filters, 3), nn.GlobalAvgPool2D(), nn.Dense(grades)]


RIGHT = {
    "deferred-init/1": ["HGB", "b, g và h", ("G", "H", "B"), "các tham số B, G, H"],
    "deferred-init/2": [
        ((10, 5), (10,), (4, 30), (4,)),
        [[10, 5], [10], [4, 30], [4]],
        [(np.array(10), 5), (10.0,), (4, 3 * 10), (4,)],
    ],
    "deferred-init/3": [
        heads_with_a_loss_of_both,
        heads_with_two_trainers,
        heads_ignoring_stale_gradients,
        heads_without_gradient,
        heads_with_inputs_written,
        heads_run_after_the_step,
    ],
    "deferred-init/4": [
        diary_of_a_class,
        diary_of_a_constant,
        diary_of_a_function_call,
        diary_of_shapes_in_arrays,
    ],
    "deferred-init/5": [total_of_shapes, total_of_values, total_of_one_example],
    "deferred-init/6": [
        copy_after_a_dry_run,
        copy_by_index,
        copy_begun_anew,
        copy_through_a_file,
        copy_as_initializers,
    ],
    "deferred-init/7": [rebuilt_with_inputs, rebuilt_by_hand, rebuilt_of_single_layers],
    "deferred-init/8": [
        start_with_inferred_shapes,
        start_with_shapes_written,
        start_with_another_seed_function,
    ],
    "deferred-init/9": [
        starts_in_one_line,
        starts_through_the_parameters,
        starts_layer_by_layer,
    ],
    "deferred-init/10": [Camera, camera_of_single_layers, camera_without_biases],
}

# Each known misconception with words that only its own sentence has.
WRONG = {
    "deferred-init/1": [
        ("BH", "`in_units=6` đã điền chỗ trống"),
        ("BGHD", "dù là số cộng thêm như một hệ số điều chỉnh"),
        ("ABGH", "số kênh của ảnh còn trống"),
        ("BGHE", "E đang hoãn"),
        ("ABCDEFGH", "A đang hoãn"),
        ("", "mỗi bộ lọc một số"),
        ("BGI", "các tham số là A đến H"),
        (3, "bài này cần các chữ cái"),
    ],
    "deferred-init/2": [
        ([(10, 5), (10,), (4, 60), (4,)], "là của lời gọi `net(batch)`"),
        ([(10, 30), (10,), (4, 10), (4,)], "bỏ qua `flatten=False`"),
        ([(10, 15), (10,), (4, 10), (4,)], "gộp các trục ngay ở tầng thứ nhất"),
        ([(10, 5), (10,), (4, 10), (4,)], "Tầng thứ hai không có `flatten=False`"),
        ([(5, 10), (10,), (30, 4), (4,)], "thứ tự (đầu ra, đầu vào)"),
        ([(10, 5), (10,), (30, 4), (4,)], "thứ tự (đầu ra, đầu vào)"),
        ([(10, 5), (10, 1), (4, 30), (4,)], "Hệ số điều chỉnh là một vector"),
        ([(10, 5), (4, 30)], "Danh sách chỉ có trọng số"),
        ([(10, 5), (10), (4, 30), (4)], "với dấu phẩy"),
        ([(10, 5), (10,), (4, 20), (4,)], "chưa đúng cho trọng số của tầng thứ hai"),
        ([(10, 5), (5,), (4, 30), (4,)], "chưa đúng cho hệ số điều chỉnh của tầng thứ nhất"),
        ([(10, 5)], "Danh sách có 1 hình dạng"),
        ([(10, "5")], "bài này cần số nguyên"),
        ("(10, 5)", "bài này cần một danh sách"),
    ],
    "deferred-init/3": [
        (heads_as_given, "chưa có dữ liệu nào đi tới tầng của nó"),
        (heads_of_a_subset_only, "chưa có dữ liệu nào đi tới tầng của nó"),
        (heads_run_only, "Đó là việc thứ hai"),
        (heads_with_the_error_swallowed, "vẫn giữ giá trị ban đầu"),
        (heads_both_trained, "không còn giá trị ban đầu"),
        (heads_with_a_price_of_zeros, "không còn giá trị ban đầu"),
        (heads_with_another_price, "`net.price` đã bị thay bằng tầng khác"),
        (heads_of_another_width, "không hợp với thứ mà phần thân đưa ra"),
        (heads_never_saved, "mạng chưa được lưu"),
        (heads_saved_before_the_step, "Hãy lưu sau bước huấn luyện"),
        (heads_saved_without_the_price, "không nạp được vào một mạng mới"),
        (heads_of_two_steps, "sai giá trị"),
        (heads_of_another_network, "phải trả về chính mạng `net`"),
    ],
    "deferred-init/4": [
        (diary_from_collect_params, "không phải thứ tự ra đời"),
        (diary_in_the_order_of_use, "theo thứ tự các tầng chạy"),
        (diary_of_a_training_step, "một bước huấn luyện đã đổi giá trị"),
        (diary_with_biases, "cả hệ số điều chỉnh"),
        (diary_before_data, "hình dạng còn `-1`"),
        (diary_without_filling, "không bằng 0,5"),
        (diary_of_names, "Nhật ký chỉ có tên"),
        (diary_of_shapes, "Nhật ký chỉ có hình dạng"),
        (diary_of_two_births, "chỉ ra đời một lần"),
        (diary_without_data, "vẫn chưa có giá trị"),
        (diary_never_handed_over, "Nhật ký rỗng"),
        (diary_that_calls_itself, "gọi lại chính nó"),
        (diary_with_another_method, "tên là `_init_weight(self, name, data)`"),
        (diary_of_pairs_reversed, "cần `[('one_weight', (5, 4)), ('two_weight', (3, 5))]`"),
    ],
    "deferred-init/5": [
        (total_before_data, "khi hình dạng còn `-1`"),
        (number_of_parameters, "đếm số tham số"),
        (total_of_weights, "Tổng chỉ có các trọng số"),
        (total_layer_by_layer, "bị đếm hai lần"),
        (total_of_a_network_begun_anew, "không còn giá trị như trước"),
        (total_begun_anew_where_it_must_be, "vừa thêm một tầng mới"),
        (total_of_a_trained_network, "một bước huấn luyện thì không"),
        (total_without_initialize, "Hãy gọi `net.initialize()`"),
        (total_without_data, "rồi cho một batch đi qua"),
        (total_of_shapes_only, "vẫn chưa sẵn sàng"),
        (total_of_an_empty_batch, "Batch rỗng không tính được"),
        (total_as_a_list, "bài này cần số nguyên"),
        (total_of_bytes, "cho `200`, cần `50`"),
    ],
    "deferred-init/6": [
        (copy_in_64_bits, "có 64 bit, mạng cần 32 bit"),
        (copy_of_numpy_arrays, "chỉ mảng của MXNet mới dùng được"),
        (copy_not_transposed, "Gluon cần trọng số theo thứ tự"),
        (copy_transposed_where_it_must_be, "Ma trận vuông không báo lỗi"),
        (copy_of_weights, "hệ số điều chỉnh vẫn là 0"),
        (copy_then_initialize, "mảng bị vứt đi"),
        (copy_of_the_first_layer, "sai giá trị"),
        (copy_into_another_network, "phải trả về chính mạng `net`"),
        (copy_left_undone, "sai giá trị"),
        (copy_after_a_wrong_dry_run, "`given` là tham số"),
    ],
    "deferred-init/7": [
        (rebuilt_without_layers, "các tham số của mạng chứa 0 con số"),
        (rebuilt_without_values, "vẫn chưa sẵn sàng"),
        (rebuilt_with_own_values, "sai giá trị"),
        (rebuilt_without_relu, "các tầng chưa có ReLU"),
        (rebuilt_with_relu_everywhere, "không bao giờ âm"),
        (rebuilt_of_two_layers, "báo lỗi"),
        (rebuilt_in_the_order_of_the_alphabet, "shape incompatible"),
        (dictionary_of_the_file, "không phải một khối Gluon"),
    ],
    "deferred-init/8": [
        (start_as_given, "việc xáo vẫn rút số trước khi"),
        (start_with_half_the_inputs, "việc xáo vẫn rút số trước khi"),
        (start_with_five_columns, "Lần này `rows` có 2 cột"),
        (start_with_one_seed, "Hạt giống khác thì trọng số phải khác"),
        (start_with_zeros, "Mọi trọng số của một tầng bằng nhau"),
        (start_with_a_constant, "Mọi trọng số của một tầng bằng nhau"),
        (start_with_a_dry_run, "cho dữ liệu đi qua trước khi xáo"),
        (start_called_twice, "gọi mạng 2 lần"),
        (start_layer_by_layer, "cho dữ liệu đi qua trước khi xáo"),
        (start_with_the_shuffling_last, "cho dữ liệu đi qua trước khi xáo"),
        (start_with_the_seed_planted_again, "gieo hạt giống 2 lần"),
        (start_with_the_seed_planted_late, "1 lần, sau khi xáo"),
        (start_without_shuffling, "Chúng vẫn phải được xáo"),
        (start_with_rows_turned_round, "chỉ bị lật ngược"),
        (start_with_sorted_columns, "không còn gồm đúng những hàng"),
        (start_without_data, "vẫn chưa có giá trị"),
        (start_of_one_layer, "phải vẫn là mạng cũ"),
    ],
    "deferred-init/9": [
        (starts_as_given, "mạng không bắt đầu lại"),
        (starts_with_the_old_biases, "hệ số điều chỉnh vẫn là của lần trước"),
        (starts_shifted_by_one, "không phải của một mạng vừa khởi tạo"),
        (starts_once, "Mỗi bộ khởi tạo cho một đầu ra"),
        (starts_of_other_networks, "bài này không dựng mạng khác"),
        (starts_of_numbers, "numpy.ndarray"),
        (starts_of_the_last, "không phải của một mạng vừa khởi tạo"),
        (starts_of_zeros, "không phải của một mạng vừa khởi tạo"),
    ],
    "deferred-init/10": [
        (camera_connected_directly, "con số; sau khi lấy trung bình"),
        (camera_for_colour, "Mạng không nhận ảnh có 1 kênh"),
        (camera_for_grey, "Ảnh đầu tiên đã không qua được"),
        (camera_after_a_dry_run, "do chạy nháp bên trong hàm"),
        (camera_of_constants, "Mạng phải có 2 bộ lọc"),
        (camera_of_swapped_arguments, "Mạng phải có 5 bộ lọc"),
        (camera_of_constant_grades, "Tầng `Dense` phải cho 3 điểm số"),
        (camera_along_the_last_axis, "Nếu tầng ấy có `flatten=False`"),
        (camera_without_relu, "chưa có ReLU"),
        (camera_with_late_relu, "đứng sau phép lấy trung bình"),
        (camera_of_maxima, "giá trị lớn nhất"),
        (camera_with_padding, "đang đệm thêm viền"),
        (camera_with_large_windows, "đúng một tầng tích chập"),
        (camera_with_relu_scores, "lên các điểm số"),
        (camera_that_pools_first, "Hãy để tầng tích chập đứng trước"),
        (CameraOfWindows, "con số; sau khi lấy trung bình"),
        (the_same_network_again, "trả về cùng một thực thể"),
        (list_of_camera_layers, "một danh sách Python"),
    ],
}
