"""Writing files so that a crash at any moment leaves the old file or the new one, whole."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path


def replace(path: str | os.PathLike[str], data: bytes) -> None:
    """Give the file at `path` the content `data`, all of it or not at all.

    The bytes go into a temporary file in the same folder, are flushed to the disk, and only then
    take the place of the old file (`os.replace` is atomic within one file system). That is enough
    when the process is killed. For a power cut the file is synced before the renaming and the
    folder after it, as far as the system can; then it is up to the disk. Permissions of
    an existing file are kept; a symbolic link is followed, not replaced. A temporary file that a
    killed writer of the same file left is removed.

    Raises OSError when the folder does not exist or cannot be written; the old file is untouched
    then, and the temporary file is gone.
    """
    # Of links in a circle, Path.resolve makes a RuntimeError.
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode & 0o7777
    except FileNotFoundError:
        mode = 0o666 & ~_umask()
    prefix = f".{target.name}."
    _remove_leftovers(target.parent, prefix)
    handle, name = tempfile.mkstemp(
        prefix=f"{prefix}{os.getpid()}.", suffix=".tmp", dir=target.parent
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    # The new file is in its place by now: where a folder can't be synced, it is no error of ours.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_leftovers(folder: Path, prefix: str) -> None:
    # Tidying up never keeps a file from being written.
    with suppress(OSError):
        for name in os.listdir(folder):
            match = re.fullmatch(re.escape(prefix) + r"(\d{1,9})\.\w+\.tmp", name)
            if match and not _is_running(int(match[1])):
                os.unlink(folder / name)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        pass
    return True


def _umask() -> int:
    # The only portable way to read it is to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
