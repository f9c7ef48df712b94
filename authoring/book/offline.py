"""Reading without a network: which files of the site its service worker keeps on a device."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from authoring import TEACHING
from authoring.book import addresses

WORKER = "offline-worker.js"
# The page of all pages says nothing that the others don't, the teachers' is for few, and the rest
# is there to be taken away.
_TEACHING = addresses.of_page(TEACHING)
_LEFT_OUT = {WORKER, "print.html", ".nojekyll", _TEACHING, f"en/{_TEACHING}"}
_TAKEN_AWAY = {".ipynb", ".pdf", ".epub"}


def complete(site: Path) -> None:
    """Write into the service worker of the finished `site` which files it keeps.

    Of each the digest of its contents; the digest of the whole list is the version.
    """
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    kept = {
        name: files[name].read_bytes()
        for name in sorted(files)
        if name not in _LEFT_OUT and files[name].suffix not in _TAKEN_AWAY
    }
    listed = _script({name: _digest(data) for name, data in kept.items()})
    # Two addresses of one page are kept once.
    size = sum(map(len, set(kept.values())))
    worker = site / WORKER
    worker.write_text(
        f'const VERSION = "{_digest(listed.encode())}", SIZE = {size}, FILES = {listed}\n'
        + worker.read_text(encoding="utf-8"),
        encoding="utf-8",
    )


def _script(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _digest(data: bytes) -> str:
    """Return the digest in the form in which browsers check it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode()
