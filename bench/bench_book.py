"""The book beside its peers, on copies of the course's notebooks: seconds, memory, page sizes.

The book is built in the environment of `make book`, its peers in one of their own
(`.venv-bench`, made by uv). Rounds are interleaved and begin with each tool in turn; a rebuild
follows one edit. Memory is the peak of all processes of a build together, each shared page counted
once (PSS), in a run that is not timed. A page's weight is what a real browser asks for.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import sync_playwright
from report import heading, quartiles

from authoring.book import browser as chromium

PROJECT = Path(__file__).resolve().parents[1]
SUMMARY = (PROJECT / "notebooks/SUMMARY.md").read_text(encoding="utf-8")
NOTEBOOKS = [PROJECT / "notebooks" / name for name in re.findall(r"\((.+\.ipynb)\)", SUMMARY)]
PAGES = len(NOTEBOOKS)
GROWTH = (PAGES, 70)
ROUNDS = 5
BENCH = PROJECT / ".venv-bench"
TOOLS = ("this book", "Jupyter Book 1.0.4", "nbconvert html")
KINDS = {".html": "html", ".css": "code", ".js": "code"} | dict.fromkeys(
    (".woff2", ".woff", ".ttf"), "font"
)


def course(root: Path, pages: int) -> list[Path]:
    """Make a course of the project's notebooks and copies of them; return its notebooks."""
    folder = root / "notebooks"
    shutil.copytree(PROJECT / "notebooks", folder)
    paths = [folder / path.name for path in NOTEBOOKS]
    while len(paths) < pages:
        original = NOTEBOOKS[len(paths) % len(NOTEBOOKS)]
        paths.append(folder / f"copy-{len(paths)}_vn.ipynb")
        shutil.copy(original, paths[-1])
    copies = "".join(f"- [{path.stem}]({path.name})\n" for path in paths[len(NOTEBOOKS) :])
    # After the last numbered chapter: mdBook lets none follow one without a number.
    end = SUMMARY.index("\n", SUMMARY.rindex("\n- ") + 1) + 1
    summary = SUMMARY[:end] + copies + SUMMARY[end:]
    (folder / "SUMMARY.md").write_text(summary, encoding="utf-8")
    shutil.copy(PROJECT / "book.toml", root)
    for package in ("authoring", "d2lutil"):
        (root / package).symlink_to(PROJECT / package)
    chapters = "".join(f"- file: notebooks/{path.stem}\n" for path in paths[1:])
    (root / "_toc.yml").write_text(
        f"format: jb-book\nroot: notebooks/{paths[0].stem}\nchapters:\n{chapters}"
    )
    (root / "_config.yml").write_text(
        "title: Book\nexecute:\n  execute_notebooks: 'off'\nonly_build_toc_files: true\n"
    )
    return paths


def commands(root: Path, paths: Sequence[Path]) -> dict[str, list[str]]:
    """Return the command of each tool that builds the course in `root`."""
    tools = str(BENCH / "bin")
    builds = (
        [str(PROJECT / ".venv-book/bin/python"), "-m", "authoring.book"],
        [f"{tools}/jupyter-book", "build", str(root)],
        [
            *[f"{tools}/jupyter-nbconvert", "--to", "html", "--output-dir", str(root / "html")],
            *map(str, paths),
        ],
    )
    return dict(zip(TOOLS, builds, strict=True))


def seconds(command: Sequence[str], root: Path) -> float:
    """Return how long a build takes."""
    environment = {**os.environ, "PATH": f"{BENCH / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    start = time.perf_counter()
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def megabytes(command: Sequence[str], root: Path) -> float:
    """Return the peak memory of a build, all its processes together."""
    build = subprocess.Popen(
        command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0
    while build.poll() is None:
        peak = max(peak, _memory(build.pid))
        time.sleep(0.005)
    return peak / 1024


def _memory(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total = int(rollup.partition("Pss:")[2].split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        # It ended while we looked.
        return 0
    return total + sum(_memory(int(child)) for child in children)


def clean(root: Path) -> None:
    """Remove what builds left."""
    for name in ("book", "_build", "html"):
        shutil.rmtree(root / name, ignore_errors=True)


def edit(path: Path, number: int) -> None:
    """Change one word of one notebook."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Thảo luận", f"Thảo luận {number}", 1), encoding="utf-8")


def compare() -> None:
    """Print the table of this book and its peers."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "course"
        paths = course(root, PAGES)
        tools = commands(root, paths)
        cold: dict[str, list[float]] = {name: [] for name in tools}
        again: dict[str, list[float]] = {name: [] for name in tools}
        for number in range(ROUNDS):
            start = number % len(TOOLS)
            for name in TOOLS[start:] + TOOLS[:start]:
                # Once untimed: a machine that takes idle files out of its memory reads them again.
                clean(root)
                seconds(tools[name], root)
                clean(root)
                cold[name].append(seconds(tools[name], root))
                edit(paths[-1], len(cold[name]))
                again[name].append(seconds(tools[name], root))
        print(f"{PAGES} notebooks, medians of {ROUNDS} interleaved rounds (quartiles)\n")
        print(f"{'':20}{'cold build, s':>22}{'after one edit, s':>22}{'ratio':>8}{'peak MB':>9}")
        own = quartiles(cold["this book"])[1]
        for name, command in tools.items():
            clean(root)
            times = "".join(
                "{1:>9.2f} ({0:.2f}-{2:.2f})".format(*quartiles(runs[name])).rjust(22)
                for runs in (cold, again)
            )
            ratio = quartiles(cold[name])[1] / own
            print(f"{name:20}{times}{ratio:>8.1f}{megabytes(command, root):>9.0f}")
        for command in tools.values():
            seconds(command, root)
        weigh(root)


def weigh(root: Path) -> None:
    """Print what a browser loads to show Section 1, pictures aside, in each tool's site."""
    name = NOTEBOOKS[1].stem
    folders = dict(zip(TOOLS, ("book/html", "_build/html", "html"), strict=True))
    print("\none page, kB compressed      HTML   styles, scripts   fonts   all   other hosts asked")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        for tool, folder in folders.items():
            site = root / folder
            # Below en/ is only the page that leads an English reader there.
            (path,) = (path for path in site.rglob(f"{name}.html") if path.parent.name != "en")
            asked: set[str] = set()
            page = browser.new_page()
            page.on("request", lambda request, asked=asked: asked.add(request.url))
            page.goto(path.as_uri())
            page.evaluate("document.fonts.ready.then(() => null)")
            page.wait_for_timeout(500)
            page.close()
            sums, others = {"html": 0, "code": 0, "font": 0}, set()
            for url in asked:
                parts = urlsplit(url)
                if parts.scheme == "file":
                    file = Path(unquote(parts.path))
                    kind = KINDS.get(file.suffix)
                    if kind and file.is_file():
                        sums[kind] += compressed(file)
                elif parts.scheme.startswith("http"):
                    others.add(parts.hostname)
            html, code, font = (size / 1000 for size in sums.values())
            print(
                f"{tool:24}{html:>9.0f}{code:>18.0f}{font:>8.0f}{html + code + font:>6.0f}"
                f"   {', '.join(sorted(map(str, others))) or '-'}"
            )
        browser.close()


def compressed(file: Path) -> int:
    """Return the bytes that a file takes on the wire: text is compressed there."""
    data = file.read_bytes()
    return len(data if KINDS[file.suffix] == "font" else gzip.compress(data, mtime=0))


def grow() -> None:
    """Print how the cost grows with the number of notebooks."""
    print("\nthis book, cold: notebooks, seconds, ms a notebook, peak MB")
    for pages in GROWTH:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "course"
            command = commands(root, course(root, pages))["this book"]
            taken = []
            for _ in range(3):
                clean(root)
                taken.append(seconds(command, root))
            clean(root)
            memory = megabytes(command, root)
            median = statistics.median(taken)
            print(f"{pages:>20}{median:>9.2f}{1000 * median / pages:>10.0f}{memory:>10.0f}")


def main() -> None:
    # As in the Makefile: without compiled modules everything starts two to three times slower.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(BENCH), "UV_COMPILE_BYTECODE": "1"}
    subprocess.run(
        ["uv", "sync", "-q", "--python", sys.executable, "--only-group", "bench"],
        cwd=PROJECT,
        env=environment,
        check=True,
    )
    print(heading())
    compare()
    grow()


if __name__ == "__main__":
    main()
