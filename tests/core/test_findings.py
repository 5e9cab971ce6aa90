"""What is said of many targets: of good ones once, of all others each."""

from __future__ import annotations

from oqtopus_experiments import Analysis, Reason, Verdict
from oqtopus_experiments.reporting._findings import findings


def said(number, level, message):
    return Analysis((number,), [], Verdict([Reason("code", message, level)]))


def test_good_targets_that_differ_in_numbers_only_are_one_finding_that_tells_their_range():
    numbers = ("0.972", "0.98", "0.9591")
    analyses = [said(n, "good", f"F_1 is right with {value} of 3 states, -0.{n}") for n, value in enumerate(numbers)]

    (found,) = findings(analyses)

    assert found.qubits == "qubits 0 to 2"
    assert found.reasons == ("code: F_1 is right with 0.9591 to 0.98 of 3 states, -0.2 to -0.0",)


def test_good_targets_of_which_other_things_are_said_stay_apart():
    analyses = [said(0, "good", "1 of a"), said(1, "good", "# of a"), said(2, "good", "1 of b")]

    assert [one.qubits for one in findings(analyses)] == ["qubit 0", "qubit 1", "qubit 2"]


def test_of_a_target_that_is_not_good_its_own_numbers_are_told():
    analyses = [said(0, "suspect", "off by 2"), said(1, "suspect", "off by 3"), said(2, "suspect", "off by 2")]

    assert [(one.qubits, one.reasons) for one in findings(analyses)] == [
        ("qubits 0, 2", ("code: off by 2",)),
        ("qubit 1", ("code: off by 3",)),
    ]
