"""Plugin settings given on the command line."""

from __future__ import annotations

import click


def set_up_plugins(context: click.Context, disable: tuple[str, ...], *, strict: bool) -> None:
    """Start the plugin registry with the options of the command line; nothing is imported yet."""
    if not disable and not strict:
        return  # the registry is made on first use, which --help never is
    from oqtopus_experiments.plugins._registry import configure
    from oqtopus_experiments.plugins._settings import default_settings, settings_with

    configure(settings_with(default_settings(), disable=disable, strict=strict))
