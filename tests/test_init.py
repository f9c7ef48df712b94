"""`import d2lutil` is light, and works where nothing else does."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import d2lutil

ROOT = Path(__file__).parents[1]


def run(code, *options):
    """Run `code` in a new Python, in the project's folder, and return what it prints."""
    command = [sys.executable, *options, "-c", code]
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True)
    return done.stdout.strip()


def test_import_brings_nothing_along():
    code = """if True:
        import sys
        before = set(sys.modules)
        import d2lutil
        print(*sorted(set(sys.modules) - before))
    """
    # Without the .pth, which has imported it already.
    assert run(code, "-S") == "d2lutil d2lutil.mxnet_finder"


def test_import_works_without_any_package():
    # Neither MXNet nor NumPy nor matplotlib is there without the folder of packages.
    code = """if True:
        import importlib.util
        assert importlib.util.find_spec("mxnet") is None
        import d2lutil
        timer = d2lutil.Timer()
        timer.stop()
        print(len(timer.times), d2lutil.measure(sum, [1, 2]).device)
    """
    assert run(code, "-S") == "1 cpu(0)"


def test_syntax_is_that_of_python_3_8():
    ast.parse(Path(d2lutil.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("name", d2lutil.__all__)
def test_public_names_are_those_of_their_modules(name):
    (home,) = [module for module, names in d2lutil._MODULES.items() if name in names]
    module = import_module(f"d2lutil.{home}")
    assert name in module.__all__
    assert getattr(d2lutil, name) is getattr(module, name)
    assert name in dir(d2lutil)


def test_every_lazy_name_is_public():
    names = [name for names in d2lutil._MODULES.values() for name in names]
    assert sorted(names) == sorted(d2lutil.__all__)


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(d2lutil.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    seen = {
        node.module: [alias.name for alias in node.names]
        for node in imports
        if node.module.startswith("d2lutil.")
    }
    assert seen == {f"d2lutil.{home}": names for home, names in d2lutil._MODULES.items()}


def test_an_unknown_name_is_an_attribute_error_that_lists_the_known_ones():
    for name in ("Animator", "tensor"):
        with pytest.raises(AttributeError) as error:
            getattr(d2lutil, name)
        assert str(error.value) == f"d2lutil không có {name}; có: {', '.join(d2lutil.__all__)}"
    with pytest.raises(ImportError):
        from d2lutil import tensor  # noqa: F401
