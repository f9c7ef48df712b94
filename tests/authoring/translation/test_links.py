import pytest

from authoring import notebook
from authoring.translation.links import check
from tests.writing import markdown, write


def reasons(folder, *sources: str) -> list[str]:
    path = folder / "a_vn.ipynb"
    write(path, *(markdown(source, f"cell-{n}") for n, source in enumerate(sources)))
    write(folder / "b_vn.ipynb", markdown('<a id="sec_b"></a>\n\n# B'))
    return [finding.reason for finding in check({path: notebook.read(path)})]


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("#sec_x", "a_vn.ipynb không có neo “sec_x”"),
        ("b_vn.ipynb#sec_x", "b_vn.ipynb không có neo “sec_x”"),
        ("c_vn.ipynb", "không có tệp c_vn.ipynb"),
    ],
)
def test_a_link_to_nothing_is_told(tmp_path, link, reason):
    assert reasons(tmp_path, f"[Đây]({link})") == [f"liên kết “[Đây]({link})”: {reason}"]


def test_links_that_lead_somewhere_pass(tmp_path):
    source = '<a id="sec_a"></a>\n\n[a](#sec_a) [b](b_vn.ipynb) [c](b_vn.ipynb#sec_b) ![d](d.png)'
    assert reasons(tmp_path, f"{source} [e](https://example.org/#x) `[f](#g)`") == []


def test_an_anchor_given_twice_is_told_at_the_second_place(tmp_path):
    anchor = '<a id="sec_a"></a>'
    assert reasons(tmp_path, anchor, anchor) == ["neo “sec_a” đã có ở trên"]


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("[Mục 1](#sec_one)", []),
        ("[Mục 1.2](#sec_two)", []),
        ("[Section 2](b_vn.ipynb#sec_b)", []),
        ("[Mục 1](b_vn.ipynb)", ["Mục 1"]),
        ("[Mục 1.1](#sec_two)", ["Mục 1.1"]),
        ("[Section 1.3](#sec_one)", ["Mục 1.3"]),
    ],
)
def test_a_link_leads_to_the_section_that_it_names(tmp_path, link, wrong):
    (tmp_path / "SUMMARY.md").write_text("- [A](a_vn.ipynb)\n- [B](b_vn.ipynb)\n", "utf-8")
    sections = [
        "# A",
        "```python\n## no section\n```",
        '<a id="sec_one"></a>\n\n## Một',
        '<a id="sec_two"></a>\n\n## Hai',
    ]
    told = reasons(tmp_path, "\n\n".join(sections), link)
    assert told == [f"liên kết “{link}”: ở đó không phải {name}" for name in wrong]


@pytest.mark.parametrize(
    ("link", "right"),
    [
        ("[1. A](#sec_a)", True),
        ("[Mục 1.1. Một tầng](#sec_one)", True),
        ("[Mục 2. B](b_vn.ipynb#sec_b)", True),
        ("[Mục 2. B](b_vn.ipynb)", True),
        ("[1.1. Hai tầng](#sec_one)", False),
        ("[Mục 2. Một tầng](b_vn.ipynb#sec_b)", False),
    ],
)
def test_a_link_that_numbers_a_title_has_the_title_that_is_there(tmp_path, link, right):
    (tmp_path / "SUMMARY.md").write_text("- [A](a_vn.ipynb)\n- [B](b_vn.ipynb)\n", "utf-8")
    anchor = '<a id="sec_a"></a>'
    one = '<a id="sec_one"></a>\n\n## Một tầng'
    sections = f"<!--\n# A\n-->\n\n{anchor}\n\n# A\n\n{one}"
    told = reasons(tmp_path, sections, f"<!--\n[1. One](#sec_a)\n-->\n\n{link}")
    title = "Một tầng" if "#sec_one" in link else "B"
    assert told == ([] if right else [f"liên kết “{link}”: tiêu đề ở đó là “{title}”"])


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("Hình 1.1", True),
        ("Bảng 1.1", True),
        ("công thức (1.1)", True),
        ("Mục 1.1", True),
        ("Mục 2", True),
        ("Hình 1.2", False),
        ("Bảng 2.1", False),
        ("công thức (1.2)", False),
        ("Mục 1.2", False),
        ("Mục 3", False),
    ],
)
def test_a_quoted_number_must_be_there(tmp_path, said, right):
    (tmp_path / "SUMMARY.md").write_text("- [A](a_vn.ipynb)\n- [B](b_vn.ipynb)\n", "utf-8")
    things = ["## Một", "![Một](a.png)", "| a |\n|---|\n| b |", "$$x$$", f"Xem {said}."]
    told = reasons(tmp_path, "<!--\nOne.\n-->\n\n# A\n\n" + "\n\n".join(things))
    assert told == ([] if right else [f"“{said}”: khóa học không có số này"])
