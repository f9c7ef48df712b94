"""The drawing of growth in the section use-gpu shows the numbers of its code and of its table."""

import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from d2lutil import notebook

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
CELLS = {cell.id: cell.source for cell in notebook.read(FOLDER / "use-gpu_vn.ipynb").cells}
NUMBERS = {}
exec(CELLS["growth-factor"], NUMBERS)
CURVES = {
    "data": ("data_years", "examples"),
    "memory": ("machine_years", "memory"),
    "rate": ("machine_years", "rate"),
}
SVG = "{http://www.w3.org/2000/svg}"


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
