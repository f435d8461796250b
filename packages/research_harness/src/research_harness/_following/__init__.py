"""A run read while it is written: what was appended to its files, and what its rows add up to.

Takes the folder of a run, which it never writes to; gives states of bounded size, rows and answers.
"""
