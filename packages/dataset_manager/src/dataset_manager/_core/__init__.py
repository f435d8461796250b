"""The base of every other room, independent of data sets.

Errors, events, seeded random streams, hashes, canonical JSON and escaped tables.
"""
