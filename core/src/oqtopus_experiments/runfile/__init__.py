"""
From a TOML file with lines and units to a checked run.

Knows plugins and contracts. Must not run anything, nor write a run folder.
"""
