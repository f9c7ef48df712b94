"""The page for those who teach: in the book, and where learners do not come upon it."""

import json
import re
import zipfile

import pytest

from authoring import TEACHING, notebook, workspace
from d2lutil.exercises import OPEN, all_exercises
from tests.course import FOLDER, sections

PAGE = "teaching_vn.html"


@pytest.fixture(scope="module")
def site(project):
    return project.site()


def menu(html):
    return re.findall(
        r'<a href="([^"]+)"', html.partition('<nav id="menu"')[2].partition("</nav>")[0]
    )


def test_it_stands_last_in_the_menu_and_warns_first(site):
    html = site[PAGE].decode()
    assert menu(html)[-2:] == [PAGE, "print.html"]
    article = html.partition('<article class="notebook">')[2]
    assert article.index("<strong>Cảnh báo.</strong>") < article.index("<h2")


def test_no_page_leads_learners_to_it(site):
    for name in (name.replace(".ipynb", ".html") for name in sections()):
        html = site[name].decode()
        assert html.count(PAGE) == 1, name  # in the menu
    assert re.search(f'rel="next"[^>]* href="{PAGE}"', site["glossary.html"].decode())


def test_what_it_says_is_found_by_no_search_and_kept_by_no_device(site):
    sections_known = site["assets/sections.js"].decode()
    assert "glossary.html" in sections_known
    for script in ("assets/sections.js", "assets/previews.js", "offline-worker.js"):
        assert "teaching" not in site[script].decode(), script
    assert f"en/{PAGE}" in site


def test_a_link_of_its_own_brings_no_preview(site):
    # The only link there is to the map stands on other pages too; this one leads to a part.
    address = "index_vn.html#sec_index_by_hand"
    assert address in site[PAGE].decode()
    assert json.dumps(address) not in site["assets/previews.js"].decode()


def test_learners_get_no_copy_of_it(tmp_path):
    workspace.refresh(FOLDER, tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*.ipynb")) == sorted(sections())


def texts():
    cells = notebook.read(FOLDER / TEACHING).cells
    return {cell.id: notebook.split(cell.source).vietnamese for cell in cells}


def test_each_lesson_has_a_plan_of_90_minutes_along_its_section():
    plans = [text for id, text in texts().items() if id.startswith("plan-")]
    assert len(plans) == len(sections())
    for plan, name in zip(plans, sections(), strict=True):
        minutes = re.findall(r"^\| (\d+) \| .+\]\((\w[\w-]+\.ipynb)#", plan, re.MULTILINE)
        assert sum(int(row[0]) for row in minutes) == 90, name
        assert {row[1] for row in minutes} == {name}


def test_each_exercise_of_the_course_has_its_misconceptions():
    told = [text for id, text in texts().items() if id.startswith("mistakes-")]
    for text, name in zip(told, sections(), strict=True):
        section = name.removesuffix("_vn.ipynb")
        ids = [id for id in (*all_exercises(), *OPEN) if id.startswith(f"{section}/")]
        numbers = re.findall(r"^- \*\*Bài (\d+)\.\*\* .*[?!.]”", text, re.MULTILINE)
        assert numbers == [str(number) for number in range(1, len(ids) + 1)], name


def test_each_discussion_is_answered_in_a_fold():
    talks = [text for id, text in texts().items() if id.startswith("talk-")]
    for text, name in zip(talks, sections(), strict=True):
        nb = notebook.read(FOLDER / name)
        halves = "\n\n".join(
            notebook.split(cell.source).vietnamese
            for cell in nb.cells
            if cell.cell_type == "markdown"
        )
        asked = halves.partition("\n## Thảo luận\n")[2].partition("**Đọc tiếp**")[0]
        asked = re.sub(r"<details>.*?</details>", "", asked, flags=re.DOTALL)
        items = re.findall(r"^(?:-|\d\.) (?!An:|Bình:|Chi:|Dũng:)", asked, re.MULTILINE)
        colleagues = "An: “" in asked
        folded = re.search(r"<details>(.*?)</details>", text, re.DOTALL)[1]
        answers = re.findall(r"^(?:-|\d\.) ", folded, re.MULTILINE)
        assert len(answers) == len(items) + colleagues, name


def test_files_for_a_class_are_without_it(course):
    course.add("index_vn.ipynb")
    course.add(TEACHING)
    for wish, name in (((), ""), (("solutions=no",), "-khong-loi-giai")):
        done = course.build("epub", *wish)
        assert (done.returncode, done.stderr) == (0, "")
        with zipfile.ZipFile(course.root / f"book/tinh-toan-hoc-sau{name}.epub") as book:
            assert ("book/teaching_vn.xhtml" in book.namelist()) != bool(wish)
            assert ("teaching_vn.xhtml" in book.read("book/nav.xhtml").decode()) != bool(wish)
