from __future__ import annotations

import logging
import sys
from importlib.metadata import Distribution, EntryPoint
from types import ModuleType

import pytest

from oqtopus_experiments import ConfigError, PluginError, hookimpl
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.plugins._registry import PluginRegistry, configure
from oqtopus_experiments.plugins._settings import PluginSettings, settings_with


class FakeDistribution(Distribution):
    """An installed distribution that is only metadata."""

    def __init__(self, name, version="1.0", requires=()):
        self._text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(
            f"Requires-Dist: {line}\n" for line in requires
        )

    def read_text(self, filename):
        return self._text if filename == "METADATA" else None

    def locate_file(self, path):
        return path


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Write modules to a folder on the path and return entry points to them."""
    monkeypatch.syspath_prepend(tmp_path)
    names = []

    def install(name, source, distribution=None, requires=(), entry=None):
        module = f"stranger_{name.replace('-', '_')}"
        (tmp_path / f"{module}.py").write_text(source)
        names.append(module)
        point = EntryPoint(entry or name, module, "oqtopus_experiments")
        return point._for(FakeDistribution(distribution or f"stranger-{name}", requires=requires))

    yield install
    for module in names:
        sys.modules.pop(module, None)


SOUND = """
import sys
fakes = sys.modules["fakes"]
from oqtopus_experiments import hookimpl
import attrs

@attrs.frozen(kw_only=True)
class {cls}(fakes.Ramp):
    name = "{name}"

@hookimpl
def register_experiments():
    return [{cls}]
"""


def sound(name, cls="Wiggle"):
    return SOUND.format(name=name, cls=cls)


def test_what_a_plugin_registers_is_found_by_name_and_by_class(fakes, installed):
    registry = PluginRegistry(found=[installed("wiggle", sound("wiggle"))])

    assert registry.get("experiment", "wiggle").__name__ == "Wiggle"
    assert registry.get_class("experiment", "Wiggle").name == "wiggle"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import a_library_that_is_not_there", "ModuleNotFoundError: No module named 'a_library_that_is_not_there'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("1/0", "ZeroDivisionError"),
        ("x = 1", "implements no hook"),
        (
            "from oqtopus_experiments import hookimpl\n@hookimpl\ndef register_experimnets():\n    return []",
            "register_experimnets",
        ),
        (
            "from oqtopus_experiments import hookimpl\n@hookimpl\ndef register_experiments():\n    return 5",
            "must return a list",
        ),
        (
            "from oqtopus_experiments import hookimpl\n@hookimpl\ndef register_experiments():\n    return [int]",
            "is not a subclass of Experiment",
        ),
        (
            "from oqtopus_experiments import hookimpl\n@hookimpl\ndef register_experiments():\n    raise OSError('no')",
            "OSError: no",
        ),
        (sound("Bad Name"), "lower case letters, digits, - and _) but 'Bad Name'"),
        (
            sound("wiggle").replace("return [Wiggle]", "return [Wiggle()]"),
            "is an object: return the class, Wiggle without ()",
        ),
        (sound("wiggle").replace("@attrs.frozen(kw_only=True)\n", ""), "is not decorated"),
    ],
)
def test_a_broken_plugin_is_skipped_and_named_and_the_others_work(fakes, installed, caplog, source, reason):
    broken = installed("broken", source, distribution="stranger-broken")
    registry = PluginRegistry(found=[broken, installed("wiggle", sound("wiggle"))])

    with caplog.at_level(logging.WARNING):
        report = {plugin.entry_point: plugin for plugin in registry.report()}

    assert report["broken"].status == "broken"
    assert reason in report["broken"].reason
    assert report["broken"].distribution == "stranger-broken"
    assert report["broken"].version == "1.0"
    assert "'broken' of stranger-broken 1.0" in caplog.text
    assert registry.get("experiment", "wiggle")


def test_in_strict_mode_a_broken_plugin_is_an_error(fakes, installed):
    registry = PluginRegistry(PluginSettings(strict=True), [installed("broken", "1/0")])

    with pytest.raises(PluginError, match="ZeroDivisionError"):
        registry.report()


def test_a_plugin_for_another_core_is_skipped_without_being_imported(fakes, installed):
    point = installed("future", "raise AssertionError", requires=["oqtopus-experiments>=99", "numpy"])
    registry = PluginRegistry(found=[point])

    (plugin,) = registry.report()

    assert plugin.status == "incompatible"
    assert "needs oqtopus-experiments>=99" in plugin.reason
    assert "stranger_future" not in sys.modules


def test_a_requirement_on_another_plugin_of_ours_is_not_taken_for_one_on_core(fakes, installed):
    point = installed("wiggle", sound("wiggle"), requires=["oqtopus-experiments-rabi>=99", "oqtopus_experiments>=0.1"])

    assert PluginRegistry(found=[point]).report()[0].status == "loaded"


@pytest.mark.parametrize("named", ["slow", "stranger-slow"])
def test_a_disabled_plugin_is_never_imported(fakes, installed, named):
    registry = PluginRegistry(PluginSettings(disable=frozenset({named})), [installed("slow", sound("slow"))])

    (plugin,) = registry.report()

    assert plugin.status == "disabled"
    assert "stranger_slow" not in sys.modules
    with pytest.raises(PluginError, match="skipped: disabled"):
        registry.get("experiment", "slow")


def test_disabling_a_plugin_that_is_not_there_is_said(fakes, installed, caplog):
    PluginRegistry(PluginSettings(disable=frozenset({"slwo"})), [installed("slow", sound("slow"))])

    assert "there is no plugin 'slwo' to disable; did you mean 'slow'?" in caplog.text


def test_two_plugins_of_one_name_are_an_error_that_names_both_and_the_line_that_settles_it(fakes, installed):
    points = [
        installed("wiggle", sound("wiggle"), "first-dist"),
        installed("wiggle2", sound("wiggle", "Other"), "second-dist", entry="wiggle"),
    ]

    for order in (points, points[::-1]):
        with pytest.raises(PluginError, match=r"first-dist.*second-dist|second-dist.*first-dist") as caught:
            PluginRegistry(found=order).get("experiment", "wiggle")
        assert "prefer = { wiggle =" in str(caught.value)
        settled = PluginRegistry(PluginSettings(prefer={"wiggle": "second-dist"}), order)
        assert settled.get("experiment", "wiggle").__name__ == "Other"


def test_a_name_nobody_provides_lists_those_there_are_and_those_that_were_lost(fakes, installed):
    registry = PluginRegistry(found=[installed("wiggle", sound("wiggle")), installed("broken", "1/0")])

    with pytest.raises(PluginError, match="did you mean 'wiggle'") as caught:
        registry.get("experiment", "wigle")

    assert "ZeroDivisionError" in str(caught.value)


def test_a_missing_experiment_is_an_import_error_with_our_message(fakes):
    with pytest.raises(ImportError, match="did you mean"):
        from oqtopus_experiments.experiments import Rampe  # noqa: F401


def test_settings_come_from_environment_and_file(tmp_path, monkeypatch):
    from oqtopus_experiments.plugins._settings import default_settings

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OQX_DISABLE_PLUGINS", "slow, other")
    (tmp_path / "oqx.toml").write_text('[plugins]\ndisable = ["third"]\nprefer = { rabi = "mine" }\n')

    settings = default_settings()

    assert settings.disable == {"slow", "other", "third"}
    assert settings.prefer == {"rabi": "mine"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[plugin]\n", "oqx.toml:1: plugin: unknown key; did you mean 'plugins'?"),
        ("[plugins]\ndisabel = []\n", "oqx.toml:2: plugins.disabel: unknown key; did you mean 'disable'?"),
        ('[plugins]\ndisable = "x"\n', "must be a list of plugin names"),
        ("[plugins]\ndisable = [1]\n", "must be a list of plugin names"),
        ("[plugins]\nprefer = { rabi = 1 }\n", "must map a name to a distribution"),
    ],
)
def test_a_mistake_in_the_settings_file_is_named(tmp_path, monkeypatch, text, words):
    from oqtopus_experiments.plugins._settings import default_settings

    monkeypatch.chdir(tmp_path)
    (tmp_path / "oqx.toml").write_text(text)

    with pytest.raises(ConfigError) as caught:
        default_settings()

    assert words in str(caught.value)


def test_a_plugin_may_be_registered_for_one_process():
    module = ModuleType("mine")
    module.register_experiments = hookimpl(lambda: [int])
    registry = PluginRegistry(found=[])

    with pytest.raises(PluginError, match="is not a subclass"):
        registry.register(module)

    assert registry.report() == []


def test_a_preference_for_a_distribution_that_is_not_there_hides_nothing(fakes, installed):
    settings = PluginSettings(prefer={"wiggle": "a-distribution-nobody-has"})

    assert PluginRegistry(settings, [installed("wiggle", sound("wiggle"))]).get("experiment", "wiggle")


def test_what_was_said_first_wins_and_what_is_disabled_adds_up():
    first = PluginSettings(disable=frozenset({"slow"}), prefer={"rabi": "mine"}, strict=True)

    both = settings_with(first, disable=["other"], prefer={"rabi": "yours", "t1": "yours"})

    assert both.disable == {"slow", "other"}
    assert both.prefer == {"rabi": "mine", "t1": "yours"}
    assert both.strict


def test_other_settings_start_afresh_and_equal_ones_do_not(monkeypatch):
    monkeypatch.setattr(plugins, "_current", None)
    first = configure(PluginSettings(disable=frozenset({"oqtopus"})))

    assert configure(PluginSettings(disable=frozenset({"oqtopus"}))) is first
    assert configure(PluginSettings()) is not first


TWO = """
import sys
fakes = sys.modules["fakes"]
from oqtopus_experiments import hookimpl
import attrs

@attrs.frozen(kw_only=True)
class One(fakes.Ramp):
    name = "one"

{more}

@hookimpl
def register_experiments():
    return [One, Other]
"""


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ('@attrs.frozen(kw_only=True)\nclass Other(fakes.Ramp):\n    name = "one"', "two classes of one name"),
        ("@attrs.frozen(kw_only=True)\nclass Other(One):\n    pass", "has no name such as"),
        (
            'import oqtopus_experiments as o\n@attrs.frozen(kw_only=True)\nclass Other(o.Experiment):\n name = "other"',
            "does not define circuit, sweep",
        ),
        (
            '@attrs.frozen\nclass Other(fakes.Ramp):\n    name = "other"\n    depth: int = attrs.field(kw_only=False)',
            "takes depth by position|TypeError|ValueError|No mandatory",
        ),
    ],
    ids=["one name twice", "an inherited name", "abstract", "by position"],
)
def test_a_plugin_with_one_unsound_class_among_sound_ones_is_broken(fakes, installed, more, reason):
    import re

    (plugin,) = PluginRegistry(found=[installed("two", TWO.format(more=more))]).report()

    assert plugin.status == "broken"
    assert re.search(reason, plugin.reason)
    assert not any(plugin.provides.values())
