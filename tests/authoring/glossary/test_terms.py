import pytest

from authoring.glossary.terms import Glossary, Term, any_of

LAYER = Term("layer", "tầng", "Một.")
HIDDEN = Term("hidden layer", "tầng ẩn", "Hai.")
CLASS = Term("class", "lớp", "Ba.")
TRAIN = Term("training", "huấn luyện", "Bốn.", forms=("train", "trained"))
LIBRARY = Term("library", "thư viện", "Năm.")
BATCH = Term("batch", "batch", "Sáu.")
BOX = Term("box", "hộp", "Bảy.")
KEY = Term("key", "khóa", "Tám.")
GLOSSARY = Glossary(
    (LAYER, HIDDEN, CLASS, TRAIN, LIBRARY, BATCH, BOX, KEY),
    names=("Gluon", "Dive into Deep Learning"),
    english_exceptions=("for instance", "class of errors"),
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("A hidden layer, a layer, and layers.", [HIDDEN, LAYER, LAYER]),
        ("Hidden-layer sizes of HIDDEN\nLAYERS", [HIDDEN, HIDDEN]),
        ("A library, two libraries, Libraries", [LIBRARY, LIBRARY, LIBRARY]),
        ("batches, boxes and classes", [BATCH, BOX, CLASS]),
        ("keys", [KEY]),
        ("We train, it is trained.", [TRAIN, TRAIN]),
        ("relayer, layered, librarian, trainings", [TRAIN]),
        ("A class of errors, two classes", [CLASS]),
    ],
)
def test_terms_are_found_in_every_form(text, terms):
    assert list(GLOSSARY.terms_in(text)) == terms


@pytest.mark.parametrize(
    ("wording", "term"),
    [
        ("Libraries", LIBRARY),
        ("boxes", BOX),
        ("classes", CLASS),
        ("hidden-layers", HIDDEN),
        ("trained", TRAIN),
        ("librari", None),
        ("a layer", None),
    ],
)
def test_a_wording_names_its_term(wording, term):
    assert GLOSSARY.lookup(wording) == term


@pytest.mark.parametrize("word", ["GPU", "NumPy", "ReLU", "Gluon", "gluon", "A", "batch"])
def test_names_acronyms_and_kept_terms_are_kept(word):
    assert GLOSSARY.is_kept(word)


@pytest.mark.parametrize("word", ["Layer", "layer", "a", "x", "HÌNH"])
def test_other_words_are_not(word):
    assert not GLOSSARY.is_kept(word)


def test_a_kept_term_is_no_name():
    assert not GLOSSARY.is_name("batch")
    assert GLOSSARY.is_name("Gluon")


def test_no_phrase_matches_nothing():
    assert not any_of(()).search("a")
