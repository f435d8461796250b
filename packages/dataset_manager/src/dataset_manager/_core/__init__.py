"""What every other room uses and what knows nothing of data sets.

Errors, events, seeded random streams, hashes, canonical JSON and escaped tables.
"""
