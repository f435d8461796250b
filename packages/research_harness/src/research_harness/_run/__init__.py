"""The way of an experiment from its class to its report.

Takes an experiment or an interrupted run; gives a result or an estimate.
"""
