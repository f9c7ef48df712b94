import re

import pytest

from authoring.book import summary
from authoring.notebook import NotebookError
from tests import writing
from tests.authoring.book.conftest import text

LISTS = [
    "- [A](a.ipynb)\n- [B](b.ipynb)\n",
    "# Mục lục\n\n[A](a.ipynb)\n\n- [B](b.ipynb)\n- [C](c.ipynb)\n\n---\n\n[D](d.ipynb)\n",
    "[A](a.ipynb)\n[B](b.ipynb)\n\n# Phần một\n\n- [C](c.ipynb)\n\n# Phần hai\n\n- [D](d.ipynb)",
    "- [A](a.ipynb)\n  - [B](b.ipynb)\n    - [C](c.ipynb)\n  - [D](d.ipynb)\n- [E](e.ipynb)\n",
    "* [A](a.ipynb)\n\t* [B](b.ipynb)\n\t* [C](c.ipynb)  \n* [D](d.ipynb)\n\t* [E](e.ipynb)\n",
]


@pytest.mark.parametrize("listed", LISTS)
def test_chapters_have_the_numbers_of_mdbook(course, listed):
    for name in "abcde":
        writing.write(course.notebooks / f"{name}.ipynb", text(f"# {name}"))
    (course.notebooks / "SUMMARY.md").write_text(listed)
    done = course.build()
    assert (done.returncode, done.stderr) == (0, "")
    menu = course.site()["index.html"].decode().split("</nav>")[0]
    told = re.findall(r'<li><a href="(\w+)\.html"[^>]*>(?:<span>([\d.]+)\.</span> )?', menu)
    found = summary.chapters(course.notebooks)
    assert [(f"{name}.ipynb", number) for name, number in told] == found
    for source, number in found:
        html = course.site()[source.replace("ipynb", "html")].decode()
        shown = re.findall(r'<h1 id="\w+"><span class="number">([\d.]+)</span>', html)
        assert shown == [number] * bool(number)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("- [X](x.ipynb)", "không có tệp x.ipynb"),
        ("- [X](x.md)", "chương “X” phải dẫn tới một tệp .ipynb, không phải x.md"),
        ("- [X]()", "không phải chỗ trống"),
        ("- X", "“- X” không phải một chương"),
        ("1. [X](a.ipynb)", "không phải một chương"),
        ("<!-- [X](a.ipynb) -->", "không phải một chương"),
    ],
)
def test_any_other_line_is_refused(course, line, reason):
    course.add("a.ipynb")
    with open(course.notebooks / "SUMMARY.md", "a") as file:
        file.write(f"\n{line}\n")
    with pytest.raises(NotebookError, match=re.escape(reason)) as caught:
        summary.chapters(course.notebooks)
    assert "SUMMARY.md, dòng 3" in str(caught.value)
