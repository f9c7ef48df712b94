"""Every page of the hub in the states that a student meets, as files: for test_hub.py."""

import sys
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader, StrictUndefined

templates, target = map(Path, sys.argv[1:])
user = SimpleNamespace(name="an", escaped_name="an")
common = {
    "static_url": lambda path: f"/hub/static/{path}",
    "base_url": "/hub/",
    "login_url": "/hub/login",
    "logout_url": "/hub/logout",
    "announcement": "",
    "user": user,
    "parsed_scopes": [],
    "xsrf_token": "x",
    "exception": None,
}
ask = {"user": None, "authenticator_login_url": "/hub/login", "xsrf": "x", "username": None}
error = {"status_code": 503, "message": "Service Unavailable"}
own = SimpleNamespace(jupyterhub_message="Tài khoản an chưa có thư mục riêng.")
start = {"spawn_url": "/hub/spawn/an", "failed": False, "failed_message": ""}
states = {
    "login": ("login.html", ask | {"login_error": None}),
    "wrong": ("login.html", ask | {"login_error": "Invalid username or password"}),
    "stale": ("login.html", ask | {"login_error": "Login form invalid or expired. Try again."}),
    "other": ("login.html", ask | {"login_error": "No <disk>"}),
    "off": ("home.html", {"url": "/u", "default_server": SimpleNamespace(active=False)}),
    "on": ("home.html", {"url": "/u", "default_server": SimpleNamespace(active=True)}),
    "teacher": (
        "home.html",
        {
            "url": "/u",
            "default_server": SimpleNamespace(active=True),
            "parsed_scopes": ["admin-ui"],
        },
    ),
    "starting": ("spawn_pending.html", {"progress_url": "/progress"}),
    "stopped": ("not_running.html", start),
    "failed": ("not_running.html", start | {"failed": True, "failed_message": "Hết chỗ."}),
    "stopping": ("stop_pending.html", {}),
    "gone": ("error.html", error),
    "lost": ("404.html", error | {"status_code": 404}),
    "unknown": ("error.html", error | {"status_code": 418}),
    "own": ("error.html", error | {"status_code": 500, "exception": own}),
    "out": ("logout.html", {"user": None}),
}
loader = FileSystemLoader(templates)
pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
for name, (template, state) in states.items():
    html = pages.get_template(template).render(common | state)
    (target / f"{name}.html").write_text(html, encoding="utf-8")
