"""Questions that a backend has for the person at the terminal."""

from __future__ import annotations

import sys

import click


def ask_on_terminal(question: str) -> bool:
    """Return whether a person said yes; without a terminal nobody did."""
    return sys.stdin.isatty() and sys.stderr.isatty() and click.confirm(question, default=False, err=True)
