"""Checks that keep the English source and the Vietnamese translation of the notebooks together.

`python -m authoring.translation` is the tool for translators; see CONTRIBUTING.md. For tests and
maintainers only: it needs the `test` group of pyproject.toml.
"""
