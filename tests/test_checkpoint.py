import copy
import json
import os
import pickle
import random
import subprocess
import sys
import textwrap
from pathlib import Path

import mxnet as mx
import numpy
import pytest
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn

from d2lutil import CheckpointError, checkpoint, load_checkpoint, save_checkpoint


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    npx.set_np()


def mlp(hidden=8, activation="relu", dtype="float32"):
    net = nn.Sequential()
    net.add(nn.Dense(hidden, activation=activation, in_units=4), nn.Dense(3, in_units=hidden))
    net.cast(dtype)
    return net


def ready(net=None, **options):
    net = net or mlp()
    net.initialize(**options)
    return net


def values(net):
    parameters = net._collect_params_with_prefix()
    return {name: parameter.list_data()[0].asnumpy() for name, parameter in parameters.items()}


def equal(a, b):
    return a.keys() == b.keys() and all(numpy.array_equal(a[name], b[name]) for name in a)


# Parameters


class Everything(nn.Block):
    """Every kind of parameter: tied, constant, of other types, running averages."""

    def __init__(self):
        super().__init__()
        self.first = nn.Dense(4, in_units=4)
        self.again = nn.Dense(4, in_units=4, params=self.first.params)
        self.norm = nn.BatchNorm(in_channels=4)
        self.constant = self.params.get_constant("constant", np.arange(6).reshape(2, 3))
        self.count = self.params.get("count", shape=(2,), dtype="int64", init="zeros")
        self.half = self.params.get("half", shape=(3,), dtype="float16", init="zeros")


def test_every_kind_of_parameter_comes_back():
    net, other = ready(Everything()), ready(Everything())
    net.norm.running_mean.set_data(np.array([1.0, 2, 3, 4]))
    net.count.set_data(np.array([2**40, -1], dtype="int64"))
    save_checkpoint("a", net)
    assert load_checkpoint("a", other) == {}
    assert equal(values(other), values(net))
    assert other.count.data().dtype == "int64"
    assert other.first.weight is other.again.weight


def test_a_model_without_values_gets_them():
    net = ready()
    save_checkpoint("a", net)
    for other in (mlp(), nn.Sequential()):
        if not len(other):
            other.add(nn.Dense(8), nn.Dense(3))
        load_checkpoint("a", other)
        assert equal(values(other), values(net))


def test_tied_parameters_are_kept_once_and_fit_an_untied_model():
    tied = ready(Everything())
    save_checkpoint("tied", tied)
    content, arrays = checkpoint._read("tied")
    assert content["parameters"]["again.weight"] == content["parameters"]["first.weight"]
    assert len(arrays) == len(content["parameters"]) - 2
    untied = Everything()
    untied.again = nn.Dense(4, in_units=4)
    load_checkpoint("tied", untied)
    assert numpy.array_equal(*(values(untied)[name] for name in ("first.weight", "again.weight")))


def test_a_single_layer_and_an_empty_model():
    net, other = ready(nn.Dense(3, in_units=2)), nn.Dense(3)
    save_checkpoint("a", net)
    load_checkpoint("a", other)
    assert equal(values(other), values(net))
    save_checkpoint("a", nn.Sequential(), epoch=1)
    assert load_checkpoint("a", nn.Sequential()) == {"epoch": 1}


def test_parameters_stay_on_their_devices():
    net = ready()
    save_checkpoint("a", net)
    devices = [mx.cpu(1), mx.cpu(2)]
    other = ready(ctx=devices)
    load_checkpoint("a", other)
    assert other[0].weight.list_ctx() == devices
    for array in other[0].weight.list_data():
        assert numpy.array_equal(array.asnumpy(), net[0].weight.data().asnumpy())


def test_in_the_older_mode_too():
    npx.reset_np()
    try:
        net, other = ready(), ready()
        trainer = gluon.Trainer(net.collect_params(), "adam")
        save_checkpoint("a", net, trainer)
        load_checkpoint("a", other, gluon.Trainer(other.collect_params(), "adam"))
        assert equal(values(other), values(net))
        assert type(other[0].weight.data()) is mx.nd.NDArray
    finally:
        npx.set_np()


def test_notes_come_back():
    notes = {
        "epoch": 3,
        "losses": [0.1, 1 / 3, 1e-300],
        "best": {"epoch": None, "đúng": True},
        "text": "“Mục 5”",
    }
    save_checkpoint("a", ready(), **notes)
    assert load_checkpoint("a", mlp()) == notes


def test_same_state_same_bytes():
    net = ready()
    save_checkpoint("a", net, epoch=1)
    save_checkpoint(Path("b"), net, epoch=1)
    assert Path("a").read_bytes() == Path("b").read_bytes()


def test_nothing_but_the_file_is_left():
    save_checkpoint("a", ready())
    save_checkpoint("a", ready())
    assert os.listdir() == ["a"]


def test_a_parameter_without_a_value_is_told():
    net = nn.Sequential()
    net.add(nn.Dense(2))
    for prepare in (lambda: None, net.initialize):
        prepare()
        with pytest.raises(ValueError, match=r"tham số 0\.weight chưa có giá trị: .* một batch"):
            save_checkpoint("a", net)
    assert os.listdir() == []


# Training that goes on


class Run:
    """A training run that uses random numbers of every kind."""

    def __init__(self, optimizer="adam", scheduler=None, devices=None, **trainer):
        self.devices = devices or [mx.cpu()]
        layers = [nn.Dense(8, activation="relu"), nn.Dropout(0.3), nn.Dense(8), nn.Dense(1)]
        if len(self.devices) == 1:
            # On several devices its averages differ, and a file keeps their mean, as MXNet's do.
            layers.insert(1, nn.BatchNorm())
        self.net = nn.Sequential()
        self.net.add(*layers)
        self.net.initialize(ctx=self.devices)
        for device in self.devices:
            self.net(np.zeros((6, 4), ctx=device))
        options = {"learning_rate": 0.01}
        if scheduler:
            options["lr_scheduler"] = scheduler()
        parameters = self.net.collect_params()
        self.trainer = gluon.Trainer(parameters, optimizer, options, **trainer)

    def go_on(self, steps=4):
        losses = []
        for _ in range(steps):
            parts = []
            with autograd.record():
                for device in self.devices:
                    x = np.random.normal(size=(6, 4)).as_in_ctx(device)
                    y = np.array(numpy.random.normal(size=(6, 1)), ctx=device) * random.random()
                    parts.append(((self.net(x) - y) ** 2).mean())
            autograd.backward(parts)
            self.trainer.step(6)
            losses.append([part.item() for part in parts])
        return losses, {name: value.tolist() for name, value in values(self.net).items()}


def seed(number=1):
    mx.random.seed(number)
    numpy.random.seed(number)
    random.seed(number)


def went_on_and_resumed(make):
    """Return what a run does after a save, and what another does that starts from the file."""
    seed()
    run = make()
    run.go_on()
    save_checkpoint("a", run.net, run.trainer)
    went_on = run.go_on()
    seed(2)
    run = make()
    run.go_on(2)
    load_checkpoint("a", run.net, run.trainer)
    return went_on, run.go_on()


def decaying():
    def schedule(updates):
        return 0.1 / updates

    schedule.base_lr = 0.01  # Trainer's optimizer compares it
    return schedule


OPTIMIZERS = sorted(mx.optimizer.Optimizer.opt_registry)
# It wants parameters of two axes only.
OPTIMIZERS.remove("groupadagrad")
SCHEDULERS = {
    "factor": lambda: mx.lr_scheduler.FactorScheduler(2, 0.5),
    "steps": lambda: mx.lr_scheduler.MultiFactorScheduler([3, 6], 0.5),
    "cosine": lambda: mx.lr_scheduler.CosineScheduler(10, warmup_steps=2),
    "function": decaying,
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_resumed_training_is_equal_to_the_last_bit(optimizer):
    went_on, resumed = went_on_and_resumed(lambda: Run(optimizer))
    assert resumed == went_on


@pytest.mark.parametrize("scheduler", SCHEDULERS.values(), ids=SCHEDULERS)
def test_resumed_schedules_are_equal_too(scheduler):
    went_on, resumed = went_on_and_resumed(lambda: Run("sgd", scheduler))
    assert resumed == went_on


@pytest.mark.parametrize("on_kvstore", [True, False])
def test_resumed_on_two_devices(on_kvstore):
    devices = [mx.cpu(0), mx.cpu(1)]
    went_on, resumed = went_on_and_resumed(
        lambda: Run("adam", devices=devices, update_on_kvstore=on_kvstore)
    )
    assert resumed == went_on


def test_resumed_on_another_device():
    seed()
    run = Run("adam")
    run.go_on()
    save_checkpoint("a", run.net, run.trainer)
    moved = Run("adam", devices=[mx.cpu(3)])
    load_checkpoint("a", moved.net, moved.trainer)
    for one in (run, moved):
        x = np.ones((6, 4), ctx=one.devices[0])
        with autograd.record(train_mode=False):
            loss = one.net(x).sum()
        loss.backward()
        one.trainer.step(6)
    assert equal(values(moved.net), values(run.net))


def test_without_the_trainer_training_goes_another_way():
    seed()
    run = Run()
    run.go_on()
    save_checkpoint("a", run.net, run.trainer)
    went_on = run.go_on()
    run = Run()
    load_checkpoint("a", run.net)
    assert run.go_on() != went_on


def test_settings_are_those_of_the_file():
    net = ready()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5, "momentum": 0.25})
    save_checkpoint("a", net, trainer)
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    load_checkpoint("a", net, trainer)
    assert (trainer.learning_rate, trainer.optimizer.momentum) == (0.5, 0.25)


def test_states_belong_to_layers_whatever_their_names():
    # MXNet numbers a trainer's parameters in the order of their names, where dense10 comes before
    # dense9: in another process they may be numbered otherwise.
    def square(prefixes):
        net = nn.Sequential()
        net.add(*[nn.Dense(3, in_units=3, use_bias=False, prefix=prefix) for prefix in prefixes])
        net.initialize()
        return net, gluon.Trainer(net.collect_params(), "sgd", {"momentum": 0.9})

    def first_momentum(net, trainer):
        (index,) = (n for n, p in trainer.optimizer.param_dict.items() if p is net[0].weight)
        return trainer._updaters[0].states[index].asnumpy()

    saved, trainer = square(["dense1_", "dense2_"])
    with autograd.record():
        loss = saved(np.ones((1, 3))).sum()
    loss.backward()
    trainer.step(1)
    save_checkpoint("a", saved, trainer)
    trainer.save_states("states")
    expected = first_momentum(saved, trainer)

    other, its_trainer = square(["dense9_", "dense10_"])
    its_trainer.load_states("states")
    assert not numpy.array_equal(first_momentum(other, its_trainer), expected)
    load_checkpoint("a", other, its_trainer)
    assert numpy.array_equal(first_momentum(other, its_trainer), expected)


def test_random_numbers_are_left_alone_without_a_trainer():
    def draws():
        return random.random(), numpy.random.random(), np.random.uniform().item()

    net = ready()
    seed()
    expected = draws()
    seed()
    save_checkpoint("a", net)
    load_checkpoint("a", net)
    assert draws() == expected


# Files that are refused

LINE_OF_VERSION_2 = b"d2lutil-checkpoint 2 3 " + b"0" * 64 + b"\nabc"


def saved(**notes):
    net = ready()
    with autograd.record():
        loss = net(np.ones((2, 4))).sum()
    loss.backward()
    trainer = gluon.Trainer(net.collect_params(), "adam")
    trainer.step(2)
    save_checkpoint("sound", net, trainer, **notes)
    return Path("sound").read_bytes()


def refusal(content, name="broken.ckpt"):
    """Let a model load `content` in vain; return the reason, after making sure nothing changed."""
    Path(name).write_bytes(content)
    net = ready()
    trainer = gluon.Trainer(net.collect_params(), "adam")
    before = values(net), copy.copy(vars(trainer.optimizer)), numpy.random.get_state()[1].tolist()
    with pytest.raises(CheckpointError) as error:
        load_checkpoint(name, net, trainer)
    assert equal(values(net), before[0])
    assert vars(trainer.optimizer) == before[1]
    assert numpy.random.get_state()[1].tolist() == before[2]
    file, reason = str(error.value).split(": ", 1)
    assert file == name
    return reason


def mxnet_file():
    ready().save_parameters("a.params")
    return Path("a.params").read_bytes()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"", "tệp rỗng"),
        (lambda: saved()[:10], "bị cắt cụt ngay ở dòng đầu"),
        (lambda: saved()[:60], "bị cắt cụt ngay ở dòng đầu"),
        (lambda: saved()[:-1], "bị cắt cụt, thiếu 1 trong"),
        (lambda: saved()[:400], "bị cắt cụt, thiếu"),
        (lambda: saved() + b"\n", "bị ghi thêm 1 byte"),
        (lambda: saved()[:-1] + b"\xff", "sai mã kiểm tra SHA-256"),
        (lambda: saved().replace(b"checkpoint 1 ", b"checkpoint -1 ", 1), "dòng đầu đã hỏng"),
        (lambda: LINE_OF_VERSION_2, "định dạng số 2, còn bản d2lutil này chỉ đọc được số 1"),
        (mxnet_file, "tệp mảng của MXNet, không phải điểm lưu. Hãy đọc nó bằng net.load_param"),
        (lambda: pickle.dumps([1]), "không phải điểm lưu do d2lutil.save_checkpoint ghi"),
        (lambda: "Tính toán\n".encode() * 99, "không phải điểm lưu do d2lutil.save_checkpoint"),
        (lambda: b"\n", "không phải điểm lưu do d2lutil.save_checkpoint ghi"),
    ],
)
def test_a_file_is_refused_with_its_reason(make, words):
    assert words in refusal(make())


@pytest.mark.parametrize(
    ("make", "damaged"),
    [
        (lambda: b"", True),
        (lambda: saved()[:-1], True),
        (lambda: saved() + b"!", True),
        (lambda: saved()[:-1] + b"\xff", True),
        (mxnet_file, True),
        (lambda: LINE_OF_VERSION_2, False),
        (saved, False),
    ],
)
def test_a_damaged_file_and_one_that_does_not_fit_are_told_apart(make, damaged):
    Path("a.ckpt").write_bytes(make())
    with pytest.raises(CheckpointError) as error:
        load_checkpoint("a.ckpt", nn.Sequential())
    assert error.value.damaged is damaged


@pytest.mark.parametrize("count", [150, pytest.param(3000, marks=pytest.mark.long)])
def test_random_damage_is_refused(count):
    sound, draw = saved(losses=[0.5, 0.25]), random.Random(count)
    net = mlp()
    for number in range(count):
        content, place = bytearray(sound), draw.randrange(len(sound))
        kind = ("flip", "byte", "cut", "zeros", "extra")[number % 5]
        if kind == "flip":
            # Half of them at the beginning, where a file says what it is.
            place = draw.choice([place, draw.randrange(200)])
            content[place] ^= 1 << draw.randrange(8)
        elif kind == "byte":
            content[place] = (content[place] + draw.randrange(1, 256)) % 256
        elif kind == "cut":
            del content[place:]
        elif kind == "zeros":
            content[place:] = bytes(len(content) - place)
            if content == sound:
                continue
        else:
            content[place:place] = draw.randbytes(draw.randrange(1, 100))
        Path("broken").write_bytes(content)
        with pytest.raises(CheckpointError, match=r"^broken: "):
            load_checkpoint("broken", net)
    assert net[0].weight._data is None


def test_every_bit_of_the_beginning_is_guarded():
    sound, net = saved(), mlp()
    for place in range(sound.index(b"\n") + 1):
        for bit in range(8):
            content = bytearray(sound)
            content[place] ^= 1 << bit
            Path("broken").write_bytes(content)
            with pytest.raises(CheckpointError):
                load_checkpoint("broken", net)


# In a process that may be killed, because MXNet's own reader doesn't come back from some of these.
REFUSALS = textwrap.dedent("""
    import sys
    from mxnet.gluon import nn
    from d2lutil import CheckpointError, load_checkpoint
    for path in sys.argv[1:]:
        try:
            load_checkpoint(path, nn.Sequential())
        except CheckpointError as error:
            print(error)
""")


def test_files_that_stop_mxnet_are_refused_in_bounded_time():
    params = bytearray(mxnet_file())
    assert params[24:28] == bytes.fromhex("cafa93f9")
    # The magic number of the first array, read as a number of dimensions: 2,039,741,130.
    params[27] ^= 0x80
    Path("magic.params").write_bytes(params)
    sound = saved()
    start = sound.index(b"\n") + 1
    Path("inside.ckpt").write_bytes(sound[:start] + params)
    with open("huge.ckpt", "wb") as file:
        file.truncate(2**40)  # a sparse file of 1 TiB
    with open("long.ckpt", "wb") as file:
        file.write(sound)
        file.truncate(2**40)
    names = ["magic.params", "inside.ckpt", "huge.ckpt", "long.ckpt"]
    command = [sys.executable, "-c", REFUSALS, *names]
    # Only what doesn't come back meets the limit.
    run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    assert [line.split(":")[0] for line in run.stdout.splitlines()] == names


def test_no_pickle_is_read(monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError

    saved()
    net = ready()
    trainer = gluon.Trainer(net.collect_params(), "adam")
    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    load_checkpoint("sound", net, trainer)


def test_an_absent_file_is_the_usual_error():
    with pytest.raises(FileNotFoundError, match=r"không có tệp này: 'none\.ckpt'"):
        load_checkpoint("none.ckpt", mlp())
    with pytest.raises(IsADirectoryError):
        load_checkpoint(".", mlp())
    with pytest.raises(FileNotFoundError):
        save_checkpoint("none/a", ready())


# Files of another model


def deeper():
    net = mlp()
    net.add(nn.Dense(2, in_units=3))
    return net


def shallower():
    net = nn.Sequential()
    net.add(nn.Dense(8, in_units=4))
    return net


class Flat(nn.Block):
    """A model whose only weight has one axis instead of two."""

    def __init__(self):
        super().__init__()
        self.weight = self.params.get("weight", shape=(8,))


def flat():
    net = nn.Sequential()
    net.add(Flat())
    return net


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (deeper, "không khớp với mô hình: tệp thiếu 2.weight, 2.bias. Hãy dựng mô hình đúng như"),
        (shallower, "tệp thừa 1.weight, 1.bias"),
        (lambda: mlp(hidden=5), "0.weight trong tệp có hình dạng (8, 4), mô hình cần (5, 4); "),
        (lambda: nn.Dense(3), "tệp thiếu weight, bias; tệp thừa 0.weight, 0.bias, 1.weight, 1.bi"),
        (lambda: mlp(dtype="float16"), "0.weight trong tệp có kiểu float32, mô hình cần float16"),
        (flat, "0.weight trong tệp có hình dạng (8, 4), mô hình cần (8,)"),
    ],
)
def test_a_file_of_another_model_is_refused_whole(make, words):
    saved()
    net = make()
    net.initialize(init.Zero())
    before = [parameter._data for parameter in net.collect_params().values()]
    with pytest.raises(CheckpointError) as error:
        load_checkpoint("sound", net)
    assert str(error.value).startswith("sound: ")
    assert words in str(error.value)
    assert [parameter._data for parameter in net.collect_params().values()] == before


def test_a_long_list_of_differences_is_cut_short():
    save_checkpoint("a", nn.Sequential())
    net = nn.Sequential()
    net.add(*[nn.Dense(2) for _ in range(9)])
    with pytest.raises(CheckpointError, match=r"0\.weight, 0\.bias, 1\.weight, và 15 chỗ khác\."):
        load_checkpoint("a", net)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: gluon.Trainer(p, "sgd"), "lúc lưu dùng Adam, Trainer này dùng SGD"),
        (
            lambda p: gluon.Trainer(
                p, "adam", {"lr_scheduler": mx.lr_scheduler.FactorScheduler(2)}
            ),
            "Trainer này dùng Adam với FactorScheduler",
        ),
        (
            lambda p: gluon.Trainer([v for k, v in p.items() if "bias" not in k], "adam"),
            "giữ các tham số khác nhau: 0.bias, 1.bias",
        ),
    ],
)
def test_another_trainer_is_refused(make, words):
    saved()
    net = ready()
    before = values(net)
    with pytest.raises(CheckpointError) as error:
        load_checkpoint("sound", net, make(net.collect_params()))
    assert words in str(error.value)
    assert equal(values(net), before)


def test_a_file_without_a_trainer_says_so():
    net = ready()
    save_checkpoint("a", net)
    with pytest.raises(CheckpointError, match="được lưu không kèm Trainer"):
        load_checkpoint("a", net, gluon.Trainer(net.collect_params(), "sgd"))


def test_a_trainer_of_other_parameters_is_not_saved():
    net, head = ready(), ready(nn.Dense(2, in_units=3, prefix="head_"))
    trainer = gluon.Trainer(list(head.collect_params().values()), "sgd")
    with pytest.raises(ValueError, match="Trainer giữ tham số head_weight"):
        save_checkpoint("a", net, trainer)
    assert os.listdir() == []


def test_a_schedule_that_cannot_be_written_is_told():
    schedule = mx.lr_scheduler.FactorScheduler(2)
    schedule.table = np.ones(3)
    net = ready()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"lr_scheduler": schedule})
    with pytest.raises(ValueError, match="thuộc tính table của FactorScheduler không ghi được"):
        save_checkpoint("a", net, trainer)
    assert os.listdir() == []


def test_numbers_of_numpy_among_the_settings():
    net = ready()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": numpy.float32(0.5)})
    save_checkpoint("a", net, trainer)
    load_checkpoint("a", net, trainer)
    assert trainer.learning_rate == 0.5


# Arguments


@pytest.mark.parametrize("use", [save_checkpoint, load_checkpoint])
def test_arguments_of_the_wrong_kind_are_told(use):
    net = ready()
    for path in (net, None, 3):
        with pytest.raises(TypeError, match="đối số đầu tiên là đường dẫn của tệp, không phải"):
            use(path, net)
    with pytest.raises(TypeError, match="đối số thứ hai là một khối Gluon, không phải 'a'"):
        use("a", "a")
    with pytest.raises(TypeError, match=r"đối số thứ ba là một gluon\.Trainer, không phải 'adam'"):
        use("a", net, "adam")
    assert os.listdir() == []


def test_notes_that_cannot_be_written_are_told():
    for value in (np.ones(2), {1, 2}, object()):
        with pytest.raises(TypeError, match=r"^loss=.*hãy dùng \.item\(\) hoặc \.tolist\(\)$"):
            save_checkpoint("a", ready(), epoch=1, loss=value)
    assert os.listdir() == []


# Kills: real processes, copies of one that has MXNet loaded

CAMPAIGN = textwrap.dedent("""
    import itertools, json, os, resource, signal, sys, time
    from random import Random
    from mxnet import autograd, gluon, np, npx
    from mxnet.gluon import nn
    from d2lutil import load_checkpoint, save_checkpoint

    npx.set_np()
    way, kills = sys.argv[1], int(sys.argv[2])
    random = Random(kills)

    def run():
        net = nn.Dense(100, in_units=100)
        net.initialize()
        trainer = gluon.Trainer(net.collect_params(), "adam")
        with autograd.record():
            loss = net(np.ones((1, 100))).sum()
        loss.backward()
        trainer.step(1)
        return net, trainer

    def save(net, trainer, number):
        net.weight.set_data(np.full((100, 100), number))
        net.bias.set_data(np.full(100, number))
        save_checkpoint("run.ckpt", net, trainer, number=number)

    def whole():
        # The number in the file if all of the file is of one save.
        net, trainer = run()
        number = load_checkpoint("run.ckpt", net, trainer)["number"]
        same = all(bool((p.data() == number).all()) for p in net.collect_params().values())
        return number if same else None

    net, trainer = run()
    save(net, trainer, 0)
    size = os.path.getsize("run.ckpt")
    lost, died, backwards, last, left = 0, 0, 0, 0, set()
    for kill in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            if way == "bytes":
                # The kernel kills the process that writes one byte more than this to a file.
                limit = random.randrange(size)
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            for number in itertools.count(last + 1):
                save(net, trainer, number)
                os.write(writing, b"%d\\n" % number)
        os.close(writing)
        random.random()
        begun = b""
        if way == "time":
            begun = os.read(reading, 1)  # it saves: from now on, however slow the machine is
            time.sleep(random.uniform(0, 0.04))
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        died += os.WIFSIGNALED(status)
        left |= set(os.listdir()) - {"run.ckpt"}
        with os.fdopen(reading) as pipe:
            done = [int(line) for line in (begun.decode() + pipe.read()).split()]
        number = whole()
        lost += number is None
        # What was reported as saved is there, or what came after it.
        backwards += number is not None and number < max([last, *done])
        last = number or last
    assert all(name.startswith(".run.ckpt.") and name.endswith(".tmp") for name in left)
    print(json.dumps({"died": died, "lost": lost, "backwards": backwards, "hit": len(left)}))
""")


@pytest.mark.parametrize("way", ["time", "bytes"])
@pytest.mark.parametrize("kills", [12, pytest.param(400, marks=pytest.mark.long)])
def test_a_kill_loses_no_file(way, kills):
    command = [sys.executable, "-c", CAMPAIGN, way, str(kills)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    hit = told.pop("hit")
    assert told == {"died": kills, "lost": 0, "backwards": 0}
    # Each limit of bytes strikes while a file is being written, and enough of the kills do.
    assert hit == kills if way == "bytes" else hit >= kills // 100


FULL_DISK = textwrap.dedent("""
    import os, resource
    from mxnet.gluon import nn
    from d2lutil import load_checkpoint, save_checkpoint
    net = nn.Dense(100, in_units=100)
    net.initialize()
    save_checkpoint("run.ckpt", net, number=1)
    # Python ignores the signal of this limit: writing more is an error, as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
    try:
        save_checkpoint("run.ckpt", net, number=2)
    except OSError as error:
        print(type(error).__name__, load_checkpoint("run.ckpt", net), os.listdir())
""")


def test_a_full_disk_is_an_error_and_loses_no_file():
    command = [sys.executable, "-c", FULL_DISK]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "OSError {'number': 1} ['run.ckpt']"
