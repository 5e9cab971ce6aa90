"""The analyzer of an experiment, with its options and what ``[experiments.fit]`` says of the fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path as File
from typing import Any, TypeAlias

import attrs

from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.fit_options import FIT_OPTIONS
from oqtopus_experiments.errors import AnalysisError, ConfigError, ParameterError
from oqtopus_experiments.plugins._analyzer_calls import check_options
from oqtopus_experiments.runfile._lookup import Path, class_named, made
from oqtopus_experiments.support._suggestions import suggest
from oqtopus_experiments.support._toml_lines import TomlSource

Refused: TypeAlias = Callable[[str, Sequence[str | int]], ConfigError]


def analyzer_of(
    source: TomlSource, chosen: Any, fit: Any, experiment: Declaration, refused: Refused, named: Path
) -> Analyzer:
    """
    Return the analyzer that was chosen, with its options, checked against the experiment.

    Args:
        source: The run file.
        chosen: Its name, or a table of ``use`` and its options.
        fit: What was said of the fit, a table of `FIT_OPTIONS`; each of its names goes before the analyzer's own.
        experiment: What it is to analyze.
        refused: Returns the error to raise, of a message and the path below the table of the experiment.
        named: Where the analyzer is chosen.

    Raises:
        ConfigError: When it is not known, or refuses an option.
    """
    options = dict(chosen) if isinstance(chosen, Mapping) else {"use": chosen}
    cls = class_named(source, "analyzer", options.pop("use", None), named)
    said = _table_of_fit(cls, fit, refused)
    merged = {name: {**_table(options.get(name)), **values} for name, values in said.items()}
    analyzer: Analyzer = made(
        cls, {**options, **merged}, lambda message, inner: refused(message, (_table_holding(inner, said), *inner))
    )
    try:
        check_options(analyzer, experiment)
    except ParameterError as error:
        inner = error.field.split(".")
        raise refused(str(error), (_table_holding(inner, said), *inner)) from error
    except AnalysisError as error:
        raise refused(str(error), ("fit" if said else "analyzer",)) from error
    return analyzer


def with_fit(analyzer: Analyzer, fit: Mapping[str, Any], experiment: Declaration) -> Analyzer:
    """
    Return an analyzer with what is said of the fit, beside its own options; for Python, which has no run file.

    Raises:
        ConfigError: For what it does not take, or does not go with the experiment.
    """
    options = {"use": analyzer.name, **attrs.asdict(analyzer)}

    def refused(message: str, inner: Sequence[str | int]) -> ConfigError:
        return ConfigError(message, path=".".join(map(str, inner)))

    return analyzer_of(TomlSource.of(File(), {}), options, fit, experiment, refused, ("analyzer", "use"))


def _table_of_fit(cls: type[Any], fit: Any, refused: Refused) -> dict[str, dict[str, Any]]:
    if fit is None:
        return {}
    if not isinstance(fit, Mapping):
        raise refused(f"must be a table of {', '.join(FIT_OPTIONS)}, as fixed = {{offset = 0.02}}", ("fit",))
    takes = attrs.fields_dict(cls)
    for name, values in fit.items():
        if name not in FIT_OPTIONS:
            raise refused(f"unknown key{suggest(name, FIT_OPTIONS)}", ("fit", name))
        if name not in takes:
            message = f"the analyzer {cls.name!r} has no option {name!r}: it fits no parameters by name"
            raise refused(message, ("fit", name))
        if not isinstance(values, Mapping):
            message = f"must be values by name of the parameter, as {{offset = 0.02}}, not {values!r:.60}"
            raise refused(message, ("fit", name))
    return {name: dict(values) for name, values in fit.items()}


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _table_holding(inner: Sequence[str | int], said: Mapping[str, Mapping[str, Any]]) -> str:
    """Return where an option stands: in the table of the fit, or in that of the analyzer."""
    option = str(inner[0]) if inner else ""
    return "fit" if option in said and (len(inner) < 2 or inner[1] in said[option]) else "analyzer"
