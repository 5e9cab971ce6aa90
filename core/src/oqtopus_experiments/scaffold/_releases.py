"""
The template as a git repository, which copier needs to merge a newer one: a commit and a tag for each release.

Releases are folders beside this module, v1, v2, ... Each is kept as it was: a distribution made from v1 is brought to
v2 by what changed between the two. From them one file is made, a git bundle, at a place that is the same below every
home, so that what a distribution notes of its template holds on every machine. Commits do not depend on who makes
them, where and when.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from oqtopus_experiments.errors import ConfigError
from oqtopus_experiments.scaffold._git import ALIKE, git, git_program

RELEASES = Path(__file__).parent / "templates"
SOURCE = "~/.local/share/oqtopus-experiments/template.bundle"
"""Where the repository is kept, as a distribution notes it."""

HEAD = "refs/heads/main"
_MAKER = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "oqtopus-experiments"), ("EMAIL", ""), ("DATE", "1750000000 +0000"))
}
"""Of every commit, whoever makes it and when."""


def releases(folder: Path = RELEASES) -> list[Path]:
    """Return the folders of all releases, the oldest first."""
    found = [path for path in folder.iterdir() if path.is_dir() and path.name[:1] == "v" and path.name[1:].isdecimal()]
    return sorted(found, key=lambda path: int(path.name[1:]))


def latest(folder: Path = RELEASES) -> str:
    """Return the tag of the newest release: ``v1``."""
    return releases(folder)[-1].name


def write_repository(folder: Path = RELEASES) -> Path:
    """
    Write the repository of the template to its place, and return that.

    Releases that it has already and that are not here, as those of a newer installation, stay.

    Args:
        folder: Where the releases are.

    Raises:
        ConfigError: Without git, or when the place cannot be written.
    """
    git_program()
    place = Path(SOURCE).expanduser()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place, so that it can be moved there in one step.
        with tempfile.TemporaryDirectory(dir=place.parent, prefix="template-") as made:
            repository = Repository(Path(made))
            repository.take_over(place)
            repository.add(releases(folder))
            repository.bundle(Path(made, "bundle")).replace(place)
    except OSError as error:
        message = f"cannot keep the template in {place.parent}: {error.strerror or error}; make that folder writable"
        raise ConfigError(message) from error
    return place


class Repository:
    """
    A bare repository of releases.

    Args:
        folder: An empty folder, which it is made in.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._git("init", "--quiet", "--bare")

    def take_over(self, bundle: Path) -> None:
        """Take over the releases of a bundle; one that is not there or damaged has none."""
        if bundle.is_file():
            with contextlib.suppress(ConfigError):
                self._git("fetch", "--quiet", str(bundle), "refs/tags/v*:refs/tags/v*")

    def add(self, found: Sequence[Path]) -> None:
        """Commit each release as it lies there, one upon the other, and tag it."""
        parents: tuple[str, ...] = ()
        for release in found:
            self._git("read-tree", "--empty")
            # Whatever ignores files around the place of installation, and whatever its files may be executed by.
            added = ("add", "--all", "--force", ".")
            self._git("-c", "core.fileMode=false", f"--work-tree={release}", *added, folder=release)
            commit = self._git("commit-tree", self._git("write-tree"), *parents, "-m", f"Template {release.name}")
            self._git("tag", "--force", release.name, commit)
            parents = ("-p", commit)

    def bundle(self, file: Path) -> Path:
        """Write all releases to a file, the newest as its head, and return that."""
        newest = self._git("tag", "--list", "v*", "--sort=-version:refname").splitlines()[0]
        # Whoever clones it without naming a release gets the newest, as of any repository.
        self._git("symbolic-ref", "HEAD", HEAD)
        self._git("update-ref", HEAD, f"refs/tags/{newest}")
        self._git("bundle", "create", "--quiet", str(file), "--tags", "HEAD", HEAD)
        return file

    def _git(self, *arguments: str, folder: Path | None = None) -> str:
        settings = {**ALIKE, **_MAKER, "GIT_DIR": str(self._folder)}
        return git(*arguments, folder=folder or self._folder, settings=settings)
