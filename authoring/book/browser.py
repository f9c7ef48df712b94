"""The Chromium of this machine: it prints the book, and the tests read the site in it."""

from __future__ import annotations

import shutil

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
INSTALL = "sudo apt install chromium (Debian, Ubuntu, WSL), brew install --cask chromium (macOS)"


def find() -> str | None:
    """Return the program's path, or None where the machine has no Chromium under any name."""
    return next(filter(None, map(shutil.which, NAMES)), None)
