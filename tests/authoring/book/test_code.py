import re
from pathlib import Path

import pytest
from pygments.lexers.python import PythonLexer

from authoring.book import code

PACKAGES = (Path(code.__file__).parents[2] / name for name in ("authoring", "d2lutil"))


def coloured(source: str) -> list[tuple[str, str]]:
    """The coloured pieces of Python code, after a check that nothing but colour was added."""
    html = code.block(source, "python")
    inside = html.removeprefix('<div class="code"><pre><code>').removesuffix("</code></pre></div>")
    plain = re.sub(r"<[^>]+>", "", inside)
    assert plain == code.block(source, "").split("<code>")[1].split("</code>")[0]
    return re.findall(r'<span class="(\w+)">([^<]*)</span>', inside)


@pytest.mark.parametrize(
    ("source", "colours"),
    [
        ("import x as y", [("k", "import"), ("k", "as")]),
        ("if x is None: return", [("k", "if"), ("k", "is"), ("k", "None"), ("k", "return")]),
        ("x = 1 + 0x1F - 2.5e3", [("m", "1"), ("m", "0x1F"), ("m", "2.5e3")]),
        ("x  # chữ 'đ'", [("c", "# chữ 'đ'")]),
        ("""b'a\\n' + r"b" """, [("s", "b'a\\n'"), ("s", 'r"b"')]),
        ('"""hai\ndòng"""', [("s", '"""hai\ndòng"""')]),
        ('f"a{x}b{max}"', [("s", 'f"a'), ("s", "b"), ("nb", "max"), ("s", '"')]),
        ("def f(self): pass", [("k", "def"), ("nf", "f"), ("nb", "self"), ("k", "pass")]),
        ("class A(B): ...", [("k", "class"), ("nf", "A")]),
        ("@a\nclass A: 1", [("nd", "@a"), ("k", "class"), ("nf", "A"), ("m", "1")]),
        ("raise ValueError(True)", [("k", "raise"), ("nb", "ValueError"), ("k", "True")]),
        ("lambda: (yield)", [("k", "lambda"), ("k", "yield")]),
    ],
)
def test_each_piece_has_its_colour(source, colours):
    assert coloured(source) == colours


@pytest.mark.parametrize(
    "source",
    [
        "",
        "(" * 3000,
        'f"{' * 500,
        "%timeit x",
        "!ls",
        "x = $ ?",
        "\x00",
        "đ\u0301 'á",
        "\t",
    ],
)
def test_whatever_is_written_is_shown(source):
    coloured(source)


def test_only_python_is_coloured():
    assert "<span" not in code.block("import x", "bash")
    assert code.block('a < "b"\n', "") == (
        '<div class="code"><pre><code>a &lt; "b"</code></pre></div>'
    )


def test_what_is_found_first_has_the_colours_that_pygments_gives_it(monkeypatch):
    texts = [path.read_text() for package in PACKAGES for path in package.rglob("*.py")]
    ours = [code.block(text, "python") for text in texts]
    monkeypatch.setattr(code, "_LEXER", PythonLexer(stripnl=False, ensurenl=False))
    assert len(texts) > 100
    assert [code.block(text, "python") for text in texts] == ours
