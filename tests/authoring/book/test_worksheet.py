import re

import pytest
from pypdf import PdfReader

from authoring.book.worksheet import _FEWEST, _MOST
from tests import writing
from tests.authoring.book.browsing import needs_chromium
from tests.authoring.book.conftest import Course, text
from tests.authoring.book.test_pictures import svg


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("worksheet") / "course")
    (course.notebooks / "x.svg").write_text(svg("<text y='30'>ẢNH</text>"))
    answer = "<details>\n<summary>Câu trả lời</summary>\n\nBí mật\n\n</details>"
    asked = "Vẽ [lại](#bai-1-ve) như [trang kia](b_vn.ipynb):\n\n![hình](x.svg)"
    course.add(
        "a_vn.ipynb",
        text("# Một\n\nLời dẫn."),
        text(f"### Bài 1: vẽ\n\n{asked}", english="In English."),
        writing.code("def f():\n    hỏng\n\n\nanswer = ...", id="answer"),
        writing.code('import d2lutil\n\nd2lutil.check("index/2")', id="check"),
        text(f"Không phải đề.\n\n### Bài 2: mở\n\nNghĩ đi.\n\n{answer}", id="open"),
    )
    course.add("b_vn.ipynb", text("# Hai"))
    return course


def worksheet(course, *arguments):
    return course.build("worksheet", *arguments)


@pytest.fixture(scope="module")
def file(course):
    done = worksheet(course, "notebooks/a_vn.ipynb")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "✓ book/bai-tap-a_vn.pdf\n"
    return course.root / "book/bai-tap-a_vn.pdf"


@needs_chromium
def test_a_worksheet_asks_and_leaves_room(course, file):
    book = PdfReader(file)
    shown = "".join("".join(page.extract_text().split()) for page in book.pages)
    parts = "TínhtoánHọcsâu BàitậpMục1:Một Họvàtên: Ngày: Bài1:vẽ ẢNH deff(): Bài2:mở Nghĩđi."
    places = [shown.index(part) for part in parts.split()]
    assert places == sorted(places)
    for gone in ("Gợiý", "Lờigiải", "Bímật", "W1", "Lờidẫn", "Khôngphảiđề", "English"):
        assert gone not in shown
    assert book.metadata.title == "Bài tập Mục 1: Một"
    assert not any("/Annots" in page for page in book.pages)  # links lead nowhere from here
    for page in book.pages:
        assert [round(side / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    data = file.read_bytes()
    worksheet(course, "notebooks/a_vn.ipynb")
    assert file.read_bytes() == data


@needs_chromium
def test_every_exercise_has_room_for_its_answer(file):
    first, second = PdfReader(file).pages
    # Lines as long as a sheet's text is wide.
    rules = re.compile(r"^0 \d+ 627 1 re$", re.MULTILINE)
    found = [
        len(rules.findall(page.get_contents().get_data().decode("latin-1")))
        for page in (first, second)
    ]
    # The authors' own answers: some lines of code; two words.
    assert _FEWEST < found[0] <= _MOST
    assert found[1] == _FEWEST


@needs_chromium
def test_what_is_asked_stays_on_one_sheet(tmp_path):
    course = Course(tmp_path / "course")
    ask = "\n\n".join(f"### Bài {n}: dài\n\n{'chữ ' * 300} hết{n}." for n in range(1, 6))
    course.add("a_vn.ipynb", text("# Một"), text(ask))
    assert worksheet(course, "notebooks/a_vn.ipynb").returncode == 0
    pages = PdfReader(course.root / "book/bai-tap-a_vn.pdf").pages
    shown = ["".join(page.extract_text().split()) for page in pages]
    for number in range(1, 6):
        assert sum(f"Bài{number}:" in page and f"hết{number}." in page for page in shown) == 1


@needs_chromium
def test_questions_with_choices_begin_on_the_first_sheet(tmp_path):
    course = Course(tmp_path / "course")
    course.add("a_vn.ipynb", text("# Một"), text("### Bài 1: đoán\n\nĐoán.", "ex-guesses-text"))
    assert worksheet(course, "notebooks/a_vn.ipynb").returncode == 0
    first, *_ = PdfReader(course.root / "book/bai-tap-a_vn.pdf").pages
    assert "np.dot(A,B)" in "".join(first.extract_text().split())


@pytest.mark.parametrize(
    ("notebook", "said"),
    [
        ("notebooks/b_vn.ipynb", "notebooks/b_vn.ipynb: không có bài tập nào để in"),
        ("notebooks/z_vn.ipynb", "sách có notebooks/a_vn.ipynb, notebooks/b_vn.ipynb"),
        ("", "make worksheet NB=notebooks/parameters_vn.ipynb"),
    ],
)
def test_what_cannot_be_printed_is_told(course, notebook, said):
    done = worksheet(course, notebook)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
