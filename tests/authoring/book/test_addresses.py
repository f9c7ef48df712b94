import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authoring.book import addresses


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("model-construction_vn.ipynb", "model-construction_vn.ipynb"),
        ("c/Đường đi.svg", "c/Duong-di.svg"),
        ("tầng và khối.ipynb", "tang-va-khoi.ipynb"),
        ("hình 1%.svg", "hinh-1.svg"),
        ("a..b.svg", "a..b.svg"),
    ],
)
def test_a_file_keeps_a_plain_name_and_gets_one_otherwise(path, place):
    assert addresses.of_file(path) == place


def test_names_of_other_scripts_are_told_apart():
    found = {addresses.of_file(f"{name}.svg") for name in ("機械", "学習", "%%")}
    assert len(found) == 3
    assert all(re.fullmatch(r"[0-9a-f]{8}\.svg", name) for name in found)


def test_a_page_stands_beside_its_download():
    assert addresses.of_page("c/Đường đi.ipynb") == "c/Duong-di.html"
    assert addresses.of_page("a.b.ipynb") == "a.b.html"


@given(st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1), min_size=1))
def test_every_place_is_plain_ascii(names):
    place = addresses.of_file("/".join(names))
    assert re.fullmatch(r"[\w./-]+", place, re.ASCII)
    assert place.count("/") == len(names) - 1


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Đầu vào của `net`", "dau-vao-cua-net"),
        ("A  B", "a-b"),
        ("机", ""),
        ("10.000 Đ", "10-000-d"),
    ],
)
def test_a_slug_has_small_letters_digits_and_hyphens(title, slug):
    assert addresses.slug(title) == slug
