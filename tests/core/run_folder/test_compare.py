"""Promises of comparing runs: what differs is flagged, what does not is left alone."""

import math
from pathlib import Path

import numpy as np
import pytest

from oqtopus_experiments import Analysis, Quantity, Reason, StoreError, Verdict
from oqtopus_experiments.reporting._compare import compare, threshold
from oqtopus_experiments.storage._summary import Summary


def run(*quantities, level="good", target=(0,)):
    analysis = Analysis(target, quantities, Verdict([Reason("code", "why", level)]))
    return Summary(Path("run"), "run", "", "noisy", (), {"t1": (analysis,)})


def t1_time(value, stderr=400.0, unit="ns"):
    return Quantity("t1_time", value, stderr, unit)


@pytest.mark.parametrize("others", [0, 5, 100, 3000])
def test_five_sigma_are_flagged_however_many_quantities_are_compared(others):
    same = [Quantity(f"q{i}", 1.0, 0.1) for i in range(others)]
    longer = 25_000 * math.exp(5.000001 * math.hypot(0.016, 0.012))  # of a time the relative errors count

    found = compare([run(t1_time(25_000, 400.0), *same), run(t1_time(longer, 0.012 * longer), *same)])

    assert found[0].sigma == pytest.approx(5, abs=1e-5)
    assert found[0].flagged
    assert not any(difference.flagged for difference in found[1:])


def test_three_sigma_are_not_flagged():
    assert not compare([run(t1_time(25_000)), run(t1_time(25_000 + 3 * math.hypot(400, 400)))])[0].flagged


@pytest.mark.parametrize(("quantities", "pairs", "most"), [(1, 1000, 7), (12, 1000, 7), (300, 300, 2)])
def test_under_one_percent_of_pairs_of_equal_runs_are_flagged(quantities, pairs, most):
    """Seeded; by the rule 1 pair in 1000 is flagged: more than 7 of 1000 have a probability of 1e-5."""
    rng = np.random.default_rng(20261120)
    flagged = 0
    for _ in range(pairs):
        pair = [
            run(*(Quantity(f"q{i}", value, 1.0) for i, value in enumerate(rng.standard_normal(quantities))))
            for _ in range(2)
        ]
        flagged += any(difference.flagged for difference in compare(pair))

    assert flagged <= most


def test_the_largest_of_all_pairs_counts_among_three_runs():
    found = compare([run(t1_time(25_000)), run(t1_time(25_100)), run(t1_time(28_000))])

    assert found[0].sigma == pytest.approx(math.log(28 / 25) / math.hypot(400 / 25_000, 400 / 28_000))
    assert found[0].flagged


def test_a_number_without_a_scale_is_compared_as_it_is_with_systematics_in_quadrature():
    one, other = Quantity("offset", 0.0, 0.3, systematic=0.4), Quantity("offset", 2.0, 1.2)

    assert compare([run(one), run(other)])[0].sigma == pytest.approx(2 / 1.3)


def test_a_lifetime_half_as_long_is_as_far_off_as_one_twice_as_long():
    shorter, longer = (compare([run(t1_time(1e4, 1e3)), run(t1_time(v, v / 10))])[0].sigma for v in (5e3, 2e4))

    assert shorter == pytest.approx(longer)
    assert shorter == pytest.approx(math.log(2) / math.hypot(0.1, 0.1))


def test_a_bad_number_is_shown_and_not_compared():
    found = compare([run(t1_time(25_000)), run(t1_time(90_000), level="bad")])

    assert math.isnan(found[0].sigma)
    assert not found[0].flagged
    assert found[0].values[1].level == "bad"


@pytest.mark.parametrize(
    "other", [t1_time(math.nan), t1_time(1.0, math.nan), t1_time(1.0, 0.0), t1_time(1.0, 1.0, "us")]
)
def test_what_has_no_error_or_another_unit_is_not_compared(other):
    if other.stderr == 0:
        other = t1_time(1.0, math.inf)

    assert math.isnan(compare([run(t1_time(25_000)), run(other)])[0].sigma)


def test_quantities_of_one_run_only_are_left_out():
    found = compare([run(t1_time(1.0), Quantity("extra", 1.0, 1.0)), run(t1_time(1.0))])

    assert [difference.name for difference in found] == ["t1_time"]


def test_runs_with_nothing_in_common_are_an_error_that_names_the_next_step():
    with pytest.raises(StoreError, match="oqx analyze"):
        compare([run(t1_time(1.0)), run(t1_time(1.0), target=(1,))])


def test_the_threshold_grows_with_the_number_of_comparisons_up_to_five():
    assert threshold(1) == pytest.approx(3.29, abs=0.01)
    assert threshold(20) == pytest.approx(4.06, abs=0.01)
    assert threshold(10**9) == 5


def test_the_command_line_shows_both_values_and_marks_what_differs(write_analyzed, decay, oqx):
    same = [write_analyzed({"decay": decay(physical_qubits=[0, 1])}, seed=seed).path for seed in (1, 2)]
    other = write_analyzed({"decay": decay(physical_qubits=[0, 1], points=2)}, seed=3).path

    code, output, _ = oqx("compare", *same)
    assert (code, "0 of 2 quantities differ" in output) == (0, True)
    # Two points of a sweep of five have another mean than all five: nothing is the same but the ends.
    code, output, _ = oqx("compare", same[0], other)
    assert code == 0
    assert "σ" in output
    assert oqx("compare", same[0])[0] == 2


def test_a_value_that_fell_is_flagged_like_one_that_rose():
    for values in ((25_000, 29_000), (29_000, 25_000)):
        assert compare([run(t1_time(value)) for value in values])[0].flagged


def test_a_quantity_is_compared_within_its_own_experiment_only():
    first, second = run(t1_time(25_000)), run(t1_time(90_000))
    second.analyses["echo"] = second.analyses.pop("t1")

    with pytest.raises(StoreError, match="in common"):
        compare([first, second])


def correlated(*quantities, covariance, level="good"):
    analysis = Analysis((0,), quantities, Verdict([Reason("code", "why", level)]), covariance=np.asarray(covariance))
    return Summary(Path("run"), "run", "", "noisy", (), {"rb": (analysis,)})


def rb(decay, error=0.001, correlation=-1.0):
    """A decay and the error per gate that is computed from it, as a fit gives them."""
    per_gate = Quantity("error_per_gate", (1 - decay) / 2, error / 2)
    covariance = [[error**2, correlation * error**2 / 2], [correlation * error**2 / 2, error**2 / 4]]
    return correlated(Quantity("decay", decay, error), per_gate, covariance=covariance)


def test_a_quantity_that_says_another_one_again_is_no_further_difference():
    decay, per_gate = compare([rb(0.99), rb(0.90)])

    assert (decay.same_as, decay.flagged, decay.headline) == ("", True, True)
    assert (per_gate.same_as, per_gate.flagged, per_gate.headline) == ("decay", False, False)
    assert per_gate.sigma == pytest.approx(decay.sigma)


def test_quantities_that_only_go_together_are_differences_of_their_own():
    decay, per_gate = compare([rb(0.99, correlation=-0.999), rb(0.90, correlation=-0.999)])

    assert (decay.flagged, per_gate.flagged) == (True, True)
    assert per_gate.same_as == ""


def test_one_number_must_be_so_in_every_run_that_knows_it():
    assert compare([rb(0.99), rb(0.99, correlation=-0.5)])[1].same_as == ""
    unknown = correlated(*rb(0.9).analyses["rb"][0].quantities, covariance=np.full((2, 2), math.nan))
    assert compare([rb(0.99), unknown])[1].same_as == "decay"


def test_repetitions_do_not_raise_the_threshold(monkeypatch):
    asked = []
    monkeypatch.setattr("oqtopus_experiments.reporting._compare.threshold", lambda m: asked.append(m) or threshold(m))

    compare([rb(0.99), rb(0.99)])

    assert asked == [1]


@pytest.mark.parametrize(("first", "last", "percent"), [(20_000.0, 22_000.0, 10.0), (22_000.0, 19_800.0, -10.0)])
def test_a_change_has_its_sign_its_error_and_its_part(first, last, percent):
    (found,) = compare([run(t1_time(first, 300.0)), run(t1_time(50_000.0), level="bad"), run(t1_time(last, 400.0))])

    assert found.change.value == pytest.approx(last - first)
    assert found.change.stderr == pytest.approx(500.0)
    assert found.change.unit == "ns"
    assert found.percent == pytest.approx(percent)


def test_a_part_of_what_may_be_nothing_is_not_told():
    (found,) = compare([run(Quantity("offset", 0.01, 0.02)), run(Quantity("offset", 0.05, 0.02))])

    assert found.change.value == pytest.approx(0.04)
    assert math.isnan(found.percent)


def test_no_change_is_told_of_what_cannot_be_compared():
    (found,) = compare([run(t1_time(25_000)), run(t1_time(90_000), level="bad")])

    assert found.change is None


def test_the_terminal_shows_headlines_and_what_differs_and_counts_the_rest(write_analyzed, decay, oqx):
    runs = [write_analyzed({"decay": decay(physical_qubits=range(30))}, seed=seed).path for seed in (1, 2)]

    _, out, _ = oqx("compare", *runs)
    rows = [line for line in out.splitlines() if " σ" in line]
    _, every, _ = oqx("compare", *runs, "--all")

    assert out.startswith(f"A: {runs[0].name}\nB: {runs[1].name}\ndecay: level\n")
    assert "B - A" in out
    assert len(rows) == 5
    sigmas = sorted(
        (float(line.split(" σ")[0].split()[-1]) for line in every.splitlines() if " σ" in line), reverse=True
    )
    assert sorted((float(line.split(" σ")[0].split()[-1]) for line in rows), reverse=True) == sigmas[:5]
    assert "25 more are compared, none of them flagged; --all shows them" in out
    assert len(sigmas) == 30
    assert "more are compared" not in every
