"""What the folder of one experiment holds for the report: figures, data, and what its journal says of its jobs."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.reporting.figures._files import DATA
from oqtopus_experiments.reporting.report._pictures import address
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.support._directory import Directory

logger = logging.getLogger(__name__)

PICTURES = ("chip", "overview", "figure", "twin")
"""Names of the figures, in the order of the page."""
NUMBERS = ("table.csv", "points.csv", "arrays.csv", "analysis.json")
"""Files of numbers that can be taken out of the page again; fitted curves are in the data of the figures."""
LARGEST_CHARTS = 4_000_000
"""Bytes of data of interactive figures; what needs more is shown as its picture."""


@frozen
class Jobs:
    """
    What the journal of an experiment says of its jobs.

    Args:
        ids: Their ids, as the service named them.
        status: What the backend said at the end.
        first: When the first circuit ran, s since 1970; None where the backend does not know.
        last: When the last one ran.
        ended: When all outcomes had come, s since 1970; None where nobody noted it.
    """

    ids: tuple[str, ...] = ()
    status: str = ""
    first: float | None = None
    last: float | None = None
    ended: float | None = None


@frozen
class Kept:
    """
    What the folder of one experiment holds.

    Args:
        pictures: ``data:`` addresses of its figures, by name.
        charts: The content of its ``figure.json``; empty without any.
        files: Its files of numbers by name.
        jobs: What its journal says of its jobs.
    """

    pictures: Mapping[str, str] = field(factory=dict, repr=False)
    charts: Mapping[str, Any] = field(factory=dict, repr=False)
    files: Mapping[str, bytes] = field(factory=dict, repr=False)
    jobs: Jobs = Jobs()


def kept_of(folder: RunFolder, label: str) -> Kept:
    """Return what the folder of one experiment holds; a link, a pipe or what cannot be read is left out, and logged."""
    directory = folder.directory(label)
    pictures = {name: address(_read(directory, f"{name}.svg"), _read(directory, f"{name}.png")) for name in PICTURES}
    files = {name: _read(directory, name) for name in NUMBERS}
    return Kept(
        pictures={name: picture for name, picture in pictures.items() if picture},
        charts=charts_of(_read(directory, DATA)),
        files={name: data for name, data in files.items() if data is not None},
        jobs=_jobs(folder, label),
    )


def _read(directory: Directory, name: str) -> bytes | None:
    try:
        return directory.read(name)
    except StoreError as error:
        logger.warning("left out of the report: %s", error)
        return None


def charts_of(data: bytes | None) -> dict[str, Any]:
    """Return the data of interactive figures as ``figure.json`` holds it; empty for what a page cannot draw."""
    if data is None or len(data) > LARGEST_CHARTS:
        return {}
    with contextlib.suppress(ValueError, RecursionError):  # damaged: the picture is there
        content = json.loads(data)
        json.dumps(content, allow_nan=False)  # a page that holds what is no number cannot be read
        if isinstance(content, dict) and isinstance(content.get("sheets"), list):
            return content
    return {}


def _jobs(folder: RunFolder, label: str) -> Jobs:
    journal = folder.journal(label)
    noted = [record["job_id"] for record in journal.records if isinstance(record.get("job_id"), str)]
    said, times = journal.metadata, sorted(journal.times().values())
    told = said.get("job_id")
    ids = dict.fromkeys([*noted, *([told] if isinstance(told, str) and told else [])])
    status = said.get("status")
    return Jobs(
        ids=tuple(ids),
        status=status if isinstance(status, str) else "",
        first=times[0] if times else None,
        last=times[-1] if times else None,
        ended=journal.ended,
    )
