"""
The conformance kit for authors of plugins, and what it is made of: data with known truth, coverage of error bars.

Knows every wing but the command line, which it must not know: it verifies plugins in whole runs. Its names are loaded
when they are asked for: pytest imports this package wherever both are installed. No module is called like a name, which
it would hide.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.subject import (
        AnalyzerSubject as AnalyzerSubject,
        BackendSubject as BackendSubject,
        ExperimentSubject as ExperimentSubject,
        Subject as Subject,
    )
    from oqtopus_experiments.testing.check import (
        Check as Check,
        CheckOutcome as CheckOutcome,
        NotApplicable as NotApplicable,
        NotConforming as NotConforming,
    )
    from oqtopus_experiments.testing.error_bars import Coverage as Coverage, coverage as coverage
    from oqtopus_experiments.testing.subjects import subjects_of as subjects_of
    from oqtopus_experiments.testing.synthetic_data import drawn as drawn, synthetic as synthetic
    from oqtopus_experiments.testing.verification import verify as verify

_HOMES = {
    "AnalyzerSubject": "contracts.subject",
    "BackendSubject": "contracts.subject",
    "ExperimentSubject": "contracts.subject",
    "Subject": "contracts.subject",
    "Check": "testing.check",
    "CheckOutcome": "testing.check",
    "NotApplicable": "testing.check",
    "NotConforming": "testing.check",
    "Coverage": "testing.error_bars",
    "coverage": "testing.error_bars",
    "subjects_of": "testing.subjects",
    "drawn": "testing.synthetic_data",
    "synthetic": "testing.synthetic_data",
    "verify": "testing.verification",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605  # type checkers read the imports above


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    home = importlib.import_module(f"oqtopus_experiments.{_HOMES[name]}")
    return vars(home)[name]


def __dir__() -> list[str]:
    return __all__
