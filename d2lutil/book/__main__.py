"""Build the site of the course in this folder: `python -m d2lutil.book`.

mdBook empties its destination before it writes. So it writes beside the site, and the new site
takes the old one's place only when it is complete.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from d2lutil.notebook import NotebookError


def build(root: Path) -> Path:
    """Build the book of folder `root` and return the folder of its site.

    Raises NotebookError, and leaves the last site as it was, when anything is wrong.
    """
    try:
        config = tomllib.loads((root / "book.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotebookError(
            f"không đọc được ({error}): hãy chạy trong thư mục gốc của dự án", path="book.toml"
        ) from error
    _check_summary(Path(root, config.get("book", {}).get("src", "src")))
    folder = Path(root, config.get("build", {}).get("build-dir", "book"))
    folder.mkdir(exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        _run_mdbook(root, fresh)
        site, old = folder / "html", fresh / "old"
        if site.exists():
            site.rename(old)
        try:
            (fresh / "html").rename(site)
        except BaseException:
            if old.exists():
                old.rename(site)
            raise
    finally:
        shutil.rmtree(fresh)
    return site


def _check_summary(source: Path) -> None:
    # mdBook would say so too, in English and without a line.
    summary = source / "SUMMARY.md"
    try:
        lines = summary.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise NotebookError(f"không đọc được danh sách chương ({error})", path=summary) from error
    for number, line in enumerate(lines, 1):
        for chapter in re.findall(r"\]\(([^)]+)\)", line):
            if not (source / chapter).is_file():
                raise NotebookError(f"không có tệp {chapter}", path=summary, line=number)


def _run_mdbook(root: Path, destination: Path) -> None:
    # mdBook and the Python that its hooks run in come from this environment.
    bin_folder = str(Path(sys.executable).parent)
    path = os.pathsep.join([bin_folder, os.environ.get("PATH", os.defpath)])
    try:
        done = subprocess.run(
            ["mdbook", "build", str(root), "--dest-dir", str(destination)],
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError as error:
        raise NotebookError("không có lệnh mdbook: hãy chạy make book, nó tự cài mdBook") from error
    said = done.stderr.splitlines()
    # The hooks' own messages; where there are none, whatever mdBook says.
    ours = [line.removeprefix("✗ ") for line in said if line.startswith("✗ ")]
    if ours:
        raise NotebookError("\n".join(ours))
    if done.returncode or not (destination / "html").is_dir():
        reasons = [line for line in said if not re.match(r"\s*INFO\b", line)]
        raise NotebookError("mdBook dừng lại:\n" + "\n".join(reasons or said))


def main() -> int:
    """Build the book of the current folder; return 0, or 1 after one clear message."""
    try:
        site = build(Path.cwd())
    except NotebookError as error:
        print(f"✗ {error}\n  Trang web cũ (nếu có) vẫn còn nguyên.", file=sys.stderr)
        return 1
    print(f"✓ {os.path.relpath(site / 'index.html')}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
