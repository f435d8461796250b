"""The statistics of a run.

Takes rows and metrics; gives values with intervals, comparisons and verdicts.
"""
