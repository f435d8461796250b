"""Live metrics, alerts and a Prometheus endpoint for running experiments.

Takes events as they come; gives metrics and alerts.
"""
