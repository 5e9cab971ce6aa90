"""What a probe found."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen

Level: TypeAlias = Literal["ok", "warning", "problem"]


@frozen
class Finding:
    """
    One line of what was found.

    Args:
        probe: What was looked at.
        level: ``problem`` for what keeps something from working, ``warning`` for what may.
        text: What was found.
        step: What to do next; empty when it is well.
    """

    probe: str
    level: Level
    text: str
    step: str = ""


def ok(probe: str, text: str) -> Finding:
    """Return that something is well."""
    return Finding(probe, "ok", text)


def warning(probe: str, text: str, step: str) -> Finding:
    """Return that something may go wrong, and what to do."""
    return Finding(probe, "warning", text, step)


def problem(probe: str, text: str, step: str) -> Finding:
    """Return that something cannot work, and what to do."""
    return Finding(probe, "problem", text, step)
