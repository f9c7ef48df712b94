"""The Chromium of this machine: it prints the book, and the tests read the site in it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# In each window two pages of an address bar that nobody sees, as much work as a page of the book.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
INSTALL = "sudo apt install chromium (Debian, Ubuntu, WSL), brew install --cask chromium (macOS)"


def command(program: str, profile: Path, *options: str) -> list[str]:
    """Return the command that runs the program once, without a window and without the network."""
    # Chromium refuses to run as root otherwise.
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [
        *[program, *root, "--headless", "--disable-gpu", f"--user-data-dir={profile}"],
        *["--no-first-run", "--disable-background-networking", "--disable-component-update"],
        f"--disable-features={','.join(UNSEEN)}",
        *options,
    ]


def find() -> str | None:
    """Return the program's path, or None where the machine has no Chromium under any name."""
    return next(filter(None, map(shutil.which, NAMES)), None)
