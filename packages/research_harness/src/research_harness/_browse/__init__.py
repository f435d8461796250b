"""Looking at runs without changing them: all runs of a folder, single rows of a run.

Takes artifact folders; gives an entry a run and tables of rows.
"""
