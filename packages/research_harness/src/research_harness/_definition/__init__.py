"""What a user writes: an experiment with its conditions, data, metrics and criteria.

Takes the class as written; gives it checked, with its metrics and items.
"""
