"""Scores that people have changed, with who and why; the scorer's own marks stay in the journal.

Takes changes by row; gives rows with these scores, and a record that is only appended to.
"""
