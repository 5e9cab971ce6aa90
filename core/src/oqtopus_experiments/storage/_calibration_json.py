"""``calibration.json`` of an experiment: what its mitigation was calibrated by, copied so that a run needs no other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs
import cattrs
from cattrs.errors import BaseValidationError

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.calibration import Calibration
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._analysis_json import converter
from oqtopus_experiments.storage._manifest import FORMAT, check_format
from oqtopus_experiments.support._atomic_writing import parse_object
from oqtopus_experiments.support._directory import Directory
from oqtopus_experiments.support._plain import plain

FILE = "calibration.json"
_TEXTS = ("experiment", "run", "label", "created", "backend")


def write_calibration(directory: Directory, calibration: Calibration) -> None:
    """
    Write a calibration into the folder of the experiment that uses it.

    Raises:
        StoreError: When it cannot be written.
    """
    # Its curves and figures are in its own run; the numbers are what is used.
    analyses = [attrs.evolve(one, fitted=None, curves=(), panels=()) for one in calibration.analyses]
    told = {name: getattr(calibration, name) for name in _TEXTS}
    items = [converter().unstructure(one) for one in analyses]
    content = {"format": FORMAT, **told, "device": dict(calibration.device), "analyses": items}
    directory.make()
    directory.write(FILE, (json.dumps(plain(content), allow_nan=False) + "\n").encode())


def read_calibration(directory: Directory) -> Calibration | None:
    """
    Read the calibration in a folder; None when there is none.

    Raises:
        StoreError: When it is damaged or of another version.
    """
    data, file = directory.read(FILE), directory.path / FILE
    if data is None:
        return None
    content: Mapping[str, Any] = parse_object(data, str(file))
    check_format(content, file)
    texts = {name: content.get(name) for name in _TEXTS}
    device, items = content.get("device"), content.get("analyses")
    if not (all(isinstance(text, str) for text in texts.values()) and isinstance(device, dict)
            and isinstance(items, list)):  # fmt: skip
        message = f"{file} is damaged: it needs {', '.join((*_TEXTS, 'device', 'analyses'))}"
        raise StoreError(message)
    try:
        analyses = tuple(converter().structure(item, Analysis) for item in items)
    except (BaseValidationError, TypeError, ValueError, KeyError, AttributeError) as error:
        message = f"{file} is damaged: {'; '.join(cattrs.transform_error(error, path='analyses')[:3])}"
        raise StoreError(message) from error
    return Calibration(**{name: str(text) for name, text in texts.items()}, device=device, analyses=analyses)
