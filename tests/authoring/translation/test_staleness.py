import pytest

from authoring import notebook
from authoring.notebook import named_cells, split, translated_from
from authoring.translation import staleness
from authoring.translation.staleness import Refused
from tests.writing import markdown


def end(course):
    """The cell that the tests change, with its halves."""
    document = course.read()
    cell = document.cells[-1]
    return document, cell, split(cell.source)


def check(course):
    _, cell, halves = end(course)
    return staleness.check(course.path, cell, halves)


def doubt(course):
    finding = staleness.doubt(course.path, *end(course))
    return finding.reason if finding else ""


def accept(course, because=None):
    assert bool(doubt(course)) == bool(because)
    document, cell, halves = end(course)
    staleness.accept(cell, halves)
    if because:
        staleness.answer(cell, [staleness.STALE], because)
    notebook.write(course.path, document)


def stamp_by_hand(course):
    document, cell, halves = end(course)
    cell.metadata["d2l"]["english"] = notebook.fingerprint(halves.english)
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
    assert finding.reason.endswith("    The [-second-] {+second, longer+} text. It ends")


def test_without_history_the_change_cannot_be_shown_and_it_says_so(course):
    course.replace("The second text.", "The second, longer text.")
    assert "không rõ đổi gì: git không đọc được" in check(course).reason


def test_changed_back_it_is_current_again(course):
    course.replace("The second text.", "The third text.")
    course.replace("The third text.", "The second text.")
    assert check(course) is None


def test_a_stale_cell_is_refused_until_its_vietnamese_changes(course):
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    assert "chưa đổi chữ nào" in (reason := doubt(course))
    assert "The [-second-] {+second, longer+} text." in reason
    assert "Tiếng Việt:\n    (không đổi)" in reason
    assert "accept notebooks/a_vn.ipynb end --because" in reason
    assert check(course) is not None
    course.replace("Văn bản thứ hai.", "Văn bản thứ hai, dài hơn.")
    accept(course)
    assert check(course) is None


def test_a_change_made_before_the_english_changed_does_not_count(course):
    course.commit()
    course.replace("Văn bản thứ hai.", "Đoạn thứ hai.")
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    assert "chưa đổi chữ nào" in doubt(course)


@pytest.mark.parametrize(
    "touched",
    [
        "Văn bản\nthứ hai.",
        "Văn bản, thứ hai!",
        "**Văn bản** thứ *hai*.",
        "VĂN BẢN thứ hai.",
        "Văn bản `thứ` hai.",
        "Văn&nbsp;bản thứ hai.",
        "Văn bản thứ hai\\.",
        '<a id="sec_new"></a>\n\nVăn bản thứ hai.',
        "Văn bản thứ hai.\n\n[nobody]: https://example.org",
    ],
)
def test_touching_all_but_the_words_is_no_change_of_the_vietnamese(course, touched):
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    course.replace("Văn bản thứ hai.", touched)
    assert "chưa đổi chữ nào" in doubt(course)


def test_what_was_copied_from_the_english_is_no_change_of_the_vietnamese(course):
    course.commit()
    course.replace("The second text.", "The second, longer text `x`.")
    course.replace("Văn bản thứ hai.", "Văn bản thứ hai `x`.")
    assert "chưa đổi chữ nào" in doubt(course)


def test_where_no_word_of_the_english_needs_a_translation_nothing_is_asked(course):
    course.commit()
    course.replace("The second text.", "The second text: `Dense`!")
    course.replace("Văn bản thứ hai.", "Văn bản thứ hai: `Dense`!")
    accept(course)
    assert check(course) is None


LONGER = "The second text, which nobody had read before, now has a whole new sentence."


def test_it_asks_again_where_the_english_changed_much_and_the_vietnamese_hardly(course):
    course.replace("Nó kết thúc ở đây.", "Nó kết thúc ở đây, " + "một hai ba bốn " * 5)
    course.commit()
    course.replace("The second text.", LONGER)
    course.replace("Văn bản thứ hai.", "Văn bản thứ nhì.")
    assert "tiếng Anh đổi 48% số chữ mà tiếng Việt chỉ đổi 3%\n" in (reason := doubt(course))
    assert "Văn bản thứ [-hai.-] {+nhì.+} Nó kết thúc" in reason
    course.replace("thứ nhì.", "thứ nhì, trước đây chưa ai đọc, nay có thêm hẳn một câu mới.")
    accept(course)
    assert check(course) is None


def test_a_word_in_a_long_text_is_not_told_as_no_change(course):
    course.replace("Nó kết thúc ở đây.", "một hai ba bốn " * 60)
    course.commit()
    course.replace("The second text.", LONGER)
    course.replace("Văn bản thứ hai.", "Văn bản thứ nhì.")
    assert "tiếng Việt chỉ đổi dưới 1%\n" in doubt(course)


def test_far_changes_are_shown_apart(course):
    course.replace("It ends here.", "one two three four five six seven eight It ends.")
    stamp_by_hand(course)
    course.commit()
    course.replace("second", "third")
    course.replace("It ends.", "It stops.")
    assert "The [-second-] {+third+} text. one two\n" in (reason := check(course).reason)
    assert reason.endswith("    seven eight It [-ends.-] {+stops.+}")


def test_without_history_only_a_reason_helps(course):
    course.replace("The second text.", "The second, longer text.")
    course.replace("Văn bản thứ hai.", "Đoạn thứ hai.")
    assert "không so được với bản đã dịch (git không đọc được" in doubt(course)
    accept(course, because="chỉ thêm một từ đệm")
    assert check(course) is None
    assert staleness.answers(end(course)[1]) == {"stale": "chỉ thêm một từ đệm"}


def test_a_reason_is_of_one_change_and_goes_with_the_next_translation(course):
    course.commit()
    course.replace("The second text.", "The 2nd text.")
    accept(course, because="cách viết số")
    course.commit()
    course.replace("The 2nd text.", "The last text.")
    course.replace("thứ hai", "cuối cùng")
    accept(course)
    assert "answers" not in end(course)[1].metadata["d2l"]


@pytest.mark.parametrize("renamed", [False, True])
def test_what_was_accepted_between_two_commits_is_held_against_the_first(course, renamed):
    course.commit()
    if renamed:
        rename(course)
    course.replace("The second text.", "The third text.")
    course.replace("Văn bản thứ hai.", "Văn bản thứ ba.")
    accept(course)
    course.replace("The third text.", "The fourth text.")
    assert "bản tiếng Anh khác bản đã được xác nhận" in check(course).reason
    course.replace("Văn bản thứ ba.", "Văn bản thứ hai.")
    assert "[-second-] {+fourth+}" in doubt(course)
    course.replace("Văn bản thứ hai.", "Văn bản thứ tư.")
    accept(course)
    course.replace("The fourth text.", "The second text.")
    course.replace("Văn bản thứ tư.", "Văn bản thứ hai.")
    assert check(course).reason.endswith("(không đổi)") or renamed
    accept(course)
    assert check(course) is None


def test_a_stamp_that_never_was_does_not_hide_a_change_that_was_committed(course):
    course.commit()
    course.replace("The second text.", "The third text.")
    course.commit()
    document, cell, _ = end(course)
    cell.metadata["d2l"]["english"] = "0" * 64
    notebook.write(course.path, document)
    assert "[-second-] {+third+}" in doubt(course)


def test_answers_are_read_whatever_stands_there_and_kept_beside_others(course):
    _, cell, _ = end(course)
    for wrong in ([], {"answers": 1}, {"answers": {"x": 2}}):
        cell.metadata["d2l"] = wrong
        assert staleness.answers(cell) == {}
    staleness.answer(cell, ["a", "b"], "because")
    staleness.answer(cell, ["b", "c"], "so")
    staleness.answer(cell, ["a"], None)
    assert staleness.answers(cell) == {"b": "so", "c": "so"}
    cell.metadata["d2l"] = []
    with pytest.raises(Refused, match="siêu dữ liệu"):
        staleness.answer(cell, ["a"], "because")


def check_stamps(course):
    return [str(finding) for finding in staleness.check_stamps(course.path, course.read())]


def rename(course):
    document, cell, _ = end(course)
    cell.id = "renamed"
    notebook.write(course.path, document)


def test_a_stamp_written_by_hand_is_noticed_before_and_after_its_commit(course):
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    stamp_by_hand(course)
    assert check(course) is None
    for _ in range(2):
        (said,) = check_stamps(course)
        assert said.startswith("notebooks/a_vn.ipynb, ô 3 (id end), dòng 2: có dấu xác nhận mới, ")
        assert "bản tiếng Việt chưa đổi chữ nào" in said
        assert "chưa đổi chữ nào" in doubt(course)
        course.commit()
    accept(course, because="chỉ thêm một từ đệm")
    assert check_stamps(course) == []


def test_it_is_noticed_in_a_renamed_cell_and_beside_an_old_reason(course):
    document, cell, _ = end(course)
    staleness.answer(cell, [staleness.STALE], "lý do cũ")
    notebook.write(course.path, document)
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    stamp_by_hand(course)
    rename(course)
    assert len(check_stamps(course)) == 1


def test_stamps_given_by_accept_are_no_finding_whatever_was_committed_between(course):
    assert check_stamps(course) == []
    course.commit()
    assert check_stamps(course) == []
    course.replace("The second text.", "The second, longer text.")
    course.commit()  # stale
    course.replace("Văn bản thứ hai.", "Văn bản thứ hai, dài hơn.")
    course.commit()
    accept(course)
    assert check_stamps(course) == []
    course.commit()
    assert check_stamps(course) == []
    course.replace("longer", "far longer")
    accept(course, because="mức độ không quan trọng")
    assert check_stamps(course) == []
    course.commit()
    assert check_stamps(course) == []


def test_a_renamed_cell_gets_its_lost_stamp_back_and_a_new_one_gets_none(course):
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    rename(course)
    document = course.read()
    document.cells[2].metadata = {}
    document.cells.append(markdown("<!--\nNew words here.\n-->\n\nChữ mới tinh.", "new"))
    assert staleness.restore_lost_stamps(course.path, document) == ["renamed"]
    _, cell = list(named_cells(document, "markdown"))[1]
    assert staleness.state(cell, split(cell.source)) == staleness.STALE


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
        staleness.accept(cell, halves)
        assert staleness.state(cell, halves) == staleness.CURRENT
    else:
        with pytest.raises(Refused, match="siêu dữ liệu"):
            staleness.accept(cell, halves)


def test_other_metadata_stays(course):
    _, cell, halves = end(course)
    cell.metadata = {"tags": ["a"], "d2l": {"note": 1}}
    staleness.accept(cell, halves)
    assert cell.metadata["tags"] == ["a"]
    assert cell.metadata["d2l"]["note"] == 1
