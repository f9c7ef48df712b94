import base64
import io
import struct
import zlib

import pytest
from PIL import Image

from authoring.book import pictures


def png(width: int = 2, height: int = 3, pixels: bytes | None = None) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\0" + b"\x80" * 3 * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(rows) if pixels is None else pixels
    body = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg(width: int = 2, height: int = 3, thumbnail: bytes = b"") -> bytes:
    file = io.BytesIO()
    exif = b"Exif\0\0" + thumbnail
    Image.new("RGB", (width, height)).save(file, "JPEG", exif=exif, progressive=True)
    return file.getvalue()


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def svg(inside: str = "", attributes: str = 'width="40" height="20"') -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'


def test_a_picture_is_named_by_its_content_and_measured():
    content = base64.encodebytes(png()).decode()
    one = pictures.decoded("image/png", content)
    assert one == pictures.decoded("image/png", content.replace("\n", ""))
    assert one.data == png()
    assert one.size == (2, 3)
    assert one.address.startswith("pictures/")
    assert one.address.endswith(".png")
    assert one.address != pictures.decoded("image/png", encoded(png(5))).address


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="40" height="20"', (40, 20)),
        ('width="72pt" height="1in"', (96, 96)),
        ('viewBox="0 0 300 150"', (300, 150)),
        ('viewBox="-4,-4,200,50" width="400"', (400, 100)),
        ('viewBox="0 0 200 50" height="100"', (400, 100)),
        ('width="100%" viewBox="0 0 30 10"', (30, 10)),
        ('width="100%"', None),
        ('viewBox="0 0 0 0"', None),
        ('viewBox="a b"', None),
        ('viewBox="0 0 -30 -10"', None),
        ('width="0.3" height="9"', None),
        ('viewBox="0 0 1e999 1"', None),
    ],
)
def test_size_of_an_svg(attributes, size):
    assert pictures.measured("image/svg+xml", svg(attributes=attributes).encode()) == size


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("image/png", "không phải base64", "base64"),
        ("image/png", "abc", "base64"),
        ("image/png", encoded(png()[:-20]), "trọn vẹn"),
        ("image/png", encoded(b"\x89PNG\r\n\x1a\nIEND...."), "trọn vẹn"),
        ("image/png", encoded(b"\xff\xd8\xffxx\xff\xd9"), "PNG"),
        ("image/jpeg", encoded(png()), "JPEG"),
        ("image/jpeg", encoded(b"\xff\xd8\xff\xe0...."), "JPEG"),
        ("image/jpeg", encoded(jpeg(thumbnail=jpeg())[:-2]), "JPEG"),
        ("image/jpeg", encoded(jpeg().replace(b"\xff\xda", b"\0\0")), "JPEG"),
        ("image/png", encoded(png().replace(b"\0\0\0\x02", b"\0\0\0\x01")), "PNG"),
        ("image/png", encoded(png(pixels=b"x")), "PNG"),
        ("image/png", encoded(png(pixels=zlib.compress(b"x" * 99)[:-5])), "PNG"),
        ("image/png", encoded(png()[:-14] + png()[-12:]), "PNG"),
        ("image/png", encoded(png(0, 0)), "PNG"),
        ("image/png", encoded(b"x" + png()), "PNG"),
        ("image/svg+xml", "<svg", "cú pháp"),
        ("image/svg+xml", "", "cú pháp"),
        ("image/svg+xml", "<html/>", "không phải SVG"),
        ("image/svg+xml", "<svg width='4' height='2'/>", "thiếu xmlns"),
        ("image/svg+xml", svg("<script>alert(1)</script>"), "script"),
        ("image/svg+xml", svg("<foreignObject/>"), "foreignObject"),
        ("image/svg+xml", svg('<g onclick="alert(1)"/>'), "onclick"),
        ("image/svg+xml", svg('<image href="https://a.example/x.png"/>'), "trỏ ra ngoài"),
        ("image/svg+xml", svg('<a href="javascript:alert(1)"/>'), "trỏ ra ngoài"),
        ("image/svg+xml", svg(f'<iframe {XHTML} src="javascript:alert(1)"/>'), "iframe"),
        ("image/svg+xml", svg(f'<img {XHTML} src="https://a.example/x.png"/>'), "img"),
        ("image/svg+xml", svg('<a><set attributeName="href" to="javascript:x"/></a>'), "liên kết"),
        ("image/svg+xml", svg('<a><animate attributeName="xlink:href"/></a>'), "liên kết"),
        ("image/svg+xml", svg('<use href="data:image/svg+xml,x#y"/>'), "trỏ ra ngoài"),
        ("image/svg+xml", svg('<g style="fill:URL( https://a.example/)"/>'), "trỏ ra ngoài"),
        ("image/svg+xml", svg("<g fill=\"url('//a.example/x')\"/>"), "trỏ ra ngoài"),
        ("image/svg+xml", svg("<style>@import 'https://a.example/x.css'</style>"), "trỏ ra ngoài"),
        ("image/svg+xml", '<?xml-stylesheet href="https://a.example/x"?>' + svg(), "stylesheet"),
        ("image/svg+xml", '<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "ENTITY"),
        ("image/svg+xml", encoded(svg("<desc>é</desc>").encode("utf-16")), "cú pháp"),
        ("image/svg+xml", encoded(svg("<desc>é</desc>").encode("latin-1")), "cú pháp"),
        ("image/svg+xml", "<?xml version='1.0' encoding='ISO-8859-1'?>" + svg(), "UTF-8, .+ ISO"),
    ],
)
def test_a_broken_or_unsafe_picture_is_an_error(kind, content, reason):
    with pytest.raises(ValueError, match=reason):
        pictures.decoded(kind, content)


def test_a_picture_may_refer_to_its_own_parts():
    own = '<g clip-path="url(#a)" style="fill: url(&quot;#b&quot;)"/><use href="#c"/>'
    inner = '<image href="data:image/png;base64,AAAA"/><style>g { fill: url(#a) }</style>'
    assert pictures.measured("image/svg+xml", svg(own + inner).encode()) == (40, 20)


@pytest.mark.parametrize("rest", [b"", b"\0\0", b"written by a camera"])
def test_a_whole_jpeg_passes_whatever_follows_its_end(rest):
    picture = pictures.decoded("image/jpeg", encoded(jpeg(40, 20, thumbnail=jpeg()) + rest))
    assert picture.address.endswith(".jpg")
    assert picture.size == (40, 20)


def test_an_svg_is_text_in_an_output_and_base64_as_jupyterlab_attaches_it():
    content = svg("<title>Hình</title>")
    attached = {"image/svg+xml": encoded(content.encode())}
    assert pictures.attached(attached) == pictures.decoded("image/svg+xml", content)
    assert pictures.attached(attached).title == "Hình"


@pytest.mark.parametrize("name", ["x.png", "x.gif"])
def test_a_missing_file_or_one_of_another_kind_is_an_error(tmp_path, name):
    with pytest.raises(ValueError, match="hình"):
        pictures.of_file(tmp_path, name)


def test_a_picture_lies_below_the_notebooks(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "a.svg").write_text(svg())
    with pytest.raises(ValueError, match="trong thư mục notebook"):
        pictures.of_file(tmp_path / "notebooks", "../a.svg")
    (tmp_path / "notebooks" / "hình 1%.svg").write_text(svg())
    picture = pictures.of_file(tmp_path / "notebooks", "hình 1%.svg")
    assert (picture.address, picture.size) == ("hinh-1.svg", (40, 20))
