"""The book's search in the browser: from a changed question to the answers on the screen.

Each question is asked many times, interleaved with the others. What is timed is the whole work of
one keystroke: finding, ordering, writing the list with its excerpts, and laying it out.
"""

from __future__ import annotations

import gzip
import itertools
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from report import heading, quartiles

from authoring.book import browser as chromium

PROJECT = Path(__file__).resolve().parents[1]
ROUNDS = 50
# As typed: with marks, without, identifiers, a phrase, slips of the fingers, the first letters.
QUESTIONS = [
    *("khởi tạo", "khoi tao", "tầng ẩn", "dau vao", '"khởi tạo trễ"', "kết nối đầy đủ"),
    *("collect_params", "HybridBlock", "nn.Dense", "colect_params", "kohi tao", "kh", "khở", "a"),
]
# Two words at once, each with a slip: pasted, so that none is known from the keystroke before.
SLIPS = "two slips, pasted"
WORDS = [
    *("initialization", "parameters", "convolutional", "collect_params", "HybridSequential"),
    *("checkpoint", "deferred", "save_parameters", "activation", "wait_to_read", "serialization"),
]
ASK = """async (question) => {
  const input = document.querySelector("dialog.search input")
  input.value = question
  const start = performance.now()
  input.dispatchEvent(new Event("input"))
  document.querySelector("dialog.search ol").getBoundingClientRect()
  return performance.now() - start
}"""


def slipped(word: str, number: int) -> str:
    """Return a word without one of its letters, another one for each `number`."""
    place = 1 + number % (len(word) - 2)
    return word[:place] + word[place + 1 :]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name in ("notebooks", "authoring", "d2lutil", "book.toml"):
            Path(folder, name).symlink_to(PROJECT / name)
        subprocess.run([sys.executable, "-m", "authoring.book"], cwd=folder, check=True)
        site = Path(folder, "book/html")
        print(f"\n{heading()}")
        for name in ("minisearch.js", "sections.js"):
            size = len(gzip.compress((site / "assets" / name).read_bytes(), mtime=0))
            print(f"{name}: {size / 1000:.0f} kB compressed, loaded when search is opened")
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto((site / "index.html").as_uri())
        start = page.evaluate("performance.now()")
        page.keyboard.press("/")
        page.locator("dialog.search [role=status]", has_text="Gõ có dấu").wait_for()
        opened = page.evaluate("performance.now()") - start
        sections = page.evaluate("bookSections.length")
        print(f"opened for the first time, {sections} sections indexed: {opened:.0f} ms\n")
        times: dict[str, list[float]] = {question: [] for question in (*QUESTIONS, SLIPS)}
        pairs = random.Random(0).sample([*itertools.permutations(WORDS, 2)], ROUNDS)
        for number, pair in enumerate(pairs):
            for question in times:
                asked = " ".join(slipped(word, number) for word in pair)
                asked = asked if question == SLIPS else question
                times[question].append(page.evaluate(ASK, asked))
        print(f"ms an answer, medians of {ROUNDS} interleaved rounds (quartiles)")
        for question, taken in times.items():
            print("{0:20}{2:>6.1f} ({1:.1f}-{3:.1f})".format(question, *quartiles(taken)))
        browser.close()


if __name__ == "__main__":
    main()
