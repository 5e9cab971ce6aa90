"""Whether a run is what it says: its files as they were sealed, and every number again from its counts."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.targets import label as label_of
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.execution._analyzing import analyzed
from oqtopus_experiments.execution._load import Run, load_sound
from oqtopus_experiments.storage._analysis_json import StoredAnalysis, read_analyses
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._seal import Altered, broken, is_sealed
from oqtopus_experiments.support._plain import plain

SAME = 1e-6
"""Part of its standard error, or of itself where it has none, by which a number may differ between two machines."""


@frozen(eq=False)
class Audit:
    """
    What an audit found.

    Args:
        path: The run folder.
        sealed: Whether the run has a seal: one that has not come to its end has none.
        altered: The files that are not what was sealed.
        recomputed: How many numbers were computed again.
        differences: What is not what its counts give, each in a sentence.
        unchecked: What could not be computed again, each with its reason.
        notes: What a person should know of what is sound: what was analyzed otherwise than the run was configured.
    """

    path: Path
    sealed: bool
    altered: tuple[Altered, ...]
    recomputed: int
    differences: tuple[str, ...]
    unchecked: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether everything could be checked, and is what it says."""
        return self.sealed and not (self.altered or self.differences or self.unchecked)


def audit(path: Path) -> Audit:
    """
    Check a run folder; nothing in it is changed, no backend is asked.

    Numbers are computed again by the analyzer, with the options, that ``analysis.json`` names: whoever analyzes a run
    with other settings leaves ``run.json`` as it is.

    Raises:
        StoreError: When it is not a run folder.
        PluginError: When the plugin of an experiment or analyzer is missing.
    """
    folder = RunFolder.open(path)
    altered = tuple(broken(folder))
    run, faults = load_sound(path)
    numbers = 0
    differences: list[str] = []
    unchecked = [f"{label}: {error}" for label, error in faults.items()]
    notes: list[str] = []
    here = functools.cache(lambda: _versions_here(run))
    for label in run.results:
        try:
            stored = read_analyses(folder.directory(label))
        except StoreError as error:
            differences.append(f"{label}: {error}")
            continue
        if stored is None:
            unchecked.append(f"{label}: it has no analysis")
            continue
        try:
            analyzer = run.recorded_analyzer(stored.analyzer, folder.section_path(label) / "analysis.json")
        except StoreError as error:
            unchecked.append(f"{label}: {error}")
            continue
        notes += _otherwise(label, run, analyzer)
        result = run.results[label]
        again = analyzed(label, functools.partial(result.analyses, analyzer), result.notes)
        if again.problem:
            unchecked.append(f"{label}: {again.problem}")
            continue
        found = list(_differences(label, stored.analyses, again.analyses))
        differences += [f"{one}{_versions(stored, here)}" for one in found]
        numbers += sum(len(one.quantities) for one in again.analyses)
    return Audit(path, is_sealed(folder), altered, numbers, tuple(differences), tuple(unchecked), tuple(notes))


def _otherwise(label: str, run: Run, analyzer: Analyzer) -> Iterator[str]:
    """Say where an experiment was analyzed otherwise than the run was configured."""
    configured = run.analyzer_name(label)
    if configured != analyzer.name:
        yield f"{label}: it was analyzed with {analyzer.name!r}; run.json has {configured!r}"
        return
    before, now = attrs.asdict(run.analyzer(label)), attrs.asdict(analyzer)
    if changed := [name for name in now if plain(now[name]) != plain(before[name])]:
        names = ", ".join(changed)
        yield f"{label}: it was analyzed with other options of {analyzer.name!r} than run.json has: {names}"


def _differences(label: str, stored: Sequence[Analysis], again: Sequence[Analysis]) -> Iterator[str]:
    if [one.target for one in stored] != [one.target for one in again]:
        yield f"{label}: its targets are {_targets(stored)}, those of its counts {_targets(again)}"
        return
    for one, other in zip(stored, again, strict=True):
        where = f"{label}, {label_of(one.target)}"
        if one.verdict.level != other.verdict.level:
            yield f"{where}: the verdict is {one.verdict.level}, from its counts {other.verdict.level}"
        if [q.name for q in one.quantities] != [q.name for q in other.quantities]:
            yield f"{where}: other quantities than its counts give"
            continue
        for kept, found in zip(one.quantities, other.quantities, strict=True):
            if not _is_same(kept, found):
                yield f"{where}: {kept.name} is {kept}, from its counts {found}{_which(kept, found)}"


def _is_same(one: Quantity, other: Quantity) -> bool:
    return not _differing(one, other)


def _differing(one: Quantity, other: Quantity) -> list[str]:
    """Return the fields in which two quantities differ by more than machines do."""
    scale = SAME * (one.stderr if one.stderr > 0 else abs(one.value))
    found = []
    for field in attrs.fields(Quantity):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, str):
            differs = mine != theirs
        elif math.isnan(mine) or math.isnan(theirs):
            differs = math.isnan(mine) != math.isnan(theirs)
        else:
            differs = not math.isclose(mine, theirs, rel_tol=SAME, abs_tol=scale if math.isfinite(scale) else 0.0)
        found += [field.name] * differs
    return found


def _which(one: Quantity, other: Quantity) -> str:
    """Return what differs where the two are written alike."""
    if str(one) != str(other):
        return ""
    return f" (they differ in {', '.join(_differing(one, other))})"


def _versions_here(run: Run) -> Mapping[str, Any]:
    from oqtopus_experiments.plugins._provenance import provenance

    found: Mapping[str, Any] = provenance([type(result.experiment) for result in run.results.values()])["versions"]
    return found


def _versions(stored: StoredAnalysis, versions_here: Callable[[], Mapping[str, Any]]) -> str:
    """Return a note where the numbers were made by another version than the one that is asked now."""
    made = stored.analyzer.get("versions")
    if not isinstance(made, dict):
        return ""
    here = versions_here()
    others = [f"{name} {made[name]}, here {here[name]}" for name in made if name in here and made[name] != here[name]]
    return f" (made with {'; '.join(others)})" if others else ""


def _targets(analyses: Sequence[Analysis]) -> str:
    return ", ".join(label_of(one.target) for one in analyses) or "none"
