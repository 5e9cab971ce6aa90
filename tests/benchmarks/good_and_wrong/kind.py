"""A kind of damage and the experiments it happens to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from attrs import field, frozen

from .lab import SETUPS, Lab, Rng

Damage: TypeAlias = Callable[[Lab, Rng], Lab]
T1S, RABI, ALL = SETUPS[:2], SETUPS[2:], SETUPS


@frozen(eq=False)
class Kind:
    """
    A kind of damage.

    Args:
        damage: What it does to a measurement; its strength is drawn.
        setups: The experiments that it happens to.
        name: In tables.
        harmless: It does not move the headline: there to see what right numbers are called; not in the totals.
    """

    damage: Damage
    setups: tuple[str, ...] = ALL
    name: str = field()
    harmless: bool = field(default=False, kw_only=True)

    @name.default
    def _of_the_function(self) -> str:
        return self.damage.__name__.replace("_", " ")
