"""Integers on the command line as in run files: ``1e3`` is one."""

from __future__ import annotations

import contextlib
from typing import Any

import click

from oqtopus_experiments.contracts.whole_numbers import as_whole


class Whole(click.IntRange):
    """An integer in a range, also written as ``1e3``."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the integer; `click.BadParameter` for anything else."""
        if isinstance(value, str) and "e" in value.lower():
            with contextlib.suppress(ValueError):  # refused below
                value = as_whole(float(value))
        return super().convert(value, param, ctx)
