"""A parameter that nothing depends on is a slip: its user believes that it does something."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.execution._circuits import copies_at
from oqtopus_experiments.plugins._analyzer_calls import analyses_of
from oqtopus_experiments.plugins._experiment_calls import references_of, sweep_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.experiments.basis import sound
from oqtopus_experiments.testing.experiments.fingerprint import behaviour
from oqtopus_experiments.testing.experiments.variations import own_parameters, variants


def no_parameter_is_ignored(subject: ExperimentSubject) -> None:
    """Another value of any parameter changes the sweep, a circuit, the signal, the model, a note or the analysis."""
    experiment = sound(subject)
    fields = own_parameters(experiment)
    before = behaviour(experiment)
    others = {field.name: [other for _, other in variants(experiment, field)] for field in fields}
    tried = {name: found for name, found in others.items() if found}
    if not tried:
        message = "no other value of any parameter was found that it accepts" if fields else "it has no parameters"
        raise NotApplicable(message)
    for name, found in tried.items():
        if any(behaviour(other) != before for other in found):
            continue
        told = list(_analyses(subject, experiment))
        if all(list(_analyses(subject, other)) == told for other in found):
            message = f"nothing changes with {name!r}: it is ignored (tried {len(found)} values)"
            raise NotConforming(message)


def _analyses(subject: ExperimentSubject, experiment: Declaration) -> Iterator[str]:
    """Yield what is made of the same counts, whatever they are."""
    sweep, references = sweep_of(experiment), references_of(experiment)
    width = copies_at(experiment, sweep.points()[0])[0].num_clbits * len(experiment.targets)
    rng = np.random.default_rng(1)
    counts = {
        index: Counts.from_shots(rng.random((50, width)) < rng.random())
        for index in range(sweep.size + len(references))
    }
    dataset = Dataset.from_counts(experiment, counts)
    for analysis in analyses_of(chosen_analyzer(experiment, subject.analyzer), experiment, dataset):
        yield repr([(one.name, one.value, one.stderr, one.unit) for one in analysis.quantities])
        yield repr(analysis.verdict)
