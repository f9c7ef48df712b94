"""Pictures on a dark page: they follow the theme, and their words stay as readable."""

import io

import pytest
from nbformat import v4
from PIL import Image

from tests import writing
from tests.authoring.book.browsing import reading, served
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_pictures import encoded, png, svg

ENOUGH = 4.5  # WCAG 2, for words of any size

# Of every word of a drawing: what it says, its colour, and the colours that lie below it, all as
# the page's filter shows them. Below is what is drawn without the words.
COLOURS = """async ({ address, filter }) => {
  const source = await (await fetch(address)).text()
  const holder = document.createElement("div")
  holder.style = "position: fixed; inset: 0; z-index: 9"
  holder.innerHTML = source
  document.body.append(holder)
  const drawing = holder.querySelector("svg"), words = [...drawing.querySelectorAll("text, tspan")]
  const { left, top, width, height } = drawing.getBoundingClientRect()
  const found = words
    .filter((word) => [...word.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((word) => {
      const box = word.getBoundingClientRect()
      return [word.textContent, getComputedStyle(word).fill, [0.02, 0.25, 0.5, 0.75, 0.98].map(
        (part) => [box.left - left + part * box.width, box.top - top + box.height / 2])]
    })
  for (const word of words) word.style.visibility = "hidden"
  const picture = new Image()
  picture.src = "data:image/svg+xml;charset=utf-8," +
    encodeURIComponent(new XMLSerializer().serializeToString(drawing))
  await picture.decode()
  holder.remove()
  const canvas = new OffscreenCanvas(width, height)
  const pen = canvas.getContext("2d", { willReadFrequently: true })
  pen.filter = filter
  const filled = (colour) => {
    pen.fillStyle = colour
    pen.fillRect(0, 0, width, height)
  }
  const at = ([x, y]) => [...pen.getImageData(Math.round(x), Math.round(y), 1, 1).data].slice(0, 3)
  const colours = found.map(([, fill]) => { filled(fill); return at([1, 1]) })
  filled("#fff")
  pen.drawImage(picture, 0, 0, width, height)
  return found.map(([said, , places], n) => [said, colours[n], places.map(at)])
}"""


def luminance(colour: list[int]) -> float:
    parts = [c / 255 for c in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[int], other: list[int]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_in_a_picture_of_the_course_can_be_read(browser, real, project, scheme):
    url, _ = real
    drawings = sorted((project.root / "book/html/img").glob("*.svg"))
    assert len(drawings) > 20
    faint, said = [], 0
    with reading(browser, f"{url}/model-construction_vn.html", color_scheme=scheme) as page:
        filter_ = page.evaluate("getComputedStyle(document.querySelector('figure img')).filter")
        assert (filter_ == "none") is (scheme == "light")
        for drawing in drawings:
            given = {"address": f"{url}/img/{drawing.name}", "filter": filter_}
            for word, colour, grounds in page.evaluate(COLOURS, given):
                said += 1
                least = min(contrast(colour, ground) for ground in grounds)
                if least < ENOUGH:
                    faint.append((drawing.name, word, round(least, 2)))
    assert said > 400
    assert faint == []


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("pictures") / "course")
    (course.notebooks / "hình.svg").write_text(svg(attributes='width="60" height="40"'))
    plot = v4.new_output("display_data", data={"image/png": encoded(png(60, 40))})
    course.add("a_vn.ipynb", text("# Hình\n\n![hình](hình.svg)"), writing.code("x", outputs=[plot]))
    course.built()
    with served(course.root / "book/html") as url:
        yield f"{url}/a_vn.html"


def middle(page, selector: str) -> list[int]:
    """The colour that the reader sees in the middle of a picture."""
    shot = page.locator(selector).screenshot()
    return list(Image.open(io.BytesIO(shot)).convert("RGB").getpixel((30, 20)))


@pytest.mark.parametrize(
    ("system", "chosen", "is_dark"),
    [
        ("light", "", False),
        ("dark", "", True),
        ("light", "dark", True),
        ("dark", "light", False),
        ("dark", "system", True),
    ],
)
def test_a_picture_follows_the_theme_of_the_page(browser, address, system, chosen, is_dark):
    with reading(browser, address, color_scheme=system) as page:
        page.evaluate("(chosen) => memory.set('theme', chosen)", chosen)
        page.reload()
        drawing, plot = middle(page, "img[src$=svg]"), middle(page, "img[src$=png]")
        # White and a medium grey, as they are in the files.
        assert (drawing, plot) == (([23] * 3, [102] * 3) if is_dark else ([255] * 3, [128] * 3))


def test_on_paper_a_picture_is_as_it_was_drawn(browser, address):
    with reading(browser, address, color_scheme="dark") as page:
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.emulate_media(media="print", color_scheme="dark")
        for picture in page.locator("img").all():
            assert picture.evaluate("e => getComputedStyle(e).filter") == "none"
