#!/usr/bin/env python3
"""What mdBook calls: `hook.py chapters` as preprocessor, `hook.py publish` as backend.

A script and not a module, because mdBook finds a program by its path from book.toml but starts a
backend in another folder, and because the book's environment need not have d2lutil installed.
"""

import json
import sys
from pathlib import Path


def main(job: str) -> int:
    """Do one job on mdBook's JSON from standard input; return 0, or 1 after one clear message."""
    # Only mdBook's JSON may reach standard output, whatever a library prints.
    out, sys.stdout = sys.stdout, sys.stderr
    # Not the folder of this script: its modules would hide others of the same name.
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from authoring.book import fault
    from authoring.notebook import NotebookError

    try:
        if job == "chapters":
            from authoring.book import chapters
        else:
            from authoring.book import publish
        message = json.loads(sys.stdin.buffer.read())
        if job == "chapters":
            book = chapters.framed(*message)
            out.buffer.write(json.dumps(book).encode())
        else:
            publish.publish(message)
    except Exception as error:
        reason = error if isinstance(error, NotebookError) else fault(error)
        print(f"✗ {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
