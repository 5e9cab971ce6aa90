"""Libraries of an extra of this distribution, asked for before any work is begun that could not be finished."""

from __future__ import annotations

import importlib

from oqtopus_experiments.errors import ConfigError


def require(extra: str, *modules: str, wanted_by: str = "") -> None:
    """
    Refuse to begin without some libraries.

    Args:
        extra: The extra that installs them.
        modules: What must be there to be imported.
        wanted_by: Who needs them, in the plural, for the message.

    Raises:
        ConfigError: When one is not installed; the message says how to install it.
    """
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            missing = (error.name or module).partition(".")[0]
            told = f"{wanted_by} need {missing}, which is missing" if wanted_by else f"{missing} is missing"
            message = f"{told}; try: pip install 'oqtopus-experiments[{extra}]'"
            raise ConfigError(message) from error
