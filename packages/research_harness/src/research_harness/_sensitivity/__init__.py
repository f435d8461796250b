"""What a result rests on: missing answers, parts of the items, repeats, cost, and latency budgets.

Takes the values of each metric; gives a part of the analysis and a section of the report.
"""
