"""The picture of a page in a shared link: a card with its title, drawn by Chromium.

Networks take no SVG, and ask for an absolute address: so there are cards where the site has a
public one and the machine has Chromium.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import subprocess
import tempfile
from html import escape
from pathlib import Path

from authoring.book import WEB, browser, installed
from authoring.notebook_error import NotebookError
from d2lutil import files

WIDTH, HEIGHT = 1200, 630  # pixels, as networks show it whole
_MARK = (Path(__file__).parent / "assets" / "favicon.svg").read_text(encoding="utf-8")
_CARD = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><style>{fonts}
body {{
  display: flex; flex-direction: column; box-sizing: border-box;
  width: {width}px; height: {height}px; margin: 0; padding: 80px 90px; overflow: hidden;
  color: #1c2024; background: #fff;
  border-left: 28px solid #0b6157; font: 600 40px/1.3 Card, serif;
}}
svg {{ width: 96px; flex: none; }}
h1 {{
  flex: 1; display: grid; align-items: center; margin: 0;
  font-size: 92px; line-height: 1.15; text-wrap: balance;
}}
p {{ margin: 0; color: #0b6157; }}
</style></head><body>{mark}<h1>{title}</h1><p>{book}</p></body></html>"""


def draw(book: str, title: str, language: str) -> bytes | None:
    """Return the card of a page of a book as PNG, None without Chromium; once made it is kept.

    Raises NotebookError where Chromium cannot draw it.
    """
    program = browser.find()
    if program is None:
        return None
    html = _CARD.format(
        language=language,
        fonts=_fonts(),
        width=WIDTH,
        height=HEIGHT,
        mark=_MARK,
        title=escape(title),
        book=escape(book if book != title else ""),
    )
    kept = WEB / ".cards" / f"{hashlib.sha256(html.encode()).hexdigest()[:16]}.png"
    if not kept.is_file():
        kept.parent.mkdir(exist_ok=True)
        files.replace(kept, _drawn(program, html))
    return kept.read_bytes()


@functools.cache
def _fonts() -> str:
    names = (f"source-serif-4-{script}-600-normal" for script in ("vietnamese", "latin"))
    data = (installed(f"@fontsource/source-serif-4/files/{name}.woff2") for name in names)
    faces = (base64.b64encode(font).decode() for font in data)
    ranges = ("U+0100-02FF, U+0300-036F, U+1EA0-1EF9, U+20AB", "U+0-FF, U+2000-206F")
    return "".join(
        "@font-face { font-family: Card; font-weight: 600; "
        f"src: url(data:font/woff2;base64,{face}); unicode-range: {letters} }}\n"
        for face, letters in zip(faces, ranges, strict=True)
    )


def _drawn(program: str, html: str) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        page, picture = Path(name, "card.html"), Path(name, "card.png")
        page.write_text(html, encoding="utf-8")
        size = f"--window-size={WIDTH},{HEIGHT}"
        options = ["--hide-scrollbars", size, f"--screenshot={picture}", page.as_uri()]
        command = browser.command(program, Path(name, "profile"), *options)
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if done.returncode or not picture.exists():
            raise NotebookError(f"Chromium không vẽ được hình chia sẻ:\n{done.stderr.strip()}")
        return picture.read_bytes()
