from pathlib import Path

from authoring.translation.claims import check


def test_sweeping_sentences_are_listed_with_their_place(course):
    course.replace("The second text.", "It runs. It runs on `x`, on any machine.")
    (claim,) = check([course.path])
    place, said = "notebooks/a_vn.ipynb, ô 3 (id end), dòng 2", "It runs on [mã], on any machine."
    assert str(claim) == f"{place}: “any machine”: {said}"


def test_the_list_is_no_gate(course, capsys):
    course.replace("The second text.", "Everything runs.")
    assert course.run("claims") == 0
    assert course.run("claims", str(Path("notebooks/a_vn.ipynb"))) == 0
    assert capsys.readouterr().out.count("1 câu.") == 2
