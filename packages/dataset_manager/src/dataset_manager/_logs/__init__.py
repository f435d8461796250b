"""One file for each evaluation tool whose logs are read.

Takes a log; gives its predictions and their data set.
"""
