"""Whether the answer of a run is clear already, at an error rate that many looks keep.

Takes rows in the order of the plan; gives the differences with always-valid intervals.
"""
