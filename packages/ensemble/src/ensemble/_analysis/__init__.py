"""Panels measured on labelled questions.

Takes a table of votes; gives accuracies, error correlations, intervals, fitted rules and plans.
"""
