"""Where the bytes of a benchmark come from.

Takes a pinned file; gives its path after a check, from the cache, a mirror or a download.
"""
