"""The live view in a browser: a page, the server behind it, and the same view as one file.

Takes followed runs; gives pages, streams of changes with bounded memory, and requests to runs.
"""
