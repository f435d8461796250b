"""What is drawn from a data set by seed.

Takes a data set; gives samples, splits, folds, resamples, and the items that two parts share.
"""
