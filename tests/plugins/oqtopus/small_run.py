"""A run file of six circuits on the emulator."""

SMALL = """
shots = 50
backend = "oqtopus"
[backends.oqtopus]
poll_interval = "0.2 s"
[[experiments]]
use = "rabi"
amplitude_points = 6
"""
