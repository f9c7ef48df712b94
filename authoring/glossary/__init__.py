"""The glossary of the course: `terms` is the data, `toml_file` reads it from glossary.toml.

The book explains its terms to readers, the translation check holds translators to them.
"""

GLOSSARY_FILE = "glossary.toml"  # below the notebooks
