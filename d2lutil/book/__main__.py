"""Build the site of the course in this folder: `python -m d2lutil.book`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from d2lutil.book import fault
from d2lutil.notebook import NotebookError


def main() -> int:
    """Build the book of the current folder; return 0, or 1 after one clear message."""
    try:
        from d2lutil.book.build import build

        site = build(Path.cwd())
    except Exception as error:
        reason = error if isinstance(error, NotebookError) else fault(error)
        print(f"✗ {reason}\n  Trang web cũ (nếu có) vẫn còn nguyên.", file=sys.stderr)
        return 1
    print(f"✓ {os.path.relpath(site / 'index.html')}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
