"""The notebook that a page offers for download."""

from __future__ import annotations

import functools
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
_CELL = """\
# Notebook này cần MXNet và gói d2lutil của khóa học. Máy đã có chúng thì ô này không làm gì.
# Máy chưa có: hãy {upload}bỏ dấu # ở đầu dòng %pip rồi chạy lại ô.
# Các gói khác trên máy giữ nguyên, kernel không cần khởi động lại.
# %pip install -q --no-deps {packages}
from importlib.util import find_spec

missing = [name for name in ("mxnet", "d2lutil") if find_spec(name) is None]
if missing:
    raise ModuleNotFoundError(f"thiếu {{' và '.join(missing)}}: hãy làm như chú thích đầu ô này")
import d2lutil"""


def made(nb: Mapping[str, Any]) -> bytes:
    """Return the file of the notebook `nb`, with a first cell that says which packages it needs.

    Where they are missing the cell raises ModuleNotFoundError with the way out. Where they are
    there it only imports d2lutil, so that MXNet runs in a kernel that was started without it.
    """
    # Not as Jupyter writes it, which takes many times as long: it will do so when it saves.
    return json.dumps({**nb, "cells": [first_cell(), *nb["cells"]]}, ensure_ascii=False).encode()


@functools.cache
def first_cell(*, handed_out: bool = False) -> dict[str, Any]:
    """Return the cell that says which packages a notebook needs.

    Where it is `handed_out`, d2lutil lies beside the notebook.
    """
    project = tomllib.loads(_PYPROJECT.read_text(encoding="utf-8"))
    repository = project["tool"]["d2lutil"]["repository"]
    wheel = f"d2lutil-{project['project']['version']}-py3-none-any.whl"
    source = "gõ `make wheel` trong mã nguồn của khóa học để dựng nó"
    if handed_out:
        repository, source = "", "bạn nhận nó cùng notebook"
    upload = "" if repository else f"đặt cạnh notebook tệp {wheel}\n# ({source}), "
    d2lutil = f"git+{repository}" if repository else f"./{wheel}"
    return {
        "id": "needed-packages",
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "source": _CELL.format(upload=upload, packages=packages(d2lutil)),
        "outputs": [],
    }


def packages(d2lutil: str) -> str:
    """Return what pip installs in a Jupyter that is already there, `d2lutil` from that place."""
    project = tomllib.loads(_PYPROJECT.read_text(encoding="utf-8"))
    return " ".join([*project["dependency-groups"]["cpu"], d2lutil])
