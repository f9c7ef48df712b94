"""Pictures as files of the site: checked, named by their content, measured."""

from __future__ import annotations

import binascii
import functools
import hashlib
import math
import re
import struct
import zlib
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from authoring.book import addresses

# The kinds a page may show, the best for a reader first.
SUFFIXES = {"image/svg+xml": ".svg", "image/png": ".png", "image/jpeg": ".jpg"}
KINDS = {suffix: kind for kind, suffix in SUFFIXES.items()}
_HANDLER = re.compile(r"on[a-z]+$")
_TITLE = re.compile(r"<svg\b[^>]*>\s*<title\b[^>]*>([^<]*)</title>")
_HERE = re.compile(r"#|data:image/(?:png|jpeg|gif|webp);")
_OUTSIDE = re.compile(r"@import|url\(\s*(?![\s\"']*(?:#|data:image/))", re.IGNORECASE)
# An EPUB takes nothing else, and in another encoding the checks below would miss things.
_ENCODED = re.compile(rb"""\s*<\?xml[^>]*\sencoding\s*=\s*["'](?!(?i:utf-8)["'])([^"']*)""")
_SVG, _XHTML = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xhtml}"


class Picture(NamedTuple):
    """A picture: its address in the site, its bytes, its size in CSS pixels.

    `title` is what an SVG says of itself, "" where it says nothing.
    """

    address: str
    data: bytes
    size: tuple[int, int] | None
    title: str = ""


def decoded(kind: str, content: str) -> Picture:
    """Return the picture that a notebook holds as `content` of MIME type `kind` (in `SUFFIXES`).

    Raises ValueError, in Vietnamese, when it is not base64, not a whole picture of that kind, or
    an SVG that could run or load anything.
    """
    # Outputs hold an SVG as text, JupyterLab attaches it as base64 like any other picture.
    if kind == "image/svg+xml" and (content.lstrip()[:1] == "<" or not content.strip()):
        data = content.encode("utf-8", "replace")
    else:
        try:
            data = binascii.a2b_base64("".join(content.split()), strict_mode=True)
        except ValueError as error:
            raise ValueError(f"base64 sai ({error})") from error
    size = measured(kind, data)
    name = hashlib.sha256(data).hexdigest()[:16]
    title = ""
    if kind == "image/svg+xml" and (match := _TITLE.search(data.decode("utf-8", "replace"))):
        title = " ".join(unescape(match[1]).split())
    return Picture(f"{addresses.PICTURES}/{name}{SUFFIXES[kind]}", data, size, title)


def attached(data: Mapping[str, str]) -> Picture:
    """Return the picture that a cell carries with it; raises ValueError like `decoded`."""
    if kind := of_data(data):
        return decoded(kind, data[kind])
    if data:
        raise ValueError(f"hình phải là {', '.join(SUFFIXES)}, không phải {', '.join(data)}")
    raise ValueError("ô không đính kèm hình này")


def of_file(folder: Path, name: str) -> Picture:
    """Return the picture in the file `name` below `folder`.

    Raises ValueError, in Vietnamese, when it is missing, elsewhere, of another kind, or broken.
    """
    path = (folder / name).resolve()
    if folder.resolve() not in path.parents:
        raise ValueError("hình phải nằm trong thư mục notebook")
    kind = KINDS.get(path.suffix)
    if kind is None:
        raise ValueError(f"hình phải có đuôi {', '.join(KINDS)}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"không đọc được hình ({error.strerror})") from error
    return Picture(addresses.of_file(name), data, measured(kind, data))


# Both halves of a cell show the same pictures.
@functools.lru_cache(maxsize=16)
def measured(kind: str, data: bytes) -> tuple[int, int] | None:
    """Return width and height in CSS pixels, None where the picture does not say.

    Raises ValueError like `decoded`.
    """
    if kind == "image/svg+xml":
        return _measured_svg(data)
    try:
        size = _measured_png(data) if kind == "image/png" else _measured_jpeg(data)
        if not all(size):
            raise ValueError(size)
    except (KeyError, ValueError, struct.error, zlib.error) as error:
        raise ValueError(f"không phải một hình {kind[6:].upper()} trọn vẹn") from error
    return size


def of_data(data: Mapping[str, Any]) -> str | None:
    """Return the MIME type of the picture that the book shows out of an output's data, or None."""
    return next((kind for kind in SUFFIXES if isinstance(data.get(kind), str)), None)


def _measured_png(data: bytes) -> tuple[int, int]:
    chunks: dict[bytes, bytes] = {}
    place = data.index(b"\x89PNG\r\n\x1a\n", 0, 8) + 8
    while b"IEND" not in chunks:
        length, kind = struct.unpack_from(">I4s", data, place)
        end = place + 8 + length
        if struct.unpack_from(">I", data, end)[0] != zlib.crc32(data[place + 4 : end]):
            raise ValueError(kind)
        chunks[kind] = chunks.get(kind, b"") + data[place + 8 : end]
        place = end + 4
    zlib.decompress(chunks[b"IDAT"])
    width, height = struct.unpack_from(">II", chunks[b"IHDR"])
    return width, height


def _measured_jpeg(data: bytes) -> tuple[int, int]:
    size, mark = (0, 0), 0
    place = data.index(b"\xff\xd8\xff", 0, 3) + 2
    while mark != 0xDA:  # its pixels begin
        start, mark, length, height, width = struct.unpack_from(">BBHxHH", data, place)
        if start != 0xFF:
            raise ValueError(place)
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            size = width, height
        place += 2 + length
    # Cameras and editors write bytes of their own after the end.
    data.index(b"\xff\xd9", place)
    return size


def _measured_svg(data: bytes) -> tuple[int, int] | None:
    for declaration in (b"<!ENTITY", b"<?xml-stylesheet"):
        if declaration in data:
            raise ValueError(f"SVG chứa {declaration.decode()}: không dùng được")
    if match := _ENCODED.match(data):
        raise ValueError(f"SVG phải ở dạng UTF-8, không phải {match[1].decode()}")
    try:
        root = ElementTree.fromstring(data.decode("utf-8-sig"))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ValueError(f"SVG sai cú pháp ({error})") from error
    if _local(root.tag) != "svg":
        raise ValueError(f"không phải SVG: phần tử gốc là {_local(root.tag)}")
    if root.tag != f"{_SVG}svg":
        raise ValueError('SVG thiếu xmlns="http://www.w3.org/2000/svg" nên trình duyệt không vẽ')
    for element in root.iter():
        foreign = str(element.tag).startswith(_XHTML)
        if foreign or _local(element.tag) in ("script", "foreignObject"):
            raise ValueError(f"SVG chứa <{_local(element.tag)}>: không dùng được")
        for name, value in element.items():
            if _HANDLER.match(_local(name)):
                raise ValueError(f"SVG chứa mã chạy được ({_local(name)})")
            if _local(name) == "href" and not _HERE.match(value):
                raise ValueError(f"SVG trỏ ra ngoài ({value})")
            # An animation could give a link any address after the fact.
            if name == "attributeName" and _local(value.replace(":", "}")) == "href":
                raise ValueError("SVG đổi địa chỉ của liên kết (attributeName)")
            if _OUTSIDE.search(value):
                raise ValueError(f"SVG trỏ ra ngoài ({value})")
        if _local(element.tag) == "style" and _OUTSIDE.search("".join(element.itertext())):
            raise ValueError("SVG trỏ ra ngoài (style)")
    width, height = (_pixels(root.get(side)) for side in ("width", "height"))
    try:
        box = [float(number) for number in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
        shape = box[2] / box[3]
        width = width or (height * shape if height else box[2])
        height = height or width / shape
    except (IndexError, ValueError, ZeroDivisionError):
        pass
    if width and height and min(width, height) >= 1 and max(width, height) < math.inf:
        return round(width), round(height)
    return None


def _local(name: object) -> str:
    return str(name).rsplit("}", 1)[-1]


def _pixels(length: str | None) -> float | None:
    match = re.fullmatch(r"\s*([0-9]+\.?[0-9]*|\.[0-9]+)\s*(px|pt|in|cm|mm)?\s*", length or "")
    if not match:
        return None
    unit = {None: 1, "px": 1, "pt": 4 / 3, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}
    return float(match[1]) * unit[match[2]]
