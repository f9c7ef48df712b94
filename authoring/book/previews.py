"""What a link within the book leads to, as a card beside the link shows it.

Headings come with the first words below them; pictures are found from the site's root.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_ARTICLE = re.compile("<article.*</article>", re.DOTALL)
_HEADINGS = {"h1", "h2", "h3", "h4"}
# Nothing of these is part of what a section says first.
_ASIDE = {"head", "contents", "stale"}
_LEFT_OUT = {"anchor", "card"}
# A card has no headings, links or folds of its own, and nothing on a page is called twice.
_PLAIN = {"a": "span", "details": "div", "summary": "p", **dict.fromkeys(_HEADINGS, "p")}
_NOT_KEPT = {"aria-label", "data-count", "href", "id", "open", "role", "title"}


def script(linked: Iterable[tuple[str, str, Iterable[str]]]) -> str:
    """Return previews by address, of pages given as (address, HTML, anchors), as a script.

    Pages opened from a folder may load one, but no data.
    """
    found = {name: html for page in linked for name, html in _of_page(*page)}
    data = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return f"globalThis.bookPreviews={data}\n"


def _of_page(address: str, html: str, anchors: Iterable[str]) -> Iterator[tuple[str, str]]:
    # HTML needs no namespaces.
    article = _ARTICLE.search(html.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', ""))
    tree = ElementTree.fromstring(article[0] if article else "")
    parents = {child: parent for parent in tree.iter() for child in parent}
    places = {element.get("id"): element for element in parents}
    for anchor in sorted(anchors):
        element = places[anchor] if anchor else tree[0]
        # An anchor in a line stands for its paragraph, and one half of a pair for both.
        while element.tag in ("a", "p", "span") or parents[element].get("class") == "pair":
            element = parents[element]
        shown = [element]
        if element.tag in _HEADINGS:
            siblings = [e for e in parents[element] if e.get("class") not in _ASIDE]
            after = siblings[siblings.index(element) + 1 :][:1]
            shown += (e for e in after if e.tag not in _HEADINGS)
        html = "".join(_html(part, posixpath.dirname(address)) for part in shown)
        yield f"{address}#{anchor}" if anchor else address, html


def _html(element: Element, folder: str) -> str:
    copy = deepcopy(element)
    copy.tail = ""
    for parent in copy.iter():
        for child in [*parent]:
            if child.get("class") in _LEFT_OUT:
                parent.remove(child)
    for part in copy.iter():
        part.tag = _PLAIN.get(part.tag, part.tag)
        for name in _NOT_KEPT & part.attrib.keys():
            del part.attrib[name]
        if source := part.get("src"):
            part.set("src", posixpath.normpath(posixpath.join(folder, source)))
    return ElementTree.tostring(copy, "unicode", method="html").strip()
