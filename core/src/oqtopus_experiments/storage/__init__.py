"""
The run folder: what is kept of a run, written as it goes and read without trust.

Knows the contracts' values. Must not run, fit or draw anything.
"""
