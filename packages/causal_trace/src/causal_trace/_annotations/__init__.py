"""Notes of people about events, kept beside the chains and never in them.

Takes labels by raters; gives their table, and the ratings that agreement is computed from.
"""
