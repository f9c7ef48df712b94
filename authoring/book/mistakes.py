"""The line at the foot of a page: where to report a mistake, and how old the page is."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from authoring.book import edition
from authoring.book.page import Page
from authoring.book.published import Published


def line(public: Published, changes: Mapping[str, str], page: Page) -> str:
    """Return the line as HTML, "" where the repository is not published.

    `changes` has the date of the last change of each notebook, as `published.changes` returns it.
    """
    if not public.repository:
        return ""
    address = f"{public.repository}/issues/new?{urlencode({'title': f'{page.title}: '})}"
    words = edition.both("Báo lỗi trên trang này", "Report a mistake on this page")
    link = f'<a href="{escape(address)}">{words}</a>'
    date = changes.get(page.source)
    said = ""
    if date:
        year, month, day = date.split("-")
        ours = f'Sửa lần cuối <time datetime="{date}">{day}/{month}/{year}</time>.'
        said = edition.both(ours, f"Last changed {date}.") + " "
    return edition.Edition().fill(page.address, f"<p>{said}{link}</p>\n")
