from authoring import notebook
from authoring.notebook import fingerprint
from authoring.translation.history import last_accepted, last_stamps


def accepted(course, english):
    return last_accepted(course.path, "end", fingerprint(english))


ENGLISH = "The second text.\n\nIt ends here."


def test_the_newest_version_with_that_english_is_found(course):
    course.commit()
    course.replace("Văn bản thứ hai.", "Đoạn văn thứ hai.")
    course.commit()
    course.replace("The second text.", "The second, longer text.")
    course.commit()
    halves = accepted(course, ENGLISH)
    assert halves.english == ENGLISH
    assert halves.vietnamese.startswith("Đoạn văn thứ hai.")


def test_it_is_found_through_a_renamed_file_and_cell(course):
    course.commit()
    course.git("mv", "notebooks/a_vn.ipynb", "notebooks/c_vn.ipynb")
    course.commit()
    course.path = course.path.with_name("c_vn.ipynb")
    document = course.read()
    document.cells[2].id = "other"
    notebook.write(course.path, document)
    course.replace("The second text.", "The third text.")
    course.commit()
    assert accepted(course, ENGLISH).english == ENGLISH


def test_a_broken_version_in_between_is_passed_over(course):
    course.commit()
    good = course.path.read_bytes()
    course.path.write_bytes(b"{")
    course.commit()
    course.path.unlink()
    course.commit()
    course.path.write_bytes(good.replace(b"The second text.", b"The third text."))
    course.commit()
    assert accepted(course, ENGLISH).english == ENGLISH


def test_names_with_vietnamese_letters_and_spaces_work(course):
    path = course.path.with_name("tầng và khối_vn.ipynb")
    course.path.rename(path)
    course.path = path
    course.commit()
    assert accepted(course, ENGLISH) is not None


def test_nothing_is_known_without_a_repository_or_a_matching_version(course, monkeypatch):
    assert accepted(course, ENGLISH) is None
    course.commit()
    assert accepted(course, "Never written.") is None
    monkeypatch.setenv("PATH", "")
    assert accepted(course, ENGLISH) is None


def test_the_last_stamp_of_every_cell_is_found(course):
    stamps = {"title": fingerprint_of(course, "title"), "end": fingerprint(ENGLISH)}
    assert last_stamps(course.path) == {}
    course.commit()
    assert last_stamps(course.path) == stamps
    strip_stamps(course)
    course.commit()
    assert last_stamps(course.path) == stamps


def fingerprint_of(course, cell_id):
    return fingerprint(notebook.split(course.source(cell_id)).english)


def strip_stamps(course):
    document = course.read()
    for cell in document.cells:
        cell.metadata = {}
    notebook.write(course.path, document)
