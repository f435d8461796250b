"""Logs of other tools as runs, and runs as logs of other tools.

Takes paths of logs or of runs; gives the folders and files that were written.
"""
