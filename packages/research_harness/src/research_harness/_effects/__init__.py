"""What belongs to a design: effects of factors and doses, trends, periods, blocks and strata.

Takes the values of each metric; gives tests and means by group.
"""
