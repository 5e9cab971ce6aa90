"""Every distribution is whole: typed, described, found by its entry point, with a range on core."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path

import pytest

from oqtopus_experiments import CONTRACT
from oqtopus_experiments.contracts.contract_version import ContractVersion

ROOT = Path(__file__).resolve().parents[2]
MEMBERS = [ROOT / "core", *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))]
PLUGINS = MEMBERS[1:]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda path: path.name)
def test_a_distribution_is_typed_and_described(member):
    (package,) = [path for path in (member / "src").iterdir() if path.is_dir() and path.suffix != ".egg-info"]
    project = tomllib.loads((member / "pyproject.toml").read_text())["project"]

    assert (package / "py.typed").exists()
    assert len((member / "README.md").read_text()) > 200
    assert project["requires-python"] == ">=3.11,<3.14"


@pytest.mark.parametrize("member", MEMBERS, ids=lambda path: path.name)
def test_a_distribution_says_its_licence_and_holds_the_text(member):
    project = tomllib.loads((member / "pyproject.toml").read_text())["project"]

    assert project["license"] == "Apache-2.0"
    own, *others = project["license-files"]
    assert own == "LICENSE"
    assert all((member / other).is_file() for other in others)  # of what a distribution holds of other people
    # A copy each: a link that leads out of its folder makes no source distribution.
    assert (member / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert not (member / "LICENSE").is_symlink()


@pytest.mark.parametrize("member", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_states_the_range_of_core_it_needs_and_declares_its_entry_point(member):
    project = tomllib.loads((member / "pyproject.toml").read_text())["project"]

    assert any(re.fullmatch(r"oqtopus-experiments(\[\w+\])?>=0\.1,<0\.2", line) for line in project["dependencies"])
    for name, module in project.get("entry-points", {}).get("oqtopus_experiments", {}).items():
        (found,) = [point for point in entry_points(group="oqtopus_experiments") if point.name == name]
        assert found.value == module


@pytest.mark.parametrize("folder", [*PLUGINS, ROOT / "docs/examples/third-party"], ids=lambda path: path.name)
def test_a_plugin_states_the_contract_it_was_written_for(folder):
    points = tomllib.loads((folder / "pyproject.toml").read_text())["project"].get("entry-points", {})
    stated = points.get("oqtopus_experiments.contract")

    assert ("oqtopus_experiments" in points) == (stated is not None)  # a tool without plugins has no contract
    if stated:
        assert ContractVersion.parse(stated["at_least"]) <= CONTRACT


@pytest.mark.parametrize("member", PLUGINS, ids=lambda path: path.name)
def test_what_a_plugin_keeps_to_itself_begins_with_an_underscore(member):
    assert [path.name for path in (member / "src").rglob("*.py") if not path.name.startswith("_")] == []


def imported(member):
    """Return the top-level packages that a distribution's sources import anywhere."""
    found = set()
    for path in (member / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names)


# Core adapts objects of Qiskit's where a user hands one over, who then has it.
GIVEN_BY_THE_USER = {"core": {"qiskit"}}


@pytest.mark.parametrize("member", MEMBERS, ids=lambda path: path.name)
def test_a_distribution_declares_what_it_imports(member):
    project = tomllib.loads((member / "pyproject.toml").read_text())["project"]
    lines = [
        *project["dependencies"],
        *(line for extra in project.get("optional-dependencies", {}).values() for line in extra),
    ]
    declared = {re.match(r"[\w.-]+", line)[0].replace("-", "_").lower() for line in lines}
    own = {path.name for path in (member / "src").iterdir()}
    homes = packages_distributions()
    needed = {
        name: {home.replace("-", "_").lower() for home in homes.get(name, [name])} | {name}
        for name in imported(member) - own - GIVEN_BY_THE_USER.get(member.name, set())
    }

    assert [name for name, homes_of_it in needed.items() if not homes_of_it & declared] == []


def test_core_depends_on_no_quantum_library():
    dependencies = tomllib.loads((ROOT / "core/pyproject.toml").read_text())["project"]["dependencies"]

    assert not {name for line in dependencies for name in ("qiskit", "qulacs", "lmfit", "scipy") if name in line}


def test_no_lock_file_and_no_package_index_is_committed():
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not [path for path in tracked if path.endswith(".lock")]
    # Written in halves, so that the pattern does not find itself.
    pattern = "index" + "-url|/sim" + "ple[/\"' ]"
    found = subprocess.run(["git", "grep", "-lIE", pattern], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.stdout == ""
