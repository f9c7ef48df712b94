"""What the book promises of every page: valid, light, reachable by keyboard, harmless."""

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.book.browsing import PROJECT, reading

VNU = PROJECT / "tests/web/node_modules/vnu-jar/build/dist/vnu.jar"
LIMIT = 150_000  # bytes that a page may cost, compressed, with its fonts; pictures come besides
needs_java = pytest.mark.skipif(not shutil.which("java"), reason="không có Java (java)")


@needs_java
def test_the_nu_html_checker_finds_nothing(project):
    site = str(project.root / "book/html")
    for options in (["--skip-non-html"], ["--skip-non-svg"]):
        done = subprocess.run(
            ["java", "-jar", VNU, "--format", "gnu", "--Werror", *options, site],
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")


def cost(path: Path) -> int:
    """Bytes that a file of the site takes on the wire: text is compressed there."""
    data = path.read_bytes()
    return len(data if path.suffix in (".woff2", ".png", ".jpg") else gzip.compress(data))


def test_pages_are_light(browser, real, project):
    url, names = real
    site = project.root / "book/html"
    heavy = {}
    for name in set(names) - {"print"}:
        with reading(browser, f"{url}/{name}.html") as page:
            asked = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
        paths = {a.removeprefix(url + "/") for a in asked if a.startswith(url)} | {f"{name}.html"}
        paths -= {path for path in paths if path.startswith(("img/", "pictures/"))}
        costs = {path: cost(site / path) for path in paths}
        if sum(costs.values()) > LIMIT:
            heavy[name] = (sum(costs.values()), costs)
    assert heavy == {}, heavy
