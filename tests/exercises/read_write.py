"""Answers that readers may write to the exercises of read-write: right and wrong ones."""

import contextlib
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import numpy
from mxnet import np, npx
from mxnet.gluon import nn

import d2lutil

# 1: how many numbers are in a file


def count_with_values_if_there_are(path):
    loaded = npx.load(path)
    total = 0
    for array in getattr(loaded, "values", lambda: loaded)():
        total += array.size
    return total


def count_by_shape(path):
    loaded = npx.load(path)
    if isinstance(loaded, list):
        loaded = dict(enumerate(loaded))
    return sum(int(numpy.prod(array.shape)) for array in loaded.values())


def count_with_numpy(path):
    loaded = npx.load(path)
    arrays = loaded if isinstance(loaded, list) else list(loaded.values())
    return numpy.sum([array.asnumpy().size for array in arrays])


def count_as_an_array(path):
    return np.array(count_by_shape(path))


def dictionaries_only(path):
    return sum(array.size for array in npx.load(path).values())


def lists_only(path):
    return sum(array.size for array in npx.load(path))


def number_of_arrays(path):
    return len(npx.load(path))


def arrays_in(path):
    loaded = npx.load(path)
    return list(loaded.values()) if isinstance(loaded, dict) else loaded


def number_of_rows(path):
    return sum(len(array) for array in arrays_in(path))


def size_of_the_file(path):
    return os.path.getsize(path)


def number_of_bytes(path):
    return sum(array.asnumpy().nbytes for array in arrays_in(path))


def first_array_only(path):
    return arrays_in(path)[0].size


def one_too_many(path):
    return count_by_shape(path) + 1


def count_without_return(path):
    count_by_shape(path)


# 2: a training loop that goes on


def resume_while(path, net, work, epochs):
    trained = 0
    epoch = d2lutil.load_checkpoint(path, net)["epoch"] if Path(path).exists() else 0
    while epoch < epochs:
        work(net)
        epoch += 1
        trained += 1
        d2lutil.save_checkpoint(path, net, epoch=epoch)
    return trained


def resume_with_except(path, net, work, epochs):
    try:
        done = d2lutil.load_checkpoint(path, net)["epoch"]
    except FileNotFoundError:
        done = 0
    left = range(done, epochs)
    for number in left:
        work(net)
        d2lutil.save_checkpoint(path, net, epoch=number + 1, note="sau mỗi epoch")
    return len(left)


def resume_with_files_of_its_own(path, net, work, epochs):
    done = 0
    if os.path.exists(path):
        done, file = json.loads(Path(path).read_text("utf-8"))
        net.load_parameters(file)
    trained = 0
    for epoch in range(done + 1, epochs + 1):
        work(net)
        file = f"{path}-{epoch}.params"
        net.save_parameters(file)
        Path(path + ".tmp").write_text(json.dumps([epoch, file]), "utf-8")
        os.replace(path + ".tmp", path)
        trained += 1
    return trained


def resume_from_a_checkpoint_of_nothing(path, net, work, epochs):
    if not os.path.exists(path):
        d2lutil.save_checkpoint(path, net, log=[])
    log = d2lutil.load_checkpoint(path, net)["log"]
    trained = 0
    while len(log) < epochs:
        work(net)
        trained += 1
        log.append(trained)
        d2lutil.save_checkpoint(path + ".new", net, log=log)
        os.replace(path + ".new", path)
    return trained


def resume_by_recursion(path, net, work, epochs):
    done = done_before(path, net)
    if done >= epochs:
        return 0
    work(net)
    d2lutil.save_checkpoint(path, net, epoch=done + 1)
    return 1 + resume_by_recursion(path, net, work, epochs)


def the_colleagues_loop(path, net, work, epochs):
    done = d2lutil.load_checkpoint(path, net)["epoch"]
    for epoch in range(done, epochs):
        d2lutil.save_checkpoint(path, net, epoch=epoch)
        work(net)
    return epochs - done


def the_rest_may_be_negative(path, net, work, epochs):
    done = done_before(path, net)
    train_from(done + 1, path, net, work, epochs)
    return epochs - done


def number_of_the_epoch_before(path, net, work, epochs):
    done = done_before(path, net)
    for epoch in range(done, epochs):
        work(net)
        d2lutil.save_checkpoint(path, net, epoch=epoch)
    return max(epochs - done, 0)


def always_from_the_beginning(path, net, work, epochs):
    return train_from(1, path, net, work, epochs)


def done_before(path, net, otherwise=0):
    return d2lutil.load_checkpoint(path, net)["epoch"] if os.path.exists(path) else otherwise


def train_from(first, path, net, work, epochs):
    for epoch in range(first, epochs + 1):
        work(net)
        d2lutil.save_checkpoint(path, net, epoch=epoch)
    return epochs + 1 - first


def the_last_epoch_again(path, net, work, epochs):
    return train_from(done_before(path, net, 1), path, net, work, epochs)


def one_epoch_skipped(path, net, work, epochs):
    return train_from(done_before(path, net, -1) + 2, path, net, work, epochs)


def saved_before_work(path, net, work, epochs):
    done = done_before(path, net)
    for epoch in range(done + 1, epochs + 1):
        d2lutil.save_checkpoint(path, net, epoch=epoch)
        work(net)
    return epochs - done


def saved_at_the_end(path, net, work, epochs):
    done = done_before(path, net)
    for _ in range(done, epochs):
        work(net)
    d2lutil.save_checkpoint(path, net, epoch=epochs)
    return epochs - done


def never_saved(path, net, work, epochs):
    for _ in range(epochs):
        work(net)
    return epochs


def loaded_into_another_net(path, net, work, epochs):
    other = nn.Sequential()
    other.add(nn.Dense(1, use_bias=False))
    return train_from(done_before(path, other) + 1, path, net, work, epochs)


def without_asking_for_the_file(path, net, work, epochs):
    done = d2lutil.load_checkpoint(path, net)["epoch"]
    return train_from(done + 1, path, net, work, epochs)


def returns_the_total(path, net, work, epochs):
    resume_while(path, net, work, epochs)
    return epochs


def trains_at_least_one(path, net, work, epochs):
    epoch, trained = done_before(path, net), 0
    while True:
        work(net)
        epoch, trained = epoch + 1, trained + 1
        d2lutil.save_checkpoint(path, net, epoch=epoch)
        if epoch >= epochs:
            return trained


def returns_one_more(path, net, work, epochs):
    return resume_while(path, net, work, epochs) + os.path.exists("at/cut.ckpt")


def all_but_the_last_saved(path, net, work, epochs):
    done = done_before(path, net)
    for epoch in range(done + 1, epochs + 1):
        work(net)
        if epoch < epochs:
            d2lutil.save_checkpoint(path, net, epoch=epoch)
    return max(epochs - done, 0)


def saved_at_even_epochs(path, net, work, epochs, also=0):
    done = done_before(path, net)
    for epoch in range(done + 1, epochs + 1):
        work(net)
        if epoch % 2 == 0 or epoch == also:
            d2lutil.save_checkpoint(path, net, epoch=epoch)
    return max(epochs - done, 0)


def saved_at_even_epochs_and_at_the_end(path, net, work, epochs):
    return saved_at_even_epochs(path, net, work, epochs, also=epochs)


def saved_whatever_happens(path, net, work, epochs):
    done = done_before(path, net)
    for epoch in range(done + 1, epochs + 1):
        try:
            work(net)
        finally:
            d2lutil.save_checkpoint(path, net, epoch=epoch)
    return max(epochs - done, 0)


def the_interruption_swallowed(path, net, work, epochs):
    done = done_before(path, net)
    for epoch in range(done + 1, epochs + 1):
        with contextlib.suppress(BaseException):
            work(net)
        d2lutil.save_checkpoint(path, net, epoch=epoch)
    return max(epochs - done, 0)


MEMORY = {}


def kept_in_memory(path, net, work, epochs):
    weight, done = MEMORY.get(path, (None, 0)) if os.path.exists(path) else (None, 0)
    if done:
        net[0].weight.set_data(weight)
    for epoch in range(done + 1, epochs + 1):
        work(net)
        MEMORY[path] = net[0].weight.data().copy(), epoch
        Path(path).write_text("x", "utf-8")
    return max(epochs - done, 0)


def count_kept_in_memory(path, net, work, epochs):
    done = 0
    if os.path.exists(path):
        net.load_parameters(path)
        done = MEMORY[path]
    for epoch in range(done + 1, epochs + 1):
        work(net)
        net.save_parameters(path)
        MEMORY[path] = epoch
    return max(epochs - done, 0)


# 3: taking over what fits


def load_filtered(path, net, allow_missing=True):
    net.save_parameters("own")
    own, saved = npx.load("own"), npx.load(path)
    fits = {k: v for k, v in saved.items() if k in own and v.shape == own[k].shape}
    if fits:
        npx.save("fits", fits)
        net.load_parameters("fits", allow_missing=allow_missing)
    return sorted(own.keys() - fits.keys())


def set_one_by_one(path, net):
    saved, kept = npx.load(path), []
    for key, parameter in sorted(net._collect_params_with_prefix().items()):
        if key in saved and saved[key].shape == parameter.shape:
            parameter.set_data(saved[key])
        else:
            kept.append(key)
    return kept


def walk_the_layers(path, net):
    saved, kept = npx.load(path), []
    for number, layer in enumerate(net):
        for name in ("weight", "bias"):
            parameter = getattr(layer, name)
            array = saved.get(f"{number}.{name}")
            if array is None or array.shape != parameter.shape:
                kept.append(f"{number}.{name}")
            else:
                parameter.set_data(array)
    return tuple(sorted(kept))


def load_with_both_options(path, net):
    net.load_parameters(path, allow_missing=True, ignore_extra=True)
    return []


def load_by_key_only(path, net):
    net.save_parameters("own")
    own, saved = npx.load("own"), npx.load(path)
    npx.save("fits", {key: array for key, array in saved.items() if key in own})
    net.load_parameters("fits", allow_missing=True)
    return sorted(own.keys() - saved.keys())


def load_without_allow_missing(path, net):
    return load_filtered(path, net, allow_missing=False)


def load_by_size(path, net):
    net.save_parameters("own")
    own, saved = npx.load("own"), npx.load(path)
    for key, array in saved.items():
        if key in own and array.size == own[key].size:
            own[key] = array.reshape(own[key].shape)
    npx.save("own", own)
    net.load_parameters("own")
    return sorted(key for key in own if key not in saved or saved[key].size != own[key].size)


def load_nothing(path, net):
    net.save_parameters("own")
    return sorted(npx.load("own"))


def return_what_was_loaded(path, net):
    kept = set_one_by_one(path, net)
    return [key for key in sorted(net._collect_params_with_prefix()) if key not in kept]


def return_the_rest_of_the_file(path, net):
    kept = set_one_by_one(path, net)
    return sorted(key for key in npx.load(path) if key in kept or key not in _keys(net))


def _keys(net):
    return net._collect_params_with_prefix().keys()


def return_unsorted(path, net):
    return set_one_by_one(path, net)[::-1]


def return_names(path, net):
    kept = set_one_by_one(path, net)
    return [net._collect_params_with_prefix()[key].name for key in kept]


def return_the_number(path, net):
    return len(set_one_by_one(path, net))


def load_and_reset_the_rest(path, net):
    kept = set_one_by_one(path, net)
    for key in kept:
        parameter = net._collect_params_with_prefix()[key]
        parameter.set_data(np.zeros(parameter.shape))
    return kept


# 4: a save that a stopped process and a full disk leave the old file


def save_with_rename(net, path):
    target = Path(path)
    beside = target.with_name(f".{target.name}.new")
    net.save_parameters(str(beside))
    if not npx.load(str(beside)):
        raise OSError("tệp rỗng")
    beside.rename(target)
    return target.stat().st_size


def save_and_clean_up(net, path):
    handle, beside = tempfile.mkstemp(dir=os.path.dirname(path))
    os.close(handle)
    try:
        net.save_parameters(beside)
        npx.load(beside)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
    return os.path.getsize(path)


def save_and_compare_keys(net, path):
    net.save_parameters(path + "~")
    with open(path + "~", "rb") as file:
        os.fsync(file.fileno())
    keys = set(npx.load(path + "~"))
    if keys != set(net._collect_params_with_prefix()):
        raise ValueError(f"thiếu {keys}")
    shutil.move(path + "~", path)
    return os.stat(path).st_size


def save_within_a_folder_beside(net, path):
    beside = path + ".tmp"
    net.save_parameters(beside)
    size = os.path.getsize(beside)
    npx.load(beside)
    os.rename(beside, path)
    return size


def save_elsewhere_and_write_the_bytes_beside(net, path):
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = os.path.join(folder, "a")
        net.save_parameters(elsewhere)
        npx.load(elsewhere)
        content = Path(elsewhere).read_bytes()
    with open(path + ".tmp", "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".tmp", path)
    return len(content)


def save_a_dictionary(net, path):
    arrays = {key: p.data() for key, p in net._collect_params_with_prefix().items()}
    npx.save(path + ".tmp", arrays)
    assert npx.load(path + ".tmp").keys() == arrays.keys()
    os.replace(path + ".tmp", path)
    return os.path.getsize(path)


def save_in_a_folder_beside(net, path):
    with tempfile.TemporaryDirectory(dir=os.path.dirname(path)) as folder:
        net.save_parameters(f"{folder}/net")
        npx.load(f"{folder}/net")
        os.replace(f"{folder}/net", path)
    return os.path.getsize(path)


def the_colleagues_save(net, path):
    beside = os.path.join(tempfile.gettempdir(), "beside.params")
    net.save_parameters(beside)
    os.remove(path)
    os.rename(beside, path)
    return os.path.getsize(path)


def save_comparing_the_size_with_the_old_file(net, path):
    net.save_parameters(path + ".tmp")
    if os.path.getsize(path + ".tmp") != os.path.getsize(path):
        raise OSError("tệp cụt")
    os.replace(path + ".tmp", path)
    return os.path.getsize(path)


def save_only_where_a_file_is(net, path):
    size = os.path.getsize(path)
    save_within_a_folder_beside(net, path)
    return os.path.getsize(path) if size else 0


def save_the_dictionary_over_the_old_file(net, path):
    npx.save(path, {key: p.data() for key, p in net._collect_params_with_prefix().items()})
    return os.path.getsize(path)


def save_moving_from_elsewhere(net, path):
    elsewhere = os.path.join(tempfile.gettempdir(), "beside.params")
    net.save_parameters(elsewhere)
    npx.load(elsewhere)
    shutil.move(elsewhere, path)
    return os.path.getsize(path)


def save_over_the_old_file(net, path):
    net.save_parameters(path)
    return os.path.getsize(path)


def save_after_removing(net, path):
    os.remove(path)
    return save_within_a_folder_beside(net, path)


def save_removing_at_the_end(net, path):
    net.save_parameters(path + ".tmp")
    npx.load(path + ".tmp")
    os.remove(path)
    os.rename(path + ".tmp", path)
    return os.path.getsize(path)


def save_restoring_in_finally(net, path):
    old, done = Path(path).read_bytes() if os.path.exists(path) else None, False
    try:
        if old is not None:
            os.remove(path)
        net.save_parameters(path)
        npx.load(path)
        done = True
    finally:
        if not done:
            Path(path).unlink(missing_ok=True)
            if old is not None:
                Path(path).write_bytes(old)
    return os.path.getsize(path)


def save_restoring_a_copy(net, path):
    if os.path.exists(path):
        shutil.copy(path, path + ".old")
    try:
        net.save_parameters(path)
        npx.load(path)
    except BaseException:
        if os.path.exists(path + ".old"):
            os.replace(path + ".old", path)
        raise
    Path(path + ".old").unlink(missing_ok=True)
    return os.path.getsize(path)


def save_in_another_folder(net, path):
    beside = os.path.join(tempfile.gettempdir(), "beside.params")
    net.save_parameters(beside)
    npx.load(beside)
    os.replace(beside, path)
    return os.path.getsize(path)


def save_and_copy(net, path):
    net.save_parameters(path + ".tmp")
    npx.load(path + ".tmp")
    shutil.copy(path + ".tmp", path)
    os.remove(path + ".tmp")
    return os.path.getsize(path)


def save_without_reading_back(net, path):
    net.save_parameters(path + ".tmp")
    os.replace(path + ".tmp", path)
    return os.path.getsize(path)


def save_swallowing_errors(net, path):
    with contextlib.suppress(Exception):
        save_within_a_folder_beside(net, path)
    return os.path.getsize(path)


def save_leaving_a_rest(net, path):
    net.save_parameters(path + ".tmp")
    npx.load(path + ".tmp")
    os.link(path + ".tmp", path + ".new")
    os.replace(path + ".new", path)
    return os.path.getsize(path)


def save_only_beside(net, path):
    net.save_parameters(path + ".tmp")
    npx.load(path + ".tmp")
    return os.path.getsize(path + ".tmp")


def save_nothing(net, path):
    return os.path.getsize(path)


def save_returning_the_path(net, path):
    save_within_a_folder_beside(net, path)
    return path


def save_returning_kilobytes(net, path):
    return save_within_a_folder_beside(net, path) // 1024


# 5: the newest sound checkpoint


def every_error_skipped(folder, net):
    found = 0
    for path in sorted(Path(folder).glob("epoch-*.ckpt"), key=lambda p: int(p.stem[6:])):
        with contextlib.suppress(d2lutil.CheckpointError):
            found = d2lutil.load_checkpoint(path, net)["epoch"]
    return found


def newest_by_words(folder, net):
    paths = sorted(Path(folder).glob("epoch-*.ckpt"), key=lambda path: -number_of(path))
    for path in paths:
        try:
            return d2lutil.load_checkpoint(path, net)["epoch"]
        except d2lutil.CheckpointError as error:
            if "không khớp" in str(error):
                raise
    return 0


def newest_by_regular_expression(folder, net):
    epochs = [
        int(match[1])
        for name in os.listdir(folder)
        if (match := re.fullmatch(r"epoch-(\d+)\.ckpt", name))
    ]
    while epochs:
        epoch = max(epochs)
        try:
            d2lutil.load_checkpoint(os.path.join(folder, f"epoch-{epoch}.ckpt"), net)
            return epoch
        except ValueError as error:
            if not getattr(error, "damaged", True):
                raise
            epochs.remove(epoch)
    return 0


def newest_recursively(folder, net, below=10**6):
    epochs = [int(path.stem.split("-")[1]) for path in Path(folder).glob("epoch-*.ckpt")]
    epoch = max((epoch for epoch in epochs if epoch < below), default=0)
    if epoch:
        try:
            d2lutil.load_checkpoint(f"{folder}/epoch-{epoch}.ckpt", net)
        except d2lutil.CheckpointError as error:
            if error.damaged:
                return newest_recursively(folder, net, epoch)
            raise
    return epoch


def number_of(path):
    return int(path.stem[6:])


def everything_swallowed(folder, net):
    for path in sorted(Path(folder).glob("epoch-*.ckpt"), key=number_of, reverse=True):
        try:
            return d2lutil.load_checkpoint(path, net)["epoch"]
        except BaseException:
            pass
    return 0


def stopped_at_any_error(folder, net):
    for path in sorted(Path(folder).glob("epoch-*.ckpt"), key=number_of, reverse=True):
        try:
            return d2lutil.load_checkpoint(path, net)["epoch"]
        except d2lutil.CheckpointError:
            return 0
    return 0


def misfit_as_another_error(folder, net):
    for path in sorted(Path(folder).glob("epoch-*.ckpt"), key=number_of, reverse=True):
        try:
            return d2lutil.load_checkpoint(path, net)["epoch"]
        except d2lutil.CheckpointError as error:
            if not error.damaged:
                raise RuntimeError("sai mô hình") from error
    return 0


def first_sound(folder, net, **order):
    for path in sorted(Path(folder).glob("epoch-*.ckpt"), **order):
        with contextlib.suppress(d2lutil.CheckpointError):
            return d2lutil.load_checkpoint(path, net)["epoch"]
    return 0


def sorted_as_text(folder, net):
    return first_sound(folder, net, reverse=True)


def sorted_by_date(folder, net):
    return first_sound(folder, net, key=os.path.getmtime, reverse=True)


def oldest(folder, net):
    return first_sound(folder, net, key=number_of)


def stopped_by_damage(folder, net):
    newest = max(Path(folder).glob("epoch-*.ckpt"), key=number_of)
    return d2lutil.load_checkpoint(newest, net)["epoch"]


def number_without_loading(folder, net):
    return max(map(number_of, Path(folder).glob("epoch-*.ckpt")), default=0)


def found_but_not_loaded(folder, net):
    other = nn.Sequential()
    other.add(nn.Dense(2))
    return newest_recursively(folder, other)


def every_name_in_the_folder(folder, net):
    epochs = [int(name.removeprefix("epoch-")[:-5]) for name in os.listdir(folder)]
    return max(epochs)


def names_without_the_folder(folder, net):
    names = [name for name in os.listdir(folder) if re.fullmatch(r"epoch-\d+\.ckpt", name)]
    names.sort(key=lambda name: int(name[6:-5]))
    return d2lutil.load_checkpoint(names[0], net)["epoch"]


def newest_as_text(folder, net):
    return str(newest_recursively(folder, net))


def newest_or_nothing(folder, net):
    return newest_recursively(folder, net) or None


# Their answers give numbers and lists of keys.
PLAIN = {f"read-write/{number}" for number in range(1, 6)}

RIGHT = {
    "read-write/1": [
        count_with_values_if_there_are,
        count_by_shape,
        count_with_numpy,
        count_as_an_array,
    ],
    "read-write/2": [
        resume_while,
        resume_with_except,
        resume_with_files_of_its_own,
        resume_by_recursion,
        resume_from_a_checkpoint_of_nothing,
    ],
    "read-write/3": [load_filtered, set_one_by_one, walk_the_layers],
    "read-write/4": [
        save_with_rename,
        save_and_clean_up,
        save_and_compare_keys,
        save_within_a_folder_beside,
        save_elsewhere_and_write_the_bytes_beside,
        save_a_dictionary,
        save_in_a_folder_beside,
    ],
    "read-write/5": [
        newest_by_words,
        newest_by_regular_expression,
        newest_recursively,
    ],
}

# Each known misconception with words that only its own sentence has.
WRONG = {
    "read-write/1": [
        (dictionaries_only, "Ở đây `npx.load` cho một danh sách"),
        (lists_only, "báo lỗi `AttributeError: 'str' object has no attribute 'size'`"),
        (number_of_arrays, "Bạn đang đếm số mảng"),
        (number_of_rows, "`len(array)` chỉ đếm số hàng"),
        (size_of_the_file, "kích thước của tệp tính bằng byte"),
        (number_of_bytes, "Bạn đang đếm byte"),
        (first_array_only, "Bạn chỉ đếm mảng đầu tiên"),
        (one_too_many, "cho `52`, cần `51`."),
        (count_without_return, "còn thiếu `return`"),
    ],
    "read-write/2": [
        (always_from_the_beginning, "đừng huấn luyện lại từ đầu"),
        (the_colleagues_loop, "hãy hỏi `os.path.exists(path)`"),
        (the_last_epoch_again, "epoch cuối cùng đã lưu bị học lại"),
        (number_of_the_epoch_before, "ghi một số epoch nhỏ hơn số epoch đã xong"),
        (the_rest_may_be_negative, "Kết quả là -3, cần 0"),
        (one_epoch_skipped, "Một epoch bị bỏ sót"),
        (saved_before_work, "trước khi epoch của nó xong"),
        (saved_at_the_end, "ở bên trong vòng lặp"),
        (never_saved, "vẫn chưa có điểm lưu nào"),
        (loaded_into_another_net, "phải được nạp vào chính `net`"),
        (without_asking_for_the_file, "hãy hỏi `os.path.exists(path)`"),
        (returns_the_total, "tổng số epoch"),
        (trains_at_least_one, "còn nếu đã lưu đủ thì đừng huấn luyện thêm"),
        (returns_one_more, "số epoch của riêng lần gọi này"),
        (all_but_the_last_saved, "Có lẽ epoch cuối cùng chưa được lưu sau khi xong"),
        (saved_at_even_epochs, "ở bên trong vòng lặp"),
        (saved_at_even_epochs_and_at_the_end, "ở bên trong vòng lặp"),
        (saved_whatever_happens, "trước khi epoch của nó xong"),
        (the_interruption_swallowed, "Đừng bắt lỗi ấy"),
        (kept_in_memory, "một tiến trình mới không biết các biến"),
        (count_kept_in_memory, "một tiến trình mới không biết các biến"),
    ],
    "read-write/3": [
        (load_with_both_options, "Không tùy chọn nào bỏ qua được hình dạng sai"),
        (load_by_key_only, "Không tùy chọn nào bỏ qua được hình dạng sai"),
        (load_without_allow_missing, "hãy thêm `allow_missing=True`"),
        (load_by_size, "`1.weight` của `net` phải được để nguyên"),
        (load_nothing, "chưa nhận được nó"),
        (return_what_was_loaded, "những khóa đã được nạp"),
        (return_the_rest_of_the_file, "Đó là những khóa còn lại của tệp"),
        (return_unsorted, "Hãy sắp xếp danh sách"),
        (return_names, "bài này cần khóa theo vị trí"),
        (return_the_number, "cần một danh sách"),
        (load_and_reset_the_rest, "phải được để nguyên, nhưng nó đã thay đổi"),
    ],
    "read-write/4": [
        (save_over_the_old_file, "Bạn ghi thẳng lên `path`"),
        (save_after_removing, "tệp cũ không còn ở chỗ của nó"),
        (save_removing_at_the_end, '`os.rename(path + ".tmp", path)`, tệp cũ đã mất'),
        (save_restoring_in_finally, "Bạn ghi thẳng lên `path`"),
        (save_restoring_a_copy, "Bạn ghi thẳng lên `path`"),
        (save_in_another_folder, "hãy đặt tệp tạm cạnh `path`"),
        (the_colleagues_save, "hãy đặt tệp tạm cạnh `path`"),
        (save_moving_from_elsewhere, "được chép đè lên tệp cũ"),
        (save_comparing_the_size_with_the_old_file, "tệp cụt"),
        (save_only_where_a_file_is, "Có thể chưa có tệp cũ nào"),
        (save_the_dictionary_over_the_old_file, "Bạn ghi thẳng lên `path`"),
        (save_and_copy, "được chép đè lên tệp cũ"),
        (save_without_reading_back, "để lại một tệp cụt mà không báo lỗi"),
        (save_swallowing_errors, "đừng nuốt nó"),
        (save_leaving_a_rest, "còn sót `net.params.tmp`"),
        (save_only_beside, "`path` không chứa các tham số"),
        (save_nothing, "`path` không chứa các tham số"),
        (save_returning_the_path, "cho một giá trị kiểu `str`"),
        (save_returning_kilobytes, "Hãy trả về `os.path.getsize(path)`"),
    ],
    "read-write/5": [
        (sorted_as_text, "Xếp theo chữ thì"),
        (sorted_by_date, "không phải ngày của tệp"),
        (every_error_skipped, "lành nhưng không khớp với `net`"),
        (everything_swallowed, "thay vì để lỗi thoát ra"),
        (stopped_at_any_error, "hãy thử tiếp những tệp cũ hơn"),
        (misfit_as_another_error, "hãy để chính `d2lutil.CheckpointError` thoát ra"),
        (oldest, "Đó là điểm lưu cũ nhất"),
        (stopped_by_damage, "Hãy bắt `d2lutil.CheckpointError`"),
        (number_without_loading, "Tệp ấy đã hỏng"),
        (found_but_not_loaded, "không phải của epoch 12"),
        (every_name_in_the_folder, "Trong thư mục còn có những tệp khác"),
        (names_without_the_folder, "Tên trong thư mục chưa kèm thư mục"),
        (newest_as_text, "cho một giá trị kiểu `str`"),
        (newest_or_nothing, "còn thiếu `return`"),
    ],
}
