"""The end of what is printed: all hints, then all solutions, so that nobody reads one by accident.

Each leads back to its exercise, and the exercise to it; those of one heading stand together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from authoring.book import addresses, edition
from authoring.book.edition import ASIDES, SOLUTION, PaperEdition
from authoring.book.page import Heading, Page

_SUMMARY = re.compile(r"<details>\s*<summary>(.*?)</summary>", re.DOTALL)
_NOT_WORDS = re.compile(r'<span class="en".*?</span>|<[^>]+>')


def make(made: Sequence[Page], paper: PaperEdition) -> Iterator[Page]:
    """Yield the pages at the end of a print of `made`: one for each kind that is set aside."""
    for kind, title in ASIDES.items():
        shown = [page for page in made if any(aside.kind == kind for aside in page.asides)]
        if shown and (paper.solutions or kind != SOLUTION):
            yield _page(kind, title, shown, paper)


def _page(kind: str, title: str, shown: Sequence[Page], paper: PaperEdition) -> Page:
    # Unlike that of any other page: theirs end with ".html".
    made = Page("", kind)
    name = addresses.slug(title)
    made.start(Heading(1, name, "", title, title))
    html = f'<h1 id="{edition.anchor(name)}">{title}</h1>\n'
    for page in shown:
        if len(shown) > 1:
            first = page.headings[0]
            made.start(Heading(2, page.address, first.number, first.title, first.shown))
            inner = paper.fill(page.address, first.shown)
            html += f'<h2 id="{edition.anchor(page.address)}">{inner}</h2>\n'
        # The authors' own answers were found later than those to the checks.
        found = sorted(
            (aside.under, number) for number, aside in enumerate(page.asides) if aside.kind == kind
        )
        html += "".join(
            _entry(page, page.headings[under], [number for _, number in entry], title, paper)
            for under, entry in groupby(found, key=lambda pair: pair[0])
        )
    made.html = html
    return made


def _entry(
    page: Page, heading: Heading, numbers: Sequence[int], title: str, paper: PaperEdition
) -> str:
    sheet = paper.sheet(paper.place(page.address, heading.anchor))
    above = (
        f'<h3><a href="{edition.link(page.address, heading.anchor)}">'
        f"{paper.fill(page.address, heading.shown)}</a> <span>({sheet})</span></h3>\n"
    )
    known = title if len(numbers) == 1 else ""
    parts = []
    for number in numbers:
        html = paper.fill(page.address, page.asides[number].html).replace("</details>", "")
        said = _SUMMARY.sub(lambda summary: _named(summary[1], known), html)
        parts.append(f'<div id="{escape(paper.aside(page.address, number))}">{above}{said}</div>\n')
        above = ""
    return f'<section class="back">{"".join(parts)}</section>\n'


def _named(summary: str, known: str) -> str:
    """Return what a fold is called, unless that is known already."""
    words = _NOT_WORDS.sub("", summary)
    return "" if words.strip() == known else f'<p class="name">{words}</p>'
