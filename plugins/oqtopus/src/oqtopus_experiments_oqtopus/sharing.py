"""A journal that gives one job to several circuits: whose counts are they?"""

from __future__ import annotations

from oqtopus_experiments import BackendError
from oqtopus_experiments_oqtopus.ledger import Ledger
from oqtopus_experiments_oqtopus.orders import parse
from oqtopus_experiments_oqtopus.service import Service


def disowned(service: Service, ledger: Ledger) -> dict[int, str]:
    """
    Return the circuits whose job is not theirs, or may not be, each with the reason.

    The description a job was submitted with tells its circuit; where it does not, no circuit gets the counts.
    """
    found: dict[int, str] = {}
    for job_id, indices in ledger.shared.items():
        owner = _owner(service, ledger.batch, job_id)
        for index in indices:
            entry = ledger.entries.get(index)
            if entry is not None and entry.job_id == job_id and index != owner:
                found[index] = sentence(job_id, indices) + (
                    f"; it was submitted for circuit {owner}" if owner in indices else "; nothing tells whose it is"
                )
    return found


def sentence(job_id: str, indices: tuple[int, ...]) -> str:
    """Return what is wrong with a job of several circuits."""
    return f"the journal gives job {job_id} to circuits {' and '.join(map(str, indices))}"


def _owner(service: Service, batch: str, job_id: str) -> int | None:
    try:
        described = parse((service.job(job_id) or {}).get("description"))
    except BackendError:
        return None
    return described.index if described is not None and described.batch == batch else None
