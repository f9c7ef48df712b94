"""What the section on files says about MXNet."""

import inspect
import json
import multiprocessing
import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
import warnings
from itertools import pairwise
from pathlib import Path

import mxnet
import numpy
import pytest
from mxnet import MXNetError, autograd, gluon, init, lr_scheduler, np, npx
from mxnet import random as mx_random
from mxnet.gluon import nn
from mxnet.gluon.parameter import DeferredInitializationError

import d2lutil
from authoring import notebook
from tests.facts.claims import claim

PAGE = Path(__file__).parents[2] / "notebooks" / "read-write_vn.ipynb"

X = [[1.0, -2.0, 0.5], [3.0, 4.0, -1.0]]


def stack(*layers, kind=nn.Sequential, **options):
    net = kind(**options)
    net.add(*layers)
    return net


def ready(*sizes):
    sizes = sizes or (3, 4, 2)
    layers = [nn.Dense(n, in_units=m) for m, n in pairwise(sizes)]
    net = stack(*layers)
    net.initialize()
    return net


def saved(*sizes):
    ready(*sizes).save_parameters("net.params")
    return Path("net.params").read_bytes()


def values(net):
    return [parameter.data().asnumpy() for parameter in net.collect_params().values()]


def ends(job, **limits):
    """Run `job` in a child process with limits of its own; return its exit code."""

    def run():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        for name, limit in limits.items():
            resource.setrlimit(getattr(resource, name), (limit, limit))
        try:
            job()
        except MXNetError as error:
            os._exit(2 if "bad_alloc" in str(error) else 1)
        os._exit(0)

    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    child.join(30)
    child.kill()
    child.join()
    return child.exitcode


# Arrays


@claim("read-write", "inside", "A list of one array, and the dictionary is gone without a word.")
def test_one_array_comes_back_as_a_list():
    npx.save("a", {"old": np.ones(1)})
    npx.save("a", np.array(X))
    assert os.listdir() == ["a"]
    loaded = npx.load("a")
    assert isinstance(loaded, list)
    assert [array.tolist() for array in loaded] == [X]


@claim("read-write", "arrays", "`npx.save` takes an array, a list or a dictionary of arrays.")
def test_files_keep_names_and_types():
    kinds = "int32", "int64", "uint8", "float16", "float64", "bool"
    npx.save("a", {kind: np.array([0, 1], dtype=kind) for kind in kinds})
    loaded = npx.load("a")
    assert [(name, array.dtype, array.tolist()) for name, array in loaded.items()] == [
        (kind, kind, [0, 1]) for kind in kinds
    ]


@claim("read-write", "more-table", "`npx.save` of a `tuple`, or of NumPy's own array")
@claim("read-write", "more-table", "`npx.save` with a `Path` as the file name")
def test_save_refuses_numpy_and_paths():
    for wrong in (numpy.ones(2), (np.ones(1), np.ones(1))):
        with pytest.raises(ValueError, match="needs to either be a ndarray"):
            npx.save("a", wrong)
    with pytest.raises(AttributeError, match="encode"):
        npx.save(Path("a"), np.ones(1))
    npx.save(str(Path("a")), np.ones(1))


# Parameters


@claim("read-write", "load-net-text", "until then it doesn't know all its shapes")
def test_saving_before_the_first_pass_raises():
    net = stack(nn.Dense(2))
    net.initialize()
    with pytest.raises(DeferredInitializationError):
        net.save_parameters("net.params")
    assert not os.path.exists("net.params")


@claim("read-write", "file-figure", "not a byte is left over")
@claim("read-write", "deeper", "with its least significant byte first")
def test_a_parameter_file_is_understood_to_the_last_byte():
    net = stack(nn.Dense(8, in_units=4), nn.Dense(3, in_units=8))
    net.initialize()
    net.save_parameters("net.params")
    data, place = Path("net.params").read_bytes(), 24
    assert struct.unpack("<QQQ", data[:24]) == (274, 0, 4)
    sizes = []
    for value in values(net):
        dimensions = struct.pack(f"<{value.ndim}q", *value.shape)
        header = struct.pack("<IiI", 0xF993FACA, 0, value.ndim) + dimensions
        header += struct.pack("<iii", 1, 0, 0)  # a CPU, its number, and float32
        whole = header + value.tobytes()
        assert data[place : place + len(whole)] == whole
        place += len(whole)
        sizes.append(len(whole))
    keys = [b"0.weight", b"0.bias", b"1.weight", b"1.bias"]
    end = struct.pack("<Q", 4) + b"".join(struct.pack("<Q", len(key)) + key for key in keys)
    assert data[place:] == end
    assert (sizes, len(end)) == ([168, 64, 136, 44], 68)


@claim("read-write", "arrays", "No error; the weights are the same, and the outputs differ.")
def test_a_file_fits_another_architecture():
    net, other = ready(3, 4), stack(nn.Dense(4, activation="tanh"))
    net.save_parameters("net.params")
    other.load_parameters("net.params")
    assert np.allclose(other(np.array(X)), np.tanh(net(np.array(X))))


@claim("read-write", "missing-read", "the model asks for `2.weight`")
@claim("read-write", "missing-read", "if you *want* the new layer to keep its own values")
def test_a_missing_key_is_an_assertion_error():
    saved(3, 4)
    net = ready(3, 4, 2)
    before = values(net)
    with pytest.raises(AssertionError, match=r"'1\.weight' is missing .* '0\.weight', '0\.bias'"):
        net.load_parameters("net.params")
    net.load_parameters("net.params", allow_missing=True)
    kept = [numpy.array_equal(a, b) for a, b in zip(values(net), before, strict=True)]
    assert kept == [False, True, True, True]


@claim("read-write", "missing-read", "and initialize it yourself")
def test_a_missing_layer_waits_for_its_values():
    net, x = saved(3, 4) and stack(nn.Dense(4), nn.Dense(2)), np.array(X)
    net.load_parameters("net.params", allow_missing=True)
    with pytest.raises(RuntimeError, match="has not been initialized"):
        net(x)
    before = net[0].weight.data().asnumpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net.initialize()
    assert net(x).shape == (2, 2)
    assert numpy.array_equal(before, net[0].weight.data())


@claim(
    "read-write",
    "missing-read",
    "`ignore_extra=True` is its counterpart for a file with too many keys",
)
def test_an_extra_key_is_a_value_error():
    saved(3, 4, 2)
    with pytest.raises(ValueError, match=r"'1\.weight' .* is not present"):
        ready(3, 4).load_parameters("net.params")
    ready(3, 4).load_parameters("net.params", ignore_extra=True)


@claim("read-write", "missing-read", "If no key matches, nothing is loaded.")
def test_both_options_can_load_nothing_in_silence():
    saved()
    net = nn.Sequential()
    inner = ready()
    net.add(inner)
    before = values(net)
    net.load_parameters("net.params", allow_missing=True, ignore_extra=True)
    assert all(numpy.array_equal(a, b) for a, b in zip(values(net), before, strict=True))


@claim("read-write", "devices", "and no option helps")
def test_no_option_forgives_a_wrong_shape():
    saved(3, 4, 2)
    for options in (
        {"allow_missing": True, "ignore_extra": True},
        {"cast_dtype": True, "dtype_source": "saved"},
    ):
        with pytest.raises(AssertionError, match="shape incompatible"):
            ready(3, 4, 5).load_parameters("net.params", **options)


@claim(
    "read-write",
    "devices",
    "`load_parameters` goes from key to key and stops at the first that doesn't fit",
)
def test_a_failed_load_leaves_a_chimera():
    net, other = ready(3, 4, 2), ready(3, 4, 5)
    net.save_parameters("net.params")
    with pytest.raises(AssertionError, match="shape incompatible"):
        other.load_parameters("net.params")
    assert np.array_equal(other[0].weight.data(), net[0].weight.data())


@claim("read-write", "error-table", "empty, cut off, or not an MXNet file")
def test_a_cut_file_is_refused_before_anything_is_loaded():
    data, net = saved(), ready()
    before = values(net)
    for length in range(len(data)):
        Path("cut.params").write_bytes(data[:length])
        with pytest.raises(ValueError, match="Invalid NDArray file format") as error:
            net.load_parameters("cut.params")
        assert "cut.params" not in str(error.value)
    with pytest.raises(MXNetError, match="Invalid NDArray file format"):
        npx.load("cut.params")
    assert all(numpy.array_equal(a, b) for a, b in zip(values(net), before, strict=True))


@claim(
    "read-write",
    "checksum-text",
    "had it been a lower bit, the model would simply be a little wrong",
)
def test_other_damage_goes_unnoticed():
    npx.save("a", np.array([1.0]))
    data = Path("a").read_bytes()
    place = data.index(struct.pack("<f", 1))
    for content, value in (
        (data + b"!", 1),
        (data[:place] + b"\x01" + data[place + 1 :], 1 + 2.0**-23),
    ):
        Path("a").write_bytes(content)
        assert npx.load("a")[0].tolist() == [value]


@claim("read-write", "checksum-text", "reads that number as a number of dimensions")
def test_a_flipped_magic_number_asks_for_endless_memory():
    data = bytearray(saved())
    assert data[24:28] == bytes.fromhex("cafa93f9")
    data[27] ^= 0x80
    assert struct.unpack("<i", data[24:28])[0] > 2e9
    Path("broken.params").write_bytes(data)
    with pytest.raises(MXNetError, match="was not saved in np shape semantics"):
        npx.load("broken.params")
    # 16 GB for the dimensions; with a limit MXNet gets none and says so.
    job = lambda: ready().load_parameters("broken.params")  # noqa: E731
    assert ends(job, RLIMIT_AS=2**33) == 2


@claim("read-write", "more-table", "numbers of another type, such as `float16`")
def test_another_type_is_told_and_can_be_cast():
    saved()
    net = ready()
    net.cast("float16")
    with pytest.raises(AssertionError, match="dtype incompatible"):
        net.load_parameters("net.params")
    net.load_parameters("net.params", cast_dtype=True)
    assert net[0].weight.data().dtype == "float16"


@claim("read-write", "more-table", "keys without a dot: a single layer, or a file of `export`")
@claim("read-write", "more-table", "a model built under `name_scope` says `is missing in file`")
@claim("read-write", "more-table", "put a single layer into a `Sequential` before saving")
def test_keys_without_a_dot():
    layer = nn.Dense(4, in_units=3)
    layer.initialize()
    layer.save_parameters("layer.params")
    exported()
    for file in ("layer.params", "m-0000.params"):
        with pytest.raises(AssertionError, match="does not start with"):
            ready().load_parameters(file)
        scoped = nn.Sequential()
        with scoped.name_scope():
            scoped.add(nn.Dense(4, in_units=3))
        with pytest.raises(AssertionError, match="is missing in file"):
            scoped.load_parameters(file)
    stack(layer).save_parameters("layer.params")
    stack(nn.Dense(4)).load_parameters("layer.params")


@claim("read-write", "more-table", "the file of a single layer, loaded into a single layer")
def test_a_single_layers_file_gives_old_arrays():
    layer, made = (nn.Dense(4, in_units=3) for _ in range(2))
    layer.initialize()
    layer.save_parameters("layer.params")
    with pytest.raises(TypeError, match=r"Cannot assign mx\.nd\.NDArray"):
        layer.load_parameters("layer.params")
    made.load_parameters("layer.params")
    assert not isinstance(made.weight.data(), np.ndarray)
    with pytest.raises(TypeError, match="received a legacy ndarray"):
        made(np.ones((1, 3)))


@claim("read-write", "error-table", "the file or its folder doesn't exist")
@claim("read-write", "more-table", "the file holds a list of arrays")
def test_lists_and_absent_files():
    npx.save("list", [np.ones(2)])
    with pytest.raises(AttributeError, match="has no attribute 'keys'"):
        ready().load_parameters("list")
    with pytest.raises(ValueError, match="No such file or directory"):
        ready().load_parameters("none")
    with pytest.raises(MXNetError, match=r"LocalFileSystem: .*No such file or directory"):
        ready().save_parameters("no folder/net.params")


# Writing


@claim("read-write", "beside", "the first thing that saving does is to empty it")
def test_saving_empties_the_old_file_first():
    assert len(saved()) > 0
    ends(lambda: ready().save_parameters("net.params"), RLIMIT_FSIZE=0)
    assert Path("net.params").read_bytes() == b""


@claim("read-write", "full-disk-read", "doesn't check whether the last block has arrived")
@pytest.mark.parametrize(
    ("numbers", "missing", "told"),
    [(100, 1, False), (100, 473, False), (2000, 10, False), (2000, 5000, True)],
)
def test_a_full_disk_may_go_unnoticed(numbers, missing, told):
    def save():
        npx.save("a", {"w": np.ones(numbers)})

    save()
    size = os.path.getsize("a")
    assert ends(save, RLIMIT_FSIZE=size - missing) == told
    assert os.path.getsize("a") == size - missing


@claim("read-write", "format", "a folder `tmp…` each time")
@claim("read-write", "format", "one hidden file, removed by the next save")
def test_what_a_stopped_save_leaves_behind():
    save, net = page("save")["save_checkpoint"], ready()
    trainer = gluon.Trainer(net.collect_params(), "adam")
    # Imported here: a child with so small a limit would leave a cut .pyc for everybody.
    own_save = d2lutil.save_checkpoint

    def stopped(job):
        def run():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            job()

        assert ends(run, RLIMIT_FSIZE=100) == -signal.SIGXFSZ

    for count in (1, 2):
        stopped(lambda: save("net.ckpt", net, trainer))
        assert len(list(Path().glob("tmp*/"))) == count
    stopped(lambda: own_save("other.ckpt", net))
    assert len(list(Path().glob(".other.ckpt.*.tmp"))) == 1
    own_save("other.ckpt", net)
    assert not list(Path().glob(".other.ckpt.*.tmp"))


# Training


@claim(
    "read-write", "inside-read", "MXNet doesn't let anyone read the state of its random numbers."
)
def test_random_numbers_can_be_seeded_only():
    for module in (mx_random, npx.random, np.random):
        assert not [name for name in dir(module) if "state" in name.lower()]


@claim("read-write", "format", "`save_states` numbers the parameters by the order of their *names*")
def test_a_trainer_numbers_parameters_by_name():
    layers = [nn.Dense(2, in_units=2, use_bias=False, prefix=f"dense{n}_") for n in (9, 10)]
    net = stack(*layers)
    net.initialize()
    order = gluon.Trainer(net.collect_params(), "sgd").optimizer.param_dict
    assert [order[n].name for n in (0, 1)] == ["dense10_weight", "dense9_weight"]


# Architecture


def exported():
    net = stack(nn.Dense(4, activation="relu"), nn.Dense(2), kind=nn.HybridSequential)
    net.initialize(init.Normal(1))
    net.hybridize()
    net(np.array(X))
    net.export("m")
    return net


@claim(
    "read-write",
    "export",
    "after [`hybridize`](model-construction_vn.ipynb#sec_blocks_hybridize) and one pass",
)
def test_export_needs_hybridize_and_one_pass():
    net = stack(nn.Dense(2), kind=nn.HybridSequential)
    net.initialize()
    for prepare in (lambda: None, net.hybridize):
        prepare()
        with pytest.raises(RuntimeError, match=r"call block\.hybridize"):
            net.export("m")
    assert not hasattr(nn.Sequential(), "export")
    exported().export("m", epoch=3)
    assert sorted(os.listdir()) == ["m-0000.params", "m-0003.params", "m-symbol.json"]


@claim("read-write", "export", "`export` writes the computation as a graph")
def test_an_export_has_no_blocks():
    exported()
    graph = json.loads(Path("m-symbol.json").read_text("utf-8"))
    assert {"FullyConnected", "Activation"} <= {node["op"] for node in graph["nodes"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        served = nn.SymbolBlock.imports("m-symbol.json", ["data"], "m-0000.params")
    assert not served._children


@claim("read-write", "gift-text", "`mxnet.onnx.export_model` makes one from these two files")
def test_onnx_is_made_from_the_two_files():
    exporting = inspect.signature(mxnet.onnx.export_model).parameters
    assert list(exporting)[:3] == ["sym", "params", "in_shapes"]


@claim("read-write", "export", "It warns that it doesn't know the type of `data` yet")
def test_imports_go_by_names():
    net = exported()
    with pytest.warns(UserWarning, match="Cannot decide type for the following arguments"):
        served = nn.SymbolBlock.imports("m-symbol.json", ["data"], "m-0000.params")
    assert np.array_equal(served(np.array(X)), net(np.array(X)))
    assert f"arg:{net[0].weight.name}" in npx.load("m-0000.params")
    net.save_parameters("net.params")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(AssertionError, match="is missing in file"):
            nn.SymbolBlock.imports("m-symbol.json", ["data"], "net.params")


@claim("read-write", "ex-transfer-text", "A misspelt key in `body` would still be found")
def test_a_misspelt_key_is_found():
    npx.save("body.params", {"0.wieght": np.ones((4, 3))})
    with pytest.raises(ValueError, match=r"'0\.wieght' .* is not present"):
        ready().load_parameters("body.params", allow_missing=True)


# Strangers


class Shout:
    """Makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("heard",)


@claim("read-write", "gift-read", "`trainer.load_states` reads pickles")
@claim(
    "read-write",
    "gift-read",
    "parameters, pair of `export`, checkpoint of `d2lutil` | not by design",
)
def test_states_are_pickles_and_parameters_are_not():
    net = ready()
    trainer = gluon.Trainer(net.collect_params(), "adam")
    with autograd.record():
        loss = net(np.array(X)).sum()
    loss.backward()
    trainer.step(1)
    trainer.save_states("states")
    _, optimizer = pickle.loads(Path("states").read_bytes())
    assert type(optimizer).__name__ == "Adam"
    Path("gift").write_bytes(pickle.dumps(Shout()))
    with pytest.raises(ValueError, match="Invalid NDArray file format"):
        net.load_parameters("gift")
    assert not os.path.exists("heard")
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'keys'"):
        trainer.load_states("gift")
    assert os.path.exists("heard")


# Loading elsewhere


@claim(
    "read-write",
    "devices",
    "A file saved on a GPU opens on a machine without one; its arrays then come to the CPU.",
)
def test_a_file_of_a_gpu_opens_without_one():
    if npx.num_gpus():
        pytest.skip("this machine has a GPU")
    net = ready(3, 4)
    net.save_parameters("cpu.params")
    data = bytearray(Path("cpu.params").read_bytes())
    place = 24
    for value in values(net):
        place += 12 + 8 * value.ndim
        # Where each array was: 1, a CPU, becomes 2, a GPU.
        assert struct.unpack("<ii", data[place : place + 8]) == (1, 0)
        data[place] = 2
        place += 12 + value.nbytes
    Path("gpu.params").write_bytes(data)
    other = stack(nn.Dense(4))
    other.load_parameters("gpu.params")
    assert all(numpy.array_equal(a, b) for a, b in zip(values(net), values(other), strict=True))
    assert other[0].weight.list_ctx() == [npx.cpu()]


@claim("read-write", "error-table", "`ctx=` for a model that is on another device")
@claim(
    "read-write",
    "transfer-text",
    "A model that is initialized keeps its device when it loads without `ctx=`.",
)
def test_an_initialized_model_keeps_its_device():
    saved(3, 4)
    net = stack(nn.Dense(4, in_units=3))
    net.initialize(ctx=npx.cpu(1))
    net.load_parameters("net.params")
    assert net[0].weight.list_ctx() == [npx.cpu(1)]
    with pytest.raises(AssertionError, match="was previous initialized on"):
        net.load_parameters("net.params", ctx=npx.cpu(0))
    net.collect_params().reset_ctx(npx.cpu(0))
    net.load_parameters("net.params", ctx=npx.cpu(0))
    assert net[0].weight.list_ctx() == [npx.cpu(0)]


@claim("read-write", "error-table", "`npx.set_np()` was forgotten")
def test_a_file_wants_the_mode_it_was_saved_in():
    saved()
    npx.reset_np()
    try:
        with pytest.raises(MXNetError, match="was saved in np shape semantics"):
            stack(nn.Dense(4), nn.Dense(2)).load_parameters("net.params")
    finally:
        npx.set_np()
    stack(nn.Dense(4), nn.Dense(2)).load_parameters("net.params")


@claim("read-write", "more-table", "`net.collect_params().save(path)`")
def test_a_dictionary_of_parameters_has_no_save_of_its_own_here():
    with pytest.raises(TypeError, match=r"use mxnet\.numpy\.save instead"):
        ready().collect_params().save("net.params")


class Pair(nn.Block):
    def __init__(self, tied):
        super().__init__()
        self.a = nn.Dense(4, in_units=4)
        self.b = nn.Dense(4, in_units=4, params=self.a.params if tied else None)

    def forward(self, x):
        return self.b(self.a(x))


@claim("read-write", "more-table", "such a file loads into a model that is tied in the same way")
def test_a_deduplicated_file_fits_a_tied_model_only():
    net = Pair(tied=True)
    net.initialize()
    net.save_parameters("whole")
    net.save_parameters("once", deduplicate=True)
    assert (len(npx.load("whole")), len(npx.load("once"))) == (4, 2)
    Pair(tied=True).load_parameters("once")
    Pair(tied=False).load_parameters("whole")
    with pytest.raises(AssertionError, match="is missing in file"):
        Pair(tied=False).load_parameters("once")


@claim("read-write", "inside-read", "the first of the two values is lost")
def test_a_tied_model_takes_the_second_of_two_values():
    loose, tied = Pair(tied=False), Pair(tied=True)
    loose.initialize()
    d2lutil.save_checkpoint("loose.ckpt", loose)
    d2lutil.load_checkpoint("loose.ckpt", tied)
    assert np.array_equal(tied.a.weight.data(), loose.b.weight.data())


# Training on


def page(*cells):
    """Return the names that code cells of the page make, run one after another."""
    nb = notebook.read(PAGE)
    source = {cell.id: cell.source for cell in nb.cells}
    names = {}
    imports = source["setup"].split("\nfolder = ")[0]
    for code in (imports, *(source[cell] for cell in cells)):
        exec(compile(code, "page", "exec"), names)
    return names


@claim("read-write", "state-read", "its loss is higher, and the gap takes some six epochs to close")
@claim("read-write", "state-read", "We ran it 20 times: it was higher at epoch 7 every time.")
@claim("read-write", "state-read", "Other random numbers don't raise it on average")
def test_a_run_without_adams_state_is_worse_for_a_while():
    names = page("start", "epoch", "save", "train", "halves")
    for run in range(8, 20):
        net, trainer = names["start"](run)
        for epoch in range(1, 7):
            names["one_epoch"](net, trainer, seed=100 * run + epoch)
        names["save_checkpoint"](f"run{run}.ckpt", net, trainer)

    def losses(**change):
        return numpy.array([names["second_half"](run, **change) for run in range(20)])

    whole = losses()
    without_adam, other_seeds = losses(adam=False) - whole, losses(shift=50) - whole
    assert (without_adam[:, 0] > 0).all()
    means = without_adam.mean(axis=0)
    assert means[0] > 0.03
    assert abs(means[-1]) < means[0] / 3
    assert other_seeds.mean() < 0.01


@claim("read-write", "halves-text", "in a new process it comes out the same")
def test_training_goes_on_in_a_new_process():
    quiet = page("start", "epoch", "save", "train")["train"]("quiet.ckpt", 12)
    made = page("start", "epoch", "save", "train")
    made["train"]("other.ckpt", 6)
    program = (
        "import json\n"
        "from tests.facts.test_read_write import page\n"
        "from mxnet import npx\n"
        "npx.set_np()\n"
        'names = page("start", "epoch", "save", "train")\n'
        'print(json.dumps(names["train"]("other.ckpt", 12)))\n'
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(PAGE.parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == quiet


@claim(
    "read-write",
    "cost-text",
    "Over ten seeds the loss chose epochs 3 to 6, and epoch 40 was right more often every time.",
)
@claim("read-write", "cost-text", "From the fifth on the model grows ever surer, of its errors too")
def test_the_loss_and_the_answers_choose_differently():
    names = page("start", "epoch")
    features, labels = names["features"], names["labels"]
    chosen = []
    for seed in range(1, 11):
        net, trainer = names["start"](seed)
        judged = []
        for epoch in range(1, 41):
            npx.random.seed(epoch)
            with autograd.record():
                loss = names["cross_entropy"](net(features[:40]), labels[:40]).mean()
            loss.backward()
            trainer.step(1)
            out = net(features[40:])
            wrong = out.argmax(axis=1) != labels[40:]
            sure = (npx.softmax(out).max(axis=1) * wrong).sum() / wrong.sum()
            loss = names["cross_entropy"](out, labels[40:]).mean()
            judged.append((loss.item(), 200 - wrong.sum().item(), sure.item()))
        best = min(judged)
        assert judged[-1][1] > best[1]
        assert judged[-1][2] > best[2] + 0.2
        chosen.append(judged.index(best) + 1)
    assert (min(chosen), max(chosen)) == (3, 6)


@claim("read-write", "state-read", "The learning rate and its schedule (`save_states` stores them")
def test_states_hold_the_rate_and_the_schedule():
    for rate in (0.1, 0.01):
        net = ready()
        trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": rate})
        if rate == 0.1:
            trainer.save_states("states")
        trainer.load_states("states")
        assert trainer.learning_rate == 0.1
    net = ready()
    schedule = lr_scheduler.FactorScheduler(2, factor=0.5, base_lr=0.1)
    trainer = gluon.Trainer(net.collect_params(), "adam", {"lr_scheduler": schedule})
    for _ in range(5):
        with autograd.record():
            loss = net(np.array(X)).sum()
        loss.backward()
        trainer.step(1)
    trainer.save_states("states")
    fresh = lr_scheduler.FactorScheduler(2, factor=0.5, base_lr=0.1)
    other = gluon.Trainer(ready().collect_params(), "adam", {"lr_scheduler": fresh})
    other.load_states("states")
    assert other.learning_rate == trainer.learning_rate < 0.1


@claim("read-write", "format", "step count when it goes on on another device")
def test_states_on_another_device_lose_the_count():
    def run(net, trainer, steps):
        (ctx,) = net[0].weight.list_ctx()
        for _ in range(steps):
            with autograd.record():
                loss = (net(np.ones((1, 3), ctx=ctx)) ** 2).sum()
            loss.backward()
            trainer.step(1)
        return trainer.optimizer.num_update

    def made(ctx):
        net = stack(nn.Dense(2, in_units=3))
        net.initialize(init.One(), ctx=ctx)
        schedule = lr_scheduler.FactorScheduler(2, factor=0.5, base_lr=0.1)
        return net, gluon.Trainer(net.collect_params(), "adam", {"lr_scheduler": schedule})

    net, trainer = made(npx.cpu(0))
    run(net, trainer, 3)
    trainer.save_states("states")
    d2lutil.save_checkpoint("net.ckpt", net, trainer)
    for ctx, right in ((npx.cpu(0), True), (npx.cpu(1), False)):
        other, again = made(ctx)
        again.load_states("states")
        assert (run(other, again, 2) == 5) is right
        other, again = made(ctx)
        d2lutil.load_checkpoint("net.ckpt", other, again)
        assert run(other, again, 2) == 5


@claim("read-write", "inside-text", "then each gets the averages of the other, without an error")
def test_states_may_get_to_the_other_layer():
    def pair(*numbers):
        names = [f"dense{n}_" for n in numbers]
        net = stack(*(nn.Dense(2, in_units=2, use_bias=False, prefix=name) for name in names))
        net.initialize(init.One())
        return net, gluon.Trainer(net.collect_params(), "sgd", {"momentum": 0.9})

    net, trainer = pair(9, 10)
    with autograd.record():
        loss = (net[0](np.ones((1, 2))) + 100 * net[1](np.ones((1, 2)))).sum()
    loss.backward()
    trainer.step(1)
    trainer.save_states("states")
    other, again = pair(0, 1)
    again.load_states("states")

    def averages(net, trainer):
        found = trainer.optimizer.param_dict.items()
        states = trainer._updaters[0].states
        return {id(p): float(abs(states[n].asnumpy()).max()) for n, p in found}

    first, second = averages(net, trainer), averages(other, again)
    of_first = [first[id(layer.weight)] for layer in net]
    of_second = [second[id(layer.weight)] for layer in other]
    assert of_first == of_second[::-1]
    assert of_first[0] != of_first[1]


@claim("read-write", "more-table", "`data0` and `data1`, in the order of the arguments")
def test_several_inputs_are_called_data0_and_data1():
    class Compare(nn.HybridBlock):
        def __init__(self):
            super().__init__()
            self.dense = nn.Dense(3)

        def hybrid_forward(self, F, today, yesterday):
            return self.dense(today) - 2 * self.dense(yesterday)

    net, x = Compare(), np.array(X)
    net.initialize(init.Normal(1))
    net.hybridize()
    y = net(x, x * x)
    net.export("two")
    files = "two-symbol.json", "two-0000.params"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        served = nn.SymbolBlock.imports(files[0], ["data0", "data1"], files[1])
        for wrong in (["data"], ["today", "yesterday"]):
            with pytest.raises(AssertionError, match="Parameter 'data0' is missing in file"):
                nn.SymbolBlock.imports(files[0], wrong, files[1])
    assert np.array_equal(served(x, x * x), y)
