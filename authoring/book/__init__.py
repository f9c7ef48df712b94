"""The static book: mdBook turns the notebooks listed in notebooks/SUMMARY.md into a site.

`python -m authoring.book` builds it (see `build`). Plain mdBook makes the same site: it calls
`hook.py` twice, once as preprocessor (`chapters`: notebooks to HTML) and once as a second backend
(`publish`: what the site needs beside its pages, and nothing else).
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from authoring.notebook import NotebookError

PROJECT = Path(__file__).resolve().parents[2]
WEB = PROJECT / "setup" / "web" / "node_modules"  # fonts and KaTeX, put there by `npm ci`


def command(make: Callable[[Path], Path], otherwise: str = "") -> int:
    """Make something of the course in the current folder and say what; return 0.

    Return 1 after one clear message, followed by `otherwise`, when it cannot be made.
    """
    try:
        path = make(Path.cwd())
    except Exception as error:
        reason = error if isinstance(error, NotebookError) else fault(error)
        print(f"✗ {reason}{otherwise}", file=sys.stderr)
        return 1
    print(f"✓ {os.path.relpath(path)}")
    return 0


def fault(error: Exception) -> str:
    """Say in one line that the program itself has failed, and where; or that a library lacks."""
    if isinstance(error, (ImportError, SyntaxError)):
        return (
            f"Python ở {sys.executable} thiếu thư viện của sách ({error}). Hãy chạy make book, "
            "hoặc kích hoạt môi trường trước: . .venv-book/bin/activate"
        )
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    return (
        "Lỗi của chương trình dựng sách, không phải của notebook: "
        f"{type(error).__name__}: {error} ({where})"
    )
