"""What went wrong, told to an author in one line."""

from __future__ import annotations

import sys

from authoring.notebook_error import NotebookError


def told(error: BaseException) -> str:
    """Return the reason of a failure: of a notebook, of the disk, of this program itself."""
    if isinstance(error, KeyboardInterrupt):
        return "đã dừng vì Ctrl-C"
    if isinstance(error, NotebookError):
        return str(error)
    if isinstance(error, (ImportError, SyntaxError)):
        return (
            f"Python ở {sys.executable} thiếu thư viện của sách ({error}). Hãy chạy make book, "
            "hoặc kích hoạt môi trường trước: . .venv-book/bin/activate"
        )
    if isinstance(error, OSError) and error.strerror:
        return f"không đọc hay ghi được {error.filename or 'tệp'}: {error.strerror}"
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    return (
        "Lỗi của chương trình dựng sách, không phải của notebook: "
        f"{type(error).__name__}: {error} ({where})"
    )
