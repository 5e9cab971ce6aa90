"""The conformance kit as a whole: every bug that was asked for is planted, and every plugin is held against it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.testing.verification import CHECKS

HERE = Path(__file__).parent
PLUGINS = HERE.parents[1] / "plugins"

# Each as it was asked for: in which file it is planted, and the kind of plugin that has it.
ASKED_FOR = {
    "wrong bit order": ("wrong_bit_order", "backend"),
    "constant error bar": ("constant_error_bar", "analyzer"),
    "swapped unit": ("swapped_unit", "experiment"),
    "hard-coded answer": ("hard_coded_answer", "experiment"),
    "lost point": ("lost_point", "backend"),
    "dropped shots": ("dropped_shots", "backend"),
    "fabricated count": ("fabricated_count", "backend"),
    "ignored parameter": ("ignored_parameter", "experiment"),
    "never says bad": ("never_says_bad", "experiment"),
    "circuit that changes": ("circuit_that_changes", "experiment"),
    "heavy import": ("heavy_import", "experiment"),
    "option that configuration cannot set": ("unsettable_option", "backend"),
    "same sequence on every target": ("same_sequence_on_every_target", "experiment"),
    "guess key misspelt": ("guess_key_misspelt", "experiment"),
    "result of another target": ("result_of_another_target", "analyzer"),
    "error bar too small by 1.4": ("error_bar_too_small_by_1_4", "analyzer"),
    "quantity that depends on the order of points": ("quantity_that_depends_on_the_order_of_points", "analyzer"),
    "leaked token": ("leaked_token", "backend"),
    "resume that resubmits": ("resume_that_resubmits", "backend"),
    "label that overwrites a column": ("label_that_overwrites_a_column", "experiment"),
}


def meant(kind):
    """Return the table of a kind: which planted bug fails in which check."""
    file = HERE / f"test_planted_bugs_{kind}s.py"
    spec = importlib.util.spec_from_file_location(f"table_of_{kind}s", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return next(vars(module)[name] for name in ("MEANT", "PLANTED") if name in vars(module))


def test_twenty_bugs_were_asked_for():
    assert len(ASKED_FOR) == len(set(ASKED_FOR.values())) == 20


@pytest.mark.parametrize("bug", ASKED_FOR)
def test_a_bug_that_was_asked_for_is_planted_and_meant_for_a_check_that_there_is(bug):
    name, kind = ASKED_FOR[bug]

    assert (HERE / "planted" / f"{name}.py").is_file()
    assert (kind, meant(kind)[name]) in {(check.kind, check.name) for check in CHECKS}


def test_no_two_checks_of_a_kind_have_one_name_and_each_says_what_it_promises():
    assert len({(check.kind, check.name) for check in CHECKS}) == len(CHECKS)
    assert [check.name for check in CHECKS if not check.promise.endswith(".")] == []
    assert [check.name for check in CHECKS if not check.name.isidentifier() or check.name.lower() != check.name] == []


def test_each_plugin_that_registers_something_is_held_against_the_kit_in_its_own_folder():
    offered = plugins.PluginRegistry()
    giving = {plugin.entry_point for plugin in offered.report() if any(plugin.provides.values())}
    folders = {path.parent.name for path in PLUGINS.glob("*/pyproject.toml")}
    verified = {path.parent.name for path in HERE.parent.glob("plugins/*/test_conformance.py")}

    assert giving & folders >= {"aer", "curvefit", "oqtopus", "qiskit", "qulacs", "rabi", "t1"}
    assert (giving & folders) - verified == set()


JUNIT = """<?xml version="1.0"?>
<testsuites><testsuite>
<testcase classname="tests.plugins.t1.test_conformance.TestT1" name="test_conformance[a]"/>
<testcase classname="tests.plugins.t1.test_conformance.TestT1" name="test_conformance[b]">
<skipped type="pytest.skip" message="nothing"/></testcase>
<testcase classname="tests.plugins.t1.test_conformance.TestT1" name="test_conformance[c]">
<skipped type="pytest.xfail" message="known"/></testcase>
<testcase classname="tests.plugins.t1.test_t1" name="test_own"><failure/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def matrix():
    spec = importlib.util.spec_from_file_location(
        "conformance_matrix", PLUGINS.parent / "docs/_tools/conformance_matrix.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_matrix_counts_checks_by_plugin_and_way(matrix, tmp_path):
    for way, text in (("alone", JUNIT), ("3.13", JUNIT.replace('[a]"/>', '[a]"><failure/></testcase>'))):
        (tmp_path / way).mkdir()
        (tmp_path / way / "t1.xml").write_text(text)

    found = matrix.cells(tmp_path)

    assert [line.split() for line in matrix.text_of(found).splitlines()] == [
        ["checks", "run", "alone", "3.13"],
        ["t1", "2", "of", "3", "1", "FAILED"],
    ]
    assert not matrix.is_green(found)
    assert matrix.is_green({"t1": {"alone": found["t1"]["alone"]}})


def test_a_plugin_that_was_not_verified_in_every_way_leaves_the_matrix_red(matrix, tmp_path):
    for way, plugin in (("alone", "t1"), ("alone", "rabi"), ("lowest", "t1")):
        (tmp_path / way).mkdir(exist_ok=True)
        (tmp_path / way / f"{plugin}.xml").write_text(JUNIT.replace("plugins.t1", f"plugins.{plugin}"))

    assert not matrix.is_green(matrix.cells(tmp_path))
    assert "none" in matrix.text_of(matrix.cells(tmp_path))
    assert not matrix.is_green({})
