"""Build the book of the course in this folder, or print it: `python -m authoring.book …`.

mdBook empties its destination before it writes. So it writes beside what is there, and the new
book takes the old one's place only when it is complete.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from authoring.book import MADE
from authoring.book.fault import told
from authoring.notebook_error import NotebookError

_USAGE = """\
cách dùng: python -m authoring.book
           python -m authoring.book complete
           python -m authoring.book pdf [solutions=no]
           python -m authoring.book epub [solutions=no]
           python -m authoring.book worksheet notebooks/parameters_vn.ipynb
Với make: make pdf SOLUTIONS=no, make worksheet NB=notebooks/parameters_vn.ipynb"""


class Job(NamedTuple):
    """What to build: a key of `MADE`, what its hook is asked for, how the result is called."""

    kind: str
    asked: dict[str, Any]
    name: str


def understood(arguments: Sequence[str]) -> Job | None:
    """Return what the arguments of the command ask for, None if they cannot be understood."""
    match arguments:
        case []:
            return Job("site", {}, MADE["site"])
        case ["complete"]:
            return Job("complete", {}, MADE["complete"])
        case ["pdf" | "epub" as kind] | ["pdf" | "epub" as kind, "solutions=yes"]:
            return Job(kind, {}, MADE[kind])
        case ["pdf" | "epub" as kind, "solutions=no"]:
            # Under a name of its own, so that nobody hands out the other one by mistake.
            stem, suffix = os.path.splitext(MADE[kind])
            return Job(kind, {"solutions": False}, f"{stem}-khong-loi-giai{suffix}")
        case ["worksheet", notebook] if notebook:
            from authoring.book import addresses  # takes long, and is needed only here

            name = addresses.of_file(Path(notebook).stem)
            return Job("worksheet", {"notebook": notebook}, f"bai-tap-{name}.pdf")
    return None


def build(root: Path, job: Job) -> Path:
    """Do a job with the book in `root`; return the path of what was made.

    Raises NotebookError, and leaves the last one as it was, when anything is wrong.
    """
    try:
        config = tomllib.loads((root / "book.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotebookError(
            f"không đọc được ({error}): hãy chạy trong thư mục gốc của dự án", path="book.toml"
        ) from error
    folder = root / config.get("build", {}).get("build-dir", "book")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotebookError("một lệnh dựng sách khác đang chạy: hãy đợi nó xong") from error
        fresh = folder / ".new"
        # What a build that was killed has left.
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir()
        try:
            _run(root, root / config.get("book", {}).get("src", "src"), fresh, lock, job)
            return _put(fresh / MADE[job.kind], folder / job.name, fresh / "old")
        finally:
            # A hook that is being stopped may still write there; the next build removes it then.
            shutil.rmtree(fresh, ignore_errors=True)


def _run(root: Path, notebooks: Path, destination: Path, lock: IO[str], job: Job) -> None:
    # mdBook, and the Python of the hooks, come from this environment.
    bin_folder = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([bin_folder, os.environ.get("PATH", os.defpath)]),
    }
    hook = {"command": f"authoring/book/hook.py {job.kind}", "asked": job.asked}
    if job.kind == "complete":
        environment["MDBOOK_OUTPUT__SITE"] = json.dumps(hook)
    elif job.kind != "site":
        environment["MDBOOK_OUTPUT"] = json.dumps({job.kind: hook})
    try:
        done = subprocess.run(
            ["mdbook", "build", str(root), "--dest-dir", str(destination.resolve())],
            env=environment,
            # mdBook and its hooks hold it too, should they outlive this process.
            pass_fds=[lock.fileno()],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError as error:
        raise NotebookError("không có lệnh mdbook: hãy chạy make book, nó tự cài mdBook") from error
    if done.returncode == 0:
        return
    said = [line for line in done.stderr.splitlines() if not re.match(r"\s*(INFO|WARN)\b", line)]
    ours = [line.removeprefix("✗ ") for line in said if line.startswith("✗ ")]
    if not ours and (unread := re.search(r"failed to read chapter `(.+)`", done.stderr)):
        from authoring import notebook  # takes long, and is needed only here

        notebook.read(notebooks / unread[1])  # it says why
    raise NotebookError("\n".join(ours) or "mdBook dừng lại: " + " ".join(" ".join(said).split()))


def _put(made: Path, target: Path, old: Path) -> Path:
    if target.is_dir():
        target.rename(old)
    try:
        made.rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)
        raise
    return target


def main(arguments: Sequence[str]) -> int:
    """Build what is asked for, the site if nothing is; return 0, or 1 after a clear message."""
    job = understood(arguments)
    if job is None:
        print(_USAGE, file=sys.stderr)
        return 1
    try:
        path = build(Path.cwd(), job)
    except (Exception, KeyboardInterrupt) as error:
        old = Path("book", job.name)
        kept = f"\n  Bản cũ vẫn còn nguyên: {old}" if old.exists() else ""
        print(f"✗ {told(error)}{kept}", file=sys.stderr)
        return 1
    shown = path / "index.html" if path.is_dir() else path
    print(f"✓ {os.path.relpath(shown)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
