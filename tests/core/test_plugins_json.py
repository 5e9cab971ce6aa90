"""What ``oqx plugins --json`` prints has a form that is shipped, and keeps to it whatever became of the plugins."""

from __future__ import annotations

import json
from importlib.metadata import Distribution, EntryPoint
from typing import get_args

import jsonschema
import pytest

from oqtopus_experiments.cli._commands import cli
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.plugins._plugin import Status
from oqtopus_experiments.plugins._settings import PluginSettings


class Installed(Distribution):
    def __init__(self, name, entry_points=""):
        self._texts = {"METADATA": f"Name: {name}\nVersion: 1.0\n", "entry_points.txt": entry_points}

    def read_text(self, filename):
        return self._texts.get(filename)

    def locate_file(self, path):
        return path


@pytest.fixture
def printed(capsys):
    def of(*arguments):
        cli.main(["plugins", *arguments], standalone_mode=False)
        return json.loads(capsys.readouterr().out)

    return of


@pytest.fixture
def in_every_state(fakes, monkeypatch):
    """Install a plugin that is broken, one that is disabled, and one of another contract, beside the toy."""
    stated = "[oqtopus_experiments.contract]\nat_least = v0_1\n"
    found = [
        EntryPoint("gone", "a_module_that_is_not_there", "oqtopus_experiments")._for(Installed("gone-dist")),
        EntryPoint("slow", "another_that_is_not_there", "oqtopus_experiments")._for(Installed("slow-dist")),
        EntryPoint("old", "a_third_that_is_not_there", "oqtopus_experiments")._for(Installed("old-dist", stated)),
    ]
    registry = plugins.PluginRegistry(PluginSettings(disable=frozenset({"slow"})), found=found)
    registry.register(fakes, "toy-distribution")
    monkeypatch.setattr(plugins, "_current", registry)


def test_the_json_fits_its_schema_in_every_state_a_plugin_can_be_in(in_every_state, printed):
    schema = printed("--schema")
    jsonschema.Draft202012Validator.check_schema(schema)

    told = printed("--json")

    jsonschema.validate(told, schema, jsonschema.Draft202012Validator)
    assert [plugin["status"] for plugin in told] == ["broken", "disabled", "incompatible", "loaded"]
    assert told[2]["contract"] == ">=0.1,<1.0"


def test_the_schema_names_exactly_the_keys_that_are_printed(fakes, printed):
    (plugin,), schema = printed("--json"), printed("--schema")

    assert list(plugin) == schema["items"]["required"] == list(schema["items"]["properties"])
    assert schema["items"]["properties"]["status"]["enum"] == list(get_args(Status))


@pytest.mark.parametrize(
    "change",
    [
        {"status": "asleep"},
        {"status": "broken", "reason": ""},
        {"status": "broken", "reason": "it is"},  # and yet it provides something
        {"contract": "1.0"},
        {"provides": {"experiment": ["ramp"]}},
        {"colour": "red"},
    ],
)
def test_what_does_not_fit_is_refused(fakes, printed, change):
    (plugin,), schema = printed("--json"), printed("--schema")

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([{**plugin, **change}], schema, jsonschema.Draft202012Validator)
