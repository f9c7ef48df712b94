"""Who may not come in, and what they are told: in Vietnamese, and nothing else happens."""

from __future__ import annotations

import secrets

from deploy.load.classroom import Hub
from deploy.load.student import LoadError, Student


async def check(hub: Hub, student: Student, homeless: Student) -> list[str]:
    """Try what must be refused; return a line for each; LoadError where one is told otherwise."""
    told = []

    def need(what: str, page: str, words: str) -> None:
        if words not in page:
            raise LoadError(f"{what}: trang không nói “{words}”")
        told.append(f"{what}: “{words}”")

    need("mật khẩu sai", await student.log_in(secrets.token_hex(8)), "Sai tên đăng nhập hoặc mật")
    stranger = Student("root", "x", hub.address, student.notebook)
    async with stranger:
        need("tài khoản ngoài lớp", await stranger.log_in(), "Sai tên đăng nhập hoặc mật khẩu")
    login = hub.address / "hub" / "login"
    form = {"username": student.name, "password": student.password, "_xsrf": "2|a|b|1"}
    async with student.http.post(login, data=form) as answer:
        need("trang đăng nhập đã cũ", await answer.text(), "Trang đăng nhập này đã cũ")
    await student.log_in()
    student.http.cookie_jar.clear()
    page = await student.page(hub.address / "hub" / "home")
    need("cookie hết hạn", page, "Mật khẩu")
    headers = {"Authorization": f"token {secrets.token_hex(16)}"}
    async with student.http.get(hub.address / "hub" / "api" / "user", headers=headers) as answer:
        if answer.status != 403:
            raise LoadError(f"mã truy cập lạ: {answer.status}")
    told.append("mã truy cập hết hạn hay lạ: 403")
    await homeless.log_in()
    page = await homeless.page(hub.address / "hub" / "spawn" / homeless.name, 500)
    need("tài khoản không có thư mục riêng", page, "chưa có thư mục riêng")
    return told
