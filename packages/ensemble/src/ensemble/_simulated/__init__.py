"""Simulated models whose answers are reproducible and, where wanted, correlated.

Takes accuracies, latency distributions and failure rates; gives models.
"""
