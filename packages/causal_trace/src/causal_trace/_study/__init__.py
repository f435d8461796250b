"""A study with people: assignment, task pages, answers and times, blinded rating, analysis.

Takes tasks with chains; gives pages, files of answers, and results through bench (extra ``study``).
"""
