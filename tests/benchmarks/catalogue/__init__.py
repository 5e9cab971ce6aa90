"""
The statistics of the catalogue: coverage of every error bar, impostors, and damage, over hundreds of seeded runs.

`case` is what a distribution writes in `cases`; `device` reads circuits, soundly or not; `damage` spoils runs;
`measuring` counts; `limits` holds the promises. ``python -m catalogue --only t1 --runs 300``, in tests/benchmarks.
"""
