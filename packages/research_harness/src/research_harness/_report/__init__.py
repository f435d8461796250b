"""The words and tables of a run.

Takes the analysis; gives the report and the table of the terminal.
"""
