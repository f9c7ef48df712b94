import csv
import io
from xml.etree import ElementTree

import pytest
from playwright.sync_api import sync_playwright

from authoring.grade import report
from authoring.grade.submission import Submission, Verdict
from tests.authoring.book.browsing import (
    ARGUMENTS,
    CHROMIUM,
    NARROW,
    WIDE,
    axe,
    needs_chromium,
    reading,
    served,
)

RIGHT, WRONG = Verdict(True, "Mọi giá trị đều có mặt."), Verdict(False, "`f(x)` **sai** <b>.")
BLANK, ODD = Verdict(None, "Chưa làm"), Verdict(False, "Máy không tính.", eye=True)
CLASS = [
    Submission("Nguyễn Văn An", {}, {"parameters/1": RIGHT, "parameters/2": WRONG}, [], 12.4),
    Submission('=HYPERLINK("x")', {}, {"parameters/1": ODD, "parameters/2": BLANK}),
    Submission("<script>alert(1)</script>\x00", {}, {}, ["-1+1: tệp trống", "`x` & y"]),
]


@pytest.fixture
def ids(sections):
    return report.exercises(CLASS, sections)


def test_the_columns_are_the_exercises_of_what_was_handed_in(ids):
    assert ids == [f"parameters/{number}" for number in range(1, 7)]


def test_the_table_opens_in_a_spreadsheet_and_starts_no_formula(ids):
    data = report.table(CLASS, ids)
    assert data.startswith(b"\xef\xbb\xbf")
    heads, an, formula, script = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert heads[:3] == ["Học viên", "Số bài đúng", "parameters/1"]
    assert an[:4] == ["Nguyễn Văn An", "1", "✓ Mọi giá trị đều có mặt.", "✗ `f(x)` **sai** <b>."]
    assert an[-3:] == ["12", "", ""]
    assert formula[0] == '\'=HYPERLINK("x")'
    assert formula[2:4] == ["✗ Máy không tính.", "– Chưa làm"]
    assert formula[-2] == "cần xem bằng mắt"
    assert script[-1] == "'-1+1: tệp trống; `x` & y"


def test_the_page_is_whole_and_runs_nothing(ids):
    text = report.page(CLASS, ids).decode()
    page = ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>"))
    assert not {e.tag for e in page.iter()} & {"script", "img", "iframe"}
    assert not [name for e in page.iter() for name in e.attrib if name.startswith("on")]
    assert "<code>f(x)</code> <b>sai</b> &lt;b&gt;." in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert report.page(CLASS, ids) == report.page(CLASS, ids)


@needs_chromium
def test_the_page_can_be_read_by_everybody(ids, tmp_path):
    (tmp_path / "index.html").write_bytes(report.page(CLASS, ids))
    with served(tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for scheme in ("light", "dark"):
            for viewport in (WIDE, NARROW):
                with reading(
                    browser, f"{address}/index.html", color_scheme=scheme, viewport=viewport
                ) as page:
                    assert axe(page) == []
                    wide = "document.documentElement.scrollWidth > innerWidth"
                    assert not page.evaluate(wide)
