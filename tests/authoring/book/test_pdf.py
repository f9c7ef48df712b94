import re
import shutil
import sys

import pytest
from pypdf import PdfReader

from authoring.book import pdf
from tests.authoring.book.browsing import needs_chromium
from tests.authoring.book.conftest import Course, text


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("pdf") / "course")
    long = [text(f"## Phần {number}\n\n{'chữ ' * 900}") for number in range(1, 4)]
    fold = text("<details>\n<summary>Lời giải</summary>\n\nĐáp án ở đây\n\n</details>")
    course.add("a_vn.ipynb", text("# Chương một"), *long, fold)
    course.add("b_vn.ipynb", text("# Chương hai\n\n[về](a_vn.ipynb#phan-3)"))
    return course


def made(course: Course) -> bytes:
    done = course.run(sys.executable, "-m", "authoring.book.pdf")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"✓ book/{pdf.NAME}\n"
    return (course.root / "book" / pdf.NAME).read_bytes()


@needs_chromium
def test_a_pdf_with_cover_contents_numbers_and_outline(course):
    data = made(course)
    book = PdfReader(course.root / "book" / pdf.NAME)
    # Without spaces: pypdf sees one wherever the font changes.
    pages = ["".join(page.extract_text().split()) for page in book.pages]
    for page in book.pages:
        assert [round(side / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    assert pages[0].startswith("TínhtoánHọcsâu")
    assert not re.search(r"\d", pages[0])
    assert "Mụclục" in pages[1]
    for number, page in enumerate(pages[1:], 2):
        assert page.startswith(str(number)) or page.endswith(str(number)), page
        assert len(page) > len(str(number)), f"page {number} is empty"
    # The contents tell the page on which each heading really stands.
    contents = book.pages[1].extract_text().replace(" ", "")
    for title in ("Chươngmột", "Phần1", "Phần3", "Chươnghai"):
        told = re.search(rf"{title}(\d+)$", contents, re.MULTILINE)
        assert title in pages[int(told[1]) - 1]
    assert "Đápánởđây" in "".join(pages)
    titles = str(list(book.outline))
    assert "Chương một" in titles
    assert "Phần 3" in titles
    assert book.metadata.title == "Tính toán Học sâu"
    assert book.root_object["/Lang"] == "vi"
    assert book.root_object["/MarkInfo"]["/Marked"]
    assert made(course) == data


def test_without_a_browser_the_way_out_is_told(course, tmp_path):
    for name in ("mdbook", "python3"):
        (tmp_path / name).symlink_to(shutil.which(name, path=str(pdf.Path(sys.executable).parent)))
    done = course.run(sys.executable, "-m", "authoring.book.pdf", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "cần Chromium hay Chrome" in done.stderr
