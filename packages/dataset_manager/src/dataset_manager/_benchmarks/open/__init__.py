"""Further benchmarks whose answers are free texts, numbers or programs.

Takes the sources of the pinned files; gives the data set.
"""
