"""Run notebooks in place and store what their cells print: `python -m authoring.execute NB …`.

Every notebook runs in a fresh kernel of this environment, in its own folder, as on a machine
without a GPU and for a reader who has solved nothing yet. Outputs are stored in the order in which
they came. What differs between two equal runs is removed (`strip`), and what nbval could not
compare in a later test is refused; whether another run prints the same is for that test to tell.
The file is replaced only when every cell did what it should and nobody changed the file meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import textwrap
import tokenize
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, ValidationError
from nbformat.v4 import new_code_cell

from authoring import notebook
from authoring.notebook_error import NotebookError

CELL_TIMEOUT = 60  # seconds; a test gives a cell no less (pyproject.toml)
START_TIMEOUT = 300  # seconds: a busy machine may have to read all of MXNet from a slow disk
OUTPUT_LIMIT = 1_000_000  # characters of one cell
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
VOLATILE = {"execution", "ExecuteTime"}
# What a run replaces by fixed words, in tests/nbval_sanitize.cfg too, so that a test agrees.
VARYING = {
    r"(?<= at )0x[0-9a-f]{6,16}\b": "0x…",
    r"(?<![\w.])/tmp/(ipykernel_\d+/\d+|tmp\w{8})\b": "/tmp/…",
    # The same words on every Python 3.
    r"""(?<![\w:/.-])~?/[^\s'",;()]*?"""
    r"/lib\w*/(?:python3\.\d+/)?(site-packages|python3)(?:\.\d+)?\b": r"\1",
    # Since Python 3.13 a type's name has its module.
    r"must be str, not (?:\w+\.)+(\w+)": r"must be str, not \1",
}
_ROOT = str(Path(__file__).resolve().parents[1])
_ANSI = r"(\x1b\[[\d;]*m)"
_FRAME = re.compile(
    r"^ *Cell In\[(?P<count>\d+)\], line (?P<line>\d+).*\n(?:(?: +\d+.*\n)*-+> *\d+)?(?P<code>.*)",
    re.MULTILINE,
)
# For the kernel, which collects what is printed and sends each stream by itself, now and then.
_IN_ORDER = """
import sys
from IPython import get_ipython

def in_order(*streams):
    last = streams[0]
    def ordered(stream, write):
        def write_in_turn(text):
            nonlocal last
            str.encode(text)  # half a surrogate pair would get lost on the way, without an error
            if last is not stream:
                last.flush()
                last = stream
            return write(text)
        return write_in_turn
    for stream in streams:
        stream.write = ordered(stream, stream.write)

# IPython takes both away after every cell.
get_ipython().events.register("pre_execute", lambda: in_order(sys.stdout, sys.stderr))
"""


def execute(path: str | os.PathLike[str]) -> None:
    """Run the notebook at `path` and write it back with its outputs, atomically.

    Raises NotebookError, and leaves the file as it was, when the notebook cannot be read or
    written, is not in Python, or was changed while it ran; when the kernel does not start, or
    dies; when a cell raises without the tag `raises-exception`, has this tag and does not raise,
    takes more than `CELL_TIMEOUT` seconds, puts out more than `OUTPUT_LIMIT` characters, or
    something that a notebook cannot hold or nbval cannot compare; and when a thread outlives the
    last cell.
    """
    text = notebook.read_text(path)
    nb = notebook.loads(text, path=path)
    asyncio.run(run(nb, path))
    strip(nb)
    for name, cell in notebook.named_cells(nb, "code"):
        if _ROOT in str(cell.outputs):
            reason = f"đầu ra có đường dẫn của máy này ({_ROOT}): hãy chỉ in tên tệp"
            raise NotebookError(reason, path=path, cell=name)
    _refuse_changed(path, text)
    notebook.write(path, nb)


async def run(nb: NotebookNode, path: str | os.PathLike[str]) -> None:
    """Run the cells of `nb`, the notebook at `path`, and replace their outputs by the new ones.

    A cell that did not run has no outputs and no execution count. Raises NotebookError like
    `execute`, for all that does not concern the file.
    """
    for _, cell in notebook.named_cells(nb, "code"):
        cell.outputs, cell.execution_count = [], None
    _refuse_other_languages(nb, path)
    for name, cell in notebook.named_cells(nb, "code"):
        if _hides_its_result(cell.source):
            reason = "dấu ; cuối ô không giấu được kết quả trước nbval: hãy bỏ nó hoặc viết _ = …"
            raise NotebookError(reason, path=path, cell=name)
    async with _kernel(nb, path) as client:
        for index, (name, cell) in enumerate(notebook.named_cells(nb)):
            if reason := await client.run(cell, index):
                raise NotebookError(reason, path=path, cell=name)
        # As Python does at its end. What they print now belongs to no cell.
        nb.cells.append(new_code_cell("import threading\nthreading._shutdown()"))
        reason = await client.run(nb.cells[-1], len(nb.cells) - 1)
        end = nb.cells.pop()
        if reason or end.outputs:
            late = "luồng (thread) còn chạy hay còn in sau ô cuối: hãy đợi nó bằng join()"
            raise NotebookError(f"{late}; {reason}".removesuffix("; "), path=path)


class _Client(NotebookClient):
    """Runs the cells of a notebook one by one, and knows why it cannot be stored."""

    def __init__(self, nb: NotebookNode, pipe: int, **options: Any) -> None:
        """Prepare for `nb`; what is printed past the kernel comes from `pipe`."""
        super().__init__(nb, on_cell_executed=self._refuse_payload, **options)
        self._pipe = pipe
        self.stray = b""
        self._shown: set[str] = set()
        self._size = 0
        self._reason = ""

    async def run(self, cell: NotebookNode, index: int) -> str:
        """Run one cell; return why the notebook cannot be stored, or nothing."""
        self._size = 0
        try:
            count = self.code_cells_executed + 1
            await self.async_execute_cell(cell, index, execution_count=count)
        except CellExecutionError as error:
            return self._failure(error, cell)
        except CellTimeoutError:
            self._reason = f"chạy quá {CELL_TIMEOUT} giây"
        except DeadKernelError as error:
            # nbclient takes every end of its waiting for the kernel's, that by Ctrl-C too.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from error
            self._reason = self._reason or "kernel đã chết"
        except (AttributeError, KeyError, TypeError, ValidationError) as error:
            why = textwrap.shorten(str(error), 100, placeholder=" …")
            self._reason = (
                f"đầu ra không đúng định dạng của Jupyter ({type(error).__name__}: {why})"
            )
        self.read_stray()
        if reasons := [*filter(None, (self._reason, self._told_stray()))]:
            return "; ".join(reasons)
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        tagged = "raises-exception" in cell.metadata.get("tags", [])
        if tagged and not errors:
            return "ô có nhãn raises-exception nhưng đầu ra không có lỗi nào"
        # What display() and the like catch is no failure of the cell to nbclient, but to nbval.
        return "" if tagged or not errors else self._failure(errors[0], cell)

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Store an output as nbclient does, or stop the kernel's cell at one that cannot stay."""
        kind, content = msg["msg_type"], msg["content"]
        parts = content.get("data", content).values()
        # Each output has its frame in the file as well.
        self._add(100 + sum(len(str(part)) for part in parts))
        shown = (content.get("transient") or {}).get("display_id")
        if kind in ("clear_output", "update_display_data") or shown in self._shown:
            self._stop(
                "đầu ra bị xóa hay thay bằng đầu ra khác (clear_output, update_display), nbval "
                "không so được: hãy chỉ hiện kết quả cuối"
            )
        if self._reason:
            return None
        if shown:
            self._shown.add(shown)
        return super().process_message(msg, cell, cell_index)

    def read_stray(self) -> None:
        """Take what a process printed past the kernel: a full pipe would make it wait."""
        with suppress(BlockingIOError):
            said = os.read(self._pipe, 65536)
            self.stray += said
            self._add(len(said))

    def _refuse_payload(self, execute_reply: dict[str, Any], **_: Any) -> None:
        if execute_reply["content"].get("payload"):
            self._reason = (
                "ô nhờ JupyterLab mở trang trợ giúp, sửa ô hay tắt kernel (tên?, %load, exit), "
                "notebook không lưu được: hãy bỏ đi, hay dùng help(tên) thay cho tên?"
            )

    def _add(self, size: int) -> None:
        self._size += size
        if self._size > OUTPUT_LIMIT:
            self._stop(
                f"đầu ra quá dài: đã {_dotted(self._size)} ký tự, giới hạn là "
                f"{_dotted(OUTPUT_LIMIT)}; hãy in ít hơn"
            )

    def _stop(self, reason: str) -> None:
        self._reason = reason
        # nbclient waits no longer, and says that the kernel died.
        if self.task_poll_for_reply is not None:
            self.task_poll_for_reply.cancel()

    def _told_stray(self) -> str:
        said = self.stray.decode(errors="replace").strip()
        line = textwrap.shorten(scrub(said), 200, placeholder=" …")
        return said and (
            f"in ra không qua Python, nbval không thấy: “{line}”; nếu là lệnh con, hãy dùng "
            "print(subprocess.run(…, capture_output=True, text=True).stdout)"
        )

    def _failure(self, error: CellExecutionError | NotebookNode, failed: NotebookNode) -> str:
        names = {cell.execution_count: name for name, cell in notebook.named_cells(self.nb, "code")}
        here = failed.execution_count
        lines = []
        for output in failed.outputs:
            for frame in _FRAME.finditer(re.sub(_ANSI, "", "\n".join(output.get("traceback", [])))):
                count, line, code = int(frame["count"]), frame["line"], frame["code"].strip()
                place = "" if count == here else f"{names.get(count, 'ô khác')}, "
                code = textwrap.shorten(code, 100, placeholder=" …")
                lines.append(f"    {place}dòng {line}: {code}")
        reason = f"lỗi ngoài dự kiến {error.ename}: {scrub(error.evalue)}".removesuffix(": ")
        # A recursion repeats the same lines.
        return "\n".join(
            [textwrap.shorten(reason, 300, placeholder=" …"), *list(dict.fromkeys(lines))[-5:]]
        )


@asynccontextmanager
async def _kernel(nb: NotebookNode, path: str | os.PathLike[str]) -> AsyncIterator[_Client]:
    """Start a kernel for the notebook at `path`; it is gone when the block ends."""
    # Without folders it finds this environment's kernel, not one that somebody installed.
    manager = AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    own = ExitStack()
    pipe, printed = os.pipe()
    os.set_blocking(pipe, False)
    loop = asyncio.get_running_loop()
    client = _Client(
        nb,
        pipe,
        km=manager,
        timeout=CELL_TIMEOUT,
        startup_timeout=START_TIMEOUT,
        iopub_timeout=CELL_TIMEOUT,
        raise_on_iopub_timeout=True,
        record_timing=False,
        store_widget_state=False,
        skip_cells_with_tag="",
        extra_arguments=["--IPKernelApp.capture_fd_output=False"],
    )
    try:
        try:
            folder = own.enter_context(tempfile.TemporaryDirectory())
            await client.async_start_new_kernel(
                cwd=str(Path(path).resolve().parent),
                env={
                    **os.environ,
                    "D2L_DEVICE": "cpu",
                    "D2L_PROGRESS": f"{folder}/progress.json",
                },
                stdout=printed,
                stderr=printed,
            )
            channels = await client.async_start_new_kernel_client()
        except (OSError, RuntimeError) as error:
            raise NotebookError(f"kernel không khởi động được ({error})", path=path) from error
        finally:
            os.close(printed)
        channels.execute(f"exec({_IN_ORDER!r}, {{}})", silent=True)
        client.read_stray()
        client.stray = b""
        loop.add_reader(pipe, client.read_stray)
        yield client
    finally:
        loop.remove_reader(pipe)
        os.close(pipe)
        if client.kc is not None:
            client.kc.stop_channels()
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)
        own.close()


def _hides_its_result(source: str) -> bool:
    try:
        python = TransformerManager().transform_cell(source)
        return bool(DisplayHook.semicolon_at_end_of_expression(python))
    except (SyntaxError, tokenize.TokenError):
        return False  # The kernel tells what is wrong.


def _refuse_other_languages(nb: NotebookNode, path: str | os.PathLike[str]) -> None:
    spec, info = (nb.metadata.get(key, {}) for key in ("kernelspec", "language_info"))
    said = [name for name in (spec.get("language"), info.get("name")) if name is not None]
    for language in said or [spec.get("name", "python")]:
        if not str(language).lower().startswith("python"):
            raise NotebookError(
                f"notebook viết bằng “{language}”, khóa học chỉ chạy Python: "
                "nếu nhầm, hãy chọn kernel Python 3 trong JupyterLab rồi lưu lại",
                path=path,
            )


def _refuse_changed(path: str | os.PathLike[str], text: str) -> None:
    try:
        same = notebook.read_text(path) == text
    except NotebookError:
        same = False
    if not same:
        reason = "tệp đã bị sửa, đổi tên hay xóa trong lúc chạy, nên không ghi gì: hãy chạy lại"
        raise NotebookError(reason, path=path)


def strip(nb: NotebookNode) -> None:
    """Remove from a notebook, in place, what differs between two equal runs of it.

    That is: the kernel's name and version, the state of widgets, times of execution (`VOLATILE`),
    the pieces in which printed text arrived, and in outputs what `scrub` knows. All other metadata
    is kept.
    """
    nb.metadata.update(METADATA)
    nb.metadata.pop("widgets", None)
    for cell in nb.cells:
        for key in VOLATILE:
            cell.metadata.pop(key, None)
    for _, cell in notebook.named_cells(nb, "code"):
        cell.outputs = _joined(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = scrub(output.text)
            elif output.output_type == "error":
                output.evalue = scrub(output.evalue)
                output.traceback = [
                    "".join(map(scrub, re.split(_ANSI, line))).replace(_ROOT, ".")
                    for line in output.traceback
                ]
            else:
                for kind, content in output.data.items():
                    if kind.startswith(("text/", "image/svg")) and isinstance(content, str):
                        output.data[kind] = scrub(content)


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    joined: list[NotebookNode] = []
    for output in outputs:
        name = output.get("name")
        if joined and name is not None and joined[-1].get("name") == name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def scrub(text: str) -> str:
    """Replace addresses in memory and paths of this machine by fixed words."""
    for pattern, words in VARYING.items():
        text = re.sub(pattern, words, text)
    return text


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def main(arguments: Sequence[str]) -> int:
    """Run every notebook named; return 0 when all succeeded, 1 when not, 130 after Ctrl-C."""
    if not arguments:
        print("cách dùng: make run NB=notebooks/index_vn.ipynb", file=sys.stderr)
        return 1
    status = 0
    for path in arguments:
        try:
            execute(path)
        except NotebookError as error:
            print(f"✗ {error}", file=sys.stderr)
            status = 1
        except KeyboardInterrupt:
            print(f"✗ {path}: dừng vì Ctrl-C, tệp còn nguyên", file=sys.stderr)
            return 130
        else:
            print(f"✓ {path}")
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
