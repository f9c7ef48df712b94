"""The directions of the house: authoring may use d2lutil, never the reverse; nobody uses tests."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# What the book and the translation check have in common.
SHARED = {"finding", "glossary", "markdown_parser", "notebook", "notebook_error"}
# Their work shows only in that of others: in messages, in built books, in every parsed cell.
WITHOUT_TESTS_OF_THEIR_OWN = {
    *["fault.py", "finding.py", "frames.py", "hook.py", "markdown_parser.py", "notebook_error.py"],
    *["page.py", "pages.py", "references.py"],
}


def imported(path, root=ROOT):
    """Return the modules that a file imports anywhere in it, by name, for a text too."""
    package = path.relative_to(root).with_suffix("").parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func):
            # importlib.import_module("…"), __import__("…"), pytest.importorskip("…")
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                found |= {
                    part.value.rstrip(".")
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # Code for another Python, as in [sys.executable, "-m", "authoring.book"].
            words = node.value.split()
            found |= {word for word in words if word.split(".")[0] in {"authoring", "d2lutil"}}
    return found


def users(folder, *packages, root=ROOT):
    """Return which files of a folder import one of the packages, or something in it."""
    return {
        f"{path.relative_to(root)}: {name}"
        for path in sorted((root / folder).rglob("*.py"))
        for name in imported(path, root)
        if any(name == package or name.startswith(f"{package}.") for package in packages)
    }


@pytest.mark.parametrize(
    ("folder", "packages"),
    [
        ("d2lutil", ["authoring", "tests", "bench", "deploy"]),
        ("authoring", ["tests", "bench", "deploy"]),
        ("bench", ["tests", "deploy"]),
        ("deploy", ["tests"]),
        ("tests", ["bench"]),
        ("authoring/book", ["authoring.form", "authoring.translation"]),
        ("authoring/translation", ["authoring.book"]),
        ("authoring/glossary", ["authoring.book", "authoring.translation"]),
    ],
)
def test_arrows_run_one_way(folder, packages):
    assert users(folder, *packages) == set()


def test_book_and_translation_share_only_what_is_meant_for_both():
    used = [
        {
            name.split(".")[1]
            for path in (ROOT / "authoring" / part).rglob("*.py")
            for name in imported(path)
            if name.startswith("authoring.")
        }
        for part in ("book", "translation")
    ]
    assert (used[0] & used[1]) - {"book", "translation"} <= SHARED


@pytest.mark.parametrize(
    "code",
    [
        "import authoring",
        "import authoring.notebook as nb",
        "from authoring import notebook",
        "from authoring.book.page import Cell",
        "def f():\n    from authoring import notebook",
        "from importlib import import_module\nimport_module('authoring.book')",
        "import importlib\nimportlib.import_module(f'authoring.{name}')",
        "__import__('authoring')",
        "run([sys.executable, '-m', 'authoring.book'])",
    ],
)
def test_every_way_to_import_is_seen(code, tmp_path):
    (tmp_path / "d2lutil").mkdir()
    (tmp_path / "d2lutil" / "x.py").write_text(code, "utf-8")
    assert users("d2lutil", "authoring", root=tmp_path)
    assert not users("d2lutil", "author", "d2lutil", "tests", root=tmp_path)


def test_relative_imports_are_seen(tmp_path):
    (tmp_path / "authoring" / "book").mkdir(parents=True)
    (tmp_path / "authoring" / "book" / "x.py").write_text("from ..translation import lint", "utf-8")
    assert users("authoring/book", "authoring.translation", root=tmp_path)


def test_the_map_names_every_module_of_authoring_once():
    modules = {
        path.relative_to(ROOT / "authoring").as_posix()
        for path in (ROOT / "authoring").rglob("*.py")
        if path.name != "__init__.py"
    }
    text = (ROOT / "authoring" / "README.md").read_text("utf-8")
    named = re.findall(r"^\| `([^`]+)` \| \S", text, re.MULTILINE)
    assert sorted(named) == sorted(modules)


def test_every_module_of_authoring_has_tests_of_its_own():
    for path in (ROOT / "authoring").rglob("*.py"):
        name = "main" if path.stem == "__main__" else path.stem
        folder = ROOT / "tests" / path.parent.relative_to(ROOT)
        if path.name not in {"__init__.py", *WITHOUT_TESTS_OF_THEIR_OWN}:
            assert (folder / f"test_{name}.py").exists(), path
