"""What is done to the signals of one target, so that they are those of a device without an error."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from oqtopus_experiments.contracts.signals import Signal


class Correction(ABC):
    """What a mitigation does to one target."""

    @abstractmethod
    def signal(self, wanted: Signal) -> Signal:
        """
        Return the signal whose mean over what was read is the mean of the wanted one over what was there.

        Raises:
            CalibrationError: When it cannot be said for this signal.
        """

    def variations(self) -> Sequence[Correction]:
        """
        Return the same by other calibrations: each moved by one standard error in a direction of its own.

        The directions are those in which the calibration is uncertain independently. None for one that is exact.
        """
        return ()
