"""What a link within the book leads to, as a card beside the link shows it.

A page remembers where the blocks stand that its anchors name; what links lead to is cut out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from authoring.book import addresses, edition
from authoring.book.bilingual import Block
from authoring.book.page import Page, Preview


def found(page: Page, blocks: Sequence[Block]) -> dict[str, Preview]:
    """Return the previews of a page that is made of `blocks`, by anchor; its own is called "".

    A heading comes with the block below it, anything else with all of its block.
    """
    previews = {heading.anchor: Preview(f"<p>{heading.shown}</p>") for heading in page.headings}
    below = 0, 0
    after = len(page.html)
    for block in reversed(blocks):
        if block.heading is not None:
            anchor = page.headings[block.heading].anchor
            previews[anchor] = Preview(previews[anchor].title, *below)
            below = 0, 0
        # What has no name is only a remark.
        elif names := edition.anchors(block.html):
            start = page.html.rindex(block.html, 0, after)
            after = after if block.is_facts else start  # these stand above all others
            place = start, start + len(block.html)
            previews = dict.fromkeys(names, Preview("", *place)) | previews
            below = below if block.is_facts else place
    return previews | {"": previews[page.headings[0].anchor]}


def script(pages: Sequence[Page]) -> str:
    """Return the previews of all that links in the text of `pages` lead to, as a script.

    Pages opened from a folder may load one, but no data.
    """
    links = {
        (addresses.of_page(to.source), to.fragment)
        for page in pages
        if not page.is_for_teachers  # read by few, it would cost everyone more than all others
        for to in page.links
    }
    card = edition.CardEdition()
    shown = {}
    for page in pages:
        for anchor, preview in sorted(page.previews.items()):
            # The glossary has previews only of terms that link to it.
            if (page.address, anchor) in links or page.address == addresses.GLOSSARY:
                html = preview.title + page.html[preview.start : preview.end]
                place = f"{page.address}#{anchor}" if anchor else page.address
                shown[place] = card.fill(page.address, html).strip()
    data = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    return f"globalThis.bookPreviews={data}\n"
