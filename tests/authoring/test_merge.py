"""Merging is tried on hundreds of random pairs of edits, of the course and of a reader."""

from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import v4

from authoring import notebook
from authoring.merge import merge
from tests.writing import code, markdown

# Few ids and few texts, so that both sides often meet in one cell.
IDS = st.sampled_from("abcdef")
TEXTS = st.sampled_from(["", "một", "hai", "x = 1", "'```'"])
CELLS = st.builds(
    lambda kind, text, id: kind(text, id=id), st.sampled_from([code, markdown]), TEXTS, IDS
)
OUTPUT = v4.new_output("stream", text="của tôi")


def changed(draw, cells, new_ids):
    """Return the cells after a few steps of one person."""
    cells = deepcopy(cells)
    for _ in range(draw(st.integers(0, 5))):
        step = draw(st.sampled_from(["edit", "add", "delete", "move", "tag"]))
        at, to = draw(st.integers(0, len(cells))), draw(st.integers(0, len(cells)))
        if step == "add":
            cell = draw(CELLS)
            cell.id = draw(st.sampled_from(new_ids))
            if cell.id not in {other.id for other in cells}:
                cells.insert(at, cell)
        elif at < len(cells):
            if step == "edit":
                cells[at].source = draw(TEXTS)
            elif step == "tag":
                cells[at].metadata = {"tags": [draw(IDS)]}
            elif step == "move":
                cells.insert(to, cells.pop(at))
            else:
                del cells[at]
    return cells


@st.composite
def stories(draw):
    """What a reader was given, what they made of it, and the course's next two versions."""
    first = draw(st.lists(CELLS, max_size=6, unique_by=lambda cell: cell.id))
    mine = changed(draw, first, ["a", "g", "mine-1", "mine-2"])
    for cell in mine:
        if cell.cell_type == "code" and draw(st.booleans()):
            cell.outputs, cell.execution_count = [OUTPUT], 7
    second = changed(draw, first, "abcdefgh")
    third = changed(draw, second, "abcdefgh")
    return tuple(read_back(v4.new_notebook(cells=c)) for c in (first, mine, second, third))


def read_back(nb):
    return notebook.loads(notebook.dumps(nb))


def by_id(nb):
    return {cell.id: cell for cell in nb.cells}


def text(cell):
    return cell and (cell.cell_type, cell.source)


def is_note(cell):
    return cell.source.startswith("> **Khóa học ")


def keeps_order(cells, result):
    common = [id for id in cells if id in result]
    return common == [id for id in result if id in cells]


def checked(first, mine, course):
    """Merge, and compare with everything that a merge promises."""
    merged, noted = merge(first, mine, course)
    old, own, new, got = map(by_id, (first, mine, course, merged))
    assert read_back(merged) == merged  # valid too, with ids that differ
    for id, cell in own.items():
        before, after = text(old.get(id)), text(new.get(id))
        if text(cell) != before and not is_note(cell):
            assert (text(got[id]), got[id].get("outputs")) == (text(cell), cell.get("outputs"))
            if after not in (before, text(cell)):
                notes = [c.source for c in merged.cells if is_note(c)]
                assert any((after or ("", "đã bỏ ô"))[1] in note for note in notes)
        elif text(cell) == before == after:
            assert got[id].get("outputs") == cell.get("outputs")
        elif text(cell) == before:
            assert got.get(id) == new.get(id)
    for id in noted:
        assert is_note(merged.cells[list(got).index(id) + 1])
    assert all(got[id] == new[id] for id in new if id not in own and id not in old)
    assert not any(id in got for id in old if id not in own)
    assert keeps_order(own, got) or keeps_order(new, got)
    for again in (first, course):
        assert merge(again, merged, course) == (merged, [])
    return merged


@settings(max_examples=400, deadline=None, derandomize=True)
@given(stories())
def test_nothing_of_the_reader_is_lost_and_merging_again_changes_nothing(story):
    first, mine, second, third = story
    checked(second, checked(first, mine, second), third)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(stories())
def test_an_untouched_notebook_becomes_the_courses(story):
    first, mine, second, _ = story
    assert merge(first, first, second) == (second, [])
    assert merge(first, mine, first) == (mine, [])


def versions(*answers):
    return [v4.new_notebook(cells=[code(answer, id="answer")]) for answer in answers]


def test_a_note_about_an_older_version_gives_way_unless_the_reader_wrote_in_it():
    first, mine, second, third = versions("...", "7", "'```'", "None")
    with_note, noted = merge(first, mine, second)
    assert noted == ["answer"]
    _, note = with_note.cells
    assert note.source.endswith("\n\n````python\n'```'\n````")
    _, newer = merge(second, with_note, third)[0].cells
    assert newer.source.endswith("\n\n```python\nNone\n```")
    note.source += "\n\nĐã xem."
    _, newer, older = merge(second, with_note, third)[0].cells
    assert (newer.source.endswith("None\n```"), older) == (True, note)


def test_a_cell_that_the_course_removes_stays_where_the_reader_answered():
    first, mine = versions("...", "7")
    merged, noted = merge(first, mine, v4.new_notebook(cells=[]))
    assert noted == ["answer"]
    assert merged.cells[0] == mine.cells[0]
    assert merged.cells[1].source.startswith("> **Khóa học đã bỏ ô ngay trên đây.**")
