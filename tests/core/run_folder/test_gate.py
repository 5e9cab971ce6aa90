"""Promises of the gate: whatever a service, a plugin or a user says, what is written can be read."""

import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from oqtopus_experiments import Counts, DeviceInfo, DeviceSummary, Failure, Outcome, StoreError
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.support._atomic_writing import parse_object, write_json
from oqtopus_experiments.support._plain import DEEPEST, LONGEST, plain

TEXTS = st.text(st.characters(codec=None, categories=None), max_size=20)  # lone surrogates and controls among them
LEAVES = st.none() | st.booleans() | st.integers() | st.integers(2**62, 2**70) | st.floats() | TEXTS
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)
PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


ODD = {
    "half a surrogate pair": ("\udc80 and \ud800", "\\udc80 and \\ud800"),
    "2^63": (2**63, str(2**63)),
    "-2^63": (-(2**63), str(-(2**63))),
    "400 digits": (10**400, "(an integer of 1329 bits)"),
    "not a number": (math.nan, None),
    "infinite": (math.inf, None),
    "numpy": (np.array([1, 2]), [1, 2]),
    "a number of numpy": (np.int64(7), 7),
    "largest": (2**63 - 1, 2**63 - 1),
    "a tuple": ((1, "a"), [1, "a"]),
}


@pytest.mark.parametrize("case", ODD)
def test_what_a_reader_would_refuse_is_written_as_what_it_is(case, tmp_path):
    said, expected = ODD[case]
    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.append({"said": said})
        section.finish({"said": said})
    write_json(tmp_path / "run.json", {"said": said})

    assert ExperimentJournal(tmp_path / "part").records == ({"said": expected},) == section.records
    assert ExperimentJournal(tmp_path / "part").metadata == {"said": expected}
    assert parse_object((tmp_path / "run.json").read_bytes(), "run.json") == {"said": expected}


@PATIENT
@given(said=ANYTHING)
def test_any_record_and_any_end_can_be_read_again(said, tmp_path_factory):
    part = tmp_path_factory.mktemp("run") / "part"
    with ExperimentJournal(part).writing() as section:
        section.append({"said": said})
        section.record([Outcome(0, Counts.from_dict({"1": 5}, 1))])
        section.finish({"said": said})

    again = ExperimentJournal(part)

    assert not again.damage
    assert again.records == section.records
    assert again.results() == {0: {"1": 5}}
    assert again.metadata == section.metadata
    assert json.loads(json.dumps(again.records)) == list(again.records)


@PATIENT
@given(reason=TEXTS, job_id=TEXTS)
def test_any_failure_can_be_read_again(reason, job_id, tmp_path_factory):
    part = tmp_path_factory.mktemp("run") / "part"
    with ExperimentJournal(part).writing() as section:
        section.record([Outcome(3, Failure(reason, job_id))])

    assert ExperimentJournal(part).results() == section.results()
    assert not ExperimentJournal(part).damage


@PATIENT
@given(said=ANYTHING)
def test_any_configuration_and_provenance_can_be_read_again(said, tmp_path_factory):
    entry = RecordedExperiment("odd", "odd", 1, {"said": said})
    manifest = RunManifest("odd", {"use": "odd", "options": {"said": said}}, (entry,), {"said": said})
    folder = RunFolder.create(tmp_path_factory.mktemp("runs"), manifest)

    read = RunFolder.open(folder.path).manifest()

    assert read.provenance == read.backend["options"] == read.experiments[0].parameters == {"said": plain(said)}


@PATIENT
@given(text=TEXTS, number=st.integers() | st.none())
def test_any_snapshot_of_a_device_can_be_read_again(text, number, tmp_path_factory):
    info = DeviceInfo(summary=DeviceSummary(name=text, kind=text, status=text, queue=number, description=text))
    part = tmp_path_factory.mktemp("run") / "part"
    with ExperimentJournal(part).writing() as section:
        section.append({"snapshot": info.to_json()})

    assert DeviceInfo.from_json(ExperimentJournal(part).records[0]["snapshot"]).summary.kind == plain(text)


def test_a_text_of_megabytes_is_cut_and_says_so(tmp_path):
    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.record([Outcome(0, Failure("x" * 5_000_000))])

    reason = ExperimentJournal(tmp_path / "part").results()[0].reason
    assert len(reason) < LONGEST + 100
    assert reason.endswith("... (5000000 characters)")


def test_nesting_without_end_is_cut(tmp_path):
    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.append({"said": nested(5000)})

    assert f"nested deeper than {DEEPEST}" in json.dumps(ExperimentJournal(tmp_path / "part").records)


def test_two_keys_that_become_one_text_are_both_kept():
    assert plain({1: "a", "1": "b"}) == {"1": "a", "1'": "b"}


def test_wide_counts_are_never_cut(tmp_path):
    counts = Counts.from_shots(np.random.default_rng(1).random((9000, 200)) < 0.5)
    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.record([Outcome(0, counts)])

    assert (ExperimentJournal(tmp_path / "part").results()[0].bits == counts.bits).all()


@pytest.mark.parametrize(("index", "seen"), [(0, -5), (-1, 5), (2**40, 5)], ids=["negative", "before", "beyond"])
def test_counts_that_no_reader_takes_are_not_written_and_the_journal_goes_on(index, seen, tmp_path):
    counts = Counts(np.array([[True], [False]]), np.array([10, 5]))
    counts.occurrences[1] = seen  # what the constructor refuses may be written into the array behind its back
    with ExperimentJournal(tmp_path / "part").writing() as section:
        with pytest.raises(StoreError, match="nothing was written"):
            section.record([Outcome(index, counts)])
        section.record([Outcome(1, Counts.from_dict({"1": 5}, 1))])

    assert ExperimentJournal(tmp_path / "part").results() == {1: {"1": 5}}
    assert not ExperimentJournal(tmp_path / "part").damage
