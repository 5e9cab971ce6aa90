"""
Files and texts: written whole or not at all, read without trust, shown without harm.

Knows nothing of experiments, plugins or runs. Imports nothing of core but errors.
"""
