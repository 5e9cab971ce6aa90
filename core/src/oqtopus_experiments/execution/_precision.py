"""A precision that is asked for: ``2 %`` of a quantity, or an absolute standard error with its unit."""

from __future__ import annotations

import math

from attrs import frozen

from oqtopus_experiments.contracts import units
from oqtopus_experiments.contracts.analysis import Quantity
from oqtopus_experiments.errors import ConfigError


@frozen
class Precision:
    """
    How well a quantity is to be known.

    Args:
        name: Of the quantity.
        text: As it was asked for: ``"2 %"``, ``"1 us"``, or a number of the unit of the quantity.
    """

    name: str
    text: str

    def stderr(self, quantity: Quantity) -> float:
        """
        Return the standard error that is asked for, in the unit of the quantity.

        Raises:
            ConfigError: When it is not a part or a quantity of that kind above zero, or part of a value of zero.
        """
        text = self.text.strip()
        try:
            if text.endswith("%"):
                wanted = float(text[:-1]) / 100 * abs(quantity.value)
            else:
                wanted = units.parse(text, quantity.unit)
        except ValueError as error:
            raise ConfigError(self._problem(quantity.unit), path=self.name) from error
        if not 0 < wanted < math.inf:
            raise ConfigError(self._problem(quantity.unit), path=self.name)
        return wanted

    def _problem(self, unit: str) -> str:
        absolute = f'"1 {units.display_scale(1.0, unit)[1]}"' if unit else "0.01"
        return f"a precision is a standard error above 0, as 2% of the value or {absolute}; got {self.text!r:.60}"

    def __str__(self) -> str:
        return f"{self.name} to {self.text.strip()}"
