"""
Distributions for authors of plugins, made from a template and brought up to date with a newer one.

Knows the names that installed plugins have taken. Must not know what a plugin does, a run or its data: that is the
template's business, which lies here as text.
"""
