"""A distribution from its template: made, and brought up to date."""

from __future__ import annotations

import os
import re
from pathlib import Path

import attrs
from attrs import frozen

from oqtopus_experiments.errors import ConfigError
from oqtopus_experiments.scaffold import _copier
from oqtopus_experiments.scaffold._git import git, git_program
from oqtopus_experiments.scaffold._names import Names, refuse_taken
from oqtopus_experiments.scaffold._releases import RELEASES, SOURCE, latest, write_repository
from oqtopus_experiments.support._extras import require

ANSWERS = ".copier-answers.yml"
COMMIT = "git init, git add --all, git commit"


@frozen
class Update:
    """
    What a newer template changed.

    Args:
        before: The release the distribution was of: ``v1``.
        after: The release it is of now.
        conflicts: Files in which template and author changed the same lines; both are marked there.
    """

    before: str
    after: str
    conflicts: tuple[str, ...]


def make(names: Names, into: Path, releases: Path = RELEASES) -> Path:
    """
    Make a distribution in a new folder, named like it, and return that.

    Args:
        names: What it is called.
        into: Where the folder is made; made too where it does not exist.
        releases: Where the releases of the template are.

    Raises:
        ConfigError: When a name is taken or the folder exists, and without copier or git; nothing was written then.
    """
    folder = into / names.distribution
    if os.path.lexists(folder):
        message = f"{folder} exists already, and nothing is overwritten; choose another --into or --distribution"
        raise ConfigError(message)
    require("new", "copier")
    git_program()
    refuse_taken(names)
    write_repository(releases)
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder {into}: {error.strerror or error}"
        raise ConfigError(message) from error
    _copier.fill_in(SOURCE, folder, attrs.asdict(names), latest(releases))
    return folder


def update(folder: Path, releases: Path = RELEASES) -> Update:
    """
    Bring a distribution to the newest template, and keep what its author changed.

    Args:
        folder: Of the distribution: a git repository, or a folder in one, without changes that are not committed.
        releases: Where the releases of the template are.

    Raises:
        ConfigError: When it is not a distribution that `make` made, or not committed, and without copier or git.
    """
    require("new", "copier")
    git_program()
    before = _release_of(folder)
    _refuse_uncommitted(folder)
    write_repository(releases)
    after = latest(releases)
    if _number(before) > _number(after):
        message = f"{folder} is of template {before}, and this oqtopus-experiments has {after}; install a newer one"
        raise ConfigError(message)
    if before != after:
        _copier.merge(folder, after)
    unmerged = git("diff", "--name-only", "--diff-filter=U", "--relative", folder=folder)
    return Update(before, after, tuple(unmerged.splitlines()))


def _release_of(folder: Path) -> str:
    """Return the release of the template that a distribution notes."""
    try:
        text = (folder / ANSWERS).read_text("utf-8")
    except OSError as error:
        message = f"{folder} has no {ANSWERS}: only what `oqx new` made can be brought up to date"
        raise ConfigError(message) from error
    noted: dict[str, str] = dict(re.findall(r"^(_src_path|_commit): *['\"]?([^'\"\n]*?)['\"]? *$", text, re.MULTILINE))
    if noted.get("_src_path") != SOURCE:
        message = f"{folder} is made from another template, {noted.get('_src_path')!r}: run `copier update` there"
        raise ConfigError(message)
    if not re.fullmatch(r"v\d+", noted.get("_commit", "")):
        message = f"{folder / ANSWERS} names no release of the template: _commit is {noted.get('_commit')!r}"
        raise ConfigError(message)
    return noted["_commit"]


def _number(release: str) -> int:
    return int(release.removeprefix("v"))


def _refuse_uncommitted(folder: Path) -> None:
    """Refuse what git could not give back: a merge is looked at, and undone, with git."""
    try:
        changed = git("status", "--porcelain", folder=folder)
    except ConfigError as error:
        message = f"{folder} is in no git repository, without which nothing is merged: {COMMIT}"
        raise ConfigError(message) from error
    if changed:
        message = f"{folder} has changes that are not committed, as {changed.splitlines()[0].strip()!r}: {COMMIT}"
        raise ConfigError(message)
