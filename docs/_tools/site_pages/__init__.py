"""
Pages of the documentation's site that are made from the code: plain functions from what is installed to Markdown.

Knows nothing of mkdocs: `docs/_tools/mkdocs_hooks.py` hands it what is made here.
"""
