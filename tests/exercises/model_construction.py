"""Answers that readers may write to the exercises of model-construction: right and wrong ones."""

import copy

from mxnet import autograd, np, npx
from mxnet.gluon import nn

# 1: an MLP from a list of sizes


def mlp_with_activation_layers(sizes):
    net = nn.Sequential()
    for number, size in enumerate(sizes):
        net.add(nn.Dense(size))
        if number + 1 < len(sizes):
            net.add(nn.Activation("relu"))
    return net


def mlp_with_activation_or_none(sizes):
    net = nn.HybridSequential()
    for number, size in enumerate(sizes):
        net.add(nn.Dense(size, activation="relu" if number < len(sizes) - 1 else None))
    net.initialize()
    return net


def mlp_of_unpacked_layers(sizes):
    *hidden, last = sizes
    net = nn.Sequential()
    with net.name_scope():
        net.add(*[nn.Dense(size, activation="relu") for size in hidden], nn.Dense(last))
    return net


def mlp_that_empties_its_argument(sizes):
    net = nn.Sequential()
    while len(sizes) > 1:
        net.add(nn.Dense(sizes.pop(0), activation="relu"))
    net.add(nn.Dense(sizes.pop()))
    return net


def mlp_of_nested_blocks(sizes):
    net = nn.Sequential()
    for size in sizes[:-1]:
        layer = nn.Sequential()
        layer.add(nn.Dense(size, use_bias=False), nn.Lambda(npx.relu))
        net.add(layer)
    net.add(nn.Dense(sizes[-1]))
    return net


class MLPBlock(nn.Block):
    def __init__(self, sizes):
        super().__init__()
        self.last = nn.Dense(sizes[-1])
        for size in sizes[:-1]:
            self.register_child(nn.Dense(size))

    def forward(self, x):
        last, *hidden = self._children.values()
        for layer in hidden:
            x = npx.relu(layer(x))
        return last(x)


def relu_after_every_layer(sizes):
    net = nn.Sequential()
    for size in sizes:
        net.add(nn.Dense(size, activation="relu"))
    return net


def no_relu(sizes):
    net = nn.Sequential()
    for size in sizes:
        net.add(nn.Dense(size))
    return net


def layers_in_reverse_order(sizes):
    return mlp_with_activation_layers(sizes[::-1])


def list_of_layers(sizes):
    return [*[nn.Dense(size, activation="relu") for size in sizes[:-1]], nn.Dense(sizes[-1])]


one_for_all = nn.Sequential()


def the_same_network_again(sizes):
    one_for_all.add(*list_of_layers(sizes))
    return one_for_all


def fixed_sizes(sizes):
    net = nn.Sequential()
    net.add(nn.Dense(256, activation="relu"), nn.Dense(10))
    return net


def without_the_last_layer(sizes):
    return mlp_with_activation_layers([*sizes[:-1], sizes[-1], sizes[-1]])


def sigmoid_for_relu(sizes):
    net = nn.Sequential()
    for size in sizes[:-1]:
        net.add(nn.Dense(size, activation="sigmoid"))
    net.add(nn.Dense(sizes[-1]))
    return net


def mlp_without_return(sizes):
    mlp_with_activation_layers(sizes)


def printed_mlp(sizes):
    print(mlp_with_activation_layers(sizes))


# 2: two blocks side by side


class ParallelChildren(nn.Block):
    def __init__(self, *blocks):
        super().__init__()
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        return np.concatenate([block(x) for block in self._children.values()], axis=x.ndim - 1)


class ParallelSequential(nn.Block):
    def __init__(self, first, second, **kwargs):
        super().__init__(**kwargs)
        self.branches = nn.Sequential()
        self.branches.add(first, second)

    def forward(self, x):
        return np.concatenate((self.branches[0](x), self.branches[1](x)), -1)


class ParallelHybrid(nn.HybridBlock):
    def __init__(self, first, second):
        super().__init__()
        self.first, self.second = first, second

    def hybrid_forward(self, F, x):
        return F.np.concatenate([self.first(x), self.second(x)], axis=-1)


class PlainListOfBranches(nn.Block):
    def __init__(self, first, second):
        super().__init__()
        self.branches = [first, second]

    def forward(self, x):
        return np.concatenate([branch(x) for branch in self.branches], axis=-1)


class ParallelRegisteredList(PlainListOfBranches):
    def __init__(self, first, second):
        super().__init__(first, second)
        for number, block in enumerate(self.branches):
            self.register_child(block, f"branch{number}")


def parallel_factory(first, second):
    return ParallelHybrid(first, second)


class Adds(ParallelHybrid):
    def hybrid_forward(self, F, x):
        return self.first(x) + self.second(x)


class ConcatenatesBatch(ParallelHybrid):
    def hybrid_forward(self, F, x):
        return F.np.concatenate([self.first(x), self.second(x)])


class ConcatenatesAxisOne(ParallelHybrid):
    def hybrid_forward(self, F, x):
        return F.np.concatenate([self.first(x), self.second(x)], axis=1)


class Chains(ParallelHybrid):
    def hybrid_forward(self, F, x):
        return self.second(self.first(x))


class SwapsHalves(ParallelHybrid):
    def hybrid_forward(self, F, x):
        return F.np.concatenate([self.second(x), self.first(x)], axis=-1)


class ReturnsBoth(ParallelHybrid):
    def hybrid_forward(self, F, x):
        return self.first(x), self.second(x)


class Stacks(ParallelHybrid):
    def hybrid_forward(self, F, x):
        return F.np.stack([self.first(x), self.second(x)])


class NoSuperInit(nn.Block):
    def __init__(self, *blocks):
        self.first = blocks[0]


# 3: a sequential container


class KeyedByNumber(nn.Block):
    def __init__(self, *blocks):
        super().__init__()
        for number, block in enumerate(blocks):
            self._children[str(number)] = block

    def forward(self, x):
        for block in self._children.values():
            x = block(x)
        return x


class NumberedAttributes(nn.Block):
    def __init__(self, *blocks, **kwargs):
        super().__init__(**kwargs)
        self.count = len(blocks)
        for number, block in enumerate(blocks):
            setattr(self, f"block{number}", block)

    def forward(self, x):
        for number in range(self.count):
            x = getattr(self, f"block{number}")(x)
        return x


class SequentialInside(nn.Block):
    def __init__(self, *blocks):
        super().__init__()
        self.body = nn.Sequential()
        self.body.add(*blocks)

    def forward(self, x):
        return self.body(x)


class SequentialSubclass(nn.Sequential):
    def __init__(self, *blocks):
        super().__init__()
        self.add(*blocks)


class PlainListOfBlocks(nn.Block):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


class RegisteredList(PlainListOfBlocks):
    def __init__(self, *blocks):
        super().__init__(*blocks)
        for block in blocks:
            self.register_child(block)


class HybridContainer(nn.HybridBlock):
    def __init__(self, *blocks):
        super().__init__()
        for block in blocks:
            self.register_child(block)

    def hybrid_forward(self, F, x):
        for block in self._children.values():
            x = block(x)
        return x


def container_factory(*blocks):
    net = nn.HybridSequential()
    for block in blocks:
        net.add(block)
    return net


class KeyedByName(KeyedByNumber):
    def __init__(self, *blocks):
        super().__init__()
        for block in blocks:
            self.register_child(block, block.name)


class KeyedByNameRunFromList(PlainListOfBlocks):
    def __init__(self, *blocks):
        super().__init__(*blocks)
        for block in blocks:
            self._children[block.name] = block


class RunsInReverse(HybridContainer):
    def hybrid_forward(self, F, x):
        for block in reversed(self._children.values()):
            x = block(x)
        return x


class ReturnsEveryOutput(HybridContainer):
    def hybrid_forward(self, F, x):
        outputs = []
        for block in self._children.values():
            x = block(x)
            outputs.append(x)
        return outputs


class ReturnsInsideTheLoop(KeyedByNumber):
    def forward(self, x):
        for block in self._children.values():
            return block(x)


class RunsEachOnTheInput(KeyedByNumber):
    def forward(self, x):
        for block in self._children.values():
            y = block(x)
        return y


class ForwardWithoutReturn(KeyedByNumber):
    def forward(self, x):
        for block in self._children.values():
            x = block(x)


# 4: n independent blocks


def stack_of_unpacked_blocks(make_block, n):
    net = nn.Sequential()
    net.add(*[make_block() for _ in range(n)])
    return net


def hybrid_stack(make_block, n):
    net = nn.HybridSequential()
    while len(net) < n:
        net.add(make_block())
    return net


def stack_added_from_the_end(make_block, n):
    blocks = [make_block() for _ in range(n)]
    net = nn.Sequential()
    for block in reversed(blocks):
        net.add(block)
    return net


def recursive_stack(make_block, n):
    net = nn.Sequential()
    net.add(make_block())
    if n > 1:
        net.add(recursive_stack(make_block, n - 1))
    return net


class StackBlock(KeyedByNumber):
    def __init__(self, make_block, n):
        super().__init__(*[make_block() for _ in range(n)])


def same_block_again(make_block, n):
    block = make_block()
    net = nn.Sequential()
    for _ in range(n):
        net.add(block)
    return net


def one_block_too_many(make_block, n):
    return stack_of_unpacked_blocks(make_block, n + 1)


def one_block_missing(make_block, n):
    return stack_of_unpacked_blocks(make_block, n - 1)


def list_of_blocks(make_block, n):
    return [make_block() for _ in range(n)]


def factory_never_called(make_block, n):
    net = nn.Sequential()
    for _ in range(n):
        net.add(make_block)
    return net


# 5: a residual block


class ResidualSequential(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.body = nn.HybridSequential()
        self.body.add(nn.Dense(units), nn.Activation("relu"), nn.Dense(units))

    def hybrid_forward(self, F, x):
        return self.body(x) + x


class ResidualOperators(nn.HybridBlock):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.output = nn.Dense(units, in_units=units)
        self.hidden = nn.Dense(units, in_units=units)
        self.initialize()

    def hybrid_forward(self, F, x):
        return F.np.add(x, self.output(F.npx.relu(self.hidden(x))))


class ResidualPlainForward(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.hidden = nn.Dense(units, activation="relu", use_bias=False)
        self.output = nn.Dense(units)

    def forward(self, x):
        y = self.hidden(x)
        y = self.output(y)
        return x + y


class ResidualParameters(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.units = units
        with self.name_scope():
            self.b1 = self.params.get("b1", shape=(units,), init="zeros")
            self.b2 = self.params.get("b2", shape=(units,), init="zeros")
            self.w1 = self.params.get("w1", shape=(units, units))
            self.w2 = self.params.get("w2", shape=(units, units))

    def hybrid_forward(self, F, x, b1, b2, w1, w2):
        h = F.npx.relu(F.npx.fully_connected(x, w1, b1, num_hidden=self.units))
        return x + F.npx.fully_connected(h, w2, b2, num_hidden=self.units)


class ResidualSubclass(nn.HybridSequential):
    def __init__(self, units):
        super().__init__()
        self.add(nn.Dense(units, activation="relu"), nn.Dense(units))

    def hybrid_forward(self, F, x):
        return x + super().hybrid_forward(F, x)


def residual_factory(units):
    return ResidualSequential(units)


class TwoLayers(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.hidden = nn.Dense(units, activation="relu")
        self.output = nn.Dense(units)


class ForgetsTheInput(TwoLayers):
    def hybrid_forward(self, F, x):
        return self.output(self.hidden(x))


class AddsInPlace(TwoLayers):
    def hybrid_forward(self, F, x):
        y = self.output(self.hidden(x))
        y += x
        return y


class ChangesItsInput(TwoLayers):
    def hybrid_forward(self, F, x):
        x += self.output(self.hidden(x))
        return x


class MakesLayersInForward(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.units = units

    def hybrid_forward(self, F, x):
        hidden = nn.Dense(self.units, activation="relu")
        output = nn.Dense(self.units)
        hidden.initialize()
        output.initialize()
        return x + output(hidden(x))


class LeavesThroughNumPy(TwoLayers):
    def hybrid_forward(self, F, x):
        return np.array(x.asnumpy() + self.output(self.hidden(x)).asnumpy())


class LeavesThroughNumPyInForward(TwoLayers):
    def forward(self, x):
        return np.array(x.asnumpy()) + self.output(self.hidden(x))


class ArraysOnly(TwoLayers):
    def hybrid_forward(self, F, x):
        return np.add(x, self.output(self.hidden(x)))


class PlainBlock(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.hidden = nn.Dense(units, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return x + self.output(self.hidden(x))


class LayersInAList(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.layers = [nn.Dense(units, activation="relu"), nn.Dense(units)]

    def hybrid_forward(self, F, x):
        return x + self.layers[1](self.layers[0](x))


class OneLayer(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.hidden = nn.Dense(units, activation="relu")

    def hybrid_forward(self, F, x):
        return x + self.hidden(x)


class ReLUOnTheSum(TwoLayers):
    def hybrid_forward(self, F, x):
        return F.npx.relu(x + self.output(self.hidden(x)))


class ReLUOnBothLayers(TwoLayers):
    def hybrid_forward(self, F, x):
        return x + F.npx.relu(self.output(self.hidden(x)))


class NoReLU(nn.HybridBlock):
    def __init__(self, units):
        super().__init__()
        self.hidden, self.output = nn.Dense(units), nn.Dense(units)

    def hybrid_forward(self, F, x):
        return x + self.output(self.hidden(x))


class CutsTheGradient(TwoLayers):
    def hybrid_forward(self, F, x):
        with autograd.pause():
            y = self.output(self.hidden(x))
        return x + y


class TrainsNothing(TwoLayers):
    def hybrid_forward(self, F, x):
        with autograd.pause():
            return x + self.output(self.hidden(x))


# Answers that look right at first


def relu_unless_as_large_as_the_last(sizes):
    net = nn.Sequential()
    for size in sizes:
        net.add(nn.Dense(size, activation="relu" if size != sizes[-1] else None))
    return net


class EachOnTheInput(nn.Block):
    def __init__(self, sizes):
        super().__init__()
        for size in sizes:
            self.register_child(nn.Dense(size))

    def forward(self, x):
        return [layer(x) for layer in self._children.values()][-1]


class OneBranchInADictionary(nn.Block):
    def __init__(self, first, second):
        super().__init__()
        self.first, self.others = first, {"second": second}

    def forward(self, x):
        return np.concatenate([self.first(x), self.others["second"](x)], axis=-1)


class KeepsOnlyParameters(PlainListOfBranches):
    def __init__(self, first, second):
        super().__init__(first, second)
        for branch in self.branches:
            self.params.update(branch.collect_params())


class OverwritesItsInput(ParallelSequential):
    def forward(self, x):
        y = super().forward(x)
        x[:] = 0
        return y


class OneAttributeForAll(nn.Block):
    def __init__(self, *blocks):
        super().__init__()
        for block in blocks:
            self.block = block

    def forward(self, x):
        for block in self._children.values():
            x = block(x)
        return x


class KeyedByInteger(KeyedByNumber):
    def __init__(self, *blocks):
        super().__init__()
        for number, block in enumerate(blocks):
            self.register_child(block, number)


class SortedKeys(KeyedByNumber):
    def forward(self, x):
        for key in sorted(self._children):
            x = self._children[key](x)
        return x


class CopiesOnSecondUse(KeyedByNumber):
    def __init__(self, *blocks):
        super().__init__()
        for block in blocks:
            used = block in self._children.values()
            self.register_child(copy.deepcopy(block) if used else block)


class LoadsNothing(KeyedByNumber):
    def load_parameters(self, filename):
        pass


class UsesOneLayerOnly(TwoLayers):
    def hybrid_forward(self, F, x):
        return x + self.hidden(x)


class DiffersInTraining(PlainBlock):
    def forward(self, x):
        return super().forward(x) + autograd.is_training()


class Frozen(PlainBlock):
    def forward(self, x):
        self.collect_params().setattr("grad_req", "null")
        return super().forward(x)


class LayersInADictionary(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.layers = {"hidden": nn.Dense(units, activation="relu"), "output": nn.Dense(units)}

    def forward(self, x):
        return x + self.layers["output"](self.layers["hidden"](x))


class HalfInAList(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.hidden, self.rest = nn.Dense(units, activation="relu"), [nn.Dense(units)]

    def forward(self, x):
        return x + self.rest[0](self.hidden(x))


class ResidualWithConstant(PlainBlock):
    def __init__(self, units):
        super().__init__(units)
        self.one = self.params.get_constant("one", np.ones(1))

    def forward(self, x):
        return self.one.data() * super().forward(x)


class ResidualByNumPyProducts(nn.Block):
    def __init__(self, units):
        super().__init__()
        self.w1 = self.params.get("w1", shape=(units, units))
        self.w2 = self.params.get("w2", shape=(units, units))

    def forward(self, x):
        return x + np.dot(npx.relu(np.dot(x, self.w1.data())), self.w2.data())


class StackInAList(nn.Block):
    def __init__(self, make_block, n):
        super().__init__()
        self.blocks = [make_block() for _ in range(n)]

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


def copies_of_one_block(make_block, n):
    block = make_block()
    return stack_of_unpacked_blocks(lambda: copy.deepcopy(block), n)


VALUES = {"model-construction/4"}
RIGHT = {
    "model-construction/5": [
        mlp_with_activation_layers,
        mlp_with_activation_or_none,
        mlp_of_unpacked_layers,
        mlp_that_empties_its_argument,
        mlp_of_nested_blocks,
        MLPBlock,
    ],
    "model-construction/1": [
        ParallelChildren,
        ParallelSequential,
        ParallelHybrid,
        ParallelRegisteredList,
        parallel_factory,
    ],
    "model-construction/2": [
        KeyedByNumber,
        NumberedAttributes,
        SequentialInside,
        SequentialSubclass,
        RegisteredList,
        HybridContainer,
        container_factory,
    ],
    "model-construction/6": [
        stack_of_unpacked_blocks,
        stack_added_from_the_end,
        recursive_stack,
        StackBlock,
    ],
    "model-construction/3": [
        ResidualSequential,
        ResidualOperators,
        ResidualPlainForward,
        ResidualParameters,
        ResidualSubclass,
        residual_factory,
        ArraysOnly,
        PlainBlock,
        ResidualWithConstant,
        ResidualByNumPyProducts,
    ],
    "model-construction/4": [
        "ECA",
        "a, c, e",
        "Hàm A, C và E",
        ["A", "C", "E"],
        ("E", "C", "A"),
        " A C\nE ",
    ],
}

# Each known misconception with words that only its own sentence has.
WRONG = {
    "model-construction/5": [
        (relu_after_every_layer, "ReLU đang tác động cả lên tầng cuối"),
        (no_relu, "Các tầng ẩn chưa có ReLU"),
        (layers_in_reverse_order, "các tầng đang xếp theo thứ tự ngược"),
        (list_of_layers, "một danh sách Python"),
        (the_same_network_again, "trả về cùng một thực thể"),
        (fixed_sizes, "có số đầu ra là `[256, 10]`; cần đúng như `sizes`"),
        (without_the_last_layer, "có số đầu ra là `[5, 5]`"),
        (sigmoid_for_relu, "đúng hình dạng nhưng sai giá trị"),
        (relu_unless_as_large_as_the_last, "đúng hình dạng nhưng sai giá trị"),
        (EachOnTheInput, "các tầng không nối đuôi nhau"),
        (mlp_without_return, "còn thiếu `return`"),
        (printed_mlp, "chứ không trả về kết quả"),
    ],
    "model-construction/1": [
        (Adds, "cộng hai kết quả"),
        (ConcatenatesBatch, "theo trục 0"),
        (ConcatenatesAxisOne, "theo trục 1"),
        (Chains, "đang nối tiếp nhau"),
        (PlainListOfBranches, "`first` không có trong danh bạ"),
        (OneBranchInADictionary, "`second` không có trong danh bạ"),
        (KeepsOnlyParameters, "`first` không có trong danh bạ"),
        (OverwritesItsInput, "ghi đè lên chính đầu vào"),
        (SwapsHalves, "đang đổi chỗ"),
        (ReturnsBoth, "hai kết quả rời nhau"),
        (Stacks, "có hình dạng `(2, 2, 3, 4)`, cần `(2, 3, 8)`"),
        (NoSuperInit, "Hãy gọi `super().__init__()`"),
    ],
    "model-construction/2": [
        (PlainListOfBlocks, "Danh sách Python không đăng ký khối nào"),
        (OneAttributeForAll, "Ba lần đăng ký có chung một khóa"),
        (KeyedByInteger, "Khóa phải là chuỗi"),
        (SortedKeys, "đúng hình dạng nhưng sai giá trị"),
        (CopiesOnSecondUse, "một bản sao của `a`"),
        (LoadsNothing, "`load_parameters` không báo lỗi"),
        (KeyedByName, "khối `a` chỉ chạy một lần"),
        (KeyedByNameRunFromList, "không nạp được vào thực thể khác"),
        (RunsInReverse, "theo thứ tự ngược"),
        (ReturnsEveryOutput, "trả về kết quả của từng khối"),
        (ReturnsInsideTheLoop, "`return` nằm bên trong vòng lặp"),
        (RunsEachOnTheInput, "Mọi khối đều nhận `x` ban đầu"),
        (ForwardWithoutReturn, "còn thiếu `return`"),
        (NoSuperInit, "Hãy gọi `super().__init__()`"),
    ],
    "model-construction/6": [
        (same_block_again, "dùng chung tham số"),
        (one_block_too_many, "có 4 khối"),
        (one_block_missing, "có 2 khối"),
        (list_of_blocks, "một danh sách Python"),
        (factory_never_called, "chưa gọi `make_block` lần nào"),
        (hybrid_stack, "không phải `nn.HybridSequential`"),
        (StackInAList, "nhưng chỉ 0 khối được đăng ký"),
        (copies_of_one_block, "các khối là bản sao của nhau"),
    ],
    "model-construction/3": [
        (ForgetsTheInput, "Hãy cộng thêm đầu vào"),
        (AddsInPlace, "Phép gán tại chỗ"),
        (ChangesItsInput, "Phép gán tại chỗ"),
        (MakesLayersInForward, "khối chưa đăng ký tham số nào"),
        (UsesOneLayerOnly, "đã được tạo nhưng `forward` không dùng tới"),
        (DiffersInTraining, "khác đi trong chế độ huấn luyện"),
        (Frozen, "có `grad_req` là `'null'`"),
        (LayersInADictionary, "nằm trong từ điển Python"),
        (HalfInAList, "Tầng ấy chưa được đăng ký"),
        (LeavesThroughNumPy, "Gradient không đi hết"),
        (LeavesThroughNumPyInForward, "Gradient không đi hết"),
        (LayersInAList, "nằm trong danh sách Python"),
        (OneLayer, "hai tầng kết nối đầy đủ"),
        (ReLUOnTheSum, "lên cả tổng"),
        (ReLUOnBothLayers, "lên tầng thứ hai"),
        (NoReLU, "Tầng thứ nhất chưa có ReLU"),
        (CutsTheGradient, "Gradient không đi hết"),
        (TrainsNothing, "Gradient không đi hết"),
    ],
    "model-construction/4": [
        ("AC", "Chưa đủ. E lặp"),
        ("ABCE", "B hỏi `x.shape`"),
        ("ACDE", "D không báo lỗi, nhưng"),
        ("ABCDEF", "B hỏi `x.shape`"),
        ("ACEF", "F hỏi giá trị"),
        ("", "Chưa đủ. A chỉ gọi"),
        ("ACEG", "Không có hàm nào mang chữ G"),
        (3, "một giá trị kiểu `int`"),
        (len, "một giá trị kiểu `builtin_function_or_method`"),
    ],
}
