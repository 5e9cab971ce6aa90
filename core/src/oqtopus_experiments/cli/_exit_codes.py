"""How a command ended, for scripts; 0 is done."""

from __future__ import annotations

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
VERDICT = 3
"""Verdicts were as bad as ``--fail-on`` says; everything else went well."""
READER_GONE = 141
"""What a shell says of a tool that SIGPIPE ended: whoever read the output went away."""
