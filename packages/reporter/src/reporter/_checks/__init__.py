"""Checks of finished texts: the numbers of a report, and p-values that do not fit their statistics.

Takes a text of any format, and a report if there is one; gives what does not fit.
"""
