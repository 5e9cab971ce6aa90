"""What a new plugin may be called, and what is refused before anything is written."""

from __future__ import annotations

import sys
from types import ModuleType

import attrs
import pytest
from attrs import frozen

from oqtopus_experiments import ConfigError, Experiment, hookimpl
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.scaffold import _git
from oqtopus_experiments.scaffold._distribution import make
from oqtopus_experiments.scaffold._names import names_of, refuse_taken


@pytest.mark.parametrize(
    ("kind", "name", "class_name", "package"),
    [
        ("experiment", "t2_echo", "T2Echo", "oqtopus_experiments_t2_echo"),
        ("backend", "lab", "LabBackend", "oqtopus_experiments_lab"),
        ("backend", "my_backend", "MyBackend", "oqtopus_experiments_my_backend"),
        ("analyzer", "line", "LineAnalyzer", "oqtopus_experiments_line"),
    ],
)
def test_one_name_gives_all_the_others(kind, name, class_name, package):
    names = names_of(kind, name)

    assert (names.class_name, names.package) == (class_name, package)
    assert names.distribution == package.replace("_", "-")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("T2Echo", "t2_echo"),
        ("spin-echo", "spin_echo"),
        ("spin echo", "spin_echo"),
        ("2q_echo", "q_echo"),
        ("_echo", "echo"),
        ("echo_", "echo"),
        ("e__cho", "e_cho"),
        ("écho", "cho"),
        ("../../etc", "etc"),
        ("a" * 31, "a" * 30),
    ],
)
def test_a_name_that_is_none_is_refused_with_one_that_would_do(name, meant):
    with pytest.raises(ConfigError, match=f"is not a name for a plugin: .* as '{meant}'$"):
        names_of("experiment", name)


@pytest.mark.parametrize("name", ["", "___", "é", "\x1b[31m"])
def test_a_name_of_which_nothing_is_left_is_refused(name):
    with pytest.raises(ConfigError, match="is not a name for a plugin"):
        names_of("experiment", name)


@pytest.mark.parametrize("name", ["class", "lambda", "true", "none"])
def test_a_word_of_python_is_refused_as_the_name_or_as_the_class(name):
    with pytest.raises(ConfigError, match="is a word of Python's"):
        names_of("experiment", name)


@pytest.mark.parametrize("name", ["axis", "fit_model", "experiment", "mapping"])
def test_a_class_called_like_what_its_module_imports_is_refused(name):
    with pytest.raises(ConfigError, match=r"its module imports a '.*' already"):
        names_of("experiment", name)


@pytest.mark.parametrize(
    ("distribution", "why"),
    [
        ("class", "cannot import"),
        ("json", "cannot import"),
        ("2d", "cannot import"),
        ("-x", "not a name for a distribution"),
        ("a/b", "not a name for a distribution"),
        ("..", "not a name for a distribution"),
        ("a" * 61, "not a name for a distribution"),
    ],
)
def test_a_distribution_that_could_not_be_installed_or_imported_is_refused(distribution, why):
    with pytest.raises(ConfigError, match=why):
        names_of("experiment", "echo", distribution)


def test_a_distribution_of_ones_own_names_the_package():
    names = names_of("experiment", "echo", "Lab.Echo-tools")

    assert (names.distribution, names.package) == ("Lab.Echo-tools", "lab_echo_tools")


def test_what_is_installed_is_refused():
    with pytest.raises(ConfigError, match=r"^NumPy .* is installed already"):
        refuse_taken(names_of("experiment", "echo", "NumPy"))
    with pytest.raises(ConfigError, match="a package 'oqtopus_experiments' can be imported"):
        # Another name for pip, as far as its metadata go.
        refuse_taken(attrs.evolve(names_of("experiment", "echo"), package="oqtopus_experiments"))


def test_a_name_that_a_plugin_has_is_refused_and_says_whose(monkeypatch):
    @frozen(kw_only=True)
    class HahnEcho(Experiment):
        name = "echo"

        def sweep(self):
            raise NotImplementedError

        def circuit(self):
            raise NotImplementedError

    module = ModuleType("taken")
    module.register_experiments = hookimpl(lambda: [HahnEcho], specname="register_experiments")
    registry = plugins.PluginRegistry(found=[])
    registry.register(module, "lab-echoes")
    monkeypatch.setattr(plugins, "_current", registry)

    with pytest.raises(ConfigError, match=r"'echo' .* is there already, from lab-echoes"):
        refuse_taken(names_of("experiment", "echo"))
    with pytest.raises(ConfigError, match=r"\(HahnEcho\) is there already"):
        refuse_taken(names_of("experiment", "hahn_echo"))
    refuse_taken(names_of("analyzer", "echo"))  # another kind has names of its own


@pytest.fixture
def copier(monkeypatch):
    """Let copier look as if it were installed: nothing here gets as far as using it."""
    monkeypatch.setitem(sys.modules, "copier", ModuleType("copier"))


def written(tmp_path):
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_without_copier_the_error_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "copier", None)

    with pytest.raises(ConfigError, match=r"pip install 'oqtopus-experiments\[new\]'"):
        make(names_of("experiment", "echo"), tmp_path)

    assert written(tmp_path) == []


@pytest.mark.usefixtures("copier")
def test_without_git_the_error_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(_git.shutil, "which", lambda _: None)

    with pytest.raises(ConfigError, match=r"git is not found.*install git"):
        make(names_of("experiment", "echo"), tmp_path)

    assert written(tmp_path) == []


@pytest.mark.usefixtures("copier")
@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_what_is_in_the_place_stays_as_it_is(tmp_path, kind):
    place = tmp_path / "oqtopus-experiments-echo"
    if kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.write_text("mine")
    else:
        place.symlink_to(tmp_path / "nowhere")

    with pytest.raises(ConfigError, match="exists already, and nothing is overwritten"):
        make(names_of("experiment", "echo"), tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [place.name]
