"""The version, written once; every distribution of this repository carries it."""

__version__ = "0.1.0"
