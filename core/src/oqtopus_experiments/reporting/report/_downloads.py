"""Links that hold the data of the run: what is in the page can be taken out of it, without a network."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from oqtopus_experiments.reporting._table import to_rows
from oqtopus_experiments.reporting.report._kept import Kept
from oqtopus_experiments.storage._manifest import RunManifest
from oqtopus_experiments.storage._run_folder import folder_name
from oqtopus_experiments.support._csv_files import csv_of

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment

_DAY = (1980, 1, 1, 0, 0, 0)
"""Of all files inside: equal runs give equal pages."""


def downloads(manifest: RunManifest, experiments: Sequence[AnalyzedExperiment], kept: Mapping[str, Kept]) -> str:
    """Return links to all quantities as CSV, and to all files of numbers as one ZIP."""
    import pandas as pd

    rows = [row for one in experiments for row in to_rows(one.label, one.analyses)]
    table = csv_of(pd.DataFrame(rows))
    name = folder_name(manifest.name)
    csv = f"data:text/csv;charset=utf-8,{quote(table, safe=' ,.-+:/()=')}"
    whole = base64.b64encode(_zip({"table.csv": table, **_files(manifest, kept)})).decode("ascii")
    links = (
        (f"{name}.csv", csv, "all quantities (CSV)"),
        (
            f"{name}.zip",
            f"data:application/zip;base64,{whole}",
            "all files of numbers (ZIP)",
        ),
    )
    items = "".join(
        f'<li><a download="{escape(file)}" href="{escape(address)}">{text}</a></li>\n' for file, address, text in links
    )
    return f'<div class="data"><h3 id="data">Data</h3>\n<ul>\n{items}</ul></div>\n'


def _files(manifest: RunManifest, kept: Mapping[str, Kept]) -> dict[str, bytes]:
    run: Any = manifest.to_json()
    found = {"run.json": json.dumps(run, indent=1, ensure_ascii=True).encode()}
    for label, one in kept.items():
        found |= {f"{folder_name(label)}/{name}": data for name, data in one.files.items()}
    return found


def _zip(content: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name, _DAY), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()
