"""The pages that stand in for others look as the reader chose the book to look."""

import pytest

from tests.authoring.book.browsing import reading


@pytest.mark.parametrize("name", ["404", "offline"])
@pytest.mark.parametrize(("system", "chosen"), [("light", "dark"), ("dark", "light")])
def test_the_chosen_theme_counts_for_more_than_the_system(browser, real, name, system, chosen):
    with reading(browser, f"{real[0]}/{name}.html", color_scheme=system) as page:
        ground = "getComputedStyle(document.body).backgroundColor"
        before = page.evaluate(ground)
        page.evaluate("name => memory.set('theme', name)", chosen)
        page.reload()
        assert page.evaluate(ground) != before
        assert page.evaluate("getComputedStyle(document.body).colorScheme") == chosen
