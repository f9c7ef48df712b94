from authoring.book.mdbook import MARK
from authoring.book.whole import part

PAGES = {"a_vn.html", "b_vn.html", "c/d_vn.html"}


def shown(address, html):
    return part(address, f"{MARK}\n{html}</article>", PAGES)


def test_every_anchor_is_called_by_its_page():
    html = shown("a_vn.html", '<h2 id="x">X</h2><a class="term" id="y-1" href="b_vn.html#y">y</a>')
    assert html.startswith('<article class="notebook" id="a_vn.html">')
    assert '<h2 id="a_vn.html:x">' in html
    assert '<a class="term" id="a_vn.html:y-1" href="#b_vn.html:y">' in html


def test_links_lead_from_place_to_place():
    for address, link, target in [
        ("a_vn.html", "#x", "#a_vn.html:x"),
        ("a_vn.html", "b_vn.html", "#b_vn.html"),
        ("a_vn.html", "c/d_vn.html#x", "#c/d_vn.html:x"),
        ("c/d_vn.html", "#x", "#c/d_vn.html:x"),
        ("c/d_vn.html", "../a_vn.html#m%E1%BB%A5c", "#a_vn.html:m%E1%BB%A5c"),
        ("c/d_vn.html", "d_vn.ipynb", "c/d_vn.ipynb"),
        ("c/d_vn.html", "https://a.example/a_vn.html#x", "https://a.example/a_vn.html#x"),
        ("c/d_vn.html", "mailto:a@b.example", "mailto:a@b.example"),
    ]:
        assert f'<a href="{target}">x</a>' in shown(address, f'<a href="{link}">x</a>')


def test_pictures_are_found_from_the_root():
    html = shown("c/d_vn.html", '<img src="../img/a%20b.svg" alt="&gt;"><img src="e.svg" alt="">')
    assert '<img src="img/a%20b.svg" alt="&gt;"><img src="c/e.svg" alt="">' in html
    assert 'src="data:image/png;base64,AA=="' in shown(
        "c/d_vn.html", '<img src="data:image/png;base64,AA==" alt="">'
    )


def test_text_that_looks_like_an_address_stays():
    code = '<pre><code>x id="y" href="a_vn.html"</code></pre>'
    assert code in shown("a_vn.html", code)
