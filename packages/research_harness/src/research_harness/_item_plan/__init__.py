"""Plans of which items to ask a new system, run in stages until the goal is reached.

Takes the logs of other systems and an experiment; gives the mean of each condition over all items.
"""
