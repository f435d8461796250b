"""Experiments: start, pause, stop, workers, archive, continuation and reproducibility record.

Takes a description and a store; gives an experiment with its events.
"""
