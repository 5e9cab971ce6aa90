"""The order of the circuits as a journal keeps it: on a line of its own, and as a seed beside the sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oqtopus_experiments.contracts.order import Order
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.errors import StoreError


def order_to_json(order: Order) -> dict[str, Any]:
    """Return the line of an order."""
    return {"order": list(order.circuits), "seed": order.seed}


def order_from_json(line: Mapping[str, Any]) -> Order:
    """
    Return the order of a line.

    Raises:
        StoreError: When the line is damaged.
    """
    circuits, seed = line["order"], line.get("seed")
    try:
        return Order(tuple(circuits), None if seed is None else int(seed))
    except (TypeError, ValueError) as error:
        message = f"it is not an order: {error}"
        raise StoreError(message) from error


def noted_order(lines: Sequence[Mapping[str, Any]], swept: tuple[Sweep, int] | None, losses: int) -> Order | None:
    """
    Return the order that a journal tells, or None where damage leaves it unknown.

    Either of two lines tells it, so that one that is damaged costs nothing; a journal of before there were orders has
    neither, and is in the order of the sweep.

    Args:
        lines: What the journal holds.
        swept: The sweep and the number of references, where they can be read.
        losses: How many lines are damaged that may have told it.
    """
    for line in lines:
        if "order" in line:
            return order_from_json(line)
    seed = next((line.get("seed") for line in lines if "sweep" in line), None)
    if swept is not None and type(seed) is int:
        return Order.drawn(*swept, seed)
    return Order() if swept is not None or losses < 2 else None
