"""MXNet's own unit tests on newer Pythons beside Python 3.11 with NumPy 1.23.5, which MXNet knew.

    python bench/bench_mxnet_tests.py CHECKOUT 3.12 3.13

CHECKOUT is a folder with the sources of apache/mxnet, tag 1.9.1; its tests are copied from there
and run in environments that are built for it. What fails is printed where it does not fail on the
reference; exit status 1 if something does that is not in FAULTS. Many fail on both for want of a
network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

from report import heading

PROJECT = Path(__file__).resolve().parents[1]
REFERENCE = "reference"
TOOLS = ("graphviz", "pytest", "pytest-timeout", "scipy", "setuptools<81")
LIMIT = 300  # seconds for one test
# Gluon, NumPy, autograd, files, data, optimizers, metrics, RNNs, and what they stand on.
FILES = """
attr autograd base contrib_control_flow contrib_optimizer dlpack engine exc_handling executor gluon
gluon_batch_processor gluon_contrib gluon_data gluon_data_vision gluon_estimator
gluon_event_handler gluon_model_zoo gluon_rnn gluon_save gluon_trainer gluon_utils
higher_order_grad image infer_shape infer_type init io kvstore loss metric module ndarray
numpy_gluon numpy_interoperability numpy_ndarray numpy_op operator optimizer profiler random
recordio rnn runtime sparse_ndarray symbol test_utils thread_local viz
""".split()  # noqa: SIM905
# What the tests themselves ask of NumPy in ways that it no longer knows is asked otherwise, or left
# out where NumPy means something else now, on each environment: so all else is still tried.
NEW = "{'alltrue': 'all', 'product': 'prod', 'round_': 'round', 'sometrue': 'any'}"
LEFT_OUT = (
    "'in1d', 'linalg.solve', 'mirr', 'msort', 'nanpercentile', 'nanquantile', 'npv', "
    "'percentile', 'pmt', 'ppmt', 'pv', 'quantile', 'rate', 'trapz'"
)
CHANGES = {
    r"\b(_?np)\.NaN\b": r"\1.nan",
    r"\b(_?np)\.(float|int)\b": r"\1.\g<2>64",
    r"getattr\(_np, (op_name|func)\)": rf"getattr(_np, {NEW}.get(\1, \1))",
    r"'shares_memory', 'may_share_memory', 'empty_like'": rf"\g<0>, {LEFT_OUT}",
    r"assert type\(out\) == type\(expected_out\)": "assert isinstance(expected_out, (tuple, list))",
    r"('nonzero', np\.random\.randint\(0, 2)(, size=\(\))?\)": r"\1, size=1)",
    r"(_np\.(?:quantile|percentile)\(.*)interpolation=": r"\1method=",
    r"_np\.nonzero\(x\.asnumpy\(\)\)": "_np.nonzero(_np.atleast_1d(x.asnumpy()))",
    r"np\.arange\(\*config, dtype=dtype\), repeats": (
        "np.arange(*config, dtype=np.int64 if dtype is np.uint8 else dtype).astype(dtype), repeats"
    ),
    r"np_array\[np_index\] = (mx_value(?:\.asnumpy\(\))?)\n": (
        r"np_array[np_index] = _np.resize(\1, ()) if _np.size(\1) == 1 else \1\n"
    ),
}
# Tests that fail by their own code all the same.
FAULTS = {
    "metric: test_acc": "compares with a quotient of its own, which NumPy 2 gives in float32",
    "numpy_op: test_np_unique": "compares with NumPy's inverse, which is no longer flat",
}
# The tests want nose, which no Python newer than 3.9 runs.
NOSE = """
import functools
import re
import unittest

_case = unittest.TestCase()
for _name in dir(_case):
    if re.match("assert[A-Z]", _name):
        _snake = re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), _name)
        globals()[_snake] = getattr(_case, _name)


def ok_(value, message=None):
    assert value, message


def make_decorator(original):
    return functools.wraps(original)


def raises(*kinds):
    def decorate(test):
        @functools.wraps(test)
        def checked(*args, **kwargs):
            with _case.assertRaises(kinds):
                test(*args, **kwargs)

        return checked

    return decorate
"""


def build(folder: Path, version: str) -> Path:
    """Build the environment of a Python, or of the reference; return its interpreter."""
    python = folder / version / "bin" / "python"
    number = "3.11" if version == REFERENCE else version
    uv("venv", "--python", number, folder / version)
    install = ("pip", "install", "--python", python)
    if version == REFERENCE:
        uv(*install, "mxnet==1.9.1", "numpy==1.23.5", *TOOLS)
    else:
        uv(*install, PROJECT, *TOOLS)
        uv(*install, "--no-deps", "mxnet==1.9.1")
    return python


def uv(*arguments: str | Path) -> None:
    subprocess.run(["uv", "-q", *arguments], cwd=PROJECT, check=True)


def copy(checkout: Path, folder: Path) -> None:
    """Copy the tests, without MXNet's sources, which they would import."""
    shutil.copytree(checkout / "tests" / "python", folder / "tests" / "python")
    for path in (folder / "tests" / "python" / "unittest").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for pattern, change in CHANGES.items():
            text = re.sub(pattern, change, text)
        path.write_text(text, encoding="utf-8")
    (folder / "nose").mkdir()
    (folder / "nose" / "__init__.py").touch()
    (folder / "nose" / "tools.py").write_text(NOSE)


def outcomes(python: Path, file: str) -> dict[str, str]:
    """Run one file of tests; return by test why it failed, "" where it passed."""
    folder = python.parents[1]
    report = folder / f"{file}.xml"
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--timeout={LIMIT}"]
    # pytest would load mxnet.test_utils in its own way, for its name begins with test_.
    command += ["--assert=plain", f"--junitxml={report}", f"test_{file}.py"]
    subprocess.run(
        command,
        cwd=folder / "tests" / "python" / "unittest",
        env={
            **os.environ,
            "PYTHONPATH": str(folder),
            "OMP_NUM_THREADS": "1",
            "MXNET_TEST_SEED": "1",
            "MXNET_MODULE_SEED": "1",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if not report.exists():
        return {f"{file}": "the process died"}
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        bad = [case.find(kind) for kind in ("failure", "error", "skipped")]
        reasons = [element.get("message", "") for element in bad if element is not None]
        found[f"{file}: {case.get('name')}"] = reasons[0].partition("\n")[0] if reasons else ""
    return found


def main(arguments: Sequence[str]) -> int:
    checkout, *versions = arguments
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = Path(name)
        pythons = {version: build(folder, version) for version in (REFERENCE, *versions)}
        for python in pythons.values():
            # A copy each, since tests write files beside themselves.
            copy(Path(checkout), python.parents[1])
        jobs = {
            (file, version): pool.submit(outcomes, python, file)
            for file in FILES
            for version, python in pythons.items()
        }
        results: dict[str, dict[str, str]] = {version: {} for version in pythons}
        for (file, version), job in jobs.items():
            found = job.result()
            results[version] |= found
            passed = sum(not reason for reason in found.values())
            print(f"{file} {version}: {passed} of {len(found)}", file=sys.stderr)
    return report(results)


def report(results: dict[str, dict[str, str]]) -> int:
    """Print the table and what fails on newer Pythons only; return how many have no reason."""
    print(heading())
    print(f"{'':28}" + "".join(f"{version:>12}" for version in results))
    for file in FILES:
        counts = {
            version: Counter(
                not reason for test, reason in found.items() if test.split(":")[0] == file
            )
            for version, found in results.items()
        }
        cells = (f"{count[True]} / {count.total()}" for count in counts.values())
        print(f"{'test_' + file:28}" + "".join(f"{cell:>12}" for cell in cells))
    sums = (f"{sum(not r for r in f.values())} / {len(f)}" for f in results.values())
    print(f"{'all, passed / run':28}" + "".join(f"{total:>12}" for total in sums))
    reference = results.pop(REFERENCE)
    unknown = 0
    for version, found in results.items():
        lost = [test for test, reason in reference.items() if not reason and found.get(test, "?")]
        print(f"\npassed on the reference, not on {version}: {len(lost)}")
        for test in lost:
            unknown += test not in FAULTS
            print(f"  {test}: {FAULTS.get(test) or 'UNKNOWN ' + found.get(test, 'was not run')}")
    return int(unknown > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
