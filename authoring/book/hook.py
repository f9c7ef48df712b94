#!/usr/bin/env python3
"""What mdBook calls: `hook.py frames` as preprocessor; `hook.py site` and others as backend.

A script and not a module, because mdBook finds a program by its path from book.toml but starts a
backend in another folder.
"""

import fcntl
import gc
import os
import sys
from contextlib import suppress

_PIPE = 1 << 20  # bytes, as many as Linux gives to everyone


def main(job: str) -> int:
    """Do one job on mdBook's JSON from standard input; return 0, or 1 after a clear message."""
    # mdBook writes a few bytes at a time. With room for them it need not wait for any import.
    with suppress(AttributeError, OSError):  # elsewhere than on Linux: slower, and as good
        fcntl.fcntl(sys.stdin, fcntl.F_SETPIPE_SZ, _PIPE)
    import json
    from importlib import import_module
    from pathlib import Path

    # A build leaves no cycles worth looking for, and to look takes a tenth of its second.
    gc.disable()
    # Only mdBook's JSON may reach standard output, whatever a library prints.
    out, sys.stdout = sys.stdout, sys.stderr
    # Not the folder of this script: its modules would hide others of the same name.
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from authoring.book.fault import told

    folder = Path.cwd()  # mdBook starts a backend in its own, beside the site
    try:
        from authoring.book import frames, mdbook, read_ahead

        message = json.loads(sys.stdin.buffer.read())
        context, contents = message if job == "frames" else (message, message["book"])
        # Messages name files as an author sees them.
        os.chdir(context["root"])
        book = mdbook.read(context, contents)
        if job == "frames":
            out.buffer.write(json.dumps(frames.framed(book, contents)).encode())
        else:
            asked = context["config"]["output"].get(job, {}).get("asked", {})
            notebooks = read_ahead.begin(book)  # while the backend is loaded
            import_module(f"authoring.book.{job}").make(book, notebooks, **asked)
        out.flush()
    except (Exception, KeyboardInterrupt) as error:
        if job in ("site", "complete"):
            import shutil

            # Nothing half-finished can be published.
            shutil.rmtree(folder.parent / "html", ignore_errors=True)
        print("\n".join(f"✗ {line}" for line in told(error).splitlines()), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if main(sys.argv[1]):
        raise SystemExit(1)
    # To take apart what was loaded and made would take as long as to load it.
    os._exit(0)
