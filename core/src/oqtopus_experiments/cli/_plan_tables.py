"""What a run would take and come to, as tables for a terminal and a sentence about each assumption."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.cli._moments import local_time
from oqtopus_experiments.cli._printing import say
from oqtopus_experiments.cli._sheets import Col, Sheet
from oqtopus_experiments.cli._tables import PlainConsole
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.contracts.units import display_scale
from oqtopus_experiments.plugins._job_calls import jobs_for

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.backend import Backend
    from oqtopus_experiments.contracts.devices import DeviceInfo
    from oqtopus_experiments.execution._forecast import Forecast
    from oqtopus_experiments.execution._pace import Pace
    from oqtopus_experiments.execution._price import Offer
    from oqtopus_experiments.execution._prospect import Prospect
    from oqtopus_experiments.runfile._config import RunConfig

AS_WRITTEN = "as written"
_SAID = {"given": "as you say", "calibration": "as calibrated", "example": "as an example"}


def print_costs(config: RunConfig, rows: Sequence[Mapping[str, Any]], prospects: Sequence[Prospect]) -> None:
    """Print what a run would take and come to."""
    numbers = [Col(head, right=True) for head in ("circuits", "jobs", "shots")]
    columns = (Col("experiment"), *numbers, Col("qubits", wraps=True), Col("expected", wraps=True))
    table = Sheet(columns, title=f"{config.name} on {config.backend.name}")
    for row, prospect in zip(rows, prospects, strict=True):
        qubits = row["qubits"]
        among = ", ".join(map(str, qubits)) if len(qubits) <= 8 else f"{qubits[0]}..{qubits[-1]} ({len(qubits)})"
        counts = (str(row["circuits"]), str(row["jobs"]), f"{row['shots']:,}")
        table.add(row["label"], *counts, among, _headline(prospect.forecasts))
    totals = [sum(row[key] for row in rows) for key in ("circuits", "jobs", "shots")]
    table.section()
    table.add("all", str(totals[0]), str(totals[1]), f"{totals[2]:,}", "", "")
    PlainConsole().show(table)
    _print_assumptions(prospects)


def print_prices(config: RunConfig, rows: Sequence[Mapping[str, Any]], prospects: Sequence[Prospect]) -> None:
    """Print what precisions cost: with the points as written, and with better ones."""
    numbers = [Col(head, right=True) for head in ("shots each", "circuits", "jobs", "shots")]
    columns = (Col("experiment"), Col("points", wraps=True), *numbers, Col("expected", wraps=True))
    table = Sheet(columns, title=f"{config.name} on {config.backend.name}")
    for row, prospect in zip(rows, prospects, strict=True):
        if prospect.price is None:
            each = row["shots"] // max(1, row["circuits"])
            counts = (f"{each:,}", str(row["circuits"]), str(row["jobs"]), f"{row['shots']:,}")
            table.add(row["label"], AS_WRITTEN, *counts, _headline(prospect.forecasts))
            continue
        for name, offer in ((row["label"], prospect.price.as_asked), ("", prospect.price.better)):
            if offer is not None:
                table.add(name or row["label"], changed(offer), f"{offer.shots:,}", str(offer.circuits),
                              str(jobs_for(config.backend, offer.circuits)), f"{offer.total_shots:,}",
                              _headline(offer.forecasts))  # fmt: skip
    PlainConsole().show(table)
    for prospect in prospects:
        if prospect.price is not None and prospect.price.problem:
            say(f"{prospect.label}: {AS_WRITTEN}, {prospect.price.problem}")
        elif prospect.price is not None and prospect.price.better is None:
            say(f"{prospect.label}: the experiment knows no other points that need fewer shots")
    _print_assumptions(prospects)


def changed(offer: Offer) -> str:
    """Return what of an experiment differs from the file, as a run file would say it."""
    texts = [
        f"without {name}" if value is None else f"{name} = {_as_written(name, value, offer)}"
        for name, value in offer.changes.items()
    ]
    return ", ".join(texts) or AS_WRITTEN


def _as_written(name: str, value: Any, offer: Offer) -> str:
    import attrs

    from oqtopus_experiments.contracts.declared_fields import unit_of

    unit = unit_of(attrs.fields_dict(type(offer.experiment))[name])
    return f'"{_with_unit(value, unit)}"' if unit and isinstance(value, float) else json.dumps(value)


def about_device(device: DeviceInfo | None) -> str:
    """Return which device it is, in which state, and how many jobs wait there; empty where nobody says."""
    if device is None:
        return ""
    told = device.summary
    parts = [f"{told.name} ({told.kind}, {told.status})"]
    if told.num_qubits is not None:
        parts.append(f"{told.num_qubits} qubits")
    if told.queue is not None:
        parts.append(f"{told.queue:,} job{'s' * (told.queue != 1)} waiting")
    if told.calibrated_at:
        parts.append(f"calibrated {local_time(told.calibrated_at)}")
    return f"device: {', '.join(parts)}"


def about_time(pace: Pace | None, shots: int, backend: Backend) -> str:
    """Return how long it may take, and by what that is told."""
    if pace is None:
        return f"time: not known before a first run on {backend.name}"
    took = f"{pace.run.name} took {_duration(pace.seconds)} for {pace.shots:,} shots"
    return f"time: about {_duration(pace.seconds_for(shots))}, as {took}{', its queue included' * backend.queued}"


def _duration(seconds: float) -> str:
    """Return ``12 s``, ``3 min`` or ``2.5 h``."""
    if seconds < 100:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.2g} min" if seconds < 6000 else f"{seconds / 3600:.2g} h"


def _worst(forecasts: Sequence[Forecast]) -> Forecast:
    """Return the target whose headline is known least."""

    def part(one: Forecast) -> float:
        headline = one.analysis.quantities[0]
        known = math.isfinite(headline.stderr) and headline.value
        return headline.stderr / abs(headline.value) if known else math.inf

    return max(forecasts, key=part)


def _headline(forecasts: Sequence[Forecast]) -> str:
    if not forecasts or not forecasts[0].analysis.quantities:
        return "-"
    worst = _worst(forecasts)
    headline = worst.analysis.quantities[0]
    text = f"{headline.name} = {PlainConsole().written(headline)}"
    if not math.isfinite(headline.stderr):
        text = f"{headline.name} not determined"
    if len({one.analysis.quantities[0].value for one in forecasts}) > 1:
        text += f" (qubit {label(worst.target)}, the worst)"
    codes = [reason.code for reason in worst.analysis.verdict.to_act_on]
    return f"{text}: {', '.join(codes)}" if codes else text


def _print_assumptions(prospects: Sequence[Prospect]) -> None:
    for prospect in prospects:
        if not prospect.forecasts:
            say(f"{prospect.label}: no forecast: {prospect.problem}")
        elif prospect.forecasts[0].truth.values:
            say(f"{prospect.label}: {_assumption(prospect)}")
            if told := _worst(prospect.forecasts).mitigated_by:
                say(f"{prospect.label}: {told}")


def _assumption(prospect: Prospect) -> str:
    """Return for which truth the errors are forecast, and who says that it is so."""
    worst = _worst(prospect.forecasts)
    several = len({tuple(one.truth.values.items()) for one in prospect.forecasts}) > 1
    parts = []
    for source, said in _SAID.items():
        values = [f"{name} = {_with_unit(value, prospect.units.get(name, ''))}"
                  for name, value in worst.truth.values.items() if worst.truth.sources[name] == source]  # fmt: skip
        parts += [f"{', '.join(values)} ({said})"] if values else []
    return f"expected for {f'qubit {label(worst.target)}, ' if several else ''}{', '.join(parts)}"


def _with_unit(value: float, unit: str) -> str:
    factor, shown = display_scale(value, unit)
    return f"{value * factor:.4g} {shown}".rstrip()
