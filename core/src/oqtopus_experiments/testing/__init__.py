"""
Tools to test experiments and analyzers: data with known truth, and whether error bars cover it.

Knows contracts and plugins. Must not know runs, their folders or the command line.
"""

from oqtopus_experiments.testing.coverage import Coverage, coverage
from oqtopus_experiments.testing.synthetic import drawn, synthetic

__all__ = ["Coverage", "coverage", "drawn", "synthetic"]
