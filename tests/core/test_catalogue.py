"""What is remembered of plugins: enough to import few, and never a reason to overlook one."""

from __future__ import annotations

import itertools
import json
import logging
import os
import sys
from importlib.metadata import Distribution, EntryPoint

import pytest

from oqtopus_experiments import PluginError
from oqtopus_experiments.plugins import _catalogue as plugin_catalogue
from oqtopus_experiments.plugins._catalogue import Catalogue
from oqtopus_experiments.plugins._registry import PluginRegistry
from oqtopus_experiments.plugins._settings import PluginSettings

SOURCE = """
import sys, attrs
from oqtopus_experiments import hookimpl
sys.modules["fakes"].IMPORTED.append(__name__)

{classes}

@hookimpl
def register_experiments():
    return [{names}]
"""
CLASS = """
@attrs.frozen(kw_only=True)
class {cls}(sys.modules["fakes"].Ramp):
    name = "{name}"
"""


@pytest.fixture
def installed(fakes, tmp_path, monkeypatch):
    """Return a function that installs a plugin with experiments of some names, and one that starts a new process."""
    monkeypatch.setattr(fakes, "IMPORTED", [], raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    points = []

    class Metadata(Distribution):
        def __init__(self, name):
            self._name = name

        def read_text(self, filename):
            return f"Name: {self._name}\nVersion: 1.0\n" if filename == "METADATA" else None

        def locate_file(self, path):
            return path

    class Installed:
        file = tmp_path / "cache" / "catalogue.json"
        imported = fakes.IMPORTED

        def add(self, entry, *names, more=""):
            classes = "".join(CLASS.format(cls=name.capitalize(), name=name) for name in names)
            source = SOURCE.format(classes=classes, names=", ".join(name.capitalize() for name in names))
            self.write(entry, source + more)
            points.append(
                EntryPoint(entry, f"catalogued_{entry}", "oqtopus_experiments")._for(Metadata(f"{entry}-dist"))
            )

        def write(self, entry, source):
            (tmp_path / f"catalogued_{entry}.py").write_text(source)

        def process(self, order=None, **how):
            self.leave()
            fakes.IMPORTED.clear()
            found = points if order is None else [points[index] for index in order]
            return PluginRegistry(found=found, catalogue=Catalogue(self.file), **how)

        def leave(self):
            for point in points:
                sys.modules.pop(point.value, None)

    every = Installed()
    yield every
    every.leave()


def test_once_all_plugins_are_known_only_the_one_that_is_wanted_is_imported(installed):
    installed.add("one", "wiggle")
    installed.add("two", "jump", "leap")
    installed.process().get("experiment", "wiggle")

    for kind_of_name, name in (("get", "leap"), ("get_class", "Leap")):
        registry = installed.process()
        assert getattr(registry, kind_of_name)("experiment", name).name == "leap"
        assert installed.imported == ["catalogued_two"]


def test_names_are_known_without_importing_who_has_them(installed):
    installed.add("one", "wiggle")
    installed.add("two", "jump", "leap")
    assert installed.process().names("experiment") == ["jump", "leap", "wiggle"]
    assert installed.imported == ["catalogued_one", "catalogued_two"]

    again = installed.process(settings=PluginSettings(disable={"one"}))
    assert again.names("experiment") == ["jump", "leap"]
    assert installed.imported == []


def test_a_clash_is_found_whatever_was_asked_before_and_however_the_plugins_are_called(installed):
    installed.add("wiggle", "wiggle", "jump")
    installed.add("lab", "wiggle", "leap")
    installed.add("other", "other")

    for remembered, order in itertools.product((False, True), itertools.permutations(range(3))):
        for before in ("jump", "leap", "other", None):
            if not remembered:
                installed.file.unlink(missing_ok=True)
            registry = installed.process(order)
            if before:
                registry.get("experiment", before)
            for ask, name in ((registry.get, "wiggle"), (registry.get_class, "Wiggle")):
                with pytest.raises(PluginError, match=r"is provided by .*wiggle.*lab|is provided by .*lab.*wiggle"):
                    ask("experiment", name)


def test_a_clash_does_not_import_those_that_have_no_part_in_it(installed):
    installed.add("wiggle", "wiggle")
    installed.add("lab", "wiggle")
    installed.add("other", "other")
    installed.process().report()

    with pytest.raises(PluginError, match="settle it"):
        installed.process().get("experiment", "wiggle")
    assert "catalogued_other" not in installed.imported

    settled = installed.process(settings=PluginSettings(prefer={"wiggle": "lab-dist"}))
    assert settled.get("experiment", "wiggle").__module__ == "catalogued_lab"


def test_an_edited_plugin_is_looked_at_again(installed):
    installed.add("wiggle", "wiggle")
    installed.add("lab", "leap")
    installed.process().report()

    installed.add("lab", "leap", "wiggle")

    with pytest.raises(PluginError, match="settle it"):
        installed.process(order=[0, 1]).get("experiment", "wiggle")


def test_another_installed_library_makes_all_plugins_be_looked_at_again(installed, monkeypatch):
    installed.add("wiggle", "wiggle")
    installed.add("lab", "leap")
    installed.process().report()
    monkeypatch.setattr(plugin_catalogue, "_installed", lambda: ("new_library-1.0.dist-info",))

    installed.process().get("experiment", "leap")

    assert sorted(installed.imported) == ["catalogued_lab", "catalogued_wiggle"]


def test_a_broken_plugin_is_tried_and_named_each_time(installed, caplog):
    installed.add("wiggle", "wiggle")
    installed.add("lab", "leap", more="1 / 0")

    for _ in range(2):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            installed.process().get("experiment", "wiggle")
        assert "'lab' of lab-dist 1.0 is skipped: cannot be imported: ZeroDivisionError" in caplog.text
        assert "(catalogued_lab.py, line " in caplog.text


def test_a_record_that_is_not_true_any_more_loses_no_name(installed):
    installed.add("wiggle", "wiggle")
    installed.process().report()
    content = json.loads(installed.file.read_text())
    for record in content["plugins"].values():
        record["names"] = {}
    installed.file.write_text(json.dumps(content))

    assert installed.process().get("experiment", "wiggle")


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"format": "1"}', '{"format": "1", "plugins": {"KEY": [1]}}', "deep"]
)
def test_a_damaged_catalogue_is_made_anew(installed, damage):
    installed.add("wiggle", "wiggle")
    installed.process().report()
    good = installed.file.read_text()
    (key,) = json.loads(good)["plugins"]
    deep = json.dumps({"format": "1", "plugins": {key: {"names": {"experiment": [1]}, "hooks": []}}})
    installed.file.write_text(deep if damage == "deep" else damage.replace("KEY", key))

    assert installed.process().get("experiment", "wiggle")
    assert json.loads(installed.file.read_text()) == json.loads(good)


def test_a_catalogue_that_cannot_be_written_is_done_without(installed):
    installed.add("wiggle", "wiggle")
    installed.file.mkdir(parents=True)

    assert installed.process().get("experiment", "wiggle")


def test_a_package_of_many_files_is_not_looked_through(tmp_path, monkeypatch):
    from oqtopus_experiments.plugins import _index as index

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(index, "_MANY_FILES", 3)
    for name in ("a", "b", "c"):
        (tmp_path / "many" / name).mkdir(parents=True)
        for number in range(3):
            (tmp_path / "many" / name / f"{number}.py").write_text("")
    (tmp_path / "many" / "__init__.py").write_text("")
    listed = []
    monkeypatch.setattr(os, "scandir", lambda path, scan=os.scandir: listed.append(path) or scan(path))

    files = index.files_of("many").split(";")

    assert 3 <= len(files) <= 5
    assert len(listed) < 4
