"""Runs without calls: recorded answers are given again, and votes are counted anew.

Takes the log of a run's responses; gives rows as the conditions make them from these answers.
"""
