"""The static book: mdBook turns the notebooks listed in notebooks/SUMMARY.md into a site.

`python -m d2lutil.book` builds it (see `__main__`). mdBook itself calls `hook.py` twice: once as
preprocessor (`chapters`: notebooks to HTML) and once as a second backend (`publish`: what the site
needs beside its pages, and nothing else).
"""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
WEB = PROJECT / "setup" / "web" / "node_modules"  # fonts and KaTeX, put there by `npm ci`
