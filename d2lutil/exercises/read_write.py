"""The exercises of the section read-write, Đọc và ghi tệp."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from d2lutil.exercises import guard, probe
from d2lutil.exercises.exercise import Exercise, Solution
from d2lutil.exercises.guard import Raised, Wrong, call, code


def _layers(sizes: Sequence[int], seed: int) -> Any:
    """Return a network of Dense layers for 4 inputs, with reproducible values."""
    from mxnet.gluon import nn

    pairs = zip(sizes, [4, *sizes], strict=False)
    return probe.sequential(*(nn.Dense(u, in_units=inputs) for u, inputs in pairs), seed=seed)


def _values(net: Any) -> dict[str, Any]:
    """Return the values of a network of `_layers` under their keys in a file."""
    return {
        f"{number}.{name}": getattr(layer, name).data().asnumpy()
        for number, layer in enumerate(net)
        for name in ("weight", "bias")
    }


class _Stopped(BaseException):
    """The end of a process; no Exception, because a process that is stopped catches nothing."""


# 1: how many numbers are in a file


def _check_count(answer: Any) -> None:
    from mxnet import np, npx

    probe.function(answer, "answer(path)")
    with probe.folder():
        _layers([6, 3], seed=10).save_parameters("net.params")
        npx.save("two", [np.ones((2, 3, 4)), np.ones(7)])
        npx.save("one", np.ones((5, 9)))
        npx.save("mixed", {"a": np.ones((3, 2), dtype="float64"), "b": np.array(1.5)})
        for path in ("net.params", "two", "one", "mixed"):
            _try_count(answer, path)


def _try_count(answer: Any, path: str) -> None:
    from mxnet import npx

    shown = f'answer("{path}")'
    loaded = npx.load(path)
    arrays = list(loaded.values()) if isinstance(loaded, dict) else loaded
    advice = {"'list' object": "Ở đây `npx.load` cho một danh sách: tệp được ghi mà không có tên."}
    got = probe.whole(call(shown, answer, path, advice=advice), shown)
    right = sum(array.size for array in arrays)
    rows = sum(len(array) if array.ndim else 1 for array in arrays)
    told = f"`{shown}` cho {got}, cần {right}."
    known = [
        (
            os.path.getsize(path),
            f"{told} Đó là kích thước của tệp tính bằng byte, không phải số phần tử.",
        ),
        (
            sum(array.asnumpy().nbytes for array in arrays),
            f"{told} Bạn đang đếm byte: mỗi con số chiếm 4 hay 8 byte. Hãy cộng `array.size`.",
        ),
        (
            len(arrays),
            f"{told} Bạn đang đếm số mảng. Hãy cộng số phần tử của từng mảng.",
        ),
        (rows, f"{told} `len(array)` chỉ đếm số hàng. Hãy dùng `array.size`."),
        (
            arrays[0].size,
            f"{told} Bạn chỉ đếm mảng đầu tiên. Hãy cộng qua mọi mảng trong tệp.",
        ),
    ]
    probe.compare(shown, got, right, known)


COUNT = Exercise(
    id="read-write/1",
    check=_check_count,
    praise="Từ điển, danh sách hay một mảng duy nhất: bạn đếm đúng mọi phần tử.",
    hints=(
        "`npx.load(path)` cho một từ điển khi tệp có tên, và một danh sách khi không có; "
        "`isinstance(loaded, dict)` phân biệt hai trường hợp.",
        "Từ một từ điển, `loaded.values()` cho các mảng; một danh sách thì đã là các mảng.",
        "`array.size` là số phần tử của một mảng, hình dạng nào cũng được. Hãy cộng chúng lại.",
    ),
    solution=Solution(
        code="""\
from mxnet import npx

npx.set_np()


def answer(path):
    loaded = npx.load(path)
    arrays = loaded.values() if isinstance(loaded, dict) else loaded
    return sum(array.size for array in arrays)
""",
        reason=(
            "Với MXNet, tệp nào cũng là một dãy mảng, có tên hoặc không. Một mảng duy nhất trở về "
            "trong danh sách có một phần tử, nên không cần xét riêng."
        ),
    ),
)


# 2: a training loop that goes on


_LOOP = "answer(path, net, work, epochs)"


def _check_resume(answer: Any) -> None:
    probe.function(answer, _LOOP)
    with probe.folder():
        first = _Training(answer)
        if first.run("whole.ckpt", 4) != (4, 4):
            raise Wrong(
                f"Không có tệp nào và `epochs = 4`: cần gọi `work` 4 lần và trả về 4, nhưng "
                f"`work` được gọi {first.calls} lần và kết quả là {first.result}."
            )
        if not os.path.exists("whole.ckpt"):
            raise Wrong("Sau 4 epoch, `path` vẫn chưa có điểm lưu nào.")

        for done in (2, 1):
            os.mkdir("at")
            _cut(answer, done)
            shutil.copytree("at", f"after{done}")
            _try_again(answer, saved=done, epochs=4)
            _try_again(answer, saved=4, epochs=4)
            _try_again(answer, saved=4, epochs=6)
            _try_again(answer, saved=6, epochs=3)
            shutil.rmtree("at")
            # The files as they were after the cut: what only memory holds is no help now.
            os.rename(f"after{done}", "at")
            again = _Training(answer, start=-1)
            again.run("at/cut.ckpt", 4)
            if (again.calls, again.value()) != (4 - done, _Training.after(4, 7)):
                raise Wrong(
                    f"Khi chỉ còn lại các tệp như lúc `work` bị ngắt sau {done} epoch, lần gọi lại "
                    "không đi tiếp từ đó. Hãy giữ cả tham số lẫn số epoch trong tệp: một tiến "
                    "trình mới không biết các biến của tiến trình cũ."
                )
            shutil.rmtree("at")


def _cut(answer: Any, done: int) -> None:
    cut = _Training(answer, start=7)
    cut.run("at/cut.ckpt", 4, cut_in=done + 1)
    if cut.calls > done + 1:
        raise Wrong(
            f"`work` bị ngắt ở epoch thứ {done + 1}, vậy mà vòng lặp vẫn gọi nó lần nữa. "
            "Đừng bắt lỗi ấy: khi bị ngắt, epoch đó chưa xong."
        )
    if not os.path.exists("at/cut.ckpt"):
        raise Wrong(
            f"Bị ngắt ở epoch thứ {done + 1}, và chưa có điểm lưu nào. "
            "Hãy lưu sau mỗi epoch, ở bên trong vòng lặp."
        )


def _try_again(answer: Any, saved: int, epochs: int) -> None:
    again = _Training(answer, start=-1)
    again.run("at/cut.ckpt", epochs)
    left = max(epochs - saved, 0)
    told = (
        f"Các lần gọi trước đã xong {saved} epoch và `epochs = {epochs}`: còn {left} epoch, "
        f"nhưng `work` được gọi {again.calls} lần."
    )
    if again.calls == epochs and saved:
        raise Wrong(f"{told} Hãy đọc điểm lưu, và đừng huấn luyện lại từ đầu.")
    if not left and again.calls:
        raise Wrong(
            f"{told} Có lẽ epoch cuối cùng chưa được lưu sau khi xong; còn nếu đã lưu đủ thì đừng "
            "huấn luyện thêm."
        )
    if again.calls == left + 1:
        raise Wrong(
            f"{told} Thừa một epoch: có lẽ epoch cuối cùng đã lưu bị học lại, vì điểm lưu ghi một "
            "số epoch nhỏ hơn số epoch đã xong, hay vì vòng lặp bắt đầu sớm một epoch."
        )
    if again.calls == left - 1:
        raise Wrong(
            f"{told} Một epoch bị bỏ sót: có lẽ điểm lưu được ghi trước khi epoch của nó xong."
        )
    if again.calls != left:
        raise Wrong(told)
    if saved <= epochs and again.value() != _Training.after(epochs, 7):
        raise Wrong(
            f"Số epoch thì đúng, nhưng sau khi làm tiếp đến epoch {epochs}, `net` không giống như "
            "sau một lần huấn luyện liền mạch. Các tham số đã lưu phải được nạp vào chính `net`, "
            "và phải được lưu sau khi epoch đã xong."
        )
    if again.result < 0:
        raise Wrong(
            f"Kết quả là {again.result}, cần 0: điểm lưu có {saved} epoch, nhiều hơn `epochs`, nên "
            "lần gọi này không huấn luyện epoch nào."
        )
    if again.result == epochs != left:
        raise Wrong(
            f"Kết quả là {again.result}, tổng số epoch; bài này cần số epoch đã huấn luyện trong "
            f"lần gọi này, tức là {left}."
        )
    if again.result != left:
        raise Wrong(f"Kết quả là {again.result}, cần {left}: số epoch của riêng lần gọi này.")


class _Training:
    """One call of the reader's loop, with a network of one weight that each epoch changes."""

    def __init__(self, answer: Any, start: float = 0) -> None:
        from mxnet import init
        from mxnet.gluon import nn

        self.answer = answer
        self.net = probe.sequential(nn.Dense(1, in_units=1, use_bias=False))
        self.net.initialize(init.Constant(start))
        self.calls, self.result = 0, -1

    @staticmethod
    def after(epochs: int, value: float) -> float:
        for _ in range(epochs):
            value = value / 2 + 1
        return value

    def value(self) -> float:
        return float(self.net[0].weight.data().item())

    def run(self, path: str, epochs: int, cut_in: int = 0) -> tuple[int, int]:
        """Return the number of calls of `work` and the reader's result, -1 after a stop."""

        def work(net: Any) -> None:
            self.calls += 1
            weight = net[0].weight
            weight.set_data(weight.data() / 2 + 1)
            if self.calls == cut_in:
                raise _Stopped

        sentence = "Lần đầu tiên thì chưa có tệp nào: hãy hỏi `os.path.exists(path)`."
        advice = {"FileNotFoundError": sentence}
        with contextlib.suppress(_Stopped):
            result = call(_LOOP, self.answer, path, self.net, work, epochs, advice=advice)
            self.result = probe.whole(result, _LOOP)
        return self.calls, self.result


RESUME = Exercise(
    id="read-write/2",
    check=_check_resume,
    praise=(
        "Dù `work` bị ngắt ở epoch nào, gọi lại là làm tiếp: epoch nào đã xong thì không bị mất, "
        "cũng không phải học lại."
    ),
    hints=(
        "Trước vòng lặp: `done = 0`, và nếu `os.path.exists(path)` thì "
        '`done = d2lutil.load_checkpoint(path, net)["epoch"]`.',
        "Trong vòng lặp: `work(net)` trước, rồi mới lưu; `epoch` trong ghi chú là số epoch đã "
        "xong, nên các epoch còn lại là `range(done + 1, epochs + 1)`.",
        "Số epoch của lần gọi này là `epochs - done`, nhưng không bao giờ nhỏ hơn 0: "
        "`max(epochs - done, 0)`.",
    ),
    solution=Solution(
        code="""\
import os

import d2lutil


def answer(path, net, work, epochs):
    done = 0
    if os.path.exists(path):
        done = d2lutil.load_checkpoint(path, net)["epoch"]
    for epoch in range(done + 1, epochs + 1):
        work(net)
        d2lutil.save_checkpoint(path, net, epoch=epoch)
    return max(epochs - done, 0)
""",
        reason=(
            "Điểm lưu giữ tham số cùng số epoch, trong một tệp được thay trọn vẹn: hai thứ không "
            "bao giờ lệch nhau. Lưu sau `work`, nên con số trong tệp là số epoch đã xong. "
            "Đừng bắt mọi lỗi thay cho `os.path.exists`: một điểm lưu hỏng cũng sẽ bị coi như "
            "chưa có, rồi bị ghi đè."
        ),
    ),
)


# 3: taking over what fits


def _check_transfer(answer: Any) -> None:
    probe.function(answer, "answer(path, net)")
    for saved, given in (
        ([8, 5, 3], [8, 5, 2, 4]),
        ([8, 5, 3, 2], [8, 5]),
        ([8, 5, 3], [5, 8, 3]),
    ):
        _try_transfer(answer, saved, given)


def _try_transfer(answer: Any, saved: list[int], given: list[int]) -> None:
    import numpy

    shown = "answer(path, net)"
    source, net = _layers(saved, seed=10), _layers(given, seed=50)
    file, before = _values(source), _values(net)
    fits = [key for key in before if key in file and file[key].shape == before[key].shape]
    with probe.folder():
        source.save_parameters("net.params")
        result = call(shown, answer, "net.params", net, advice=_TRANSFER_ADVICE)
    after = _values(net)
    if missed := [key for key in fits if not numpy.array_equal(after[key], file[key])]:
        raise Wrong(
            f"{code(missed[0])} có trong tệp với đúng hình dạng mà `net` cần, "
            "nhưng `net` chưa nhận được nó."
        )
    kept = sorted(key for key in before if key not in fits)
    if changed := [key for key in kept if not numpy.array_equal(after[key], before[key])]:
        raise Wrong(f"{code(changed[0])} của `net` phải được để nguyên, nhưng nó đã thay đổi.")
    _compare_kept(result, shown, kept, sorted(fits), sorted(set(file) - set(fits)), net)


_TRANSFER_ADVICE = {
    "shape incompatible": (
        "Không tùy chọn nào bỏ qua được hình dạng sai: hãy lọc từ điển trước khi nạp, "
        "theo cả khóa lẫn hình dạng."
    ),
    "is missing in file": (
        "Các tham số để nguyên không có trong tệp đã lọc: hãy thêm `allow_missing=True`."
    ),
    "is not present in": "Tệp có những khóa mà `net` không có: hãy lọc chúng ra trước.",
}


def _compare_kept(
    result: Any, shown: str, kept: list[str], fits: list[str], rest: list[str], net: Any
) -> None:
    got = probe.sequence(result, shown)
    if got == kept:
        return
    told = f"`{shown}` cho {code(str(got))}, cần {code(str(kept))}."
    names = set(net.collect_params().keys())
    if got and all(name in names for name in got):
        raise Wrong(f"{told} Đó là tên riêng của các tham số; bài này cần khóa theo vị trí.")
    if fits and sorted(map(str, got)) == fits:
        raise Wrong(f"{told} Đó là những khóa đã được nạp; bài này cần những khóa để nguyên.")
    if sorted(map(str, got)) == kept:
        raise Wrong(f"{told} Hãy sắp xếp danh sách bằng `sorted`.")
    if rest and sorted(map(str, got)) == rest:
        raise Wrong(f"{told} Đó là những khóa còn lại của tệp; bài này cần khóa của `net`.")
    raise Wrong(told)


TRANSFER = Exercise(
    id="read-write/3",
    check=_check_transfer,
    praise=(
        "Những gì khớp cả khóa lẫn hình dạng thì được lấy, phần còn lại nguyên vẹn, "
        "và bạn nói được phần nào là phần nào."
    ),
    hints=(
        '`net.save_parameters("mine.params")` rồi `npx.load("mine.params")` cho một từ điển: '
        "các khóa của `net` cùng những mảng có hình dạng của chúng.",
        "Giữ từ tệp những khóa cũng có trong từ điển ấy và có cùng `array.shape`.",
        "Ghi các mảng đã lọc bằng `npx.save`, nạp bằng "
        "`net.load_parameters(..., allow_missing=True)`, rồi trả về các khóa còn lại, đã sắp xếp. "
        "Khi không có gì khớp thì không cần nạp.",
    ),
    solution=Solution(
        code="""\
from mxnet import npx

npx.set_np()


def answer(path, net):
    net.save_parameters("mine.params")
    mine, saved = npx.load("mine.params"), npx.load(path)
    fits = [key for key in mine if key in saved and saved[key].shape == mine[key].shape]
    mine.update({key: saved[key] for key in fits})
    npx.save("merged.params", mine)
    net.load_parameters("merged.params")
    return sorted(set(mine) - set(fits))
""",
        reason=(
            "Tệp tham số là một từ điển, nên ta ghép hai từ điển: của `net`, rồi đè lên những gì "
            "vừa. Tệp ghép có đủ mọi khóa, nên nạp được mà không cần tùy chọn nào, "
            "và một khóa viết sai sẽ bị phát hiện."
        ),
    ),
)


# 4: a save that a stopped process and a full disk leave the old file

_MOST_LINES = 100


def _check_safe_save(answer: Any) -> None:
    probe.function(answer, "answer(net, path)")
    with probe.folder() as folder:
        trial = _SafeSaveTrial(answer, folder)
        trial.stopped_while_writing()
        for sizes in ([6, 3], [9, 7, 3], [2]):
            trial.undisturbed(_layers(sizes, seed=20))
        trial.stopped_before_each_line()
        trial.undisturbed(_layers([6, 3], seed=20), old=b"")
        trial.on_a_full_disk()


class _SafeSaveTrial:
    """Lets `answer` save a network over an older file, and looks at what is there afterwards."""

    def __init__(self, answer: Any, folder: Path) -> None:
        self.answer = answer
        self.net = _layers([6, 3], seed=20)
        _layers([6, 3], seed=10).save_parameters("older")
        self.old = Path("older").read_bytes()
        self.outside, self.inside = folder / "outside", folder / "inside"
        self.path = self.inside / "net.params"
        self.written: list[str] = []  # where MXNet has written
        # What a stop left at the path, before `except` and `finally`, which a process that is
        # stopped doesn't run.
        self.at_the_stop = "old"

    def _save(self, trouble: str = "", net: Any = None, old: bytes | None = None) -> Any:
        """Let the answer save `net`, where the file was `old` (b"": there was none).

        `trouble` is "stopped" (the process ends when MXNet has written half of a file) or "full"
        (the second half finds no room on the disk, and MXNet doesn't tell).
        """
        for place in (self.outside, self.inside):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
        if old != b"":
            self.path.write_bytes(self.old)
            # A second name for the old file: it shows whether somebody writes into that.
            os.link(self.path, self.outside / "link")
        self.written.clear()
        with _another_file_system(self.inside), self._watched_saves(trouble):
            return call(
                "answer(net, path)",
                self.answer,
                net or self.net,
                "inside/net.params",
                advice=_SAFE_SAVE_ADVICE,
            )

    @contextlib.contextmanager
    def _watched_saves(self, trouble: str) -> Iterator[None]:
        # `save_parameters` calls npx.save, and so may the reader.
        from mxnet import npx

        save = npx.save

        def watched(file: str, arr: Any) -> None:
            save(file, arr)
            self.written.append(os.path.realpath(file))
            if trouble:
                os.truncate(file, os.path.getsize(file) // 2)
            if trouble == "stopped":
                self._look()
                raise _Stopped

        npx.save = watched
        try:
            yield
        finally:
            npx.save = save

    def _look(self) -> None:
        self.at_the_stop = self._there(self.net)

    def _there(self, net: Any) -> str:
        """Tell what is at the path: "old", "new", "nothing" or "broken"."""
        import numpy
        from mxnet import MXNetError, npx

        if not self.path.exists():
            return "nothing"
        if self.path.read_bytes() == self.old:
            return "old"
        try:
            found = npx.load(str(self.path))
        except MXNetError:
            return "broken"
        right = _values(net)
        same = isinstance(found, dict) and found.keys() == right.keys()
        if same and all(numpy.array_equal(found[key].asnumpy(), right[key]) for key in right):
            return "new"
        return "broken"

    def stopped_while_writing(self) -> None:
        with contextlib.suppress(_Stopped):
            self._save("stopped")
        if self.at_the_stop in ("old", "new"):
            return
        if self.written[:1] == [str(self.path.resolve())]:
            raise Wrong(
                "Bạn ghi thẳng lên `path`: tiến trình bị dừng giữa chừng thì tệp cũ đã mất mà tệp "
                'mới chưa đủ. Hãy ghi vào một tệp khác, chẳng hạn `path + ".tmp"`, rồi đổi tên nó.'
            )
        raise Wrong(
            "Khi tiến trình bị dừng lúc đang ghi tệp mới, tệp cũ không còn ở chỗ của nó nữa. "
            "Hãy để yên tệp cũ cho đến lúc `os.replace` thay nó."
        )

    def undisturbed(self, net: Any, old: bytes | None = None) -> None:
        result = self._save(net=net, old=old)
        when = "Khi chưa có tệp cũ" if old == b"" else "Không có trục trặc nào"
        if self._there(net) != "new":
            raise Wrong(
                f"{when}, vậy mà sau khi gọi `answer(net, path)`, `path` không chứa các tham số "
                "của `net`."
            )
        if old is None and (self.outside / "link").read_bytes() != self.old:
            raise Wrong(
                "Nội dung mới được chép đè lên tệp cũ, và việc chép cũng có thể bị ngắt giữa "
                "chừng. Hãy đổi tên tệp tạm bằng `os.replace`."
            )
        rest = sorted({file.name for file in self.inside.iterdir()} - {self.path.name})
        if rest:
            raise Wrong(
                f"Trong thư mục còn sót {code(', '.join(rest))}. "
                "Khi thành công, chỉ được có thêm chính tệp `path`."
            )
        got, size = probe.whole(result, "answer(net, path)"), self.path.stat().st_size
        if got != size:
            raise Wrong(
                f"`answer(net, path)` cho {got}, nhưng tệp có {size} byte. "
                "Hãy trả về `os.path.getsize(path)`."
            )

    def stopped_before_each_line(self) -> None:
        for number in range(1, _MOST_LINES):
            line = _stop_before_line(number, self._save, self._look)
            if line is None:
                return
            there = self.at_the_stop
            if there not in ("old", "new"):
                state = "đã mất" if there == "nothing" else "đã hỏng"
                raise Wrong(
                    f"Nếu tiến trình bị dừng ngay trước {line}, tệp cũ {state} mà tệp mới chưa vào "
                    "chỗ. Một lời gọi `os.replace(tmp, path)` làm cả hai việc cùng lúc."
                )

    def on_a_full_disk(self) -> None:
        for old, kept in ((None, "old"), (b"", "nothing")):
            refused = False
            try:
                self._save("full", old=old)
            except Raised:
                refused = True
            if self._there(self.net) not in (kept, "new"):
                there = "thay tệp cũ" if old is None else "mang tên `path`"
                raise Wrong(
                    "Khi đĩa đầy, `net.save_parameters` để lại một tệp cụt mà không báo lỗi, và "
                    f"bạn đã cho nó {there}. Hãy đọc lại tệp tạm, chẳng hạn bằng `npx.load`, rồi "
                    "mới đổi tên."
                )
            if not refused and self._there(self.net) != "new":
                raise Wrong(
                    "Khi đĩa đầy, hàm của bạn không lưu được gì, vậy mà trả về như thể mọi sự êm "
                    "đẹp. Hãy để lỗi thoát ra, đừng nuốt nó: người gọi phải biết là chưa lưu được."
                )


@contextlib.contextmanager
def _another_file_system(folder: Path) -> Iterator[None]:
    """Let no file get into `folder` by renaming or linking, as if it were a disk of its own."""

    def is_inside(path: Any) -> bool:
        return folder.resolve() in Path(os.path.realpath(path)).parents

    def within(function: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(source: Any, target: Any, *arguments: Any, **options: Any) -> Any:
            if is_inside(source) != is_inside(target):
                raise OSError(errno.EXDEV, "Invalid cross-device link")
            return function(source, target, *arguments, **options)

        return guarded

    kept = {name: getattr(os, name) for name in ("replace", "rename", "link")}
    for name, function in kept.items():
        setattr(os, name, within(function))
    try:
        yield
    finally:
        for name, function in kept.items():
            setattr(os, name, function)


def _stop_before_line(
    number: int, function: Callable[[], Any], look: Callable[[], None]
) -> str | None:
    """Stop before the `number`-th line of the reader's code that `function` runs.

    Returns the name of this line, or None when there is none.
    """
    cut, count = None, 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal cut, count
        line = guard.named_line(frame, frame.f_lineno)
        if line is None:
            return None
        count += event == "line"
        if event == "line" and count == number:
            cut = line
            look()
            raise _Stopped
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    except _Stopped:
        pass
    finally:
        sys.settrace(before)
    return cut


_SAFE_SAVE_ADVICE = {
    "Invalid cross-device link": (
        "`path` có thể nằm trên một hệ thống tệp khác, và không đổi tên từ nơi này sang nơi kia "
        'được: hãy đặt tệp tạm cạnh `path`, chẳng hạn `path + ".tmp"`.'
    ),
    "FileNotFoundError": "Có thể chưa có tệp cũ nào.",
}


SAFE_SAVE = Exercise(
    id="read-write/4",
    check=_check_safe_save,
    praise=(
        "Bị dừng lúc đang ghi, bị dừng trước bất kỳ dòng nào của bạn, hay gặp đĩa đầy: "
        "lúc nào cũng còn một tệp nguyên vẹn."
    ),
    hints=(
        'Ghi vào một tệp cạnh đó: `net.save_parameters(path + ".tmp")`. Tệp cũ không bị đụng đến, '
        "và đừng xóa nó.",
        "`npx.load` báo lỗi với một tệp cụt. Gọi nó trên tệp tạm là đủ để biết tệp đã đầy đủ chưa.",
        'Đồng bộ tệp tạm; `os.replace(path + ".tmp", path)` đưa nó vào chỗ, trọn vẹn hoặc không '
        "làm gì, dù đã có tệp cũ hay chưa. Cuối cùng trả về `os.path.getsize(path)`.",
    ),
    solution=Solution(
        code="""\
import os

from mxnet import npx

npx.set_np()


def sync(path):
    if os.name == "posix":
        place = os.open(path, os.O_RDONLY)
        os.fsync(place)
        os.close(place)


def answer(net, path):
    beside = path + ".tmp"
    net.save_parameters(beside)
    npx.load(beside)
    sync(beside)
    os.replace(beside, path)
    sync(os.path.dirname(path) or ".")
    return os.path.getsize(path)
""",
        reason=(
            "Tệp cũ nằm yên cho đến khi tệp mới đã đầy đủ và đọc lại được; `os.replace` thay nó "
            "trong một bước. Lỗi của `npx.load` thoát ra ngoài, nên người gọi biết là chưa lưu "
            "được. Hai lần `sync` là để phòng mất điện."
        ),
    ),
)


# 5: the newest sound checkpoint


def _check_newest(answer: Any) -> None:
    probe.function(answer, "answer(folder, net)")
    with probe.folder() as folder:
        for name, sound, damaged in (
            ("several", (1, 3, 12), (20, 21)),
            ("one", (7,), ()),
            ("broken", (), (4, 5)),
        ):
            _write_checkpoints(folder / name, sound, damaged)
            _try_newest(answer, folder / name, right=max(sound, default=0))
        _try_misfit(answer, folder / "other")
        empty = folder / "empty"
        empty.mkdir()
        _try_newest(answer, empty, right=0)


def _write_checkpoints(folder: Path, sound: Sequence[int], damaged: Sequence[int]) -> None:
    from d2lutil.checkpoint import save_checkpoint

    folder.mkdir()
    for number, epoch in enumerate((*sound, *damaged)):
        path = folder / f"epoch-{epoch}.ckpt"
        save_checkpoint(path, _net_of(epoch), epoch=epoch)
        if epoch in damaged:
            content = bytearray(path.read_bytes())
            content[-1] ^= 1
            path.write_bytes(content if number % 2 else b"")
        # The older the epoch, the newer the date.
        os.utime(path, (10**9 - number, 10**9 - number))
    (folder / "notes.txt").write_text("bão số 5", "utf-8")
    (folder / ".epoch-30.ckpt.k3j9x2.tmp").write_bytes(b"d2lutil-checkpoint")


def _net_of(epoch: int, outputs: int = 2) -> Any:
    from mxnet import init
    from mxnet.gluon import nn

    net = probe.sequential(nn.Dense(outputs, in_units=3))
    net.initialize(init.Constant(epoch))
    return net


def _try_newest(answer: Any, folder: Path, right: int) -> None:
    shown = f'answer("{folder.name}", net)'
    net = _net_of(-1)
    got = probe.whole(call(shown, answer, folder.name, net, advice=_NEWEST_ADVICE), shown)
    names = ", ".join(sorted(path.name for path in folder.glob("epoch-*")))
    there = f"Trong thư mục có {code(names)}" if names else "Thư mục trống"
    if got != right:
        told = f"{there}; `{shown}` cho {got}, cần {right}."
        raise Wrong(f"{told} {_NEWEST_REASONS[got]}" if got in _NEWEST_REASONS else told)
    loaded = int(net[0].weight.data()[0, 0].item())
    if loaded != (right or -1):
        wanted = f"của epoch {right}" if right else "như trước khi gọi"
        raise Wrong(
            f"{there}; kết quả {right} là đúng, nhưng các tham số của `net` không phải {wanted}."
        )


def _try_misfit(answer: Any, folder: Path) -> None:
    """Newest come a damaged checkpoint, then a sound one of another model: no older one will do."""
    from d2lutil.checkpoint import CheckpointError, save_checkpoint

    _write_checkpoints(folder, sound=(2, 5), damaged=(11,))
    save_checkpoint(folder / "epoch-9.ckpt", _net_of(9, outputs=4), epoch=9)
    shown = f'answer("{folder.name}", net)'
    try:
        got = call(shown, answer, folder.name, _net_of(-1), advice=_NEWEST_ADVICE)
    except Raised as raised:
        if isinstance(raised.error, CheckpointError) and not raised.error.damaged:
            return
        before = raised.error.__cause__ or raised.error.__context__
        if isinstance(before, CheckpointError) and not before.damaged:
            raised.advice = (
                "Khi điểm lưu lành mà không khớp, hãy để chính `d2lutil.CheckpointError` thoát ra: "
                "chỉ viết `raise`."
            )
        raise
    raise Wrong(
        "Trong thư mục, `epoch-11.ckpt` đã hỏng, còn `epoch-9.ckpt` lành nhưng không khớp với "
        f"`net`; `{shown}` cho {code(repr(got), 40)} thay vì để lỗi thoát ra. Hãy bắt "
        "`d2lutil.CheckpointError`, và chỉ bỏ qua tệp khi `error.damaged`."
    )


_NEWEST_ADVICE = {
    "CheckpointError": (
        "Hãy bắt `d2lutil.CheckpointError` bằng `as error`, và khi `error.damaged` thì thử điểm "
        "lưu cũ hơn."
    ),
    "invalid literal for int()": (
        'Trong thư mục còn có những tệp khác: hãy chọn bằng `Path(folder).glob("epoch-*.ckpt")`.'
    ),
    "FileNotFoundError": "Tên trong thư mục chưa kèm thư mục: hãy ghép bằng `Path(folder) / name`.",
}
_NEWEST_REASONS = {
    0: "Nếu bạn dừng ở tệp hỏng đầu tiên: hãy thử tiếp những tệp cũ hơn.",
    3: "Xếp theo chữ thì `epoch-3` đứng sau `epoch-12`: hãy đổi phần số thành `int` rồi xếp.",
    1: "Đó là điểm lưu cũ nhất. Căn cứ là số trong tên, không phải ngày của tệp.",
    20: "Tệp ấy đã hỏng, chưa nạp được gì từ nó.",
    21: "Tệp ấy đã hỏng, chưa nạp được gì từ nó.",
}


NEWEST = Exercise(
    id="read-write/5",
    check=_check_newest,
    praise=(
        "Bạn bỏ qua những tệp hỏng, báo ra tệp không khớp, và tìm được điểm lưu lành mới nhất "
        "theo số chứ không theo chữ."
    ),
    hints=(
        '`Path(folder).glob("epoch-*.ckpt")` cho các đường dẫn; `path.stem` bỏ đi phần `.ckpt`.',
        '`int(path.stem.removeprefix("epoch-"))` là số của epoch. Hãy xếp theo nó, từ lớn đến nhỏ.',
        "Thử lần lượt: `d2lutil.load_checkpoint` trong `try`; ở "
        "`except d2lutil.CheckpointError as error:` thì `continue` nếu `error.damaged`, nếu không "
        "thì `raise`. Lần đầu thành công thì trả về; hết vòng lặp thì trả về 0.",
    ),
    solution=Solution(
        code="""\
from pathlib import Path

import d2lutil


def epoch_of(path):
    return int(path.stem.removeprefix("epoch-"))


def answer(folder, net):
    paths = Path(folder).glob("epoch-*.ckpt")
    for path in sorted(paths, key=epoch_of, reverse=True):
        try:
            d2lutil.load_checkpoint(path, net)
        except d2lutil.CheckpointError as error:
            if not error.damaged:
                raise
            continue
        return epoch_of(path)
    return 0
""",
        reason=(
            "Xếp theo số thì 12 đứng sau 3; xếp theo chữ thì không. `load_checkpoint` so mã kiểm "
            "tra trước khi đặt bất cứ giá trị nào, nên một tệp hỏng không để lại gì trong `net`. "
            "Tệp lành mà không khớp thì báo ra: bỏ qua nó là huấn luyện lại từ đầu mà không hay "
            "biết."
        ),
    ),
)

EXERCISES = (COUNT, RESUME, TRANSFER, SAFE_SAVE, NEWEST)
