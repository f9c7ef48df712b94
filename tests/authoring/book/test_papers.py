import io

import pytest
from pypdf import PdfReader

from authoring.book import MADE
from authoring.book.__main__ import Job, build
from tests import writing
from tests.authoring.book.browsing import needs_chromium
from tests.authoring.book.conftest import Course, text


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("papers") / "course")
    answer = "<details>\n<summary>Câu trả lời</summary>\n\nBí mật\n\n</details>"
    course.add(
        "a_vn.ipynb",
        text("# Một\n\nLời dẫn."),
        text(f"### Bài 1: vẽ\n\nVẽ đi.\n\n{answer}", id="asked"),
        writing.code('import d2lutil\n\nd2lutil.check("index/2")', id="check"),
    )
    course.add("b_vn.ipynb", text("# Hai"))
    build(course.root, Job("papers", {}, MADE["papers"]))
    return {path.name: path.read_bytes() for path in (course.root / "book/papers").iterdir()}


def shown(data):
    return "".join(
        "".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages
    )


@needs_chromium
def test_each_page_with_exercises_is_printed_twice(papers):
    assert set(papers) == {"a_vn-khong-loi-giai.pdf", "bai-tap-a_vn.pdf"}


@needs_chromium
def test_the_text_says_that_it_lacks_the_solutions_and_does(papers):
    said = shown(papers["a_vn-khong-loi-giai.pdf"])
    for part in ("(khôngkèmlờigiải)", "Lờidẫn.", "Vẽđi.", "Gợiý"):
        assert part in said
    assert "Bímật" not in said


@needs_chromium
def test_the_worksheet_only_asks(papers):
    said = shown(papers["bai-tap-a_vn.pdf"])
    assert "Họvàtên" in said
    assert "Vẽđi." in said
    assert "Lờidẫn" not in said
    assert "Bímật" not in said
