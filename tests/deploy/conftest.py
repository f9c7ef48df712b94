"""The browser of the book's tests, for the hub's pages."""

from tests.authoring.book.conftest import browser

__all__ = ["browser"]
