import io

import pytest
from fontTools.ttLib import TTFont

from d2lutil.book import fonts, maths
from d2lutil.notebook import NotebookError


def letters_of(data: bytes) -> set[str]:
    return set(map(chr, TTFont(io.BytesIO(data)).getBestCmap()))


def test_the_small_fonts_of_text_have_every_letter_of_the_course():
    found = fonts.of_text()
    for face in ("source-serif-4-{}-400-normal", "source-serif-4-{}-600-normal"):
        core = set()
        for script in ("latin", "vietnamese"):
            whole = found[f"fonts/{face.format(script)}.woff2"]
            small = found[f"fonts/{face.format(script)}-core.woff2"]
            assert len(small) < 0.75 * len(whole)
            core |= letters_of(small)
        assert core >= set(maths.letters()) | set(map(chr, range(0x20, 0x7F)))


def test_a_letter_outside_them_comes_from_a_whole_font():
    style = fonts.of_text()["fonts.css"].decode()
    whole = style.index("source-serif-4-latin-400-normal.woff2")
    # Of faces that overlap a browser takes the later one.
    assert whole < style.index("source-serif-4-latin-400-normal-core.woff2")
    assert "U+20-7E" in style


def test_the_small_fonts_of_maths_have_what_the_pages_need():
    html = f"<p>Ω {maths.render('x + y', False)}</p>{maths.render('7', True)}"
    letters = fonts.letters_of_maths(html)
    assert letters == {*"x+y7", "\u200b"}
    found = fonts.of_maths(letters)
    assert letters_of(found["fonts/KaTeX_Math-Italic-core.woff2"]) == {"7", "x", "y"}
    assert "U+2B, U+37, U+78-79, U+200B" in found["katex.css"].decode()


def test_a_subset_is_made_once_and_the_same_every_time(tmp_path, monkeypatch):
    first = fonts.of_maths({"q"})
    (tmp_path / "katex").symlink_to(fonts.WEB / "katex")
    monkeypatch.setattr(fonts, "WEB", tmp_path)
    assert fonts.of_maths({"q"}) == first
    kept = list((tmp_path / ".core").iterdir())
    times = [path.stat().st_mtime_ns for path in kept]
    assert fonts.of_maths({"q"}) == first
    assert [path.stat().st_mtime_ns for path in kept] == times


def test_fonts_that_are_not_installed_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "WEB", tmp_path)
    with pytest.raises(NotebookError, match="npm ci --prefix setup/web"):
        fonts.of_text()
