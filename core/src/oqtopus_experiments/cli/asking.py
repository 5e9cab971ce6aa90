"""Questions for the person at the terminal, and the only place where one is asked."""

from __future__ import annotations

import sys

import click

from oqtopus_experiments.support.text import shown


def ask_on_terminal(question: str) -> bool:
    """Return whether a person said yes; without a terminal nobody did."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return click.confirm(shown(question), default=False, err=True)
