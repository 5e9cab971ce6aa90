"""
What may be wrong here before anything is measured: versions, plugins, secrets, device, file system, clock.

Each module holds the probes of one thing: functions that yield findings, each of which says what to do next. Nothing is
mended, nothing is run, and no secret is read.
"""
