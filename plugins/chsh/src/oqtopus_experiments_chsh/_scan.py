"""
The correlations of a pair against the angle by which its first qubit is turned, and the CHSH value along it.

Before the turn the pair has four correlations in the plane of Z and X, `zz` to `xx`, 1, 0, 0, 1 for a perfect one.
The turn mixes Z and X of the first qubit, so that each setting is a cosine of the angle of one period a turn, whatever
the state; a readout that favours one value adds an offset.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import FitModel, FitSummary, Level, Line, Panel, PanelAxis, PointSeries, Reason
from oqtopus_experiments_chsh._bell import SIGNS, Array, bounds, chsh, violation

Texts = NDArray[np.str_]
PARAMETERS = ("zz", "zx", "xz", "xx", "offset")
CURVE_POINTS = 200


def correlation(setting: Texts, phase: Array, zz: float, zx: float, xz: float, xx: float, offset: float) -> Array:
    """Return the mean parity of each point: of the letters of a setting, the first is that of the turned qubit."""
    first_z, second_z = np.char.startswith(setting, "Z"), np.char.endswith(setting, "Z")
    along_z, along_x = np.where(second_z, zz, zx), np.where(second_z, xz, xx)
    cos, sin = np.cos(phase), np.sin(phase)
    turned: Array = np.where(first_z, along_z * cos - along_x * sin, along_x * cos + along_z * sin) + offset
    return turned


FORMULA = """
parity = offset + where(setting == "ZZ", zz * cos(phase) - xz * sin(phase),
                  where(setting == "ZX", zx * cos(phase) - xx * sin(phase),
                  where(setting == "XZ", xz * cos(phase) + zz * sin(phase),
                                         xx * cos(phase) + zx * sin(phase))))
""".strip()


def guess(setting: Texts, phase: Array, signal: Array) -> Mapping[str, float]:
    """Return the least squares of the model, which is linear in its parameters."""
    columns = [correlation(setting, phase, *row) for row in np.eye(len(PARAMETERS))]
    found, *_ = np.linalg.lstsq(np.column_stack(columns), signal, rcond=None)
    return dict(zip(PARAMETERS, found.tolist(), strict=True))


def components(zz: float, zx: float, xz: float, xx: float) -> tuple[float, float]:
    """Return the factors of cosine and sine of S along the angle."""
    return zz + xz - zx + xx, zz - xz + zx + xx


def max_chsh_value(zz: float, zx: float, xz: float, xx: float, offset: float) -> float:
    """Return S where it is largest."""
    return math.hypot(*components(zz, zx, xz, xx)) + sum(SIGNS.values()) * offset


def max_chsh_phase(zz: float, zx: float, xz: float, xx: float) -> float:
    """Return the angle at which S is largest, rad, from -pi to pi."""
    cos, sin = components(zz, zx, xz, xx)
    return math.atan2(sin, cos)


def violated(summary: FitSummary) -> list[Reason]:
    """Return what the largest S says."""
    return violation(summary.quantities["max_chsh_value"])


def scan_panels(summary: FitSummary) -> list[Panel]:
    """Return S against the angle, with the fitted curve and its bounds, and the correlations it is the sum of."""
    setting, phase, found = summary.axes["setting"], summary.axes["phase"], summary.quantities
    dense = np.linspace(phase.min(), phase.max(), CURVE_POINTS)
    fitted = [found[name].value for name in PARAMETERS]
    curves = {name: correlation(np.full(len(dense), name), dense, *fitted) for name in SIGNS}
    whole = [at for at in np.unique(phase) if (phase == at).sum() == len(SIGNS)]
    sums = [chsh(*(part[phase == at] for part in (setting, summary.mean, summary.stderr))) for at in whole]
    value, error = np.array(sums).reshape(-1, 2).T
    own = {name: setting == name for name in SIGNS}
    residual = (summary.mean - summary.fitted) / summary.stderr
    along = PanelAxis("phase", "rad")
    largest = found["max_chsh_phase"]
    return [
        Panel(
            x=along,
            y=PanelAxis("CHSH value", limits=(-3.1, 3.1)),
            points=[PointSeries(whole, value, error)],
            lines=[Line(dense, np.sum([SIGNS[name] * curve for name, curve in curves.items()], axis=0))],
            levels=[*bounds(1), *(attrs.evolve(level, name="") for level in bounds(-1))],
            missing=np.setdiff1d(phase, whole),
            note=f"largest at {largest}" if largest.is_known else "",
        ),
        Panel(
            title="correlations",
            x=along,
            y=PanelAxis("correlation", possible=(-1.0, 1.0)),
            points=[PointSeries(phase[at], summary.mean[at], summary.stderr[at], name) for name, at in own.items()],
            lines=[Line(dense, curve, name) for name, curve in curves.items()],
            below=Panel(
                x=along,
                y=PanelAxis("residual (σ)"),
                points=[
                    PointSeries(phase[at], residual[at], np.full(at.sum(), np.nan), name) for name, at in own.items()
                ],
                levels=[Level(0)],
            ),
        ),
    ]


def scan_model() -> FitModel:
    """Return the model of the scan."""
    return FitModel(
        correlation,
        guess,
        quantities=("max_chsh_value", "max_chsh_phase", "offset"),
        derived={"max_chsh_value": max_chsh_value, "max_chsh_phase": max_chsh_phase},
        units={"max_chsh_phase": "rad"},
        symbols={"max_chsh_value": "max S", "max_chsh_phase": "φ"},
        flat="no correlation changes with the phase",
        checks=(violated,),
        example={"zz": 0.92, "zx": 0.05, "xz": -0.05, "xx": 0.9, "offset": 0.01},
        formula=FORMULA,
        panels=scan_panels,
    )
