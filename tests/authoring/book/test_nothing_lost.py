"""Every word of every notebook stands on its page.

An oracle of its own: the notebook is read as JSON and with the parser of the translation check,
the page with Python's HTML parser; of the book's code nothing is used.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from authoring.translation import markup
from d2lutil import exercises, questions
from tests.authoring.book.browsing import PROJECT

NAMES = sorted(path.stem for path in (PROJECT / "notebooks").glob("*.ipynb"))
MATHS = markup.MATHS
ANSI = re.compile(r"\x1b\[[0-9;]*m")
CHECK = re.compile(r'import d2lutil\n\nd2lutil\.check\("(.+)"\)')
QUESTIONS = re.compile(r'import d2lutil\n\nd2lutil\.quick_questions\("(.+)"\)')
# A page has no reader whose progress it could tell.
PROGRESS = re.compile(r'import d2lutil\n\nd2lutil\.show_progress\(".+"\)')
# What the book adds to the author's words.
ADDED = {"number", "anchor", "contents", "ways"}
INLINE = {"a", "b", "code", "em", "i", "kbd", "s", "span", "strong", "sub", "sup", "wbr"}
VOID = {"br", "hr", "img", "input", "wbr"}


class Seen(HTMLParser):
    """What a reader of a page can see: its text, with MATHS for each formula, and pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.links, self.pictures = "", Counter[str](), 0
        self._hidden: list[str] = []
        self.feed(html[html.index("<article") : html.rindex("</article>")])
        self.text = words(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        kinds = set(given.get("class", "").split())
        if not self._hidden and "katex" in kinds:
            self.text += MATHS
        if self._hidden or kinds & (ADDED | {"katex"}):
            self._hidden += [tag] * (tag not in VOID)
            return
        self.text += "" if tag in INLINE else " "
        if tag == "img":
            self.pictures += 1
            self.text += f" {given['alt']} "
        if given.get("href", "").startswith("http"):
            self.links[given["href"]] += 1

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._hidden.pop()
        elif tag not in INLINE:
            self.text += " "

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data


def words(text: str) -> str:
    return " ".join(text.split())


def half(text: str) -> Iterator[str]:
    """Yield the paragraphs, headings, cells of tables, … of Markdown, as a reader sees them."""
    for block in markup.parse(text).blocks:
        codes, addresses = iter(block.code), iter(a for a in block.links if "://" in a)
        shown = ""
        for letter in block.prose.text:
            if letter == markup.CODE:
                shown += next(codes)
            elif letter == markup.ADDRESS:
                shown += next(addresses)
            elif letter != markup.IMAGE:
                shown += letter
        yield shown
        yield block.verbatim
        yield MATHS * len(block.maths) if block.kind == "công thức riêng dòng" else ""
        for caption in block.captions:
            yield from re.split(f"[{markup.STAND_INS}]", caption.text)


def output(result: dict) -> Iterator[str]:
    if result["output_type"] == "stream":
        yield ANSI.sub("", "".join(result["text"]))
    elif result["output_type"] == "error":
        yield from (ANSI.sub("", frame) for frame in result["traceback"])
    elif not any(kind.startswith("image/") for kind in result["data"]):
        data = {kind: "".join(content) for kind, content in result["data"].items()}
        if "text/html" in data:
            yield from re.split(r"<[^>]*>", data["text/html"])
        elif "text/markdown" in data:
            yield from half(data["text/markdown"])
        else:
            yield data["text/plain"]


def pieces(cell: dict) -> Iterator[str]:
    """Yield what a cell says."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        english, _, vietnamese = source.removeprefix("<!--").partition("-->")
        # What is alike in both languages stands there once.
        yield from {*half(english)} - {*half(vietnamese)}
        yield from half(vietnamese)
    elif check := CHECK.fullmatch(source):
        exercise = exercises.all_exercises()[check[1]]
        yield exercise.solution.code
        for text in (*exercise.hints, exercise.solution.reason):
            yield from half(text)
    elif asked := QUESTIONS.fullmatch(source):
        for question in questions.all_questions(asked[1]):
            wordings = [question.text]
            for choice in question.choices:
                wordings += [choice.text, choice.reason]
            for wording in wordings:
                for text in {*wording}:
                    yield from half(text)
    elif source != "answer = ..." and not PROGRESS.fullmatch(source):
        yield source
        for result in cell["outputs"]:
            yield from output(result)


def lost(notebook: dict, html: str) -> list[str]:
    """Return what the notebook says and its page does not, or less often."""
    seen = Seen(html)
    wanted = Counter(piece for cell in notebook["cells"] for piece in map(words, pieces(cell)))
    return [
        piece
        for piece, times in wanted.items()
        if piece and seen.text.count(piece) < (times if len(piece) > 20 else 1)
    ]


@pytest.fixture(scope="module")
def page(project):
    def read(name: str) -> tuple[dict, str]:
        notebook = json.loads((PROJECT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))
        return notebook, (project.root / f"book/html/{name}.html").read_text("utf-8")

    return read


@pytest.mark.parametrize("name", NAMES)
def test_every_word_stands_on_its_page(page, name):
    assert lost(*page(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_and_every_link_to_the_web_is_there(page, name):
    notebook, html = page(name)
    seen = Seen(html)
    pictures, links = 0, Counter[str]()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            vietnamese = "".join(cell["source"]).partition("-->")[2]
            for block in markup.parse(vietnamese).blocks:
                pictures += len(block.images)
                links.update(link for link in block.links if link.startswith("http"))
        else:
            for result in cell["outputs"]:
                pictures += any(kind.startswith("image/") for kind in result.get("data", {}))
    assert seen.pictures >= pictures
    assert not links - seen.links


def test_a_word_less_is_noticed(page):
    """The oracle itself: a word taken out of a paragraph anywhere on the page is missed."""
    notebook, html = page("parameters_vn")
    for paragraph in re.findall(r"<p>([^<>]{80,})</p>", html)[::10]:
        first, _, rest = paragraph.partition(" ")
        assert lost(notebook, html.replace(paragraph, rest, 1)), first
