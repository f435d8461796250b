"""Data sets by name.

Takes a name, a path or a Hugging Face repository; gives the data set, or its files in the cache.
"""
