"""Broken notebooks and glossaries by the hundred: no traceback, nothing corrupted."""

import contextlib
import io
import json
import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authoring import notebook
from authoring.translation.__main__ import main
from tests.authoring.translation.conftest import lay_out

NOTEBOOK, GLOSSARY = "notebooks/a_vn.ipynb", "notebooks/glossary.toml"
FRAGMENTS = [
    "<!--",
    "-->",
    "<!-- a -->",
    '<a id="x"></a>',
    "<details>",
    "</summary>",
    "\n\n",
    "\n# ",
    "\n- ",
    "\n> ",
    "\n| a | b |\n|---|---|\n",
    "\n```\n",
    "`",
    "$",
    "$$",
    "*",
    "![](",
    "[a]: b",
    "\\",
    "\r\n",
    "\t",
    "\x00",
    "\u200b",
    "\u2028",
    "\x85",
    "\ud800",
    "\ue000",
    "“",
    "lớp",
    "layer",
    "9" * 5000,
    "a" * 200,
    unicodedata.normalize("NFD", "tầng"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(FRAGMENTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
WHOLE_FILE = st.sampled_from(
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: unicodedata.normalize("NFD", text).encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("latin-1", "replace"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode() * 2,
        lambda text: b"",
    ]
)


@st.composite
def damaged_bytes(draw, original: bytes) -> bytes:
    """Cut, repeat, overwrite a few bytes, or re-encode the whole file."""
    if draw(st.integers(0, 4)) == 0:
        return draw(WHOLE_FILE)(original.decode())
    data = original
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        fragment = draw(st.binary(max_size=4) | st.sampled_from(FRAGMENTS[:-3]))
        if isinstance(fragment, str):
            fragment = fragment.encode("utf-8", "surrogatepass")
        data = data[:start] + fragment + data[end:]
    return data


@st.composite
def damaged_texts(draw, original: bytes) -> bytes:
    """Let one cell hold anything at all, in a file that is otherwise as Jupyter writes it."""
    text = st.lists(
        st.sampled_from(FRAGMENTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
    ).map("".join)
    document = notebook.loads(original.decode())
    document.cells[2].source = f"<!--\n{draw(text)}\n-->\n\n{draw(text)}"
    return notebook.dumps(document).encode("utf-8", "surrogatepass")


@st.composite
def damaged_document(draw, original: bytes) -> bytes:
    """Change values, keys and texts of the notebook, leaving valid JSON."""
    document = json.loads(original)
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(places(document))))
        value = holder[key]
        if isinstance(value, str) and draw(st.booleans()):
            at = draw(st.integers(0, len(value)))
            holder[key] = value[:at] + draw(st.sampled_from(FRAGMENTS)) + value[at:]
        elif draw(st.booleans()):
            holder[key] = draw(JSON)
        elif isinstance(holder, list):
            holder.insert(draw(st.integers(0, len(holder))), value)
        else:
            del holder[key]
        if not list(places(document)):
            break
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=draw(st.booleans()))
    return (text + "\n").encode("utf-8", "surrogatepass")


def places(value):
    """Yield every (container, key) in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


def original(name: str) -> bytes:
    with small_course():
        return Path(name).read_bytes()


@contextlib.contextmanager
def small_course():
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        lay_out(Path(folder))
        yield


def run(*arguments: str) -> tuple[int, str]:
    """Run a command; its exit status and what it said. A traceback fails the test by itself."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(arguments)
    assert status in {0, 1}
    assert said.getvalue().strip()
    return status, said.getvalue()


def without_stamps(data: bytes):
    document = notebook.loads(data.decode())
    for cell in document.cells:
        cell.metadata.pop("d2l", None)
    return document


def try_every_command(before: bytes) -> None:
    """No command may crash; reading ones change nothing, writing ones only what is theirs."""
    path = Path(NOTEBOOK)
    path.write_bytes(before)
    for command in (["check"], ["status"]):
        run(*command)
        assert path.read_bytes() == before
    for command in (["accept", NOTEBOOK, "end"], ["accept", NOTEBOOK]):
        start = path.read_bytes()
        status, _ = run(*command)
        after = path.read_bytes()
        if after != start:
            assert without_stamps(after) == without_stamps(start)
        assert status == 0 or command[-1] == NOTEBOOK or after == start


def campaign(examples: int, strategy, test) -> None:
    """Give the test that many examples, the same ones every time."""
    decorate = settings(max_examples=examples, derandomize=True, deadline=None, database=None)
    decorate(given(strategy)(test))()


SHORT_OR_LONG = pytest.mark.parametrize(
    "examples", [40, pytest.param(1000, marks=pytest.mark.long)]
)


@SHORT_OR_LONG
@pytest.mark.parametrize("damage", [damaged_bytes, damaged_document, damaged_texts])
def test_mutated_notebooks(examples, damage):
    def test(data):
        with small_course():
            try_every_command(data)

    campaign(examples, damage(original(NOTEBOOK)), test)


@SHORT_OR_LONG
def test_mutated_glossaries(examples):
    def test(data):
        with small_course():
            Path(GLOSSARY).write_bytes(data)
            before = Path(NOTEBOOK).read_bytes()
            run("check")
            assert Path(NOTEBOOK).read_bytes() == before

    campaign(examples, damaged_bytes(original(GLOSSARY)), test)
