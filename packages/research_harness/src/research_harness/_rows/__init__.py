"""The finished rows of a run, read in the order of the plan and turned into columns.

Takes a journal and a plan; gives rows one by one, and values by item and repeat as arrays.
"""
