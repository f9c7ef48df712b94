import re

import pytest

from authoring.glossary.toml_file import GlossaryError, load
from tests.authoring.translation.conftest import GLOSSARY

ENTRY = '[[term]]\nterm = "a"\nvi = "một"\ndefinition = "Một."\n'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "glossary.toml"


def refused(path, text: str | bytes) -> list[str]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(GlossaryError) as error:
        load(path)
    assert all(finding.path == path for finding in error.value.findings)
    return [str(finding) for finding in error.value.findings]


def test_a_good_glossary_is_read(path):
    path.write_text(GLOSSARY, encoding="utf-8")
    glossary = load(path)
    assert [term.term for term in glossary.terms] == ["layer", "class", "instance", "neuron"]
    assert glossary.terms[0].forbidden == ("lớp",)
    assert glossary.names == ("Gluon",)
    assert glossary.english_exceptions == ("for instance",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"\xff", "không phải UTF-8: byte 0xff"),
        (b"\xef\xbb\xbfnames = []", "BOM"),
        ("x = ?", "không phải TOML.*line 1"),
        ("x = 1", "khóa lạ “x”"),
        ("term = 1", "“term” phải là các mục"),
        ("term = [1]", "“term” phải là các mục"),
        ("names = 1", "“names” phải là một danh sách"),
        ("names = [1]", "“names” phải là chuỗi"),
        (ENTRY + 'vn = "x"', "dòng 1: khóa lạ “vn”: chỉ có .*vi"),
        (ENTRY.replace('vi = "một"\n', ""), "dòng 1: thiếu “vi”"),
        (ENTRY.replace('"một"', '" "'), "“vi” phải là chuỗi không trống"),
        (ENTRY.replace('"một"', '"một "'), "thừa khoảng trắng"),
        (ENTRY.replace('"một"', '"mo\u0323\u0302t"'), "NFC"),
        (ENTRY.replace('"Một."', r'"M\u0003"'), r"“definition” có ký tự không in được U\+0003"),
        (ENTRY.replace('"một"', "3"), "“vi” phải là chuỗi"),
        (ENTRY + 'variants = "x"', "“variants” phải là một danh sách"),
        (ENTRY + "\n\n" + ENTRY.replace('"a"', '"A"'), "dòng 7: trùng: “a” đã có ở mục dòng 1"),
        (ENTRY + 'forms = ["A"]', "trùng: “a”"),
        (ENTRY + 'forbidden = ["Một"]', "“một” vừa là bản dịch vừa bị cấm"),
        ('[[ambiguous]]\nreason = "x"', "đúng một trong hai"),
        ('[[ambiguous]]\nenglish = "x"\nvietnamese = "y"\nreason = "z"', "đúng một trong hai"),
        ('[[ambiguous]]\nenglish = "x"', "dòng 1: thiếu “reason”"),
        (ENTRY + '[[ambiguous]]\nenglish = "a"\nreason = "x"', "dòng 5: trùng: “a”"),
        ("[" * 10_000, "không phải TOML"),
    ],
)
def test_a_faulty_one_is_refused_with_file_line_and_reason(path, text, reason):
    assert any(re.search(reason, finding) for finding in refused(path, text))


def test_all_faults_are_told_at_once(path):
    assert len(refused(path, ENTRY + 'vn = "x"\n' + ENTRY)) == 2


def test_a_missing_file_is_refused(path):
    with pytest.raises(GlossaryError, match="không đọc được tệp"):
        load(path)
