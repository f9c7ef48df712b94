import pytest

from authoring.book import browser


def program(path):
    path.parent.mkdir(parents=True)
    path.touch(mode=0o755)
    return path


@pytest.mark.parametrize("name", [name for name in browser.NAMES if "/" not in name])
def test_a_chromium_on_the_path_is_found_under_each_name(tmp_path, monkeypatch, name):
    path = program(tmp_path / "bin" / name)
    monkeypatch.setenv("PATH", str(path.parent))
    assert browser.find() == str(path)


def test_one_of_macos_is_found_where_it_is_installed(tmp_path, monkeypatch):
    installed = [name for name in browser.NAMES if "/" in name]
    assert all(name.startswith("/Applications/") for name in installed)
    # A tree of our own in the place of /Applications, which other systems do not have.
    path = program(tmp_path / installed[0].removeprefix("/"))
    monkeypatch.setattr(browser, "NAMES", [str(path)])
    monkeypatch.setenv("PATH", "")
    assert browser.find() == str(path)


def test_none_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find() is None
