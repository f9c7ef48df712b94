"""Answers that readers may write to the exercises of the opening page: right and wrong ones."""

import numpy
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn

npx.set_np()


class Named(list):
    """A list of values with a name, as functions have."""

    def __init__(self, name, *values):
        super().__init__(values)
        self.__name__ = name


# 1: six guesses


AS_ARRAYS = Named(
    "as_arrays",
    numpy.array([2, 4]),
    np.array([5, 7, 9]),
    np.array([2, 4, 6]),
    numpy.array([2.0, 4.0, 6.0]),
    np.array(50),
    numpy.bool_(True),
)
AS_TUPLES = Named("as_tuples", [2, 4], (5, 7, 9), (2.0, 4.0, 6.0), (2, 4, 6), 50.0, True)
AS_TEXTS = Named("as_texts", "(2, 4)", "[5, 7, 9]", [2, 4, 6], [2, 4, 6], " 50", "true")
ONE_LEFT_OPEN = Named("one_left_open", (2, 4), [5, 7, 9], [2, 4, 6], ..., 50, True)
OF_PYTORCH = Named("of_pytorch", (2, 4), [5, 7, 9], [2, 4, 6], [4, 8, 12], 50, True)
ALL_MISTAKEN = Named("all_mistaken", (3, 3), [6, 15], [1, 4, 9], [4, 8, 12], 40, False)
THE_EXAMPLE = Named("the_example", (5, 6), [1, 2, 3], [1, 2, 3], [1, 2, 3], 10, True)
ONE_FOR_TRUE = Named("one_for_true", (2, 4), [5, 7, 9], [2, 4, 6], [2, 4, 6], 50, 1)
FIVE = Named("five", (2, 4), [5, 7, 9], [2, 4, 6], [2, 4, 6], 50)


class Anything(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


EQUAL_TO_ALL = Named("equal_to_all", *[Anything(1)] * 6)

# 2: weights by hand


def weights(name, W1, b1, W2, b2):
    return Named(name, np.array(W1), np.array(b1), np.array(W2), np.array(b2))


ACROSS = [[1, -1], [-1, 1]]
ALONG = [[1, -1], [1, -1]]
OLD_SCORE_NEGATED = weights("old_score_negated", ALONG, [0, 0], [[-1], [-1]], [1])
ONE_NEURON_A_CORNER = weights(
    "one_neuron_a_corner",
    [[1, -1, 1, -1], [-1, 1, 1, -1]],
    [-1, -1, -1, -1],
    [[1], [1], [-1], [-1]],
    [0],
)
BIASES_IN_THE_FIRST_LAYER = weights(
    "biases_in_the_first_layer", ACROSS, [-1, -1], [[3], [3]], [-0.5]
)
FLAT_LISTS = Named("flat_lists", ACROSS, [0, 0], [1, 1], -1)
NUMPY_ROWS = Named(
    "numpy_rows",
    100 * numpy.array(ACROSS),
    numpy.zeros((1, 2)),
    numpy.ones((2, 1)),
    numpy.array([[-70]]),
)


def trained(name):
    """Weights that training found, with the labels of the exercise."""
    random = numpy.random.RandomState(3)
    corners = numpy.repeat([[1, 1], [-1, -1], [1, -1], [-1, 1]], 25, axis=0)
    points = np.array(corners + 0.15 * random.normal(size=(100, 2)))
    labels = np.array(numpy.repeat([-1, -1, 1, 1], 25))
    params = [np.array(random.normal(size=size)) for size in ((2, 8), 8, (8, 1), 1)]
    for param in params:
        param.attach_grad()
    for _ in range(200):
        with autograd.record():
            hidden = np.maximum(np.dot(points, params[0]) + params[1], 0)
            score = (np.dot(hidden, params[2]) + params[3]).reshape(-1)
            loss = (score - labels) ** 2
        loss.backward()
        for param in params:
            param[:] = param - 0.1 * param.grad / 100
    return Named(name, *params)


OF_THE_LESSON = weights("of_the_lesson", ALONG, [0, 0], [[1], [1]], [-1])
BIAS_FORGOTTEN = weights("bias_forgotten", ACROSS, [0, 0], [[1], [1]], [0])
ONE_NEURON_ONLY = weights("one_neuron_only", [[1], [-1]], [0], [[1]], [-1])
ALWAYS_NO = weights("always_no", ACROSS, [0, 0], [[0], [0]], [-1])
BORDER_IN_A_CLUSTER = weights("border_in_a_cluster", ACROSS, [0, 0], [[1], [1]], [-2])
LIKE_DENSE = weights("like_dense", ACROSS, [0, 0], [[1, 1]], [-1])
WITH_NAN = weights("with_nan", ACROSS, [0, 0], [[1], [1]], [numpy.nan])
THREE_ARRAYS = Named("three_arrays", *BIAS_FORGOTTEN[:3])
NOTHING_YET = Named("nothing_yet", None, None, None, None)
A_RULE = Named("a_rule", lambda X: -X[:, 0] * X[:, 1], 0, 0, 0)

# 3: a loss of nan


def loop(loss_of, rate=0.1, divide=len, optimizer="sgd"):
    """Return a training loop with this loss."""

    def fit(net, X, y):
        trainer = gluon.Trainer(net.collect_params(), optimizer, {"learning_rate": rate})
        for _ in range(100):
            with autograd.record():
                loss = loss_of(net(X), y)
            loss.backward()
            trainer.step(divide(X))
        return loss.mean().item()

    return fit


def every_pair(score, y):
    return (score - y) ** 2 / 2


def labels_in_a_column(net, X, y):
    return loop(lambda score, y: (score - y.reshape(-1, 1)) ** 2 / 2)(net, X, y)


def scores_by_index(net, X, y):
    return loop(lambda score, y: (score[:, 0] - y) ** 2 / 2)(net, X, y)


def loss_of_gluon(net, X, y):
    return loop(gluon.loss.L2Loss())(net, X, y)


def labels_turned_around(net, X, y):
    return loop(lambda score, y: (score.T - y) ** 2 / 2)(net, X, y)


def squeezed_with_adam(net, X, y):
    return loop(lambda score, y: (score.squeeze(-1) - y) ** 2, optimizer="adam")(net, X, y)


def mean_and_step_1(net, X, y):
    def one(X):
        return 1

    return loop(lambda score, y: every_pair(score[:, 0], y).mean(), divide=one)(net, X, y)


def without_trainer(net, X, y):
    for _ in range(100):
        with autograd.record():
            loss = every_pair(net(X).reshape(-1), y)
        loss.backward()
        for param in net.collect_params().values():
            param.set_data(param.data() - 0.1 * param.grad() / len(X))
    return loss.mean()


def slower_and_mended(net, X, y):
    return loop(lambda score, y: every_pair(score[:, 0], y), rate=0.01)(net, X, y)


def as_it_was(net, X, y):
    return loop(every_pair)(net, X, y)


def only_a_smaller_rate(net, X, y):
    return loop(every_pair, rate=0.001)(net, X, y)


def divided_twice(net, X, y):
    return loop(every_pair, divide=lambda X: len(X) ** 2)(net, X, y)


def mended_but_step_1(net, X, y):
    return loop(lambda score, y: every_pair(score[:, 0], y), divide=lambda X: 1)(net, X, y)


def nan_to_num(net, X, y):
    return numpy.nan_to_num(as_it_was(net, X, y)).item()


def a_constant(net, X, y):
    return 0.015


def another_network(net, X, y):
    own = nn.Sequential()
    own.add(nn.Dense(4, activation="relu"), nn.Dense(1))
    own.initialize(init.Normal(1))
    return loss_of_gluon(own, X, y)


def for_200_points(net, X, y):
    return loop(lambda score, y: every_pair(score.reshape(200), y))(net, X, y)


def sum_instead_of_mean(net, X, y):
    return loss_of_gluon(net, X, y) * len(X)


VALUES = {"index/1", "index/2"}
PLAIN = {"index/3"}
RIGHT = {
    "index/1": [AS_ARRAYS, AS_TUPLES, AS_TEXTS],
    "index/2": [
        OLD_SCORE_NEGATED,
        ONE_NEURON_A_CORNER,
        BIASES_IN_THE_FIRST_LAYER,
        FLAT_LISTS,
        NUMPY_ROWS,
        trained("trained"),
    ],
    "index/3": [
        labels_in_a_column,
        scores_by_index,
        loss_of_gluon,
        labels_turned_around,
        squeezed_with_adam,
        mean_and_step_1,
        without_trainer,
        slower_and_mended,
    ],
}
WRONG = {
    "index/1": [
        (ONE_LEFT_OPEN, "Đúng 5 trong 6 câu: câu 1 đúng; câu 2 đúng; câu 3 đúng; câu 4 chưa trả"),
        (OF_PYTORCH, "câu 4 chưa đúng (PyTorch cộng dồn, còn MXNet ghi đè); câu 5 đúng"),
        (ALL_MISTAKEN, "Đúng 0 trong 6 câu: câu 1 chưa đúng (hai số ở trong biến mất"),
        (THE_EXAMPLE, "Đúng 1 trong 6 câu: câu 1 chưa đúng; câu 2 chưa đúng;"),
        (ONE_FOR_TRUE, "câu 6 chưa đúng."),
        (FIVE, "đây là một danh sách có 5 phần tử."),
        (EQUAL_TO_ALL, "Đúng 0 trong 6 câu"),
    ],
    "index/2": [
        (OF_THE_LESSON, "Đây là trọng số cho nhãn cũ"),
        (BIAS_FORGOTTEN, "chỗ sai nằm quanh góc (1, 1), (-1, -1)."),
        (ONE_NEURON_ONLY, "Đúng 150 trong 200 điểm mới rút; chỗ sai nằm quanh góc (-1, 1)."),
        (ALWAYS_NO, "Đúng 100 trong 200 điểm mới rút"),
        (BORDER_IN_A_CLUSTER, "chỗ sai nằm quanh góc (1, -1), (-1, 1)."),
        (LIKE_DENSE, "không khớp nhau: `(2, 2)`, `(2,)`, `(1, 2)`, `(1,)`. Với `k` nơ-ron ẩn"),
        (WITH_NAN, "`b2` chứa `nan`"),
        (THREE_ARRAYS, "đây là một danh sách có 3 phần tử"),
        (A_RULE, "`W1` không phải một mảng số"),
        (NOTHING_YET, "`W1` không phải một mảng số"),
    ],
    "index/3": [
        (as_it_was, "`net` chỉ còn cho `nan`"),
        (mended_but_step_1, "`net` chỉ còn cho `nan`"),
        (nan_to_num, "`net` chỉ còn cho `nan`"),
        (only_a_smaller_rate, "chưa học được nhãn: giá trị hàm mất mát là 0,5"),
        (divided_twice, "chưa học được nhãn: giá trị hàm mất mát là 0,5"),
        (a_constant, "không hề thay đổi"),
        (another_network, "không hề thay đổi"),
        (for_200_points, "báo lỗi"),
        (sum_instead_of_mean, "trong khi trung bình"),
    ],
}
