"""Git, as far as a template needs it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from oqtopus_experiments.errors import ConfigError

ALIKE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
"""Without the user's settings, such as line ends and signatures: the same commands give the same commits everywhere."""


def git_program() -> str:
    """
    Return where git is.

    Raises:
        ConfigError: When there is none.
    """
    found = shutil.which("git")
    if found is None:
        message = "git is not found: a template is kept in a git repository; install git and try again"
        raise ConfigError(message)
    return found


def git(*arguments: str, folder: Path, settings: Mapping[str, str] | None = None) -> str:
    """
    Run git, and return what it printed.

    Args:
        *arguments: Its command line.
        folder: Where to run it.
        settings: Environment variables beside those of this process.

    Raises:
        ConfigError: When there is no git, or it fails; the message holds its own.
    """
    # What a hook of the caller's repository set must not lead into that one.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = [git_program(), *arguments]
    done = subprocess.run(  # noqa: S603  # our own words, and paths
        command, cwd=folder, env={**kept, **(settings or {})}, capture_output=True, check=False
    )
    if done.returncode:
        told = done.stderr.decode("utf-8", errors="replace").strip() or f"it ended with {done.returncode}"
        message = f"git {arguments[0]} failed in {folder}: {told}"
        raise ConfigError(message)
    return done.stdout.decode("utf-8", errors="replace").strip()
