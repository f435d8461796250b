"""Stores of events: memory, an Arrow file, PostgreSQL, and the protocol for others.

Takes chunks of packed events; gives Arrow batches.
"""
