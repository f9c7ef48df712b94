"""The browser of the book's tests, for the hub's pages."""

from tests.authoring.book.conftest import browser, launch

__all__ = ["browser", "launch"]
