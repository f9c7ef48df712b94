"""bench/gpu_card.py on the CPU, with sizes that take no time; what it measures is not judged."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
START = "import sys; sys.argv = ['gpu_card.py']; import gpu_card\n"
MAIN = "gpu_card.main(rounds=3, count=99, sizes=(16, 4096), sides=(8, 16), batches=(4,))\n"
# The second name of the CPU stands in for a card.
STAND_IN = """if True:
    import mxnet
    library = gpu_card.WithMXNet()
    library.card, library.has_card = mxnet.cpu(1), True
    gpu_card.choose = lambda: library
"""


def printed(code, *options, **variables):
    """Return what a new Python prints that runs the code in the folder of the script."""
    command = [sys.executable, *options, "-W", "ignore", "-c", code]
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=BENCH, env=environment, text=True, capture_output=True)


def tables(code, **variables):
    """Return the lines above the tables, and each table as its rows by name."""
    done = printed(code, **variables)
    assert done.returncode == 0, done.stderr
    head, *blocks = done.stdout.strip().split("\n\n")
    found = {}
    for block in blocks:
        title, *lines = block.splitlines()
        found[title] = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in lines)
    return head, found


@pytest.fixture(scope="module")
def on_the_cpu():
    return tables(START + MAIN, D2L_DEVICE="cpu")


def test_without_a_card_it_times_the_cpu_and_says_so(on_the_cpu):
    head, found = on_the_cpu
    assert head.startswith("$ python bench/gpu_card.py\n")
    assert re.search(r"mxnet 1\.9\.1, numpy \d", head)
    assert "no card found: these are CPU times" in head
    assert "not available without a card: pinned memory, 16-bit products" in head
    starts, copies, products, steps = found.values()
    assert list(starts) == [
        "CPU, one number after another",
        "CPU, one number and a wait",
        "CPU, 99 numbers",
    ]
    assert list(copies) == [
        f"ordinary, {way}, {size} bytes" for way in ("there", "back") for size in (16, 4096)
    ]
    assert list(products) == ["CPU, 32 bits, 8 x 8", "CPU, 32 bits, 16 x 16"]
    assert list(steps) == ["CPU, batch of 4"]


def test_rows_hold_a_median_between_its_quartiles_and_the_rate_that_follows(on_the_cpu):
    _, found = on_the_cpu
    for title, rows in found.items():
        for name, row in rows.items():
            median, low, high = map(float, re.match(r"(\S+) ms \((\S+?)-(\S+)\)", row).groups())
            assert 0 < low <= median <= high, (title, name)
    name, row = list(found["copies there and back"].items())[-1]
    median, rate = re.match(r"(\S+) ms .*  (\S+) GB/s", row).groups()
    assert float(rate) * 1e9 * float(median) / 1000 == pytest.approx(4096, rel=0.01)


def test_with_a_card_it_times_both_sides_pinned_memory_and_16_bits():
    head, found = tables(START + STAND_IN + MAIN)
    assert "computed on cpu(1) of:\n" in head
    assert "no card" not in head
    starts, copies, products, steps = found.values()
    assert "card, one number and a wait" in starts
    assert "pinned, back, 4096 bytes" in copies
    assert "card, batch of 4" in steps
    # A stand-in has no code for them, as an old card might.
    assert products["card, 16 bits, 8 x 8"].startswith("not available: ")
    assert "float16/float32/float64 for GPU" in products["card, 16 bits, 8 x 8"]
    assert " GFLOP/s" in products["card, 32 bits, 8 x 8"]


def test_without_a_library_it_says_so():
    done = printed(START + MAIN, "-S")
    assert done.stderr.strip() == "neither MXNet nor PyTorch can be imported"
    assert done.returncode == 1
