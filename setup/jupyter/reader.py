"""A server extension: JupyterLab speaks the words of tieng_viet.toml and says how to get there."""

import os
import re
import tomllib
from pathlib import Path

from jupyter_server import serverapp
from jupyterlab_server import settings_utils, translations_handler

WORDS = tomllib.loads(Path(__file__).with_name("tieng_viet.toml").read_text(encoding="utf-8"))
SUMMARY = Path(__file__).parents[2] / "notebooks" / "SUMMARY.md"
get_language_pack = translations_handler.get_language_pack


def with_our_words(locale):
    """Return a language's pack, with our words over the Vietnamese one's, and what went wrong."""
    pack, problems = get_language_pack(locale)
    if locale == "vi_VN" and pack:
        # As the pack has it: one form of a text, two of what is counted, a context before EOT.
        pack["jupyterlab"] |= {english: [text] for english, text in WORDS["text"].items()}
        pack["jupyterlab"] |= {english: [text] * 2 for english, text in WORDS["counted"].items()}
        for context in ("menu", "v4"):
            words = WORDS[context].items()
            pack["jupyterlab"] |= {f"{context}\x04{english}": [text] for english, text in words}
    return pack, problems


def in_our_words(english):
    """Return what the server writes to the terminal, in our words where there are some."""
    return WORDS["terminal"].get(english, english)


def _jupyter_server_extension_points():
    return [{"module": "reader"}]


def _load_jupyter_server_extension(app):
    # The entry point that is meant for this, jupyterlab.locale, compares versions, and the pack
    # calls its own "jupyterlab": all of its words would be lost.
    translations_handler.get_language_pack = with_our_words
    # What the server itself translates is in the machine's language, until a reader chooses one.
    settings_utils.SYS_LOCALE = "vi_VN"
    serverapp._i18n = in_our_words
    # For labextensions/course-order.
    order = re.findall(r"\((\S+\.ipynb)\)", SUMMARY.read_text(encoding="utf-8"))
    page = app.web_app.settings.setdefault("page_config_data", {})
    page["courseOrder"] = order
    # For labextensions/course-notice: what a hub has to tell this student.
    page["courseNotice"] = os.environ.get("D2L_NOTICE", "")


async def _start_jupyter_server_extension(app):
    # A hub says where it is, and its log is no place for a token.
    if "JUPYTERHUB_SERVICE_PREFIX" in os.environ:
        return
    address = app.connection_url.removesuffix(app.base_url) + app.default_url
    print(f"JupyterLab: {address}?token={app.identity_provider.token}")
    print(
        "Giữ cửa sổ này mở trong lúc học. Muốn dừng: lưu bài, rồi nhấn Ctrl-C hai lần ở đây.",
        flush=True,
    )
