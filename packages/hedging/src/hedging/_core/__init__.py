"""Errors, events, seeded random numbers and results, which every other room uses."""
