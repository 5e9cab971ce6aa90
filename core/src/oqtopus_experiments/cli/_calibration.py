"""The calibration of a device on a terminal: every qubit of a small one; of a large one medians and the worst."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from oqtopus_experiments.cli._printing import console, say
from oqtopus_experiments.cli._sheets import Col, Sheet

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.devices import CouplingInfo, DeviceInfo, QubitInfo

MANY = 20
"""Of more qubits than this a device is summarized, unless all are asked for."""
WORST = 5

Field: TypeAlias = "tuple[str, Callable[[QubitInfo], float | None], bool]"

FIELDS: Sequence[Field] = (
    ("T1 (us)", lambda q: None if q.t1 is None else q.t1 / 1000, False),
    ("T2 (us)", lambda q: None if q.t2 is None else q.t2 / 1000, False),
    ("gate error", lambda q: q.gate_error, True),
    ("gate (ns)", lambda q: q.gate_time, True),
    ("reads 1 in 0", lambda q: q.readout_error_0, True),
    ("reads 0 in 1", lambda q: q.readout_error_1, True),
)
"""Head, value of a qubit, and whether more of it is worse."""


def print_calibration(info: DeviceInfo, *, every: bool) -> None:
    """Print the values of qubits and couplings; of a large device what is typical, and which are the worst."""
    if len(info.qubits) <= MANY or every:
        _print_every(info)
        return
    sheet = Sheet((Col("quantity"), Col("known", right=True), Col("median", right=True), Col("worst", wraps=True)))
    rows = [(head, [(of(q), str(q.index)) for q in info.qubits], more) for head, of, more in FIELDS]
    rows.append(
        ("error of couplings", [(pair.error, f"{pair.control}-{pair.target}") for pair in info.couplings], True)
    )
    for head, values, more in rows:
        known = sorted(((v, name) for v, name in values if v is not None), key=lambda one: one[0], reverse=more)
        if known:
            worst = ", ".join(f"{_number(v)} ({name})" for v, name in known[:WORST])
            sheet.add(head, str(len(known)), _number(statistics.median(v for v, _ in known)), worst)
    console().show(sheet)
    say(f"{len(info.qubits)} qubits, {len(info.couplings)} couplings; --all shows every one")


def _print_every(info: DeviceInfo) -> None:
    out = console()
    heads = [head for head, _, _ in FIELDS]
    sheet = Sheet(tuple(Col(head, right=True) for head in ("qubit", "on chip", *heads)))
    for qubit in info.qubits:
        chip = "-" if qubit.chip_index is None else str(qubit.chip_index)
        sheet.add(str(qubit.index), chip, *(_number(of(qubit)) for _, of, _ in FIELDS))
    out.show(sheet)
    if info.couplings:
        out.show(_couplings(info.couplings))


def _couplings(couplings: Sequence[CouplingInfo]) -> Sheet:
    sheet = Sheet((Col("control -> target"), Col("error", right=True), Col("gate (ns)", right=True)))
    for pair in couplings:
        sheet.add(f"{pair.control} -> {pair.target}", _number(pair.error), _number(pair.gate_time))
    return sheet


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
