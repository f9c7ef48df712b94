import io
import re

import pytest
from fontTools.ttLib import TTFont

from authoring.book import fonts, maths
from authoring.notebook import NotebookError


def letters_of(data: bytes) -> set[str]:
    return set(map(chr, TTFont(io.BytesIO(data)).getBestCmap()))


def maths_of(tex: str) -> set[tuple[str, str]]:
    return fonts.letters_of_maths(f"<p>Ω {maths.render(tex, True)}</p>")


def named_in(css: str, file: str) -> set[int]:
    """The letters for which a style names a file, once."""
    (face,) = [face for face in css.split("@font-face") if f"/{file})" in face]
    ranges = re.search("unicode-range: ?([^;}]+)", face)[1].replace("U+", "").split(", ")
    runs = [[int(code, 16) for code in run.split("-")] for run in ranges]
    return {code for run in runs for code in range(run[0], run[-1] + 1)}


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


@pytest.mark.parametrize(
    ("style", "name"),
    [
        (lambda: fonts.of_text()["fonts.css"], "source-serif-4-latin-400-normal"),
        (lambda: fonts.of_text()["fonts.css"], "ibm-plex-mono-vietnamese-400-normal"),
        (lambda: fonts.of_maths(maths_of("x + y"))["katex.css"], "KaTeX_Main-Regular"),
        (lambda: fonts.of_maths(maths_of("x + y"))["katex.css"], "KaTeX_Size4-Regular"),
    ],
)
def test_a_letter_comes_from_the_small_font_or_from_the_whole_one(style, name):
    css = style().decode()
    small, whole = (named_in(css, f"{name}{end}.woff2") for end in ("-core", ""))
    assert small
    assert whole
    assert not small & whole


@pytest.mark.parametrize(
    ("tex", "face", "letters"),
    [
        (r"\mathbf{W}x + y\theta", "Math-Italic", " xyθ"),
        (r"\mathbf{W}x + \mathbf{0}", "Main-Bold", " W0"),
        (r"\max x' - 7 \in \Gamma", "Main-Regular", " max′−7∈Γ\u200b\u2061"),
        (r"\left(\sum_i x\right)", "Size2-Regular", " (∑)"),
    ],
)
def test_the_small_fonts_of_maths_have_what_the_pages_need(tex, face, letters):
    found = fonts.of_maths(maths_of(tex))
    assert named_in(found["katex.css"].decode(), f"KaTeX_{face}-core.woff2") == set(
        map(ord, letters)
    )
    kept = letters_of(found[f"fonts/KaTeX_{face}-core.woff2"])
    assert kept >= set(letters) & letters_of(found[f"fonts/KaTeX_{face}.woff2"])
    assert len(kept) <= len(letters) + 1


def test_a_site_without_formulas_has_no_small_fonts_for_them():
    assert not [
        name for name in fonts.of_maths(fonts.letters_of_maths("<p>Ω</p>")) if "core" in name
    ]


def test_a_subset_is_made_once_and_the_same_every_time(tmp_path, monkeypatch):
    first = fonts.of_maths(maths_of("q"))
    (tmp_path / "katex").symlink_to(fonts.WEB / "katex")
    monkeypatch.setattr(fonts, "WEB", tmp_path)
    assert fonts.of_maths(maths_of("q")) == first
    kept = list((tmp_path / ".core").iterdir())
    times = [path.stat().st_mtime_ns for path in kept]
    assert fonts.of_maths(maths_of("q")) == first
    assert [path.stat().st_mtime_ns for path in kept] == times


def test_fonts_that_are_not_installed_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "WEB", tmp_path)
    with pytest.raises(NotebookError, match="npm ci --prefix setup/web"):
        fonts.of_text()
