# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The manual outside an ns-3 tree. Inside one, ns-3 builds llm-mec.rst with its own settings."""

from pathlib import Path

project = "llm-mec"
author = "The llm-mec developers"
copyright = "2026, The llm-mec developers"
version = release = Path(__file__).parent.with_name("VERSION").read_text().strip()

extensions = ["sphinx.ext.mathjax"]
root_doc = "index"
exclude_patterns = ["replace.txt"]
highlight_language = "cpp"
numfig = True

html_theme = "alabaster"
html_theme_options = {"page_width": "1000px", "description": "LLM inference at the mobile edge"}
html_show_sphinx = False
html_copy_source = False
