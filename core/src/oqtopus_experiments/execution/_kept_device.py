"""The device of a run, asked once when the run begins, and read back for its figures."""

from __future__ import annotations

import logging

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.execution._prospect import device_of
from oqtopus_experiments.storage._device_file import device_of_run
from oqtopus_experiments.storage._run_folder import RunFolder

logger = logging.getLogger(__name__)


def device_at_start(backend: Backend) -> DeviceInfo | None:
    """Return the device that a run goes to; None where there is none, or it cannot be asked: no run fails for that."""
    device, problem = device_of(backend)
    if problem:
        logger.info("the run folder will not say how its device was: %s", problem)
    return device


def kept_device(folder: RunFolder) -> DeviceInfo | None:
    """Return the device of a run folder; None where nobody knows, or what is there cannot be read, which is logged."""
    try:
        return device_of_run(folder)
    except StoreError as error:
        logger.warning("no figure of the chip: %s", error)
        return None
