"""Metrics by level and by time window, with the statistics that they need.

Takes events; gives latency, cost and reliability with intervals.
"""
