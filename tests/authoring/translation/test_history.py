from authoring import notebook
from authoring.notebook import fingerprint, translated_from
from authoring.translation.history import last_accepted, stamped_before, texts, why_unknown
from tests.writing import markdown


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


def test_an_unknown_stamp_stands_for_the_newest_version_with_its_own(course):
    course.commit()
    course.replace("Văn bản thứ hai.", "Đoạn văn thứ hai.")
    course.commit()
    course.replace("The second text.", "The third text.")
    course.commit()
    halves = accepted(course, "Never written.")
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
    assert "not a git repository" in why_unknown(course.path)
    course.commit()
    assert last_accepted(course.path, "never", fingerprint("Never written.")) is None
    assert "không có phiên bản nào của tệp" in why_unknown(course.path)
    monkeypatch.setenv("PATH", "")
    assert accepted(course, ENGLISH) is None
    assert "hãy cài git" in why_unknown(course.path)


def test_a_shallow_clone_is_told_apart(course):
    course.commit()
    course.replace("The second text.", "The third text.")
    course.commit()
    course.git("clone", "--quiet", "--depth=1", course.folder.as_uri(), "shallow")
    course.path = "shallow" / course.path
    assert accepted(course, ENGLISH) is None
    assert "git fetch --unshallow" in why_unknown(course.path)
    course.git("-C", "shallow", "fetch", "--quiet", "--unshallow")
    assert accepted(course, ENGLISH) is not None


def stamps(course, *unlike, limit=-1):
    cells = [cell for cell in course.read().cells if cell.cell_type == "markdown"]
    before = stamped_before(texts(course.path, limit), course.read(), cells, unlike)
    return {cell_id: translated_from(cell) for cell_id, cell in before.items()}


def test_the_last_stamp_of_every_cell_is_found(course):
    expected = {"title": fingerprint_of(course, "title"), "end": fingerprint(ENGLISH)}
    assert stamps(course) == {}
    course.commit()
    assert stamps(course) == expected
    assert stamps(course, fingerprint(ENGLISH)) == {"title": expected["title"]}
    strip_stamps(course)
    course.commit()
    assert stamps(course) == expected
    assert stamps(course, limit=1) == {}


def test_the_last_stamp_is_found_by_the_text_of_a_cell_whose_id_is_gone(course):
    course.commit()
    strip_stamps(course)
    document = course.read()
    document.cells[2].id = "renamed"
    copy = markdown(document.cells[0].source, "copy")
    other = markdown("<!--\nAltogether new.\n-->\n\nMới tinh.", "other")
    document.cells += [copy, other]
    notebook.write(course.path, document)
    course.replace("The second text.", "The third text.")
    assert stamps(course).keys() == {"title", "renamed"}


def fingerprint_of(course, cell_id):
    return fingerprint(notebook.split(course.source(cell_id)).english)


def strip_stamps(course):
    document = course.read()
    for cell in document.cells:
        cell.metadata = {}
    notebook.write(course.path, document)
