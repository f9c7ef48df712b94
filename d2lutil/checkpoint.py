"""Checkpoints: a training run kept so that no kill loses it and no damage passes unnoticed.

A checkpoint is one file: a line of text with the length and the SHA-256 of what follows, a line of
JSON, and the arrays one after another as NumPy writes them. The first line is checked before
anything else is read, so a damaged file is refused in the time that reading it takes. Nothing in
the file is code: unlike `Trainer.save_states` it uses no pickle.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import re
from typing import Any

from d2lutil import files

__all__ = ["CheckpointError", "load_checkpoint", "save_checkpoint"]

VERSION = 1
NAME = b"d2lutil-checkpoint"
FIRST_LINE = re.compile(NAME + rb" (\d{1,9}) (\d{1,18}) ([0-9a-f]{64})\n")
LONGEST_FIRST_LINE = len(NAME) + 96
# How MXNet's own files of arrays begin.
MXNET = (0x112).to_bytes(8, "little")

# What belongs to the process or is kept elsewhere: everything else in an optimizer is saved.
NOT_SETTINGS = {
    "_all_index_update_counts",
    "_index_update_count",
    "allow_np_array",
    "idx2name",
    "lr_mult",
    "lr_scheduler",
    "param_dict",
    "sym_info",
    "wd_mult",
}


class CheckpointError(ValueError):
    """A file that is no sound checkpoint, or none of this model; the message says which and why.

    `damaged` is True when nothing can be read from the file, whatever the model; when it is False
    the file is whole, and it is the model, the trainer or this d2lutil that it doesn't fit.
    """

    def __init__(self, path: str | os.PathLike[str], reason: str, *, damaged: bool = False) -> None:
        super().__init__(f"{os.fspath(path)}: {reason}")
        self.damaged = damaged


def save_checkpoint(
    path: str | os.PathLike[str], net: Any, trainer: Any = None, **notes: Any
) -> None:
    """Write the parameters of the block `net` and what a training run needs to go on from here.

    With a `gluon.Trainer` the file also keeps the optimizer's settings and states, the number of
    updates, and the state of random numbers: Python's and NumPy's as they are. MXNet's cannot be
    read, so its generators are seeded anew, with a number drawn from them, and the file keeps this
    seed; the run that goes on and the run that resumes then draw the same numbers. `notes` are
    values of your own, of kinds that JSON knows, such as epoch=3 or losses=[0.9, 0.7].

    The file takes its place whole or not at all (see `files.replace`): after a kill or an error
    the previous file is still there. A kill may leave a hidden file `.NAME.*.tmp` beside it, which
    the next save of the same file removes.

    Raises OSError when the file cannot be written, ValueError when a parameter has no value yet
    or something cannot be saved, TypeError when an argument is of the wrong kind.
    """
    import mxnet as mx
    import numpy

    _check_arguments(path, net, trainer)
    arrays: list[Any] = []
    content: dict[str, Any] = {"parameters": {}, "trainer": None, "notes": _checked_notes(notes)}
    names: dict[int, str] = {}
    for name, parameter in net._collect_params_with_prefix().items():
        # A parameter that several layers share has several names and is kept once.
        first = names.setdefault(id(parameter), name)
        if first == name:
            arrays.append(_value(name, parameter))
        content["parameters"][name] = content["parameters"].get(first, len(arrays) - 1)
    if trainer is not None:
        content["trainer"] = _trainer_content(trainer, names, arrays)
        content["random"] = _random_content()
    buffer = io.BytesIO()
    buffer.write(json.dumps(content).encode() + b"\n")
    for array in arrays:
        numpy.save(buffer, array, allow_pickle=False)
    body = buffer.getbuffer()
    digest = hashlib.sha256(body).hexdigest()
    first_line = f"{NAME.decode()} {VERSION} {len(body)} {digest}\n".encode()
    files.replace(path, b"".join([first_line, body]))
    if trainer is not None:
        mx.random.seed(content["random"]["mxnet"])


def load_checkpoint(path: str | os.PathLike[str], net: Any, trainer: Any = None) -> dict[str, Any]:
    """Give `net` the parameters in a file of `save_checkpoint`, and return its notes.

    `net` must have the architecture that was saved; its parameters may be uninitialized, and stay
    on their devices. With a `trainer`, made as it was for the saved run, its optimizer and the
    random numbers are set too, so that training goes on as if it had never stopped. Optimizer
    settings such as the learning rate are the file's afterwards. Devices need not be the same.

    All or nothing: when the file is refused, `net` and `trainer` are as before.

    Raises FileNotFoundError when there is no file, CheckpointError when it is empty, truncated,
    damaged, not a checkpoint, or doesn't fit `net` and `trainer`, TypeError when an argument is
    of the wrong kind.
    """
    _check_arguments(path, net, trainer)
    content, arrays = _read(path)
    parameters = net._collect_params_with_prefix()
    _compare_parameters(path, content["parameters"], arrays, parameters)
    if trainer is not None:
        names = {id(parameter): name for name, parameter in reversed(parameters.items())}
        _compare_trainer(path, content["trainer"], trainer, names)
    for name, place in content["parameters"].items():
        parameters[name]._load_init(_mxnet_array(arrays[place]), ctx=None)
    if trainer is not None:
        _restore_trainer(content["trainer"], arrays, trainer, names)
        _restore_random(content["random"])
    notes: dict[str, Any] = content["notes"]
    return notes


def _check_arguments(path: Any, net: Any, trainer: Any) -> None:
    from mxnet.gluon import Block, Trainer

    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"đối số đầu tiên là đường dẫn của tệp, không phải {path!r}")
    if not isinstance(net, Block):
        raise TypeError(f"đối số thứ hai là một khối Gluon, không phải {net!r}")
    if trainer is not None and not isinstance(trainer, Trainer):
        raise TypeError(f"đối số thứ ba là một gluon.Trainer, không phải {trainer!r}")


def _checked_notes(notes: dict[str, Any]) -> dict[str, Any]:
    for name, value in notes.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"{name}={value!r} không ghi được: ghi chú chỉ gồm số, chuỗi, True, False, None, "
                "danh sách và từ điển của chúng; với một mảng, hãy dùng .item() hoặc .tolist()"
            ) from error
    return notes


# The file


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], list[Any]]:
    import numpy

    try:
        file = open(path, "rb")  # noqa: SIM115
    except FileNotFoundError as error:
        raise FileNotFoundError(error.errno, "không có tệp này", os.fspath(path)) from None
    with file:
        size = os.fstat(file.fileno()).st_size
        line = file.readline(LONGEST_FIRST_LINE)
        found = FIRST_LINE.fullmatch(line)
        if not found:
            raise CheckpointError(path, _why_not(line, whole=len(line) == size), damaged=True)
        version, length, digest = int(found[1]), int(found[2]), found[3].decode()
        if version != VERSION:
            raise CheckpointError(
                path, f"định dạng số {version}, còn bản d2lutil này chỉ đọc được số {VERSION}"
            )
        there = size - len(line)
        if there < length:
            missing = f"thiếu {length - there} trong {length} byte"
            raise CheckpointError(path, f"tệp bị cắt cụt, {missing}. {_ANOTHER}", damaged=True)
        if there > length:
            reason = f"tệp bị ghi thêm {there - length} byte. {_ANOTHER}"
            raise CheckpointError(path, reason, damaged=True)
        body = file.read()
    if hashlib.sha256(body).hexdigest() != digest:
        reason = f"nội dung đã hỏng, sai mã kiểm tra SHA-256. {_ANOTHER}"
        raise CheckpointError(path, reason, damaged=True)
    buffer = io.BytesIO(body)
    content = json.loads(buffer.readline())
    arrays = []
    while buffer.tell() < len(body):
        arrays.append(numpy.load(buffer, allow_pickle=False))
    return content, arrays


_ANOTHER = "Hãy dùng một điểm lưu khác"


def _why_not(line: bytes, whole: bool) -> str:
    if not line:
        return f"tệp rỗng. {_ANOTHER}"
    if whole and (NAME.startswith(line) or line.startswith(NAME)):
        return f"tệp bị cắt cụt ngay ở dòng đầu. {_ANOTHER}"
    if line.startswith(NAME):
        return f"dòng đầu đã hỏng. {_ANOTHER}"
    if line.startswith(MXNET):
        return (
            "đây là tệp mảng của MXNet, không phải điểm lưu. "
            "Hãy đọc nó bằng net.load_parameters hoặc npx.load"
        )
    return "đây không phải điểm lưu do d2lutil.save_checkpoint ghi"


# Parameters


def _value(name: str, parameter: Any) -> Any:
    """Return a parameter's value as a NumPy array, the mean over its devices."""
    try:
        return parameter._reduce().asnumpy()
    except RuntimeError as error:
        raise ValueError(
            f"tham số {name} chưa có giá trị: hãy gọi net.initialize() "
            "và cho một batch chạy qua mô hình trước khi lưu"
        ) from error


def _mxnet_array(array: Any) -> Any:
    import mxnet as mx

    make = mx.np.array if mx.util.is_np_array() else mx.nd.array
    return make(array, dtype=array.dtype)


def _compare_parameters(
    path: str | os.PathLike[str], saved: dict[str, int], arrays: list[Any], there: dict[str, Any]
) -> None:
    import mxnet as mx
    import numpy

    unknown = -1 if mx.util.is_np_shape() else 0
    problems = []
    if missing := [name for name in there if name not in saved]:
        problems.append(f"tệp thiếu {_some(missing)}")
    if extra := [name for name in saved if name not in there]:
        problems.append(f"tệp thừa {_some(extra)}")
    for name, place in saved.items():
        if name not in there:
            continue
        array, shape, dtype = arrays[place], there[name].shape, numpy.dtype(there[name].dtype)
        known = shape is not None and [n if n != unknown else None for n in shape]
        if known and (
            len(known) != array.ndim
            or any(n not in (None, m) for n, m in zip(known, array.shape, strict=True))
        ):
            problems.append(f"{name} trong tệp có hình dạng {array.shape}, mô hình cần {shape}")
        elif dtype != array.dtype:
            problems.append(f"{name} trong tệp có kiểu {array.dtype}, mô hình cần {dtype}")
    if problems:
        raise CheckpointError(
            path,
            f"không khớp với mô hình: {_some(problems, '; ')}. Hãy dựng mô hình đúng như lúc lưu",
        )


def _some(items: list[str], separator: str = ", ") -> str:
    shown = items if len(items) <= 4 else [*items[:3], f"và {len(items) - 3} chỗ khác"]
    return separator.join(shown)


# The trainer


def _trainer_content(trainer: Any, names: dict[int, str], arrays: list[Any]) -> dict[str, Any]:
    optimizer = trainer.optimizer
    by_index = {}
    for index, parameter in optimizer.param_dict.items():
        if id(parameter) not in names:
            raise ValueError(
                f"Trainer giữ tham số {parameter.name}, vốn không thuộc mô hình được lưu: "
                "hãy lưu khối chứa mọi tham số của Trainer"
            )
        by_index[index] = names[id(parameter)]
    states = _updaters(trainer)[0].states
    # One count serves all devices: they update together.
    counts: dict[str, int] = {}
    for on_device in optimizer._all_index_update_counts.values():
        for index, count in on_device.items():
            counts[by_index[index]] = max(count, counts.get(by_index[index], 0))
    return {
        "kinds": _kinds(optimizer),
        "parameters": sorted(by_index.values()),
        "settings": _settings(optimizer),
        "scheduler": _settings(optimizer.lr_scheduler),
        "counts": counts,
        "states": {by_index[index]: _packed(state, arrays) for index, state in states.items()},
    }


def _compare_trainer(
    path: str | os.PathLike[str], saved: dict[str, Any] | None, trainer: Any, names: dict[int, str]
) -> None:
    if saved is None:
        raise CheckpointError(
            path, "tệp được lưu không kèm Trainer, nên chỉ nạp được tham số: hãy bỏ đối số thứ ba"
        )
    kinds = _kinds(trainer.optimizer)
    if saved["kinds"] != kinds:
        raise CheckpointError(
            path,
            f"Trainer lúc lưu dùng {_told(saved['kinds'])}, Trainer này dùng {_told(kinds)}. "
            "Hãy dựng Trainer đúng như lúc lưu",
        )
    held = sorted(names.get(id(p), p.name) for p in trainer.optimizer.param_dict.values())
    if saved["parameters"] != held:
        differing = sorted({*held} ^ {*saved["parameters"]})
        raise CheckpointError(
            path,
            f"Trainer lúc lưu và Trainer này giữ các tham số khác nhau: {_some(differing)}. "
            "Hãy dựng Trainer đúng như lúc lưu",
        )


def _restore_trainer(
    saved: dict[str, Any], arrays: list[Any], trainer: Any, names: dict[int, str]
) -> None:
    optimizer = trainer.optimizer
    index = {names[id(parameter)]: n for n, parameter in optimizer.param_dict.items()}
    for updater in _updaters(trainer):
        updater.states = {index[n]: _unpacked(s, arrays) for n, s in saved["states"].items()}
        # Makes the updater bring each state to the device of its parameter.
        updater.states_synced = dict.fromkeys(updater.states, False)
    for target, settings in (
        (optimizer, saved["settings"]),
        (optimizer.lr_scheduler, saved["scheduler"]),
    ):
        for name, value in settings.items():
            setattr(target, name, value)
    devices = {ctx.device_id for p in optimizer.param_dict.values() for ctx in p.list_ctx()}
    optimizer._all_index_update_counts = {
        device: {index[name]: count for name, count in saved["counts"].items()}
        for device in {0, *devices}
    }
    optimizer._index_update_count = optimizer._all_index_update_counts[0]


def _updaters(trainer: Any) -> list[Any]:
    """Return what holds the optimizer's states: one updater for each device, or one for all."""
    if not trainer._kv_initialized:
        trainer._init_kvstore()
    if trainer._params_to_init:
        trainer._init_params()
    updaters: list[Any] = trainer._updaters
    return [trainer._kvstore._updater] if trainer._update_on_kvstore else updaters


def _kinds(optimizer: Any) -> list[str]:
    return [type(optimizer).__name__, type(optimizer.lr_scheduler).__name__]


def _told(kinds: list[str]) -> str:
    optimizer, scheduler = kinds
    return optimizer if scheduler == "NoneType" else f"{optimizer} với {scheduler}"


def _settings(holder: Any) -> dict[str, Any]:
    """Return the plain values among the attributes of an optimizer or a scheduler.

    Raises ValueError when there are others: training would not go on as if it had never stopped.
    """
    settings = {}
    for name, value in getattr(holder, "__dict__", {}).items():
        if name in NOT_SETTINGS:
            continue
        try:
            settings[name] = json.loads(json.dumps(value, default=_number))
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"thuộc tính {name} của {type(holder).__name__} không ghi được: {value!r}"
            ) from error
    return settings


def _number(value: Any) -> Any:
    import numpy

    if isinstance(value, numpy.generic):
        return value.item()
    raise TypeError


def _packed(state: Any, arrays: list[Any]) -> Any:
    """Return an optimizer's state with the places in `arrays` where its arrays went."""
    if state is None:
        return None
    if isinstance(state, tuple | list):
        return [_packed(part, arrays) for part in state]
    arrays.append(state.asnumpy())
    return len(arrays) - 1


def _unpacked(packed: Any, arrays: list[Any]) -> Any:
    import mxnet as mx

    if packed is None:
        return None
    if isinstance(packed, list):
        return tuple(_unpacked(part, arrays) for part in packed)
    return mx.nd.array(arrays[packed], dtype=arrays[packed].dtype)


# Random numbers


def _random_content() -> dict[str, Any]:
    import mxnet as mx
    import numpy

    state = numpy.random.get_state(legacy=False)
    return {
        "python": random.getstate(),
        "numpy": {**state, "state": {**state["state"], "key": state["state"]["key"].tolist()}},
        "mxnet": int(mx.nd.random.randint(0, 2**31 - 1, shape=1).asscalar()),
    }


def _restore_random(saved: dict[str, Any]) -> None:
    import mxnet as mx
    import numpy

    version, key, gauss = saved["python"]
    random.setstate((version, tuple(key), gauss))
    numpy.random.set_state(saved["numpy"])
    mx.random.seed(saved["mxnet"])
