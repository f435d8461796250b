"""Comparison of experiments, anomaly detection and the data-quality report.

Takes experiments or values; gives results.
"""
