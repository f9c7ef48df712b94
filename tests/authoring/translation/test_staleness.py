import pytest

from authoring import notebook
from authoring.notebook import named_cells, split, translated_from
from authoring.translation import staleness
from authoring.translation.staleness import Refused


def end(course):
    """The cell that the tests change, with its halves."""
    document = course.read()
    ((_, cell),) = [(name, cell) for name, cell in named_cells(document) if cell.id == "end"]
    return document, cell, split(cell.source)


def check(course):
    _, cell, halves = end(course)
    return staleness.check(course.path, cell, halves)


def accept(course, **options):
    document, cell, halves = end(course)
    staleness.accept(course.path, cell, halves, **options)
    notebook.write(course.path, document)


def test_a_stamped_cell_is_current_and_rewrapping_keeps_it_so(course):
    _, cell, halves = end(course)
    assert staleness.state(cell, halves) == staleness.CURRENT
    course.replace("The second text.", "The\nsecond   text.")
    assert check(course) is None


def test_changed_vietnamese_leaves_it_current(course):
    course.replace("Văn bản thứ hai.", "Đoạn thứ hai.")
    assert check(course) is None


def test_changed_english_makes_it_stale_and_the_change_is_shown(course):
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    finding = check(course)
    assert finding.rule == "stale"
    assert finding.line == 2
    assert "accept notebooks/a_vn.ipynb end" in finding.reason
    assert "  -The second text.\n  +The second, longer text." in finding.reason
    assert "It ends here." not in finding.reason


def test_without_history_the_change_cannot_be_shown_and_it_says_so(course):
    course.replace("The second text.", "The second, longer text.")
    assert "không tìm thấy bản tiếng Anh cũ trong lịch sử git" in check(course).reason


def test_changed_back_it_is_current_again(course):
    course.replace("The second text.", "The third text.")
    course.replace("The third text.", "The second text.")
    assert check(course) is None


def test_a_stale_cell_is_refused_until_its_vietnamese_changes(course):
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    with pytest.raises(Refused, match="chưa thay đổi") as refused:
        accept(course)
    assert "+The second, longer text." in str(refused.value)
    assert "accept notebooks/a_vn.ipynb end --still-holds" in str(refused.value)
    assert check(course) is not None
    course.replace("Văn bản thứ hai.", "Văn bản thứ hai, dài hơn.")
    accept(course)
    assert check(course) is None


def test_a_change_made_before_the_english_changed_does_not_count(course):
    course.commit()
    course.replace("Văn bản thứ hai.", "Đoạn thứ hai.")
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    with pytest.raises(Refused, match="chưa thay đổi"):
        accept(course)


def test_spacing_alone_is_no_change_of_the_vietnamese(course):
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    course.replace("Văn bản thứ hai.", "Văn bản\nthứ hai.")
    with pytest.raises(Refused):
        accept(course)


def test_without_history_only_the_statement_helps(course):
    course.replace("The second text.", "The second, longer text.")
    course.replace("Văn bản thứ hai.", "Đoạn thứ hai.")
    with pytest.raises(Refused, match="không biết"):
        accept(course)
    accept(course, still_holds=True)
    assert check(course) is None


def test_a_stale_cell_committed_as_stale_can_be_mended_later(course):
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    course.commit()
    assert check(course) is not None
    course.replace("Văn bản thứ hai.", "Văn bản thứ hai, dài hơn.")
    course.commit()
    accept(course)
    assert check(course) is None


@pytest.mark.parametrize("stamp", [{}, {"english": 3}, None, [], "x"])
def test_without_a_usable_stamp_the_cell_is_missing_one(course, stamp):
    _, cell, halves = end(course)
    cell.metadata["d2l"] = stamp
    assert translated_from(cell) is None
    assert staleness.state(cell, halves) == staleness.MISSING
    if isinstance(stamp, dict):
        staleness.accept(course.path, cell, halves)
        assert staleness.state(cell, halves) == staleness.CURRENT
    else:
        with pytest.raises(Refused, match="siêu dữ liệu"):
            staleness.accept(course.path, cell, halves)


def test_other_metadata_stays(course):
    _, cell, halves = end(course)
    cell.metadata = {"tags": ["a"], "d2l": {"note": 1}}
    staleness.accept(course.path, cell, halves)
    assert cell.metadata["tags"] == ["a"]
    assert cell.metadata["d2l"]["note"] == 1
