"""What the book promises of every page: valid, light, reachable by keyboard, harmless."""

import gzip
import subprocess
from pathlib import Path

import pytest
from nbformat import v4
from playwright.sync_api import expect

from authoring.book import outputs
from authoring.book.page import Cell, Page
from authoring.notebook_error import NotebookError
from tests import writing
from tests.authoring.book.browsing import (
    NARROW,
    PROJECT,
    QUICK_JAVA,
    WIDE,
    axe,
    in_looks,
    needs_java,
    reading,
    served,
)
from tests.authoring.book.conftest import Course, text

VNU = PROJECT / "tests/web/node_modules/vnu-jar/build/dist/vnu.jar"
# A page is XML as well, which HTML allows.
XML = ["--filterpattern", ".*Trailing slash on void elements has no effect.*"]
LIMIT = 150_000  # bytes that a page may cost, compressed, with its fonts; pictures come besides


@needs_java
def test_the_nu_html_checker_finds_nothing(project):
    command = ["java", *QUICK_JAVA, "-jar", VNU, "--format", "gnu", "--Werror", *XML]
    done = subprocess.run(
        [*command, "--skip-non-html", "--also-check-svg", project.root / "book/html"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def cost(path: Path) -> int:
    """Bytes that a file of the site takes on the wire: text is compressed there."""
    data = path.read_bytes()
    return len(data if path.suffix in (".woff2", ".png", ".jpg") else gzip.compress(data))


def loaded(browser, url, name, site):
    """What a page asks for, pictures aside, and the bytes that each file costs."""
    with reading(browser, f"{url}/{name}.html") as page:
        asked = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    paths = {a.removeprefix(url + "/") for a in asked if a.startswith(url)} | {f"{name}.html"}
    return {path: cost(site / path) for path in paths if not path.startswith(("img/", "pictures/"))}


def test_pages_are_light(browser, real, project):
    url, names = real
    site = project.root / "book/html"
    heavy = {}
    for name in set(names) - {"print"}:
        costs = loaded(browser, url, name, site)
        if sum(costs.values()) > LIMIT:
            heavy[name] = (sum(costs.values()), costs)
    assert heavy == {}, heavy


def test_a_formula_that_comes_in_pieces_costs_no_more(browser, project):
    site = project.root / "book/html"
    strut = b'em;"></span>'  # of the first formula; what it says comes later
    assert strut in (site / "deferred-init_vn.html").read_bytes()
    asked = []
    for pause in (b"", strut):
        with served(site, pause=pause) as url:
            files = loaded(browser, url, "deferred-init_vn", site)
            asked.append({path for path in files if path.endswith(".woff2")})
    assert asked[0] == asked[1]


# Each would call window.alert, which `reading` takes for a trouble, or ask another host.
ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=https://a.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<svg><style><img title='</style><img src=x onerror=alert(1)>'></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src=javascript:alert(1)>",
    "<a id=a href='jav&#x09;ascript:alert(1)'>a</a><a href='JaVaScRiPt:alert(1)'>b</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>c</a>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>d</button></form>",
    "<details open ontoggle=alert(1)><summary onclick=alert(1)>e</summary></details>",
    "<input autofocus onfocus=alert(1)><video><source onerror=alert(1)></video>",
    "<div style='background: url(https://a.example/x.png)'>f</div>",
    "<style>@import 'https://a.example/x.css'; body { display: none }</style>g",
    "<p onclick=alert(1) onfocus=alert(1) tabindex=0>h</p>",
    "<table background='javascript:alert(1)'><td onclick=alert(1)>i</td></table>",
    "<link rel=stylesheet href=https://a.example/x.css><base href=https://a.example/>",
    "<meta http-equiv=refresh content='0; url=https://a.example/'>",
    "</article></main><script>alert(1)</script><!--",
    "<p><b><!-- <img src=x onerror=alert(1)> --!><img src=x onerror=alert(1)>",
]


def is_let_in(html: str) -> bool:
    """Whether an output of this HTML gets onto a page; the others stop the build."""
    cell = writing.code("x", outputs=[v4.new_output("display_data", data={"text/html": html})])
    try:
        return bool(outputs.render(cell, Cell(Page("a.ipynb", "a.html"), "ô 1")))
    except NotebookError:
        return False


def test_known_attacks_run_nothing(browser, tmp_path):
    assert 3 <= sum(map(is_let_in, ATTACKS)) < len(ATTACKS)
    course = Course(tmp_path / "course")
    cells = [
        writing.code(
            "x",
            outputs=[
                *([v4.new_output("display_data", data={"text/html": attack})] if let_in else []),
                v4.new_output("stream", name="stdout", text=attack),
                v4.new_output("error", ename=attack, evalue=attack, traceback=[attack, attack]),
            ],
        )
        for attack, let_in in zip(ATTACKS, map(is_let_in, ATTACKS), strict=True)
    ]
    course.add("a_vn.ipynb", text("# Tấn công"), *cells)
    course.built()
    # From a folder, where no policy of a server helps.
    with reading(browser, (course.root / "book/html/a_vn.html").as_uri()) as page:
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for link in page.locator(".outputs :is(a, summary, button, p, td)").all():
            link.dispatch_event("click")
            link.dispatch_event("focus")
        page.wait_for_timeout(300)
        assert page.url.endswith("a_vn.html")
        assert page.locator(".cell").count() == len(ATTACKS)
        assert page.locator("article :is(script, iframe, object, embed, style, form)").count() == 0


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_everything_is_reached_by_keyboard_and_seen(browser, real, viewport):
    url, _ = real
    with reading(browser, f"{url}/model-construction_vn.html", viewport=viewport) as page:
        page.evaluate("document.querySelectorAll('details').forEach(e => (e.open = true))")
        wanted = page.evaluate(
            """() => {
              const all = document.querySelectorAll("a[href], button, summary, [tabindex='0']")
              const shown = [...all].filter(
                (e) => e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true }))
              shown.forEach((e, number) => (e.dataset.stop = number))
              return shown.length
            }"""
        )
        reached = set()
        for _ in range(2 * wanted):
            page.keyboard.press("Tab")
            stop = page.evaluate(
                """() => {
                  const e = document.activeElement, style = getComputedStyle(e)
                  const box = e.getBoundingClientRect()
                  const seen = (box.bottom > 0 && box.top < innerHeight && style.opacity > 0)
                  const ring = style.outlineStyle != "none" && parseFloat(style.outlineWidth) >= 2
                  return [e.dataset.stop, seen && (ring || e.matches("#language input")),
                          e.outerHTML.slice(0, 200)]
                }"""
            )
            if stop[0] in reached:
                break
            if stop[0] is not None:
                assert stop[1], stop
                reached.add(stop[0])
        assert len(reached) == wanted


@in_looks
def test_axe_finds_nothing_in_what_opens(browser, real, viewport, scheme):
    url, _ = real
    address = f"{url}/index_vn.html"
    with reading(browser, address, viewport=viewport, color_scheme=scheme) as page:
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill("khoi tao")
        page.locator("dialog.search li").first.wait_for()
        assert axe(page, "dialog.search") == []
        page.keyboard.press("Escape")
        page.locator(".term").first.focus()
        page.locator(".preview:not(:empty)").wait_for()
        assert axe(page, ".preview") == []
        page.evaluate("document.querySelectorAll('details').forEach(e => (e.open = true))")
        assert axe(page) == []
        if viewport is NARROW:
            for name, opened in (("Mục lục", "#menu"), ("Ngôn ngữ", "#language")):
                page.get_by_role("button", name=name).click()
                assert axe(page, opened) == []
                page.keyboard.press("Escape")
    for language in ("en", "both"):
        shown = f"{address}?lang={language}"
        with reading(browser, shown, viewport=viewport, color_scheme=scheme) as page:
            assert axe(page) == []
