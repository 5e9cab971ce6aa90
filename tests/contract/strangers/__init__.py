"""
Plugins as strangers would write them: each module one plugin, from public names only, in under 90 lines.

The tests register every module by itself, as if each came with a distribution of its own.
"""

from __future__ import annotations

from . import (
    amplification,
    bernstein_vazirani,
    chsh,
    ghz,
    interleaved,
    mirror,
    parity_fringe,
    random_x,
    readout_matrix,
    tomography,
)

MODULES = (
    amplification,
    bernstein_vazirani,
    chsh,
    ghz,
    interleaved,
    mirror,
    parity_fringe,
    random_x,
    readout_matrix,
    tomography,
)

Amplification = amplification.Amplification
BernsteinVazirani = bernstein_vazirani.BernsteinVazirani
Bell = chsh.Bell
ParityFringe = parity_fringe.ParityFringe
RandomX = random_x.RandomX
Ghz = ghz.Ghz
Interleaved = interleaved.Interleaved
Mirror = mirror.Mirror
ReadoutMatrix = readout_matrix.ReadoutMatrix
PairTomography = tomography.PairTomography
