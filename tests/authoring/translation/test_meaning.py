import pytest

from authoring.glossary.terms import Glossary
from authoring.translation.markup import parse
from authoring.translation.meaning import ask

GLOSSARY = Glossary((), names=("Gluon", "Keras"))


def asked(english: str, vietnamese: str) -> list[str]:
    (source,), (target,) = parse(english).blocks, parse(vietnamese).blocks
    return [f"{finding.rule}: {finding.reason}" for finding in ask(source, target, GLOSSARY)]


@pytest.mark.parametrize(
    ("english", "vietnamese", "says"),
    [
        ("Is it right?", "Nó đúng.", "sign: dấu cuối là “.”, tiếng Anh là “?”"),
        ("Warning. Stop!", "Mẹo. Dừng lại!", "box: nhãn của hộp khác bản tiếng Anh: “Warning.”"),
        ("One **two**.", "Một hai.", "emphasis: tiếng Anh có 1 chỗ chữ đậm, tiếng Việt có 0"),
        ("Use Gluon.", "Hãy dùng Keras.", "name: tên khác bản tiếng Anh: “Keras” thay vì “Gluon”"),
        ("One. Two.", "Một.", "sentences: tiếng Anh có 2 câu, tiếng Việt có 1"),
        ("It is a thing.", "Nó là là một vật.", "twice: “là là”: một từ viết hai lần"),
        ("It is so. It is so.", "Nó thế. Nó thế.", "twice: một câu viết hai lần: “Nó thế.”"),
        ("It is not so.", "Nó đúng thế.", "meaning: phủ định: “not” của tiếng Anh không thấy"),
        ("It is so.", "Nó không thế.", "meaning: phủ định: “không” không thấy trong câu tiếng Anh"),
        ("At least two.", "Nhiều nhất là hai.", "meaning: ít nhất: “At least” của tiếng Anh"),
        ("Before we go.", "Sau khi ta đi.", "meaning: trước: “Before” của tiếng Anh không thấy"),
        ("More than ten.", "Chưa đến mười.", "meaning: hơn: “More than” của tiếng Anh không thấy"),
    ],
)
def test_what_may_differ_in_meaning_is_asked(english, vietnamese, says):
    assert any(says in reason for reason in asked(english, vietnamese))


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ('"It runs," he said; "go on."', "Anh ấy nói: “Nó chạy rồi, đi tiếp.”"),
        ("Does it run?", "Nó có chạy không?"),
        ("It says `is not defined`.", "Nó nói `is not defined`, tức là chưa định nghĩa."),
        ("Little by little it grows, always.", "Nó lớn dần dần, luôn luôn thế."),
        ("See e.g. the file of version 3.5 in MB.", "Xem chẳng hạn tệp của phiên bản 3.5, cỡ GB."),
        ("Two *layers* (one word).", "Hai *tầng* (*layers*, một từ)."),
        ("`a` is small. Is it?", "`a` thì nhỏ. Có thật không?"),
        ("It skips a cell and fails.", "Nó không xét một ô và không chạy được."),
        ("See Fig. 3, p. 5, vs. Keras...", "Xem hình 3, trang 5, so với Keras…"),
        ("One after the other, after all.", "Lần lượt, tầng này tới tầng kia."),
    ],
)
def test_what_is_said_otherwise_is_not_asked(english, vietnamese):
    assert asked(english, vietnamese) == []
