"""Voting rules and their ties.

Takes the votes of several models; gives one outcome with the score of each answer.
"""
