"""Running trials to rows, with bounded workers and nothing lost in a crash.

Takes trials and a journal file; gives finished rows.
"""
