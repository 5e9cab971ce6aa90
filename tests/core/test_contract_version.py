"""A plugin says which contract it was written for, and is held to it before anything of it is imported."""

from __future__ import annotations

import sys
from importlib.metadata import Distribution, EntryPoint

import pytest

from oqtopus_experiments import CONTRACT, PluginError
from oqtopus_experiments.contracts.contract_version import ContractVersion
from oqtopus_experiments.plugins import _index as plugin_index
from oqtopus_experiments.plugins._compatibility import compatibility
from oqtopus_experiments.plugins._registry import PluginRegistry

SOUND = """
import sys, attrs
from oqtopus_experiments import hookimpl

@attrs.frozen(kw_only=True)
class Wiggle(sys.modules["fakes"].Ramp):
    name = "wiggle"

@hookimpl
def register_experiments():
    return [Wiggle]
"""


class Installed(Distribution):
    """An installed distribution with a requirement on core and a stated range, as metadata hold them."""

    def __init__(self, requires=(), **stated):
        lines = "".join(f"{name} = {value}\n" for name, value in stated.items())
        self._texts = {
            "METADATA": "Metadata-Version: 2.1\nName: stranger\nVersion: 3.1\n"
            + "".join(f"Requires-Dist: {line}\n" for line in requires),
            "entry_points.txt": f"[oqtopus_experiments.contract]\n{lines}" if stated else "",
        }

    def read_text(self, filename):
        return self._texts.get(filename)

    def locate_file(self, path):
        return path


@pytest.fixture
def report(fakes, tmp_path, monkeypatch):
    """Return a function that installs a plugin of a distribution, and returns what became of it."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "contract_stranger.py").write_text(SOUND)

    def of(distribution):
        point = EntryPoint("wiggle", "contract_stranger", "oqtopus_experiments")._for(distribution)
        (plugin,) = PluginRegistry(found=[point]).report()
        return plugin

    yield of
    sys.modules.pop("contract_stranger", None)


def version(major, minor):
    return f"v{CONTRACT.major + major}_{CONTRACT.minor + minor}"


def test_a_plugin_written_for_this_contract_loads(report):
    assert report(Installed(at_least=version(0, 0))).status == "loaded"
    assert report(Installed(at_least=version(0, 0), below=version(1, 0))).status == "loaded"


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"at_least": version(0, 1)}, ("install an older stranger, or a newer oqtopus-experiments",)),
        ({"at_least": version(1, 0)}, ("install an older stranger, or a newer oqtopus-experiments",)),
        ({"at_least": "v0_1"}, ("contract >=0.1,<1.0", "install a newer stranger, or an older oqtopus-experiments")),
        ({"at_least": "v0_1", "below": version(0, 0)}, (f"<{CONTRACT};", "install a newer stranger")),
    ],
)
def test_a_plugin_of_another_contract_is_named_with_what_to_do_and_never_imported(report, stated, words):
    plugin = report(Installed(**stated))

    assert plugin.status == "incompatible"
    assert "contract_stranger" not in sys.modules
    for part in (
        "'wiggle' of stranger 3.1 is skipped: was written for contract >=",
        f"has contract {CONTRACT}",
        *words,
    ):
        assert part in plugin.skipped


def test_a_later_minor_version_of_core_keeps_what_was_written_before_and_a_later_major_does_not():
    written = Installed(at_least="v1_0")

    assert not compatibility(written, ContractVersion(1, 7)).problem
    assert "has contract 2.0" in compatibility(written, ContractVersion(2, 0)).problem
    assert "has contract 0.9" in compatibility(written, ContractVersion(0, 9)).problem


def test_a_plugin_that_states_no_contract_is_taken_for_what_its_requirement_on_core_says(report):
    plain = report(Installed(requires=["oqtopus-experiments>=0.1,<0.2", "numpy"]))
    other = report(Installed(requires=["oqtopus-experiments>=99"]))
    neither = report(Installed())

    assert (plain.status, str(plain.compatibility)) == ("loaded", "as core <0.2,>=0.1")
    assert other.status == "incompatible"
    assert "install another stranger" in other.reason
    assert (neither.status, str(neither.compatibility)) == ("loaded", "")


def test_both_are_checked_the_requirement_on_core_and_the_contract(report):
    assert "needs oqtopus-experiments>=99" in report(Installed(["oqtopus-experiments>=99"], at_least="v1_0")).reason
    assert "was written for contract" in report(Installed(["oqtopus-experiments>=0.1"], at_least="v0_1")).reason


def test_every_line_of_the_requirements_that_names_core_counts(report):
    twice = ["oqtopus-experiments>=0.1", "oqtopus_experiments[plot]>=99", "oqtopus-experiments>=200; extra == 'x'"]

    assert "needs oqtopus-experiments>=0.1,>=99; this is" in report(Installed(twice)).reason


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"at_least": "soon"}, "'soon' is not a version of the contract; write for example v1_0"),
        ({"at_last": "v1_0"}, "'at_last' in it is not known"),
        ({"below": "v2_0"}, "'at_least' is missing"),
        ({"at_least": "v2_0", "below": "v2_0"}, "nothing is >=2.0,<2.0"),
    ],
)
def test_a_range_that_cannot_be_read_is_named_and_the_plugin_is_not_guessed_to_fit(report, stated, words):
    plugin = report(Installed(**stated))

    assert plugin.status == "incompatible"
    assert words in plugin.reason
    assert "tell the author of stranger" in plugin.reason


def test_a_requirement_that_cannot_be_read_costs_the_plugin_only(report):
    assert "cannot be read" in report(Installed(["oqtopus-experiments =!= 3"])).reason


def test_a_version_is_written_as_build_tools_take_it_or_with_a_dot():
    assert ContractVersion.parse("v1_2") == ContractVersion.parse("1.2") == ContractVersion(1, 2)
    assert ContractVersion(1, 10) > ContractVersion(1, 9)
    with pytest.raises(PluginError, match="not a version"):
        ContractVersion.parse("v1")


def test_what_oqx_list_remembers_is_forgotten_when_a_plugin_states_another_range():
    def seen(**stated):
        point = EntryPoint("wiggle", "contract_stranger", "oqtopus_experiments")._for(Installed(**stated))
        return plugin_index.fingerprint([point])

    assert len({seen(), seen(at_least="v1_0"), seen(at_least="v1_0", below="v1_1")}) == 3
    assert seen(at_least="v1_0") == seen(at_least="v1_0")
