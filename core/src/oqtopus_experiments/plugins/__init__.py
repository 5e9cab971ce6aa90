"""
Which plugins there are, and building what they offer from plain values.

Knows the contracts. Must not know runs, their folders or who asks.
"""
