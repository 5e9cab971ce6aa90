"""From a finished job to its counts: downloaded, checked, and never replaced by anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from oqtopus_experiments import Counts, Failure
from oqtopus_experiments_oqtopus._answers import DamagedError, RefusedError, TransientError, UnusableError
from oqtopus_experiments_oqtopus._service import Service

_LOOKS = 5
"""Downloads in a row of a result that is whole but wrong, before it is believed to be wrong for good."""


@frozen
class Reading:
    """
    How the keys of a result are to be read.

    Args:
        clbits: Classical bits that are measured, ascending: on the wire they are bits 0, 1, ... None when nothing is
            known about the circuit.
        width: Classical bits of the circuit.
    """

    clbits: tuple[int, ...] | None
    width: int


def fetch(
    service: Service, job_id: str, job: Mapping[str, Any], reading: Reading, shots: int, *, mitigated: bool
) -> Counts | Failure:
    """
    Return the counts of a job that succeeded, or why its result is unusable.

    Args:
        service: The service.
        job_id: The job.
        job: What was last seen of it; its URL is used first.
        reading: How keys are to be read.
        shots: Shots that were asked for.
        mitigated: Whether the counts may sum to less.

    Raises:
        BackendError: When the result cannot be fetched now. It stays at the service.
    """
    what = f"result of job {job_id}"
    url = _url(job)
    wrong = 0

    def once() -> Counts | Failure:
        nonlocal url, wrong
        if not url:
            url = _url(service.job(job_id) or {})
        if not url:
            message = f"{what}: the job succeeded, but the service names no result file yet"
            raise TransientError(message)
        try:
            content = service.download_once(url, what)
            return counts_from(content, reading.clbits, reading.width, shots, mitigated=mitigated)
        except RefusedError as error:
            # An expired URL: the next attempt asks for a fresh one.
            url, wrong = "", 0
            raise TransientError(str(error)) from error
        except DamagedError:
            url, wrong = "", 0
            raise
        except UnusableError as error:
            wrong += 1
            if wrong < _LOOKS:
                raise TransientError(str(error)) from error
            return Failure(f"the result is unusable: {error}", job_id)

    return service.patience.call(once)


def _url(job: Mapping[str, Any]) -> str:
    files = job.get("job_info")
    return str(files.get("result") or "") if isinstance(files, Mapping) else ""


def counts_from(
    content: dict[str, Any], clbits: tuple[int, ...] | None, width: int, shots: int, *, mitigated: bool
) -> Counts:
    """
    Return the counts of a result.

    Args:
        content: The unpacked ``result.json``.
        clbits: Classical bit of the circuit for each bit of a key, right-most first; None for a job of
            unknown origin: as wide as its keys.
        width: Classical bits of the circuit; those never measured read 0.
        shots: Shots that were asked for.
        mitigated: Whether readout mitigation rounded the counts, so that they may sum to less.

    Raises:
        UnusableError: When these cannot be the counts of that circuit.
    """
    sampling = content.get("sampling")
    found = sampling.get("counts") if isinstance(sampling, dict) else None
    if not isinstance(found, dict):
        message = "the result holds no sampling counts"
        raise UnusableError(message)
    if clbits is None:
        width = len(next(iter(found), ""))
        clbits = tuple(range(width))
    try:
        counts = Counts.from_dict(found, len(clbits))
    except (ValueError, TypeError, OverflowError) as error:
        message = f"the result does not fit the circuit: {error}"
        raise UnusableError(message) from error
    total = counts.shots
    # Mitigation rounds each count down: less than one shot is lost for each key there can be.
    least = max(1, shots - 2 ** min(len(clbits), 40)) if mitigated else shots
    if not least <= total <= shots:
        message = f"the counts sum to {total}, not to the {shots} shots asked for"
        raise UnusableError(message)
    return counts if clbits == tuple(range(width)) else _spread(counts, clbits, width)


def _spread(counts: Counts, clbits: tuple[int, ...], width: int) -> Counts:
    import numpy as np

    bits = np.zeros((len(counts.occurrences), width), dtype=bool)
    bits[:, list(clbits)] = counts.bits
    return Counts(bits, counts.occurrences)
