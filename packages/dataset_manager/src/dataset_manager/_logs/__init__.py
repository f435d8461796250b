"""The logs of other tools.

Takes the path of a log; gives its predictions, their data set and their scores anew.
"""
