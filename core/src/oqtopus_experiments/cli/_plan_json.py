"""What a run would take and come to, as JSON for programs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.plugins._job_calls import jobs_for

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.devices import DeviceInfo
    from oqtopus_experiments.execution._forecast import Forecast
    from oqtopus_experiments.execution._pace import Pace
    from oqtopus_experiments.execution._price import Offer
    from oqtopus_experiments.execution._prospect import Prospect
    from oqtopus_experiments.runfile._config import RunConfig


def content(
    config: RunConfig,
    device: DeviceInfo | None,
    rows: Sequence[Mapping[str, Any]],
    prospects: Sequence[Prospect],
    pace: Pace | None = None,
) -> dict[str, Any]:
    """Return a plan: JSON values, numbers in the units beside them, null where a number is not known."""
    return {
        "name": config.name,
        "backend": config.backend.name,
        "device": None if device is None else device.summary.name,
        "jobs_waiting": None if device is None else device.summary.queue,
        "seconds": None if pace is None else pace.seconds_for(sum(row["shots"] for row in rows)),
        "seconds_as_in": None if pace is None else pace.run.name,
        "experiments": [
            {**row, "expected": [_expected(one) for one in prospect.forecasts], "no_forecast": prospect.problem,
             "price": _price(config, prospect)}
            for row, prospect in zip(rows, prospects, strict=True)
        ],
    }  # fmt: skip


def _expected(one: Forecast) -> dict[str, Any]:
    sources = one.truth.sources
    return {
        "qubits": list(one.target),
        "assumed": {name: {"value": value, "from": sources[name]} for name, value in one.truth.values.items()},
        "quantities": [
            {"name": q.name, "value": _known(q.value), "stderr": _known(q.stderr), "unit": q.unit}
            for q in one.analysis.quantities
        ],
        "mitigated_by": one.mitigated_by,
        "verdict": one.analysis.verdict.level,
        "reasons": [str(reason.code) for reason in one.analysis.verdict.reasons],
    }


def _price(config: RunConfig, prospect: Prospect) -> dict[str, Any] | None:
    if prospect.price is None:
        return None
    return {
        "as_written": _offer(config, prospect.price.as_asked),
        "better": _offer(config, prospect.price.better),
        "problem": prospect.price.problem,
    }


def _offer(config: RunConfig, offer: Offer | None) -> dict[str, Any] | None:
    if offer is None:
        return None
    return {
        "changes": dict(offer.changes),
        "shots_each": offer.shots,
        "circuits": offer.circuits,
        "jobs": jobs_for(config.backend, offer.circuits),
        "shots": offer.total_shots,
        "expected": [_expected(one) for one in offer.forecasts],
    }


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
