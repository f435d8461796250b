"""The result of one trial.

Takes what a condition returned; gives an outcome, and the row with its form in the journal.
"""
