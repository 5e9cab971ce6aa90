"""A circuit belongs to its point: whoever builds it again, here or elsewhere, gets the same."""

from __future__ import annotations

from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.plugins._experiment_calls import at_point, references_of, sweep_of
from oqtopus_experiments.testing.check import NotConforming
from oqtopus_experiments.testing.experiments.basis import sound
from oqtopus_experiments.testing.experiments.fingerprint import digests
from oqtopus_experiments.testing.experiments.odd_values import elsewhere


def a_circuit_is_the_same_when_built_again(subject: ExperimentSubject) -> None:
    """The same point gives the same circuit and signal: again, in another order, and in another process."""
    experiment = sound(subject)
    first = digests(experiment)
    places = [at_point(experiment, point) for point in sweep_of(experiment).points()]
    places += [f"at reference {name!r}" for name in references_of(experiment)]
    for what, again in (
        ("when it is built again", digests(experiment, backwards=True)),
        ("in another process", elsewhere(subject)["digests"]),
    ):
        for place, one, other in zip(places, first, again, strict=True):
            if one != other:
                message = f"{place} the circuit is another {what}: randomness comes from an axis of seeds"
                raise NotConforming(message)
