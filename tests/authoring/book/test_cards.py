import struct

from authoring.book import browser, cards
from tests.authoring.book.browsing import needs_chromium


@needs_chromium
def test_a_picture_is_drawn_once_and_always_alike(tmp_path, monkeypatch):
    drawn = set()
    for name in "ab":
        cards._fonts()
        monkeypatch.setattr(cards, "WEB", tmp_path / name)
        (tmp_path / name).mkdir()
        drawn |= {cards.draw("Sách", "Tầng & khối", "vi") for _ in range(2)}
        assert len(list((tmp_path / name / ".cards").iterdir())) == 1
    (card,) = drawn
    assert struct.unpack(">2I", card[16:24]) == (1200, 630)


@needs_chromium
def test_each_title_has_a_card_of_its_own(tmp_path, monkeypatch):
    cards._fonts()
    monkeypatch.setattr(cards, "WEB", tmp_path)
    told = [("Sách", "Một"), ("Sách", "Hai"), ("Book", "Một")]
    assert len({cards.draw(book, title, "vi") for book, title in told}) == 3


def test_without_chromium_there_is_none(monkeypatch):
    monkeypatch.setattr(browser, "NAMES", ())
    assert cards.draw("Sách", "Một", "vi") is None
