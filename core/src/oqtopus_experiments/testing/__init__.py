"""Tools to test experiments and analyzers: data with known truth."""

from oqtopus_experiments.testing.synthetic import drawn, synthetic

__all__ = ["drawn", "synthetic"]
