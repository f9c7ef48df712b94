"""`make handout`: an archive for each section, as a teacher gives it to a class.

In it are the notebook without outputs and without answers, its pictures, d2lutil without worked
solutions, the section on paper, its worksheet, and a few lines that say how to begin. All unpack
into one folder, where the notebooks find each other.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbformat import from_dict

from authoring import notebook, wheel, withheld, workspace
from authoring.book import MADE
from authoring.book import __main__ as book
from authoring.book.download import first_cell
from authoring.book.fault import told
from d2lutil import files
from d2lutil.exercises import SECTIONS

TARGET = Path("dist/handout")
FOLDER = "tinh-toan-hoc-sau"  # in every archive
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^\s):]+)[\s)]")
_READ_FIRST = """\
TÍNH TOÁN HỌC SÂU: BÀI ĐỂ LÀM TRÊN LỚP VÀ Ở NHÀ

Giải nén mọi tệp bạn nhận được vào cùng một chỗ: chúng chung một thư mục.
Trong đó có:
  *_vn.ipynb                    notebook, chưa có đầu ra: bạn đoán, rồi chạy
  img/                          hình của notebook
  bai-tap-*.pdf                 tờ bài tập để viết tay
  *-khong-loi-giai.pdf          cả mục để đọc, không kèm lời giải
  {wheel}
                                gói d2lutil, để notebook chạy và chấm bài

MỞ NOTEBOOK
1. Máy đã có khóa học (make lab, hay máy chủ của lớp): mở notebook rồi chạy từ trên xuống.
2. Colab, Kaggle hay một Jupyter khác trên Linux: tải notebook lên, đặt tệp .whl cạnh nó, bỏ dấu #
   ở đầu dòng %pip trong ô đầu tiên rồi chạy ô ấy. Trên Colab, thư mục img không đi cùng: hãy xem
   hình trong tệp PDF.

LÀM BÀI
Viết câu trả lời vào ô có “answer = ...”, chạy ô ấy, rồi chạy ô kiểm tra ngay dưới.
d2lutil.hint() cho thêm một gợi ý. Lời giải thì thầy cô sẽ chữa trên lớp.
Một ô trả lời phải tự đủ: nó chỉ được dùng những gì các ô của bài học phía trên đã tạo ra.

NỘP BÀI
Lưu notebook, đổi tên nó thành họ tên của bạn, không dấu, như nguyen-van-an.ipynb, rồi gửi tệp ấy
cho thầy cô.
Đừng xóa, chép hay ghép ô trả lời: máy nhận ra bài của bạn nhờ chính ô ấy.
"""


def archive(section: str, folder: Path, papers: Path, package: Path) -> bytes:
    """Return the archive of a section of the course in `folder`; the same course, the same bytes.

    `papers` has what `authoring.book.papers` has printed, `package` is the wheel. Raises
    NotebookError for a notebook that cannot be read, OSError for a file that is missing.
    """
    path = folder / "notebooks" / f"{section}_vn.ipynb"
    nb = workspace.blank(path)
    withheld.take_answers(nb.cells)
    texts = "".join(cell.source for _, cell in notebook.named_cells(nb, "markdown"))
    nb.cells.insert(0, from_dict(first_cell(handed_out=True)))
    found = {path.name: notebook.dumps(nb).encode()}
    found |= {name: (path.parent / name).read_bytes() for name in set(_PICTURE.findall(texts))}
    found |= {file.name: file.read_bytes() for file in (package, *papers.glob(f"*{path.stem}*"))}
    found["DOC-TRUOC.txt"] = _READ_FIRST.format(wheel=package.name).encode()
    return _zipped(found)


def _zipped(found: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in sorted(found.items()):
            # Dated 1980, as all that says no date.
            file = zipfile.ZipInfo(f"{FOLDER}/{name}")
            file.external_attr = 0o644 << 16
            made.writestr(file, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def make(folder: Path, target: Path) -> list[Path]:
    """Write the archives of all sections of the course in `folder`; return their paths.

    An archive is written whole or not at all. Raises NotebookError like `archive` and when there
    is no Chromium, WheelError when the package can't be built, OSError when `target` can't be
    written.
    """
    papers = book.build(folder, book.Job("papers", {}, MADE["papers"]))
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        package = wheel.build(Path(name), solutions=False)
        made = {section: archive(section, folder, papers, package) for section in SECTIONS}
    paths = []
    for section, data in made.items():
        paths.append(target / f"{section}.zip")
        files.replace(paths[-1], data)
    return paths


def main(arguments: Sequence[str]) -> int:
    """Make all archives and name them; return 0, or 1 after a clear message."""
    if list(arguments) not in ([], ["solutions=no"]):
        print("cách dùng: make handout (lúc nào cũng không kèm lời giải)", file=sys.stderr)
        return 1
    try:
        paths = make(Path.cwd(), TARGET)
    except (Exception, KeyboardInterrupt) as error:
        reason = str(error) if isinstance(error, wheel.WheelError) else told(error)
        print(f"✗ {reason}", file=sys.stderr)
        return 1
    print(*(f"✓ {path}" for path in paths), sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
