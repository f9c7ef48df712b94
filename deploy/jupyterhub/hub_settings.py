"""The settings of the hub, as hub.toml has them."""

import os
import tomllib
from pathlib import Path

DEFAULTS = Path(__file__).with_name("hub.toml")
INSTALLED = Path("/etc/tinh-toan-hoc-sau.toml")


def read(path: Path) -> dict:
    """Return the settings of the file `path`, over those of hub.toml.

    Exits with one line that names the file where it can't be read, or where a setting is unknown
    or of another type than in hub.toml.
    """
    settings = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    try:
        mine = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SystemExit(f"✗ Không đọc được cài đặt {path}: {error}") from None
    for name, value in mine.items():
        if name not in settings:
            raise SystemExit(f"✗ {path}: không có cài đặt nào tên là {name}")
        number = name in ("idle", "cpu")
        if type(value) not in ((int, float) if number else (str,)):
            raise SystemExit(f"✗ {path}: {name} = {value!r} không đúng kiểu")
    settings |= mine
    if not settings["address"].startswith(("http://", "https://")):
        raise SystemExit(f"✗ {path}: address phải bắt đầu bằng http:// hay https://")
    if settings["address"].startswith("https:") and not (
        os.access(settings["certificate"], os.R_OK) and os.access(settings["key"], os.R_OK)
    ):
        raise SystemExit(f"✗ {path}: https cần certificate và key là hai tệp đọc được")
    if settings["idle"] <= 0:
        raise SystemExit(f"✗ {path}: idle phải lớn hơn 0")
    return settings
