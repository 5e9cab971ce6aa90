"""What verdicts say, each thing once: targets of which the same is true stand together, the worst first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.verdict import LEVELS, Level

_NUMBER = re.compile(r"(?<![\w.+-])-?\d+(?:\.\d+)?(?![\w.])")
"""A number in a sentence, that is no part of a name."""


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
        level, said = analysis.verdict.level, analysis.verdict.findings
        # What is good of many is one finding, whatever its numbers; what is not is said of each.
        key = tuple(word for one in said for word in (*_NUMBER.split(one), "")) if level == "good" else said
        groups.setdefault((level, key), []).append(analysis)
    ordered = sorted(groups.items(), key=lambda item: -LEVELS.index(item[0][0]))
    return [Findings(level, _qubits(group), _said(group)) for (level, _), group in ordered]


def _said(analyses: Sequence[Analysis]) -> tuple[str, ...]:
    """Return what is said of all of some analyses, numbers that differ as from where to where they go."""
    return tuple(_joined(same) for same in zip(*(one.verdict.findings for one in analyses), strict=True))


def _joined(sentences: Sequence[str]) -> str:
    columns = zip(*(_NUMBER.findall(sentence) for sentence in sentences), strict=True)
    ends = iter([(min(column, key=float), max(column, key=float)) for column in columns])
    return _NUMBER.sub(lambda _: _from_to(*next(ends)), sentences[0])


def _from_to(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


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
