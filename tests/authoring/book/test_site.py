import json
import re

import pytest

from authoring.book import WEB, maths, publish
from authoring.notebook import NotebookError


def test_styles_ask_only_for_fonts_that_are_published(tmp_path):
    names = publish._assets(tmp_path, "/khoa-hoc/", {("Math-Italic", "x")})
    asked = re.findall(r"url\(([^)]+)\)", (tmp_path / "assets/book.css").read_text())
    assert len([name for name in asked if "fonts/" in name]) > 20
    assert {f"assets/{name}" for name in asked} <= names
    assert names == {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    }


def test_every_font_comes_with_its_licence(tmp_path):
    publish._assets(tmp_path, "/", {("Math-Italic", "x")})
    licences = "".join(path.read_text() for path in (tmp_path / "assets/licences").iterdir())
    assert licences.count("SIL Open Font License") >= 2
    assert "Khan Academy" in licences


def test_the_page_of_the_lost_knows_where_the_site_begins(tmp_path):
    publish._assets(tmp_path, "/khoa-hoc/", {("Math-Italic", "x")})
    assert '<a href="/khoa-hoc/">' in (tmp_path / "404.html").read_text()


def test_katex_that_is_not_installed_is_named_with_the_way_out(monkeypatch, tmp_path):
    monkeypatch.setattr(maths, "WEB", tmp_path)
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
