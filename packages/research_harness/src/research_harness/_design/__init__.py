"""Designs: which condition answers which item, in which order and period.

Takes conditions, the labels of items and a seed; gives the place of each row of the plan.
"""
