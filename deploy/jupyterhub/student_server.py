"""A student's server: their copy of the course is brought up to date, then JupyterLab starts.

Whatever becomes of the copy, the server starts. What there is to tell about it stands in a file
beside the notebooks, and JupyterLab shows it, also where the disk is too full for the file.
"""

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from d2lutil import files

ROOT = Path(__file__).resolve().parents[2]
NOTICE = "THONG-BAO.txt"
AGAIN = "Muốn chạy lại: mở trang chính của máy chủ, tắt JupyterLab rồi mở lại."


def refresh() -> str:
    """Bring this user's copy up to date and return what there is to tell them."""
    command = [sys.executable, "-m", "authoring.workspace"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120
        )
    except subprocess.TimeoutExpired:
        return "Chưa cập nhật được các notebook: ổ đĩa của bạn không trả lời."
    told = done.stderr.decode(errors="replace").strip()
    if "Traceback" in told:
        told = f"Chưa cập nhật được các notebook: {told.splitlines()[-1]}"
    return f"{told}\n{AGAIN}" if "chạy lại" in told else told


def recover(lab: Path) -> str:
    """Bring back what was saved before a server was killed in the middle of the next save.

    Jupyter keeps that beside the notebook while it writes.
    """
    told = []
    for backup in sorted(lab.rglob(".~*.ipynb")):
        target = backup.with_name(backup.name.removeprefix(".~"))
        if _whole(backup) and not _whole(target):
            os.replace(backup, target)
            told.append(f"{target.name}: lần lưu cuối bị cắt ngang, nên đây là lần lưu trước đó.")
    return "\n".join(told)


def _whole(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def room(lab: Path) -> str:
    """Return what to tell where a notebook could not be saved now."""
    probe = lab / ".probe"
    try:
        # As much as a notebook with pictures.
        files.replace(probe, bytes(1_000_000))
        probe.unlink()
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "Đĩa đã đầy" if full else f"Không ghi được vào {lab} ({error.strerror})"
        return f"✗ {reason}: bài của bạn không lưu được. Hãy xóa bớt tệp, hoặc báo với thầy cô."
    return ""


def main() -> None:
    """Refresh, tell, and become the server."""
    os.umask(0o077)
    home = Path.home()
    lab = Path(os.path.expanduser(os.environ["D2L_LAB"]))
    told = "\n".join(filter(None, [recover(lab), refresh(), room(lab)]))
    if told:
        os.environ["D2L_NOTICE"] = told
        try:
            date = time.strftime("%d/%m/%Y %H:%M")
            files.replace(lab / NOTICE, f"{date}\n\n{told}\n".encode())
        except OSError as error:
            print(f"{lab / NOTICE}: {error.strerror}", file=sys.stderr)
    os.environ["JUPYTERHUB_ROOT_DIR"] = str(lab if lab.is_dir() else home)
    first = lab / "index_vn.ipynb"
    os.environ["JUPYTERHUB_DEFAULT_URL"] = f"/lab/tree/{first.name}" if first.is_file() else "/lab"
    server = [sys.executable, "-m", "jupyterhub.singleuser", *sys.argv[1:]]
    os.execv(sys.executable, server)


if __name__ == "__main__":
    main()
