import re
import unicodedata
from xml.etree import ElementTree

import pytest

from authoring import book
from authoring.book import maths
from authoring.notebook_error import NotebookError
from tests import writing
from tests.authoring.book.conftest import page, text
from tests.authoring.book.test_pictures import encoded, png, svg


def rendered(course, vietnamese):
    return page(course, text(vietnamese, id="cell"))


def test_a_heading_has_an_address_of_its_own(course):
    html = rendered(course, "## Đầu vào của `net`\n\n## Đầu vào của `net`")
    assert '<h2 id="dau-vao-cua-net">Đầu vào của <code>net</code>' in html
    assert '<h2 id="dau-vao-cua-net-2">' in html
    assert 'href="#dau-vao-cua-net-2" aria-label="Liên kết tới mục “Đầu vào của net”"' in html


def test_decomposed_letters_give_the_same_page(course):
    vietnamese = "## Tầng ẩn\n\nKhởi tạo trễ."
    composed = rendered(course, vietnamese)
    assert 'id="tang-an"' in composed
    decomposed = unicodedata.normalize("NFD", vietnamese)
    assert decomposed != vietnamese
    assert rendered(course, decomposed) == composed


def test_the_plain_words_of_a_heading_have_its_formulas_and_breaks(course):
    vietnamese = "## Một<br>hai $x^2$ H<sub>2</sub>O"
    html = rendered(course, vietnamese)
    assert 'aria-label="Liên kết tới mục “Một hai x2 H2O”"' in html
    assert course.pages()["a_vn.ipynb"].headings[1].title == "Một hai x2 H2O"


def test_deep_lists_are_shown_whole(course):
    assert "<li>a29" in rendered(course, "\n".join(f"{'  ' * n}- a{n}" for n in range(30)))


def test_a_bar_in_the_code_of_a_table_is_escaped(course):
    assert "<td><code>a|b</code></td>" in rendered(course, "| a |\n|---|\n| `a\\|b` |")


def test_an_anchor_before_a_heading_becomes_its_address(course):
    html = rendered(course, '<a id="sec_x"></a>\n\n## Mục\n\n[tới](#sec_x)')
    assert '<h2 id="sec_x">' in html
    assert html.count('id="sec_x"') == 1
    assert '<a href="#sec_x">tới</a>' in html


def test_the_names_of_a_page_s_frame_are_taken(course):
    html = page(course, text("## Menu"), text("## Content", id="other"))
    assert 'id="menu-2"' in html
    assert 'id="content-2"' in html
    with pytest.raises(NotebookError, match="neo “language” đã có ở khung của trang"):
        page(course, text('<a id="language"></a>\n\n## Ngôn ngữ'))


def test_an_anchor_elsewhere_stays_where_it_is(course):
    html = rendered(course, 'Một <a id="cho-nay"></a>chỗ. [tới](#cho-nay)')
    assert 'Một <span id="cho-nay"></span>chỗ.' in html


@pytest.mark.parametrize(
    ("word", "kind"), [("Ghi chú.", "info"), ("Mẹo.", "tip"), ("Cảnh báo.", "warning")]
)
def test_a_quote_that_starts_with_a_signal_word_is_a_note(course, word, kind):
    html = rendered(course, f"> **{word}** Một điều.\n>\n> Và nữa.")
    assert f'<blockquote class="note {kind}">' in html


@pytest.mark.parametrize("quote", ["> Một câu.", "> Đọc **Mẹo.** kỹ", "> **Khác.** x", "> - a"])
def test_any_other_quote_is_a_quote(course, quote):
    assert "<blockquote>" in rendered(course, quote)


def test_markdown_inside_a_fold(course):
    html = rendered(
        course, "<details>\n<summary>Lời giải</summary>\n\n**Đáp** $x^2$\n\n- một\n\n</details>"
    )
    assert "<details>\n<summary>Lời giải</summary>\n<p><strong>Đáp</strong>" in html
    assert "<li>một</li>" in html


def test_maths_in_lines_blocks_and_tables(course):
    html = rendered(course, "Cho $x_1$ và\n\n$$\n\\mathbf{y}\n$$\n\n| a |\n|--:|\n| $z$ |")
    assert html.count("<math") == 3
    assert '<div class="formula"><span class="katex-display">' in html
    assert "$" not in html


def test_a_dollar_sign_can_be_written(course):
    assert "giá 5$ và <code>$x$</code>" in rendered(course, r"giá 5\$ và `$x$`")


def test_tables_scroll_in_a_box(course):
    assert '<div class="scroll"><table>' in rendered(course, "| a |\n|---|\n| b |")


def test_the_empty_corner_of_a_table_is_no_header(course):
    html = rendered(course, "| | a |\n|---|---|\n| b | c |")
    assert re.sub(r"\s", "", html).count("<tr><td></td><th>a</th></tr>") == 1


def test_fenced_code_is_coloured_and_keeps_its_lines(course):
    html = rendered(course, "```python\nimport numpy\n\nx < 1\n```\n\n```lạ\na & b\n```")
    assert '<span class="k">import</span>' in html
    assert "\n\n" in html
    assert "<code>a &amp; b</code>" in html


def test_a_picture_alone_is_a_figure(course):
    (course.notebooks / "img").mkdir()
    (course.notebooks / "img/a.svg").write_text(svg())
    html = rendered(course, '![Một "hình"](img/a.svg "Chú thích")\n\nchữ ![nhỏ](img/a.svg) chữ')
    image = '<img src="img/a.svg" alt="Một &quot;hình&quot;" width="40" height="20"/>'
    caption = re.search(rf"<figure[^>]*>{re.escape(image)}<figcaption>(.*?)</figcaption>", html)
    assert re.sub(r"<[^>]+>", "", caption[1]).endswith("Chú thích")
    assert html.count("<figure") == 1


def test_a_pasted_picture_is_found_whatever_the_form_of_its_name(course):
    cell = text("![dán](attachment:Ảnh.png)", id="cell")
    name = unicodedata.normalize("NFD", "Ảnh.png")
    cell.attachments = {name: {"image/png": encoded(png())}}
    assert '<figure><img src="pictures/' in page(course, cell)


def test_a_pasted_picture_of_another_kind_is_told_as_such(course):
    cell = text("![dán](attachment:x.gif)", id="cell")
    cell.attachments = {"x.gif": {"image/gif": "R0lGODlh"}}
    with pytest.raises(NotebookError, match=r"phải là image/svg\+xml.*, không phải image/gif"):
        page(course, cell)


def test_links_between_notebooks(course):
    writing.write(
        course.notebooks / "b_vn.ipynb", text('<a id="sec_b"></a>\n\n# B\n\n[về](a_vn.ipynb)')
    )
    html = rendered(course, "[một](b_vn.ipynb) [hai](b_vn.ipynb#sec_b) [ba](./b_vn.ipynb#sec%5Fb)")
    assert '<a href="b_vn.html">một</a>' in html
    assert html.count('<a href="b_vn.html#sec_b">') == 2
    assert '<a href="a_vn.html">về</a>' in course.html("b_vn.ipynb")


def test_links_from_a_folder(course):
    (course.notebooks / "them").mkdir()
    (course.notebooks / "them/hinh.svg").write_text(svg())
    writing.write(
        course.notebooks / "them/c_vn.ipynb",
        text("# C\n\n[a](../a_vn.ipynb#tieu-de) ![h](hinh.svg)"),
    )
    rendered(course, "[c](them/c_vn.ipynb)")
    assert '<a href="../a_vn.html#tieu-de">' in course.html("them/c_vn.ipynb")


@pytest.mark.parametrize("href", ["https://a.example/x#y", "mailto:a@b.example"])
def test_links_out_stay(course, href):
    assert f'<a href="{href}">' in rendered(course, f"[x]({href})")
    assert f'<a href="{href}" title="A &lt;b&gt;">' in rendered(course, f'[x]({href} "A <b>")')


@pytest.mark.parametrize(
    ("vietnamese", "reason", "line"),
    [
        ("chữ\n\n$\\khong$", "công thức “\\khong” sai", 7),
        ("giá 5$ thôi", "“giá 5$ thôi”: dấu $ lẻ", 5),
        ("\\begin{matrix}", "TeX ở ngoài", 5),
        ("<summary>$x$</summary>", "công thức trong thẻ HTML", 5),
        ("<script>alert(1)</script>", "thẻ HTML “<script>”", 5),
        ("chữ[^1]", "“[^1]”: chú thích cuối trang", 5),
        ("chữ\n\n[^1]: hai chữ", "“[^1]”: chú thích cuối trang", 7),
        (":::{note}\nchữ\n:::", "“:::”: khối :::", 5),
        ("> [!NOTE]\n> chữ", "“[!NOTE]”: hộp", 5),
        ("```{note}\nchữ\n```", "khối {note}", 5),
        ("```mermaid\ngraph TD\n```", "khối mermaid", 5),
        ("xem {ref}`x`", "“{ref}`x`”", 5),
        ("xem :numref:`x`", "“:numref:`x`”", 5),
        (":label:`x`", "“:label:”: lệnh của d2lbook", 5),
        ("chữ \\\\(x\\\\)", "“\\\\(…”: viết công thức", 5),
        ("\\\\[x\\\\]", "“\\\\[…”: viết công thức", 5),
        ("chữ <sub>a", "<sub> không có </sub>", 5),
        ("- <kbd>a\n- b</kbd>", "<kbd> không có </kbd> trước </p>", 5),
        ("> <details>\n> <summary>x</summary>\n>\n\n</details>", "trước </blockquote>", 5),
        ("<details>\n\nchữ\n\n</details>", "mở đầu bằng một <summary>", None),
        ("chữ <details><summary>x</summary>y</details>", "<details> phải đứng đầu dòng", 5),
        ("## <br>", "tiêu đề không có chữ nào", 5),
        ("chữ <sub>*a</sub>*", "đan chéo", 5),
        ("chữ </kbd>", "</kbd> không có <kbd>", 5),
        ("chữ <img src=x onerror=alert(1)>", "thẻ HTML “<img", 5),
        ("chữ <a href=x>y</a>", "thẻ HTML “<a href=x>”", 5),
        ("<details>\n<summary>x</summary>\n\nchữ", "không có </details>", None),
        ("chữ\n\n</details>", "không có <details>", 7),
        ("[x](khong-co_vn.ipynb)", "sách không có trang khong-co_vn.ipynb", 5),
        ("[x](a_vn.ipynb#khong-co)", "không có neo “khong-co”", 5),
        ("- một\n- [x](#khong-co)", "không có neo “khong-co”", 6),
        ("[x](tep.params)", "sẽ hỏng trong sách", 5),
        ("[x](/tuyet/doi)", "sẽ hỏng trong sách", 5),
        ("[x](//a.example)", "sẽ hỏng trong sách", 5),
        ("![x](khong-co.svg)", "không đọc được hình", 5),
        ("![](khong-co.svg)", "thiếu văn bản thay thế", 5),
        ("![x](https://a.example/x.png)", "phải nằm trong thư mục notebook", 5),
        ("![x](../../x.png)", "phải nằm trong thư mục notebook", 5),
        ("![x](attachment:x.png)", "không đính kèm", 5),
        ("chữ\n\n# Hai", "“Hai”: trang phải mở đầu bằng đúng một tiêu đề lớn", 7),
        ("| a |\n|---|\n| b | c |", "hàng “| b | c |” có nhiều ô hơn hàng đầu", 7),
        ("| `a | b` | c |\n|---|---|\n| d |", "“|---|---|”: bảng hỏng", 5),
        ("| a |\n|---|\n| $\\|x\\|$ |", "công thức “|x|” ở trong bảng", 7),
        ("dấu `lẻ", "“`”: dấu ` lẻ", 5),
        ("> " * 120 + "sâu", "lồng nhau quá sâu", 5),
        ('chữ ![x](img/a.svg "một")', "chú thích “một” không hiện được", 5),
        ('- ![x](img/a.svg "một")', "chú thích “một” không hiện được", 5),
        ("## Mục {#id}", "“{#id}”: chỉ Pandoc", 5),
        ("[x](#tieu-de){.lop}", "“{.lop}”: chỉ Pandoc", 5),
        ("chữ\n{: .lop}", "“{: .lop}”: chỉ Pandoc", 5),
        ('{{< figure src="https://a.example" >}}', '“{{< figure src="”: chỉ Pandoc', 5),
        ("{% include x %}", "“{% include x %}”: chỉ Pandoc", 5),
        ("!!! note\n    chữ", "“!!! note”: chỉ MkDocs", 5),
        ("(muc-x)=\n## Mục", "“(muc-x)=”: chỉ MkDocs, MyST", 5),
        ('<a id="x"></a> <a id="x"></a>', "neo “x” đã có", 5),
    ],
)
def test_what_would_be_broken_stops_with_file_cell_and_line(course, vietnamese, reason, line):
    with pytest.raises(NotebookError) as caught:
        rendered(course, vietnamese)
    message = str(caught.value)
    assert message.startswith("notebooks/a_vn.ipynb")
    assert reason in message
    assert "ô 2 (id cell)" in message
    assert caught.value.line == line


def test_a_name_and_its_number_stay_in_one_line(course):
    html = rendered(course, "Xem Bảng 1 (khoảng 50 phút, 8 MB), rồi 3 tầng.\n\n| a |\n|---|\n| b |")
    assert "Xem Bảng\u00a01 (khoảng 50\u00a0phút, 8\u00a0MB), rồi 3 tầng." in html


def test_names_in_tables_break_between_their_parts(course):
    html = rendered(course, "`torch.load_stat`\n\n| `torch.load_state(x=y)` |\n|---|\n| b |")
    assert "<p><code>torch.load_stat</code></p>" in html
    assert "<code>torch.<wbr/>load_<wbr/>state(x=y)</code>" in html


def test_a_long_name_in_a_table_breaks_before_its_arguments_on_wide_screens_too(course):
    html = rendered(course, "| `torch.load_state_dict(filename)` |\n|---|\n| b |")
    assert '_<wbr/>dict(<wbr class="far"/>filename)' in html


def test_long_code_breaks_between_its_parts_outside_tables_too(course):
    written = '`net[0].setattr("grad_req", 1)`, `DeferredInitializationError`'
    html = rendered(course, f"{written}, `Block.__setattr__(self)`")
    assert "<code>net[0].<wbr/>setattr(<wbr/>&quot;grad_req&quot;, 1)</code>" in html
    assert "<code>Deferred<wbr/>Initialization<wbr/>Error</code>" in html
    assert "<code>Block.<wbr/>__setattr__(self)</code>" in html


def test_short_code_stays_in_one_line(course):
    html = rendered(course, "`x + y`, `epoch-1.ckpt`, `name`, `x + y + z + t + u + v`")
    shown = ['<code class="short">x + y</code>', '<code class="short">epoch-1.ckpt</code>']
    shown += ["<code>name</code>", "<code>x + y + z + t + u + v</code>"]
    assert f"<p>{', '.join(shown)}</p>" in html


def test_what_jupyterlab_shows_beyond_commonmark_is_shown(course):
    html = rendered(course, "~~bỏ~~ https://a.example/x.\n\n- [ ] việc\n- [x] xong\n\ntrain.py")
    assert "<s>bỏ</s>" in html
    assert '<a href="https://a.example/x">https://a.example/x</a>.' in html
    boxes = re.findall(r"<input[^>]+/>", html)
    assert ["checked" in box for box in boxes] == [False, True]
    assert "<p>train.py</p>" in html


def test_a_page_is_xml_as_well(course):
    vietnamese = (
        "Một<br>hai &nbsp; &lt; <kbd>a</kbd> <sub>*b*</sub>\\\nba\n\n- [ ] c\n\n"
        "<details open>\n<summary>a &amp; b</summary>\n\nd\n\n</details>\n\n"
        "| a |\n|---|\n| `b.cdef` |"
    )
    ElementTree.fromstring(rendered(course, vietnamese))


def test_links_may_stand_in_an_anchor_and_an_anchor_in_a_link(course):
    html = rendered(course, '<a id="x">[a](#x)</a> và [<a id="y"></a>b](#y)')
    assert '<span id="x"></span><a href="#x">a</a>' in html
    assert '<a href="#y"><span id="y"></span>b</a>' in html


def test_a_missing_katex_is_no_fault_of_a_formula(course, monkeypatch, tmp_path):
    monkeypatch.setattr(book, "WEB", tmp_path)
    monkeypatch.setattr(maths, "render", maths.render.__wrapped__)
    maths._katex.cache_clear()
    with pytest.raises(NotebookError, match=r"katex\S*: chưa cài phông chữ và KaTeX: hãy chạy"):
        rendered(course, "Số $x$.")
