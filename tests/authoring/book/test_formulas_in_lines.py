"""A formula keeps the punctuation beside it in its line, and still breaks inside where it must."""

from tests.authoring.book.browsing import NARROW, reading, served, visit
from tests.authoring.book.conftest import page, text

PARTED = """() => [...document.querySelectorAll(".joint")].filter((joint) => {
  const formula = joint.querySelector(".katex").getBoundingClientRect()
  return [...joint.childNodes].some((node) => {
    if (node.nodeType !== Node.TEXT_NODE || !formula.width) return false
    const range = document.createRange()
    range.selectNode(node)
    const { top, bottom, right } = range.getBoundingClientRect()
    return top > formula.bottom || bottom < formula.top || right > innerWidth
  })
}).map((joint) => joint.textContent)"""


def test_only_what_touches_a_formula_is_joined_to_it(course):
    html = page(course, text("Một ($x$), hai $y$ và “$a$”, $b$.\n\n$c$ rồi **$d$**."))
    parts = html.split('<span class="joint">')
    assert len(parts) == 4
    assert [part[:1] for part in parts[1:]] == ["(", "“", "<"]
    assert "</span>),</span> hai <span" in html
    assert "</span>”,</span> <span" in html
    (section,) = course.pages()["a_vn.ipynb"].sections
    said = "".join(piece[0] for piece in section.text)
    assert "Một (x), hai y và “a”, b. c rồi d." in " ".join(said.split())


def test_on_a_narrow_screen_no_punctuation_stands_alone(browser, real):
    url, names = real
    seen = 0
    with reading(browser, f"{url}/index.html", viewport=NARROW) as page:
        for name in (name for name in names if name.endswith("_vn")):
            visit(page, f"{url}/{name}.html")
            seen += page.locator(".joint:visible").count()
            assert page.evaluate(PARTED) == [], name
    assert seen > 50


def test_a_formula_wider_than_the_screen_breaks_and_keeps_its_full_stop(browser, course):
    terms = " + ".join(f"x_{{{n}}}" for n in range(40))
    course.add("a_vn.ipynb", text(f"# Tổng\n\nTổng (${terms}$)."))
    course.built()
    with (
        served(course.root / "book/html") as url,
        reading(browser, f"{url}/a_vn.html", viewport=NARROW) as shown,
    ):
        assert shown.locator(".joint > .katex").bounding_box()["height"] > 60
        assert shown.evaluate(PARTED) == []
        assert shown.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
