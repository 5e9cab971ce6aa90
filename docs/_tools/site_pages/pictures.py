"""Figures of the documents, made by running what the documents show."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import oqtopus_experiments as oqx
from site_pages import experiments, wings
from site_pages.links import ROOT

README_PICTURE = "images/t1.png"


def pictures() -> dict[str, bytes]:
    """Return every figure by its path on the site."""
    of_pages = {experiments.picture(name): of_example(name) for name in experiments.names()}
    return {README_PICTURE: of_readme(), wings.PICTURE: wings.picture().encode(), **of_pages}


def of_example(name: str) -> bytes:
    """
    Return the figure of the example on an experiment's page, as SVG, after running it.

    Raises:
        ValueError: When the example is not good: it would be a bad one.
    """
    return _figures(name)["svg"]


def of_readme() -> bytes:
    """Return the picture of the README, T1 of two qubits, as PNG."""
    return _figures("t1")["png"]


def write_readme_picture() -> None:
    """Write the picture of the README anew: ``python -c "from site_pages import pictures; ..."`` in docs/_tools."""
    (ROOT / "docs" / README_PICTURE).write_bytes(of_readme())


@functools.cache
def _figures(label: str) -> dict[str, bytes]:
    """Return the figure that the example of an experiment leaves in its run folder, by kind of file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{label}.toml"
        file.write_text(experiments.example(label), "utf-8")
        done = oqx.run(file, runs=Path(folder) / "runs")
        if done.failed:
            message = f"the example of {label!r} did not run: {', '.join(one.problem for one in done.failed)}"
            raise ValueError(message)
        verdicts = [found.verdict.level for one in done.experiments if one.label == label for found in one.analyses]
        if set(verdicts) != {"good"}:
            message = f"the example of {label!r} is {verdicts}; an example is to be good on all targets"
            raise ValueError(message)
        return {path.suffix[1:]: path.read_bytes() for path in Path(folder).glob(f"runs/*/{label}/figure.*")}
