"""The releases of the template as one git repository: the same for everybody, and never fewer."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from oqtopus_experiments import ConfigError
from oqtopus_experiments.scaffold._releases import RELEASES, latest, releases, write_repository

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")

RELEASED = {"v1": "497a03f3dd55b8a78e673554f731a1400ab25ca2"}
"""Commits of the releases. A plugin made from one that was published is merged by it: then it is never edited again."""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def tags(bundle):
    """Return the commit of each release in a bundle."""
    listed = subprocess.run(["git", "ls-remote", str(bundle)], capture_output=True, text=True, check=True).stdout
    return {line.split("/")[-1]: line.split()[0] for line in listed.splitlines() if "refs/tags/" in line}


def release(folder, tag, text):
    (folder / tag / "part").mkdir(parents=True)
    (folder / tag / "copier.yml").write_text(text)
    (folder / tag / "part" / ".hidden").write_text(text)
    return folder


@pytest.mark.usefixtures("home")
def test_a_release_that_was_published_is_never_edited():
    assert tags(write_repository()) == RELEASED


def test_commits_do_not_depend_on_who_makes_them(tmp_path, home, monkeypatch):
    found = release(tmp_path / "releases", "v1", "one\n")
    first = tags(write_repository(found))
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".gitconfig").write_text(
        "[user]\nname = Somebody\nemail = some@body.invalid\n[core]\nautocrlf = true\nexcludesFile = ~/ignored\n"
        "[commit]\ngpgSign = true\n[tag]\ngpgSign = true\n"
    )
    (tmp_path / "other" / "ignored").write_text(".hidden\n")
    (found / "v1" / "copier.yml").chmod(0o755)

    assert tags(write_repository(found)) == first
    assert not (home / ".gitconfig").exists()


@pytest.mark.usefixtures("home")
def test_a_file_that_begins_with_a_dot_is_in_the_repository(tmp_path):
    bundle = write_repository(release(tmp_path / "releases", "v1", "one\n"))

    subprocess.run(["git", "clone", "-q", "-b", "v1", str(bundle), str(tmp_path / "out")], check=True)

    assert (tmp_path / "out" / "part" / ".hidden").read_text() == "one\n"


@pytest.mark.usefixtures("home")
def test_an_older_installation_does_not_take_a_newer_release_away(tmp_path):
    both = release(release(tmp_path / "both", "v1", "one\n"), "v2", "two\n")
    newer = tags(write_repository(both))

    older = tags(write_repository(release(tmp_path / "old", "v1", "one\n")))

    assert older == newer
    assert set(newer) == {"v1", "v2"}


@pytest.mark.usefixtures("home")
def test_a_clone_is_of_the_newest_release_and_knows_those_before(tmp_path):
    for tag in ("v1", "v9", "v10"):
        release(tmp_path / "releases", tag, f"{tag}\n")
    bundle = write_repository(tmp_path / "releases")

    subprocess.run(["git", "clone", "-q", str(bundle), str(tmp_path / "out")], check=True)

    subjects = subprocess.run(
        ["git", "log", "--format=%s"], cwd=tmp_path / "out", capture_output=True, text=True, check=True
    ).stdout
    assert (tmp_path / "out" / "copier.yml").read_text() == "v10\n"
    assert subjects == "Template v10\nTemplate v9\nTemplate v1\n"


@pytest.mark.usefixtures("home")
def test_releases_follow_each_other_by_number(tmp_path):
    folder = tmp_path / "releases"
    for tag in ("v10", "v9", "v1"):
        release(folder, tag, tag)
    (folder / "notes").mkdir()

    assert [path.name for path in releases(folder)] == ["v1", "v9", "v10"]
    assert latest(folder) == "v10"


def test_a_repository_that_is_damaged_is_made_anew(tmp_path, home):
    found = release(tmp_path / "releases", "v1", "one\n")
    place = write_repository(found)
    sound = tags(place)
    place.write_bytes(place.read_bytes()[:100])

    assert tags(write_repository(found)) == sound
    assert [path.name for path in place.parent.iterdir()] == [place.name]  # nothing is left beside it
    assert home in place.parents


def test_a_home_that_cannot_be_written_is_named(tmp_path, home):
    home.write_text("no folder")

    with pytest.raises(ConfigError, match=f"cannot keep the template in {home}.*writable"):
        write_repository(release(tmp_path / "releases", "v1", "one\n"))


def test_the_template_holds_no_name_of_a_person_and_no_address():
    for path in RELEASES.rglob("*"):
        if path.is_file():
            text = path.read_text()
            assert "://" not in text, path
            assert "authors" not in text.replace("description, authors, licence", ""), path
