"""Writing files so that a crash at any moment leaves the old file or the new one, whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace(path: str | os.PathLike[str], data: bytes) -> None:
    """Give the file at `path` the content `data`, all of it or not at all.

    The bytes go into a temporary file in the same folder, are flushed to the disk, and only then
    take the place of the old file (`os.replace` is atomic within one file system). Permissions of
    an existing file are kept; a symbolic link is followed, not replaced.

    Raises OSError when the folder does not exist or cannot be written; the old file is untouched
    then, and the temporary file is gone.
    """
    target = Path(path).resolve()
    try:
        mode = target.stat().st_mode & 0o7777
    except FileNotFoundError:
        mode = 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    # The only portable way to read it is to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
