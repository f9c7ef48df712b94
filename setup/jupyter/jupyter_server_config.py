"""What JupyterLab does otherwise for a reader of the course: its words, its start, its kernels."""

import logging
import secrets
import sys
from pathlib import Path

from tornado.websocket import WebSocketClosedError

# For the extension reader.py, beside this file.
sys.path.append(str(Path(__file__).parent))

c = get_config()  # noqa: F821
c.ServerApp.allow_root = True
c.ServerApp.jpserver_extensions = {"reader": True}
# reader.py says the address. The server's own lines are in English; what went wrong still shows.
c.Application.log_level = "ERROR"
# Who closes the browser in the middle of a message has done nothing wrong.
logging.getLogger("asyncio").addFilter(
    lambda record: not (record.exc_info and isinstance(record.exc_info[1], WebSocketClosedError))
)
# A token that is given here is not announced a second time.
c.IdentityProvider.token = secrets.token_hex(24)
c.LabApp.default_url = "/lab/tree/index_vn.ipynb"
c.LabApp.extra_labextensions_path = [str(Path(__file__).parent / "labextensions")]
c.KernelManager.transport_encryption = "auto"
# Seconds: the kernel of a tab that was closed an hour ago gives its memory back.
c.MappingKernelManager.cull_idle_timeout = 3600
