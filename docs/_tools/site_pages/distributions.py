"""A page for every distribution: its README."""

from __future__ import annotations

import tomllib

from site_pages.links import ROOT
from site_pages.markdown import table


def pages() -> dict[str, str]:
    """Return the pages by path, and an index with what each distribution is for."""
    projects = ["core", *sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))]
    made, rows = {}, []
    for name in projects:
        folder = ROOT / ("core" if name == "core" else f"plugins/{name}")
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        made[f"distributions/{name}.md"] = (folder / "README.md").read_text("utf-8")
        points = ", ".join(f"`{point}`" for point in project.get("entry-points", {}).get("oqtopus_experiments", ()))
        rows.append([f"[`{project['name']}`]({name}.md)", project["description"], points])
    index = f"# Distributions\n\n{table(['distribution', 'what it is', 'entry point'], rows)}"
    return {"distributions/index.md": index, **made}
