"""
What plugin authors write against, and all they need to read: experiments, backends, analyzers and their values.

Knows no file, no plugin by name, no command. Imports nothing of core but errors.
"""
