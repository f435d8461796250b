"""The evaluation of a model.

Takes predictions and a data set; gives results, their analysis, leaderboards and a store on disk.
"""
