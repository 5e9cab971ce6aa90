"""Copier, which fills in the template and merges a newer one. An extra: only `oqx new` needs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from oqtopus_experiments.errors import ConfigError


def fill_in(source: str, folder: Path, answers: dict[str, str], release: str) -> None:
    """
    Make a distribution from a release of a template, in a folder that does not exist.

    Raises:
        ConfigError: When copier refuses.
    """
    import copier

    _told(lambda: copier.run_copy(source, folder, data=answers, vcs_ref=release, defaults=True, quiet=True))


def merge(folder: Path, release: str) -> None:
    """
    Bring a distribution to a release of its template; conflicts are marked within the files.

    Raises:
        ConfigError: When copier refuses.
    """
    import copier

    _told(
        lambda: copier.run_update(
            folder, vcs_ref=release, defaults=True, skip_answered=True, overwrite=True, quiet=True, conflict="inline"
        )
    )


def _told(action: Callable[[], Any]) -> None:
    from copier.errors import CopierError

    try:
        action()
    except CopierError as error:
        message = f"copier refused: {error}"
        raise ConfigError(message) from error
    except OSError as error:  # of the folder, or of git, which copier runs
        message = f"copier failed: {error}"
        raise ConfigError(message) from error
