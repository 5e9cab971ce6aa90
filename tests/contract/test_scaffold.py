"""What `oqx new` makes, and what a newer template makes of it. That it builds and passes is session `scaffold`."""

from __future__ import annotations

import ast
import contextlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import oqtopus_experiments
from oqtopus_experiments import ConfigError
from oqtopus_experiments.cli import cli
from oqtopus_experiments.scaffold._distribution import ANSWERS, make, update
from oqtopus_experiments.scaffold._names import KINDS, names_of
from oqtopus_experiments.scaffold._releases import RELEASES, SOURCE

pytest.importorskip("copier")
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own, as that of a machine on which nothing was made before."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def git(folder, *arguments):
    author = ["-c", "user.name=author", "-c", "user.email=author@here.invalid"]
    return subprocess.run(["git", *author, *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


def commit(folder):
    git(folder, "init", "-q")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "mine")


@pytest.fixture
def releases(tmp_path):
    """Return a folder with the template of today as v1."""
    shutil.copytree(RELEASES / "v1", tmp_path / "releases" / "v1")
    return tmp_path / "releases"


def plant_v2(releases):
    """Add a release that changes two lines of one file, and brings another file."""
    shutil.copytree(releases / "v1", releases / "v2")
    project = releases / "v2" / "distribution" / "pyproject.toml.jinja"
    text = project.read_text()
    assert "line-length = 120" in text
    assert '"mypy>=1.15"' in text
    project.write_text(text.replace("line-length = 120", "line-length = 110").replace('"mypy>=1.15"', '"mypy>=1.18"'))
    (releases / "v2" / "distribution" / "CHANGELOG.md.jinja").write_text("# Changes of {{ name }}\n")


@pytest.mark.parametrize("kind", KINDS)
def test_a_distribution_is_whole(kind, tmp_path):
    folder = make(names_of(kind, "spin_echo"), tmp_path)

    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    package = "src/oqtopus_experiments_spin_echo"
    assert folder.name == "oqtopus-experiments-spin-echo"
    assert files >= {
        "pyproject.toml", "README.md", "LICENSE", "noxfile.py", ANSWERS, ".gitignore", ".github/workflows/tests.yml",
        f"{package}/__init__.py", f"{package}/py.typed",
        "tests/test_conformance.py", "tests/test_plugin.py", "tests/test_readme.py",
    }  # fmt: skip
    for path in folder.rglob("*.py"):
        assert not re.search(r"\{[{%#]", path.read_text()), path
        ast.parse(path.read_text())


@pytest.mark.parametrize("kind", KINDS)
def test_a_distribution_asks_for_this_core_and_is_found_by_its_entry_point(kind, tmp_path):
    project = tomllib.loads((make(names_of(kind, "spin_echo"), tmp_path) / "pyproject.toml").read_text())

    asked = {one.name: one for one in map(Requirement, project["project"]["dependencies"])}
    assert oqtopus_experiments.__version__ in asked["oqtopus-experiments"].specifier
    assert project["project"]["entry-points"]["oqtopus_experiments"] == {"spin_echo": "oqtopus_experiments_spin_echo"}
    ours = [one for one in map(Requirement, project["dependency-groups"]["dev"]) if one.name.startswith("oqtopus")]
    assert all(oqtopus_experiments.__version__ in one.specifier for one in ours)


@pytest.mark.parametrize("kind", KINDS)
def test_no_class_is_called_like_what_its_module_imports(kind, tmp_path):
    (module,) = make(names_of(kind, "spin_echo"), tmp_path).glob("src/*/__init__.py")
    imports = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.ImportFrom)]
    imported = {alias.name for node in imports for alias in node.names}

    made = set()
    for name in imported:
        with contextlib.suppress(ConfigError):  # no name that would give this class, or one that is refused
            made.add(names_of(kind, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).class_name)

    assert made & imported == set()


def test_what_a_distribution_notes_of_its_template_holds_on_every_machine(tmp_path):
    noted = (make(names_of("backend", "lab"), tmp_path) / ANSWERS).read_text()

    assert f"_src_path: {SOURCE}\n" in noted
    assert "_commit: v1\n" in noted
    assert str(tmp_path) not in noted


def test_a_newer_template_arrives_and_what_the_author_changed_stays(tmp_path, releases):
    folder = make(names_of("experiment", "echo"), tmp_path, releases)
    module = folder / "src" / "oqtopus_experiments_echo" / "__init__.py"
    module.write_text(module.read_text().replace("STEP = 2.0", "STEP = 8.0"))
    project = folder / "pyproject.toml"
    project.write_text(project.read_text().replace('version = "0.1.0"', 'version = "0.7.0"'))
    (folder / "mine.txt").write_text("mine")
    (folder / "LICENSE").unlink()
    commit(folder)
    plant_v2(releases)

    done = update(folder, releases)

    assert (done.before, done.after, done.conflicts) == ("v1", "v2", ())
    assert "STEP = 8.0" in module.read_text()
    assert (folder / "mine.txt").read_text() == "mine"
    assert not (folder / "LICENSE").exists()
    assert 'version = "0.7.0"' in project.read_text()
    assert "line-length = 110" in project.read_text()
    assert (folder / "CHANGELOG.md").read_text() == "# Changes of echo\n"
    assert "_commit: v2\n" in (folder / ANSWERS).read_text()
    commit(folder)
    assert update(folder, releases).before == "v2"


@pytest.mark.parametrize("repository", [".", ".."], ids=["its own repository", "a folder of another"])
def test_lines_that_both_changed_are_marked_and_named(repository, tmp_path, releases):
    folder = make(names_of("analyzer", "line"), tmp_path / "plugins", releases)
    project = folder / "pyproject.toml"
    project.write_text(project.read_text().replace("line-length = 120", "line-length = 79"))
    commit(folder / repository)
    plant_v2(releases)

    done = update(folder, releases)

    text = project.read_text()
    assert done.conflicts == ("pyproject.toml",)
    assert re.search(r"<<<<<<<.*line-length = 79.*=======.*line-length = 110.*>>>>>>>", text, re.DOTALL)
    assert '"mypy>=1.18"' in text


def test_it_is_brought_up_to_date_on_another_machine(tmp_path, releases, monkeypatch):
    folder = make(names_of("backend", "lab"), tmp_path, releases)
    commit(folder)
    plant_v2(releases)
    monkeypatch.setenv("HOME", str(tmp_path / "another home"))
    monkeypatch.chdir(folder)

    assert update(Path(), releases).after == "v2"
    assert (folder / "CHANGELOG.md").exists()


def test_copier_itself_does_it_too(tmp_path, releases):
    folder = make(names_of("backend", "lab"), tmp_path, releases)
    commit(folder)
    plant_v2(releases)
    make(names_of("backend", "lab_2"), tmp_path, releases)  # whatever writes the repository brings the release

    command = [sys.executable, "-m", "copier", "update", "--defaults", "--quiet", str(folder)]
    subprocess.run(command, capture_output=True, text=True, check=True)

    assert "_commit: v2\n" in (folder / ANSWERS).read_text()
    assert "line-length = 110" in (folder / "pyproject.toml").read_text()


def test_an_older_installation_does_not_take_a_distribution_back(tmp_path, releases):
    plant_v2(releases)
    folder = make(names_of("backend", "lab"), tmp_path, releases)
    commit(folder)

    with pytest.raises(ConfigError, match=r"is of template v2, and this oqtopus-experiments has v1; install a newer"):
        update(folder)


def test_what_is_not_committed_is_not_merged(tmp_path, releases):
    folder = make(names_of("backend", "lab"), tmp_path, releases)
    plant_v2(releases)

    with pytest.raises(ConfigError, match=r"is in no git repository.*git init, git add --all, git commit"):
        update(folder, releases)
    commit(folder)
    (folder / "README.md").write_text("mine")
    with pytest.raises(ConfigError, match=r"has changes that are not committed, as 'M README.md'"):
        update(folder, releases)
    assert (folder / "README.md").read_text() == "mine"


def test_a_distribution_of_somebody_elses_template_is_left_to_copier(tmp_path, releases):
    folder = make(names_of("backend", "lab"), tmp_path, releases)
    answers = folder / ANSWERS
    answers.write_text(answers.read_text().replace(SOURCE, "git@here.invalid:lab/template.git"))
    commit(folder)

    with pytest.raises(ConfigError, match=r"made from another template.*run `copier update` there"):
        update(folder, releases)


def test_a_folder_that_was_not_made_here_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"has no \.copier-answers\.yml"):
        update(tmp_path)


def test_a_disk_that_is_full_is_told_in_a_sentence(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("copier.run_copy", full)

    with pytest.raises(ConfigError, match=r"copier failed: .*No space left on device"):
        make(names_of("backend", "lab"), tmp_path)


def test_the_command_makes_it_and_says_what_to_do_next(tmp_path, runner):
    done = runner("new", "analyzer", "line", "--into", str(tmp_path / "new folder"), "--distribution", "lab-line")

    folder = tmp_path / "new folder" / "lab-line"
    assert done.exit_code == 0, done.output
    assert (folder / "src" / "lab_line" / "__init__.py").exists()
    assert "uv run oqx verify line" in done.output
    again = runner("new", "analyzer", "line", "--into", str(tmp_path / "new folder"), "--distribution", "lab-line")
    assert "exists already" in str(again.exception)
    commit(folder)
    assert "is of the newest template, v1" in runner("new", "--update", str(folder)).output


@pytest.mark.parametrize(
    "words", [("new",), ("new", "experiment"), ("new", "gate", "x"), ("new", "backend", "--update", ".")]
)
def test_a_command_that_says_too_little_or_too_much_is_refused(words, runner):
    assert runner(*words).exit_code == 2


@pytest.fixture
def runner():
    from click.testing import CliRunner

    return lambda *words: CliRunner().invoke(cli, words)
