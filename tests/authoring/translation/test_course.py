import tomllib
from pathlib import Path

import pytest

from authoring import notebook
from authoring.glossary import GLOSSARY_FILE, toml_file
from authoring.notebook import split
from authoring.notebook_error import NotebookError
from authoring.translation import course as course_module
from authoring.translation.lint import lint_source
from tests.writing import markdown

HERE = Path(__file__).parent
OURS = toml_file.load(HERE.parents[2] / "notebooks" / GLOSSARY_FILE)


def pairs(name: str) -> list[dict[str, str]]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))["pair"]


def judge(english: str, vietnamese: str, answers: dict[str, str] | None = None):
    cell = markdown(f"<!--\n{english}\n-->\n\n{vietnamese}")
    cell.metadata["d2l"] = {"answers": answers or {}}
    return [
        *lint_source(cell.source),
        *course_module.judge(cell, split(cell.source), OURS),
    ]


@pytest.mark.parametrize("pair", pairs("faulty_pairs.toml"), ids=lambda pair: pair["kind"])
def test_planted_drift_is_found_and_its_absence_is_not(pair):
    rules = [finding.rule for finding in judge(pair["english"], pair["text"])]
    assert pair["rule"] in rules
    assert judge(pair["english"], pair["right"]) == []


@pytest.mark.parametrize("pair", pairs("correct_pairs.toml"), ids=lambda pair: pair["kind"])
def test_a_right_translation_passes_or_is_asked_and_then_passes(pair):
    asked = judge(pair["english"], pair["text"])
    assert sorted({finding.rule for finding in asked}) == pair.get("asks", [])
    answers = {finding.key: "Đúng là thế." for finding in asked if finding.question}
    assert judge(pair["english"], pair["text"], answers) == []


def test_an_answer_to_nothing_is_told():
    (finding,) = judge("It is so.", "Nó thế.", {"meaning: phủ định, Nó không thế.": "Vì thế."})
    assert finding.rule == "answer"
    assert "“meaning: phủ định, Nó không thế.” không còn ứng với câu hỏi nào" in finding.reason


def test_an_answer_is_of_one_paragraph():
    english, vietnamese = "Press any key.\n\nPress a key.", "Bấm phím nào cũng được.\n\nBấm phím."
    asked = judge(english, vietnamese)
    assert [finding.rule for finding in asked] == ["term"]
    answers = {asked[0].key: "Phím của bàn phím."}
    assert judge(english, vietnamese, answers) == []
    (finding, unasked) = judge(english, vietnamese.replace("nào cũng", "gì cũng"), answers)
    assert (finding.rule, unasked.rule) == ("term", "answer")


def test_messages_name_what_stands_for_code():
    (finding,) = judge("Call `a`.", "Không gọi `a`.")
    assert "“Call [mã].”" in finding.reason
    (finding,) = judge("Call it.", "Gọi `\u202ea` nó.")[1:]
    assert "[U+202E]a" in finding.reason


def check(course):
    return course_module.check([course.path], course.path.with_name("glossary.toml"))


def test_the_small_course_is_clean(course):
    assert check(course) == []


def test_every_check_is_run_and_every_finding_has_its_place(course):
    course.commit()
    course.replace("The second text.", "Another text.")
    course.replace("Nó kết thúc ở đây.", "Nó kêt thúc  ở đây\u200b, `x`.")
    course.replace("Một tầng có", "Một lớp có")
    findings = check(course)
    rules = ["forbidden", "invisible", "stale", "code", "double-space", "syllable"]
    assert [finding.rule for finding in findings] == rules
    assert all(str(finding).startswith("notebooks/a_vn.ipynb, ô ") for finding in findings)
    assert all(finding.line for finding in findings)


def test_a_fault_that_occurs_twice_on_a_line_is_told_once(course):
    course.replace("Văn bản thứ hai.", "Văn  bản  thứ hai.")
    assert len(check(course)) == 1


def test_decomposed_text_is_told_once_not_as_impossible_words(course):
    course.replace("Văn bản", "Va\u0306n ba\u0309n")
    assert [finding.rule for finding in check(course)] == ["nfc"]


def test_code_cells_are_checked_for_their_characters_only(course):
    course.replace("1 + 1", "layer = 'lớp  hoá'")
    assert check(course) == []
    course.replace("layer =", "layer\u00a0=")
    (finding,) = check(course)
    assert (finding.rule, finding.cell) == ("invisible", "ô 2 (id code)")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("Chỉ tiếng Việt.", "phải bắt đầu bằng bản tiếng Anh"),
        ("<!-- One -->", "thiếu bản tiếng Việt"),
        ("<!-- -->\n\nMột.", "bản tiếng Anh trống"),
        ("<!-- One\n\nMột.", "không có dấu đóng"),
        ("<!-- One <!-- two --> -->\n\nMột.", "chú thích lồng"),
        ("<!-- One -->\n\nMột. <!-- Two -->", "thừa sau bản tiếng Anh"),
    ],
)
def test_a_cell_that_is_no_pair_is_named(course, source, reason):
    document = course.read()
    document.cells[2].source = source
    notebook.write(course.path, document)
    (finding,) = check(course)
    assert finding.rule == "pair"
    assert reason in finding.reason
    assert finding.cell == "ô 3 (id end)"
    assert finding.line


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data.replace(b"\n", b"\r\n"), "dòng 1: xuống dòng kiểu Windows"),
        (lambda data: data.replace(b"\n ", b"\n  "), "dòng 2: không ở dạng JSON mà Jupyter"),
        (lambda data: data.replace("ă".encode(), b"\\u0103"), "không ở dạng JSON mà Jupyter"),
        (lambda data: data.rstrip(), "không ở dạng JSON mà Jupyter"),
        (lambda data: data.replace(b'"cells"', b'"cells": [],\n "cells"'), "không ở dạng JSON"),
        (lambda data: b"\xef\xbb\xbf" + data, "BOM"),
        (lambda data: data.replace("ă".encode(), b"\xc4"), "không phải UTF-8"),
    ],
)
def test_a_file_that_could_not_be_written_back_as_it_was_is_refused(course, change, reason):
    course.path.write_bytes(change(course.path.read_bytes()))
    (finding,) = check(course)
    assert finding.rule == "file"
    assert reason in str(finding)
    with pytest.raises(NotebookError):
        course_module.load(course.path)


def test_the_glossary_is_held_to_the_rules_of_typography(course):
    path = course.path.with_name("glossary.toml")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Đơn vị nhỏ nhất", "Đơn vị  nhỏ nhât"), encoding="utf-8")
    findings = check(course)
    assert [finding.rule for finding in findings] == ["double-space", "syllable"]
    assert str(findings[0]).startswith("notebooks/glossary.toml: mục “neuron”: ")


def test_a_faulty_glossary_is_the_only_finding(course):
    path = course.path.with_name("glossary.toml")
    path.write_text("x = 1", encoding="utf-8")
    course.replace("Một tầng có", "Một lớp có")
    assert [finding.rule for finding in check(course)] == ["glossary"]


def test_status_counts_by_state(course):
    document = course.read()
    document.cells[2].metadata = {}
    notebook.write(course.path, document)
    course.replace("A layer has", "A new layer has")
    status = course_module.status(course.path)
    assert (status.current, status.stale, status.missing) == (0, 1, 1)


def test_a_cell_that_is_no_pair_counts_as_missing(course):
    document = course.read()
    document.cells[2].source = "Một."
    notebook.write(course.path, document)
    status = course_module.status(course.path)
    assert (status.current, status.stale, status.missing) == (1, 0, 1)


def test_notebooks_are_listed_without_hidden_files(course):
    folder = course.path.parent
    for name in ("c_vn.ipynb", ".b_vn.ipynb", "b.txt"):
        (folder / name).write_text("{}", encoding="utf-8")
    (folder / ".ipynb_checkpoints").mkdir()
    assert [path.name for path in course_module.notebooks(folder)] == ["a_vn.ipynb", "c_vn.ipynb"]


@pytest.mark.parametrize("entity", ["&#xE000;", "&#xE001;", "&nbsp;", "&#8203;", "&#x430;"])
def test_no_entity_brings_a_letter_that_may_not_stand_there(entity):
    rules = {finding.rule for finding in judge("It is.", f"Nó{entity}là.")}
    assert rules & {"invisible", "homoglyph"}


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [("# Tầng", "## Tầng", 0), ("# Tầng", "Tầng.", 0), ("Nó kết thúc ở đây.", "# Hết", 2)],
)
def test_a_notebook_begins_with_its_one_title(course, old, new, count):
    course.replace(old, new)
    told = [str(finding) for finding in check(course) if finding.rule == "title"]
    wanted = "phải mở đầu bằng đúng một tiêu đề lớn (# …), ở đây có"
    assert told == [f"{course.path}: {wanted} {count}"]
