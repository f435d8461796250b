"""The sources of the files of benchmarks.

Takes a pinned file; gives its path after a check, from the cache, a mirror or a download.
"""
