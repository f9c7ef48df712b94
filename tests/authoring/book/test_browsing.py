import re

from tests.authoring.book.browsing import TURNED_OFF


def test_nothing_that_playwright_turns_off_comes_back(browser):
    told = browser.new_browser_cdp_session().send("SystemInfo.getInfo")["commandLine"]
    theirs, ours = (
        set(names.split(",")) for names in re.findall(r"--disable-features=(\S+)", told)
    )
    assert theirs < ours == set(TURNED_OFF)
