"""The exercises of the opening page, Tính toán Học sâu."""

from __future__ import annotations

import ast
import contextlib
from numbers import Real
from typing import Any

from d2lutil.exercises import probe
from d2lutil.exercises.exercise import Exercise, Solution
from d2lutil.exercises.guard import Wrong, call, code

# For each question what is right, then what known mistakes say and show.
_GUESSES: tuple[tuple[Any, dict[str, str]], ...] = (
    ((2, 4), {"(3, 3)": "hai số ở trong biến mất, hai số ở ngoài còn lại"}),
    ([5, 7, 9], {"[6, 15]": "đó là `axis=1`; trục 0 mới là trục biến mất"}),
    ([2, 4, 6], {"[1, 4, 9]": "đó là các số hạng của `z`, chưa phải đạo hàm"}),
    ([2, 4, 6], {"[4, 8, 12]": "PyTorch cộng dồn, còn MXNet ghi đè"}),
    (50, {"40": "bạn quên hệ số điều chỉnh"}),
    (True, {"False": "thiếu hàm kích hoạt thì hai tầng chỉ là một tầng tuyến tính"}),
)


def _check_guesses(answer: Any) -> None:
    if not isinstance(answer, (list, tuple)) or len(answer) != len(_GUESSES):
        raise Wrong(
            "`answer` phải là một danh sách sáu dự đoán, theo thứ tự câu hỏi; đây là "
            f"{_kind(answer)}. "
            "Câu nào chưa trả lời được thì để `...`."
        )
    verdicts = [_verdict(guess, *known) for guess, known in zip(answer, _GUESSES, strict=True)]
    right = verdicts.count("đúng")
    if right < len(verdicts):
        told = "; ".join(f"câu {number} {verdict}" for number, verdict in enumerate(verdicts, 1))
        raise Wrong(f"Đúng {right} trong {len(verdicts)} câu: {told}.")


def _kind(answer: Any) -> str:
    if isinstance(answer, (list, tuple)):
        return f"một danh sách có {len(answer)} phần tử"
    return f"một giá trị kiểu {code(type(answer).__name__)}"


def _verdict(guess: Any, right: Any, mistakes: dict[str, str]) -> str:
    if guess is ...:
        return "chưa trả lời"
    given = _plain(guess)
    if given == _plain(right):
        return "đúng"
    why = [sentence for mistaken, sentence in mistakes.items() if given == _plain(mistaken)]
    return f"chưa đúng ({why[0]})" if why else "chưa đúng"


def _plain(guess: Any) -> Any:
    """Return a guess in one form, whether it is an array, a tuple, a list, a number or a text."""
    if isinstance(guess, str):
        with contextlib.suppress(SyntaxError, ValueError):
            return _plain(ast.literal_eval(guess.strip().capitalize()))
    for reads in ("asnumpy", "tolist"):
        guess = getattr(guess, reads)() if hasattr(guess, reads) else guess
    if isinstance(guess, (list, tuple)):
        return [_plain(item) for item in guess]
    if isinstance(guess, bool):
        return str(guess)  # for Python True is 1
    return float(guess) if isinstance(guess, Real) else None


GUESSES = Exercise(
    id="index/1",
    check=_check_guesses,
    praise="Cả sáu câu: bạn đã sẵn sàng cho Mục 1.",
    hints=(
        "Câu 1 và 2: hãy vẽ các bảng số ra giấy, rồi xem trục nào biến mất.",
        "Câu 3 và 4: đạo hàm của $x_i^2$ là $2 x_i$. "
        "Rồi hãy nhớ lại xem MXNet cộng dồn hay ghi đè gradient.",
        "Câu 5 và 6: mỗi đầu ra của một tầng có một hệ số điều chỉnh. "
        "Hai phép nhân ma trận liền nhau cũng chỉ là một phép nhân ma trận.",
    ),
    solution=Solution(
        code="answer = [(2, 4), [5, 7, 9], [2, 4, 6], [2, 4, 6], 50, True]\n",
        reason="Muốn đọc lý do của từng câu, hãy xem cuối phần A.",
    ),
)


_CORNERS = ((1, 1), (-1, -1), (1, -1), (-1, 1))


def _clusters(seed: int, size: int) -> tuple[Any, Any]:
    """Return points around each corner, `size` of each, and 1 where a point's signs agree."""
    import numpy

    noise = numpy.clip(probe.random(seed, 4 * size, 2), -2, 2)
    points = numpy.repeat(numpy.array(_CORNERS, dtype="float32"), size, axis=0) + 0.15 * noise
    return points, numpy.sign(points[:, 0] * points[:, 1])


def _check_by_hand(answer: Any) -> None:
    names = ("W1", "b1", "W2", "b2")
    if not isinstance(answer, (list, tuple)) or len(answer) != len(names):
        raise Wrong(f"`answer` phải là bốn mảng, `[W1, b1, W2, b2]`; đây là {_kind(answer)}.")
    arrays = [_numbers(value, name) for value, name in zip(answer, names, strict=True)]
    points, old_labels = _clusters(seed=1, size=50)
    right = (_scores(points, arrays) > 0) == (old_labels < 0)
    if right.all():
        return
    if not right.any():
        raise Wrong(
            "Đây là trọng số cho nhãn cũ: mọi điểm đều sai. "
            "Hãy đổi dấu đầu ra, hoặc cho hai nơ-ron đo $x_1 - x_2$."
        )
    wrong = (~right).reshape(len(_CORNERS), -1).sum(axis=1)
    places = ", ".join(f"({x}, {y})" for (x, y), n in zip(_CORNERS, wrong, strict=True) if n)
    raise Wrong(
        f"Đúng {right.sum()} trong {right.size} điểm mới rút; chỗ sai nằm quanh góc {places}. "
        "Điểm số phải lớn hơn 0 quanh (1, -1) và (-1, 1), còn quanh hai góc kia thì không."
    )


def _numbers(value: Any, name: str) -> Any:
    import numpy

    try:
        if value is None:  # for NumPy it is nan
            raise TypeError
        array = numpy.asarray(value.asnumpy() if hasattr(value, "asnumpy") else value, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"`{name}` không phải một mảng số.") from None
    if not numpy.isfinite(array).all():
        raise Wrong(f"`{name}` chứa `nan` hoặc `inf`.")
    return array


def _scores(points: Any, arrays: list[Any]) -> Any:
    """Return what the `perceptron` of the page makes of the points."""
    import numpy

    W1, b1, W2, b2 = arrays
    try:
        scores = (numpy.maximum(points @ W1 + b1, 0) @ W2 + b2).reshape(-1)
    except ValueError:
        scores = numpy.zeros(0)
    if len(scores) != len(points):
        shapes = ", ".join(code(str(array.shape)) for array in arrays)
        raise Wrong(
            f"Hình dạng của bốn mảng không khớp nhau: {shapes}. "
            "Với `k` nơ-ron ẩn, chúng là `(2, k)`, `(k,)`, `(k, 1)` và `(1,)`."
        )
    return scores


BY_HAND = Exercise(
    id="index/2",
    check=_check_by_hand,
    praise="Mọi điểm đều đúng, kể cả trên những điểm mới, mà không cần huấn luyện.",
    hints=(
        "Nhãn mới là 1 khi hai tọa độ khác dấu: ở đó $x_1 - x_2$ gần 2 hoặc gần −2.",
        "Hãy viết $|x_1 - x_2|$ thành tổng của hai nơ-ron có ReLU, rồi trừ 1.",
        "Mỗi cột của `W1` là một nơ-ron: cột đầu là 1 và −1, cột sau là −1 và 1.",
    ),
    solution=Solution(
        code="""\
from mxnet import np, npx

npx.set_np()

W1, b1 = np.array([[1, -1], [-1, 1]]), np.zeros(2)
W2, b2 = np.array([[1], [1]]), np.array([-1])
answer = [W1, b1, W2, b2]
""",
        reason=(
            "Điểm số là $|x_1 - x_2| - 1$. Cách khác: giữ trọng số của bài học rồi đổi dấu điểm "
            "số, thành $1 - |x_1 + x_2|$."
        ),
    ),
)


_LEARNT = 0.3  # half the squared error; with the average label for every point it is 0.5
_CLOSE = 0.1


def _check_nan(answer: Any) -> None:
    import numpy
    from mxnet import np
    from mxnet.gluon import nn

    shown = "answer(net, X, y)"
    probe.function(answer, shown)
    for seed, size in ((1, 50), (2, 15)):
        points, labels = _clusters(seed, size)
        net = probe.sequential(
            nn.Dense(8, activation="relu", in_units=2), nn.Dense(1, in_units=8), seed=1
        )
        before = net(np.array(points)).asnumpy()
        returned = call(shown, answer, net, np.array(points), np.array(labels))
        after = net(np.array(points)).asnumpy()
        if not numpy.isfinite(after).all():
            raise Wrong(
                "Sau khi huấn luyện, `net` chỉ còn cho `nan`: các bước quá lớn. Hoặc đầu ra "
                "`(n, 1)` trừ nhãn `(n,)` vẫn thành `(n, n)`, hoặc gradient chưa được chia cho `n`."
            )
        if numpy.array_equal(before, after):
            raise Wrong("Tham số của `net` không hề thay đổi: `answer` chưa huấn luyện mạng ấy.")
        loss = float(((after.reshape(-1) - labels) ** 2).mean() / 2)
        if loss > _LEARNT:
            raise Wrong(
                f"Không còn `nan`, nhưng `net` chưa học được nhãn: giá trị hàm mất mát là "
                f"{_comma(loss)}, cần dưới {_comma(_LEARNT)}. Nếu `net(X) - y` còn hình dạng "
                "`(n, n)` thì mỗi đầu ra bị so với mọi nhãn; đổi tốc độ học không sửa được."
            )
        got = returned.item() if getattr(returned, "size", None) == 1 else returned
        if abs(probe.number(got, shown) - loss) > _CLOSE:
            raise Wrong(
                f"`net` đã học được, nhưng `{shown}` trả về {_comma(got)}, trong khi trung bình "
                f"của hàm mất mát là {_comma(loss)}."
            )


def _comma(number: float) -> str:
    return f"{number:.2f}".replace(".", ",")


NAN = Exercise(
    id="index/3",
    check=_check_nan,
    praise="Mạng học được nhãn, và mỗi đầu ra chỉ được so với nhãn của chính nó.",
    hints=(
        "Hãy in `net(X).shape`, `y.shape` và `(net(X) - y).shape`.",
        "`(200, 1)` trừ `(200,)` là `(200, 200)`. Hãy làm cho hai hình dạng giống nhau trước đã.",
        "`net(X).reshape(-1)` có hình dạng `(200,)`. "
        "`gluon.loss.L2Loss()(net(X), y)` cũng được: nó tự đổi hình dạng của nhãn.",
    ),
    solution=Solution(
        code="""\
from mxnet import autograd, gluon


def fit(net, X, y):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    for _ in range(100):
        with autograd.record():
            loss = (net(X).reshape(-1) - y) ** 2 / 2
        loss.backward()
        trainer.step(len(X))
    return loss.mean().item()


answer = fit
""",
        reason=(
            "Broadcasting trừ mọi nhãn khỏi mọi đầu ra: 40.000 hiệu thay vì 200, nên gradient "
            "lớn gấp cỡ 200 lần và các tham số lớn lên vô hạn."
        ),
    ),
)

EXERCISES = (GUESSES, BY_HAND, NAN)
