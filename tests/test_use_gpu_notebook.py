"""The section use-gpu: its figures, tables and sums agree with each other and with data sheets."""

import math
import re
from xml.etree import ElementTree

import pytest
from mxnet import np, npx
from mxnet.gluon import nn
from mxnet.util import np_array, np_shape

from authoring import notebook
from tests.course import FOLDER

CELLS = {cell.id: cell.source for cell in notebook.read(FOLDER / "use-gpu_vn.ipynb").cells}
SVG = "{http://www.w3.org/2000/svg}"
CURVES = {
    "data": (
        [1978, 1989, 1998, 2009, 2017, 2022],
        [506, 9298, 70_000, 3.2e6, 3e8, 5.85e9],
    ),
    "memory": ([1976, 1985, 1995, 2006, 2017, 2022], [8e6, 2e9, 8e9, 768e6, 16e9, 80e9]),
    "rate": (
        [1976, 1985, 1995, 2006, 2017, 2022],
        [1.6e8, 1.95e9, 6e10, 3.46e11, 1.57e13, 6.7e13],
    ),
}
# What each machine works out to: units, clock, operations in each beat.
MACHINES = [
    (1, 80e6, 2),  # Cray-1
    (4, 1 / 4.1e-9, 2),  # Cray-2
    (32, 450e6, 4),  # Cray T932
    (128, 1.35e9, 2),  # GeForce 8800 GTX
    (5120, 1.53e9, 2),  # V100, SXM
    (132 * 128, 1.98e9, 2),  # H100, SXM
]
# The same for the cards of the main path; lines of the memory and bits each second on a line; the
# same of the bus, which spends 2 of 130 bits on itself.
CARDS = {
    "T4": ((2560, 1.59e9, 2), (256, 10e9), (16, 8e9)),
    "V100": ((5120, 1.38e9, 2), (4096, 1.752e9), (16, 8e9)),
    "A100": ((6912, 1.41e9, 2), (5120, 2.43e9), (16, 16e9)),
}
# Tensor cores, what each does in a beat, and its clock.
TENSOR_CORES = {"T4": (320, 128, 1.59e9), "A100": (432, 512, 1.41e9)}


@pytest.fixture(autouse=True)
def numpy_mode():
    """What a cell finds, and a cell that switches it on leaves it as it was."""
    with np_shape(True), np_array(True):
        yield


def picture(name):
    return ElementTree.parse(FOLDER / "img" / name).getroot()


def english(cell):
    return notebook.split(CELLS[cell]).english


def group(root, name):
    (found,) = [g for g in root.iter(f"{SVG}g") if g.get("id") == name]
    return found


def points(line):
    return [tuple(map(float, point.split(","))) for point in line.get("points").split()]


def numbers(cell):
    names = {}
    exec(CELLS[cell], names)
    return names


@pytest.mark.parametrize("curve", CURVES)
def test_the_drawn_points_are_the_numbers_of_the_table(curve):
    root = picture("growth.svg")
    ticks = {text.text: float(text.get("x")) for text in root.iter(f"{SVG}text")}
    # Two labels of each axis give its scale; 5 is how far a label stands below its line.
    per_year = (ticks["2020"] - ticks["1980"]) / 40
    powers = {
        int(text[0].text): float(text.get("y")) - 5
        for text in root.iter(f"{SVG}text")
        if len(text) and text.text == "10"
    }
    per_power = (powers[14] - powers[2]) / 12
    expected = [
        number
        for year, value in zip(*CURVES[curve], strict=True)
        for number in (
            ticks["1980"] + per_year * (year - 1980),
            powers[2] + per_power * (math.log10(value) - 2),
        )
    ]
    drawn = group(root, curve)
    circles = [(float(c.get("cx")), float(c.get("cy"))) for c in drawn.iter(f"{SVG}circle")]
    lines = [points(line) for line in drawn.iter(f"{SVG}polyline")]
    assert circles == [point for line in lines for point in line]
    # Supercomputers and cards are two kinds of machine.
    assert [len(line) for line in lines] == ([6] if curve == "data" else [3, 3])
    assert [number for point in circles for number in point] == pytest.approx(expected, abs=0.2)


def test_the_table_holds_the_same_numbers():
    rows = re.findall(r"^\| \d{4}s \|.*$", english("growth-text"), re.MULTILINE)
    data, machines = zip(*[row.split("|")[2:4] for row in rows], strict=True)
    scale = {"": 1, "million": 1e6, "billion": 1e9, "MB": 1e6, "GB": 1e9}
    examples, memory, rate = [], [], []
    for row in rows:
        cells = row.split("|")
        number, unit = re.match(r" ([\d.,]+) ?(million|billion|)", cells[2]).groups()
        examples.append(float(number.replace(",", "")) * scale[unit])
        number, unit = cells[4].split()
        memory.append(float(number) * scale[unit])
        base, power = re.search(r"\$([\d.]+) \\times 10\^\{(\d+)\}\$", cells[5]).groups()
        rate.append(float(base) * 10 ** int(power))
    assert years_in(data) == CURVES["data"][0]
    assert years_in(machines) == CURVES["memory"][0] == CURVES["rate"][0]
    for found, name in ((examples, "data"), (memory, "memory"), (rate, "rate")):
        assert found == pytest.approx(CURVES[name][1])


def years_in(cells):
    return [int(re.search(r"\((\d{4})\)", cell)[1]) for cell in cells]


def test_growth_is_that_of_the_cards():
    gains = numbers("growth")["gains"]
    for what, curve in (("memory", "memory"), ("operations", "rate")):
        values = CURVES[curve][1]
        assert gains[what] == pytest.approx(values[-1] / values[3])
    # 384 lines of 1.8 billion bits, and 5120 of 5.23 billion.
    first, last = 384 * 1.8e9 / 8, 5120 * 5.23e9 / 8
    assert gains["bandwidth"] == pytest.approx(last / first, rel=0.01)
    rates = CURVES["rate"][1]
    assert [round(rates[3] / first), round(rates[-1] / last)] == [4, 20]


def test_the_machines_reach_what_units_and_clock_allow():
    expected = [math.prod(machine) for machine in MACHINES]
    assert CURVES["rate"][1] == pytest.approx(expected, rel=0.05)


def test_the_cards_reach_what_units_and_clocks_allow():
    cards = numbers("ridge")["cards"]
    assert cards.keys() == CARDS.keys()
    for name, (units, memory, bus) in CARDS.items():
        expected = math.prod(units), math.prod(memory) / 8, math.prod(bus) / 8 * 128 / 130
        assert cards[name] == pytest.approx(expected, rel=0.02)


def test_the_table_of_cards_holds_the_same_numbers():
    cards = numbers("ridge")["cards"]
    rows = re.findall(r"^\| [TVA]\d+ .*$", english("ridge-text"), re.MULTILINE)
    assert len(rows) == len(cards)
    for row in rows:
        name, most, own, bus = (cell.strip() for cell in row.strip("|").split("|"))
        base, power = re.search(r"\$([\d.]+) \\times 10\^\{(\d+)\}\$", most).groups()
        found = [float(base) * 10 ** int(power)]
        found += [float(cell.removesuffix(" GB").replace(",", "")) * 1e9 for cell in (own, bus)]
        assert found == pytest.approx(cards[name.split()[0]])


def test_tensor_cores_reach_what_the_text_says():
    found = re.findall(r"\$(\d+) \\times 10\^\{12\}\$", english("ex-open-text"))
    for stated, (name, parts) in zip(found, TENSOR_CORES.items(), strict=True):
        assert float(stated) * 1e12 == pytest.approx(math.prod(parts), rel=0.01)
        ratio = float(stated) * 1e12 / numbers("ridge")["cards"][name][0]
        assert round(ratio) == {"T4": 8, "A100": 16}[name]


@pytest.mark.parametrize("card", ["T4", "A100"])
def test_the_drawn_roofs_are_those_of_the_cards(card):
    most, own, _ = numbers("ridge")["cards"][card]
    root = picture("roofline.svg")
    ticks = {text.text: float(text.get("x")) for text in root.iter(f"{SVG}text")}
    powers = {
        int(text[0].text): float(text.get("y")) - 5
        for text in root.iter(f"{SVG}text")
        if len(text) and text.text == "10"
    }
    per_ten = (ticks["1000"] - ticks["0,1"]) / 4
    per_power = (powers[14] - powers[10]) / 4
    (line,) = group(root, card).iter(f"{SVG}polyline")
    expected = [
        number
        for intensity in (0.1, most / own, 1000)
        for number in (
            ticks["0,1"] + per_ten * (math.log10(intensity) + 1),
            powers[10] + per_power * (math.log10(min(most, own * intensity)) - 10),
        )
    ]
    assert [number for point in points(line) for number in point] == pytest.approx(
        expected, abs=0.2
    )


# The pieces of work of exercise 3: operations, bytes of memory, bytes over the bus, starts, and
# crossings (each at least a start).
JOBS = {
    "A": (1e8, 8e8, 8e8, 1, 2),
    "B": (2 * 4096**3, 3 * 4 * 4096**2, 3 * 4 * 4096**2, 1, 3),
    "C": (1e4, 4 * 5000, 100, 3, 2),
    "D": (1e8, 8e8, 0, 1, 0),
    # For each weight Adam reads four numbers and writes three; once the weights cross.
    "E": (7.7e10, 7 * 4 * 5e7, 256 * 3000 * 4 + 4 * 5e7 / 1e4, 20, 1),
}


def test_the_answer_of_exercise_3_is_what_the_six_numbers_say():
    most, own, bus = numbers("ridge")["cards"]["T4"]
    start = 20e-6
    better = ""
    for letter, (operations, memory, crossing, starts, crossings) in JOBS.items():
        here = max(operations / 1e11, memory / 20e9) + starts * start
        there = max(operations / most, memory / own) + (starts + crossings) * start + crossing / bus
        # Far enough apart for a rough sum.
        assert not 0.85 < here / there < 1.18
        better += letter if there < here else ""
    assert better == "BDE"


def test_the_sixth_piece_of_work_of_exercise_3_is_too_large_for_the_card():
    assert "16 GB on a T4" in english("fit-text")
    assert "16 bytes for each weight" in english("errors")
    assert "1.5 billion weights" in english("ex-pays-text")
    assert 16 * 1.5e9 == 24e9 > 16e9


def test_a_step_of_exercise_3_takes_that_many_operations():
    assert "$7.7 \\times 10^{10}$" in english("ex-pays-text")
    assert round(6 * 5e7 * 256 / 1e10, 1) == 7.7


def test_the_memory_of_the_two_models_compares_as_told():
    names = {"np": np, "npx": npx, "nn": nn}
    source, _, shown = CELLS["fit"].rpartition("\n{")
    exec(f"{source}\nfound = {{{shown}", names)
    total = {name: sum(parts.values()) for name, parts in names["found"].items()}
    weights = [
        sum(math.prod(p.shape) for p in names[name].collect_params().values())
        for name in ("dense", "convolutional")
    ]
    assert total["convolutional"] / total["dense"] == pytest.approx(5, abs=0.5)
    assert weights[0] / weights[1] == pytest.approx(500, rel=0.1)


@pytest.mark.parametrize("seed", range(1, 9))
def test_training_reaches_what_the_text_says_with_other_seeds_too(seed):
    names = {}
    exec(CELLS["setup"].rpartition("\n")[0], names)
    npx.random.seed(seed)
    exec(CELLS["train"], names)
    exec(CELLS["train-run"], {**names, "near": npx.cpu()}, found := {})
    assert 0.975 <= found["accuracy"] <= 1
