"""All kinds of damage that are counted."""

from __future__ import annotations

from collections.abc import Sequence

from . import counting, decays, drifts, drives, mixed_up, noise, readouts
from .drifts import in_the_order_of_the_sweep, of_level, of_readout, of_scale, of_temperature
from .kind import ALL, RABI, T1S, Damage, Kind

DECAYS = (
    decays.two_lifetimes, decays.stretched, decays.compressed, decays.quasiparticles, decays.quasiparticles_and_tls,
    decays.power_law, decays.lifetimes_of_a_spread, decays.coherent_exchange, decays.prepared_in_two,
    decays.hidden_in_two, decays.trapped,
    decays.rate_changes_with_the_delay, decays.heated_by_waiting, decays.far_longer_than_the_window,
    decays.far_shorter_than_a_step, decays.delays_start_late, decays.delays_on_a_coarse_clock,
    decays.delays_jitter, decays.delays_have_a_longest, decays.delays_wrap_around, decays.short_delays_are_lengthened,
)  # fmt: skip
DRIVES = (
    drives.damped, drives.inhomogeneous, drives.relaxes_while_driven, drives.compressed_drive,
    drives.power_of_the_drive, drives.detuned, drives.light_shift, drives.beating, drives.phase_offset,
    drives.swept_in_far_too_long_steps, drives.too_strong, drives.far_too_weak,
    drives.dead_zone, drives.drive_has_a_largest, drives.drive_in_coarse_steps, drives.leaks_when_driven_hard,
    drives.heated_by_the_drive, drives.drive_with_noise,
)  # fmt: skip
READOUTS = (
    readouts.saturated, readouts.cut_above, readouts.cut_below, readouts.bent_at_both_ends, readouts.bent_to_one_side,
    readouts.in_coarse_levels, readouts.wrongly_mitigated, readouts.ones_get_lost, readouts.lost_shots_read_0,
    readouts.long_circuits_lose_shots, readouts.long_circuits_are_read_worse, readouts.crosstalk, readouts.on_a_slope,
    readouts.shaken_by_the_pulse,
    readouts.multiplexed_mixture, readouts.idle_neighbour_flips, readouts.not_reset,
    readouts.memory_of_the_circuit_before,
)  # fmt: skip
REFERENCES = (readouts.references_of_another_day, readouts.references_are_swapped, readouts.one_reference_failed)
MIXED_UP = (
    mixed_up.stale_buffer_at_some, mixed_up.stale_buffer_for_a_while, mixed_up.circuits_run_twice,
    mixed_up.all_off_by_one, mixed_up.rolled_by_one, mixed_up.off_by_one_from_somewhere,
    mixed_up.off_by_one_in_part_of_the_sweep, mixed_up.points_exchanged, mixed_up.bits_flipped_at_some,
    mixed_up.bits_flipped_for_a_while, mixed_up.of_another_target, mixed_up.of_another_target_for_a_while,
)  # fmt: skip
COUNTING = (
    counting.more_shots_said_than_taken, counting.shots_cut_short_at_some, counting.counter_is_full,
    counting.counter_wraps, counting.some_all_zero, counting.some_without_information, counting.some_far_off,
    counting.shifted_up,
)  # fmt: skip
NOISE = (
    noise.overdispersed, noise.shots_come_in_rows, noise.gain_differs_between_circuits, noise.smoothed,
    noise.rounded_to_percents,
)  # fmt: skip

# Of both experiments; what they do to counts leaves the headline where it is.
HARMLESS = (
    drives.state_preparation, drives.superposed, counting.fewer_shots_said_than_taken, counting.shots_differ,
    counting.points_missing, counting.end_of_the_sweep_missing, counting.beginning_of_the_sweep_missing,
)  # fmt: skip

COURSES: dict[str, Damage] = {
    "T1 or drive drifts linearly": of_scale(drifts.linear, 0.03, 0.6),
    "T1 or drive settles": of_scale(drifts.settling, 0.03, 0.6),
    "T1 or drive with 1/f noise": of_scale(drifts.pink, 0.03, 0.6),
    "T1 or drive jumps to and fro": of_scale(drifts.telegraph, 0.03, 0.6),
    "T1 or drive steps in the middle": of_scale(drifts.step, 0.03, 0.6),
    "T1 or drive in a wave": of_scale(drifts.wave, 0.03, 0.6),
    "T1 or drive differs between circuits": of_scale(drifts.independent, 0.03, 0.6),
    "contrast drifts linearly": of_readout(drifts.linear, 0.01, 0.2),
    "contrast settles": of_readout(drifts.settling, 0.01, 0.2),
    "contrast with 1/f noise": of_readout(drifts.pink, 0.01, 0.2),
    "contrast jumps to and fro": of_readout(drifts.telegraph, 0.01, 0.2),
    "contrast steps in the middle": of_readout(drifts.step, 0.01, 0.2),
    "level drifts linearly": of_level(drifts.linear, 0.005, 0.1),
    "level with 1/f noise": of_level(drifts.pink, 0.005, 0.1),
    "level steps in the middle": of_level(drifts.step, 0.005, 0.1),
    "temperature rises linearly": of_temperature(drifts.linear, 0.02, 0.3),
    "temperature steps": of_temperature(drifts.step, 0.02, 0.3),
    "temperature after a burst": of_temperature(drifts.burst, 0.02, 0.3),
    "readout drops out": drifts.readout_drops_out,
    "first circuits are read worse": drifts.not_warm_yet,
}
IN_ORDER = (
    "T1 or drive drifts linearly", "T1 or drive settles", "T1 or drive with 1/f noise", "T1 or drive jumps to and fro",
    "T1 or drive steps in the middle", "contrast drifts linearly", "contrast jumps to and fro",
    "contrast steps in the middle", "level drifts linearly", "temperature rises linearly", "readout drops out",
    "first circuits are read worse",
)  # fmt: skip
BURSTS = {"cosmic ray": (drifts.cosmic_ray, T1S), "drive drops out": (drifts.drive_drops_out, RABI)}


def _all(functions: Sequence[Damage], setups: tuple[str, ...] = ALL) -> tuple[Kind, ...]:
    return tuple(Kind(function, setups) for function in functions)


KINDS = (
    *_all(DECAYS, T1S),
    *_all(DRIVES, RABI),
    *(Kind(damage, ALL, name) for name, damage in COURSES.items()),
    *(Kind(in_the_order_of_the_sweep(COURSES[name]), ALL, f"{name}, in order") for name in IN_ORDER),
    *(Kind(damage, setups, name) for name, (damage, setups) in BURSTS.items()),
    *(
        Kind(in_the_order_of_the_sweep(damage), setups, f"{name}, in order")
        for name, (damage, setups) in BURSTS.items()
    ),
    *_all(READOUTS),
    *_all(REFERENCES, ("t1 with references",)),
    *_all(MIXED_UP),
    *_all(COUNTING),
    *_all(NOISE),
    Kind(decays.over_rotated, T1S, harmless=True),
    *(Kind(damage, harmless=True) for damage in HARMLESS),
)
