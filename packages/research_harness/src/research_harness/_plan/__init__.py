"""Which rows a run has, in which order, and what makes two runs the same.

Takes a checked experiment and its items; gives numbered trials.
"""
