"""Programs from a model, run in isolation.

Takes source text and limits; gives the outcome of a run in a process of its own.
"""
