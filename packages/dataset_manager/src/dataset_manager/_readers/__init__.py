"""One file for each evaluation tool whose logs are read.

Takes a log; gives its rows and what it says of the run.
"""
