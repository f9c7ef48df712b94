import io
import re

import pytest
from fontTools.ttLib import TTFont

from authoring.book import fonts, installed, maths
from authoring.notebook_error import NotebookError
from tests.authoring.book.browsing import PROJECT, reading, served
from tests.authoring.book.conftest import text


def letters_of(data: bytes) -> set[str]:
    return set(map(chr, TTFont(io.BytesIO(data)).getBestCmap()))


def named_in(css: str, file: str) -> set[int]:
    """The letters for which a style names a file, once."""
    (face,) = [face for face in css.split("@font-face") if f"/{file})" in face]
    ranges = re.search("unicode-range: ?([^;}]+)", face)[1].strip().replace("U+", "").split(", ")
    runs = [[int(code, 16) for code in run.split("-")] for run in ranges]
    return {code for run in runs for code in range(run[0], run[-1] + 1)}


@pytest.mark.parametrize("face", ["400-normal", "600-normal", "400-italic"])
def test_fonts_of_text_have_every_vietnamese_letter_and_those_asked_for(face):
    found = fonts.of_text("ñ")
    latin, vietnamese = (
        found[f"fonts/source-serif-4-{script}-{face}.woff2"] for script in ("latin", "vietnamese")
    )
    has = letters_of(latin) | letters_of(vietnamese)
    assert has >= {"ñ", *maths.letters(), *map(chr, range(0x20, 0x7F))}
    assert "õ" in has
    assert "ß" not in has
    whole = installed(f"@fontsource/source-serif-4/files/source-serif-4-latin-{face}.woff2")
    assert len(latin) < 0.75 * len(whole)


def test_each_letter_comes_from_one_file_of_its_face():
    found = fonts.of_text("ñ→")
    css = found["fonts.css"].decode()
    latin, vietnamese = (
        named_in(css, f"ibm-plex-mono-{script}-400-normal.woff2")
        for script in ("latin", "vietnamese")
    )
    assert not latin & vietnamese
    assert latin | vietnamese >= set(map(ord, "ñ→" + maths.letters()))


@pytest.mark.parametrize(
    ("tex", "face", "drawn"),
    [
        (r"\mathbf{W}x + y\theta", "Math-Italic", "xyθ"),
        (r"\mathbf{W}x + \mathbf{0}", "Main-Bold", "W0"),
        (r"\max x' - 7 \in \Gamma", "Main-Regular", "max′−7∈Γ"),
        (r"\left(\sum_i \frac{x}{\sqrt{y}}\right)", "Size3-Regular", "()"),
        (r"\mathbb{R} \mathcal{L}", "AMS-Regular", "R"),
        (r"\mathbb{R} x", "Caligraphic-Regular", ""),
    ],
)
def test_fonts_of_formulas_have_what_they_draw(tex, face, drawn):
    name = f"KaTeX_{face}.woff2"
    small = letters_of(fonts.of_maths(maths.render(tex, True).letters)[f"fonts/{name}"])
    whole = letters_of(installed(f"katex/dist/fonts/{name}"))
    assert small >= {*drawn}
    # The usual one has all letters. A sign may be made of another one's shape.
    if face != "Main-Regular":
        assert len(small - {*drawn} - {" ", "\u200b"}) <= 1
    assert " " in small or " " not in whole


# Every way in which KaTeX draws a letter, and large signs.
ALL_FONTS = (
    r"x Q 7 \alpha \Gamma \max \mathbf{a7} \boldsymbol{\beta b} \mathit{cd} \mathbb{R} \mathcal{L} "
    r"\mathfrak{g} \mathtt{t2} \mathscr{S} \mathsf{s} \mathsf{\textbf{B}} \textit{iv} \text{năm} "
    r"\nexists \boxdot \sum \int \sqrt{\frac{1}{2}} \Bigg( \bigg[ \Big\{ \big| "
    r"\left(\begin{matrix}1\\2\\3\\4\end{matrix}\right)"
)


def test_a_browser_draws_every_kind_of_letter_from_katex_s_own_fonts(browser, course):
    course.add("a_vn.ipynb", text(f"# Một\n\n$${ALL_FONTS}$$\n\n${ALL_FONTS}$"))
    course.built()
    with (
        served(course.root / "book/html") as url,
        reading(browser, f"{url}/a_vn.html") as page,
    ):
        tools = page.context.new_cdp_session(page)
        for domain in ("DOM", "CSS"):
            tools.send(f"{domain}.enable")
        document = tools.send("DOM.getDocument")["root"]["nodeId"]
        asked = {"nodeId": document, "selector": ".katex-html span:not(:has(span, svg))"}
        used = set()
        for node in tools.send("DOM.querySelectorAll", asked)["nodeIds"]:
            found = tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            used |= {font["familyName"] for font in found}
        assert len(used) > 12
        assert not {name for name in used if not name.startswith(("KaTeX", "Source Serif 4"))}


def test_a_subset_is_made_once_and_the_same_every_time(tmp_path, monkeypatch):
    letters = {("mathnormal", "q")}
    first = fonts.of_maths(letters)
    monkeypatch.setattr(fonts, "WEB", tmp_path)
    assert fonts.of_maths(letters) == first
    kept = list((tmp_path / ".subsets").iterdir())
    times = [path.stat().st_mtime_ns for path in kept]
    assert fonts.of_maths(letters) == first
    assert [path.stat().st_mtime_ns for path in kept] == times


def test_fonts_that_are_not_installed_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr("authoring.book.WEB", tmp_path)
    with pytest.raises(NotebookError, match="npm ci --prefix setup/web"):
        fonts.of_text("a")


def test_the_site_draws_the_formulas_of_all_its_pages(course):
    course.add("a_vn.ipynb", text("# Một\n\n$\\mathbb{R}$"))
    course.add("b_vn.ipynb", text("# Hai\n\n$\\mathbb{Q}$"))
    course.built()
    assert letters_of(course.site()["assets/fonts/KaTeX_AMS-Regular.woff2"]) >= {"R", "Q"}


def test_no_page_and_no_script_needs_a_letter_that_the_fonts_lost(project):
    """A browser would take such a letter from another font, in the middle of a word."""
    book = PROJECT / "authoring/book"
    own = [*(book / "assets").glob("*.*s"), book / "theme/index.hbs"]
    site = project.root / "book/html"
    shown = set().union(*(path.read_text("utf-8") for path in [*own, *site.glob("*.html")]))
    for latin in (site / "assets/fonts").glob("*-latin-*.woff2"):
        package = latin.name.partition("-latin")[0]
        whole, has = set(), set()
        for name in (latin.name, latin.name.replace("latin", "vietnamese")):
            whole |= letters_of(installed(f"@fontsource/{package}/files/{name}"))
            has |= letters_of((latin.parent / name).read_bytes())
        assert not (shown & whole) - has - {"\n"}, latin.name
