"""Samples, splits, folds and resamples of a data set, drawn by seed.

Takes a data set; gives other data sets, and the items that two of them share.
"""
