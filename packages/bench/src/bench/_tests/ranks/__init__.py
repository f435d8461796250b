"""Rank tests of two groups, of pairs, and of many groups."""
