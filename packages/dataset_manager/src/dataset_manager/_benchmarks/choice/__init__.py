"""Further benchmarks of multiple choice.

Takes the sources of the pinned files; gives the data set.
"""
