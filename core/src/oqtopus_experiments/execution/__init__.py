"""
Where experiment, backend and storage meet: the pipeline from a checked run to its results.

Knows every wing below. Must not print, nor read arguments: whoever watches is an observer.
"""
