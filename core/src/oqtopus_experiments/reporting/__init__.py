"""
What people see: tables, figures, reports, comparisons, histories.

Knows values and what storage keeps. Must not run experiments nor touch backends.
"""
