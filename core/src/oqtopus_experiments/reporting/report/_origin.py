"""The last sections: what was asked for, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from oqtopus_experiments.reporting.report._html import definitions, head_cell, moment, table
from oqtopus_experiments.reporting.report._kept import Jobs, Kept
from oqtopus_experiments.storage._manifest import RunManifest

_MOST_IDS = 200


def settings(manifest: RunManifest) -> str:
    """Return the options of the backend and the parameters of every experiment."""
    parts = []
    if manifest.backend:
        title = f"backend {escape(manifest.backend_name)}"
        parts.append(f"<h3>{title}</h3>\n{definitions(manifest.backend.get('options', {}))}")
    for entry in manifest.experiments:
        rows: dict[str, Any] = {"experiment": entry.use, "shots": entry.shots, **entry.parameters}
        if entry.imported:
            rows["imported"] = dict(entry.imported)
        if entry.analyzer:
            rows["analyzer"] = entry.analyzer.get("use")
        parts.append(f"<h3>{escape(entry.label)}</h3>\n{definitions(rows)}")
    return "".join(parts)


def jobs(kept: Mapping[str, Kept]) -> str:
    """Return the jobs of every experiment: ids, states, when they ran; empty where nothing is known of any."""
    known = {label: one.jobs for label, one in kept.items() if one.jobs != Jobs()}
    if not known:
        return ""
    rows = [(label, *_told(one)) for label, one in known.items()]
    filled = [any(cells) for cells in zip(*rows, strict=True)]  # a simulator knows no times
    head = [head_cell(name) for name, is_filled in zip(_COLUMNS, filled, strict=True) if is_filled]
    lines = (_job_row([cell for cell, is_filled in zip(row, filled, strict=True) if is_filled]) for row in rows)
    return f"<h3>Jobs</h3>\n{table(head, lines, 'Jobs')}"


_COLUMNS = ("experiment", "job ids", "status", "first circuit", "last circuit", "all there")


def _told(one: Jobs) -> tuple[str, ...]:
    ids = ", ".join(one.ids[:_MOST_IDS]) + (f" and {len(one.ids) - _MOST_IDS} more" if len(one.ids) > _MOST_IDS else "")
    return ids, one.status, moment(one.first), moment(one.last), moment(one.ended)


def _job_row(cells: list[str]) -> str:
    label, *others = map(escape, cells)
    return f'<tr><th scope="row">{label}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>\n'


def provenance(manifest: RunManifest) -> str:
    """Return versions, platform and seed."""
    # The backend and its options stand under the settings already.
    return definitions({key: value for key, value in manifest.provenance.items() if key != "backend"})
