"""What verdicts say, each thing once: targets of which the same is true stand together, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.verdict import LEVELS, Level


@frozen
class Findings:
    """
    What is said of some targets of one experiment.

    Args:
        level: Their verdict.
        qubits: Their names: ``qubits 0 to 4, 7``.
        reasons: All that is not good of them, the one to act on first; or what is good. Each after its code.
    """

    level: Level
    qubits: str
    reasons: tuple[str, ...]


def findings(analyses: Iterable[Analysis]) -> list[Findings]:
    """Return what the verdicts of an experiment say, the worst first: that is what a reader must see."""
    groups: dict[tuple[Level, tuple[str, ...]], list[Analysis]] = {}
    for analysis in analyses:
        groups.setdefault((analysis.verdict.level, analysis.verdict.findings), []).append(analysis)
    ordered = sorted(groups.items(), key=lambda item: -LEVELS.index(item[0][0]))
    return [Findings(level, _qubits(group), reasons) for (level, reasons), group in ordered]


def _qubits(analyses: Sequence[Analysis]) -> str:
    plural = len(analyses) > 1 or len(analyses[0].target) > 1
    return f"qubit{'s' if plural else ''} {', '.join(spans([analysis.target for analysis in analyses]))}"


def spans(targets: Sequence[Target]) -> list[str]:
    """Return the names of targets, with neighbouring single qubits as a span: ``0 to 4``."""
    found: list[list[Target]] = []
    for target in targets:
        if found and len(target) == 1 and found[-1][-1] == (target[0] - 1,):
            found[-1].append(target)
        else:
            found.append([target])
    return [
        f"{label(span[0])} to {label(span[-1])}" if len(span) > 2 else ", ".join(map(label, span)) for span in found
    ]
