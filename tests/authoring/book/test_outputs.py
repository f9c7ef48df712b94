import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import HTML, SVG, IFrame, Image, Javascript, Latex, Markdown, Math
from nbformat import NotebookNode, v4

from authoring.book import outputs
from authoring.book.page import Cell, Page
from authoring.notebook_error import NotebookError
from tests import writing
from tests.authoring.book.conftest import page
from tests.authoring.book.test_pictures import encoded, jpeg, png, svg


def shown(course, *results: NotebookNode) -> str:
    cell = writing.code("x", id="cell", execution_count=1, outputs=list(results))
    html = page(course, cell)
    return html[html.index('<div class="outputs"') :] if 'class="outputs"' in html else ""


def display(**data) -> NotebookNode:
    kinds = {kind.replace("_", "/", 1): content for kind, content in data.items()}
    return v4.new_output("display_data", data=kinds)


def error(*traceback: str) -> NotebookNode:
    return v4.new_output("error", ename="E", evalue="v", traceback=list(traceback))


def test_streams_are_joined_and_told_apart(course):
    html = shown(
        course,
        v4.new_output("stream", name="stdout", text="a\n"),
        v4.new_output("stream", name="stdout", text="b <\n"),
        v4.new_output("stream", name="stderr", text="\x1b[31mc\x1b[0m"),
    )
    assert '<pre class="out stdout">a\nb &lt;</pre>' in html
    assert '<pre class="out stderr"><span class="red">c</span></pre>' in html


def test_the_result_of_a_cell(course):
    result = v4.new_output("execute_result", data={"text/plain": "x\n\ny"}, execution_count=1)
    assert '<pre class="out">x\n\ny</pre>' in shown(course, result)


def test_nothing_to_show_leaves_no_box(course):
    assert shown(course) == ""
    assert shown(course, v4.new_output("stream", name="stdout", text="\n")) == ""
    assert shown(course, display(text_plain="")) == ""


def test_a_short_error_is_shown_whole(course):
    html = shown(course, error("Traceback", "File x.py:1\n  y", "\x1b[31mE\x1b[39m: v"))
    assert "<details>" not in html
    assert "File x.py:1\n  y" in html
    assert '<pre class="reason"><span class="red">E</span>: v</pre>' in html


def test_a_long_error_folds_its_way_through_libraries(course):
    library = "\x1b[36mFile \x1b[39mx.py:1" + "\n  line" * 20
    html = shown(course, error("Traceback", "Cell In[1]", *[library] * 3, "E: v"))
    assert "<pre>Traceback\nCell In[1]</pre>" in html
    summary = html.partition("<summary>")[2].partition("</summary>")[0]
    assert "3 bước bên trong thư viện" in summary
    assert "3 steps inside the library" in summary
    assert '<pre class="reason">E: v</pre>' in html


def test_an_error_without_traceback(course):
    assert '<pre class="reason">E: v</pre>' in shown(course, error())


def test_pictures_become_files(course):
    html = shown(
        course,
        display(**{"image_svg+xml": svg(), "image_png": "hỏng", "text_plain": "<Figure>"}),
        display(image_png=encoded(png()), text_plain="<Figure>"),
    )
    images = re.findall(r'<img src="pictures/\w+\.(\w+)" alt="([^"]+)" width="(\d+)"', html)
    assert [(kind, width) for kind, _, width in images] == [("svg", "40"), ("png", "2")]
    assert all(alt for _, alt, _ in images)
    assert "Figure&gt;" not in html


def test_an_svg_describes_itself(course):
    html = shown(course, display(**{"image_svg+xml": svg("<title>Loss &amp;\n epoch</title>")}))
    assert 'alt="Loss &amp; epoch"' in html
    html = shown(course, display(**{"image_svg+xml": svg("<g><title>x</title></g>")}))
    assert 'alt="Hình do đoạn mã ngay trên vẽ ra"' in html


def test_html_keeps_tables_and_loses_what_would_touch_the_page(course):
    html = shown(
        course,
        display(
            text_html=f"""
<style scoped>.dataframe tbody tr th {{ vertical-align: top }} body {{ display: none }}</style>
<!-- English -->
<table id="content" border="1" class="code" style="position: fixed" onclick="alert(1)">

<tr><th></th><th colspan="2">đ &amp; e</th></tr>
<tr><td><pre>

a

b $x$</pre></td></tr></table>
<img src="data:image/png;base64,{encoded(png())}" alt="y" width="30"><br>
<a href="https://a.example">y</a><hr size="2" width="50%" align="left"><ol><li value="5">z</ol>
""",
            text_plain="x",
        ),
    )
    assert "<td></td><th colspan" in html
    assert "<pre><br/>a\n\nb $x$</pre>" in html
    assert re.search(r'<img src="pictures/\w+.png" alt="y" width="30" height="45"/><br/>', html)
    assert 'href="https://a.example"' in html
    assert '<hr/><ol><li value="5">' in html
    for gone in ("<style", "<!--", "id=", "position", "onclick", "alert"):
        assert gone not in html.replace('class="outputs"', "")


def test_html_becomes_xml_whatever_its_tags(course):
    tags = (
        f'<map><area></map>a<wbr>b<br>c<hr><img src="data:image/png;base64,{encoded(png())}">'
        "<table><colgroup><col></colgroup><tr><td>d</table>"
    )
    output = display(text_html=tags, text_plain="x")
    html = page(course, writing.code("x", id="cell", outputs=[output]))
    whole = {element.tag for element in ElementTree.fromstring(html).iter()}
    assert {"area", "wbr", "br", "hr", "img", "col"} < whole


def test_dollars_of_two_elements_are_no_formula(course):
    table = "<table><tr><td>$5</td><td>$6</td></tr></table><b>$7</b>$"
    assert "<td>$5</td><td>$6</td>" in shown(course, display(text_html=table))


@pytest.mark.parametrize(
    ("tex", "kinds"),
    [
        (r"\(a\) và \(b\)", ["katex", "katex"]),
        (r"\[a\] và \begin{align} b \\[2pt] c \end{align}", ["katex-display"] * 2),
        (r"\(a\)", ["katex-display"]),
        (r"\$5, *x* và `y_1` \% $ a $", ["katex"]),
    ],
)
def test_latex_is_read_as_jupyter_reads_it(course, tex, kinds):
    html = shown(course, display(text_latex=tex))
    assert re.findall(r'(?<!display">)<span class="(katex(?:-display)?)">', html) == kinds
    seen = re.sub(r'<span class="katex-html".*?</span></span></span>|<[^>]*>', "", html)
    for text in ("và", r"\$5, *x* và `y_1` \%"):
        assert (text in seen) == (text in tex)


@pytest.mark.parametrize("form", [HTML, SVG, Markdown, Latex, Math, Image, Javascript, IFrame])
def test_what_ipython_displays_is_shown_or_refused(course, form, tmp_path):
    """Each is made by IPython itself; none may end as the mere name of its class."""
    content = {
        HTML: "<b>đậm</b>",
        SVG: svg("<title>Tên</title>"),
        Markdown: "*nghiêng*",
        Latex: r"\begin{align} a &= b \end{align}",
        Math: "x_1",
        Image: png(),
        Javascript: "alert(1)",
    }
    thing = IFrame("https://a.example", 10, 10) if form is IFrame else form(content[form])
    data, metadata = InteractiveShell.instance().display_formatter.format(thing)
    data = {
        kind: encoded(value) if isinstance(value, bytes) else value for kind, value in data.items()
    }
    output = v4.new_output("display_data", data=data, metadata=metadata)
    if form in (Javascript, IFrame):
        with pytest.raises(NotebookError, match="đầu ra"):
            shown(course, output)
    else:
        html = shown(course, output)
        assert "IPython" not in html
        wanted = {HTML: "<b>đậm</b>", Markdown: "<em>nghiêng</em>", Latex: "<math", Math: "<math"}
        assert wanted.get(form, "<img") in html


def test_markdown_and_latex_outputs(course):
    html = shown(
        course,
        display(text_markdown="**Đúng.** $x$", text_plain="Đúng."),
        display(text_latex="$\\displaystyle \\frac{1}{2}$", text_plain="1/2"),
        display(text_latex="chữ $a$ và $b$", text_plain="thường"),
    )
    assert '<div class="out rich"><p><strong>Đúng.</strong> <span class="katex">' in html
    assert '<div class="out rich"><div class="formula"><span class="katex-display">' in html
    assert "chữ <span" in html
    assert "$" not in html


@pytest.mark.parametrize(
    ("metadata", "size"),
    [
        ({}, (40, 20)),
        ({"width": 200}, (200, 100)),
        ({"height": 10}, (20, 10)),
        ({"width": 30, "height": 90}, (30, 90)),
        ({"width": "x", "height": -1}, (40, 20)),
        ({"width": "200"}, (200, 100)),
        ({"width": 200.5}, (200, 100)),
        ({"width": True, "height": None}, (40, 20)),
        ({"width": 10**400, "height": "0"}, (40, 20)),
        (None, (40, 20)),
    ],
)
def test_a_picture_has_the_size_that_its_program_wants(course, metadata, size):
    output = v4.new_output(
        "display_data",
        data={"image/svg+xml": svg(), "text/plain": "x"},
        metadata={"image/svg+xml": metadata},
    )
    assert f'width="{size[0]}" height="{size[1]}"' in shown(course, output)


@pytest.mark.parametrize(
    ("kind", "content", "size"),
    [
        ("image/jpeg", encoded(jpeg(40, 20)), (100, 50)),
        ("image/svg+xml", svg(attributes='width="100%"'), (100, 50)),
        ("image/png", encoded(png(400, 1)), (100, 1)),
    ],
)
def test_one_side_gives_the_other(course, kind, content, size):
    output = v4.new_output("display_data", data={kind: content}, metadata={kind: {"width": 100}})
    assert f'width="{size[0]}" height="{size[1]}"' in shown(course, output)


@pytest.mark.parametrize("kind", ["text_html", "text_markdown", "text_latex", "text_plain"])
def test_control_characters_never_get_onto_a_page(course, kind):
    """Some of them are the book's own marks."""
    text = "a" + "".join(map(chr, [*range(1, 8), 11, 27, 127, 0xFFFE])) + "b"
    assert ">ab<" in shown(course, display(**{kind: text}))
    html = shown(course, display(text_html="<b title='&#3;&#4;'>a&#1;&#2;b</b>"))
    assert not re.search("[\x01-\x08]", html)


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("application/pdf", "JVBERi0=", "<Figure size 640x480 with 1 Axes>"),
        ("application/vnd.jupyter.widget-view+json", {"model_id": "x"}, "HBox(children=…)"),
        ("application/vnd.plotly.v1+json", {"data": []}, "FigureWidget({…})"),
        ("image/webp", "UklGRg==", "<IPython.core.display.Image object>"),
    ],
)
def test_text_never_stands_for_what_a_page_cannot_show(course, kind, content, text):
    data = {kind: content, "text/plain": text}
    with pytest.raises(NotebookError, match=re.escape(f"đầu ra kiểu {kind}, text/plain: sách")):
        shown(course, v4.new_output("display_data", data=data))
    assert "<img" in shown(course, display(**data, image_png=encoded(png())))


@pytest.mark.parametrize("name", ["core.display.HTML object", "lib.display.IFrame at 0x…"])
def test_the_mere_name_of_something_to_display_is_refused(course, name):
    thing = display(text_plain=f"[1, <IPython.{name}>]")
    with pytest.raises(NotebookError, match=f"chỉ nhắc tên <IPython.{name}>: hãy gọi display"):
        shown(course, thing)
    assert "&lt;__main__.Net object at 0x…&gt;" in shown(
        course, display(text_plain="<__main__.Net object at 0x…>")
    )


def test_only_a_stream_goes_back_over_its_line(course):
    text = "\n\nmột\rhai\r\nba\bn"
    assert "<br/>\nhai\nbn" in shown(course, v4.new_output("stream", name="stdout", text=text))
    for result in (display(text_plain=text), error(text), error(text, text)):
        assert "><br/>\nmột\nhai\nban" in shown(course, result)


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (display(application_json={}), "application/json: sách không hiện được"),
        (display(), "rỗng: sách không hiện được"),
        (display(image_png="hỏng"), "đầu ra image/png: base64"),
        (display(text_latex="$\\khong$"), "công thức “\\khong” sai"),
        (display(text_markdown="<script>x</script>"), "thẻ HTML “<script>”"),
        (display(text_html="<script>alert(1)</script>", text_plain="chữ"), "chứa <script>"),
        (display(text_html="<b>x</b><IFRAME src=x></IFRAME>", text_plain="x"), "chứa <iframe>"),
        (display(text_html="<video src=x></video>", text_plain="x"), "chứa <video>"),
        (display(text_html="<svg><text>x</text></svg>", text_plain="x"), "chứa <svg>"),
        (display(text_html="<style>p { }</style>", text_plain="x"), "không còn gì"),
        (display(text_html="<progress value=1></progress>3/9", text_plain="x"), "chứa <progress>"),
        (display(text_html="<center>x</center>"), "chứa <center>"),
        (display(text_html="<style>#T_1 {\n  color: red}</style>x"), "màu (color)"),
        (display(text_html="<p style='margin: 0; background-color:red'>x</p>"), "(background-"),
        (display(text_html="<a href=x.csv>x</a>"), "liên kết tới “x.csv” sẽ hỏng"),
        (display(text_html="<a href='javascript:alert(1)'>x</a>"), "“(không có địa chỉ)” sẽ hỏng"),
        (display(text_html="<a href='data:text/html,x'>x</a>"), "sẽ hỏng trong sách"),
        (display(text_html="<div> </div>", text_plain="x"), "không còn gì"),
        (
            display(text_html="<img src='https://a.example/x.png'>", text_plain="x"),
            "hình “https://a.example/x.png”",
        ),
        (
            display(text_html="<img src='data:image/gif;base64,x'>"),
            "hình “data:image/gif;base64,x”",
        ),
        (display(text_html="<img src='data:image/png;base64,AAAA'>"), "image/png: không phải"),
        (display(text_html="<p>$x^2$ và</p>", text_plain="x"), "công thức “$x^2$”"),
        (display(text_html=r"<p>\(x\)</p>", text_plain="x"), r"công thức “\(x\)”"),
        (display(text_html=r"<p>\begin{a}<br>\end{a}</p>"), r"công thức “\begin{a}"),
        (display(text_plain="<IPython.core.display.Javascript object>"), "nhắc tên"),
        (
            display(
                application_javascript="x", text_plain="<IPython.core.display.Javascript object>"
            ),
            "application/javascript, text/plain: sách không hiện được",
        ),
        (
            display(**{"application_vnd.x+json": {}, "text_plain": "<a.B at 0x…>"}),
            "không hiện được",
        ),
    ],
)
def test_an_output_that_cannot_be_shown_is_an_error_at_its_cell(course, result, reason):
    with pytest.raises(NotebookError) as caught:
        shown(course, result)
    assert reason in str(caught.value)
    assert "notebooks/a_vn.ipynb, ô 2 (id cell)" in str(caught.value)


KINDS = ["text/plain", "text/html", "text/latex", "text/markdown", "image/svg+xml", "image/png"]
ODD = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="<>/&=\"' \n\x00\x1b[31m$\\pre!-sgcript:()", max_size=60),
    st.sampled_from(["<svg", "<pre>\n\n</pre>", "<table>" + "<tr>" * 50, "<b><pre></b>", "<p><p"]),
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*KINDS, "application/x"]), ODD, max_size=3), ODD)
def test_any_output_gives_a_page_or_a_clear_error(tmp_path_factory, data, text):
    cell = v4.new_code_cell(
        "x",
        outputs=[
            v4.new_output("display_data", data=data),
            v4.new_output("stream", name="stdout", text=text),
            error(text, text),
        ],
    )
    at = Cell(Page("a.ipynb", "a.html", "a.ipynb", tmp_path_factory.getbasetemp()), "ô 1")
    try:
        html = outputs.render(cell, at)
    except NotebookError as caught:
        html = str(caught)
        assert "\n" not in html
    assert "<script" not in html or html.startswith("a.ipynb")
