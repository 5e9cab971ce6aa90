"""An analyzer in a fresh process, with another seed of hashes: what it says there, and which files it writes."""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from typing import Any

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.support._plain import plain
from oqtopus_experiments.testing.analyzers.answers import answers, told
from oqtopus_experiments.testing.analyzers.data import Source, source_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.elsewhere import answer, asked, importable, imported, reply, root_of

CODE = "from oqtopus_experiments.testing.analyzers.another_process import main; main()"
TARGETS, SEED = 2, 26
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@frozen
class Elsewhere:
    """
    What an analyzer did in another process.

    Args:
        told: Its analyses, each as a text.
        written: Paths of files that it opened to write.
    """

    told: tuple[str, ...]
    written: tuple[str, ...]


def another_process_gives_the_same_answer(subject: AnalyzerSubject) -> None:
    """Another process, which orders sets otherwise, gives the same numbers, verdict and figures, to the last bit."""
    source = source_of(subject)
    here, again = _said(subject, source), _said(subject, source)
    if here != again:
        message = "it does not even say the same twice in one process"
        raise NotApplicable(message)
    for one, other in zip(here, elsewhere(subject, source).told, strict=True):
        if one != other:
            at = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
            own, others = (text[max(0, at - 40) : at + 30] for text in (one, other))
            message = f"another process says ...{others}... where this one says ...{own}...: does a set give an order?"
            raise NotConforming(message)


def elsewhere(subject: AnalyzerSubject, source: Source) -> Elsewhere:
    """
    Ask another process for the analysis of the same data.

    Raises:
        NotApplicable: When another process cannot import the analyzer or the experiment.
        NotConforming: When it fails there.
    """
    parts: dict[str, Any] = {}
    paths = list(sys.path)
    for name, made in (("analyzer", subject.analyzer), ("experiment", source.experiment)):
        module, cls = importable(type(made))
        paths.append(str(root_of(module)))
        options = attrs.asdict(subject.analyzer) if name == "analyzer" else source.experiment.parameters()
        parts[name] = {"module": module, "class": cls, "options": plain(options)}
    given = {**parts, "path": paths, "truth": dict(subject.truth), "shots": subject.shots, "spread": subject.spread}
    return _asked(json.dumps(given))


@cache
def _asked(given: str) -> Elsewhere:
    found = answer(CODE, json.loads(given))
    return Elsewhere(tuple(found["told"]), tuple(found["written"]))


def _said(subject: AnalyzerSubject, source: Source) -> list[str]:
    return list(map(told, answers(subject, source.on(TARGETS), source.dataset(TARGETS, subject.shots, SEED))))


def main() -> None:
    """Answer what is asked of an analyzer."""
    given = asked()
    sys.dont_write_bytecode = True
    analyzer, experiment = (_made(given[name]) for name in ("analyzer", "experiment"))
    subject = AnalyzerSubject(
        analyzer=analyzer,
        experiment=experiment,
        truth=given["truth"],
        shots=given["shots"],
        spread=given["spread"],
    )
    source = source_of(subject)
    _said(subject, source)  # what libraries write at their first use is not its doing
    written: list[str] = []
    sys.addaudithook(lambda event, arguments: _note(event, arguments, written))
    found = _said(subject, source)
    reply({"told": found, "written": written})


def _note(event: str, arguments: Any, written: list[str]) -> None:
    if event == "open" and isinstance(arguments[0], (str, bytes)) and arguments[2] & WRITING:
        written.append(os.fsdecode(arguments[0]))


def _made(part: dict[str, Any]) -> Any:
    return construct(imported(part["module"], part["class"]), part["options"])
