"""The files that a run leaves, and whether they are still right.

Takes rows and settings; gives a folder with tables and a manifest, and verifies it.
"""
