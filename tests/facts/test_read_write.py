"""What the section on files says about MXNet."""

import json
import multiprocessing
import os
import pickle
import resource
import signal
import struct
import warnings
from itertools import pairwise
from pathlib import Path

import numpy
import pytest
from mxnet import MXNetError, autograd, gluon, init, np, npx
from mxnet import random as mx_random
from mxnet.gluon import nn
from mxnet.gluon.parameter import DeferredInitializationError

from tests.facts.claims import claim

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


@claim("read-write", "load-one-text", "under the very name that we gave; no ending is added")
@claim("read-write", "load-one-read", "A list of one array.")
@claim("read-write", "save-tuple-text", "the old content is gone without a word")
def test_one_array_comes_back_as_a_list():
    npx.save("a", {"old": np.ones(1)})
    npx.save("a", np.array(X))
    assert os.listdir() == ["a"]
    loaded = npx.load("a")
    assert isinstance(loaded, list)
    assert [array.tolist() for array in loaded] == [X]


@claim("read-write", "save-list-text", "Names, values and even the type `int32` have survived.")
def test_files_keep_names_and_types():
    kinds = "int32", "int64", "uint8", "float16", "float64", "bool"
    npx.save("a", {kind: np.array([0, 1], dtype=kind) for kind in kinds})
    loaded = npx.load("a")
    assert [(name, array.dtype, array.tolist()) for name, array in loaded.items()] == [
        (kind, kind, [0, 1]) for kind in kinds
    ]


@claim(
    "read-write",
    "save-tuple-read",
    "A list with plain numbers in it, or a dictionary whose names aren't strings, is a `TypeError`",
)
def test_save_refuses_plain_numbers_and_names():
    for wrong in ([1, 2], [np.ones(1), 2.0], {1: np.ones(1)}, {"a": 1}):
        with pytest.raises(TypeError):
            npx.save("a", wrong)


@claim("read-write", "save-tuple-read", "An array of NumPy itself is refused like the `tuple`")
@claim("read-write", "save-tuple-read", "the file name has to be a string")
def test_save_refuses_numpy_and_paths():
    for wrong in (numpy.ones(2), (np.ones(1), np.ones(1))):
        with pytest.raises(ValueError, match="needs to either be a ndarray"):
            npx.save("a", wrong)
    with pytest.raises(AttributeError, match="encode"):
        npx.save(Path("a"), np.ones(1))
    npx.save(str(Path("a")), np.ones(1))


# Parameters


@claim("read-write", "load-net-text", "saving would raise a `DeferredInitializationError`")
def test_saving_before_the_first_pass_raises():
    net = stack(nn.Dense(2))
    net.initialize()
    with pytest.raises(DeferredInitializationError):
        net.save_parameters("net.params")
    assert not os.path.exists("net.params")


@claim("read-write", "file-figure", "Not a byte is left over.")
@claim("read-write", "header-text", "with the smallest byte first")
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


@claim(
    "read-write", "load-other-read", "the activation functions and the code of `forward` are not"
)
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


@claim("read-write", "extra-read", "it shows only those that the outermost block holds itself")
def test_the_error_on_an_extra_key_lists_the_outermost_block_only():
    class Scaled(nn.Sequential):
        def __init__(self):
            super().__init__()
            self.scale = self.params.get("scale", shape=(1,))

    saved()
    net = Scaled()
    net.add(nn.Dense(4))
    with pytest.raises(ValueError, match=r"contains parameters '\w*scale'\."):
        net.load_parameters("net.params", allow_missing=True)


@claim("read-write", "extra-read", "This time it is a `ValueError`, and the file has too much")
def test_an_extra_key_is_a_value_error():
    saved(3, 4, 2)
    with pytest.raises(ValueError, match=r"'1\.weight' .* is not present"):
        ready(3, 4).load_parameters("net.params")
    ready(3, 4).load_parameters("net.params", ignore_extra=True)


@claim("read-write", "extra-read", "If no key matches, nothing is loaded")
def test_both_options_can_load_nothing_in_silence():
    saved()
    net = nn.Sequential()
    inner = ready()
    net.add(inner)
    before = values(net)
    net.load_parameters("net.params", allow_missing=True, ignore_extra=True)
    assert all(numpy.array_equal(a, b) for a, b in zip(values(net), before, strict=True))


@claim("read-write", "wrong-shape-read", "No option helps")
@claim("read-write", "transfer-text", "The options forgive keys that are missing or superfluous")
def test_no_option_forgives_a_wrong_shape():
    saved(3, 4, 2)
    for options in (
        {"allow_missing": True, "ignore_extra": True},
        {"cast_dtype": True, "dtype_source": "saved"},
    ):
        with pytest.raises(AssertionError, match="shape incompatible"):
            ready(3, 4, 5).load_parameters("net.params", **options)


@claim("read-write", "broken-files", "what it has set by then stays set")
def test_a_failed_load_leaves_a_chimera():
    net, other = ready(3, 4, 2), ready(3, 4, 5)
    net.save_parameters("net.params")
    with pytest.raises(AssertionError, match="shape incompatible"):
        other.load_parameters("net.params")
    assert np.array_equal(other[0].weight.data(), net[0].weight.data())


@claim("read-write", "cut-read", "Nothing has been loaded, because the whole file is read first.")
@claim("read-write", "cut-read", "The file's name isn't mentioned")
@claim("read-write", "cut-read", "`npx.load` raises an `MXNetError` with the same text.")
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


@claim("read-write", "flip-text", "Something appended at the end goes unnoticed")
@claim("read-write", "error-table", "the model would simply be a little wrong, for ever")
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


@claim(
    "read-write",
    "error-table",
    "takes the file for one of an old format and reads the mark as a number of dimensions",
)
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


@claim("read-write", "error-table", "numbers of another type, such as `float16`")
def test_another_type_is_told_and_can_be_cast():
    saved()
    net = ready()
    net.cast("float16")
    with pytest.raises(AssertionError, match="dtype incompatible"):
        net.load_parameters("net.params")
    net.load_parameters("net.params", cast_dtype=True)
    assert net[0].weight.data().dtype == "float16"


@claim("read-write", "error-table", "keys without a dot: a single layer, or a file of `export`")
@claim("read-write", "error-table", "a model built under `name_scope` says `is missing in file`")
@claim("read-write", "error-table", "wrap a single layer in a `Sequential` before saving")
@claim(
    "read-write",
    "imports-read",
    "`load_parameters` of an ordinary model doesn't take that file",
)
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


@claim("read-write", "error-table", "loaded into a single layer, and gave arrays of the old kind")
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


@claim("read-write", "error-table", "the file holds a list of arrays")
@claim("read-write", "error-table", "there is no such file")
def test_lists_and_absent_files():
    npx.save("list", [np.ones(2)])
    with pytest.raises(AttributeError, match="has no attribute 'keys'"):
        ready().load_parameters("list")
    with pytest.raises(ValueError, match="No such file or directory"):
        ready().load_parameters("none")


# Writing


@claim("read-write", "overwrite-read", "the very first thing that saving does is to empty it")
def test_saving_empties_the_old_file_first():
    assert len(saved()) > 0
    ends(lambda: ready().save_parameters("net.params"), RLIMIT_FSIZE=0)
    assert Path("net.params").read_bytes() == b""


@claim(
    "read-write",
    "full-disk-read",
    "in portions of 4096 bytes, and doesn't look whether the last portion really arrived",
)
@claim(
    "read-write",
    "full-disk-read",
    "the error does appear, unless it is only the last piece that finds no room",
)
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


# Training


@claim(
    "read-write",
    "forgetful-read",
    "MXNet doesn't let anyone read the state of its random numbers.",
)
def test_random_numbers_can_be_seeded_only():
    for module in (mx_random, npx.random, np.random):
        assert not [name for name in dir(module) if "state" in name.lower()]


@claim(
    "read-write",
    "forgetful-read",
    "numbers the parameters by the order of their *names*, where `dense10` comes before `dense9`",
)
def test_a_trainer_numbers_parameters_by_name():
    layers = [nn.Dense(2, in_units=2, use_bias=False, prefix=f"dense{n}_") for n in (9, 10)]
    net = stack(*layers)
    net.initialize()
    order = gluon.Trainer(net.collect_params(), "sgd").optimizer.param_dict
    assert [order[n].name for n in (0, 1)] == ["dense10_weight", "dense9_weight"]


@claim("read-write", "strangers", "one may thaw the hidden layer with `'write'`")
def test_a_frozen_layer_can_be_thawed():
    net = ready()
    net[0].collect_params().setattr("grad_req", "null")
    net[0].collect_params().setattr("grad_req", "write")
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    before = values(net)[0].copy()
    with autograd.record():
        loss = net(np.array(X)).sum()
    loss.backward()
    trainer.step(1)
    assert not numpy.array_equal(values(net)[0], before)


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
    "export-run-text",
    "Without them it is a `RuntimeError`, and a plain `Sequential` doesn't have the method at all.",
)
@claim("read-write", "graph-text", "`0000` is a number of an epoch, to be chosen with `epoch=`.")
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


@claim("read-write", "imports-text", "That it is ReLU stands among the attributes of that node.")
def test_the_graph_names_the_activation_function():
    exported()
    graph = json.loads(Path("m-symbol.json").read_text())
    (node,) = (node for node in graph["nodes"] if node["op"] == "Activation")
    assert node["attrs"]["act_type"] == "relu"


@claim("read-write", "imports-text", "MXNet warns that it doesn't know the type of `data` yet")
@claim("read-write", "imports-read", "`imports` doesn't take one of `save_parameters`")
@claim("read-write", "imports-read", "are called `arg:station_dense0_weight` and so on")
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


@claim("read-write", "transfer-text", "a misspelt key would still be found")
def test_a_misspelt_key_is_found():
    npx.save("body.params", {"0.wieght": np.ones((4, 3))})
    with pytest.raises(ValueError, match=r"'0\.wieght' .* is not present"):
        ready().load_parameters("body.params", allow_missing=True)


# Strangers


class Shout:
    """Makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("heard",)


@claim("read-write", "gift-read", "Its parameter files are not pickles.")
@claim("read-write", "gift-states-text", "`save_states` writes a pickle, so `load_states` runs one")
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
