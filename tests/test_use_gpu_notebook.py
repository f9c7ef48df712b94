"""The section use-gpu: its figures agree with each other, its functions say what was wrong."""

import math
import re
from xml.etree import ElementTree

import pytest

from authoring import notebook
from tests.course import FOLDER

CELLS = {cell.id: cell.source for cell in notebook.read(FOLDER / "use-gpu_vn.ipynb").cells}
NUMBERS = {}
exec(CELLS["growth-factor"], NUMBERS)
CURVES = {
    "data": ("data_years", "examples"),
    "memory": ("machine_years", "memory"),
    "rate": ("machine_years", "rate"),
}
SVG = "{http://www.w3.org/2000/svg}"
# What each machine works out to: units, clock, operations in each beat.
MACHINES = [
    (1, 80e6, 2),  # Cray-1
    (4, 1 / 4.1e-9, 2),  # Cray-2
    (32, 450e6, 4),  # Cray T932
    (128, 1.35e9, 2),  # GeForce 8800 GTX
    (5120, 1.53e9, 2),  # V100, SXM
    (132 * 128, 1.98e9, 2),  # H100, SXM
]
# The same for the cards of the roofline; lines of the memory and bits each second on a line; the
# same of the bus, which spends 2 of 130 bits on itself.
CARDS = {
    "T4": ((2560, 1.59e9, 2), (256, 10e9), (16, 8e9)),
    "V100": ((5120, 1.38e9, 2), (4096, 1.752e9), (16, 8e9)),
    "A100": ((6912, 1.41e9, 2), (5120, 2.43e9), (16, 16e9)),
}


@pytest.mark.parametrize("curve", CURVES)
def test_the_drawn_points_are_the_numbers_of_the_code(curve):
    years, values = (NUMBERS[name] for name in CURVES[curve])
    root = ElementTree.parse(FOLDER / "img" / "growth.svg").getroot()
    ticks = {text.text: float(text.get("x")) for text in root.iter(f"{SVG}text")}
    # Two labels of each axis give its scale; 5 is how far a label stands below its line.
    per_year = (ticks["2020"] - ticks["1980"]) / 40
    powers = {
        int(text[0].text): float(text.get("y")) - 5
        for text in root.iter(f"{SVG}text")
        if len(text) and text.text == "10"
    }
    per_power = (powers[14] - powers[2]) / 12
    (group,) = [g for g in root.iter(f"{SVG}g") if g.get("id") == curve]
    expected = [
        (
            ticks["1980"] + per_year * (year - 1980),
            powers[2] + per_power * (math.log10(value) - 2),
        )
        for year, value in zip(years, values, strict=True)
    ]
    circles = [(float(c.get("cx")), float(c.get("cy"))) for c in group.iter(f"{SVG}circle")]
    line = [
        tuple(map(float, point.split(",")))
        for point in group.find(f"{SVG}polyline").get("points").split()
    ]
    assert circles == line
    assert [number for point in circles for number in point] == pytest.approx(
        [number for point in expected for number in point], abs=0.2
    )


def test_the_table_holds_the_same_numbers():
    english = notebook.split(CELLS["growth"]).english
    rows = re.findall(r"^\| \d{4}s \|.*$", english, re.MULTILINE)
    data, machines = zip(*[row.split("|")[2:4] for row in rows], strict=True)
    assert years_in(data) == NUMBERS["data_years"]
    assert years_in(machines) == NUMBERS["machine_years"]
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
    for found, name in ((examples, "examples"), (memory, "memory"), (rate, "rate")):
        assert found == pytest.approx(NUMBERS[name])


def years_in(cells):
    return [int(re.search(r"\((\d{4})\)", cell)[1]) for cell in cells]


def test_the_machines_reach_what_units_and_clock_allow():
    expected = [math.prod(machine) for machine in MACHINES]
    assert NUMBERS["rate"] == pytest.approx(expected, rel=0.05)


def test_the_cards_reach_what_units_and_clocks_allow():
    lines = CELLS["roofline-plot"].splitlines()
    exec("\n".join(line for line in lines if line.startswith("cards")), NUMBERS)
    assert NUMBERS["cards"].keys() == CARDS.keys()
    for name, (units, memory, bus) in CARDS.items():
        expected = math.prod(units), math.prod(memory) / 8, math.prod(bus) / 8 * 128 / 130
        assert NUMBERS["cards"][name] == pytest.approx(expected, rel=0.02)


def test_the_table_of_cards_holds_the_same_numbers():
    english = notebook.split(CELLS["roofline-plot-text"]).english
    rows = re.findall(r"^\| [TVA]\d+ .*$", english, re.MULTILINE)
    assert len(rows) == len(CARDS)
    for row in rows:
        name, peak, own, bus = (cell.strip() for cell in row.strip("|").split("|"))
        base, power = re.search(r"\$([\d.]+) \\times 10\^\{(\d+)\}\$", peak).groups()
        found = [float(base) * 10 ** int(power)]
        found += [float(cell.removesuffix(" GB").replace(",", "")) * 1e9 for cell in (own, bus)]
        assert found == pytest.approx(NUMBERS["cards"][name.split()[0]])


@pytest.fixture(scope="module")
def shown():
    """The functions that the section defines, as a reader has them."""
    names = {}
    for cell in ("setup", "growth-factor", "count-only", "fastest", "intensity", "split", "train"):
        code = CELLS[cell].replace("pair)", "[npx.cpu()])")
        exec(code, names)
    return names


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        ("per_decade([1976, 1985], [8e6])", ValueError, "2 năm và 1 giá trị"),
        ("per_decade([1976], [8e6])", ValueError, "cần từ hai năm"),
        ("per_decade([], [])", ValueError, "0 năm và 0 giá trị"),
        ("by_count('0')", ValueError, "số nguyên 0, 1, 2"),
        ("by_count(-1)", ValueError, "không phải -1"),
        ("fastest(np.dot(X, X.T))", TypeError, "một hàm chưa gọi"),
        ("product(0)", ValueError, "k, số cột, là số nguyên"),
        ("product(1.5)", ValueError, "không phải 1.5"),
        ("train(npx.cpu())", ValueError, "devices phải là một danh sách"),
        ("train(['cpu'])", ValueError, "devices chứa 'cpu'"),
        ("train([])", ValueError, "devices rỗng"),
        ("train([npx.cpu()], steps=0)", ValueError, "steps là số nguyên"),
    ],
)
def test_the_shown_functions_say_what_was_wrong(shown, call, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)):
        eval(call, shown)
