import json
import re

import pytest

from authoring.book import WEB, maths, site
from authoring.notebook_error import NotebookError
from tests.authoring.book.conftest import text
from tests.authoring.book.test_pictures import svg


def test_styles_ask_only_for_fonts_that_are_published():
    files = site.assets("đ", [])
    asked = re.findall(r"url\(([^)]+)\)", files["assets/book.css"].decode())
    assert len([name for name in asked if "fonts/" in name]) > 20
    assert {f"assets/{name}" for name in asked} <= set(files)
    fonts = {name for name in files if name.startswith("assets/fonts/")}
    assert fonts == {f"assets/{name}" for name in asked if "fonts/" in name}


def test_every_font_comes_with_its_licence():
    files = site.assets("đ", [])
    licences = "".join(
        data.decode() for name, data in files.items() if name.startswith("assets/licences/")
    )
    assert licences.count("SIL Open Font License") >= 2
    assert "Khan Academy" in licences


def test_styles_and_scripts_say_nothing_to_browsers_that_only_authors_need():
    files = site.assets("đ", [])
    style = files["assets/book.css"]
    assert b"/*" not in style
    assert b"\n.contents {" in style
    for path in site.ASSETS.glob("*.js"):
        lines = [line.strip() for line in path.read_bytes().splitlines()]
        said = [line for line in lines if line and not line.startswith(b"//")]
        assert files[f"assets/{path.name}"].splitlines() == said
    assert len(files["assets/minisearch.js"]) < 40_000


def test_pictures_are_published_as_they_are():
    files = site.assets("đ", [])
    pictures = [*site.ASSETS.glob("*.png"), *site.ASSETS.glob("*.svg")]
    assert len(pictures) > 3
    for path in pictures:
        assert files[f"assets/{path.name}"] == path.read_bytes()


def test_the_page_of_the_lost_knows_where_the_site_begins(course):
    course.add("a_vn.ipynb")
    config = course.root / "book.toml"
    config.write_text(
        config.read_text().replace("[output.html]\n", '[output.html]\nsite-url = "/khoa-hoc/"\n')
    )
    assert b'<a href="/khoa-hoc/">' in course.built()["404.html"]


def test_two_files_of_one_place_in_the_site_are_refused(course):
    """Names of files become plain ASCII there: two may meet."""
    for name in ("hình.svg", "hinh.svg"):
        (course.notebooks / name).write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg"><title>{name}</title></svg>'
        )
    course.add("a_vn.ipynb", text("# Một\n\n![a](hình.svg) ![b](hinh.svg)"))
    assert "trong sách đã có một tệp khác tên hinh.svg" in course.refusal()


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (
            "a b.svg",
            "a-b.svg",
            "b.ipynb: tệp a-b.svg trong sách đã là một tệp khác của notebooks/a",
        ),
        ("a.svg", "A.svg", "b.ipynb: tệp A.svg trong sách đã là một tệp khác của notebooks/a"),
        ("assets/favicon.svg", "x.svg", "a.ipynb: tệp assets/favicon.svg trong sách đã là một tệp"),
        ("cover.svg", "x.svg", "a.ipynb: tệp cover.svg trong sách đã là một tệp khác của cuốn"),
    ],
)
def test_no_file_of_the_book_takes_the_place_of_another(course, first, second, reason):
    (course.notebooks / "assets").mkdir()
    for page, name in (("a", first), ("b", second)):
        (course.notebooks / name).write_text(svg(f"<title>{name}</title>"))
        course.add(f"{page}.ipynb", text(f"# {page}\n\n![hình](<{name}>)"))
    assert course.refusal().startswith(f"✗ notebooks/{reason}")


def test_pages_share_a_picture(course):
    (course.notebooks / "x.svg").write_text(svg())
    for page in "ab":
        course.add(f"{page}.ipynb", text(f"# {page}\n\n![hình](x.svg)"))
    assert len(course.pages()) == 2


def test_katex_that_is_not_installed_is_named_with_the_way_out(monkeypatch, tmp_path):
    monkeypatch.setattr("authoring.book.WEB", tmp_path)
    maths._katex.cache_clear()
    with pytest.raises(NotebookError, match="npm ci --prefix setup/web"):
        maths.render("khong-co-trong-bo-nho", False)
    maths._katex.cache_clear()


def test_the_lock_file_names_no_host():
    web = WEB.parent
    assert "resolved" not in (web / "package-lock.json").read_text()
    pins = json.loads((web / "package.json").read_text())["dependencies"]
    assert {"katex", "minisearch"} <= set(pins)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", pin) for pin in pins.values())
