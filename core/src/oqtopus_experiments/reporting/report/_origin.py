"""The last sections: what was asked for, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from oqtopus_experiments.reporting._findings import spans
from oqtopus_experiments.reporting.report._html import definitions, head_cell, moment, table
from oqtopus_experiments.reporting.report._kept import Jobs, Kept
from oqtopus_experiments.storage._manifest import RunManifest

_MOST_IDS = 200
_DEEPEST = 5


def settings(manifest: RunManifest) -> str:
    """Return the options of the backend and the parameters of every experiment."""
    parts = []
    written = _table(manifest.provenance, "written")
    if manifest.backend:
        title = f"backend {escape(manifest.backend_name)}"
        options = _as_written(manifest.backend.get("options", {}), _table(written, "backend"))
        parts.append(f"<h3>{title}</h3>\n{definitions(options)}")
    for entry in manifest.experiments:
        parameters = _as_written(entry.parameters, _table(_table(written, "experiments"), entry.label))
        rows: dict[str, Any] = {"experiment": entry.use, "shots": entry.shots, **parameters}
        if "targets" in parameters:
            rows["targets"] = _targets(parameters["targets"])
        if entry.imported:
            rows["imported"] = dict(entry.imported)
        if entry.analyzer:
            rows["analyzer"] = entry.analyzer.get("use")
        parts.append(f"<h3>{escape(entry.label)}</h3>\n{definitions(rows)}")
    return "".join(parts)


def _table(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a table in a table of a file; an empty one where there is none."""
    found = values.get(key)
    return found if isinstance(found, Mapping) else {}


def _as_written(values: Mapping[str, Any], written: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """Return values, those with a unit as they were written; those in tables by their dotted names."""
    return {name: _one_as_written(value, written, f"{within}{name}") for name, value in values.items()}


def _one_as_written(value: Any, written: Mapping[str, Any], path: str) -> Any:
    if isinstance(written.get(path), str):
        return written[path]
    if isinstance(value, Mapping) and path.count(".") < _DEEPEST:
        return _as_written(value, written, f"{path}.")
    return value


def _targets(given: Any) -> Any:
    """Return ``0 to 4, 7``, or ``0-1, 2-3``, for targets as a run folder keeps them; what is none, as it is."""
    if not isinstance(given, list) or not all(isinstance(one, list) and one for one in given):
        return given
    if not all(type(qubit) is int for one in given for qubit in one):
        return given
    return ", ".join(spans([tuple(one) for one in given]))


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
    # The backend, its options and what was written stand under the settings already.
    return definitions({key: value for key, value in manifest.provenance.items() if key not in ("backend", "written")})
