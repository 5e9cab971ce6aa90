"""Qubits named on the command line to look at what was measured: ``0``, ``2-3`` for a pair, ``0,1,2`` or ``all``."""

from __future__ import annotations

from collections.abc import Sequence

import click

from oqtopus_experiments.contracts.targets import Target

ALL = "all"


def targets_of(texts: Sequence[str]) -> tuple[Target, ...] | None:
    """
    Return the targets that are named; None for all.

    Raises:
        BadParameter: When one is no qubit.
    """
    words = [word.strip() for text in texts for word in text.split(",")]
    if not words or words == [ALL]:
        return None
    return tuple(dict.fromkeys(map(_target, words)))


def _target(text: str) -> Target:
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        message = f"{text!r} is not a qubit; write a number, 2-3 for a pair, 0,1,2 for several, or all"
        raise click.BadParameter(message, param_hint="--qubit")
    return tuple(map(int, parts))
