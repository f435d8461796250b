"""One file for each benchmark, and the registry of all of them.

Takes the sources of the pinned files; gives the data set.
"""
