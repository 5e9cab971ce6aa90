"""What all other checks of counts stand on: an outcome for each circuit, of all its shots, bits in their places."""

from __future__ import annotations

from oqtopus_experiments.testing.backends.bits import bits_stand_where_they_were_measured
from oqtopus_experiments.testing.backends.counts import counts_hold_all_shots, each_circuit_gets_one_outcome
from oqtopus_experiments.testing.presupposing import presupposing

on_sound_counts = presupposing(
    each_circuit_gets_one_outcome, counts_hold_all_shots, bits_stand_where_they_were_measured
)
"""Marks a check that compares counts."""
